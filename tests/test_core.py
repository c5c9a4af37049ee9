"""What the core data types promise: places in a document, values by path."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from extractor.core.documents import Box, Cell, Document, Page, Word, concat
from extractor.core.value_path import flatten, nest
from extractor.reading.text import document_from_text


@given(st.text("가나 \n\t", min_size=1, max_size=14).filter(str.strip))
def test_words_in_a_span_are_those_that_share_a_letter_with_it(text: str) -> None:
    document = document_from_text(text)
    for start in range(len(text) + 1):
        for end in range(start + 1, len(text) + 2):
            shared = [word for word in document.words if max(word.start, start) < min(word.end, end)]
            assert list(document.words_in(start, end)) == shared


def test_an_offset_past_the_end_is_on_the_last_page() -> None:
    document = document_from_text("가람")
    assert document.page_at(0).number == document.page_at(99).number == 1


@st.composite
def documents(draw: st.DrawFn) -> Document:
    """A document of some pages, the last perhaps empty, with a cell around every second word."""
    text, pages, cells = "", [], []
    sheets = draw(st.lists(st.lists(st.text("가나다", min_size=1, max_size=4), max_size=4), min_size=1, max_size=4))
    for number, words in enumerate(sheets, 1):
        start, placed = len(text), []
        for row, word in enumerate(words):
            placed.append(Word(len(text), len(text) + len(word), Box(0.1, 0.1, 0.2, 0.2), 0.5))
            if row % 2:
                cells.append(Cell(number, row, 0, len(text), len(text) + len(word), number))
            text += f"{word} "
        text += "\f" if number < len(sheets) else ""
        pages.append(Page(number, start, len(text), tuple(placed), 595.0, 842.0))
    return Document("서식.pdf", "0" * 64, "pdf", text, tuple(pages), tuple(cells), unread=(len(sheets),))


@given(documents(), st.data())
def test_slices_at_ends_of_pages_put_together_are_the_document(document: Document, data: st.DataObject) -> None:
    ends = sorted({page.end for page in document.pages} - {0, len(document.text)})
    cuts = sorted({0, len(document.text), *data.draw(st.sets(st.sampled_from(ends)) if ends else st.just(set()))})
    slices = [document.slice(start, end) for start, end in pairwise(cuts)] or [document.slice(0, 0)]
    assert concat(slices) == document


@given(documents(), st.data())
def test_a_slice_says_what_the_document_says_there(document: Document, data: st.DataObject) -> None:
    start, end = sorted((data.draw(st.integers(0, len(document.text))), data.draw(st.integers(0, len(document.text)))))
    part = document.slice(start, end)
    assert part.text == document.text[start:end]
    inside = [word for word in document.words if start <= word.start and word.end <= end]
    assert [part.text[word.start : word.end] for word in part.words] == [
        document.text[word.start : word.end] for word in inside
    ]
    held = [cell for cell in document.cells if start <= cell.start and cell.end <= end]
    assert [part.text[cell.start : cell.end] for cell in part.cells] == [
        document.text[cell.start : cell.end] for cell in held
    ]
    assert (part.pages[0].start, part.pages[-1].end) == (0, len(part.text))
    assert all(before.end == after.start for before, after in pairwise(part.pages))


@given(documents(), documents())
def test_what_stands_between_two_documents_is_on_the_last_page_of_the_first(one: Document, other: Document) -> None:
    both = concat([one, other], after="\n\n")
    assert both.text == f"{one.text}\n\n{other.text}\n\n"
    assert [both.text[word.start : word.end] for word in both.words] == both.text.split()
    assert both.pages[len(one.pages) - 1].end == len(one.text) + 2
    assert all(before.end == after.start for before, after in pairwise(both.pages))


def test_a_list_with_holes_keeps_its_order_and_closes_them() -> None:
    values = {"title": "가", "parties[2].name": "을", "parties[0].name": "갑", "parties[0].phone": None}
    nested = {"title": "가", "parties": [{"name": "갑", "phone": None}, {"name": "을"}]}
    assert nest(values) == nested
    assert nest(flatten(nested)) == nested
