"""A document as read: its text, pages, words with boxes, table cells. Plain, immutable, free of third-party imports."""

from __future__ import annotations

import bisect
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle on a page in fractions of its width and height, origin at the top left."""

    x0: float
    y0: float
    x1: float
    y1: float

    def union(self, other: Box) -> Box:
        return Box(min(self.x0, other.x0), min(self.y0, other.y0), max(self.x1, other.x1), max(self.y1, other.y1))


@dataclass(frozen=True, slots=True)
class Word:
    """A run of characters without white space. `box` is None in formats without pages (DOCX, TXT).

    `confidence` is how sure text recognition is of its least sure syllable, 0 to 1; None where the text was given.
    """

    start: int
    end: int
    box: Box | None = None
    confidence: float | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """One page. `number` counts from 1; `width` and `height` are in points (0 without a page image)."""

    number: int
    start: int
    end: int
    words: Sequence[Word]
    width: float = 0.0
    height: float = 0.0


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a table whose structure the reader knows. Its text is `Document.text[start:end]`."""

    table: int
    row: int
    column: int
    start: int
    end: int
    page: int
    row_span: int = 1
    column_span: int = 1
    box: Box | None = None


@dataclass(frozen=True)
class Document:
    """A document as read.

    `text` is the whole text in reading order. Lines end in `\\n`; cells of one table row and
    columns set apart by a wide gap are separated by `\\t`; pages by `\\f`. A cell of several lines
    keeps them as lines: `cells` tells where it begins and ends.
    `content_hash` is the SHA-256 of the file's bytes in hexadecimal.
    `pages` cover the text without overlap. A format without pages has one page of width 0.
    `format` is the registry name of the reader: `pdf`, `docx`, `text`.
    `warnings` are for a person: what could not be read, and where. `unread` are the numbers of pages whose text
    recognition is still to come; they have no words yet.
    """

    name: str
    content_hash: str
    format: str
    text: str
    pages: tuple[Page, ...]
    cells: tuple[Cell, ...] = ()
    warnings: tuple[str, ...] = ()
    unread: tuple[int, ...] = ()

    @cached_property
    def words(self) -> tuple[Word, ...]:
        """All words of all pages in text order."""
        return tuple(word for page in self.pages for word in page.words)

    def words_in(self, start: int, end: int) -> tuple[Word, ...]:
        """The words that share at least one character with `text[start:end]`."""
        words: list[Word] = []
        for page in self.pages[max(bisect.bisect_right(self._page_starts, start) - 1, 0) :]:
            if page.start >= end:
                break
            # Words may be packed: only those in question are made.
            first = bisect.bisect_right(page.words, start, key=lambda word: word.end)
            last = bisect.bisect_left(page.words, end, key=lambda word: word.start)
            words.extend(page.words[first:last])
        return tuple(words)

    def cells_in(self, start: int, end: int) -> tuple[Cell, ...]:
        """The cells that lie whole in `text[start:end]`, in their order in `cells`."""
        order, starts = self._cells_by_start
        first, last = bisect.bisect_left(starts, start), bisect.bisect_right(starts, end)
        return tuple(self.cells[at] for at in sorted(order[first:last]) if self.cells[at].end <= end)

    def slice(self, start: int, end: int) -> Document:
        """`text[start:end]` as a document of its own: the pages it touches, the words and cells that lie whole in it.

        Pages keep their numbers. An empty last page goes with the end of the text. Warnings are of the whole and
        stay there.
        """
        pages = tuple(_page_slice(page, start, end) for page in self.pages if _touches(page, start, end))
        numbers = {page.number for page in pages}
        return replace(
            self,
            text=self.text[start:end],
            pages=pages or (Page(1, 0, end - start, ()),),
            cells=tuple(_moved_cell(cell, -start) for cell in self.cells_in(start, end)),
            warnings=(),
            unread=tuple(number for number in self.unread if number in numbers),
        )

    @cached_property
    def _cells_by_start(self) -> tuple[list[int], list[int]]:
        order = sorted(range(len(self.cells)), key=lambda at: self.cells[at].start)
        return order, [self.cells[at].start for at in order]

    @cached_property
    def _page_starts(self) -> list[int]:
        return [page.start for page in self.pages]

    def page_at(self, offset: int) -> Page:
        """The page that holds the character at `offset`; the last page for an offset past the end."""
        index = bisect.bisect_right(self._page_starts, offset) - 1
        return self.pages[max(index, 0)]


def concat(documents: Sequence[Document], after: str = "") -> Document:
    """Documents one after the other as one, called like the first; pages keep their numbers.

    `after` is written at the end of each, on its last page. The inverse of `Document.slice` where the cuts are at
    ends of pages and no cell reaches over a cut.
    """
    texts: list[str] = []
    pages: list[Page] = []
    cells: list[Cell] = []
    length = 0
    for document in documents:
        moved = [_moved_page(page, length) for page in document.pages]
        moved[-1] = replace(moved[-1], end=moved[-1].end + len(after))
        pages += moved
        cells += [_moved_cell(cell, length) for cell in document.cells]
        texts += [document.text, after]
        length += len(document.text) + len(after)
    return replace(
        documents[0],
        text="".join(texts),
        pages=tuple(pages),
        cells=tuple(cells),
        warnings=tuple(dict.fromkeys(warning for document in documents for warning in document.warnings)),
        unread=tuple(dict.fromkeys(number for document in documents for number in document.unread)),
    )


def _touches(page: Page, start: int, end: int) -> bool:
    if page.start == page.end:  # Only the last page can be empty.
        return start <= page.start <= end
    return page.start < end and page.end > start


def _page_slice(page: Page, start: int, end: int) -> Page:
    # Words may be packed: only those in question are made.
    first = bisect.bisect_left(page.words, start, key=lambda word: word.start)
    last = bisect.bisect_right(page.words, end, key=lambda word: word.end)
    held = replace(page, start=max(page.start, start), end=min(page.end, end), words=page.words[first:last])
    return _moved_page(held, -start)


def _moved_page(page: Page, by: int) -> Page:
    words = tuple(Word(word.start + by, word.end + by, word.box, word.confidence) for word in page.words)
    return replace(page, start=page.start + by, end=page.end + by, words=words)


def _moved_cell(cell: Cell, by: int) -> Cell:
    return replace(cell, start=cell.start + by, end=cell.end + by)
