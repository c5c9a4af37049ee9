"""What the built-in extractor reads out of a text, over any schema."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extractor import ReadingError, create_extractor, load_document_types
from extractor.core.document_types import as_document_type
from extractor.core.extractions import Extraction
from extractor.core.value_path import ValuePath
from extractor.reading.text import document_from_text

EXTRACTOR = create_extractor("builtin")
TYPES = load_document_types()


def is_readable(text: str) -> bool:
    try:
        return bool(document_from_text(text))
    except ReadingError:
        return False


def read(text: str, kind: str) -> Extraction:
    result = EXTRACTOR.extract(document_from_text(text), TYPES[kind])
    assert result.error is None
    return result


LICENCE = """저작물 이용허락 계약서

홍길동(이하 “권리자”라 한다)과 주식회사 가람미디어(이하 “이용자”라 한다)는 다음과 같이 계약을 체결한다.
제1조 (목적) 이 계약은 저작물의 이용에 필요한 사항을 정함을 목적으로 한다.
제2조 (대상 저작물) 이 계약의 대상은 사진저작물 「새벽 포구의 사람들」로 한다.
제3조 (이용의 허락) 권리자는 이용자에게 복제권, 전시권 및 배포권을 비독점적으로 허락한다. 공연권은 포함하지 아니한다.
제4조 (이용기간) 이용기간은 2024년 3월 1일부터 2027년 2월 28일까지로 한다.
제5조 (이용료) 이용자는 이용료로 금 삼백만원(₩3,000,000)을 지급한다. 계약금 500,000원은 체결 시 지급한다.
제6조 (관할법원) 분쟁은 서울중앙지방법원을 관할 법원으로 한다.
2024. 2. 27.
권리자 성명 : 홍길동 (인)
주소 : 가람시 나루로 12
전화번호 :
이용자 상호 : 주식회사 가람미디어
대표자 : 이나래 (인)
사업자등록번호 : 123-45-67890
"""


def test_a_contract_in_articles() -> None:
    metadata = read(LICENCE, "contract").metadata
    expected = {
        "contract_type": "저작물 이용허락 계약서",
        "work_title": "새벽 포구의 사람들",
        "work_category": "사진저작물",
        "rights_holder": "홍길동",
        "licensee": "주식회사 가람미디어",
        "granted_rights": ["복제권", "전시권", "배포권"],
        "exclusivity": "비독점",
        "effective_date": "2024-03-01",
        "expiration_date": "2027-02-28",
        "signature_date": "2024-02-27",
        "payment_amount": 3_000_000,
        "payment_currency": "KRW",
        "governing_court": "서울중앙지방법원",
        "special_terms": None,
    }
    assert {key: metadata[key] for key in expected} == expected


def test_signature_blocks_become_parties() -> None:
    holder, licensee = read(LICENCE, "contract").metadata["parties"]
    assert (holder["name"], holder["role"], holder["address"], holder["phone"]) == (
        "홍길동",
        "권리자",
        "가람시 나루로 12",
        None,
    )
    assert (licensee["name"], licensee["representative"], licensee["registration_no"]) == (
        "주식회사 가람미디어",
        "이나래",
        "123-45-67890",
    )


def test_every_value_points_at_its_evidence() -> None:
    document = document_from_text(LICENCE)
    result = EXTRACTOR.extract(document, TYPES["contract"])
    values = [item for item in result.fields.values() if item.value is not None]
    assert len(values) > 15
    for item in values:
        assert item.supported and item.confidence is not None and 0 < item.confidence < 1 and item.source == "builtin"
        assert all(document.text[place.start : place.end] == place.text for place in item.evidence)


FIVE_ANSWERS = """저작인접권의 저작재산권 양도 및 초상 이용 동의서
□ 저작물 표시
○ 저작물명 : 나루터 노래
1. 저작재산권의 양도
{0}
2. 저작물의 변경 이용(동일성유지권)
{1}
3. 초상의 이용
{2}
4. 개인정보의 수집 및 이용
○ 수집하는 개인정보 항목 : 성명, 주소
{3}
5. 개인정보의 제3자 제공
○ 개인정보를 제공받는 자 : 가람기록단
{4}
2020. 6. 20.
양도인 성명 : 홍길동 (서명)
주소 :
전화번호 : 010-1234-5678
양수인 기관명 : 가람문화원
주소 : 가람시 나루로 1
"""
CONSENTS = ("transfer_consent", "modification_consent", "portrait_consent", "personal_info_consent")
YES, NO = "동의함", "동의하지 않음"


@pytest.mark.parametrize(
    ("yes", "no"),
    [
        ("동의함 ☑ 동의하지 않음 □", "동의함 □ 동의하지 않음 ☑"),
        ("☑ 동의함 ☐ 동의하지 않음", "☐ 동의함 ☑ 동의하지 않음"),
        ("■ 동의함 □ 동의하지 않음", "□ 동의함 ■ 동의하지 않음"),
        ("● 동의함 ○ 동의하지 않음", "○ 동의함 ● 동의하지 않음"),
        ("동의함 (✓) 동의하지 않음 ( )", "동의함 ( ) 동의하지 않음 (✓)"),
        ("[V] 동의함 [ ] 동의하지 않음", "[ ] 동의함 [V] 동의하지 않음"),
        ("동의합니다 ( O ) 동의하지 않습니다 (   )", "동의합니다 (   ) 동의하지 않습니다 ( O )"),
        ("동의함 √ 동의하지 않음", "동의함 동의하지 않음 √"),
        ("예 ☑ 아니오 □", "예 □ 아니오 ☑"),
    ],
)
def test_check_marks_before_and_after_the_word(yes: str, no: str) -> None:
    result = read(FIVE_ANSWERS.format(yes, no, no, yes, no), "transfer_consent")
    assert [result.metadata[key] for key in CONSENTS] == [YES, NO, NO, YES]
    assert result.fields["transfer_consent"].evidence[0].alignment == "mark"


def test_no_tick_is_no_answer() -> None:
    blank = "동의함 □ 동의하지 않음 □"
    both = "동의함 ☑ 동의하지 않음 ☑"
    metadata = read(FIVE_ANSWERS.format(blank, both, blank, blank, blank), "transfer_consent").metadata
    assert [metadata[key] for key in CONSENTS] == [None] * 4


def test_labels_that_repeat_go_by_the_block_they_stand_in() -> None:
    text = FIVE_ANSWERS.format(*["동의함 ☑ 동의하지 않음 □"] * 5)
    metadata = read(text, "transfer_consent").metadata
    assert metadata["transferor"] == "홍길동"
    assert metadata["transferee"] == "가람문화원"
    assert metadata["transferor_phone"] == "010-1234-5678"
    assert metadata["transferor_address"] is None, "the blank is not filled with the institution's address"


def test_a_blank_form_gives_nulls() -> None:
    text = (
        "개인정보 수집·이용 동의서\n○ 수집기관 :\n성명 :            (서명)\n전화번호 :\n주소 :\n"
        "동의함 □ 동의하지 않음 □\n20  년   월   일"
    )
    metadata = read(text, "consent").metadata
    assert metadata.pop("consent_type") == "개인정보 수집·이용 동의서"
    assert not any(metadata.values())


def test_english_parties_and_terms() -> None:
    text = (
        "LICENSE AGREEMENT\nThis Agreement is entered into as of March 5, 2025 by and between Imogen Tarrant "
        "(“Licensor”), a photographer, "
        "and Brindlemoor Press LLC, a company having its office at 9 Row Lane (“Licensee”).\n"
        "1. Work. The Work is the photograph entitled “Harbour at First Frost”.\n"
        "2. Grant. Licensor grants Licensee a non-exclusive right to reproduce and distribute the Work. "
        "No right to prepare derivative works is granted.\n"
        "3. Fee. Licensee shall pay US$1,850.\n"
    )
    metadata = read(text, "contract").metadata
    assert (metadata["rights_holder"], metadata["licensee"]) == ("Imogen Tarrant", "Brindlemoor Press LLC")
    assert metadata["work_title"] == "Harbour at First Frost"
    assert metadata["granted_rights"] == ["복제권", "배포권"]
    assert (metadata["exclusivity"], metadata["payment_amount"], metadata["payment_currency"]) == (
        "비독점",
        1850,
        "USD",
    )


def test_a_schema_of_ones_own() -> None:
    result = EXTRACTOR.extract_metadata(
        "현장 조사표\n조사 지점 : 나루터 3구역\n조사일 : 2024. 5. 1.\n수심(m) : 12.5\n출입 가능 : 예",
        {"조사 지점": "string", "조사일": "date", "수심(m)": "number", "출입 가능": "boolean", "비고": "string"},
        "조사표",
    )
    assert result.metadata == {
        "조사 지점": "나루터 3구역",
        "조사일": "2024-05-01",
        "수심(m)": 12.5,
        "출입 가능": True,
        "비고": None,
    }


def test_a_file_and_what_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "form.txt").write_text("저작물명 : 나루터 노래", encoding="cp949")
    assert EXTRACTOR.extract_file(tmp_path / "form.txt", TYPES["contract"]).metadata["work_title"] == "나루터 노래"
    (tmp_path / "empty.pdf").touch()
    refused = EXTRACTOR.extract_file(tmp_path / "empty.pdf", TYPES["contract"])
    assert (refused.metadata, "empty.pdf" in str(refused.error)) == ({}, True)
    assert EXTRACTOR.extract_metadata(" ", TYPES["contract"]).error


def test_a_nested_object_and_no_field_is_left_out() -> None:
    schema = {
        "type": "object",
        "properties": {
            "담당": {
                "type": "object",
                "properties": {"성명": {"type": "string"}, "이메일": {"type": "string", "format": "email"}},
            }
        },
    }
    result = EXTRACTOR.extract_metadata("성명 : 홍길동\n이메일 : hong@garam.example", schema)
    assert result.metadata == {"담당": {"성명": "홍길동", "이메일": "hong@garam.example"}}


@pytest.mark.parametrize(
    ("line", "answer"),
    [
        ("동의함 ☑동의하지 않음", "동의하지 않음"),
        ("동의함☑ 동의하지 않음", "동의함"),
        ("☑동의함 동의하지 않음", "동의함"),
        ("동의함 동의하지 않음☑", "동의하지 않음"),
    ],
)
def test_a_mark_belongs_to_the_word_it_touches(line: str, answer: str) -> None:
    asked = {"type": "string", "enum": ["동의함", "동의하지 않음"], "title": "초상 이용 동의"}
    text = f"동의서\n1. 초상 이용에 동의하십니까?\n{line}\n"
    found = EXTRACTOR.extract_metadata(text, {"type": "object", "properties": {"portrait": asked}})
    assert found.metadata == {"portrait": answer}


def test_a_question_that_the_form_asks_is_no_value() -> None:
    text = "동의서\n제3자 제공에 동의하십니까?\n제공받는 자 : 누구에게 제공합니까?\n"
    schema = {"type": "object", "properties": {"recipient": {"type": "string", "title": "제공받는 자"}}}
    assert EXTRACTOR.extract_metadata(text, schema).metadata == {"recipient": None}


def test_printed_choices_that_nobody_marked_are_no_answer() -> None:
    schema = {"type": "object", "properties": {"portrait": {"type": "boolean", "title": "초상 이용 동의"}}}
    text = "동의서\n초상 이용 동의함  동의하지 않음\n초상 이용\t동의함\t동의하지 않음\n"
    assert EXTRACTOR.extract_metadata(text, schema).metadata == {"portrait": None}


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=600).filter(is_readable), st.sampled_from(sorted(TYPES)))
def test_any_text_gives_every_field_or_null(text: str, kind: str) -> None:
    result = read(text, kind)
    top = {ValuePath.parse(path).top for path in result.fields}
    assert top == {field.name for field in TYPES[kind].fields}


WORDS = [
    "성명",
    "양도인",
    "양수인",
    ":",
    "홍길동",
    "☑",
    "□",
    "동의함",
    "동의하지 않음",
    "\n",
    "\t",
    "2024. 2. 27.",
    "제1조",
    "(목적)",
    "「가람」",
    "갑",
    "을",
    "(이하",
    "”이라 한다)",
    "금 삼백만원",
    "주소",
    "\f",
    "1.",
]


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.sampled_from(WORDS), max_size=60).filter(lambda words: is_readable("".join(words))),
    st.sampled_from(sorted(TYPES)),
)
def test_scrambled_forms_never_break_it(words: list[str], kind: str) -> None:
    document = document_from_text(" ".join(words))
    result = EXTRACTOR.extract(document, TYPES[kind])
    assert result.error is None
    for item in result.fields.values():
        assert item.supported
        assert all(document.text[place.start : place.end] == place.text for place in item.evidence)


def test_labels_are_scored_while_another_thread_empties_the_memory() -> None:
    """All threads of a run share the profile of a type."""
    from extractor.extractors.builtin.profile import type_profile

    class Emptied(dict[str, float]):
        def __contains__(self, key: object) -> bool:
            found = super().__contains__(key)
            self.clear()
            return found

        def __setitem__(self, key: str, value: float) -> None:
            super().__setitem__(key, value)
            self.clear()

    profile = type_profile(as_document_type({"work_title": "string"}, "계약서")).fields[0]
    wanted = profile.score("저작물명")
    object.__setattr__(profile, "scores", Emptied(저작물명=wanted))
    assert profile.score("저작물명") == profile.score("저작물명") == wanted


def test_a_type_is_prepared_while_another_thread_empties_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    from extractor.extractors.builtin import profile

    class Emptied(dict[tuple[str, str], profile.TypeProfile]):
        def __contains__(self, key: object) -> bool:
            there = super().__contains__(key)
            self.clear()
            return there

        def __setitem__(self, key: tuple[str, str], value: profile.TypeProfile) -> None:
            super().__setitem__(key, value)
            self.clear()

    letter = as_document_type({"work_title": "string"}, "계약서")
    monkeypatch.setattr(profile, "_PREPARED", Emptied({(letter.key, letter.version): profile.TypeProfile(letter)}))
    for _ in range(2):
        assert [one.path for one in profile.type_profile(letter).fields] == ["work_title"]
