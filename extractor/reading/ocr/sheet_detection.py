"""The sheet of paper on a photograph: where its four sides run (document detection).

Sides are straight steps from bright paper to something darker. They are looked for in a small copy of the picture from
which all print is taken away (grey closing), by a Hough transform whose lines know on which side of them it is bright.
Where a sheet leaves the picture, the picture's own border is its side.
"""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
from PIL import Image

from extractor.reading.ocr.perspective import Sheet, area, paper_size

# The small copy's longest side in pixels: print of 10 points is 8 high there, and a corner is found to a point.
_LOOKED_AT = 600
# Print is narrower than this in the small copy.
_PRINT = 7
# A step of fewer grey levels is grain; the steps with the largest differences vote, at most so many.
_STEP = 5.0
_VOTERS = 30_000
# A gradient that is plainly an edge: a steeper one says no more.
_PLAIN = 40.0
# How many degrees the normals of one side may differ from it: sheets lie at any angle, seen aslant.
_FAMILY = 55
# The lines kept for each of the four sides, the weight of edges that makes one, and how far from it they lie.
_LINES = 8
_LEAST_VOTES = 100.0
_APART = 3.5
# How many degrees a gradient's direction may be off.
_VAGUE = 5
# Of a sheet: its least share of the picture, of each side that is seen as a step, and of all sides together.
_LEAST_AREA = 0.1
_LEAST_SIDE, _LEAST_SIDES = 0.5, 0.7
# What a side along the picture's border counts, where it shows paper: a picture of four such sides is no sheet.
_BORDER = 0.65
_WHOLE = 0.8
# A sheet that fills this share of the picture is the picture.
_ALL = 0.97
# Samples along a side, a few to choose some figures and more to choose one; how far in and out they are taken.
_ROUGH, _CHOSEN, _SAMPLES = 12, 200, 64
_BESIDE = 4.0
# A page is cut out this much smaller than its paper: a sliver of table along an edge would be taken for a line.
_WITHIN = 0.994


def find_sheet(picture: Image.Image) -> Sheet | None:
    """The largest sheet that lies in `picture` (any mode); None where the picture shows nothing but the page."""
    factor = _LOOKED_AT / max(picture.size)
    size = (max(round(picture.width * factor), 1), max(round(picture.height * factor), 1))
    if min(size) < 60 or min(picture.size) < 60:
        return None
    small = _whiteness(picture).resize(size, Image.Resampling.BOX)
    levels = _without_print(small)
    sides = _sides(levels)
    quads = _quads(sides, size)
    if not len(quads):
        return None
    rough = _scores(levels, quads, _ROUGH)
    chosen = quads[np.argsort(rough)[-_CHOSEN:]]
    scores = _scores(levels, chosen, _SAMPLES)
    if scores.max() <= 0:
        return None
    best = chosen[int(np.argmax(scores))]
    corners = _refined(levels, best)
    width, height = size
    if area(np.clip(corners, 0, (width, height))) > _ALL * width * height:
        return None
    shares = corners / np.array([width, height])
    shares = shares.mean(axis=0) + (shares - shares.mean(axis=0)) * _WITHIN
    across, down = paper_size(corners, (width / 2, height / 2))
    return Sheet(shares, across, down, _is_another(quads[rough > 0], best))


def _is_another(quads: Any, sheet: Any) -> bool:
    """Whether one of the figures lies beside the sheet."""
    apart = np.abs(quads.mean(axis=1) - sheet.mean(axis=0))
    extent = sheet.max(axis=0) - sheet.min(axis=0)
    return bool((apart > 0.55 * extent).any())


def _whiteness(picture: Image.Image) -> Image.Image:
    """The least of red, green and blue: paper is bright in all of them, wood and skin are not."""
    if picture.mode != "RGB":
        return picture.convert("L")
    factor = max(max(picture.size) // (2 * _LOOKED_AT), 1)
    pixels = np.asarray(picture.reduce(factor) if factor > 1 else picture)
    return Image.fromarray(pixels.min(axis=2))


def _without_print(small: Image.Image) -> Any:
    """Grey closing: what is darker and narrower than print goes away; paper, table and the step between them stay."""
    from scipy import ndimage

    closed = ndimage.minimum_filter(ndimage.maximum_filter(np.asarray(small), _PRINT), _PRINT)
    return ndimage.gaussian_filter(closed.astype(np.float32), 1.2)


def _sides(levels: Any) -> list[Any]:
    """Lines that may be the left, top, right and bottom side: n × 2 of the angle (degrees) of the normal that points
    to the bright side, and the distance from the origin along it."""
    down, across = np.gradient(levels)
    strength = np.hypot(across, down)
    rows, columns = np.nonzero(strength > _STEP / 4)
    at = strength[rows, columns]
    if len(rows) > _VOTERS:
        strongest = np.argpartition(at, len(at) - _VOTERS)[-_VOTERS:]
        rows, columns, at = rows[strongest], columns[strongest], at[strongest]
    direction = np.degrees(np.arctan2(down[rows, columns], across[rows, columns]))
    edges = np.stack([columns, rows, direction, np.minimum(at, _PLAIN)], axis=1)
    reach = int(np.hypot(*levels.shape)) + 2
    return [_lines(edges[np.abs(_turned(direction, middle)) <= _FAMILY], reach) for middle in (0, 90, 180, 270)]


def _turned(direction: Any, other: Any) -> Any:
    """Degrees from one direction to another, -180 to 180."""
    return (direction - other + 180) % 360 - 180


def _lines(edges: Any, reach: int) -> Any:
    """The strongest lines of edge pixels (x, y, direction, weight): each pixel counts for one line only."""
    votes = np.zeros((360, 2 * reach))
    _vote(votes, edges, reach, 1)
    lines = []
    for _ in range(_LINES):
        smooth = votes[:, 1:-1] + 0.7 * (votes[:, :-2] + votes[:, 2:])
        angle, at = np.unravel_index(int(np.argmax(smooth)), smooth.shape)
        distance = at + 1 - reach
        if smooth[angle, at] < _LEAST_VOTES:
            break
        lines.append((float(angle), float(distance)))
        off = edges[:, 0] * np.cos(np.radians(angle)) + edges[:, 1] * np.sin(np.radians(angle)) - distance
        own = (np.abs(off) < _APART) & (np.abs(_turned(edges[:, 2], angle)) < 3 * _VAGUE)
        _vote(votes, edges[own], reach, -1)
        edges = edges[~own]
    return np.array(lines).reshape(-1, 2)


def _vote(votes: Any, edges: Any, reach: int, sign: int) -> None:
    """The gradient's direction is known to some degrees only: each pixel votes for its neighbours as well."""
    for turn in range(-_VAGUE, _VAGUE + 1):
        angle = np.rint(edges[:, 2] + turn).astype(np.int64) % 360
        distance = edges[:, 0] * np.cos(np.radians(angle)) + edges[:, 1] * np.sin(np.radians(angle))
        np.add.at(votes, (angle, np.rint(distance).astype(np.int64) + reach), sign * edges[:, 3])


def _quads(sides: list[Any], size: tuple[int, int]) -> Any:
    """Every four-sided figure of one line a side, or the picture's border: n × 4 corners × 2 in pixels."""
    width, height = size
    borders = ((0.0, 0.0), (90.0, 0.0), (180.0, -(width - 1.0)), (270.0, -(height - 1.0)))
    left, top, right, bottom = (np.vstack([lines, border]) for lines, border in zip(sides, borders, strict=True))
    chosen = np.array(list(itertools.product(*(range(len(lines)) for lines in (left, top, right, bottom)))))
    picked = [lines[chosen[:, number]] for number, lines in enumerate((left, top, right, bottom))]
    corners = np.stack([_crossing(picked[0], picked[1]), _crossing(picked[2], picked[1]),
                        _crossing(picked[2], picked[3]), _crossing(picked[0], picked[3])], axis=1)  # fmt: skip
    # A corner may lie a little outside of the picture: where a sheet is cut off there.
    room = 0.12 * max(size)
    inside = (corners > -room).all(axis=(1, 2)) & (corners < np.array([width + room, height + room])).all(axis=(1, 2))
    edges = np.roll(corners, -1, axis=1) - corners
    after = np.roll(edges, -1, axis=1)
    turning = edges[..., 0] * after[..., 1] - edges[..., 1] * after[..., 0]
    lengths = np.hypot(edges[..., 0], edges[..., 1])
    with np.errstate(divide="ignore", invalid="ignore"):
        sine = turning / (lengths * np.roll(lengths, -1, axis=1))
    # Corners near 90 degrees, opposite sides of like length: no camera is held more aslant than that.
    good = inside & (sine > 0.75).all(axis=1) & (lengths.min(axis=1) > 0.2 * min(size))
    for near, far in ((0, 2), (1, 3)):
        with np.errstate(divide="ignore", invalid="ignore"):
            good &= np.abs(np.log(lengths[:, near] / lengths[:, far])) < 0.6
    corners = corners[good]
    return corners[area(corners) > _LEAST_AREA * width * height] if len(corners) else corners


def _crossing(lines: Any, other: Any) -> Any:
    """Where lines cross, n × 2; far away where they do not."""
    a, b = np.radians(lines[:, 0]), np.radians(other[:, 0])
    sine = np.sin(b - a)
    sine = np.where(np.abs(sine) < 1e-6, 1e-6, sine)
    x = (lines[:, 1] * np.sin(b) - other[:, 1] * np.sin(a)) / sine
    y = (other[:, 1] * np.cos(a) - lines[:, 1] * np.cos(b)) / sine
    return np.stack([x, y], axis=1)


def _scores(levels: Any, quads: Any, samples: int) -> Any:
    """How well each figure is a sheet; 0 for none. The larger of two that are seen equally well is the sheet."""
    seen = _seen(levels, quads, samples)
    together = seen.mean(axis=1)
    good = (seen.min(axis=1) >= _LEAST_SIDE) & (together >= _LEAST_SIDES)
    return np.where(good, together**4 * area(quads) / levels.size, 0.0)


def _seen(levels: Any, quads: Any, samples: int) -> Any:
    """For each side of each figure the share of it that is a step up into the figure, n × 4. Of a side along the
    picture's border: the share that shows paper, a little less, since a step says more."""
    height, width = levels.shape
    along = ((np.arange(samples) + 0.5) / samples)[None, None, :, None]
    start, end = quads[:, :, None, :], np.roll(quads, -1, axis=1)[:, :, None, :]
    points = start + (end - start) * along
    edges = (end - start)[:, :, 0]
    inward = np.stack([-edges[..., 1], edges[..., 0]], axis=-1)
    inward = (inward / np.maximum(np.hypot(inward[..., 0], inward[..., 1]), 1e-6)[..., None])[:, :, None, :]

    def at(offset: float) -> Any:
        x, y = (points + inward * offset)[..., 0], (points + inward * offset)[..., 1]
        columns = np.clip(np.rint(x), 0, width - 1).astype(np.int64)
        return levels[np.clip(np.rint(y), 0, height - 1).astype(np.int64), columns]

    x, y = points[..., 0], points[..., 1]
    within = (x > _BESIDE) & (x < width - 1 - _BESIDE) & (y > _BESIDE) & (y < height - 1 - _BESIDE)
    paper, beyond = at(_BESIDE), at(-_BESIDE)
    step = (paper - beyond > np.maximum(_STEP, 0.05 * paper)) & within
    # Paper in shadow is still paper: it is told from what lies deeper in the figure, not from its brightest part.
    deeper = at(4 * _BESIDE)
    is_paper = (paper > 0.8 * deeper) & (paper > 0.5 * np.median(deeper, axis=(1, 2), keepdims=True)) & ~within
    steps, borders = step.mean(axis=2), is_paper.mean(axis=2)
    # Shaded cells and banners are steps too: where borders are sides, the others are two at least, seen nearly whole.
    whole = steps >= _WHOLE
    doubtful = (borders > 0.5).any(axis=1) & (((borders <= 0.5) & ~whole).any(axis=1) | (whole.sum(axis=1) < 2))
    return np.where(doubtful[:, None], 0.0, steps + _BORDER * borders)


def _refined(levels: Any, corners: Any) -> Any:
    """The corners with each side laid through the steepest places near it."""
    from scipy import ndimage

    height, width = levels.shape
    offsets = np.arange(-5.0, 5.01, 0.5)
    lines = []
    for number in range(4):
        start, end = corners[number], corners[(number + 1) % 4]
        edge = (end - start) / max(np.hypot(*(end - start)), 1e-6)
        inward = np.array([-edge[1], edge[0]])
        along = np.linspace(0.04, 0.96, 96)[:, None]
        base = start + (end - start) * along
        points = base[:, None, :] + offsets[None, :, None] * inward
        inside = ((points > 1) & (points < np.array([width - 2, height - 2]))).all(axis=2)
        x, y = np.clip(points[..., 0], 0, width - 1), np.clip(points[..., 1], 0, height - 1)
        profile = ndimage.map_coordinates(levels, [y, x], order=1, mode="nearest")
        rise = np.where(inside[:, 1:] & inside[:, :-1], np.diff(profile, axis=1), 0)
        steepest = rise.argmax(axis=1)
        is_edge = rise[np.arange(len(rise)), steepest] > 0.5
        off = offsets[steepest] + 0.25
        position = along[:, 0]
        coefficients = np.zeros(2)
        if is_edge.sum() >= 20:
            kept = is_edge
            for _ in range(3):
                coefficients = np.polyfit(position[kept], off[kept], 1)
                kept = is_edge & (np.abs(np.polyval(coefficients, position) - off) < 1.0)
                if kept.sum() < 20:
                    break
        ends = [start + (end - start) * u + inward * np.polyval(coefficients, u) for u in (0.0, 1.0)]
        lines.append(ends)
    return np.array([_meeting(lines[number - 1], lines[number]) for number in range(4)])


def _meeting(side: Any, other: Any) -> Any:
    (a, b), (c, d) = side, other
    along, across = b - a, d - c
    sine = along[0] * across[1] - along[1] * across[0]
    share = ((c - a)[0] * across[1] - (c - a)[1] * across[0]) / sine
    return a + along * share
