"""Transfer and portrait consents on one page, their answers in lines or in a table."""

from __future__ import annotations

from samples.drawing.blocks import (
    LEFT,
    UP,
    Block,
    Cell,
    Look,
    Space,
    Table,
    Text,
    centred,
    label,
    numbered,
    title,
)

from . import people
from .values import Sample, answers, choice, written


def compact() -> Sample:
    """One page, one sentence and one `[V]` line for each consent; DOCX."""
    body, person, work = people.GAON, people.SEO.without("address"), "가온 지역 민속놀이 기록사진 120점"
    blocks: list[Block] = [
        title("저작재산권 양도동의서"),
        Space(1),
        Table(
            (
                (label("저작물명"), work, LEFT, LEFT),
                (label("저작물의 종류"), "사진", label("창작 시기"), "2018년 ~ 2019년"),
                (label("양도 권리"), "복제권, 공중송신권, 전시권, 배포권, 2차적저작물작성권", LEFT, LEFT),
            ),
            (0.2, 0.35, 0.18, 0.27),
        ),
        Space(0.5),
        *numbered("1. 저작재산권 양도에 대한 동의 : 위 저작물에 대한 위 권리를 양수인에게 양도합니다."),
        Text(choice(True, "bracket"), "left", indent=3),
        *numbered("2. 저작물 변경이용에 대한 동의 : 공공 이용을 위하여 크기, 색조, 형식을 변경할 수 있습니다."),
        Text(choice(True, "bracket"), "left", indent=3),
        *numbered("3. 초상 이용에 대한 동의 : 사진에 나타난 본인의 초상을 이용할 수 있습니다."),
        Text(choice(False, "bracket"), "left", indent=3),
        *numbered("4. 개인정보 수집·이용에 대한 동의 : 권리 관계의 확인을 위하여 성명과 연락처를 수집합니다."),
        Text(choice(None, "bracket"), "left", indent=3),
        Text("동의일 : " + written("2019-12-13", "iso"), "right", before=16),
        Text(f"양도인 : {person.name} (인)", "right"),
        Text(f"전화번호 : {person.phone}", "right"),
        Text("주소 :                                                        ", "right"),
        Text(f"양수인 : {body.name} (관장 {body.representative})", "right", before=8),
    ]
    metadata = {
        "work_title": work,
        "work_category": "사진",
        "transferor": person.name,
        "transferee": body.name,
        "transferred_rights": ["복제권", "공중송신권", "전시권", "배포권", "2차적저작물작성권"],
        "derivative_works_included": True,
        "consent_date": "2019-12-13",
        "transferor_phone": person.phone,
        **answers(True, True, False, None),
    }
    return Sample(
        "transfer_compact_01.docx", "transfer_consent", "transfer_compact", blocks, metadata, Look("gothic", 10.5)
    )


def _answer_table(rows: list[tuple[str, str, bool | None]], mark: str) -> Table:
    """One row a consent, one column for each answer."""
    head = (label("구분"), label("동의 내용"), label("동의함"), label("동의하지 않음"))
    body = tuple(
        (label(name), text, centred(mark if yes is True else ""), centred(mark if yes is False else ""))
        for name, text, yes in rows
    )
    return Table((head, *body), (0.17, 0.53, 0.12, 0.18))


def table_columns() -> Sample:
    """Answers as `V` in the columns of a table; the derivative right is kept back."""
    body, person, work = people.HANUL, people.CHOI.without("phone"), "두물면 장터 사람들 구술영상"
    consents: list[tuple[str, str, bool | None]] = [
        ("저작재산권 양도", "위 저작물의 저작재산권을 양수인에게 양도합니다.", True),
        ("변경이용", "원본의 취지를 해치지 않는 범위에서 자막 삽입, 편집 등 변경을 허용합니다.", True),
        ("초상 이용", "영상에 나타난 본인의 초상을 공개·전시에 이용하도록 허용합니다.", True),
        ("개인정보 수집·이용", "권리관계 확인을 위하여 성명, 주소, 연락처를 수집하고 30년간 보유합니다.", True),
    ]
    blocks: list[Block] = [
        title("저작재산권 양도 및 초상 이용 동의서", 1.7),
        Space(0.5),
        Text("1. 대상 저작물", "left", bold=True),
        Table(
            (
                (label("저작물 제목"), work, LEFT, LEFT),
                (label("종   별"), "영상저작물", label("분   량"), "2시간 15분"),
                (
                    label("양도의 범위"),
                    "복제권, 공연권, 공중송신권, 전시권, 배포권, 대여권\n(2차적저작물작성권은 양도 대상에서 제외함)",
                    LEFT,
                    LEFT,
                ),
            ),
            (0.2, 0.34, 0.16, 0.3),
        ),
        Text("2. 동의 사항 (해당하는 칸에 V 표시)", "left", bold=True, before=8),
        _answer_table(consents, "V"),
        Text("동의를 거부하실 수 있으며, 거부하시는 경우 해당 자료는 공개 대상에서 제외됩니다.", size=0.92, before=6),
        Text(written("2023-03-30", "korean"), "center", 1.1, before=14),
        Space(0.5),
        Table(
            (
                (label("양도인"), label("성명"), f"{person.name}  (서명)", label("양수인"), label("기관명"), body.name),
                (UP, label("주소"), person.address or "", UP, label("대표자"), f"{body.representative}  (직인)"),
                (UP, label("전화번호"), person.phone or "", UP, label("전화번호"), body.phone or ""),
            ),
            (0.1, 0.12, 0.3, 0.1, 0.12, 0.26),
        ),
    ]
    metadata = {
        "work_title": work,
        "work_category": "영상저작물",
        "transferor": person.name,
        "transferee": body.name,
        "transferred_rights": ["복제권", "공연권", "공중송신권", "전시권", "배포권", "대여권"],
        "derivative_works_included": False,
        "consent_date": "2023-03-30",
        "transferor_address": person.address,
        **answers(True, True, True, True),
    }
    return Sample("transfer_table_01.pdf", "transfer_consent", "transfer_table", blocks, metadata, Look("gothic", 9.8))


def table_boxes() -> Sample:
    """Answers as ☑ ☐ in one cell; portrait refused, the address and the date left blank."""
    body, person, work = people.GARAM, people.LIM.without("address"), "가람 지역어 말뭉치 녹음자료"

    def row(name: str, text: str, yes: bool | None) -> tuple[Cell | str, ...]:
        return label(name), text, centred(choice(yes, "ballot").replace("      ", "\n"))

    blocks: list[Block] = [
        title("저작재산권 양도동의서", 1.8),
        Space(0.5),
        Text(
            f"본인은 {body.name}(이하 “양수인”)이 수행하는 지역어 조사 사업에 제공한 아래 저작물에 관하여 다음과 "
            "같이 동의합니다."
        ),
        Text(f"가. 대상 저작물 : {work}", "left", indent=1, before=4),
        Text("나. 저작물의 종류 : 어문, 음성", "left", indent=1),
        Text("다. 양도하는 권리 : 복제권, 배포권, 공중송신권, 2차적저작물작성권", "left", indent=1),
        Space(0.5),
        Table(
            (
                (label("항목"), label("내용"), label("동의 여부")),
                row("양도에 대한 동의", "위 다항의 권리를 양수인에게 양도함", True),
                row("동일성유지권", "전사, 발췌, 형식 변환 등 변경하여 이용함", True),
                row("초상", "녹음 현장에서 촬영된 본인의 초상을 이용함", False),
                row("개인정보 수집", "성명, 출생 연도, 거주 지역을 10년간 보유·이용함", True),
            ),
            (0.22, 0.53, 0.25),
        ),
        Text(written(None), "center", 1.1, before=18),
        Text("양도인", "left", bold=True, before=10),
        Text(f"성   명 : {person.name}  (인)", "left", indent=2),
        Text(f"연락처 : {person.phone}", "left", indent=2),
        Text("주   소 : ", "left", indent=2),
        Text(f"{body.name} 귀하", "center", 1.25, bold=True, before=20),
        Text("※ 문의 : 지역어조사단 (062-000-4830, survey@garamu.example)", "left", 0.88, before=18),
    ]
    metadata = {
        "work_title": work,
        "work_category": "어문, 음성",
        "transferor": person.name,
        "transferee": body.name,
        "transferred_rights": ["복제권", "공중송신권", "배포권", "2차적저작물작성권"],
        "derivative_works_included": True,
        "transferor_phone": person.phone,
        **answers(True, True, False, True),
    }
    return Sample("transfer_table_02.pdf", "transfer_consent", "transfer_table", blocks, metadata, Look("barun", 10.5))


def samples() -> list[Sample]:
    return [compact(), table_columns(), table_boxes()]
