"""A text on the pages of a print of it: words, pages, cells; what only one side has."""

from __future__ import annotations

from collections.abc import Iterable

from hypothesis import given
from hypothesis import strategies as st

from extractor.core.documents import Box, Cell, Document
from extractor.reading.document_writer import DocumentWriter
from extractor.reading.docx_page_alignment import place

WIDTH, HEIGHT = 600.0, 800.0


def box(row: int, column: int, letters: int = 1) -> Box:
    """Row and column count letters of a hundredth of the page."""
    return Box(column / 100, row / 100, (column + letters) / 100, (row + 0.8) / 100)


def text_of(*lines: str) -> Document:
    writer = DocumentWriter("동의서.docx")
    for line in lines:
        writer.add_text(line + "\n")
    writer.end_page(last=True)
    return writer.document(b"text", "docx")


def printed(*pages: Iterable[str]) -> Document:
    """Each word where it stands in its line; a page begins at row 0."""
    writer = DocumentWriter("pages.pdf")
    for number, lines in enumerate(pages, 1):
        for row, line in enumerate(lines):
            column = 0
            for word in line.split(" "):
                if word:
                    writer.add_word(" " if column else "", word, box(row, column, len(word)))
                column += len(word) + 1
            writer.write("\n")
        writer.end_page(WIDTH, HEIGHT, last=number == len(pages))
    return writer.document(b"pages", "pdf")


def placed(document: Document, *pages: Iterable[str]) -> Document:
    found = place(document, printed(*pages))
    assert found is not None
    assert_covers(found, document)
    return found


def assert_covers(found: Document, document: Document) -> None:
    """The text is as it was; pages follow each other, and all words stand in order on their pages."""
    assert (found.text, found.content_hash, found.format) == (document.text, document.content_hash, document.format)
    assert found.pages[0].start == 0 and found.pages[-1].end == len(found.text)
    at = 0
    for page in found.pages:
        assert page.start == at <= page.end
        at = page.end
        assert all(page.start <= word.start < word.end <= page.end for word in page.words)
    covered = {offset for word in found.words for offset in range(word.start, word.end)}
    assert sum(word.end - word.start for word in found.words) == len(covered)
    assert covered == {offset for word in document.words for offset in range(word.start, word.end)}


def where(found: Document, text: str) -> list[tuple[int, Box | None]]:
    start = found.text.index(text)
    words = found.words_in(start, start + len(text))
    return [(found.page_at(word.start).number, word.box) for word in words]


LINES = ("저작물 이용허락 동의서", "저작물명 은빛 강가의 노래", "권리자 한가람", "위와 같이 동의합니다 서명")


def test_words_have_the_boxes_of_the_print_and_pages_their_size() -> None:
    found = placed(text_of(*LINES), LINES[:2], LINES[2:])
    assert [(page.number, page.width, page.height) for page in found.pages] == [(1, WIDTH, HEIGHT), (2, WIDTH, HEIGHT)]
    assert where(found, "강가의") == [(1, box(1, 8, 3))]
    assert where(found, "한가람") == [(2, box(0, 4, 3))]
    assert found.text[found.pages[1].start :].startswith("권리자")


def test_heads_page_numbers_and_numbering_of_one_side_do_not_matter() -> None:
    first = ("가온문화재단 서식", LINES[0], "1. " + LINES[1], "- 1 -")
    second = ("가온문화재단 서식", "2. " + LINES[2], LINES[3], "- 2 -")
    found = placed(text_of(*LINES, "붙임"), first, second)
    assert where(found, "저작물명") == [(1, box(2, 3, 4))]
    assert where(found, "권리자") == [(2, box(1, 3, 3))]
    assert where(found, "붙임") == [(2, None)]


def test_signs_of_symbol_fonts_are_the_ticks_of_the_text() -> None:
    found = placed(text_of("☑ 동의함 ☐ 동의하지 않음", *LINES), ("\uf0fe 동의함 \u25a1 동의하지 않음", *LINES))
    assert where(found, "☑") == [(1, box(0, 0))]
    assert where(found, "☐") == [(1, box(0, 6))]


def test_what_is_drawn_otherwise_between_words_that_are_found_is_found() -> None:
    found = placed(text_of("가 항 ☐ 동의함", *LINES), ("가 항 [ ] 동의함", *LINES))
    assert where(found, "☐") == [(1, box(0, 4))]


def test_a_word_over_two_lines_is_a_word_a_line() -> None:
    found = placed(text_of("대한민국의 국립가온박물관에", *LINES), ("대한민국의 국립가", "온박물관에", *LINES))
    assert where(found, "국립가온박물관에") == [(1, box(0, 6, 3)), (1, box(1, 0, 5))]
    assert [found.text[word.start : word.end] for word in found.words[1:3]] == ["국립가", "온박물관에"]


def test_a_word_over_two_pages_parts_them() -> None:
    found = placed(text_of("대한민국의 국립가온박물관에", *LINES), ("대한민국의 국립가",), ("온박물관에", *LINES))
    assert where(found, "국립가온박물관에") == [(1, box(0, 6, 3)), (2, box(0, 0, 5))]


def test_words_that_touch_in_print_share_its_box() -> None:
    found = placed(text_of("3. 한가람", *LINES), ("3.한가람", *LINES))
    [(_, number), (_, name)] = where(found, "3. 한가람")
    # A Hangul letter is twice as wide as a digit.
    assert number and name
    assert number.x1 == name.x0 == 5 / 100 * 2 / 8


def test_an_empty_page_keeps_its_number() -> None:
    found = placed(text_of(*LINES), LINES[:2], (), LINES[2:])
    assert [page.number for page in found.pages] == [1, 2, 3]
    assert found.pages[1].start == found.pages[1].end
    assert where(found, "권리자")[0][0] == 3


def test_repeated_lines_keep_their_order() -> None:
    rows = [f"{number} 저작물 복제 배포 전송" for number in range(40)]
    found = placed(text_of(*rows), ["표", *rows[:20]], ["표", *rows[20:]])
    assert where(found, "\n7 저작물") == [(1, box(8, 0)), (1, box(8, 2, 3))]
    assert where(found, "\n33 저작물") == [(2, box(14, 0, 2)), (2, box(14, 3, 3))]


def test_pages_that_show_something_else_are_not_taken() -> None:
    assert place(text_of(*LINES), printed(("어제 하늘이 맑았다", "저작물명"))) is None
    # 8 of 9 words are too few.
    assert (
        place(
            text_of("가나 다라 마바 사아 자차 카타 파하 거너 더러"),
            printed(("가나 다라 마바 사아 자차 카타 파하 거너",)),
        )
        is None
    )


def cell(document: Document, text: str, row: int, column: int) -> Cell:
    start = document.text.index(text)
    return Cell(0, row, column, start, start + len(text), 1)


def test_cells_have_boxes_where_all_is_clear() -> None:
    text = text_of("저작물명 은빛", "권리자 한가람")
    labels = ("저작물명", "은빛", "권리자", "한가람")
    text = Document(**{**vars(text), "cells": tuple(cell(text, w, n // 2, n % 2) for n, w in enumerate(labels))})
    print_ = printed(("저작물명 은빛", "권리자 한가람"))
    frames = (Box(0, 0, 0.045, 0.01), Box(0.045, 0, 0.2, 0.01), Box(0, 0.01, 0.2, 0.02))
    cells = tuple(Cell(0, 0, number, 0, 1, 1, box=frame) for number, frame in enumerate(frames))
    found = place(text, Document(**{**vars(print_), "cells": cells}))
    assert found is not None
    # The last two stand in one printed cell: which part of it is whose is not known.
    assert [cell.box for cell in found.cells] == [frames[0], frames[1], None, None]


WORDS = st.lists(st.text("가나다라ab1☐", min_size=1, max_size=6), max_size=30)


@given(ours=WORDS, pages=st.lists(st.lists(WORDS.map(" ".join), max_size=4), min_size=1, max_size=4))
def test_whatever_the_print_says_the_text_stays_whole(ours: list[str], pages: list[list[str]]) -> None:
    text = text_of(" ".join(ours), *[line for page in pages for line in page])
    found = place(text, printed(*pages))
    if found is not None:
        assert_covers(found, text)
