"""Which words of a page stand in which cell, and in what order tables and free text follow each other."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

from extractor.reading.columns import Token
from extractor.reading.tables.ruled_tables import Table

# How far the border of a table inside a cell may stick out of that cell, in points.
_SLACK = 3.0


class Region:
    """A page or a cell: words and the tables among them."""

    def __init__(self) -> None:
        self.tokens: list[Token] = []
        self.tables: list[FilledTable] = []

    @property
    def empty(self) -> bool:
        return not self.tokens and not self.tables

    def parts(self) -> list[list[Token] | FilledTable]:
        """Free words and tables in turn, from top to bottom."""
        if not self.tables:
            return [self.tokens] if self.tokens else []
        tables = sorted(self.tables, key=lambda table: (table.grid.y0, table.grid.x0))
        # A word beside a table goes before or after it, whichever is nearer.
        middles = [(table.grid.y0 + table.grid.y1) / 2 for table in tables]
        between: list[list[Token]] = [[] for _ in range(len(tables) + 1)]
        for token in self.tokens:
            between[bisect_right(middles, (token.y0 + token.y1) / 2)].append(token)
        parts: list[list[Token] | FilledTable] = []
        for free, table in zip(between, tables, strict=False):
            parts += [free, table] if free else [table]
        return [*parts, between[-1]] if between[-1] else parts


class FilledTable:
    """A table with the content of each of its cells."""

    def __init__(self, grid: Table) -> None:
        self.grid = grid
        self.contents = [Region() for _ in grid.cells]

    def region_at(self, x: float, y: float) -> Region | None:
        """The cell at a point; None outside the table."""
        index = self.grid.locate(x, y)
        return None if index is None else self.contents[index]


def share_out(tokens: Sequence[Token], tables: Sequence[Table]) -> Region:
    """The page as a region. A table that lies in another one's cell goes there; tables without words vanish."""
    page = Region()
    if not tables:
        page.tokens.extend(tokens)
        return page
    # The smallest first: a word belongs to the innermost table, a table to the smallest one around it.
    filled = [FilledTable(table) for table in sorted(tables, key=_area)]
    for token in tokens:
        _innermost(filled, (token.x0 + token.x1) / 2, (token.y0 + token.y1) / 2, page).tokens.append(token)
    for index, table in enumerate(filled):
        if all(content.empty for content in table.contents):
            continue
        around = [other for other in filled[index + 1 :] if _inside(table.grid, other.grid)]
        grid = table.grid
        _innermost(around, (grid.x0 + grid.x1) / 2, (grid.y0 + grid.y1) / 2, page).tables.append(table)
    return page


def _innermost(tables: Sequence[FilledTable], x: float, y: float, page: Region) -> Region:
    for table in tables:
        region = table.region_at(x, y)
        if region is not None:
            return region
    return page


def _area(table: Table) -> float:
    return (table.x1 - table.x0) * (table.y1 - table.y0)


def _inside(inner: Table, outer: Table) -> bool:
    return (
        inner.x0 >= outer.x0 - _SLACK
        and inner.x1 <= outer.x1 + _SLACK
        and inner.y0 >= outer.y0 - _SLACK
        and inner.y1 <= outer.y1 + _SLACK
    )
