"""Transfer and portrait consents with several answers on one form."""

from __future__ import annotations

from samples.drawing.blocks import (
    LEFT,
    UP,
    Block,
    Cell,
    Look,
    PageBreak,
    Space,
    Table,
    Text,
    centred,
    heading,
    label,
    numbered,
    title,
)

from . import people
from .people import Party
from .values import Sample, answer, choice, written


def _answers(transfer: bool | None, change: bool | None, portrait: bool | None, personal: bool | None) -> dict:
    return {
        "transfer_consent": answer(transfer),
        "modification_consent": answer(change),
        "portrait_consent": answer(portrait),
        "personal_info_consent": answer(personal),
    }


def _five(
    body: Party, person: Party, project: str, given: tuple[bool | None, ...], style: str, date: str
) -> list[Block]:
    """Purpose, five numbered consents on two pages, then the two signature blocks."""

    def closing(yes: bool | None) -> Text:
        return Text(choice(yes, style), "right", 1.05, before=3)

    transfer, change, portrait, personal, third = given
    return [
        title("저작인접권의 저작재산권 양도 및 초상 이용 동의서", 1.55),
        Space(1),
        Text(
            f"※ 저작인접권 양도 취지 : {body.name}은(는) 「{project}」 사업의 결과물을 국민 누구나 자유롭게 이용할 수 있도록 "
            "개방하고자 합니다. 이에 「저작권법」 제45조 및 제88조에 따라 실연자의 저작인접권 중 저작재산권을 양도받고자 하오니 "
            "아래 내용을 확인하신 후 동의 여부를 표시하여 주시기 바랍니다.",
            indent=1.2,
            hang=1.2,
        ),
        heading("1. 저작인접권의 저작재산권 양도에 대한 동의", 10),
        Text(f"□ 저작물 표시 : {project}", "left", indent=1),
        Text("□ 저작물의 종류 : 영상", "left", indent=1),
        Text(
            "□ 양도하는 권리 : 위 결과물에 포함된 실연에 대한 복제권, 배포권, 대여권, 공연권, 공중송신권",
            indent=1,
        ),
        Text("본인은 위 권리를 양수인에게 대가 없이 양도하는 것에 동의합니다.", indent=1),
        closing(transfer),
        heading("2. 저작인격권(동일성유지권)의 행사와 변경이용에 대한 동의", 8),
        Text(
            "양수인 또는 이용자가 결과물을 편집, 요약, 번역하거나 다른 형식으로 변환하는 등 변경하여 이용하는 경우 "
            "명예를 훼손하지 않는 범위에서 저작인격권을 행사하지 않는 것에 동의합니다.",
            indent=1,
        ),
        closing(change),
        heading("3. 초상 이용에 대한 동의", 8),
        Text("결과물에 포함된 본인의 초상과 음성을 결과물의 공개 및 홍보를 위하여 이용하는 것에 동의합니다.", indent=1),
        closing(portrait),
        heading("4. 개인정보 수집 및 이용에 대한 동의", 8),
        Text("○ 개인정보 수집 및 이용 목적 : 권리 양도 사실의 확인 및 관리", indent=2, hang=1),
        Text("○ 수집하는 개인정보 항목 : 성명, 주소, 전화번호", indent=2, hang=1),
        Text("○ 개인정보 보유 및 이용 기간 : 저작재산권 보호기간 만료 시까지", indent=2, hang=1),
        closing(personal),
        heading("5. 개인정보의 제3자 제공에 대한 동의", 8),
        Text("○ 개인정보를 제공받는 자 : 한국문화정보센터", indent=2, hang=1),
        Text("○ 제공하는 개인정보의 항목 : 성명", indent=2, hang=1),
        closing(third),
        PageBreak(),
        Text("본인은 위의 내용을 충분히 이해하였으며 자유로운 의사로 이 동의서를 작성합니다.", before=4),
        Text(date, "center", 1.15, before=26),
        Space(1.5),
        Text("□ 양도인", "left", 1.1, bold=True),
        Text(f"성명 : {person.name}  (서명)", "left", indent=2, before=4),
        Text(f"주소 : {person.address or ''}", "left", indent=2, before=4),
        Text(f"전화번호 : {person.phone or ''}", "left", indent=2, before=4),
        Space(1),
        Text("□ 양수인", "left", 1.1, bold=True),
        Text(f"기관명 : {body.name}", "left", indent=2, before=4),
        Text(f"대표자명 : {body.representative}  (직인)", "left", indent=2, before=4),
        Text(f"주소 : {body.address}", "left", indent=2, before=4),
        Text(f"연락처 : {body.phone}", "left", indent=2, before=4),
    ]


RELATED_RIGHTS = ["복제권", "공연권", "공중송신권", "배포권", "대여권"]


def five_after() -> Sample:
    """All five agreed, the tick after the word."""
    body, person, project = people.SOLMOE, people.KANG, "2020 솔뫼 풍류 한마당 실황 영상"
    metadata = {
        "work_title": project,
        "work_category": "영상",
        "transferor": person.name,
        "transferee": body.name,
        "transferred_rights": RELATED_RIGHTS,
        "consent_date": "2020-06-20",
        "transferor_phone": person.phone,
        "transferor_address": person.address,
        **_answers(True, True, True, True),
    }
    blocks = _five(body, person, project, (True,) * 5, "after", written("2020-06-20", "dots"))
    return Sample(
        "transfer_five_01.pdf", "transfer_consent", "transfer_five", blocks, metadata, Look("gothic", 10.3, 1.68)
    )


def five_before() -> Sample:
    """Change refused, third party open, the tick before the word, no phone."""
    body, person, project = people.SORI, people.BAEK.without("phone"), "찾아가는 우리소리 교실"
    metadata = {
        "work_title": project,
        "work_category": "영상",
        "transferor": person.name,
        "transferee": body.name,
        "transferred_rights": RELATED_RIGHTS,
        "consent_date": "2021-10-05",
        "transferor_address": person.address,
        **_answers(True, False, True, True),
    }
    blocks = _five(body, person, project, (True, False, True, True, None), "ballot", written("2021-10-05", "wide"))
    return Sample(
        "transfer_five_02.pdf", "transfer_consent", "transfer_five", blocks, metadata, Look("myeongjo", 10.6, 1.6)
    )


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
        **_answers(True, True, False, None),
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
    body, person, work = people.HANUL, people.CHOI, "두물면 장터 사람들 구술영상"
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
        "transferor_phone": person.phone,
        "transferor_address": person.address,
        **_answers(True, True, True, True),
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
            f"본인은 {body.name}(이하 “양수인”)이 수행하는 지역어 조사 사업에 제공한 아래 저작물에 관하여 다음과 같이 동의합니다."
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
        **_answers(True, True, False, True),
    }
    return Sample("transfer_table_02.pdf", "transfer_consent", "transfer_table", blocks, metadata, Look("barun", 10.5))


def samples() -> list[Sample]:
    return [five_after(), five_before(), compact(), table_columns(), table_boxes()]
