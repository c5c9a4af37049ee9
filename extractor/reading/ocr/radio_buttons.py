"""Round check boxes and bullets in the pixels of a page: rings that stand by themselves, and what was put into them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from extractor.reading.ocr.engines.base import Piece, overlap
from extractor.reading.ocr.pixel_checkboxes import Found, around

# In points: the diameter, how far a stroke may waver, and where outside of it the paper must be white.
_SMALLEST, _LARGEST = 6.8, 17.0
_WAVER = 0.36
_CLEAR = (1.4, 2.2, 3.0)
# Of the directions around the middle: how many must meet the ring, how many may meet something outside of it, …
_RING = 0.9
_OUTSIDE = 0.13
# … and within it: in an empty one, in a ticked one; close to it: in a circled number.
_EMPTY, _TICKED, _NUMBER = 0.1, 0.4, 0.04
# Ticks are looked for in a square in the middle, of this many radiuses, and take this share of it.
_SQUARE = 0.88
_TICK_INK = 0.10
# A page with more circles than this is a pattern.
_MOST = 400
# … and with more points to look at closely it is a picture: forms and contracts have a tenth of them.
_MOST_POINTS = 500_000
# An engine that is this sure of a syllable saw one.
_SURE = 0.6


def find_circles(ink: Any, scale: float) -> list[Found]:
    """The circles of a page, from top to bottom. `ink` is rows × columns of bool, without ruled lines.

    Choices come in sets: something in a circle is a tick only in one row with an empty one, or in one column with an
    empty one and not among circled numbers (①).
    """
    near = around(ink, max(round(_WAVER * scale), 1))
    coarse = _halved(around(near, 1))
    area = np.cumsum(np.cumsum(np.pad(ink, ((1, 0), (1, 0))), axis=0, dtype=np.int32), axis=1)
    candidates: list[tuple[Found, str]] = []
    points = 0
    for diameter in range(round(_LARGEST * scale), round(_SMALLEST * scale) - 1, -1):
        radius = diameter / 2
        rough = _crossed(coarse, radius)
        points += len(rough)
        if points > _MOST_POINTS:
            return []
        middles = _clear(ink, _rings(near, rough, radius), radius, scale)
        for (y, x), kind in zip(middles.tolist(), _kinds(ink, area, middles, radius), strict=True):
            if not kind or any(box.x0 < x / scale < box.x1 and box.y0 < y / scale < box.y1 for box, _ in candidates):
                continue
            x0, y0, x1, y1 = ((at + sign * radius) / scale for sign in (-1, 1) for at in (x, y))
            candidates.append((Found(x0, y0, x1, y1, kind != "empty", round=True), kind))
            if len(candidates) > _MOST:
                return []
    boxes = [box for box, _ in candidates if not box.ticked or _is_choice(box, candidates)]
    return sorted(boxes, key=lambda box: (box.y0, box.x0))


def _kinds(ink: Any, area: Any, middles: Any, radius: float) -> list[str]:
    """What each ring is: empty, ticked (filled, or crossed by strokes that reach it), a number, or none ("")."""
    within = _met(ink, middles, 0.7 * radius)
    empty = np.where(within <= _EMPTY, "empty", "")
    crossed = np.where(_met(ink, middles, 0.82 * radius) > _NUMBER, "ticked", "number")
    full = np.where(_met(ink, middles, 0.4 * radius) > 0.9, "ticked", np.where(within > _TICKED, "", crossed))
    kinds: list[str] = np.where(_has_ink(area, middles, radius), full, empty).tolist()
    return kinds


def _is_choice(box: Found, candidates: Sequence[tuple[Found, str]]) -> bool:
    side = box.x1 - box.x0
    alike = [(other, kind) for other, kind in candidates if abs(other.x1 - other.x0 - side) < 0.15 * side]
    if any(kind == "empty" and abs(other.y0 - box.y0) < side for other, kind in alike):
        return True
    column = [kind for other, kind in alike if abs(other.x0 - box.x0) < side / 2]
    return "empty" in column and column.count("number") < column.count("ticked")


def settle(circles: Sequence[Found], pieces: Sequence[Piece], scale: float) -> tuple[list[Found], list[Piece]]:
    """Which circles are none but part of a letter, by what an engine read there; and the pieces that are no circles."""
    kept, left = [], list(pieces)
    for circle in circles:
        x0, y0, x1, y1 = (edge * scale for edge in circle[:4])
        box = Piece(x0, y0, x1, y1, "", 0.0, 0)
        there = [piece for piece in left if overlap(box, piece) > 0.2 or overlap(piece, box) > 0.2]
        if not any(_is_text(piece, box) for piece in there):
            kept.append(circle)
            left = [piece for piece in left if piece not in there]
    return kept, left


def _is_text(piece: Piece, circle: Piece) -> bool:
    """Whether an engine read more than a circle and what is in it: a syllable, or a word that goes on beside it."""
    if piece.confidence >= _SURE and any("가" <= letter <= "힣" for letter in piece.text):
        return True
    return len(piece.text) > 2 and overlap(piece, circle) < 0.5


def _halved(ink: Any) -> Any:
    even = ink[: ink.shape[0] // 2 * 2, : ink.shape[1] // 2 * 2]
    return even[::2, ::2] | even[1::2, ::2] | even[::2, 1::2] | even[1::2, 1::2]


_ANGLES = np.arange(32) * (2 * np.pi / 32)
_SIN, _COS = np.sin(_ANGLES), np.cos(_ANGLES)


def _crossed(coarse: Any, radius: float) -> Any:
    """Middles (n × row, column) of what meets ink on eight sides, at half the size."""
    reach = round(radius / 2)
    height, width = coarse.shape[0] - 2 * reach, coarse.shape[1] - 2 * reach
    if height <= 0 or width <= 0:
        return np.zeros((0, 2), np.int64)
    met = np.ones((height, width), bool)
    for sin, cos in zip(_SIN[::4], _COS[::4], strict=True):
        y, x = reach + round(radius / 2 * sin), reach + round(radius / 2 * cos)
        met &= coarse[min(y, 2 * reach) :, min(x, 2 * reach) :][:height, :width]
    return np.argwhere(met) + reach


def _rings(near: Any, rough: Any, radius: float) -> Any:
    """The middles (n × row, column) near `rough` ones that are rings at full size."""
    middles = np.concatenate([2 * rough + step for step in ((0, 0), (0, 1), (1, 0), (1, 1))])
    parts = [middles[start : start + 10_000] for start in range(0, len(middles), 10_000)]
    return np.concatenate([part[_met(near, part, radius) >= _RING] for part in parts] or [middles])


def _clear(ink: Any, middles: Any, radius: float, scale: float) -> Any:
    """Those of the middles around whose rings the paper is white."""
    for clear in _CLEAR:
        middles = middles[_met(ink, middles, radius + clear * scale) <= _OUTSIDE]
    return middles[~_has_corners(ink, middles, radius)]


def _met(ink: Any, middles: Any, radius: float) -> Any:
    """For each middle the share of directions in which ink stands `radius` from it."""
    return _around(ink, middles, radius, slice(None)).mean(axis=1)


def _around(ink: Any, middles: Any, radius: float, directions: slice) -> Any:
    """Ink `radius` from each middle, n × directions."""
    rows = np.rint(middles[:, :1] + radius * _SIN[directions]).astype(np.int64)
    columns = np.rint(middles[:, 1:] + radius * _COS[directions]).astype(np.int64)
    return ink[np.clip(rows, 0, ink.shape[0] - 1), np.clip(columns, 0, ink.shape[1] - 1)]


def _has_corners(ink: Any, middles: Any, radius: float) -> Any:
    """Whether ink stands where a square around each ring has its corners: on more than one side it is no tick."""
    corners = np.zeros((len(middles), 4), bool)
    for reach in np.arange(1.15, 1.5, 0.05) * radius:
        corners |= _around(ink, middles, reach, slice(4, None, 8))
    return corners.sum(axis=1) > 1


def _has_ink(area: Any, middles: Any, radius: float) -> Any:
    half = max(round(_SQUARE * radius / 2), 1)
    y0, x0 = middles[:, 0] - half, middles[:, 1] - half
    y1, x1 = y0 + 2 * half + 1, x0 + 2 * half + 1
    counted = area[y1, x1] - area[y0, x1] - area[y1, x0] + area[y0, x0]
    return counted > _TICK_INK * (2 * half + 1) ** 2
