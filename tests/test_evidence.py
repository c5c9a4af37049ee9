"""Where a value stands in the document, also when the stored value is written otherwise there."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractor.core.document_types import Field, as_document_type
from extractor.core.documents import Box, Document, Page, Word
from extractor.core.errors import ReadingError
from extractor.evidence import align, evidence_at, legibility, span_evidence
from extractor.extractors.responses import to_fields
from extractor.reading.text import document_from_text


def is_readable(text: str) -> bool:
    try:
        return bool(document_from_text(text))
    except ReadingError:
        return False


TEXT = """저작재산권 양도 계약서
양도인 성명 : 홍 길 동 (서명)
대가 : 일금 6,100,000원정
2024. 02. 27.
2차적저작물작성권 포함 여부 : 포함함
저작물명 : 『새벽 포구의
사람들』 연작
연락처 : 010 1234 5678"""


def field(**schema: object) -> Field:
    return Field("field", {"type": ["string", "null"], **schema})


@pytest.mark.parametrize(
    ("schema", "value", "found", "alignment"),
    [
        ({}, "저작재산권 양도 계약서", "저작재산권 양도 계약서", "exact"),
        ({}, "홍길동", "홍 길 동", "normalized"),
        ({"format": "date"}, "2024-02-27", "2024. 02. 27.", "normalized"),
        ({"type": ["number", "null"]}, 6_100_000, "일금 6,100,000원정", "normalized"),
        ({}, "새벽 포구의 사람들", "새벽 포구의\n사람들", "normalized"),
        ({"title": "연락처"}, "010-1234-5678", "010 1234 5678", "normalized"),
        ({}, "저작재산권 양도 게약서", "저작재산권 양도 계약서", "fuzzy"),
        ({"type": "boolean", "title": "2차적저작물작성권"}, True, "2차적저작물작성권 포함 여부 : 포함함", "normalized"),
    ],
)
def test_a_value_is_found(schema: dict[str, object], value: bool | int | str, found: str, alignment: str) -> None:
    (place,) = align(document_from_text(TEXT), field(**schema), value)
    assert (place.text, place.alignment) == (found, alignment)
    assert TEXT[place.start : place.end] == found


@pytest.mark.parametrize(
    ("schema", "value"),
    [({}, "가람문화재단"), ({"format": "date"}, "2024-02-28"), ({"type": "number"}, 6_100_001), ({}, None), ({}, "")],
)
def test_what_the_document_does_not_say_has_no_evidence(schema: dict[str, object], value: int | str | None) -> None:
    assert align(document_from_text(TEXT), field(**schema), value) == ()


@pytest.mark.parametrize(
    ("value", "supported"),
    [
        ("새벽 포구의 노래들 연작집", True),  # 10 of 12 letters: 0.83
        ("새벽 포구의 사진과 글모음", False),  # 6 of 11 letters: an invented title that begins like a real one
        ("저녁 포구의 물결들 연작집", False),
    ],
)
def test_an_approximate_place_supports_a_value_only_where_most_of_it_stands_there(value: str, supported: bool) -> None:
    text = "저작물명 : 새벽 포구의 노래들 연작 (사진)"
    places = align(document_from_text(text), field(), value)
    assert [place.alignment for place in places] == (["fuzzy"] if supported else [])


def test_a_later_exact_place_counts_before_an_earlier_approximate_one() -> None:
    text = "참고: 저작재산권 양도 게약서\n제목: 저작재산권 양도 계약서"
    (place,) = align(document_from_text(text), field(), "저작재산권 양도 계약서")
    assert (place.start, place.alignment) == (text.rindex("저작재산권"), "exact")


def test_of_approximate_places_the_most_similar_one_counts() -> None:
    text = "저작재산권 얌도 및 이용허락 게약서\n저작재산권 양도 및 이용허락 게약서"
    (place,) = align(document_from_text(text), field(), "저작재산권 양도 및 이용허락 계약서")
    assert (place.start, place.alignment) == (text.rindex("저작재산권"), "fuzzy")


def test_a_list_is_aligned_item_by_item() -> None:
    listed = Field("field", {"type": "array", "items": {"type": "string"}})
    places = align(document_from_text("복제권, 배포권 및 전시권"), listed, ["복제권", "전시권", "대여권"])
    assert [place.text for place in places] == ["복제권", "전시권"]


def two_line_page() -> Page:
    words = (
        Word(0, 3, Box(0.1, 0.10, 0.2, 0.12)),
        Word(4, 7, Box(0.7, 0.10, 0.9, 0.12)),
        Word(8, 11, Box(0.1, 0.13, 0.2, 0.15)),
    )
    return Page(1, 0, 11, words, 595, 842)


def test_evidence_has_one_box_a_line() -> None:
    page = two_line_page()
    place = evidence_at(page, "abc def ghi", 0, 11)
    assert place.boxes == (Box(0.1, 0.10, 0.9, 0.12), Box(0.1, 0.13, 0.2, 0.15))
    assert evidence_at(page, "abc def ghi", 4, 7).boxes == (Box(0.7, 0.10, 0.9, 0.12),)


def test_evidence_that_goes_on_in_another_column_has_a_box_in_each() -> None:
    """The last line of the right column of one block, the first of the left column of the next, at one height."""
    words = (Word(0, 3, Box(0.6, 0.10, 0.9, 0.12)), Word(4, 7, Box(0.1, 0.10, 0.4, 0.12)))
    place = evidence_at(Page(1, 0, 7, words, 595, 842), "abc def", 0, 7)
    assert place.boxes == (Box(0.6, 0.10, 0.9, 0.12), Box(0.1, 0.10, 0.4, 0.12))


def test_evidence_over_a_page_break_is_one_place_a_page() -> None:
    pages = (Page(1, 0, 4, (Word(0, 3),)), Page(2, 4, 7, (Word(4, 7),)))
    document = Document("a.txt", "0" * 64, "text", "abc\fdef", pages)
    assert [(place.page, place.text.strip()) for place in span_evidence(document, 0, 7)] == [(1, "abc"), (2, "def")]


@given(st.text(max_size=300).filter(is_readable), st.text(max_size=40))
def test_alignment_never_fails_and_points_into_the_text(text: str, value: str) -> None:
    document = document_from_text(text)
    for place in align(document, field(), value):
        assert document.text[place.start : place.end] == place.text


def test_what_text_recognition_is_unsure_of_takes_from_confidence() -> None:
    words = (Word(0, 2, Box(0, 0, 1, 1), 0.9), Word(3, 6, Box(0, 0, 1, 1), 0.25), Word(7, 9, Box(0, 0, 1, 1)))
    scan = Document("a.pdf", "0" * 64, "pdf", "제목 나비길 가람", (Page(1, 0, 10, words, 595, 842),))
    assert legibility(scan, span_evidence(scan, 0, 6)) == 0.5
    assert legibility(scan, span_evidence(scan, 7, 9)) == legibility(scan, ()) == 1.0
    answered = to_fields(
        scan, as_document_type({"title": "string", "note": "string"}), {"title": "제목 나비길"}, "x", 0.8
    )
    assert answered["title"].confidence == 0.4
