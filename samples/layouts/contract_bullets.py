"""Short contracts set as labelled bullets instead of articles."""

from __future__ import annotations

from samples.drawing.blocks import Block, Look, Rule, Space, Table, Text, heading, sealed, title

from . import people
from .values import Sample, hangul, written


def lecture() -> Sample:
    """A recorded lecture for a university's open course site."""
    holder, user = people.NOH.without("email"), people.GARAM
    work, amount = "한국 근대 문학의 풍경", 1_500_000
    terms = [
        "강의자료에 포함된 제3자의 저작물은 권리자가 출처를 표시한다.",
        "공개 후 3년이 지나면 권리자는 공개 중단을 요청할 수 있다.",
    ]
    blocks: list[Block] = [
        title("강의영상 이용허락 계약서"),
        Rule(1.0),
        Space(0.5),
        heading("1. 당사자"),
        Text(f"○ 권리자 : {holder.name}", "left", indent=1),
        Text(f"○ 이용자 : {user.name}", "left", indent=1),
        heading("2. 대상 저작물"),
        Text(f"○ 저작물명 : {work} (전 15강)", "left", indent=1),
        Text("○ 종류 : 영상저작물", "left", indent=1),
        heading("3. 이용허락"),
        Text("○ 허락하는 권리 : 복제권, 공중송신권", "left", indent=1),
        Text("○ 이용허락의 종류 : 비독점", "left", indent=1),
        Text("○ 이용 목적 : 공개강의 누리집을 통한 무료 강의 제공", "left", indent=1),
        Text("○ 이용허락 기간 : 5년", "left", indent=1),
        Text("○ 효력발생일 : " + written("2024-03-04", "dots"), "left", indent=1),
        heading("4. 대가"),
        Text(f"○ 이용료 : 금 {hangul(amount)}원(\\{amount:,}), 원천징수 세액 포함", "left", indent=1),
        Text("○ 지급일 : 최종 촬영분 납품일의 다음 달 10일", "left", indent=1),
        heading("5. 관할법원"),
        Text("○ 가람지방법원", "left", indent=1),
        heading("6. 특약사항"),
        *(Text(f"○ {term}", "left", indent=1) for term in terms),
        Text(written("2024-02-19", "dots"), "center", 1.1, before=20),
        Space(0.7),
        Table(
            (
                ("[권리자]", "[이용자]"),
                (f"성명 : {holder.name} (서명)", f"기관명 : {user.name}"),
                (f"주소 : {holder.address}", f"대표자 : {user.representative}  " + sealed(user.seal or "", "(직인)")),
                (f"휴대전화 : {holder.phone}", f"사업자등록번호 : {user.registration_no}"),
                ("이메일 : ", f"주소 : {user.address}"),
            ),
            (0.48, 0.52),
            ruled=False,
        ),
    ]
    metadata = {
        "contract_type": "강의영상 이용허락 계약서",
        "work_title": work,
        "work_category": "영상저작물",
        "rights_holder": holder.name,
        "licensee": user.name,
        "granted_rights": ["복제권", "공중송신권"],
        "exclusivity": "비독점",
        "purpose": "공개강의 누리집을 통한 무료 강의 제공",
        "term": "5년",
        "effective_date": "2024-03-04",
        "signature_date": "2024-02-19",
        "payment_amount": amount,
        "payment_currency": "KRW",
        "governing_court": "가람지방법원",
        "special_terms": terms,
        "parties": [
            holder.gold("권리자", "phone", "address"),
            user.gold("이용자", "representative", "registration_no", "address"),
        ],
    }
    return Sample("contract_bullets_01.pdf", "contract", "contract_bullets", blocks, metadata, Look("barun", 10.5, 1.6))


def software() -> Sample:
    """A program's licence; dashes, no fee named, DOCX."""
    holder, user = people.DALBIT, people.DAON.without("email")
    work = "길찾기 안내판 편집기 v2"
    blocks: list[Block] = [
        title("컴퓨터프로그램 사용허락 계약서", 1.7),
        Space(1),
        Text("■ 프로그램 개요", "left", bold=True),
        Text(f"- 저작물의 제목: {work}", "left", indent=1),
        Text("- 저작물의 종류: 컴퓨터프로그램저작물", "left", indent=1),
        Text("■ 허락 조건", "left", bold=True, before=6),
        Text("- 이용허락의 범위: 복제권", "left", indent=1),
        Text("- 독점 여부: 비독점적 사용허락", "left", indent=1),
        Text("- 이용 목적: 관광 안내 체계 구축 사업의 유지관리", "left", indent=1),
        Text("- 시작일: 2023년 01월 01일", "left", indent=1),
        Text("- 종료일: 2025년 12월 31일", "left", indent=1),
        Text("- 사용료: 무상", "left", indent=1),
        Text("■ 준수 사항", "left", bold=True, before=6),
        Text("- 이용자는 프로그램을 역분석하거나 제3자에게 제공하지 아니한다.", indent=1),
        Text("- 허락자는 사용허락 기간 중 발견된 오류를 접수일로부터 7일 이내에 수정한다.", indent=1),
        Text("■ 서명", "left", bold=True, before=6),
        Text("작성일: " + written("2022-12-21", "padded"), "left", indent=1),
        Space(0.5),
        Text("허락자", "left", bold=True),
        Text(f"상호: {holder.name}", "left", indent=1),
        Text(f"대표이사: {holder.representative} (인)", "left", indent=1),
        Text(f"사업자등록번호: {holder.registration_no}", "left", indent=1),
        Text(f"전화: {holder.phone} / E-mail: {holder.email}", "left", indent=1),
        Text(f"주소: {holder.address}", "left", indent=1),
        Text("이용자", "left", bold=True, before=6),
        Text(f"기관명: {user.name}", "left", indent=1),
        Text(f"대표자: {user.representative} (인)", "left", indent=1),
        Text(f"사업자등록번호: {user.registration_no}", "left", indent=1),
        Text(f"전화: {user.phone} / E-mail:", "left", indent=1),
        Text(f"주소: {user.address}", "left", indent=1),
    ]
    metadata = {
        "contract_type": "컴퓨터프로그램 사용허락 계약서",
        "work_title": work,
        "work_category": "컴퓨터프로그램저작물",
        "rights_holder": holder.name,
        "licensee": user.name,
        "granted_rights": ["복제권"],
        "exclusivity": "비독점",
        "purpose": "관광 안내 체계 구축 사업의 유지관리",
        "effective_date": "2023-01-01",
        "expiration_date": "2025-12-31",
        "signature_date": "2022-12-21",
        "parties": [
            holder.gold("허락자", "representative", "registration_no", "phone", "email", "address"),
            user.gold("이용자", "representative", "registration_no", "phone", "address"),
        ],
    }
    return Sample("contract_bullets_02.docx", "contract", "contract_bullets", blocks, metadata, Look("gothic", 10.5))


def samples() -> list[Sample]:
    return [lecture(), software()]
