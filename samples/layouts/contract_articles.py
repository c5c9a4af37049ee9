"""Contracts in articles: 갑/을 with a preamble, named roles, and a DOCX of an outright transfer."""

from __future__ import annotations

from samples.drawing.blocks import Block, Look, Space, Text, heading, numbered, sealed, title

from . import people
from .people import Party
from .values import Sample, hangul, written


def _signature(role: str, party: Party, firm: bool) -> list[Block]:
    """A signature block: one label a line, the seal after the name that signs."""
    rows = [f"주    소 : {party.address or ''}"]
    if firm:
        rows += [f"상    호 : {party.name}", f"사업자등록번호 : {party.registration_no or ''}"]
        rows += [f"대 표 자 : {party.representative or ''}  " + sealed(f"{party.representative}인", "(인)")]
    else:
        rows += [f"성    명 : {party.name}  " + sealed(f"{party.name}인", "(인)")]
    rows += [f"연 락 처 : {party.phone or ''}"]
    return [Text(role, "left", bold=True, before=8), *(Text(row, "left", indent=1) for row in rows)]


def non_exclusive() -> Sample:
    """A picture book, licensed to a publisher; the author is 갑."""
    author, publisher = people.YOON, people.NURION.without("registration_no")
    work, amount = "달이 머무는 우체국", 2_500_000
    blocks: list[Block] = [
        title("저작재산권 비독점적 이용허락 계약서"),
        Space(1),
        Text(
            f"저작재산권자 {author.name}(이하 “갑”이라 한다)와(과) 이용자 {publisher.name}(이하 “을”이라 한다)는(은) "
            f"아래의 저작물에 관하여 다음과 같이 저작재산권 이용허락 계약을 체결한다.",
        ),
        heading("제1조 (계약의 목적)"),
        Text(
            "본 계약은 저작재산권 이용허락과 관련하여 갑과 을 사이의 권리관계를 명확히 하는 것을 목적으로 한다.",
        ),
        heading("제2조 (계약의 대상)"),
        Text("갑의 이용허락 대상이 되는 권리는 아래의 저작물(이하 “대상저작물”이라 한다)에 대한 저작재산권으로 한다."),
        *numbered(f"1. 제목 : {work}", "2. 종류 : 어문저작물", "3. 공표일 : 2021. 9. 15.", indent=1),
        heading("제3조 (이용허락의 범위)"),
        *numbered(
            "① 갑은 을에 대하여 대상저작물의 복제권, 배포권, 공중송신권을 비독점적으로 이용하도록 허락한다.",
            "② 을은 대상저작물을 국내에서 발행하는 어린이 잡지와 그 전자판에 수록하는 방법으로 이용할 수 있다.",
            "③ 을은 갑의 사전 서면 동의 없이 제1항의 권리를 제3자에게 양도하거나 재허락할 수 없다.",
        ),
        heading("제4조 (이용기간)"),
        Text("대상저작물의 이용기간은 2024년 3월 1일부터 2027년 2월 28일까지로 한다."),
        heading("제5조 (이용료)"),
        *numbered(
            f"① 을은 이용허락의 대가로 금 {hangul(amount)}원정(₩{amount:,})을 갑에게 지급한다.",
            "② 을은 계약 체결일로부터 14일 이내에 갑이 지정하는 계좌로 이용료를 지급하며, "
            "지급이 늦어진 때에는 연 6%의 지연이자를 더하여 지급한다.",
        ),
        heading("제6조 (저작인격권의 존중)"),
        Text(
            "을은 갑의 성명을 대상저작물에 표시하여야 하며, 대상저작물의 본질적인 내용을 변경하여서는 아니 된다. "
            "다만, 맞춤법의 교정과 지면의 사정에 따른 판형의 조정은 그러하지 아니하다.",
        ),
        heading("제7조 (보증)"),
        Text(
            "갑은 대상저작물이 제3자의 권리를 침해하지 아니함을 보증하며, "
            "이와 관련하여 분쟁이 발생한 때에는 갑의 책임과 비용으로 해결한다."
        ),
        heading("제8조 (계약의 해지)"),
        Text(
            "당사자 일방이 본 계약을 위반한 때에는 상대방은 14일 이상의 기간을 정하여 시정을 최고하고, "
            "그 기간 안에 시정하지 아니하면 계약을 해지할 수 있다.",
        ),
        heading("제9조 (분쟁의 해결)"),
        Text(
            "본 계약과 관련하여 분쟁이 발생한 경우 당사자는 먼저 한국저작권위원회의 조정에 따라 해결하도록 노력하며, "
            "소송이 제기되는 때에는 서울중앙지방법원을 제1심 관할법원으로 한다.",
        ),
        Space(1),
        Text("본 계약의 성립을 증명하기 위하여 계약서 2부를 작성하여 갑과 을이 기명날인한 후 각 1부씩 보관한다."),
        Text(written("2024-02-27"), "center", 1.1, before=12),
        Space(0.5),
        *_signature("“갑” (저작재산권자)", author, firm=False),
        *_signature("“을” (이용자)", publisher, firm=True),
    ]
    metadata = {
        "contract_type": "저작재산권 비독점적 이용허락 계약서",
        "work_title": work,
        "work_category": "어문저작물",
        "rights_holder": author.name,
        "licensee": publisher.name,
        "granted_rights": ["복제권", "공중송신권", "배포권"],
        "exclusivity": "비독점",
        "purpose": "저작재산권 이용허락과 관련하여 갑과 을 사이의 권리관계를 명확히 하는 것",
        "term": "2024년 3월 1일부터 2027년 2월 28일까지",
        "effective_date": "2024-03-01",
        "expiration_date": "2027-02-28",
        "signature_date": "2024-02-27",
        "payment_amount": amount,
        "payment_currency": "KRW",
        "governing_court": "서울중앙지방법원",
        "parties": [
            author.gold("갑", "phone", "address"),
            publisher.gold("을", "representative", "phone", "address"),
        ],
    }
    return Sample("contract_articles_01.pdf", "contract", "articles", blocks, metadata, Look("myeongjo", 10.2, 1.65))


def exclusive() -> Sample:
    """Photographs, licensed exclusively; the preamble names 권리자 and 이용자, dates in dots."""
    holder, user = people.OH.without("phone"), people.DAON
    work, amount = "새벽 포구의 사람들", 12_000_000
    blocks: list[Block] = [
        title("사진저작물 독점적 이용허락 계약서"),
        Space(1),
        Text(
            f"{holder.name}(이하 ‘권리자’라 한다)과 {user.name}(이하 ‘이용자’라 한다)은 사진저작물의 이용에 관하여 "
            "서로 신의와 성실로써 다음과 같이 계약을 체결하고 이를 준수하기로 한다."
        ),
        heading("제1조(목적)"),
        Text(
            "이 계약은 이용자가 추진하는 지역 관광 홍보물 제작에 권리자의 사진을 이용하는 데 필요한 사항을 정함을 "
            "목적으로 한다."
        ),
        heading("제2조(대상 저작물)"),
        Text(f"이 계약의 대상 저작물은 권리자가 창작한 사진저작물 「{work}」 연작 24점으로 한다."),
        heading("제3조(이용의 허락)"),
        *numbered(
            "① 권리자는 이용자에게 대상 저작물의 복제권, 전시권, 배포권 및 공중송신권에 대하여 독점적 이용을 허락한다.",
            "② 권리자는 계약기간 중 제3자에게 같은 저작물의 이용을 허락하지 아니한다. 다만, 권리자의 개인전과 "
            "작품집 출판은 예외로 한다.",
            "③ 공연권, 대여권과 2차적저작물작성권은 이 계약의 허락 범위에 포함하지 아니한다.",
        ),
        heading("제4조(계약기간)"),
        *numbered(
            "① 계약기간은 계약 체결일로부터 5년으로 한다.",
            "② 당사자 일방이 기간 만료 2개월 전까지 서면으로 종료의 뜻을 알리지 아니하면 1년씩 연장된 것으로 본다.",
        ),
        heading("제5조(대가)"),
        *numbered(
            f"① 이용료는 총 {amount:,}원(부가가치세 포함)으로 한다.",
            "② 이용자는 계약 체결 후 10일 이내에 계약금 4,000,000원을, 결과물 납품 후 30일 이내에 잔금 "
            "8,000,000원을 지급한다.",
        ),
        heading("제6조(원본의 제공)"),
        Text("권리자는 2023. 7. 31.까지 인쇄에 적합한 해상도(300dpi 이상)의 원본 파일을 이용자에게 제공한다."),
        heading("제7조(성명의 표시)"),
        Text("이용자는 결과물에 ‘사진 오늘찬’과 같이 권리자의 성명을 표시한다."),
        heading("제8조(손해배상)"),
        Text("당사자가 이 계약을 위반하여 상대방에게 손해를 입힌 때에는 그 손해를 배상한다."),
        heading("제9조(관할)"),
        Text(
            "이 계약에 관한 소송은 이용자의 주된 사무소 소재지를 관할하는 수원지방법원 다온지원을 제1심의 "
            "전속관할로 한다."
        ),
        Text(written("2023-07-10", "padded_dots"), "center", 1.1, before=14),
        Space(0.5),
        Text("권리자", "left", bold=True),
        Text(f"성명 : {holder.name} (서명 또는 인)", indent=1),
        Text(f"주소 : {holder.address}", indent=1),
        Text("전화번호 : ", indent=1),
        Text(f"이메일 : {holder.email}", indent=1),
        Text("이용자", "left", bold=True, before=6),
        Text(f"기관명 : {user.name}", indent=1),
        Text(f"사업자등록번호 : {user.registration_no}", indent=1),
        Text(f"대표자 : {user.representative}  " + sealed(user.seal or "", "(직인)"), indent=1),
        Text(f"주소 : {user.address}", indent=1),
        Text(f"전화번호 : {user.phone}", indent=1),
    ]
    metadata = {
        "contract_type": "사진저작물 독점적 이용허락 계약서",
        "work_title": work,
        "work_category": "사진저작물",
        "rights_holder": holder.name,
        "licensee": user.name,
        "granted_rights": ["복제권", "공중송신권", "전시권", "배포권"],
        "exclusivity": "독점",
        "purpose": "이용자가 추진하는 지역 관광 홍보물 제작에 권리자의 사진을 이용하는 데 필요한 사항을 정함",
        "term": "계약 체결일로부터 5년",
        "signature_date": "2023-07-10",
        "payment_amount": amount,
        "payment_currency": "KRW",
        "governing_court": "수원지방법원 다온지원",
        "parties": [
            holder.gold("권리자", "email", "address"),
            user.gold("이용자", "representative", "registration_no", "phone", "address"),
        ],
    }
    return Sample("contract_articles_02.pdf", "contract", "articles", blocks, metadata, Look("gothic", 9.4, 1.5))


def transfer() -> Sample:
    """A song, transferred outright; DOCX, parties side by side as 양도인 and 양수인."""
    seller, buyer = people.BAEK, people.MARU.without("email")
    work, amount = "강변에 부는 노래", 7_000_000
    blocks: list[Block] = [
        title("저작재산권 양도계약서"),
        Space(1),
        Text(
            f"양도인 {seller.name}(이하 “양도인”이라 함)과 양수인 {buyer.name}(이하 “양수인”이라 함)는 "
            "다음과 같이 저작재산권 양도계약을 체결한다."
        ),
        heading("제1조 (대상 저작물)"),
        *numbered(f"1. 저작물의 제목: {work}", "2. 저작물의 종별: 음악저작물", "3. 저작자: 백산들 (작사·작곡)"),
        heading("제2조 (권리의 양도)"),
        *numbered(
            "① 양도인은 대상 저작물에 대한 복제권, 공연권, 공중송신권, 배포권, 대여권 및 2차적저작물작성권을 "
            "양수인에게 양도한다.",
            "② 양도의 효력은 2022년 11월 01일부터 발생한다.",
        ),
        heading("제3조 (양도대가)"),
        Text(
            f"양수인은 양도의 대가로 일금 {hangul(amount)}원정(\\{amount:,})을 2022년 11월 30일까지 "
            "양도인이 지정한 은행 계좌로 입금한다."
        ),
        heading("제4조 (저작권 등록)"),
        Text("양도인은 양수인이 저작권법 제54조에 따른 권리변동 등록을 신청하는 데 필요한 서류를 제공한다."),
        heading("제5조 (확인과 보증)"),
        Text(
            "양도인은 이 계약 체결 전에 대상 저작물에 관하여 제3자에게 이용허락, 질권 설정 등을 한 사실이 없음을 "
            "보증한다."
        ),
        heading("제6조 (분쟁해결)"),
        Text("이 계약에 관한 분쟁의 제1심 관할법원은 가람지방법원으로 한다."),
        Text(written("2022-10-24", "padded"), "center", before=12),
        Space(0.5),
        *_signature("양 도 인", seller, firm=False),
        *_signature("양 수 인", buyer, firm=True),
    ]
    metadata = {
        "contract_type": "저작재산권 양도계약서",
        "work_title": work,
        "work_category": "음악저작물",
        "rights_holder": seller.name,
        "licensee": buyer.name,
        "granted_rights": ["복제권", "공연권", "공중송신권", "배포권", "대여권", "2차적저작물작성권"],
        "effective_date": "2022-11-01",
        "signature_date": "2022-10-24",
        "payment_amount": amount,
        "payment_currency": "KRW",
        "governing_court": "가람지방법원",
        "parties": [
            seller.gold("양도인", "phone", "address"),
            buyer.gold("양수인", "representative", "registration_no", "phone", "address"),
        ],
    }
    return Sample("contract_articles_03.docx", "contract", "articles", blocks, metadata, Look("myeongjo", 10.5))


def samples() -> list[Sample]:
    return [non_exclusive(), exclusive(), transfer()]
