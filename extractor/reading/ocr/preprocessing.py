"""A page image made ready for recognition: grey, even background, upright. Remembers how to get back.

Dividing by the background and straightening only what is tilted were measured to matter most on noisy scans.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
from PIL import Image, ImageFilter

from extractor.core.documents import Box

# Degrees. Less tilt than the smallest does no harm; more than the largest is no scan of a straight page.
_SMALLEST_TILT, _LARGEST_TILT = 0.15, 6.0
# The background is looked at in squares of this many pixels; dark areas of this many squares are part of it, others are
# print: a filled check box of 17 points has six at 200 dpi.
_BACKGROUND, _PRINT = 8, 9
# A shadow has a hard edge where paper beside it is so many times as bright, in more than this share of the squares.
_STEP, _EDGES = 1.15, 0.002
# Where more of the ink than this are single pixels, print drowns in grain and is made out better a little softer, by so
# many pixels. Below it softening costs letters.
_GRAINY, _SOFTER = 0.03, 1.0
# Points that are enough to tell the tilt.
_SAMPLE = 60_000


class Prepared(NamedTuple):
    """`grey` is the upright page (rows × columns, 0 is ink, 255 paper); `scale` its pixels a point.

    It came from the picture by turning that by `quarter` quarter turns anticlockwise, then by `tilt` degrees
    around its middle. `grainy`: its print was softened, because it drowned in noise;
    `photographed`: it was flattened.
    """

    grey: Any
    scale: float
    quarter: int
    tilt: float
    grainy: bool = False
    photographed: bool = False

    @property
    def size(self) -> tuple[float, float]:
        """Width and height in points."""
        return self.grey.shape[1] / self.scale, self.grey.shape[0] / self.scale

    def points(self, x0: float, y0: float, x1: float, y1: float) -> list[tuple[float, float]]:
        """The corners of a rectangle in points of the upright page, as shares of the picture as it was."""
        width, height = self.size
        angle = math.radians(self.tilt)
        corners = []
        for x, y in ((x0, y0), (x1, y0), (x0, y1), (x1, y1)):
            dx, dy = x - width / 2, y - height / 2
            u = (dx * math.cos(angle) - dy * math.sin(angle) + width / 2) / width
            v = (dx * math.sin(angle) + dy * math.cos(angle) + height / 2) / height
            corners.append(_turned_back(u, v, self.quarter))
        return corners

    def box(self, x0: float, y0: float, x1: float, y1: float) -> Box:
        """A rectangle in points of the upright page as a box on the picture as it was."""
        return box_of(self.points(x0, y0, x1, y1), slanted=bool(self.tilt))


def box_of(corners: list[tuple[float, float]], slanted: bool) -> Box:
    """The box of four corners; of a slanted rectangle the rectangle itself, not the larger one around it."""
    us, vs = [min(max(u, 0.0), 1.0) for u, _ in corners], [min(max(v, 0.0), 1.0) for _, v in corners]
    if slanted:
        us, vs = _trimmed(us), _trimmed(vs)
    return Box(min(us), min(vs), max(us), max(vs))


def prepare(picture: Image.Image, scale: float, quarter: int = 0, photographed: bool = False) -> Prepared:
    """`picture` (`scale` pixels a point) turned by `quarter` quarter turns anticlockwise, evened, straightened."""
    grey = picture.convert("L")
    if quarter:
        grey = grey.rotate(90 * quarter, expand=True)
    even = _even(grey)
    grainy = _is_grainy(ink(np.asarray(even)))
    if grainy:
        even = even.filter(ImageFilter.GaussianBlur(_SOFTER))
    tilt = _tilt(np.asarray(even), scale)
    if tilt:
        even = even.rotate(tilt, resample=Image.Resampling.BICUBIC, fillcolor=255)
    return Prepared(np.asarray(even), scale, quarter % 4, tilt, grainy, photographed)


def _even(grey: Image.Image) -> Image.Image:
    """The image divided by its background: shadows, grey paper and faint print become black on white.

    The background is the image without what is dark and small. Where a shadow has a hard edge that is a grey closing,
    which leaves the edge where it is: a maximum alone leaves a dark band along it.
    """
    small = grey.resize((max(grey.width // _BACKGROUND, 1), max(grey.height // _BACKGROUND, 1)), Image.Resampling.BOX)
    background = small.filter(ImageFilter.MaxFilter(5)).filter(ImageFilter.GaussianBlur(3))
    closed = small.filter(ImageFilter.MaxFilter(_PRINT)).filter(ImageFilter.MinFilter(_PRINT))
    if (np.asarray(background) > _STEP * np.asarray(closed, np.float32)).mean() > _EDGES:
        background = closed.filter(ImageFilter.GaussianBlur(1))
    divided = np.asarray(grey, np.float32) * 255 / np.maximum(np.asarray(background.resize(grey.size), np.float32), 1)
    return Image.fromarray(np.clip(divided, 0, 255).astype(np.uint8))


def _is_grainy(dark: Any) -> bool:
    """Whether much of the ink are single pixels: the noise of a photograph taken in little light."""
    inner = dark[1:-1, 1:-1]
    alone = inner & ~(dark[:-2, 1:-1] | dark[2:, 1:-1] | dark[1:-1, :-2] | dark[1:-1, 2:])
    return bool(alone.sum() > _GRAINY * max(inner.sum(), 1))


def ink(grey: Any) -> Any:
    """Where there is ink, by Otsu's threshold held to what can be ink on an even page."""
    counts = np.bincount(grey.ravel(), minlength=256).astype(np.float64)
    below = np.cumsum(counts)
    sums = np.cumsum(counts * np.arange(256))
    above = below[-1] - below
    with np.errstate(divide="ignore", invalid="ignore"):
        between = below * above * (sums / below - (sums[-1] - sums) / above) ** 2
    threshold = int(np.nanargmax(np.where(np.isfinite(between), between, -1)))
    return grey <= min(max(threshold, 100), 200)


def _tilt(grey: Any, scale: float) -> float:
    """Degrees by which to turn the page anticlockwise so that its lines run level; 0 when they do.

    The angle at which the ink gathers in the fewest rows (projection profile, Postl 1986).
    """
    rows, columns = np.nonzero(ink(grey))
    if len(rows) < 500:
        return 0.0
    if len(rows) > _SAMPLE:
        chosen = np.linspace(0, len(rows) - 1, _SAMPLE).astype(np.int64)
        rows, columns = rows[chosen], columns[chosen]
    fine = max(scale / 2.8, 1.0)  # rows of about a third of a point
    ys, xs = rows / fine, (columns - grey.shape[1] / 2) / fine

    def sharpness(angle: float) -> float:
        shifted = np.round(ys - xs * math.tan(math.radians(angle))).astype(np.int64)
        profile = np.bincount(shifted - shifted.min())
        return float((profile.astype(np.float64) ** 2).sum())

    best = max(np.arange(-_LARGEST_TILT, _LARGEST_TILT + 0.01, 0.5), key=sharpness)
    for step in (0.25, 0.1, 0.05):
        best = max((best - step, best, best + step), key=sharpness)
    return 0.0 if abs(best) < _SMALLEST_TILT else round(float(best), 2)


def _turned_back(u: float, v: float, quarter: int) -> tuple[float, float]:
    """A point of the turned picture on the picture as it was."""
    for _ in range(quarter):
        u, v = 1 - v, u
    return u, v


def _trimmed(values: list[float]) -> list[float]:
    """The two middle ones of four: half way between the rectangle inside and the one outside."""
    low, second, third, high = sorted(values)
    return [(low + second) / 2, (third + high) / 2]
