"""Contracts as a ruled form with merged cells, the amount in Hangul and in digits."""

from __future__ import annotations

from samples.drawing.blocks import LEFT, UP, Block, Cell, Look, Space, Table, Text, label, numbered, sealed, title

from . import people
from .people import Party
from .values import RIGHTS, Sample, hangul, written


def _rights(granted: list[str], on: str, off: str) -> str:
    """The seven rights, ticked or not, over two lines."""
    boxes = [f"{on if right in granted else off} {right}" for right in RIGHTS]
    return "   ".join(boxes[:4]) + "\n" + "   ".join(boxes[4:])


def _party_rows(role: str, party: Party, name_label: str, seal: str) -> list[tuple[str | Cell, ...]]:
    rows: list[tuple[str | Cell, ...]] = [
        (label(role), label(name_label), f"{party.name} {seal}", label("등록번호"), party.registration_no or "")
    ]
    if name_label != "성    명":
        rows.append((UP, label("대 표 자"), party.representative or "", label("전화번호"), party.phone or ""))
        rows.append((UP, label("소 재 지"), party.address or "", LEFT, LEFT))
    else:
        rows.append((UP, label("주    소"), party.address or "", label("전화번호"), party.phone or ""))
    return rows


def recording() -> Sample:
    """A recital, licensed non-exclusively; ticked rights, fee in Hangul and digits."""
    holder, user = people.BAEK, people.SOLMOE
    work, amount, granted = "가야금 산조 ‘들녘’", 3_500_000, ["복제권", "공연권", "공중송신권"]
    rows: tuple[tuple[str | Cell, ...], ...] = (
        (label("저작물명"), LEFT, work, LEFT, LEFT),
        (label("저작물의 종류"), LEFT, "음악저작물", label("공표 연월"), "2019년 4월"),
        (label("이용허락의 범위"), LEFT, _rights(granted, "☑", "☐"), LEFT, LEFT),
        (label("이용허락의 종류"), LEFT, "☐ 독점적 이용허락     ☑ 비독점적 이용허락", LEFT, LEFT),
        (label("이용 목적"), LEFT, "솔뫼문화재단 누리집의 전통음악 듣기 서비스 제공", LEFT, LEFT),
        (label("이용기간"), LEFT, "2025. 1. 1. ~ 2027. 12. 31. (3년)", LEFT, LEFT),
        (label("이 용 료"), label("금액"), f"일금 {hangul(amount)}원정 (₩{amount:,})", LEFT, LEFT),
        (UP, label("지급시기"), "계약 체결 후 30일 이내 일시 지급", LEFT, LEFT),
        *_party_rows("권리자", holder, "성    명", "(인)"),
        *_party_rows("이용자", user, "기 관 명", "(인)"),
    )
    blocks: list[Block] = [
        title("저작물 이용허락 계약서"),
        Space(0.5),
        Table(rows, (0.1, 0.13, 0.37, 0.13, 0.27)),
        Space(0.3),
        *numbered(
            "1. 이용자는 위 범위를 벗어나 저작물을 이용하고자 할 때에는 권리자의 사전 서면 동의를 받아야 한다.",
            "2. 이용자는 저작물을 이용할 때 저작자의 성명을 표시하고, 저작물의 내용과 형식을 임의로 변경하지 아니한다.",
            "3. 이 계약에 관한 분쟁은 가람지방법원 솔뫼지원을 제1심 관할법원으로 하여 해결한다.",
        ),
        Text(
            "위와 같이 계약을 체결하고 이를 증명하기 위하여 2통을 작성하여 각자 서명날인 후 1통씩 보관한다.", before=6
        ),
        Text("계약체결일 : " + written("2024-12-18", "wide"), "center", 1.05, before=8),
    ]
    metadata = {
        "contract_type": "저작물 이용허락 계약서",
        "work_title": work,
        "work_category": "음악저작물",
        "rights_holder": holder.name,
        "licensee": user.name,
        "granted_rights": granted,
        "exclusivity": "비독점",
        "purpose": "솔뫼문화재단 누리집의 전통음악 듣기 서비스 제공",
        "term": "2025. 1. 1. ~ 2027. 12. 31. (3년)",
        "effective_date": "2025-01-01",
        "expiration_date": "2027-12-31",
        "signature_date": "2024-12-18",
        "payment_amount": amount,
        "payment_currency": "KRW",
        "governing_court": "가람지방법원 솔뫼지원",
        "parties": [
            holder.gold("권리자", "phone", "address"),
            user.gold("이용자", "representative", "registration_no", "phone", "address"),
        ],
    }
    return Sample("contract_table_01.pdf", "contract", "contract_table", blocks, metadata, Look("gothic", 9.8, 1.55))


def mural() -> Sample:
    """A painting transferred to a museum; parties first, special terms in the form, some cells empty."""
    seller, buyer = people.HAN.without("phone", "address"), people.GAON.without("registration_no")
    work, amount = "물결, 그리고 흙", 18_000_000
    granted = ["복제권", "전시권", "배포권"]
    terms = [
        "원작의 소유권은 별도의 작품 구입 계약에 따른다.",
        "양도인은 자신의 도록과 누리집에 작품 이미지를 계속 사용할 수 있다.",
    ]
    rows = (
        (label("양\n도\n인"), label("성명"), f"{seller.name}  (서명)", label("생년월일"), "1984. 3. 9."),
        (UP, label("주소"), seller.address or "", label("연락처"), ""),
        (
            label("양\n수\n인"),
            label("기관명"),
            buyer.name,
            label("대표자"),
            f"{buyer.representative}  " + sealed(buyer.seal or "", "(직인)"),
        ),
        (UP, label("소재지"), buyer.address or "", label("연락처"), buyer.phone or ""),
        (label("저\n작\n물"), label("작품명"), work, label("종별"), "미술저작물"),
        (UP, label("재료·규격"), "캔버스에 유채, 162×130 cm", label("제작연도"), "2016년"),
        (label("양도 대상 권리"), LEFT, _rights(granted, "■", "□"), LEFT, LEFT),
        (label("양도대가"), LEFT, f"금 {hangul(amount)} 원 (￦ {amount:,})", LEFT, LEFT),
        (label("효력발생일"), LEFT, written("2021-06-01", "iso"), label("지급기한"), written("2021-06-30", "iso")),
        (label("특약사항"), LEFT, "\n".join(f"{i}. {term}" for i, term in enumerate(terms, 1)), LEFT, LEFT),
    )
    blocks: list[Block] = [
        Text("[별지 제3호 서식]", "left", 0.9),
        title("미술저작물 저작재산권 양도계약서", 1.7),
        Space(0.5),
        Table(rows, (0.08, 0.15, 0.39, 0.14, 0.24)),
        Space(0.3),
        Text(
            "양도인과 양수인은 위와 같이 저작재산권 양도계약을 체결하며, 이 서식에서 정하지 아니한 사항은 "
            "「저작권법」과 일반 상관례에 따른다."
        ),
        Text(written("2021-05-20", "korean"), "center", 1.1, before=12),
    ]
    metadata = {
        "contract_type": "미술저작물 저작재산권 양도계약서",
        "work_title": work,
        "work_category": "미술저작물",
        "rights_holder": seller.name,
        "licensee": buyer.name,
        "granted_rights": granted,
        "effective_date": "2021-06-01",
        "signature_date": "2021-05-20",
        "payment_amount": amount,
        "payment_currency": "KRW",
        "special_terms": terms,
        "parties": [
            seller.gold("양도인"),
            buyer.gold("양수인", "representative", "phone", "address"),
        ],
    }
    return Sample(
        "contract_table_02.pdf", "contract", "contract_table", blocks, metadata, Look("barun", 10, 1.55, footer="")
    )


def illustration() -> Sample:
    """An illustration order as a DOCX form; work details and fee only, no court, e-mails instead of phones."""
    holder, user = people.SEO.without("phone"), people.DALBIT.without("phone", "address")
    work, amount, granted = "숲속 목욕탕 캐릭터 8종", 4_200_000, ["복제권", "배포권", "공중송신권", "2차적저작물작성권"]
    rows = (
        (label("계약 개요"), LEFT, LEFT, LEFT),
        (label("제호"), work, label("분류"), "미술저작물(일러스트)"),
        (label("허락하는 권리"), _rights(granted, "[V]", "[  ]"), LEFT, LEFT),
        (label("이용허락의 종류"), "[V] 독점     [  ] 비독점", LEFT, LEFT),
        (label("목적"), "모바일 게임 및 관련 상품의 제작·판매", LEFT, LEFT),
        (label("계약기간"), "계약일로부터 2년", LEFT, LEFT),
        (label("사용료"), f"{amount:,}원 (부가세 별도)", label("지급방법"), "계좌이체"),
    )
    parties = Table(
        (
            (label("저작재산권자"), LEFT, label("이용자"), LEFT),
            (label("성명"), f"{holder.name} (인)", label("회사명"), user.name),
            (label("주소"), holder.address or "", label("대표이사"), f"{user.representative} (인)"),
            (label("연락처"), "", label("사업자등록번호"), user.registration_no or ""),
            (label("이메일"), holder.email or "", label("이메일"), user.email or ""),
        ),
        (0.15, 0.35, 0.17, 0.33),
    )
    blocks: list[Block] = [
        title("일러스트 저작물 이용계약서"),
        Space(0.5),
        Table(rows, (0.18, 0.37, 0.15, 0.3)),
        Space(0.5),
        Text("양 당사자는 위 내용과 뒷면의 일반 조건에 합의하고 아래와 같이 서명 날인한다."),
        Text("계약일 : " + written("2025-03-04", "tight_dots"), "center", before=8),
        Space(0.5),
        parties,
    ]
    metadata = {
        "contract_type": "일러스트 저작물 이용계약서",
        "work_title": work,
        "work_category": "미술저작물(일러스트)",
        "rights_holder": holder.name,
        "licensee": user.name,
        "granted_rights": granted,
        "exclusivity": "독점",
        "purpose": "모바일 게임 및 관련 상품의 제작·판매",
        "term": "계약일로부터 2년",
        "signature_date": "2025-03-04",
        "payment_amount": amount,
        "payment_currency": "KRW",
        "parties": [
            holder.gold("저작재산권자", "email", "address"),
            user.gold("이용자", "representative", "registration_no", "email"),
        ],
    }
    return Sample("contract_table_03.docx", "contract", "contract_table", blocks, metadata, Look("gothic", 10))


def samples() -> list[Sample]:
    return [recording(), mural(), illustration()]
