"""Documents without page images on the screen: pieces that are shown one at a time, lines and table rows in each."""

from __future__ import annotations

import bisect
from collections.abc import Sequence
from typing import Any

from extractor.core.documents import Cell

PART_LENGTH = 6000
"""Characters that are shown at once."""


def parts(text: str, cells: Sequence[Cell] = (), length: int = PART_LENGTH) -> list[tuple[int, int]]:
    """A text without pages cut into pieces of about `length` characters, at line ends and never inside a table row."""
    rows = sorted((start, end) for _, _, start, end in _rows(cells))
    starts = [start for start, _ in rows]
    pieces, start = [], 0
    while len(text) - start > length * 1.5:
        limit = start + length
        before = bisect.bisect_left(starts, limit) - 1
        inside = before >= 0 and rows[before][1] > limit
        end = rows[before][1] if inside else text.rfind("\n", start + length // 2, limit) + 1
        if end <= start:
            end = text.rfind(" ", start + length // 2, limit) + 1 or limit
        pieces.append((start, end))
        start = end
    return [*pieces, (start, len(text))]


def _rows(cells: Sequence[Cell]) -> list[tuple[int, int, int, int]]:
    """The rows of the outermost tables: table, row, start, end."""
    spans: dict[tuple[int, int], tuple[int, int]] = {}
    for cell in _outermost(cells):
        start, end = spans.get((cell.table, cell.row), (cell.start, cell.end))
        spans[cell.table, cell.row] = (min(start, cell.start), max(end, cell.end))
    return [(table, row, start, end) for (table, row), (start, end) in spans.items()]


def _outermost(cells: Sequence[Cell]) -> list[Cell]:
    """The cells that no other cell holds."""
    outermost: list[Cell] = []
    reached = -1
    for cell in sorted(cells, key=lambda cell: (cell.start, -cell.end)):
        if cell.start >= reached:
            outermost.append(cell)
            reached = max(reached, cell.end)
    return outermost


def blocks(text: str, start: int, end: int, cells: Sequence[Cell] = ()) -> list[dict[str, Any]]:
    """What stands in `text[start:end]` as plain data for the screen, in order.

    A line: `{"text", "start"}`. A table row: `{"cells": [{"text", "start", "columns", "rows"}], "last"}`.
    """
    items: list[dict[str, Any]] = []
    cells = [cell for cell in cells if start <= cell.start and cell.end <= end]
    of_row: dict[tuple[int, int], list[Cell]] = {}
    for cell in _outermost(cells):
        of_row.setdefault((cell.table, cell.row), []).append(cell)
    at = start
    rows = [row for row in sorted(_rows(cells), key=lambda row: row[2]) if row[2] >= start and row[3] <= end]
    for number, (table, row, row_start, row_end) in enumerate(rows):
        if row_start < at:
            continue
        items += _lines(text, at, row_start)
        shown = of_row[table, row]
        last = number + 1 == len(rows) or rows[number + 1][0] != table
        items.append({"cells": [_cell(text, cell) for cell in sorted(shown, key=lambda c: c.column)], "last": last})
        at = row_end + (text[row_end : row_end + 1] == "\n")
    return items + _lines(text, at, end)


def _cell(text: str, cell: Cell) -> dict[str, Any]:
    shown = text[cell.start : cell.end]
    return {"text": shown, "start": cell.start, "columns": cell.column_span, "rows": cell.row_span}


def _lines(text: str, start: int, end: int) -> list[dict[str, Any]]:
    lines = []
    for line in text[start:end].splitlines(keepends=True):
        lines.append({"text": line.rstrip("\r\n\f"), "start": start})
        start += len(line)
    return lines
