"""What of a long document is read: the lines that matter for the fields, never more than there is room for."""

from __future__ import annotations

import re
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from extractor.core.document_types import as_document_type
from extractor.core.documents import Document, Page, Word
from extractor.core.extractions import FieldValue
from extractor.evidence import span_evidence
from extractor.extractors.local.chunks import excerpt
from extractor.extractors.local.passage_selection import PassageSelection, worth_reading
from extractor.reading.text import document_from_text

TYPE = as_document_type({"work_title": "string", "licensee": "string", "signature_date": "date"}, "Agreement")
FILLER = "The parties keep the goods named in this section in good order and tell each other of damage.\n"
CONTRACT = document_from_text(
    "LICENSE AGREEMENT\n"
    + FILLER * 60
    + "Title of the work: The Lantern Keeper\n"
    + FILLER * 60
    + "Licensee: Northlight Press\n"
    + FILLER * 60
    + "Date of signature: March 5, 2024\n"
    + FILLER * 20
    + "Anything else is void\n"
)


def starts(text: str) -> list[int]:
    """A token a word or twelve letters, as a stand-in tokenizer has it."""
    return [match.start() for match in re.finditer(r"\S{1,12}", text)]


def text_of(document: Document, spans: list[tuple[int, int]]) -> str:
    return "".join(document.text[start:end] for start, end in spans)


def test_the_lines_of_all_fields_are_read_and_the_beginning_and_the_end() -> None:
    spans = worth_reading(CONTRACT, TYPE, starts(CONTRACT.text), 300)
    read = text_of(CONTRACT, spans)
    for line in (
        "LICENSE AGREEMENT",
        "The Lantern Keeper",
        "Northlight Press",
        "March 5, 2024",
        "Anything else is void",
    ):
        assert line in read
    assert len(starts(read)) <= 300 < len(starts(CONTRACT.text)) / 10


def test_the_label_of_a_list_of_objects_is_worth_reading_too() -> None:
    text = CONTRACT.text.replace("Licensee", "Witnesses present were Jun Ryder and Owen Tarr\nLicensee")
    document = document_from_text(text)
    people = {"type": "array", "items": {"type": "object", "properties": {"name": {"type": "string"}}}}
    asked = as_document_type({"type": "object", "properties": {"witnesses": people}}, "Agreement")
    assert "Jun Ryder" in text_of(document, worth_reading(document, asked, starts(text), 300))


def test_the_end_is_read_even_where_no_field_points_there() -> None:
    asked = as_document_type({"isbn": "string"}, "Agreement")
    assert "else is void" in text_of(CONTRACT, worth_reading(CONTRACT, asked, starts(CONTRACT.text), 300))


def test_an_empty_line_parts_what_does_not_belong_together() -> None:
    part, _ = excerpt(document_from_text("Mina Kang\nLowfield\nOwen Tarr\n"), [(0, 9), (19, 28)])
    assert part.text == "Mina Kang\n\nOwen Tarr\n\n"


def test_a_document_that_has_room_is_read_whole() -> None:
    assert worth_reading(CONTRACT, TYPE, starts(CONTRACT.text), 5000) == [(0, len(CONTRACT.text))]


def test_what_was_read_for_other_fields_is_not_read_again() -> None:
    windows, tokens = PassageSelection(), starts(CONTRACT.text)
    first = windows.choose(CONTRACT, as_document_type({"work_title": "string"}, "Agreement"), tokens, 300)
    assert windows.choose(CONTRACT, as_document_type({"work_title": "string"}, "Agreement"), tokens, 300) == first
    wider = windows.choose(CONTRACT, TYPE, tokens, 300)
    assert wider[: len(first)] == first
    assert "Northlight Press" in text_of(CONTRACT, wider)
    assert len(starts(text_of(CONTRACT, wider))) <= 600


@given(
    st.lists(st.text("ab 다.\n", max_size=80) | st.text("b", min_size=40, max_size=90), min_size=1, max_size=12),
    st.integers(5, 60),
)
def test_any_text_gives_whole_lines_in_order_within_the_budget(lines: list[str], budget: int) -> None:
    text = "a\n" + "\n".join(lines)
    document = Document("a.txt", "0" * 64, "text", text, (Page(1, 0, len(text), ()),))
    spans = worth_reading(document, TYPE, starts(text), budget)
    assert all(start < end for start, end in spans)
    assert all(before[1] < after[0] for before, after in pairwise(spans))
    if spans != [(0, len(text))]:
        assert text_of(document, spans).strip()
        assert len(starts(text_of(document, spans))) <= budget


@given(st.data())
def test_a_value_of_an_excerpt_stands_at_its_place_in_the_document(data: st.DataObject) -> None:
    pages = data.draw(st.lists(st.text("ab \n", min_size=3, max_size=60), min_size=1, max_size=4))
    text = "\f".join(pages)
    found, at = [], 0
    for number, page in enumerate(pages, 1):
        end = at + len(page) + (number < len(pages))
        words = tuple(Word(at + m.start(), at + m.end()) for m in re.finditer(r"\S+", page))
        found.append(Page(number, at, end, words, 595, 842))
        at = end
    document = Document("a.pdf", "0" * 64, "pdf", text, tuple(found))
    cuts = sorted(data.draw(st.sets(st.integers(0, len(text)), min_size=2, max_size=6)))
    spans = list(zip(cuts[::2], cuts[1::2], strict=False))
    if data.draw(st.booleans()):
        spans.reverse()
    part, back = excerpt(document, spans)
    assert [page.start for page in part.pages] == [0, *(page.end for page in part.pages[:-1])]
    assert part.pages[-1].end == len(part.text)
    for word in part.words:
        said = part.text[word.start : word.end]
        value = back(FieldValue(said, said, span_evidence(part, word.start, word.end, "exact")))
        place = value.evidence[0]
        assert document.text[place.start : place.end] == said
        assert document.page_at(place.start).number == place.page
