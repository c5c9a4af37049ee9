"""Ruled tables, found in the lines and rectangles that a PDF page draws."""

from __future__ import annotations

from bisect import bisect_right
from typing import Any, NamedTuple


class GridCell(NamedTuple):
    row: int
    column: int
    row_span: int
    column_span: int
    x0: float
    y0: float
    x1: float
    y1: float


class Table:
    """A grid with merged cells; `cells` by row and column."""

    def __init__(self, xs: list[float], ys: list[float], cells: list[GridCell], owner: list[list[int]]) -> None:
        self.xs, self.ys, self.cells, self._owner = xs, ys, cells, owner
        self.x0, self.x1, self.y0, self.y1 = xs[0], xs[-1], ys[0], ys[-1]

    def locate(self, x: float, y: float) -> int | None:
        """The index of the cell at a point, None outside."""
        if not (self.x0 <= x <= self.x1 and self.y0 <= y <= self.y1):
            return None
        column = min(bisect_right(self.xs, x) - 1, len(self.xs) - 2)
        row = min(bisect_right(self.ys, y) - 1, len(self.ys) - 2)
        return self._owner[row][column]


def find_tables(page: Any, to_top_left: tuple[float, ...]) -> list[Table]:
    return []
