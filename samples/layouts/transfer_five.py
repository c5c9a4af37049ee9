"""The commonest form: transfer, change, portrait and personal data on two pages, five answers."""

from __future__ import annotations

from samples.drawing.blocks import Block, Look, PageBreak, Space, Text, heading, sealed, title

from . import people
from .people import Party
from .values import Sample, answers, choice, written


def form(
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
            f"※ 저작인접권 양도 취지 : {body.name}은(는) 「{project}」 사업의 결과물을 국민 누구나 자유롭게 이용할 "
            "수 있도록 "
            "개방하고자 합니다. 이에 「저작권법」 제45조 및 제88조에 따라 실연자의 저작인접권 중 저작재산권을 "
            "양도받고자 하오니 "
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
        Text(f"대표자명 : {body.representative}  " + sealed(body.seal or "", "(직인)"), "left", indent=2, before=4),
        Text(f"주소 : {body.address}", "left", indent=2, before=4),
        Text(f"연락처 : {body.phone}", "left", indent=2, before=4),
    ]


RELATED_RIGHTS = ["복제권", "공연권", "공중송신권", "배포권", "대여권"]


def five_after() -> Sample:
    """All five agreed, the tick after the word."""
    body, person, project = people.SOLMOE, people.KANG.without("address"), "2020 솔뫼 풍류 한마당 실황 영상"
    metadata = {
        "work_title": project,
        "work_category": "영상",
        "transferor": person.name,
        "transferee": body.name,
        "transferred_rights": RELATED_RIGHTS,
        "consent_date": "2020-06-20",
        "transferor_phone": person.phone,
        **answers(True, True, True, True),
    }
    blocks = form(body, person, project, (True,) * 5, "after", written("2020-06-20", "dots"))
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
        **answers(True, False, True, True),
    }
    blocks = form(body, person, project, (True, False, True, True, None), "ballot", written("2021-10-05", "wide"))
    return Sample(
        "transfer_five_02.pdf", "transfer_consent", "transfer_five", blocks, metadata, Look("myeongjo", 10.6, 1.6)
    )


def samples() -> list[Sample]:
    return [five_after(), five_before()]
