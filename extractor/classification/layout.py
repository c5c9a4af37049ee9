"""A document as pieces on the page: what stands in one cell, or on one line between wide gaps, and what is beside it."""

from __future__ import annotations

import bisect
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from extractor.core.documents import Box, Cell, Document

TICKED = r"[☑☒■▣●◉✔✓✅√◼⬛🗹ⓥⓋ⊙]|[\[(〔（]\s*+[vVxXoO○●✓✔√■∨ⅴⅤ☑0]\s*+[\])〕）]|(?<![A-Za-z])[VvO∨ⅴⅤ](?![A-Za-z.])"
EMPTY = r"[□☐○◯◻⬜◇]|[\[(〔（]\s*+[\])〕）]"
_MARK = re.compile(rf"(?P<ticked>{TICKED})|(?P<empty>{EMPTY})")
_SIDE_BY_SIDE = 200
"""Pieces of one line that are looked through for the one below another."""


_LINE_END = re.compile(r"[\n\f]")
_FAR = 200
"""Cells of a row or a column that are looked through for the one that names another."""
_SQUARES = 20
"""Squares of a table's grid for each of its cells, on average."""


@dataclass(eq=False, slots=True)
class Piece:
    """A run of text on one line without a wide gap. `row` numbers the lines, `column` the pieces on a line.

    `box` is None without page images; `cell` is the index of the table cell it stands in.
    """

    start: int
    end: int
    text: str
    page: int
    row: int
    column: int
    box: Box | None
    cell: int | None


class Layout:
    """The pieces of a document in text order, and its tables as grids.

    `aliases` are the words that the preamble gives the parties, with their roles (see `roles.resolve`).
    """

    def __init__(self, document: Document) -> None:
        self.document = document
        self.text = document.text
        self.flat_text = re.sub(r"[\n\t\f]", " ", document.text)
        self.pieces: list[Piece] = list(self._pieces())
        self.aliases: dict[str, str] = {}
        self._starts = [piece.start for piece in self.pieces]
        self.rows: dict[int, list[Piece]] = defaultdict(list)
        for piece in self.pieces:
            self.rows[piece.row].append(piece)

    def _pieces(self) -> Iterator[Piece]:
        owner = _innermost_cells(self.document)
        row = column = -1
        last_line_start = -1
        # Words of a page without a size have no boxes, and may be millions.
        words, at = [word for page in self.document.pages if page.width for word in page.words], 0
        line_end = -1
        line_start = -1
        for match in re.finditer(r"[^\t\n\f]+", self.text):
            text = match.group().strip()
            if not text:
                continue
            start = match.start() + len(match.group()) - len(match.group().lstrip())
            while line_end < start:
                line_start = line_end
                line_break = _LINE_END.search(self.text, line_end + 1)
                line_end = line_break.start() if line_break else len(self.text)
            if line_start != last_line_start:
                row, column, last_line_start = row + 1, -1, line_start
            column += 1
            end = start + len(text)
            box = None
            while at < len(words) and words[at].start < end:
                word = words[at]
                if word.end > start and word.box:
                    box = word.box if box is None else box.union(word.box)
                if word.end > end:
                    break
                at += 1
            yield Piece(start, end, text, self.document.page_at(start).number, row, column, box, owner(start))

    def piece_at(self, offset: int) -> Piece | None:
        """The piece that holds the character at `offset`, else the last one before it."""
        index = bisect.bisect_right(self._starts, offset) - 1
        return self.pieces[index] if index >= 0 else None

    def paragraph_start(self, offset: int, least: int = 0) -> int:
        """Where the paragraph of the character at `offset` begins: lines that run to the margin go on.

        Looked for back to `least` only; somewhere before it where the paragraph began earlier.
        """
        piece = self.piece_at(offset)
        while piece is not None and piece.start > least and (index := self.index_of(piece)) > 0:
            upper = self.pieces[index - 1]
            if upper.cell != piece.cell or upper.row < piece.row - 1 or piece.column > 0:
                break
            if upper.box and piece.box and upper.box.x1 < self.right_margin(upper) - 0.08:
                break
            if upper.box is None and "\n" in self.text[upper.end : piece.start]:
                break
            piece = upper
        return piece.start if piece else 0

    def right_margin(self, piece: Piece) -> float:
        """Where text ends on the right: of the cell, else of the page, as a fraction of its width."""
        cell = self.document.cells[piece.cell] if piece.cell is not None else None
        if cell and cell.box:
            return cell.box.x1
        return self._margins.get(piece.page, 1.0)

    @cached_property
    def _margins(self) -> dict[int, float]:
        """Where the text of each page ends on the right."""
        edges: dict[int, list[float]] = defaultdict(list)
        for piece in self.pieces:
            if piece.box:
                edges[piece.page].append(piece.box.x1)
        return {page: sorted(own)[int(len(own) * 0.97)] for page, own in edges.items()}

    def index_of(self, piece: Piece) -> int:
        return bisect.bisect_left(self._starts, piece.start)

    def after(self, offset: int) -> Iterator[Piece]:
        """The pieces that start at or after `offset`."""
        return (self.pieces[at] for at in range(bisect.bisect_left(self._starts, offset), len(self.pieces)))

    @cached_property
    def marks(self) -> list[tuple[int, int, bool]]:
        """Everything that looks like a check mark or an empty box: `(start, end, ticked)`."""
        return [(*match.span(), match["ticked"] is not None) for match in _MARK.finditer(self.flat_text)]

    @cached_property
    def tables(self) -> dict[int, Table]:
        tables: dict[int, list[int]] = defaultdict(list)
        for index, cell in enumerate(self.document.cells):
            tables[cell.table].append(index)
        return {number: Table(self.document, indices) for number, indices in tables.items()}

    def right_of(self, piece: Piece) -> Piece | None:
        """The next piece on the same line, outside of tables."""
        row = self.rows[piece.row]
        at = piece.column + 1
        return row[at] if at < len(row) and row[at].cell is None else None

    def below(self, piece: Piece) -> Piece | None:
        """The piece under `piece` in the same column of text: the next line, or the piece there that it overlaps."""
        for row in range(piece.row + 1, piece.row + 3):
            line = self.rows.get(row)
            if not line:
                return None
            if line[0].page != piece.page or line[0].cell != piece.cell:
                return None
            if piece.box is None:
                if piece.column < len(line):
                    return line[piece.column]
                continue
            for other in line[:_SIDE_BY_SIDE]:
                if _beneath(piece, other):
                    return other
        return None


def _beneath(upper: Piece, lower: Piece) -> bool:
    if upper.box and lower.box:
        return min(upper.box.x1, lower.box.x1) > max(upper.box.x0, lower.box.x0)
    return upper.column == lower.column


class Table:
    """One table's cells by grid place. A cell is known by its index in `Document.cells`."""

    def __init__(self, document: Document, indices: list[int]) -> None:
        self.cells = document.cells
        self.indices = indices
        self.grid: dict[tuple[int, int], int] = {}
        room = _SQUARES * len(indices) + 10_000
        for index in indices:
            cell = self.cells[index]
            room -= cell.row_span * cell.column_span
            if room < 0:
                break  # spans that lie over each other: no table that anyone can see
            for row in range(cell.row, cell.row + cell.row_span):
                for column in range(cell.column, cell.column + cell.column_span):
                    self.grid.setdefault((row, column), index)
        self.texts = {i: document.text[self.cells[i].start : self.cells[i].end].strip() for i in indices}

    def cell(self, index: int) -> Cell:
        return self.cells[index]

    def right(self, index: int) -> int | None:
        cell = self.cells[index]
        return self.grid.get((cell.row, cell.column + cell.column_span))

    def below(self, index: int) -> int | None:
        cell = self.cells[index]
        return self.grid.get((cell.row + cell.row_span, cell.column))

    @cached_property
    def rows(self) -> dict[int, list[int]]:
        """The cells that begin in each row."""
        rows: dict[int, list[int]] = defaultdict(list)
        for index in self.indices:
            rows[self.cells[index].row].append(index)
        return rows

    def left_of(self, index: int) -> Iterator[int]:
        """The cells to the left in the cell's first row, the nearest first, as far as any table is wide."""
        cell = self.cells[index]
        return self._distinct((cell.row, column) for column in range(cell.column - 1, -1, -1)[:_FAR])

    def above(self, index: int) -> Iterator[int]:
        """The cells above in the cell's first column, the nearest first, as far as any table of choices is long."""
        cell = self.cells[index]
        return self._distinct((row, cell.column) for row in range(cell.row - 1, -1, -1)[:_FAR])

    def _distinct(self, places: Iterable[tuple[int, int]]) -> Iterator[int]:
        last = None
        for position in places:
            index = self.grid.get(position)
            if index is not None and index != last:
                yield index
            last = index


def _innermost_cells(document: Document) -> Callable[[int], int | None]:
    """A function from an offset to the index of the smallest cell that holds it, None outside of tables."""
    cells = document.cells
    order = sorted(range(len(cells)), key=lambda i: (cells[i].start, -cells[i].end))
    starts = [cells[i].start for i in order]

    def find(offset: int) -> int | None:
        at = bisect.bisect_right(starts, offset) - 1
        for back in range(at, max(at - 60, -1), -1):
            if cells[order[back]].start <= offset < cells[order[back]].end:
                return order[back]
        return None

    return find
