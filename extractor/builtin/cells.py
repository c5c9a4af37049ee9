"""Labels and values from cell to cell: beside, below, under a header row, one column for each party."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..normalize import squash
from .entries import SENTENCE_END, Entry, Relation, is_blank, is_known, trim
from .keys import Key, parse_key
from .layout import Layout, Piece, Table

_CORNERS = {"구분", "항목", "내용", "번호", "연번", "순번", "구분item"}
"""What stands in the corner of a table with a header row, and names nothing."""


def cell_entries(layout: Layout, known: frozenset[str]) -> Iterator[Entry]:
    """The entries whose label fills a cell and whose value stands in another cell."""
    for table in layout.tables.values():
        grid = _Labels(layout, table, known)
        for index in table.indices:
            text = table.texts[index]
            if text and len(text) <= 40 and index not in grid.corner:
                key = parse_key(text.rstrip(" :："), layout.aliases)
                if key.forms:
                    yield from grid.entries(index, key)


class _Labels:
    """Which cells of one table are labels, and where their values stand."""

    def __init__(self, layout: Layout, table: Table, known: frozenset[str]) -> None:
        self.layout, self.table, self.known = layout, table, known
        self.labels = {index for index in table.indices if self._is_label(index)}
        self.header = self._header_row()
        first = table.grid.get((0, 0))
        # 구분, 항목: the corner of a table with a header row names nothing.
        self.corner = {first} if first in self.header and squash(table.texts[first]) in _CORNERS else set()

    def _is_label(self, index: int) -> bool:
        text = self.table.texts[index].rstrip(" :：")
        key = parse_key(text, self.layout.aliases)
        return bool(text) and len(text) <= 25 and (is_known(key, self.known) or key.is_alias)

    def _header_row(self) -> set[int]:
        """The first row, when it heads columns: short words all along, and no label below its first cell."""
        row = [index for index in self.table.indices if self.table.cell(index).row == 0]
        cells = [self.table.cell(index) for index in row]
        if len(row) < 2 or any(cell.row_span > 1 or cell.column_span > 1 for cell in cells):
            return set()
        texts = [self.table.texts[index] for index in row]
        if not all(texts) or any(len(text) > 14 or re.search(r"\d|[:：]", text) for text in texts):
            return set()
        labels = sum(index in self.labels for index in row)
        below = self.table.below(row[0])
        corner = squash(texts[0]) in _CORNERS
        headed = corner or (below is not None and below not in self.labels and (labels * 2 > len(row)))
        return set(row) if headed else set()

    def entries(self, index: int, key: Key) -> Iterator[Entry]:
        """The value of a label in a cell: under a header the cells below, else the cell to its right."""
        cell, right, below = self.table.cell(index), self.table.right(index), self.table.below(index)
        piece = self.layout.piece_at(cell.start)
        if piece is None:
            return
        if self.header and index not in self.header and cell.column > 0:
            return
        if index in self.header:
            if below is not None:
                yield self._entry(key, cell.start, below, "below", piece)
        elif right is not None and right not in self.labels and (index in self.labels or self._may_be_label(index)):
            yield from self._beside(index, key, right, piece)
        elif (
            below is not None
            and index in self.labels
            and below not in self.labels
            and cell.row_span == 1
            and self._heads_column(index)
        ):
            yield self._entry(key, cell.start, below, "below", piece)

    def _beside(self, index: int, key: Key, right: int, piece: Piece) -> Iterator[Entry]:
        """The cell to the right; in a table with a column for each party, one value a party."""
        start = self.table.cell(index).start
        columns = [right]
        if self.header and self.table.cell(index).column == 0:
            row = self.table.cell(index).row
            columns = [i for i in self.table.indices if self.table.cell(i).row == row and i != index]
        for column in columns:
            value = self.layout.piece_at(self.table.cell(column).start) if len(columns) > 1 else None
            owner = value if value is not None and value.cell == column else piece
            if column == right or owner is value:
                yield self._entry(key, start, column, "cell", owner)

    def _entry(self, key: Key, key_start: int, value: int, relation: Relation, piece: Piece) -> Entry:
        start, end = trim(self.layout.text, self.table.cell(value).start, self.table.cell(value).end)
        blank = is_blank(self.layout.text[start:end])
        return Entry(key, key_start, start, end, relation, piece, section=self._group(piece), blank=blank)

    def _group(self, piece: Piece) -> str:
        """The label over several rows that a cell's own label belongs to: 저작물 over 제목, 종류, 창작일."""
        if piece.cell is None:
            return ""
        spanning = [i for i in self.table.left_of(piece.cell) if self.table.cell(i).row_span > 1]
        return squash(self.table.texts[spanning[0]]) if spanning else ""

    def _may_be_label(self, index: int) -> bool:
        """A cell with an unknown label: short, without a sentence, at the head of its row or after a value."""
        text, left = self.table.texts[index], self.table.left_of(index)
        if len(squash(text)) > 14 or SENTENCE_END.search(text) or any(char.isdigit() for char in text):
            return False
        return not left or left[0] not in self.labels or self.table.cell(left[0]).row_span > 1

    def _heads_column(self, index: int) -> bool:
        """True in a row of labels: everything beside the cell is a label too, or empty."""
        row = self.table.cell(index).row
        beside = [i for i in self.table.indices if self.table.cell(i).row == row and self.table.texts[i]]
        return all(i in self.labels for i in beside)
