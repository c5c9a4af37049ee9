"""A contract of several pages: eighteen articles, an annex of works, and special terms that override an article."""

from __future__ import annotations

from samples.drawing.blocks import Block, Look, PageBreak, Space, Table, Text, centred, heading, label, numbered, title

from . import people
from .values import Sample, hangul, written

WORKS = (
    ("섬마을 노래", "2011", "4분 12초"),
    ("물때를 기다리며", "2011", "3분 48초"),
    ("등대 아래서", "2012", "5분 03초"),
    ("갈매기와 우체부", "2013", "3분 30초"),
    ("소금꽃", "2014", "4분 41초"),
    ("마지막 배", "2014", "4분 05초"),
    ("돌담에 부는 바람", "2016", "3분 57초"),
    ("안개 주의보", "2017", "6분 10초"),
    ("그물을 깁는 저녁", "2018", "4분 22초"),
    ("초록 양철 지붕", "2019", "3분 15초"),
    ("파도의 문장", "2020", "5분 36초"),
    ("돌아오는 길", "2021", "4분 50초"),
)
TERMS = (
    "계약서 제9조에도 불구하고 갑이 직접 출연하는 공연에서의 이용에 대하여는 이용료를 지급하지 아니한다.",
    "을은 섬 지역 초·중학교의 수업을 위한 이용에 대하여 제3자에게 무상으로 재허락할 수 있다.",
    "음원의 원본 테이프는 갑이 보관하며, 을은 디지털 복제본만을 보관한다.",
)


def _articles(work: str, amount: int, purpose: str) -> list[Block]:
    """제1조 to 제18조."""
    return [
        heading("제1조 (목적)"),
        Text(
            f"이 계약은 {purpose}을 위하여 갑이 을에게 저작재산권의 이용을 허락하는 데 필요한 사항을 정함을 목적으로 "
            "한다."
        ),
        heading("제2조 (정의)"),
        *numbered(
            "1. “대상 저작물”이란 별지 1에 적힌 음악저작물을 말한다.",
            "2. “아카이브”란 을이 운영하는 전통·민속음악 자료의 수집, 보존 및 공개 체계를 말한다.",
            "3. “이용자”란 아카이브의 누리집에 접속하여 자료를 열람하는 제3자를 말한다.",
        ),
        heading("제3조 (대상 저작물)"),
        Text(f"대상 저작물은 갑이 작사·작곡한 노래 모음 「{work}」에 수록된 12곡으로 하며, 그 목록은 별지 1과 같다."),
        heading("제4조 (저작물의 종류)"),
        Text("대상 저작물은 저작권법 제4조제1항제2호의 음악저작물에 해당한다."),
        heading("제5조 (이용허락의 범위)"),
        *numbered(
            "① 갑은 을에게 대상 저작물의 복제권, 공연권, 공중송신권, 배포권 및 2차적저작물작성권의 이용을 허락한다.",
            "② 전시권과 대여권은 허락하지 아니하며, 이를 이용하고자 할 때에는 별도의 계약을 체결하여야 한다.",
            "③ 이용 지역은 대한민국으로 하되, 온라인 전송의 경우에는 지역의 제한을 두지 아니한다.",
        ),
        heading("제6조 (이용허락의 성격)"),
        Text("이 계약에 따른 이용허락은 비독점적이며, 갑은 제3자에게 같은 내용의 이용을 허락할 수 있다."),
        heading("제7조 (계약기간)"),
        *numbered(
            "① 계약기간은 2022년 4월 1일부터 2032년 3월 31일까지 10년으로 한다.",
            "② 기간 만료 3개월 전까지 당사자 사이에 별도의 의사표시가 없으면 같은 조건으로 5년간 연장된다.",
        ),
        heading("제8조 (자료의 제공)"),
        Text("갑은 2022년 4월 15일까지 대상 저작물의 악보와 음원을 을에게 제공하고, 을은 수령증을 교부한다."),
        heading("제9조 (이용료)"),
        *numbered(
            f"① 을은 갑에게 이용료로 금 {hangul(amount)}원정(₩{amount:,})을 지급한다.",
            "② 이용료는 계약 체결 후 15일 이내에 50%, 제8조의 자료를 모두 받은 날부터 15일 이내에 50%를 지급한다.",
            "③ 을이 지급을 지체한 때에는 지체한 금액에 대하여 연 5%의 이자를 더하여 지급한다.",
        ),
        heading("제10조 (성명의 표시)"),
        Text("을은 대상 저작물을 이용할 때마다 저작자의 성명과 곡명을 적절한 방법으로 표시한다."),
        heading("제11조 (동일성의 유지)"),
        Text(
            "을은 대상 저작물의 내용과 형식의 동일성을 해하지 아니한다. 다만, 보존을 위한 잡음의 제거, "
            "음량의 조정과 파일 형식의 변환은 그러하지 아니하다."
        ),
        heading("제12조 (재허락의 금지)"),
        Text("을은 갑의 서면 동의 없이 제3자에게 대상 저작물의 이용을 허락할 수 없다."),
        heading("제13조 (권리의 보증)"),
        *numbered(
            "① 갑은 대상 저작물에 관하여 이 계약을 체결할 적법한 권리가 있음을 보증한다.",
            "② 대상 저작물의 일부를 저작권 신탁관리단체에 신탁한 경우 갑은 그 사실을 계약 체결 전에 을에게 알려야 "
            "한다.",
        ),
        heading("제14조 (개인정보의 보호)"),
        Text(
            "을은 계약의 이행을 위하여 알게 된 갑의 개인정보를 관계 법령에 따라 보호하고 목적 외로 이용하지 아니한다."
        ),
        heading("제15조 (계약의 변경)"),
        Text("이 계약의 내용은 당사자의 서면 합의로만 변경할 수 있다."),
        heading("제16조 (해제 및 해지)"),
        *numbered(
            "① 당사자는 상대방이 계약을 위반하고 상당한 기간을 정한 최고에도 이를 시정하지 아니하면 계약을 해제 "
            "또는 해지할 수 있다.",
            "② 계약이 해지된 때에는 을은 30일 이내에 대상 저작물의 공개를 중단한다.",
        ),
        heading("제17조 (손해배상)"),
        Text("당사자가 정당한 이유 없이 이 계약을 위반하여 상대방에게 손해를 입힌 때에는 이를 배상하여야 한다."),
        heading("제18조 (분쟁의 해결)"),
        Text(
            "이 계약에서 발생하는 분쟁은 한국저작권위원회의 조정에 의하고, 조정이 성립하지 아니하면 "
            "을의 소재지를 관할하는 하람지방법원을 제1심 법원으로 하여 소송으로 해결한다."
        ),
    ]


def archive() -> Sample:
    """Twelve songs licensed to an archive; special terms in annex 2."""
    author, body = people.KANG.without("email"), people.SORI
    work, amount, purpose = "섬마을 노래 모음", 6_000_000, "민속음악 아카이브의 구축과 공개"
    name = "음악저작물 아카이브 이용허락 계약서"
    works = tuple(
        (centred(str(n)), song, centred(year), centred(time)) for n, (song, year, time) in enumerate(WORKS, 1)
    )
    blocks: list[Block] = [
        title(name, 1.7),
        Space(1),
        Text(
            f"{author.name}(이하 “갑”이라 한다)과 {body.name}(이하 “을”이라 한다)는 갑이 저작재산권을 가지는 "
            "음악저작물의 "
            "이용에 관하여 다음과 같이 계약을 체결한다."
        ),
        *_articles(work, amount, purpose),
        Text(
            "이 계약을 증명하기 위하여 계약서 2통을 작성하고, 갑과 을이 서명 또는 날인한 후 각 1통씩 보관한다.",
            before=10,
        ),
        Text(written("2022-03-22", "wide"), "center", 1.1, before=14),
        Space(0.5),
        Table(
            (
                (centred("(갑)"), "성명 :", f"{author.name}   (서명)"),
                ("", "주소 :", author.address or ""),
                ("", "연락처 :", author.phone or ""),
                (centred("(을)"), "단체명 :", body.name),
                ("", "대표자 :", f"회장 {body.representative}   (인)"),
                ("", "고유번호 :", body.registration_no or ""),
                ("", "주소 :", body.address or ""),
                ("", "연락처 :", f"{body.phone} / {body.email}"),
            ),
            (0.1, 0.15, 0.75),
            ruled=False,
        ),
        PageBreak(),
        Text("[별지 1]", "left"),
        title("대상 저작물 목록", 1.4),
        Space(0.5),
        Table(((label("번호"), label("곡명"), label("창작연도"), label("재생시간")), *works), (0.12, 0.48, 0.2, 0.2)),
        Space(1.5),
        Text("[별지 2]", "left"),
        title("특약사항", 1.4),
        Space(0.5),
        *numbered(*(f"{number}. {term}" for number, term in enumerate(TERMS, 1))),
    ]
    metadata = {
        "contract_type": name,
        "work_title": work,
        "work_category": "음악저작물",
        "rights_holder": author.name,
        "licensee": body.name,
        "granted_rights": ["복제권", "공연권", "공중송신권", "배포권", "2차적저작물작성권"],
        "exclusivity": "비독점",
        "purpose": purpose,
        "term": "2022년 4월 1일부터 2032년 3월 31일까지 10년",
        "effective_date": "2022-04-01",
        "expiration_date": "2032-03-31",
        "signature_date": "2022-03-22",
        "payment_amount": amount,
        "payment_currency": "KRW",
        "governing_court": "하람지방법원",
        "special_terms": list(TERMS),
        "parties": [
            author.gold("갑", "phone", "address"),
            body.gold("을", "representative", "registration_no", "phone", "email", "address"),
        ],
    }
    look = Look("barun", 10.4, 1.65, header="음악저작물 아카이브 이용허락 계약서")
    return Sample("contract_long_01.pdf", "contract", "articles_with_annexes", blocks, metadata, look)


def samples() -> list[Sample]:
    return [archive()]
