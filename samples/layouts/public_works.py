"""Public-works (공공누리) consents: a rights grid with the type by box, and a bulleted one."""

from __future__ import annotations

from samples.drawing.blocks import LEFT, UP, Block, Look, Space, Table, Text, centred, heading, label, title

from . import people
from .people import Party
from .values import RIGHTS, Sample, answer, choice, written

KOGL = (
    ("제1유형", "출처표시"),
    ("제2유형", "출처표시 + 상업적 이용금지"),
    ("제3유형", "출처표시 + 변경금지"),
    ("제4유형", "출처표시 + 상업적 이용금지 + 변경금지"),
)


def _grid(granted: list[str], on: str) -> Table:
    """One column a right; ticked below the granted ones."""
    names = [label(right.replace("저작물", "\n저작물")) for right in RIGHTS]
    ticks = [centred(on if right in granted else "") for right in RIGHTS]
    return Table((tuple(names), tuple(ticks)), (1, 1, 1.15, 1, 1, 1, 1.35))


def _types(chosen: str | None, on: str, off: str) -> Table:
    head = (label("선택"), label("유형"), label("이용 조건"))
    body = ((centred(on if name == chosen else off), centred(name), terms) for name, terms in KOGL)
    return Table((head, *body), (0.14, 0.22, 0.64))


def _signature(person: Party, seal: str) -> Table:
    return Table(
        (
            (label("저작자"), label("성    명"), f"{person.name}  {seal}", label("연락처"), person.phone or ""),
            (UP, label("주    소"), person.address or "", label("이메일"), person.email or ""),
        ),
        (0.12, 0.12, 0.34, 0.12, 0.3),
    )


def photograph() -> Sample:
    """Photographs opened as type 1; everything filled in."""
    person, body, work = people.OH, people.DAON, "다온 사계 풍경사진 50점"
    granted = ["복제권", "공중송신권", "전시권", "배포권", "2차적저작물작성권"]
    blocks: list[Block] = [
        title("공공저작물 자유이용허락 동의서", 1.75),
        Space(0.5),
        Text(
            f"본인은 {body.name}이 아래 저작물을 공공누리(KOGL)를 적용하여 개방하는 데 필요한 저작재산권의 이용을 "
            "다음과 같이 허락합니다."
        ),
        heading("1. 대상 저작물"),
        Table(
            (
                (label("저작물명"), work, LEFT, LEFT),
                (label("저작물의 종류"), "사진저작물", label("창작연도"), "2022년"),
                (label("활용기관"), body.name, label("담당자"), "콘텐츠팀 031-000-9033"),
            ),
            (0.18, 0.36, 0.16, 0.3),
        ),
        heading("2. 허락하는 권리 (해당란에 ✔ 표시)"),
        _grid(granted, "✔"),
        heading("3. 공공누리 유형 (하나만 선택)"),
        _types("제1유형", "☑", "☐"),
        heading("4. 저작물 변경이용(동일성유지권)에 대한 동의"),
        Text(choice(True, "ballot"), "left", indent=2),
        heading("5. 개인정보 수집·이용에 대한 동의"),
        Text("수집 항목 : 성명, 연락처, 주소, 이메일 / 보유기간 : 이용허락 기간 종료 시까지", "left", indent=2),
        Text(choice(True, "ballot"), "left", indent=2),
        Text(written("2023-11-08", "korean"), "center", 1.1, before=10),
        _signature(person, "(인)"),
    ]
    metadata = {
        "work_title": work,
        "work_category": "사진저작물",
        "author": person.name,
        "institution": body.name,
        "kogl_type": "제1유형",
        "granted_rights": granted,
        "modification_consent": answer(True),
        "personal_info_consent": answer(True),
        "consent_date": "2023-11-08",
        "phone": person.phone,
        "email": person.email,
        "address": person.address,
    }
    return Sample(
        "public_grid_01.pdf", "public_works_consent", "public_grid", blocks, metadata, Look("gothic", 9.8, 1.5)
    )


def report() -> Sample:
    """A research report as type 4: change refused; phone and e-mail left blank, type marked with ■."""
    person, body, work = people.YOON.without("phone", "email"), people.HANUL, "나루터 마을 생활사 조사보고서"
    granted = ["복제권", "공중송신권", "배포권"]
    blocks: list[Block] = [
        Text("[서식 5]", "left", 0.9),
        title("공공누리 적용을 위한 저작물 이용허락 동의서", 1.55),
        Space(0.5),
        Table(
            (
                (label("기관명"), body.name),
                (label("저작물의 제목"), work),
                (label("분류"), "어문저작물"),
            ),
            (0.22, 0.78),
        ),
        Text("■ 이용허락 범위", "left", bold=True, before=8),
        _grid(granted, "O"),
        Text("■ 공공누리 유형", "left", bold=True, before=8),
        _types("제4유형", "■", "□"),
        Text("■ 저작물의 변경이용에 동의하십니까?", "left", bold=True, before=8),
        Text(choice(False, "square"), "right"),
        Text("■ 개인정보의 수집·이용에 동의하십니까?", "left", bold=True, before=4),
        Text("목적 : 저작권 확인 및 연락, 항목 : 성명·주소·연락처, 기간 : 10년", "left", indent=1),
        Text(choice(True, "square"), "right"),
        Text("동의일 : " + written("2024-05-27", "padded_dots"), "center", before=10),
        _signature(person, "(서명)"),
        Text(f"{body.name}장 귀하", "center", 1.2, bold=True, before=10),
    ]
    metadata = {
        "work_title": work,
        "work_category": "어문저작물",
        "author": person.name,
        "institution": body.name,
        "kogl_type": "제4유형",
        "granted_rights": granted,
        "modification_consent": answer(False),
        "personal_info_consent": answer(True),
        "consent_date": "2024-05-27",
        "address": person.address,
    }
    return Sample(
        "public_grid_02.pdf", "public_works_consent", "public_grid", blocks, metadata, Look("myeongjo", 10, 1.5)
    )


def design() -> Sample:
    """A pattern design as DOCX, type 2; the personal-data answer and the date left open."""
    person, body, work = people.HAN.without("phone"), people.GAON, "백제 기와 문양 도안 12종"
    granted = ["복제권", "전시권", "배포권", "2차적저작물작성권"]
    blocks: list[Block] = [
        title("공공저작물 이용허락 동의서"),
        Space(0.5),
        Table(
            (
                (label("저작물명"), work, label("종별"), ""),
                (label("이용기관"), body.name, label("저작자"), person.name),
            ),
            (0.15, 0.42, 0.13, 0.3),
        ),
        heading("허락하는 권리"),
        _grid(granted, "V"),
        heading("공공누리 유형"),
        _types("제2유형", "(✓)", "(  )"),
        heading("변경이용 동의"),
        Text(choice(True, "paren"), "left", indent=1),
        heading("개인정보 수집·이용 동의"),
        Text(choice(None, "paren"), "left", indent=1),
        Text(written(None), "center", before=14),
        _signature(person, "(인)"),
    ]
    metadata = {
        "work_title": work,
        "author": person.name,
        "institution": body.name,
        "kogl_type": "제2유형",
        "granted_rights": granted,
        "modification_consent": answer(True),
        "email": person.email,
        "address": person.address,
    }
    return Sample("public_grid_03.docx", "public_works_consent", "public_grid", blocks, metadata, Look("gothic", 10))


def song() -> Sample:
    """A town song, everything in bullets with boxes in the line."""
    person, body, work = people.KANG.without("address"), people.SOLMOE, "솔뫼의 노래"
    granted = ["복제권", "공연권", "공중송신권"]
    boxes = "  ".join(f"{'■' if right in granted else '□'} {right}" for right in RIGHTS)
    kogl = "  ".join(f"{'■' if name == '제3유형' else '□'} {name}" for name, _ in KOGL)
    blocks: list[Block] = [
        title("저작물 공공누리 이용허락 동의서", 1.7),
        Space(1),
        Text(
            f"{body.name}은 아래 저작물을 국민이 자유롭게 이용할 수 있도록 공공누리를 부착하여 공개하고자 합니다. "
            "저작재산권자께서는 내용을 확인하시고 동의하여 주시기 바랍니다."
        ),
        Text(f"1. 저작물명 : {work}", "left", before=8),
        Text("2. 저작물의 종류 : 음악", "left", before=3),
        Text(f"3. 저작재산권자 : {person.name}", "left", before=3),
        Text(f"4. 활용기관 : {body.name}", "left", before=3),
        Text("5. 허락하는 권리", "left", before=3),
        Text(boxes, "left", 0.96, indent=1.4),
        Text("6. 공공누리 유형", "left", before=3),
        Text(kogl, "left", indent=1.4),
        Text(
            "   ※ 제3유형은 출처를 표시하면 상업적으로도 이용할 수 있으나, 내용을 변경할 수 없습니다.",
            "left",
            0.9,
            indent=1,
        ),
        Text(f"7. 변경이용에 대한 동의 :   {choice(None, 'square')}", "left", before=3),
        Text(f"8. 개인정보 수집·이용에 대한 동의 :   {choice(True, 'square')}", "left", before=3),
        Text(written("2022-08-30", "slashes"), "center", 1.1, before=24),
        Text(f"동의자  성 명 : {person.name}  (인)", "right", before=8),
        Text(f"전화번호 : {person.phone}", "right"),
        Text(f"전자우편 : {person.email}", "right"),
        Text(f"{body.name} 이사장 귀하", "left", 1.25, bold=True, before=24),
    ]
    metadata = {
        "work_title": work,
        "work_category": "음악",
        "author": person.name,
        "institution": body.name,
        "kogl_type": "제3유형",
        "granted_rights": granted,
        "personal_info_consent": answer(True),
        "consent_date": "2022-08-30",
        "phone": person.phone,
        "email": person.email,
    }
    return Sample(
        "public_bullets_01.pdf", "public_works_consent", "public_bullets", blocks, metadata, Look("barun", 10.8, 1.7)
    )


def samples() -> list[Sample]:
    return [photograph(), report(), design(), song()]
