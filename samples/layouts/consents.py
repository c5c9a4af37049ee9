"""Personal-data consents: `○` bullets, ruled tables, and an English release."""

from __future__ import annotations

from samples.drawing.blocks import LEFT, UP, Block, Look, Rule, Space, Table, Text, centred, heading, label, title

from . import people
from .people import Party
from .values import Sample, answer, choice, written


def _signer(person: Party, seal: str, email: bool) -> list[Block]:
    rows = [f"성      명 : {person.name}   {seal}", f"주      소 : {person.address or ''}"]
    rows += [f"전화번호 : {person.phone or ''}"]
    rows += [f"이 메 일 : {person.email or ''}"] if email else []
    return [Text(row, "left", indent=16) for row in rows]


def oral_history() -> Sample:
    """An archive collects an interviewee's data and hands them on; one answer, ticked after the word."""
    archive, person = people.HANUL, people.MIN.without("email", "phone")
    purpose = "구술 채록 대상자 확인, 구술자료 정리·보존 및 연구 목적의 열람 서비스 제공"
    items = ["성명", "생년월일", "주소", "전화번호", "구술 음성 및 영상"]
    retention = "구술자료 보존기간(영구) 종료 시까지"
    recipient = "하람군 향토사연구소"
    blocks: list[Block] = [
        title("개인정보 수집·이용 및 제3자 제공 동의서", 1.6),
        Space(1),
        Text(
            f"{archive.name}은(는) 「개인정보 보호법」 제15조 및 제17조에 따라 구술채록 사업에 참여하시는 분의 "
            "개인정보를 아래와 같이 수집·이용하고 제3자에게 제공하고자 합니다. 내용을 자세히 읽으신 후 동의 여부를 "
            "결정하여 주십시오."
        ),
        heading("1. 개인정보의 수집 및 이용"),
        Text(f"○ 개인정보 수집 및 이용 목적 : {purpose}", indent=2, hang=1),
        Text(f"○ 수집하는 개인정보 항목 : {', '.join(items)}", indent=2, hang=1),
        Text(f"○ 개인정보 보유 및 이용 기간 : {retention}", indent=2, hang=1),
        heading("2. 개인정보의 제3자 제공"),
        Text(f"○ 개인정보를 제공받는 자 : {recipient}", indent=2, hang=1),
        Text("○ 제공받는 자의 이용 목적 : 지역 생활사 조사·연구", indent=2, hang=1),
        Text("○ 제공하는 개인정보의 항목 : 성명, 구술 음성 및 영상", indent=2, hang=1),
        Text(
            "※ 귀하는 위와 같은 개인정보의 수집·이용 및 제공에 동의하지 않을 권리가 있습니다. "
            "다만, 동의하지 않으실 경우 구술채록 사업에 참여하실 수 없습니다.",
            before=8,
        ),
        Text("위와 같이 개인정보를 수집·이용하고 제3자에게 제공하는 데 동의하십니까?", before=10),
        Text(choice(True, "after_paren"), "right", 1.05, before=4),
        Text(written("2023-05-16", "dots"), "center", 1.1, before=22),
        Space(1),
        *_signer(person, "(서명)", email=False),
        Space(2),
        Text(f"{archive.name}장 귀하", "left", 1.25, bold=True),
        Rule(0.5),
        Text(f"문의 : {archive.name} 구술자료팀 (전화 {archive.phone}, {archive.email})", "left", 0.9),
    ]
    metadata = {
        "consent_type": "개인정보 수집·이용 및 제3자 제공 동의서",
        "data_controller": archive.name,
        "data_subject": person.name,
        "collection_purpose": purpose,
        "collected_items": items,
        "retention_period": retention,
        "third_party_recipient": recipient,
        "consent_status": answer(True),
        "consent_date": "2023-05-16",
        "address": person.address,
    }
    return Sample("consent_bullets_01.pdf", "consent", "consent_bullets", blocks, metadata, Look("gothic", 10.5, 1.75))


def contest() -> Sample:
    """A contest entrant's consent, ticked before the word; the address is left blank."""
    host, person = people.DAON, people.LIM.without("address")
    purpose = "공모전 접수 및 심사, 수상자 안내와 상금 지급"
    items = ["성명", "휴대전화번호", "전자우편", "주소", "계좌번호"]
    retention = "수집일로부터 3년"
    blocks: list[Block] = [
        Text("[붙임 2]", "left", 0.95),
        title("공모전 참가자 개인정보 수집·이용 동의서", 1.6),
        Rule(1.2),
        Space(0.5),
        Text(
            "「제7회 다온 이야기 공모전」에 응모하신 분의 개인정보를 다음과 같이 수집·이용하고자 하오니 "
            "아래 사항을 확인하시고 동의하여 주시기 바랍니다."
        ),
        Text(f"○ 기관명 : {host.name}", "left", indent=1, before=8),
        Text(f"○ 수집·이용 목적 : {purpose}", "left", indent=1),
        Text(f"○ 수집 항목 : {' / '.join(items)}", "left", indent=1),
        Text(f"○ 보유·이용 기간 : {retention}", "left", indent=1),
        Text(
            "○ 동의를 거부할 권리 및 불이익 : 정보주체는 동의를 거부할 수 있으며, 거부하는 경우 심사 대상에서 "
            "제외됩니다.",
            indent=2,
            hang=1,
        ),
        Text("○ 동의 여부", "left", indent=1, before=8),
        Text(choice(True, "square"), "left", 1.05, indent=3),
        Text("작성일 : " + written("2024-09-02", "tight_dots"), "right", before=26),
        Text(f"신청인 : {person.name} (인)", "right", before=4),
        Text(f"휴대전화 : {person.phone}", "right"),
        Text(f"전자우편 : {person.email}", "right"),
        Text("주소 :                                                             ", "right"),
        Space(2),
        Text(f"{host.name} 대표이사 귀하", "center", 1.3, bold=True),
    ]
    metadata = {
        "consent_type": "공모전 참가자 개인정보 수집·이용 동의서",
        "data_controller": host.name,
        "data_subject": person.name,
        "collection_purpose": purpose,
        "collected_items": items,
        "retention_period": retention,
        "consent_status": answer(True),
        "consent_date": "2024-09-02",
        "phone": person.phone,
        "email": person.email,
    }
    return Sample(
        "consent_bullets_02.docx", "consent", "consent_bullets", blocks, metadata, Look("gothic", 10.5, 1.7, footer="")
    )


def table_education() -> Sample:
    """A museum programme's consent as one ruled table; refused, no e-mail given."""
    museum, person = people.GAON, people.CHOI.without("email")
    purpose = "교육 프로그램 신청자 본인 확인 및 운영 결과 안내"
    items = ["성명", "연락처", "주소", "소속"]
    retention = "프로그램 종료 후 1년"
    rows = (
        (label("수집기관"), centred(museum.name), label("담당부서"), centred("교육문화과")),
        (label("수집·이용 목적"), purpose, LEFT, LEFT),
        (label("수집항목"), ", ".join(items), LEFT, LEFT),
        (label("보유기간"), retention, LEFT, LEFT),
        (label("제공받는 자"), "해당 없음", LEFT, LEFT),
        (
            label("동의 거부 권리"),
            "귀하는 개인정보 수집·이용에 동의하지 않을 수 있습니다. 동의하지 않더라도 현장 접수로 참여하실 수 "
            "있습니다.",
            LEFT,
            LEFT,
        ),
        (label("동의 여부"), centred(choice(False, "ballot")), LEFT, LEFT),
        (label("신청인"), label("성    명"), f"{person.name}   (서명)", LEFT),
        (UP, label("연 락 처"), person.phone or "", LEFT),
        (UP, label("주    소"), person.address or "", LEFT),
        (UP, label("이 메 일"), "", LEFT),
    )
    blocks: list[Block] = [
        title("개인정보 수집 및 이용 동의서"),
        Space(1),
        Text(
            f"{museum.name}은 2024년도 하반기 「주말 보존과학 교실」 운영을 위하여 아래와 같이 개인정보를 수집합니다."
        ),
        Table(rows, (0.2, 0.3, 0.2, 0.3)),
        Text("위 내용을 충분히 숙지하였으며, 개인정보 수집·이용에 대한 의사를 위와 같이 표시합니다.", before=10),
        Text(written("2024-07-08", "wide"), "center", 1.1, before=14),
        Text(f"{museum.name}장 귀하", "right", 1.2, bold=True, before=14),
        Text(f"※ 개인정보 보호책임자 : 교육문화과장 (☎ {museum.phone})", "left", 0.9, before=16),
    ]
    metadata = {
        "consent_type": "개인정보 수집 및 이용 동의서",
        "data_controller": museum.name,
        "data_subject": person.name,
        "collection_purpose": purpose,
        "collected_items": items,
        "retention_period": retention,
        "consent_status": answer(False),
        "consent_date": "2024-07-08",
        "phone": person.phone,
        "address": person.address,
    }
    return Sample("consent_table_01.pdf", "consent", "consent_table", blocks, metadata, Look("barun", 10.5))


def table_portrait() -> Sample:
    """A portrait and data consent; items in rows of a table, the date and phone not filled in."""
    studio, person = people.MARU, people.NOH.without("phone")
    purpose = "다큐멘터리 제작·방영에 필요한 출연자 관리 및 출연료 정산"
    items = ["성명", "생년월일", "연락처", "은행 계좌", "초상(얼굴·음성)"]
    retention = "방영 종료 후 5년간 보관 후 파기"
    recipient = "가람방송, 배급사"
    rows = (
        (label("구    분"), label("내    용")),
        (label("이용목적"), purpose),
        (label("수집 항목"), "\n".join(f"- {item}" for item in items)),
        (label("보유 및 이용 기간"), retention),
        (label("제공받는 자"), recipient),
    )
    blocks: list[Block] = [
        title("출연자 개인정보 및 초상 이용 동의서", 1.7),
        Space(0.5),
        Text("작품명 : 다큐멘터리 「갯벌의 시간」 (50분, 2부작)", "center"),
        Space(0.5),
        Text(f"개인정보처리자 : {studio.name} (대표이사 {studio.representative})", "left"),
        Table(rows, (0.24, 0.76)),
        Text(
            "본인은 위 작품에 출연함에 있어 개인정보의 수집·이용과 초상의 이용에 관하여 설명을 들었으며, "
            "이에 대하여 다음과 같이 의사를 표시합니다.",
            before=8,
        ),
        Table(((label("동의함"), centred("V"), label("동의하지 않음"), centred("")),), (0.3, 0.2, 0.3, 0.2)),
        Text(written(None), "center", 1.1, before=16),
        Space(0.5),
        Table(
            (
                (label("정보주체"), label("성명"), f"{person.name} (인)"),
                (UP, label("연락처"), ""),
                (UP, label("이메일"), person.email or ""),
                (UP, label("주소"), person.address or ""),
            ),
            (0.2, 0.2, 0.6),
        ),
        Text(f"{studio.name} 귀중", "center", 1.2, bold=True, before=14),
    ]
    metadata = {
        "consent_type": "출연자 개인정보 및 초상 이용 동의서",
        "data_controller": studio.name,
        "data_subject": person.name,
        "collection_purpose": purpose,
        "collected_items": items,
        "retention_period": retention,
        "third_party_recipient": recipient,
        "consent_status": answer(True),
        "email": person.email,
        "address": person.address,
    }
    return Sample("consent_table_02.pdf", "consent", "consent_table", blocks, metadata, Look("gothic", 10))


def samples() -> list[Sample]:
    return [oral_history(), contest(), table_education(), table_portrait()]
