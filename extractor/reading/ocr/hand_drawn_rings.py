"""Rings around words in the pixels of a page: choices ringed by hand, and seals, whose rings hinder recognition."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from extractor.reading.columns import Token

# In points: width and height of a ring, the gap that a pen may leave, its thickest stroke.
_NARROWEST, _WIDEST = 13.0, 150.0
_LOWEST, _HIGHEST = 12.5, 42.0
_GAP = 1.0
_STROKE = 3.5
# An ellipse fills π/4 of the rectangle around it, a cell of a table all of it; hands draw something between.
_LEAST_FILLED, _MOST_FILLED = 0.6, 0.92
# The share of a corner that is enclosed, and of the inside that is ink: the word.
_CORNER = 0.35
_LEAST_INK, _MOST_INK = 0.03, 0.6
# How far the hole between the stroke and the word reaches, of the ring's width and height.
_HOLE = 0.6
# Seals are as high as wide, and at least this large.
_SEAL = 20.0
# A page with more closed shapes than this is a drawing.
_MOST = 5000
# … and so is one whose shapes of the size of a ring cover more than this share of it: words do not overlap each other.
_MOST_AREA = 1.0


class Ring(NamedTuple):
    """The rectangle around a ring, in points."""

    x0: float
    y0: float
    x1: float
    y1: float


def find_rings(ink: Any, scale: float) -> tuple[list[Ring], Any]:
    """The rings of a page and the mask of their strokes. `ink` is rows × columns of bool, without ruled lines."""
    from scipy import ndimage

    closed = ndimage.binary_dilation(ink, iterations=max(round(_GAP * scale / 2), 1))
    shapes, count = ndimage.label(closed, np.ones((3, 3)))
    strokes = np.zeros_like(ink)
    if count > _MOST:
        return [], strokes
    fitting = [(number, box) for number, box in enumerate(ndimage.find_objects(shapes), 1) if _fits(box, scale)]
    if sum(_size(box) for _, box in fitting) > _MOST_AREA * ink.size:
        return [], strokes
    rings = []
    for number, box in fitting:
        shape = shapes[box] == number
        filled = ndimage.binary_fill_holes(shape)
        if not _is_round(filled) or not _is_open(filled & ~shape):
            continue
        inside = _inside(ink[box], filled, round(_STROKE * scale))
        if _LEAST_INK <= (ink[box] & inside).sum() / max(inside.sum(), 1) <= _MOST_INK:
            rings.append(Ring(*(edge / scale for edge in _edges(box))))
            strokes[box] |= ink[box] & filled & ~inside
    return rings, strokes


def _fits(box: tuple[slice, slice], scale: float) -> bool:
    height, width = (side.stop - side.start for side in box)
    return bool(_LOWEST * scale <= height <= _HIGHEST * scale and _NARROWEST * scale <= width <= _WIDEST * scale)


def _size(box: tuple[slice, slice]) -> int:
    rows, columns = box
    return int((rows.stop - rows.start) * (columns.stop - columns.start))


def _inside(ink: Any, filled: Any, thickest: int) -> Any:
    """What lies behind the stroke: as deep as most of the ring is ink."""
    from scipy import ndimage

    depth = np.ceil(ndimage.distance_transform_edt(filled)).astype(np.int64)
    there = np.bincount(depth[filled])
    inked = np.bincount(depth[ink & filled], minlength=len(there)) / np.maximum(there, 1)
    stroke = max(np.flatnonzero(inked[: thickest + 1] > 0.5), default=thickest)
    return depth > stroke + 2


def _edges(box: tuple[slice, slice]) -> tuple[int, int, int, int]:
    rows, columns = box
    return columns.start, rows.start, columns.stop, rows.stop


def _is_round(filled: Any) -> bool:
    height, width = filled.shape
    if not _LEAST_FILLED <= filled.mean() <= _MOST_FILLED:
        return False
    y, x = max(height // 6, 1), max(width // 8, 1)
    corners = (filled[:y, :x], filled[:y, -x:], filled[-y:, :x], filled[-y:, -x:])
    return all(corner.mean() <= _CORNER for corner in corners)


def _is_open(holes: Any) -> bool:
    """Whether one hole reaches through most of the ring, around the word: those of letters are small."""
    from scipy import ndimage

    height, width = holes.shape
    return any(
        rows.stop - rows.start >= _HOLE * height and columns.stop - columns.start >= _HOLE * width
        for rows, columns in ndimage.find_objects(ndimage.label(holes)[0])
    )


def marked(tokens: Sequence[Token], rings: Sequence[Ring]) -> list[Token]:
    """The tokens, with ☑ before the first word in each ring that is no seal."""
    ticked = []
    for ring in rings:
        words = [token for token in tokens if _holds(ring, token)] if not _is_seal(ring) else []
        if words:
            ticked.append(min(words, key=lambda token: (round(token.y0 / 8), token.x0)))
    return [token._replace(text="☑" + token.text) if token in ticked else token for token in tokens]


def _is_seal(ring: Ring) -> bool:
    width, height = ring.x1 - ring.x0, ring.y1 - ring.y0
    return min(width, height) >= _SEAL and max(width, height) <= 1.2 * min(width, height)


def _holds(ring: Ring, token: Token) -> bool:
    x, y = (token.x0 + token.x1) / 2, (token.y0 + token.y1) / 2
    return ring.x0 <= x <= ring.x1 and ring.y0 <= y <= ring.y1
