"""Letters and papers around rights: official letters, donations, a receipt, a statement of account."""

from __future__ import annotations

from samples.drawing.blocks import (
    LEFT,
    UP,
    Block,
    Cell,
    Look,
    Rule,
    Space,
    Table,
    Text,
    centred,
    heading,
    label,
    sealed,
    title,
)

from . import people
from .people import Party
from .values import Sample, hangul, written


def _official(
    body: Party, sender: str, head: str, to: str, subject: str, text: list[Text], number: str, date: str, unit: str
) -> list[Block]:
    """The frame of a Korean official letter."""
    return [
        Text(body.name, "center", 2.0, bold=True),
        Space(0.5),
        Text(f"수신   {to}", "left"),
        Text("(경유)", "left"),
        Text(f"제목   {subject}", "left", bold=True),
        Rule(1.2),
        *text,
        Text(sender + sealed(body.seal or "", ""), "center", 1.6, bold=True, before=150),
        Rule(1.2),
        Text(f"담당  {unit} 임채원      팀장  오단비      {head}  {body.representative}", "left", 0.95),
        Text("협조자", "left", 0.95),
        Text(f"시행  {number}  ({date})      접수                (            )", "left", 0.95),
        Text(f"우 00000   {body.address}   /   www.{(body.email or '').split('@')[1]}", "left", 0.95),
        Text(
            f"전화 {body.phone}   전송 {(body.phone or '')[:-4]}9199   /   {body.email}   /   대국민 공개", "left", 0.95
        ),
    ]


def request() -> Sample:
    """An official letter that asks a foundation for permission."""
    body, to, work = people.GAON, "재단법인 솔뫼문화재단 이사장", "솔뫼 탈놀이 연희본"
    subject = "특별전 전시를 위한 저작물 이용허락 협조 요청"
    text = [
        Text("1. 귀 기관의 무궁한 발전을 기원합니다.", before=6),
        Text(
            "2. 우리 박물관은 2024. 10. 8.부터 12. 29.까지 특별전 「탈, 사람의 얼굴」을 개최하며, 귀 기관이 "
            "저작재산권을 보유한 "
            "아래 저작물을 전시 및 도록에 수록하고자 하오니 이용허락에 협조하여 주시기 바랍니다."
        ),
        Text(f"가. 저작물명: {work}", "left", indent=1.5, before=4),
        Text("나. 이용방법: 전시실 영상 상영, 도록 수록(발행 부수 1,000부)", "left", indent=1.5),
        Text("다. 회신기한: 2024. 6. 14.까지", "left", indent=1.5),
        Text("붙임  1. 특별전 계획서 1부.\n         2. 이용허락서(양식) 1부.  끝.", "left", before=10),
    ]
    blocks = _official(
        body, f"{body.name}장", "관장", to, subject, text, "전시과-1127", written("2024-05-31", "dots"), "학예연구사"
    )
    metadata = {
        "title": subject,
        "document_number": "전시과-1127",
        "issuer": body.name,
        "recipient": to,
        "document_date": "2024-05-31",
        "work_title": work,
    }
    return Sample(
        "other_official_01.pdf", "other", "official_letter", blocks, metadata, Look("gothic", 10.5, 1.6, footer="")
    )


def reply() -> Sample:
    """The answer to an author, with a fee; an amount and a due date in the text."""
    body, to, work = people.DAON, "한도담 작가", "도시의 빈 의자"
    subject = "저작물 사용료 지급 안내"
    text = [
        Text("1. 우리 재단의 문화사업에 협조하여 주셔서 감사드립니다.", before=6),
        Text(f"2. 「공공미술 아카이브」에 수록한 귀하의 저작물 『{work}』의 사용료를 다음과 같이 지급하고자 합니다."),
        Text("가. 지급금액: 금1,320,000원(금일백삼십이만원)", "left", indent=1.5, before=4),
        Text("나. 지급예정일: 2025. 2. 28.", "left", indent=1.5),
        Text("다. 제출서류: 청구서, 통장 사본 각 1부", "left", indent=1.5),
        Text("3. 사용료에 관하여 문의하실 사항은 콘텐츠팀(031-000-9033)으로 연락하여 주시기 바랍니다.  끝.", before=6),
    ]
    blocks = _official(
        body,
        f"{body.name} 대표이사",
        "대표이사",
        to,
        subject,
        text,
        "콘텐츠팀-0206",
        written("2025-02-06", "dots"),
        "주임",
    )
    metadata = {
        "title": subject,
        "document_number": "콘텐츠팀-0206",
        "issuer": body.name,
        "recipient": to,
        "document_date": "2025-02-06",
        "work_title": work,
        "amounts": [1_320_000],
    }
    return Sample(
        "other_official_02.pdf", "other", "official_letter", blocks, metadata, Look("barun", 10.8, 1.6, footer="")
    )


def _donation(donor: Party, to: str, work: str, kind: str, date: str, seal: str) -> list[Block]:
    return [
        title("저 작 물   기 증 서", 2.0),
        Space(2),
        Table(
            (
                (label("기증자"), label("성    명"), f"{donor.name}"),
                (UP, label("주    소"), donor.address or ""),
                (UP, label("연 락 처"), donor.phone or ""),
                (label("저작물명"), work, LEFT),
                (label("종    류"), kind, LEFT),
            ),
            (0.18, 0.2, 0.62),
        ),
        Space(1),
        Text(
            "위 저작물의 원본과 저작재산권을 귀 기관에 기증하오니 널리 알려 연구와 교육에 쓰이기를 바랍니다. "
            "아울러 기증 이후의 보존과 활용에 관한 모든 사항은 귀 기관의 규정에 따르겠습니다.",
            size=1.1,
        ),
        Text(date, "center", 1.15, before=34),
        Text(f"기증자   {donor.name}   {seal}", "center", 1.15, before=14),
        Text(f"{to} 귀하", "left", 1.5, bold=True, before=44),
    ]


def donation_manuscript() -> Sample:
    """Manuscripts given to a museum."""
    donor, to, work = people.YOON, people.GAON.name + "장", "우편배달부의 편지 육필 원고 31매"
    metadata = {
        "title": "저작물 기증서",
        "issuer": donor.name,
        "recipient": to,
        "document_date": "2022-03-15",
        "work_title": work,
        "parties": [donor.gold("기증자", "phone", "address")],
    }
    blocks = _donation(donor, to, work, "어문(육필 원고)", written("2022-03-15", "wide"), "(인)")
    return Sample(
        "other_donation_01.pdf", "other", "donation_letter", blocks, metadata, Look("myeongjo", 11, 1.7, footer="")
    )


def donation_film() -> Sample:
    """Home movies given to an archive; DOCX, phone and date not filled in."""
    donor, to, work = people.CHOI.without("phone"), people.HANUL.name + "장", "8밀리 필름 「우리 동네 운동회」 5권"
    metadata = {
        "title": "저작물 기증서",
        "issuer": donor.name,
        "recipient": to,
        "work_title": work,
        "parties": [donor.gold("기증자", "address")],
    }
    blocks = _donation(donor, to, work, "영상", written(None), "(서명)")
    return Sample("other_donation_02.docx", "other", "donation_letter", blocks, metadata, Look("gothic", 11, 1.6))


def receipt() -> Sample:
    """A hand-sized receipt for a manuscript fee."""
    payee, payer, work, amount = people.MIN.without("email"), people.NURION, "장날의 뒷모습", 800_000
    blocks: list[Block] = [
        Table((("No. 2024-1203", Cell("(지급자 보관용)", align="right")),), (0.5, 0.5), ruled=False),
        title("영    수    증", 2.0),
        Space(1),
        Text(f"{payer.name}   귀하", "left", 1.2),
        Space(0.5),
        Table(
            (
                (label("금    액"), Cell(f"일금  {hangul(amount)}원정  (₩ {amount:,})", align="center")),
                (label("내    용"), Cell(f"수필 「{work}」 원고료", align="center")),
            ),
            (0.25, 0.75),
        ),
        Text("위 금액을 정히 영수하였습니다.", "center", 1.1, before=14),
        Text(written("2024-12-13", "wide"), "center", 1.1, before=14),
        Space(1),
        Text(f"영수인   성명 :  {payee.name}   " + sealed(f"{payee.name}인", "(인)"), "right"),
        Text(f"주소 :  {payee.address}", "right"),
        Text(f"연락처 :  {payee.phone}", "right"),
    ]
    metadata = {
        "title": "영수증",
        "document_number": "2024-1203",
        "issuer": payee.name,
        "recipient": payer.name,
        "document_date": "2024-12-13",
        "work_title": work,
        "amounts": [amount],
        "parties": [payee.gold("영수인", "phone", "address")],
    }
    return Sample(
        "other_receipt_01.pdf", "other", "receipt", blocks, metadata, Look("gothic", 11, 1.6, margin=90, footer="")
    )


def statement() -> Sample:
    """A statement of account for image licences: supplier and customer side by side, items, total."""
    seller, buyer = people.DALBIT.without("email"), people.DAON.without("email", "phone")
    items = (
        ("1", "봄 축제 포스터 이미지", "2", 600_000),
        ("2", "관광지도 삽화", "1", 1_500_000),
        ("3", "안내책자 표지", "1", 900_000),
    )
    supply = sum(int(count) * price for _, _, count, price in items)
    total = supply * 11 // 10
    rows = [
        (
            centred(no),
            name,
            centred(count),
            Cell(f"{price:,}", align="right"),
            Cell(f"{int(count) * price:,}", align="right"),
        )
        for no, name, count, price in items
    ]
    blocks: list[Block] = [
        title("거 래 명 세 서", 1.9),
        Table(
            (("관리번호 : DB-25-0417", Cell("작성일 : " + written("2025-04-17", "iso"), align="right")),),
            (1, 1),
            ruled=False,
        ),
        Table(
            (
                (
                    label("공\n급\n자"),
                    label("등록번호"),
                    seller.registration_no or "",
                    label("공\n급\n받\n는\n자"),
                    label("등록번호"),
                    buyer.registration_no or "",
                ),
                (UP, label("상호"), seller.name, UP, label("기관명"), buyer.name),
                (UP, label("대표자"), f"{seller.representative} (인)", UP, label("대표자"), buyer.representative or ""),
                (UP, label("주소"), seller.address or "", UP, label("주소"), buyer.address or ""),
                (UP, label("전화"), seller.phone or "", UP, label("전화"), ""),
            ),
            (0.06, 0.13, 0.31, 0.06, 0.13, 0.31),
        ),
        Table(
            (
                (label("번호"), label("품목(저작물)"), label("수량"), label("단가"), label("공급가액")),
                *rows,
                (label("공급가액"), LEFT, LEFT, LEFT, Cell(f"{supply:,}", align="right")),
                (label("부가가치세"), LEFT, LEFT, LEFT, Cell(f"{total - supply:,}", align="right")),
                (label("합계"), LEFT, LEFT, LEFT, Cell(f"{total:,}", align="right")),
            ),
            (0.1, 0.4, 0.1, 0.2, 0.2),
        ),
        heading("비고"),
        Text("이미지의 이용 범위는 2025년 3월 24일 체결한 이용허락 계약서에 따릅니다."),
    ]
    metadata = {
        "title": "거래명세서",
        "document_number": "DB-25-0417",
        "issuer": seller.name,
        "recipient": buyer.name,
        "document_date": "2025-04-17",
        "amounts": [total],
        "parties": [
            seller.gold("공급자", "representative", "registration_no", "phone", "address"),
            buyer.gold("공급받는자", "representative", "registration_no", "address"),
        ],
    }
    return Sample(
        "other_statement_01.pdf", "other", "statement", blocks, metadata, Look("gothic", 9.8, 1.45, footer="")
    )


def samples() -> list[Sample]:
    return [request(), reply(), donation_manuscript(), donation_film(), receipt(), statement()]
