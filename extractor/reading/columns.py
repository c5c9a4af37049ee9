"""Columns of prose on a page: the empty strips between them, followed down the lines. Pure geometry, in points.

Each line is prepared once, so that following a strip costs one look-up a line: a page that is full of gaps (a table, a
list in columns) is followed from each of its lines and gaps.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence
from functools import cached_property
from itertools import accumulate
from statistics import median
from typing import NamedTuple

# Columns of prose: an empty strip of this many text heights …
_GUTTER = 0.8
# … over this many lines that have text on both sides.
GUTTER_LINES = 4


class Token(NamedTuple):
    """A word as painted. `unspaced`: no space stands before it, only the end of what was painted at once.

    `confidence` is that of text recognition, see `core.Word`.
    """

    x0: float
    y0: float
    x1: float
    y1: float
    text: str
    unspaced: bool = False
    confidence: float | None = None


Line = list[Token]


class Row:
    """A line, its words from left to right, prepared for looking at the part on either side of a strip.

    `separated` parts a line into pieces, each after a space or a tab.
    """

    def __init__(self, line: Line, separated: Callable[[Line], list[tuple[str, Token]]]) -> None:
        self.line = line
        self._separated = separated
        first = line[0]
        self.top, self.bottom, self.height = first.y0, first.y1, first.y1 - first.y0
        self.lefts = [token.x0 for token in line]
        self.reach = list(accumulate((token.x1 for token in line), max))
        """How far to the right each word and those before it reach."""

    @cached_property
    def gaps(self) -> list[tuple[float, float]]:
        """The gaps between words that are wide enough for a gutter."""
        return [
            (reach, token.x0)
            for reach, token in zip(self.reach, self.line[1:], strict=False)
            if token.x0 - reach > _GUTTER * (token.y1 - token.y0)
        ]

    def split(self, x: float) -> int:
        """How many words begin before `x`."""
        return bisect_left(self.lefts, x)

    @cached_property
    def _letters(self) -> list[int]:
        counts = (sum(character.isalnum() for character in token.text) for token in self.line)
        return [0, *accumulate(counts)]

    def letters(self, start: int, end: int) -> int:
        """The letters and digits in the words `[start, end)`."""
        return self._letters[end] - self._letters[start]

    @cached_property
    def _broken(self) -> dict[tuple[int, int], bool]:
        return {}

    def has_gap_or_label(self, start: int, end: int) -> bool:
        """Whether the words `[start, end)` begin with a label or have a wide gap between them."""
        key = start, end
        if key not in self._broken:
            part = self.line[start:end]
            labelled = any(":" in token.text or "：" in token.text for token in part[:3])
            self._broken[key] = labelled or any(before == "\t" for before, _ in self._separated(part))
        return self._broken[key]


def column_run(rows: Sequence[Row], start: int) -> tuple[int, float | None]:
    """Where columns of prose that begin at line `start` end, and the x that parts them; None if there are none."""
    best: tuple[int, float | None] = (start, None)
    for low, high in rows[start].gaps:
        end, gutter = _follow(rows, start, low, high)
        if end > best[0] and _is_prose(rows[start:end], gutter):
            best = (end, gutter)
    return best


def _follow(rows: Sequence[Row], start: int, low: float, high: float) -> tuple[int, float]:
    """Follow the empty strip `low`–`high` down the page, narrowing it, as far as it stays open."""
    end = last_both = start
    for index in range(start, len(rows)):
        row = rows[index]
        if index > start and row.top - rows[index - 1].bottom > 2.5 * row.height:
            break
        at = row.split((low + high) / 2)
        new_low = max(low, row.reach[at - 1]) if at else low
        new_high = min(high, row.lefts[at]) if at < len(row.lefts) else high
        if new_high - new_low < _GUTTER * row.height:
            break
        low, high = new_low, new_high
        if 0 < at < len(row.lefts):
            last_both = index
        end = index + 1
    gutter = (low + high) / 2
    return (_trimmed(rows, start, last_both, end, gutter) if end > last_both + 1 else end), gutter


class _Side(NamedTuple):
    """How far a column reached so far, and its last line there: bottom and right end."""

    left: float
    right: float
    bottom: float
    end: float


def _trimmed(rows: Sequence[Row], start: int, last_both: int, end: int, gutter: float) -> int:
    """The end of the run without lines on one side that do not go on with the column there.

    A line does where it or the line before it fills the column and no gap parts them.
    """
    sides: list[_Side | None] = [None, None]
    goes_on: list[bool] = []
    for index in range(start, end):
        row = rows[index]
        at = row.split(gutter)
        if index > last_both and (side := sides[at == 0]):
            close = row.top - side.bottom <= 0.8 * row.height
            filled = side.left + 0.85 * (side.right - side.left)
            goes_on.append(close and max(side.end, row.line[-1].x1) >= filled)
        for number, part in enumerate((row.line[:at], row.line[at:])):
            if part:
                before = sides[number]
                left, right = part[0].x0, part[-1].x1
                if before:
                    left, right = min(left, before.left), max(right, before.right)
                sides[number] = _Side(left, right, part[0].y1, part[-1].x1)
    while goes_on and not goes_on.pop():
        end -= 1
    return end


def _is_prose(rows: Sequence[Row], gutter: float) -> bool:
    """Both sides are filled with running text: not labels beside values, not two blocks of signatures."""
    splits = [(row, row.split(gutter)) for row in rows]
    if sum(0 < at < len(row.line) for row, at in splits) < GUTTER_LINES:
        return False
    sides = [(row, 0, at) for row, at in splits], [(row, at, len(row.line)) for row, at in splits]
    return all(_side_is_prose([part for part in side if part[1] < part[2]]) for side in sides)


def _side_is_prose(parts: Sequence[tuple[Row, int, int]]) -> bool:
    """Most lines run to the end of their column, without gaps, and few begin with a label."""
    ends = [(row.line[start].x0, row.line[end - 1].x1) for row, start, end in parts]
    width = max(right for _, right in ends) - min(left for left, _ in ends)
    if width <= 0:
        return False
    filled = median((right - left) / width for left, right in ends)
    if filled < 0.7 or median(row.letters(start, end) for row, start, end in parts) < 10:
        return False
    height = median(row.line[start].y1 - row.line[start].y0 for row, start, _ in parts)
    if width * filled < 12 * height:
        return False
    return sum(row.has_gap_or_label(start, end) for row, start, end in parts) <= 0.4 * len(parts)
