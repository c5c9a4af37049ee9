"""A document as read: its text, pages, words with boxes, table cells. Plain, immutable, free of third-party imports."""

from __future__ import annotations

import bisect
from collections.abc import Sequence
from dataclasses import dataclass
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
        found: list[Word] = []
        for page in self.pages[max(bisect.bisect_right(self._page_starts, start) - 1, 0) :]:
            if page.start >= end:
                break
            # Words may be packed: only those in question are made.
            first = bisect.bisect_right(page.words, start, key=lambda word: word.end)
            last = bisect.bisect_left(page.words, end, key=lambda word: word.start)
            found.extend(page.words[first:last])
        return tuple(found)

    def cells_in(self, start: int, end: int) -> tuple[Cell, ...]:
        """The cells that lie whole in `text[start:end]`, in their order in `cells`."""
        order, starts = self._cells_by_start
        first, last = bisect.bisect_left(starts, start), bisect.bisect_right(starts, end)
        return tuple(self.cells[at] for at in sorted(order[first:last]) if self.cells[at].end <= end)

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
