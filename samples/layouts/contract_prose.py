"""Contracts without articles or labels: a letter of agreement, and one in two languages side by side."""

from __future__ import annotations

from samples.drawing.blocks import Block, Look, Space, Table, Text, centred, sealed, title

from . import people
from .values import Sample, hangul, written


def letter() -> Sample:
    """A magazine asks for an essay: plain sentences, dates and fee in the running text."""
    author, publisher = people.MIN.without("email"), people.NURION.without("email", "registration_no")
    work, amount = "장날의 뒷모습", 800_000
    purpose = "계간지 『누리온』 2024년 겨울호와 그 전자책 게재"
    blocks: list[Block] = [
        title("원고 게재 약정서", 1.8),
        Space(1.5),
        Text(
            f"{author.name} 님(이하 ‘저작자’)과 {publisher.name}(이하 ‘출판사’)은 저작자가 집필한 수필 「{work}」의 "
            "게재에 관하여 "
            "아래와 같이 약정합니다.",
            indent=0,
        ),
        Text(
            f"저작자는 {purpose}를 위하여 출판사가 위 원고를 복제하고 배포하며 공중송신하는 것을 허락합니다. "
            "이 허락은 비독점적이며, 저작자는 잡지가 나온 날부터 여섯 달이 지나면 다른 매체에 원고를 다시 실을 수 "
            "있습니다.",
            before=8,
        ),
        Text(
            f"출판사는 원고료로 금 {hangul(amount)}원({amount:,}원)을 발행일인 2024년 12월 1일부터 15일 안에 "
            "저작자의 계좌로 보내고, "
            "잡지 세 권을 증정합니다. 원고의 맞춤법을 바로잡는 일은 출판사가 맡되, 내용을 고칠 때에는 저작자와 먼저 "
            "상의합니다.",
            before=8,
        ),
        Text(
            "이 약정은 서명한 날부터 1년 동안 효력이 있습니다. 약정에 적지 않은 사항은 서로 협의하여 정하고, "
            "뜻이 맞지 않을 때에는 서울서부지방법원에서 해결하기로 합니다.",
            before=8,
        ),
        Text(written("2024-10-21", "korean"), "center", 1.1, before=30),
        Space(1),
        Text(f"저작자   {author.name}   " + sealed(f"{author.name}인", "(인)"), "right"),
        Text(author.address or "", "right"),
        Text(f"전화 {author.phone}", "right"),
        Text(f"출판사   {publisher.name}", "right", before=12),
        Text(f"대표이사   {publisher.representative}   " + sealed(f"{publisher.representative}인", "(인)"), "right"),
        Text(publisher.address or "", "right"),
        Text(f"전화 {publisher.phone}", "right"),
    ]
    metadata = {
        "contract_type": "원고 게재 약정서",
        "work_title": work,
        "work_category": "수필",
        "rights_holder": author.name,
        "licensee": publisher.name,
        "granted_rights": ["복제권", "공중송신권", "배포권"],
        "exclusivity": "비독점",
        "purpose": purpose,
        "term": "서명한 날부터 1년",
        "signature_date": "2024-10-21",
        "payment_amount": amount,
        "payment_currency": "KRW",
        "governing_court": "서울서부지방법원",
        "parties": [
            author.gold("저작자", "phone", "address"),
            publisher.gold("출판사", "representative", "phone", "address"),
        ],
    }
    look = Look("myeongjo", 11, 1.8, wrap="character", footer="")
    return Sample("contract_letter_01.pdf", "contract", "contract_letter", blocks, metadata, look)


def bilingual() -> Sample:
    """An assignment in Korean and English columns."""
    seller, buyer = people.SEO.without("email"), people.MARU.without("email")
    work, amount = "고양이 역장의 하루", 9_000_000
    rows = (
        (centred("국    문"), centred("English")),
        (
            f"양도인 {seller.name}(이하 “양도인”이라 한다)과 양수인 {buyer.name}(이하 “양수인”이라 한다)는 다음과 "
            "같이 합의한다.",
            "Seo Yeon (the “Transferor”) and Maru Media Co., Ltd. (the “Transferee”) agree as follows.",
        ),
        (
            f"제1조 (저작물) 이 계약의 대상은 그림책 「{work}」(미술저작물)이다.",
            "Article 1 (Work) This agreement concerns the picture book “A Day of the Stationmaster Cat” (artistic "
            "work).",
        ),
        (
            "제2조 (양도) 양도인은 저작물의 복제권, 배포권, 전시권, 공중송신권 및 2차적저작물작성권을 양수인에게 "
            "양도한다.",
            "Article 2 (Transfer) The Transferor transfers to the Transferee the rights of reproduction, distribution, "
            "exhibition, public transmission and derivative works.",
        ),
        (
            f"제3조 (대가) 양수인은 양도대가로 금 {hangul(amount)}원정(₩{amount:,})을 지급한다.",
            f"Article 3 (Consideration) The Transferee pays KRW {amount:,}.",
        ),
        (
            "제4조 (효력) 이 계약은 2025년 2월 1일부터 효력을 가진다.",
            "Article 4 (Effect) This agreement takes effect on February 1, 2025.",
        ),
        (
            "제5조 (언어) 국문과 영문의 해석이 다른 경우에는 국문이 우선한다.",
            "Article 5 (Language) The Korean text prevails.",
        ),
        (
            "제6조 (관할) 분쟁의 관할법원은 서울중앙지방법원으로 한다.",
            "Article 6 (Jurisdiction) The Seoul Central District Court has jurisdiction.",
        ),
    )
    blocks: list[Block] = [
        title("저작재산권 양도계약서", 1.7),
        Text("Agreement on the Transfer of Copyright", "center", 1.1),
        Space(0.8),
        Table(rows, (0.5, 0.5)),
        Text("체결일 / Date : " + written("2025-01-15", "tight_dots"), "center", before=10),
        Space(0.5),
        Table(
            (
                ("양도인 / Transferor", "양수인 / Transferee"),
                (f"성명 : {seller.name} (인)", f"회사명 : {buyer.name}"),
                (f"주소 : {seller.address}", f"대표이사 : {buyer.representative} (인)"),
                (f"전화 : {seller.phone}", f"사업자등록번호 : {buyer.registration_no}"),
                ("", f"주소 : {buyer.address}"),
                ("", f"전화 : {buyer.phone}"),
            ),
            (0.5, 0.5),
            ruled=False,
        ),
    ]
    metadata = {
        "contract_type": "저작재산권 양도계약서",
        "work_title": work,
        "work_category": "미술저작물",
        "rights_holder": seller.name,
        "licensee": buyer.name,
        "granted_rights": ["복제권", "공중송신권", "전시권", "배포권", "2차적저작물작성권"],
        "effective_date": "2025-02-01",
        "signature_date": "2025-01-15",
        "payment_amount": amount,
        "payment_currency": "KRW",
        "governing_court": "서울중앙지방법원",
        "parties": [
            seller.gold("양도인", "phone", "address"),
            buyer.gold("양수인", "representative", "registration_no", "phone", "address"),
        ],
    }
    return Sample(
        "contract_bilingual_01.pdf", "contract", "bilingual", blocks, metadata, Look("barun", 10, 1.5, footer="")
    )


def samples() -> list[Sample]:
    return [letter(), bilingual()]
