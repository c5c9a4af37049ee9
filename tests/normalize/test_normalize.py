"""What a form prints becomes the value that is stored."""

import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractor.core.document_types import Field
from extractor.normalize import (
    clean_name,
    comparison_key,
    find_amounts,
    find_dates,
    match_key,
    normalize,
    parse_amount,
    parse_boolean,
    parse_choice,
    parse_date,
    parse_phone,
    split_items,
)
from extractor.normalize.numerals import hangul_number


@pytest.mark.parametrize(
    "printed",
    [
        "2024. 02. 27.",
        "2024.2.27",
        "2024-02-27",
        "2024/2/27",
        "2024년 2월 27일",
        "2 0 2 4 년  2 월  27 일",
        "서기 2024년 02월 27일",
        "'24. 2. 27.",
        "24.02.27.",
        "20240227",
        "이천이십사년 이월 이십칠일",
        "二〇二四年 二月 二十七日",
        "단기 4357년 2월 27일",
        "February 27, 2024",
        "Feb. 27th, 2024",
        "27 February 2024",
        "the 27th day of February, 2024",
        "2/27/2024",
        "27/2/2024",
    ],
)
def test_dates_in_every_form(printed: str) -> None:
    assert parse_date(printed) == "2024-02-27"


@pytest.mark.parametrize(
    "printed", ["20  년   월   일", "2024년 2월", "2024.13.01", "2023. 2. 29.", "02-1234-5678", "3.3%", ""]
)
def test_no_date_is_made_up(printed: str) -> None:
    assert parse_date(printed) is None


def test_two_digit_years_belong_to_the_nearer_century() -> None:
    assert parse_date("98. 3. 2.") == "1998-03-02"
    assert parse_date("'08. 3. 2.") == "2008-03-02"


@pytest.mark.parametrize("printed", ["{year:02}. 3. 2.", "'{year:02}. 3. 2.", "'{year:02}년 3월 2일", "3/2/{year:02}"])
def test_a_two_digit_year_is_at_most_ten_years_ahead(printed: str) -> None:
    """A term ends in a few years' time; what lies further ahead was signed in the last century."""
    ahead = datetime.datetime.now(datetime.UTC).year + 10
    assert parse_date(printed.format(year=ahead % 100)) == f"{ahead}-03-02"
    assert parse_date(printed.format(year=(ahead + 1) % 100)) == f"{ahead + 1 - 100}-03-02"


@given(st.dates(datetime.date(1900, 1, 1), datetime.date(2099, 12, 31)))
def test_a_written_date_reads_back(date: datetime.date) -> None:
    for form in ("%Y-%m-%d", "%Y. %m. %d.", "%Y년 %m월 %d일", "%Y/%m/%d"):
        assert parse_date(date.strftime(form)) == date.isoformat()


@given(st.text(max_size=200))
def test_finders_point_into_the_text_and_never_fail(text: str) -> None:
    spans = [(start, end) for start, end, _ in find_dates(text)] + [(a.start, a.end) for a in find_amounts(text)]
    assert all(0 <= start < end <= len(text) for start, end in spans)
    assert all(iso == datetime.date.fromisoformat(iso).isoformat() for _, _, iso in find_dates(text))


@pytest.mark.parametrize(
    ("printed", "value", "currency"),
    [
        ("일금 삼백만원정", 3_000_000, "KRW"),
        ("일금 삼백만원정(₩3,000,000)", 3_000_000, "KRW"),
        ("금 3,000,000원", 3_000_000, "KRW"),
        ("300만원", 3_000_000, "KRW"),
        ("3천5백만원", 35_000_000, "KRW"),
        ("1억 2천만 원", 120_000_000, "KRW"),
        ("金 參百萬원整", 3_000_000, "KRW"),
        ("US$1,200.50", 1200.5, "USD"),
        ("5,000달러", 5000, "USD"),
        ("EUR 4,200", 4200, "EUR"),
    ],
)
def test_amounts_in_digits_and_letters(printed: str, value: float, currency: str) -> None:
    amount = parse_amount(printed)
    assert amount is not None
    assert (amount.value, amount.currency) == (value, currency)


@pytest.mark.parametrize("printed", ["제3조 10년", "원고료", "금일 회의", "무상", "2024. 2. 27.", "부속합의서 5부"])
def test_no_amount_is_made_up(printed: str) -> None:
    assert list(find_amounts(printed)) == []


@given(st.integers(1, 10**12))
def test_an_amount_in_digits_reads_back(number: int) -> None:
    amount = parse_amount(f"금 {number:,}원")
    assert amount is not None and amount.value == number


def _in_hangul(number: int) -> str:
    digits, small, large = "영일이삼사오육칠팔구", ["", "십", "백", "천"], ["", "만", "억", "조"]
    groups = []
    for power in range(4):
        part = number // 10_000**power % 10_000
        if part:
            letters = "".join(
                digits[part // 10**place % 10] + small[place] for place in (3, 2, 1, 0) if part // 10**place % 10
            )
            groups.append(letters + large[power])
    return "".join(reversed(groups))


@given(st.integers(1, 10**15))
def test_a_number_in_hangul_reads_back(number: int) -> None:
    assert hangul_number(_in_hangul(number)) == number


@pytest.mark.parametrize(
    ("printed", "phone"),
    [
        ("02)123-4567", "02-123-4567"),
        ("(031) 123-4567", "031-123-4567"),
        ("010 1234 5678", "010-1234-5678"),
        ("01012345678", "010-1234-5678"),
        ("031.123.4567", "031-123-4567"),
        ("+82-2-123-4567", "02-123-4567"),
        ("+82 10-1234-5678", "010-1234-5678"),
        ("1588-0000", "1588-0000"),
        ("123-45-67890", None),
        ("2024-02-27", None),
    ],
)
def test_phones(printed: str, phone: str | None) -> None:
    assert parse_phone(printed) == phone


@pytest.mark.parametrize(
    ("printed", "name"),
    [
        ("홍 길 동 (서명)", "홍길동"),
        ("김가람 (인)", "김가람"),
        ("이나래 인", "이나래"),
        ("홍길동(서명 또는 인)", "홍길동"),
        ("주식회사 가람 (직인)", "주식회사 가람"),
        ("가람문화재단 귀중", "가람문화재단"),
        ("가람기록원장 귀하", "가람기록원장"),
        ("김인", "김인"),
    ],
)
def test_names_lose_seal_and_honorific(printed: str, name: str) -> None:
    assert clean_name(printed) == name


YES_NO = ["동의함", "동의하지 않음"]


@pytest.mark.parametrize(
    ("printed", "choice"),
    [
        ("동의함", "동의함"),
        ("동의합니다", "동의함"),
        ("동의하지 않습니다", "동의하지 않음"),
        ("미동의", "동의하지 않음"),
        ("예", "동의함"),
        ("아니오", "동의하지 않음"),
        ("글쎄", None),
        ("", None),
    ],
)
def test_choices_of_yes_and_no(printed: str, choice: str | None) -> None:
    assert parse_choice(printed, YES_NO) == choice


def test_the_longer_choice_wins_over_the_one_inside_it() -> None:
    assert parse_choice("비독점적", ["독점", "비독점"]) == "비독점"
    assert parse_choice("독점적 이용", ["독점", "비독점"]) == "독점"


def test_choices_may_be_named_in_part() -> None:
    types = ["제1유형", "제2유형", "제3유형", "제4유형"]
    assert parse_choice("공공누리 제 3 유형", types) == "제3유형"
    assert parse_choice("3유형", types) == "제3유형"


@pytest.mark.parametrize(
    ("printed", "value"), [("예", True), ("포함", True), ("아니오", False), ("제외", False), ("O", True), ("", None)]
)
def test_booleans(printed: str, value: bool | None) -> None:
    assert parse_boolean(printed) is value


def test_lists_are_split_where_people_split_them() -> None:
    assert split_items("성명, 연락처 및 주소") == ["성명", "연락처", "주소"]
    assert split_items("성명·연락처·주소") == ["성명", "연락처", "주소"]
    assert split_items("성명(한글, 한자), 주소") == ["성명(한글, 한자)", "주소"]


@pytest.mark.parametrize(
    ("schema", "printed", "value"),
    [
        ({"type": ["string", "null"], "format": "date"}, "2024. 2. 27.", "2024-02-27"),
        ({"type": ["number", "null"]}, "일금 삼백만원정", 3_000_000),
        ({"type": ["boolean", "null"]}, "예", True),
        ({"type": "string", "enum": ["독점", "비독점", None]}, "비독점적", "비독점"),
        (
            {"type": "array", "items": {"type": "string", "enum": ["복제권", "배포권"]}},
            "복제권 및 배포권",
            ["복제권", "배포권"],
        ),
        ({"type": "array", "items": {"type": "number"}}, "3,000원", [3000]),
        ({"type": "string", "pattern": "^[A-Z]{3}$"}, "₩3,000", "KRW"),
        ({"type": "string", "format": "email"}, "메일: a@b.example (업무)", "a@b.example"),
        ({"type": "string", "title": "전화번호"}, "010 1234 5678", "010-1234-5678"),
        ({"type": "string", "title": "비고"}, "  여러   줄의\n글 ", "여러 줄의 글"),
    ],
)
def test_normalize_by_the_kind_of_field(
    schema: dict[str, object], printed: str, value: bool | int | list[int] | list[str] | str
) -> None:
    assert normalize(Field("field", schema), printed) == value


KINDS = [
    {"type": ["string", "null"]},
    {"type": ["string", "null"], "format": "date"},
    {"type": ["number", "null"]},
    {"type": ["integer", "null"]},
    {"type": ["boolean", "null"]},
    {"type": ["string", "null"], "enum": ["독점", "비독점", None]},
    {"type": ["array", "null"], "items": {"type": "string"}},
    {"type": ["string", "null"], "format": "email"},
    {"type": ["string", "null"], "pattern": "^[A-Z]{3}$"},
]


@given(st.sampled_from(KINDS), st.text(max_size=100))
def test_whatever_is_typed_gives_a_value_of_the_schema_or_none(schema: dict[str, Any], text: str) -> None:
    import jsonschema

    value = normalize(Field("field", schema), text)
    checker = jsonschema.Draft202012Validator.FORMAT_CHECKER
    assert value is None or not list(jsonschema.Draft202012Validator(schema, format_checker=checker).iter_errors(value))


@given(st.text(max_size=60))
def test_squash_is_stable(text: str) -> None:
    assert match_key(match_key(text)) == match_key(text)


def test_values_compare_without_spaces_and_quotation_marks() -> None:
    assert comparison_key("『새벽 포구』") == comparison_key("새벽포구")
    assert comparison_key(3_000_000) == comparison_key(3_000_000.0)
    assert comparison_key(True) != comparison_key(1)


def test_a_firm_is_the_same_however_its_form_is_written() -> None:
    same = [
        "주식회사 새벽출판",
        "주식 회사 새벽출판",
        "(주)새벽출판",
        "㈜ 새벽출판",
        "새벽출판㈜",
        "새벽출판 주식회사",
        "( 주 ) 새벽출판",
    ]
    assert len({comparison_key(name) for name in same}) == 1
    assert comparison_key("새벽출판") != comparison_key("㈜새벽출판")


def test_of_a_sum_in_figures_and_in_words_that_differ_the_words_prevail() -> None:
    assert [amount.value for amount in find_amounts("금 11320,000원(금일백삼십이만원)")] == [1_320_000]
    assert next(amount.value for amount in find_amounts("금 1,320,000원(금일백삼십이만원)")) == 1_320_000
    assert [amount.value for amount in find_amounts("일금 삼백오심만원정 (\\3,500,000)")] == [3_500_000, 3_500_000]
