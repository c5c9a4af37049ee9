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
# A line of prose has this many letters and digits, most lines have neither a gap nor a label.
_LEAST_LETTERS = 10
_MOST_BROKEN = 0.4


class Token(NamedTuple):
    """A word as painted. `unspaced`: no space stands before it, only the end of what was painted at once.

    `confidence` is that of text recognition, see `core.documents.Word`.
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


class Columns:
    """The lines of a page, asked from top to bottom where columns of prose begin.

    Strips followed from neighbouring lines soon are the same strip, and so are the lines on either side of it: both
    are looked at once.
    """

    def __init__(self, rows: Sequence[Row]) -> None:
        self.rows = rows
        self._followed: dict[tuple[int, float, float], _Followed] = {}
        self._parted: dict[tuple[int, float], _Parted] = {}
        self._reached: dict[tuple[int, float], tuple[int, list[list[_Side | None]]]] = {}

    def run(self, start: int) -> tuple[int, float | None]:
        """Where columns of prose that begin at line `start` end, and the x that parts them; None if there are none."""
        best: tuple[int, float | None] = (start, None)
        for low, high in self.rows[start].gaps:
            end, gutter = self._follow(start, low, high)
            if end > best[0] and self._may_be_prose(start, end, gutter) and _is_prose(self.rows[start:end], gutter):
                best = (end, gutter)
        return best

    def _follow(self, start: int, low: float, high: float) -> tuple[int, float]:
        """Follow the empty strip `low`–`high` down the page, narrowing it, as far as it stays open."""
        passed: list[tuple[tuple[int, float, float], bool]] = []
        index = start
        while True:
            key = index, low, high
            if index > start and (followed := self._followed.get(key)):
                break
            narrowed = self._narrowed(index, low, high, first=index == start)
            if narrowed is None:
                followed = _Followed(index, -1, low, high)
                break
            low, high, on_both = narrowed
            passed.append((key, on_both))
            index += 1
        for key, on_both in reversed(passed):
            if on_both and followed.last_both < 0:
                followed = followed._replace(last_both=key[0])
            if key[0] > start:
                self._followed[key] = followed
        gutter, last_both = (followed.low + followed.high) / 2, max(followed.last_both, start)
        if followed.end > last_both + 1:
            return self._trimmed(start, last_both, followed.end, gutter), gutter
        return followed.end, gutter

    def _trimmed(self, start: int, last_both: int, end: int, gutter: float) -> int:
        """The end of the run without lines on one side that do not go on with the column there."""
        key = last_both, gutter
        first, reached = self._reached.get(key, (start + 1, []))
        if first > start:
            first, reached = self._reached[key] = start, _reached(self.rows, start, last_both, gutter)
        return _trimmed(self.rows, reached[start - first], last_both, end, gutter)

    def _narrowed(self, index: int, low: float, high: float, first: bool) -> tuple[float, float, bool] | None:
        """The strip behind line `index` and whether that has words on both sides; None where the strip ends."""
        if index == len(self.rows):
            return None
        row = self.rows[index]
        if not first and row.top - self.rows[index - 1].bottom > 2.5 * row.height:
            return None
        at = row.split((low + high) / 2)
        low = max(low, row.reach[at - 1]) if at else low
        high = min(high, row.lefts[at]) if at < len(row.lefts) else high
        return None if high - low < _GUTTER * row.height else (low, high, 0 < at < len(row.lefts))

    def _may_be_prose(self, start: int, end: int, gutter: float) -> bool:
        """False where counting alone shows that `_is_prose` is false."""
        key = end, gutter
        parted = self._parted.get(key)
        if parted is None or parted.start > start:
            parted = self._parted[key] = _Parted(self.rows, start, end, gutter)
        return parted.may_be_prose(start)


class _Followed(NamedTuple):
    """Where a strip ends, the last line with words on both of its sides (-1: none), and its edges there."""

    end: int
    last_both: int
    low: float
    high: float


class _Parted:
    """For the lines from `start` to the end of a strip: what is counted from each of them to that end."""

    def __init__(self, rows: Sequence[Row], start: int, end: int, gutter: float) -> None:
        self.start = start
        both, lines, broken, full = [0], ([0], [0]), ([0], [0]), ([0], [0])
        for row in reversed(rows[start:end]):
            at, count = row.split(gutter), len(row.line)
            both.append(both[-1] + (0 < at < count))
            for side, (first, last) in enumerate(((0, at), (at, count))):
                there = first < last
                lines[side].append(lines[side][-1] + there)
                broken[side].append(broken[side][-1] + (there and row.has_gap_or_label(first, last)))
                full[side].append(full[side][-1] + (there and row.letters(first, last) >= _LEAST_LETTERS))
        self._counts = [column[::-1] for column in (both, *lines, *broken, *full)]

    def may_be_prose(self, start: int) -> bool:
        both, left, right, left_broken, right_broken, left_full, right_full = (
            column[start - self.start] for column in self._counts
        )
        return (
            both >= GUTTER_LINES
            and left_broken <= _MOST_BROKEN * left
            and right_broken <= _MOST_BROKEN * right
            and 2 * left_full >= left  # else the middle line has fewer letters
            and 2 * right_full >= right
        )


class _Side(NamedTuple):
    """How far a column reached so far, and its last line there: bottom and right end."""

    left: float
    right: float
    bottom: float
    end: float


def _reached(rows: Sequence[Row], start: int, last: int, gutter: float) -> list[list[_Side | None]]:
    """For each line from `start` on how far both columns reach from there to line `last`."""
    sides: list[_Side | None] = [None, None]
    sides_by_row = []
    for row in reversed(rows[start : last + 1]):
        sides = [_joined(row, side, after, gutter) for side, after in enumerate(sides)]
        sides_by_row.append(sides)
    return sides_by_row[::-1]


def _joined(row: Row, side: int, after: _Side | None, gutter: float) -> _Side | None:
    """What a line has on a side, together with the lines after it there."""
    at = row.split(gutter)
    part = row.line[at:] if side else row.line[:at]
    if not part:
        return after
    left, right = part[0].x0, part[-1].x1
    if after is None:
        return _Side(left, right, part[0].y1, right)
    return after._replace(left=min(left, after.left), right=max(right, after.right))


def _trimmed(rows: Sequence[Row], reached: Sequence[_Side | None], last_both: int, end: int, gutter: float) -> int:
    """See `Columns._trimmed`. A line goes on where it or the line before it fills the column and no gap parts them."""
    sides = list(reached)
    goes_on: list[bool] = []
    for row in rows[last_both + 1 : end]:
        number = int(row.split(gutter) == 0)
        first, last = row.line[0], row.line[-1]
        side = sides[number]
        if side is None:
            side = _Side(first.x0, last.x1, first.y1, last.x1)
        close = row.top - side.bottom <= 0.8 * row.height
        goes_on.append(close and max(side.end, last.x1) >= side.left + 0.85 * (side.right - side.left))
        sides[number] = _Side(min(first.x0, side.left), max(last.x1, side.right), first.y1, last.x1)
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
    if filled < 0.7 or median(row.letters(start, end) for row, start, end in parts) < _LEAST_LETTERS:
        return False
    height = median(row.line[start].y1 - row.line[start].y0 for row, start, _ in parts)
    if width * filled < 12 * height:
        return False
    return sum(row.has_gap_or_label(start, end) for row, start, end in parts) <= _MOST_BROKEN * len(parts)
