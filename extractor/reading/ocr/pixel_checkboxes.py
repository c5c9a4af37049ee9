"""Check boxes in the pixels of a page: square frames, and whether something was put into them.

Frames are searched, not connected pieces of ink: a tick that leaves its frame is one piece with it.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

# In points: the side of a frame.
_SMALLEST, _LARGEST = 7.0, 17.0
# How much of each side must be inked, and how much of the inside counts as a tick.
_SIDE_INK = 0.93
_INSIDE = 0.56
_TICK_INK = 0.10
# A box with more ink inside is filled.
_FILLED = 0.8
# Strokes of so many points on every side around an empty middle may be the ㅁ of a heading: it is where the rest of
# its syllable stands by it. They are looked for so far outside and inside of the frame.
_BOLD = 1.5
_BAND = (0.7, 2.5)
_MIDDLE = 0.3
# A stroke of a letter is at least so many points wide.
_STROKE = 1.0
# A frame full of ink is a black square, not a box; its surroundings must be paper.
_MOST = 200
# A page with more pixels where a frame may start is a picture or a pattern.
_MOST_CORNERS = 400_000


class Found(NamedTuple):
    """A box in points."""

    x0: float
    y0: float
    x1: float
    y1: float
    ticked: bool
    round: bool = False


def find_boxes(ink: Any, scale: float, filled: bool = True) -> list[Found]:
    """The check boxes of a page, from top to bottom. `ink` is rows × columns of bool. `filled` ones are not told from
    syllables where print is smeared."""
    smallest, largest = round(_SMALLEST * scale), round(_LARGEST * scale)
    reach = max(round(0.5 * scale), 1)
    across = near(ink, reach, 0)
    down = near(ink, reach, 1)
    rows = np.cumsum(np.pad(across, ((0, 0), (1, 0))), axis=1, dtype=np.int32)
    columns = np.cumsum(np.pad(down, ((1, 0), (0, 0))), axis=0, dtype=np.int32)
    area = np.cumsum(np.cumsum(np.pad(ink, ((1, 0), (1, 0))), axis=0, dtype=np.int32), axis=1)
    corners = _corners(rows, columns, smallest, largest)
    if len(corners[0]) > _MOST_CORNERS:
        return []
    candidates: list[tuple[int, int, int, str]] = []
    for side in range(largest, smallest - 1, -1):
        for y, x, kind in _boxes(area, _frames(rows, columns, ink.shape, side, corners), side, scale, filled):
            if not any(abs(x - ox) < other and abs(y - oy) < other for oy, ox, other, _ in candidates):
                candidates.append((y, x, side, kind))
                if len(candidates) > _MOST:
                    return []
    boxes = (
        Found(x / scale, y / scale, (x + side) / scale, (y + side) / scale, kind == "ticked")
        for y, x, side, kind in candidates
        if kind != "letter"
    )
    return sorted(boxes, key=lambda box: (box.y0, box.x0))


def near(ink: Any, reach: int, axis: int) -> Any:
    """Ink, or ink just above or below (`axis` 0), left or right (1): sides drawn by hand or scanned waver."""
    grown = ink.copy()
    for step in range(1, reach + 1):
        if axis == 0:
            grown[step:] |= ink[:-step]
            grown[:-step] |= ink[step:]
        else:
            grown[:, step:] |= ink[:, :-step]
            grown[:, :-step] |= ink[:, step:]
    return grown


def around(ink: Any, reach: int) -> Any:
    """Ink, or ink up to `reach` pixels above, below, left or right of it."""
    return near(ink, reach, 0) | near(ink, reach, 1)


def _corners(rows: Any, columns: Any, smallest: int, largest: int) -> tuple[Any, Any]:
    """Rows and columns of pixels that may be the top left corner of a frame: the first `smallest` pixels of a side
    hold at least as much ink as when all that a side of `largest` may lack is missing there."""
    least = smallest - (1 - _SIDE_INK) * largest
    height, width = rows.shape[0] - smallest, columns.shape[1] - smallest
    if height <= 0 or width <= 0:
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    across = (rows[:height, smallest:] - rows[:height, :-smallest])[:, :width] >= least
    across &= (columns[smallest:, :width] - columns[:-smallest, :width])[:height] >= least
    corners = np.nonzero(across)
    return corners[0], corners[1]


def _frames(rows: Any, columns: Any, shape: tuple[int, int], side: int, corners: tuple[Any, Any]) -> tuple[Any, Any]:
    """Those of the corners (row, column) at which a square of `side` pixels starts whose four sides are inked."""
    y, x = corners
    inside = (y < shape[0] - side) & (x < shape[1] - side)
    y, x = y[inside], x[inside]
    for sums, (down, right), (more_down, more_right) in (
        (rows, (0, 0), (0, side)),
        (columns, (0, 0), (side, 0)),
        (rows, (side, 0), (0, side)),
        (columns, (0, side), (side, 0)),
    ):
        inked = sums[y + down + more_down, x + right + more_right] - sums[y + down, x + right] >= _SIDE_INK * side
        y, x = y[inked], x[inked]
    return y, x


def _boxes(area: Any, frames: tuple[Any, Any], side: int, scale: float, filled: bool) -> list[tuple[int, int, str]]:
    """The frames (row, column, "ticked" or "empty") that stand by themselves, and those that are a "letter"."""
    y, x = frames
    inside = _inside_ink(area, y, x, side)
    bold = _is_bold(area, y, x, side, scale)
    ticked = (inside > _TICK_INK) & ~bold
    good = _stand_alone(area, y, x, side, scale) & (_sides_inked(area, y, x, side, scale) <= ticked)
    if not filled:
        good &= inside < _FILLED
    letter = bold & _is_in_syllable(area, y, x, side, scale)
    kinds = np.where(letter, "letter", np.where(ticked, "ticked", "empty"))
    good |= letter
    return list(zip(y[good].tolist(), x[good].tolist(), kinds[good].tolist(), strict=True))


def _count(area: Any, y0: Any, x0: Any, y1: Any, x1: Any) -> Any:
    """The ink in rectangles, one for each row and column given."""
    bottom, right = area.shape[0] - 1, area.shape[1] - 1
    y0, y1 = np.clip(y0, 0, bottom), np.clip(y1, 0, bottom)
    x0, x1 = np.clip(x0, 0, right), np.clip(x1, 0, right)
    return area[y1, x1] - area[y0, x1] - area[y1, x0] + area[y0, x0]


def _stand_alone(area: Any, y: Any, x: Any, side: int, scale: float) -> Any:
    """Whether the sides end at the corners: those of a table or of a row of digit squares go on."""
    gap, long = max(round(1.5 * scale), 2), max(round(2.5 * scale), 3)
    corners = (
        (y - 1, x - gap - long, y + 2, x - gap),
        (y - 1, x + side + gap, y + 2, x + side + gap + long),
        (y + side - 1, x - gap - long, y + side + 2, x - gap),
        (y + side - 1, x + side + gap, y + side + 2, x + side + gap + long),
        (y - gap - long, x - 1, y - gap, x + 2),
        (y + side + gap, x - 1, y + side + gap + long, x + 2),
        (y - gap - long, x + side - 1, y - gap, x + side + 2),
        (y + side + gap, x + side - 1, y + side + gap + long, x + side + 2),
    )
    going_on = sum((_count(area, *corner) >= 0.9 * long).astype(np.int8) for corner in corners)
    return going_on < 2


def _sides_inked(area: Any, y: Any, x: Any, side: int, scale: float) -> Any:
    """On how many sides something stands close to the frame. A tick may leave it on one; ㅁ of 마 is no box."""
    gap, wide = max(round(0.7 * scale), 1), max(round(1.2 * scale), 2)
    strips = (
        (y - gap - wide, x, y - gap, x + side),
        (y + side + gap + 1, x, y + side + gap + wide + 1, x + side),
        (y, x - gap - wide, y + side, x - gap),
        (y, x + side + gap + 1, y + side, x + side + gap + wide + 1),
    )
    return sum((_count(area, *strip) > 0.12 * wide * side).astype(np.int8) for strip in strips)


def _is_bold(area: Any, y: Any, x: Any, side: int, scale: float) -> Any:
    """Whether all four sides of each frame are thick strokes around an empty middle."""
    out, within = (round(reach * scale) for reach in _BAND)
    start, stop = side // 4, side - side // 4
    bands = (
        (y - out, x + start, y + within, x + stop),
        (y + side - within, x + start, y + side + out, x + stop),
        (y + start, x - out, y + stop, x + within),
        (y + start, x + side - within, y + stop, x + side + out),
    )
    bold = [_count(area, *band) >= _BOLD * scale * (stop - start) for band in bands]
    return np.logical_and.reduce(bold) & (_inside_ink(area, y, x, side, _MIDDLE) < _TICK_INK)


def _is_in_syllable(area: Any, y: Any, x: Any, side: int, scale: float) -> Any:
    """Whether the rest of a syllable stands by each frame: a vowel on its right that is taller than it, or something
    close above or below that is no ruled line. A label is about as tall as its box, and has a line to itself."""
    near, far = round(0.12 * side), round(0.5 * side)
    least = 0.6 * (far - near) * _STROKE * scale
    beyond = round(0.2 * side)
    beside = (x + side + near, x + side + round(0.75 * side))
    vowel = (_count(area, y - far, beside[0], y - beyond, beside[1]) >= least) | (
        _count(area, y + side + beyond, beside[0], y + side + far, beside[1]) >= least
    )
    return (
        vowel
        | _has_stroke(area, y - far, y - near, x, side, least)
        | _has_stroke(area, y + side + near, y + side + far, x, side, least)
    )


def _has_stroke(area: Any, y0: Any, y1: Any, x: Any, side: int, least: float) -> Any:
    """Whether rows of ink above or below a frame hold something that does not go on on both sides, as rules do."""
    here = _count(area, y0, x, y1, x + side)
    left, right = _count(area, y0, x - 2 * side, y1, x - side), _count(area, y0, x + 2 * side, y1, x + 3 * side)
    return (here >= least) & ~((left >= here / 2) & (right >= here / 2))


def _inside_ink(area: Any, y: Any, x: Any, side: int, share: float = _INSIDE) -> Any:
    """The share of ink in the middle of each frame, `share` of its side wide."""
    margin = round(side * (1 - share) / 2)
    inside = side - 2 * margin
    return _count(area, y + margin, x + margin, y + margin + inside, x + margin + inside) / (inside * inside)
