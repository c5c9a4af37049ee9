"""Labels and values from cell to cell: beside, below, under a header row, one column for each party."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property

from extractor.classification.layout import Layout, Piece, Table
from extractor.extractors.builtin.entries import SENTENCE_END, Entry, Relation, is_blank, is_known, trim
from extractor.extractors.builtin.printed_label import PrintedLabel, parse_label
from extractor.normalize import match_key

_CORNERS = {"구분", "항목", "내용", "번호", "연번", "순번", "구분item"}
"""What stands in the corner of a table with a header row, and names nothing."""


def cell_entries(layout: Layout, known: frozenset[str]) -> Iterator[Entry]:
    """The entries whose label fills a cell and whose value stands in another cell."""
    for table in layout.tables.values():
        grid = _Labels(layout, table, known)
        for index in table.indices:
            text = table.texts[index]
            if text and len(text) <= 40 and index not in grid.corner:
                key = parse_label(text.rstrip(" :："), layout.aliases)
                if key.forms:
                    yield from grid.entries(index, key)


class _Labels:
    """Which cells of one table are labels, and where their values stand."""

    def __init__(self, layout: Layout, table: Table, known: frozenset[str]) -> None:
        self.layout, self.table, self.known = layout, table, known
        self._labelled_rows: dict[int, bool] = {}
        self.labels = {index for index in table.indices if self._is_label(index)}
        self.header = self._header_row()
        first = table.grid.get((0, 0))
        # 구분, 항목: the corner of a table with a header row names nothing.
        self.corner = {first} if first in self.header and match_key(table.texts[first]) in _CORNERS else set()

    def _is_label(self, index: int) -> bool:
        text = self.table.texts[index].rstrip(" :：")
        if not text or len(text) > 25:
            return False
        key = parse_label(text, self.layout.aliases)
        return is_known(key, self.known) or key.is_alias

    def _header_row(self) -> set[int]:
        """The first row, when it heads columns: short words all along, and no label below its first cell."""
        row = self.table.rows.get(0, [])
        cells = [self.table.cell(index) for index in row]
        if len(row) < 2 or any(cell.row_span > 1 or cell.column_span > 1 for cell in cells):
            return set()
        texts = [self.table.texts[index] for index in row]
        if not all(texts) or any(len(text) > 14 or re.search(r"\d|[:：]", text) for text in texts):
            return set()
        labels = sum(index in self.labels for index in row)
        below = self.table.below(row[0])
        corner = match_key(texts[0]) in _CORNERS
        headed = corner or (below is not None and below not in self.labels and (labels * 2 > len(row)))
        return set(row) if headed else set()

    def entries(self, index: int, key: PrintedLabel) -> Iterator[Entry]:
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

    def _beside(self, index: int, key: PrintedLabel, right: int, piece: Piece) -> Iterator[Entry]:
        """The cell to the right; in a table with a column for each party, one value a party."""
        start = self.table.cell(index).start
        columns = [right]
        if self.header and self.table.cell(index).column == 0:
            row = self.table.cell(index).row
            columns = [i for i in self.table.rows[row] if i != index]
        for column in columns:
            value = self.layout.piece_at(self.table.cell(column).start) if len(columns) > 1 else None
            owner = value if value is not None and value.cell == column else piece
            if column == right or owner is value:
                yield self._entry(key, start, column, "cell", owner)

    def _entry(self, key: PrintedLabel, key_start: int, value: int, relation: Relation, piece: Piece) -> Entry:
        start, end = trim(self.layout.text, self.table.cell(value).start, self.table.cell(value).end)
        blank = is_blank(self.layout.text[start:end])
        return Entry(key, key_start, start, end, relation, piece, section=self._group(piece), blank=blank)

    def _group(self, piece: Piece) -> str:
        """The label over several rows that a cell's own label belongs to: 저작물 over 제목, 종류, 창작일."""
        if piece.cell is None:
            return ""
        spanning = self._spanning.get(piece.cell)
        return "" if spanning is None else match_key(self.table.texts[spanning])

    @cached_property
    def _spanning(self) -> dict[int, int]:
        """For each cell the nearest one to its left that spans rows."""
        nearest: dict[int, int] = {}
        for index in self.table.indices:  # from left to right
            left = next(self.table.left_of(index), None)
            spanning = left if left is None or self.table.cell(left).row_span > 1 else nearest.get(left)
            if spanning is not None:
                nearest[index] = spanning
        return nearest

    def _may_be_label(self, index: int) -> bool:
        """A cell with an unknown label: short, without a sentence, at the head of its row or after a value."""
        text, left = self.table.texts[index], next(self.table.left_of(index), None)
        if len(match_key(text)) > 14 or SENTENCE_END.search(text) or any(char.isdigit() for char in text):
            return False
        return left is None or left not in self.labels or self.table.cell(left).row_span > 1

    def _heads_column(self, index: int) -> bool:
        """True in a row of labels: everything beside the cell is a label too, or empty."""
        row = self.table.cell(index).row
        if row not in self._labelled_rows:
            self._labelled_rows[row] = all(i in self.labels for i in self.table.rows[row] if self.table.texts[i])
        return self._labelled_rows[row]
