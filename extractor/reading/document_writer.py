"""Builds a `Document` piece by piece, keeping the offsets of words, cells and pages right."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence

from extractor.core.documents import Box, Cell, Document, Page, Word
from extractor.core.errors import N_, ReadingError
from extractor.core.messages import Message
from extractor.core.packing import PlainWords

# Five times the longest contract anyone would read; more than that is data, or an attack on memory.
MAX_CHARACTERS = 10_000_000

MAX_CELLS = 200_000
"""Cells of tables. A hundred times the longest list of works; a text of 10 MB can be cut into millions."""
_TOO_MANY_CELLS = N_("The tables have more cells than a document can hold; the last of them were read as plain lines.")

_WORD = re.compile(r"\S+")


class DocumentWriter:
    """Appends text in reading order. One instance a document, `name` as people call it."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.length = 0
        self.tables = 0
        self.warnings: list[str] = []
        self.unread: list[int] = []
        self._parts: list[str] = []
        self._words: list[Word] = []
        self._plain = PlainWords()
        self._pages: list[Page] = []
        self._cells: list[Cell] = []
        self.page_start = 0

    @property
    def page_number(self) -> int:
        """The page being written, from 1."""
        return len(self._pages) + 1

    @property
    def has_words(self) -> bool:
        return bool(self._words or self._plain) or any(page.words for page in self._pages)

    def write(self, text: str) -> None:
        """Append `text` without making words of it: separators, or text whose words are added apart."""
        if text:
            self._parts.append(text)
            self.length += len(text)

    def add_word(self, before: str, text: str, box: Box | None, confidence: float | None = None) -> None:
        """Append the separator `before` and one word. `text` holds no white space."""
        self._parts.append(before)
        self._parts.append(text)
        start = self.length + len(before)
        self.length = end = start + len(text)
        self._words.append(Word(start, end, box, confidence))

    def add_text(self, text: str) -> None:
        """Append running text; its words get no boxes. Raises ReadingError as `end_page` does."""
        self.check_length(len(text))
        start = self.length
        self.write(text)
        for match in _WORD.finditer(text):
            self._plain.data.append(start + match.start())
            self._plain.data.append(start + match.end())

    def new_table(self) -> int:
        """The number of the next table, from 0."""
        self.tables += 1
        return self.tables - 1

    def add_cell(self, cell: Cell) -> None:
        """Keep a cell. Of those past `MAX_CELLS` only the text is kept, with a warning."""
        if len(self._cells) < MAX_CELLS:
            self._cells.append(cell)
        elif _TOO_MANY_CELLS not in self.warnings:
            self.warnings.append(Message(_TOO_MANY_CELLS))

    def end_page(self, width: float = 0.0, height: float = 0.0, last: bool = False) -> None:
        """Close the page; `\\f` stands at the end of every page but the last.

        Raises ReadingError when the document is longer than `MAX_CHARACTERS`.
        """
        self.check_length(0)
        if not last:
            self.write("\f")
        self._pages.append(Page(self.page_number, self.page_start, self.length, self._page_words(), width, height))
        self._words, self._plain = [], PlainWords()
        self.page_start = self.length

    def _page_words(self) -> Sequence[Word]:
        if not self._words:
            return self._plain
        return tuple(sorted([*self._words, *self._plain], key=lambda word: word.start))

    def check_length(self, more: int) -> None:
        """Raise ReadingError when `more` characters would make the document longer than `MAX_CHARACTERS`."""
        if self.length + more > MAX_CHARACTERS:
            raise ReadingError(
                N_("{name} holds more text than a document can ({limit} characters). Split it and upload the parts."),
                name=self.name,
                limit=MAX_CHARACTERS,
            )

    def document(self, data: bytes, format_name: str) -> Document:
        """The finished document. `data` is what its content hash is taken of."""
        return Document(
            name=self.name,
            content_hash=hashlib.sha256(data).hexdigest(),
            format=format_name,
            text="".join(self._parts),
            pages=tuple(self._pages),
            cells=tuple(sorted(self._cells, key=lambda cell: (cell.table, cell.row, cell.column))),
            warnings=tuple(self.warnings),
            unread=tuple(self.unread),
        )
