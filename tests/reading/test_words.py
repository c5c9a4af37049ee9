"""Words and cells of long documents: few bytes each, the same through workers and the store."""

import tracemalloc

import pytest

from extractor.core.documents import Box, Cell, Document, Page, Word
from extractor.core.packing import PackedWords, PlainWords, pack_document, unpack_document
from extractor.reading import document_writer
from extractor.reading.document_writer import DocumentWriter
from extractor.reading.text import document_from_text
from extractor.store.pack import pack_pages


def test_words_of_a_long_text_are_no_objects() -> None:
    tracemalloc.start()
    document = document_from_text("a " * 200_000)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(document.pages[0].words) == 200_000
    assert most < 30 * 200_000, "as objects they take 140 bytes each"


@pytest.mark.parametrize("text", ["", "가 나\n다", "word " * 30_000])
def test_plain_words_come_back_from_the_store_and_from_a_worker(text: str) -> None:
    found = DocumentWriter("a.txt")
    found.add_text(text)
    found.end_page(last=True)
    document = found.document(b"", "text")
    words = document.pages[0].words
    assert [text[word.start : word.end] for word in words] == text.split()
    [row] = pack_pages(document)
    assert list(PackedWords(row["words"])) == list(words)
    assert unpack_document(pack_document(document)) == document


def test_words_with_and_without_boxes_on_one_page_stand_in_their_order() -> None:
    found = DocumentWriter("a")
    found.add_text("첫째 ")
    found.add_word("", "둘째", Box(0, 0, 1, 1), 0.5)
    found.add_text(" 셋째")
    found.end_page(100, 100, last=True)
    words = found.document(b"", "pdf").pages[0].words
    assert tuple(words) == (Word(0, 2), Word(3, 5, Box(0, 0, 1, 1), 0.5), Word(6, 8))
    assert tuple(PackedWords.of(words)) == tuple(words)


def test_many_words_with_boxes_are_packed_in_pieces() -> None:
    words = tuple(Word(2 * at, 2 * at + 1, Box(0, 0.25, 0.5, 1), 0.5 if at % 2 else None) for at in range(45_000))
    assert tuple(PackedWords.of(words)) == words


def test_words_stored_before_they_were_two_numbers_are_read() -> None:
    import zlib

    assert tuple(PackedWords(zlib.compress(b"[[0,1],[2,3,0.0,0.0,1.0,1.0]]"))) == (
        Word(0, 1),
        Word(2, 3, Box(0, 0, 1, 1)),
    )


def test_more_cells_than_a_document_holds_become_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(document_writer, "MAX_CELLS", 6)
    document = document_from_text("|a|b|\n|-|-|\n" + "|c|d|\n" * 5)
    assert len(document.cells) == 6
    assert document.text.count("c\td") == 5
    [warning] = document.warnings
    assert "more cells" in warning


def test_cells_are_the_same_from_the_store() -> None:
    from extractor.store.pack import pack_cells, unpack_cells

    cells = tuple(
        Cell(at // 7, at % 7, 0, at, at + 1, 1, box=None if at % 2 else Box(0, 0, 1, 1)) for at in range(45_000)
    )
    assert unpack_cells(pack_cells(cells)) == cells
    assert unpack_cells(pack_cells(())) == ()


def test_a_document_of_boxes_and_of_none_are_told_apart() -> None:
    page = Page(1, 0, 1, (Word(0, 1),))
    assert unpack_document(pack_document(Document("a", "", "text", "a", (page,)))).pages[0].words[0] == Word(0, 1)
    assert isinstance(document_from_text("a").pages[0].words, PlainWords)
