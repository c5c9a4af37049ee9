"""Long documents in pieces, and the pieces' answers as one."""

from __future__ import annotations

import itertools
import re

from hypothesis import given, settings
from hypothesis import strategies as st

from extractor.core.document_types import DocumentType, as_document_type
from extractor.core.documents import Document, Page, Word
from extractor.extractors.local import chunks, merging
from extractor.extractors.responses import to_fields
from extractor.reading.text import document_from_text

TYPE = as_document_type(
    {
        "type": "object",
        "title": "Contract",
        "properties": {
            "title": {"type": ["string", "null"]},
            "fee": {"type": ["number", "null"]},
            "works": {"type": ["array", "null"], "items": {"type": "string"}},
            "parties": {
                "type": ["array", "null"],
                "items": {
                    "type": "object",
                    "properties": {
                        "name": {"type": ["string", "null"]},
                        "phone": {"type": ["string", "null"]},
                        "role": {"type": ["string", "null"], "enum": ["licensor", "licensee", None]},
                    },
                },
            },
        },
    }
)


def paged(*texts: str) -> Document:
    pages, at = [], 0
    for number, text in enumerate(texts, 1):
        end = at + len(text) + (number < len(texts))
        words = tuple(Word(at + m.start(), at + m.end()) for m in re.finditer(r"\S+", text))
        pages.append(Page(number, at, end, words, 595, 842))
        at = end
    return Document("long.pdf", "0" * 64, "pdf", "\f".join(texts), tuple(pages))


def starts(text: str) -> list[int]:
    """A token a word and a token a blank, as a stand-in tokenizer has it."""
    return [match.start() for match in re.finditer(r"\S{1,5}|\s", text)]


def tokens(text: str, start: int, end: int) -> int:
    return sum(start <= at < end for at in starts(text))


PAGES = st.lists(st.text("ab \n", max_size=200), min_size=1, max_size=6)


@settings(max_examples=300)
@given(PAGES, st.integers(12, 120))
def test_pieces_hold_every_character_and_fit(texts: list[str], budget: int) -> None:
    document = paged(*texts)
    text = document.text
    spans = chunks.spans(document, starts(text), budget)
    assert spans[0][0] == 0
    assert spans[-1][1] == len(text)
    for (_, end), (start, following) in itertools.pairwise(spans):
        assert start <= end < following
        assert tokens(text, start, end) <= max(2, budget * 0.1) + 1
    assert all(tokens(text, start, end) <= budget for start, end in spans)


def test_pages_stay_whole_where_they_can() -> None:
    texts = [f"page {number}\n" + "word " * 40 for number in range(6)]
    document = paged(*texts)
    ends = {page.end for page in document.pages}
    spans = chunks.spans(document, starts(document.text), 200)
    assert len(spans) > 2
    assert all(end in ends for _, end in spans)


def test_a_page_too_long_is_cut_between_lines_and_a_line_too_long_between_words() -> None:
    lines = "\n".join(f"line {number} of a long page" for number in range(100))
    document = paged(lines)
    inner = [end for _, end in chunks.spans(document, starts(lines), 60)][:-1]
    assert inner
    assert all(lines[end - 1] == "\n" for end in inner)
    line = "word " * 300
    document = paged(line)
    inner = [end for _, end in chunks.spans(document, starts(line), 60)][:-1]
    assert inner
    assert all(line[end - 1] == " " for end in inner)


def test_a_piece_overlaps_the_one_before_by_whole_lines() -> None:
    text = "\n".join(f"line {number:03}" for number in range(100))
    document = document_from_text(text)
    spans = chunks.spans(document, starts(document.text), 80)
    for (_, end), (start, _) in itertools.pairwise(spans):
        assert start < end
        assert document.text[start - 1] == "\n"


def test_evidence_of_a_part_stands_in_the_whole() -> None:
    document = paged("Title: First\nFee: 100", "Title: Second\nFee: 200")
    start = document.pages[1].start
    part = document.slice(start, len(document.text))
    assert part.text == "Title: Second\nFee: 200"
    fields = to_fields(part, TYPE, {"title": "Second", "fee": 200}, "m")
    found = merging.located(part, TYPE, fields, start)
    (place,) = found["title"].evidence
    assert place.page == 2
    assert document.text[place.start : place.end] == "Second"
    (place,) = found["fee"].evidence
    assert document.text[place.start : place.end] == "200"


def answered(document: Document, document_type: DocumentType, *metadata: dict[str, object]) -> dict[str, object]:
    """The metadata that the pages' answers make together."""
    found = []
    for page, values in zip(document.pages, metadata, strict=True):
        part = document.slice(page.start, page.end)
        full = {field.name: values.get(field.name) for field in document_type.fields}
        found.append(merging.located(part, document_type, to_fields(part, document_type, full, "m"), page.start))
    merged = merging.merge(document_type, found, "m")
    for path, value in merged.items():
        for place in value.evidence:
            assert document.text[place.start : place.end] == place.text, path
            assert document.page_at(place.start).number == place.page
    from extractor.core.value_path import nest

    return nest({path: value.value for path, value in merged.items()})


def test_the_document_decides_between_two_answers() -> None:
    document = paged("nothing here", "Title: River Song\nFee: 300", "Title: Hill Song")
    merged = answered(
        document,
        TYPE,
        {"title": "Guessed Title", "fee": 5},
        {"title": "River Song", "fee": 300},
        {"title": "Hill Song"},
    )
    assert merged["title"] == "River Song"
    assert merged["fee"] == 300


def test_what_nothing_supports_stays_when_there_is_nothing_better() -> None:
    document = paged("nothing here", "nor here")
    assert answered(document, TYPE, {"title": "Guessed Title"}, {})["title"] == "Guessed Title"


def test_lists_are_united_without_doubles_and_without_inventions() -> None:
    document = paged("Works: Blue River, Hill", "Works: BLUE RIVER and Sea")
    merged = answered(document, TYPE, {"works": ["Blue River", "Hill", "Invented"]}, {"works": ["BLUE RIVER", "Sea"]})
    assert merged["works"] == ["Blue River", "Hill", "Sea"]


def test_a_party_named_on_two_pages_is_one() -> None:
    document = paged("Licensor Mina Kang\nLicensee Jun Park", "Mina Kang, tel 010-1234-5678")
    merged = answered(
        document,
        TYPE,
        {"parties": [{"name": "Mina Kang", "role": "licensor"}, {"name": "Jun Park", "role": "licensee"}]},
        {"parties": [{"name": "Mina Kang", "phone": "010-1234-5678"}, {"name": "Nobody At All"}]},
    )
    assert merged["parties"] == [
        {"name": "Mina Kang", "phone": "010-1234-5678", "role": "licensor"},
        {"name": "Jun Park", "phone": None, "role": "licensee"},
    ]


def test_a_field_no_piece_has_is_empty() -> None:
    merged = answered(paged("a", "b"), TYPE, {}, {})
    assert merged == {"title": None, "fee": None, "works": None, "parties": None}
