"""Ruled tables, found in the lines and rectangles that a PDF page draws.

Producers draw a table's borders in every possible way: stroked lines, stroked rectangles, thin filled
rectangles, one path a border or one path for all, inside form objects or not. All of them become
horizontal and vertical `Rule`s; rules that touch make a grid; a border missing between two squares of
the grid merges them.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable
from itertools import pairwise
from typing import NamedTuple

# In points. Rules this near to each other are one (double lines, the two sides of a thick one), or meet.
_SNAP = 2.5
# Dashes follow each other this closely.
_REACH = 4.0
# A filled shape up to this thick is a line.
THICK = 3.0
# A row or column is at least this wide.
_SMALLEST = 6.0
# A page with more rules or a grid of more squares than this is a drawing.
_MOST_RULES = 2_000
_MOST_SQUARES = 20_000


class Rule(NamedTuple):
    """A line at `at` (y of a horizontal one, x of a vertical one) from `start` to `end`."""

    at: float
    start: float
    end: float


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

    def __init__(self, xs: list[float], ys: list[float], owner: list[list[int]]) -> None:
        self.xs, self.ys, self._owner = xs, ys, owner
        self.x0, self.x1, self.y0, self.y1 = xs[0], xs[-1], ys[0], ys[-1]
        self.cells = self._cells()

    def _cells(self) -> list[GridCell]:
        """Cells in the order of their first square; renumbers the owners to match."""
        extents: dict[int, list[int]] = {}
        for row, owners in enumerate(self._owner):
            for column, owner in enumerate(owners):
                extent = extents.setdefault(owner, [row, column, row, column])
                extent[:] = (
                    min(extent[0], row),
                    min(extent[1], column),
                    max(extent[2], row),
                    max(extent[3], column),
                )
        # Not every merged area is a rectangle; its cell then starts where its bounds do.
        ordered = sorted(extents, key=lambda owner: extents[owner][:2])
        numbers = {owner: number for number, owner in enumerate(ordered)}
        self._owner = [[numbers[owner] for owner in owners] for owners in self._owner]
        xs, ys = self.xs, self.ys
        return [
            GridCell(top, left, bottom - top + 1, right - left + 1, xs[left], ys[top], xs[right + 1], ys[bottom + 1])
            for top, left, bottom, right in (extents[owner] for owner in ordered)
        ]

    def locate(self, x: float, y: float) -> int | None:
        """The index of the cell at a point, None outside."""
        if not (self.x0 <= x <= self.x1 and self.y0 <= y <= self.y1):
            return None
        column = min(bisect_right(self.xs, x) - 1, len(self.xs) - 2)
        row = min(bisect_right(self.ys, y) - 1, len(self.ys) - 2)
        return self._owner[row][column]


def tables_from(horizontal: list[Rule], vertical: list[Rule]) -> list[Table]:
    """The tables that the rules of one page draw, from top to bottom."""
    if len(horizontal) < 2 or not vertical:
        return []
    horizontal, vertical = merge(horizontal), merge(vertical)
    if len(horizontal) + len(vertical) > _MOST_RULES:
        return []
    tables = []
    for rows, columns in _connected(horizontal, vertical):
        table = _grid(rows, columns)
        if table is not None:
            tables.append(table)
    return sorted(tables, key=lambda table: (table.y0, table.x0))


def merge(rules: Iterable[Rule]) -> list[Rule]:
    """Rules on one line as few long ones: doubles fall together, dashes join."""
    groups: list[list[Rule]] = []
    for rule in sorted(rules):
        if groups and rule.at - groups[-1][0].at <= _SNAP:
            groups[-1].append(rule)
        else:
            groups.append([rule])
    merged = []
    for group in groups:
        at = sum(rule.at for rule in group) / len(group)
        group.sort(key=lambda rule: rule.start)
        start, end = group[0].start, group[0].end
        for rule in group[1:]:
            if rule.start - end <= _REACH:
                end = max(end, rule.end)
            else:
                merged.append(Rule(at, start, end))
                start, end = rule.start, rule.end
        merged.append(Rule(at, start, end))
    return [rule for rule in merged if rule.end - rule.start >= _SMALLEST]


def _connected(horizontal: list[Rule], vertical: list[Rule]) -> list[tuple[list[Rule], list[Rule]]]:
    """Groups of rules that touch: the horizontal and the vertical ones of each."""
    parent = list(range(len(horizontal) + len(vertical)))

    def find(item: int) -> int:
        while parent[item] != item:
            parent[item] = parent[parent[item]]
            item = parent[item]
        return item

    heights = [rule.at for rule in horizontal]
    for index, column in enumerate(vertical, len(horizontal)):
        first = bisect_left(heights, column.start - _SNAP)
        for other in range(first, bisect_right(heights, column.end + _SNAP)):
            row = horizontal[other]
            if row.start - _SNAP <= column.at <= row.end + _SNAP:
                parent[find(index)] = find(other)
    groups: dict[int, tuple[list[Rule], list[Rule]]] = defaultdict(lambda: ([], []))
    for index, rule in enumerate(horizontal):
        groups[find(index)][0].append(rule)
    for index, rule in enumerate(vertical, len(horizontal)):
        groups[find(index)][1].append(rule)
    return [group for group in groups.values() if len(group[0]) >= 2 and group[1]]


def _positions(rules: list[Rule], low: float, high: float) -> list[float]:
    """Where the grid is cut; `low` and `high` are cuts too, when nothing is drawn near: open sides of a table."""
    cuts = [low]
    for at in [*sorted({rule.at for rule in rules}), high]:
        if at - cuts[-1] >= _SMALLEST:
            cuts.append(at)
        elif at == high and len(cuts) > 1:
            cuts[-1] = at
    return cuts


def _grid(rows: list[Rule], columns: list[Rule]) -> Table | None:
    """The table that connected rules draw; None for a frame around one thing, or lines that enclose nothing."""
    xs = _positions(
        columns,
        min(*(rule.start for rule in rows), columns[0].at),
        max(*(rule.end for rule in rows), columns[-1].at),
    )
    ys = _positions(
        rows,
        min(*(rule.start for rule in columns), rows[0].at),
        max(*(rule.end for rule in columns), rows[-1].at),
    )
    if not 2 <= (len(xs) - 1) * (len(ys) - 1) <= _MOST_SQUARES:
        return None
    owner = _merged_squares(xs, ys, rows, columns)
    table = Table(xs, ys, owner)
    return table if len(table.cells) > 1 else None


def _merged_squares(xs: list[float], ys: list[float], rows: list[Rule], columns: list[Rule]) -> list[list[int]]:
    """For each square of the grid the number of the area that it belongs to."""
    width, height = len(xs) - 1, len(ys) - 1
    owner = [[row * width + column for column in range(width)] for row in range(height)]
    walls = _covered(columns, xs[1:-1], ys)
    floors = _covered(rows, ys[1:-1], xs)
    # Merge along rows first, then areas of equal width downwards, so that areas stay rectangles where they can.
    for row in range(height):
        for column in range(1, width):
            if not walls[column - 1][row]:
                owner[row][column] = owner[row][column - 1]
    for row in range(1, height):
        column = 0
        while column < width:
            end = column + 1
            while end < width and owner[row][end] == owner[row][column]:
                end += 1
            above = {owner[row - 1][at] for at in range(column, end)}
            open_floor = not any(floors[row - 1][at] for at in range(column, end))
            if open_floor and len(above) == 1 and _same_extent(owner[row - 1], column, end):
                owner[row][column:end] = [above.pop()] * (end - column)
            column = end
    return owner


def _same_extent(owners: list[int], start: int, end: int) -> bool:
    number = owners[start]
    return (start == 0 or owners[start - 1] != number) and (end == len(owners) or owners[end] != number)


def _covered(rules: list[Rule], positions: list[float], cuts: list[float]) -> list[list[bool]]:
    """For each inner position, whether a rule runs there between each two neighbouring cuts."""
    result = []
    for position in positions:
        near = [rule for rule in rules if abs(rule.at - position) < _SMALLEST]
        middles = [(low + high) / 2 for low, high in pairwise(cuts)]
        result.append([any(rule.start <= middle <= rule.end for rule in near) for middle in middles])
    return result
