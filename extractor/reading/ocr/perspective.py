"""A sheet of paper seen aslant: from its four corners to the page flattened (document rectification)."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from PIL import Image

# A4 and Letter, long side by short side, and how far off a sheet may be that is taken for one of them.
_FORMATS = ((842.0, 595.0), (792.0, 612.0))
_NEAR = 0.05
_SQUARE = ((0, 0), (1, 0), (1, 1), (0, 1))


class Sheet(NamedTuple):
    """`corners` of the paper as it lies in the picture (top left, top right, bottom right, bottom left), 4 × 2 shares
    of the picture's width and height; `width` and `height` of the paper in points; `others`: more sheets lie there."""

    corners: Any
    width: float
    height: float
    others: bool = False

    def perspective(self) -> Any:
        """The 3 × 3 matrix from shares of the paper's width and height to shares of the picture's."""
        return homography(_SQUARE, self.corners)

    def native(self, size: tuple[int, int]) -> float:
        """The pixels a point that the picture of `size` pixels has of the paper."""
        return float(np.sqrt(area(self.corners * np.array(size)) / (self.width * self.height)))


def flattened(picture: Image.Image, sheet: Sheet, size: tuple[int, int]) -> Image.Image:
    """The sheet alone, grey, `size` pixels wide and high."""
    corners = sheet.corners * np.array(picture.size)
    source = picture
    # Pillow takes single pixels of what it makes smaller: the picture is made smaller first, by whole areas.
    extent = corners.max(axis=0) - corners.min(axis=0)
    factor = max(int(min(extent[0] / size[0], extent[1] / size[1])), 1)
    if factor > 1:
        source, corners = source.reduce(factor), corners / factor
    width, height = size
    back = homography(((0, 0), (width, 0), (width, height), (0, height)), corners)
    return source.convert("L").transform(
        size, Image.Transform.PERSPECTIVE, back.ravel()[:8].tolist(), Image.Resampling.BICUBIC, fillcolor=255
    )


def homography(source: Any, target: Any) -> Any:
    """The 3 × 3 matrix of the perspective that takes four points (x, y) to four others."""
    rows, values = [], []
    for (x, y), (u, v) in zip(source, target, strict=True):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
        values += [u, v]
    solved = np.linalg.solve(np.array(rows, float), np.array(values, float))
    return np.append(solved, 1.0).reshape(3, 3)


def area(corners: Any) -> Any:
    """What figures of corners (… × n × 2) enclose."""
    x, y = corners[..., 0], corners[..., 1]
    return np.abs((x * np.roll(y, -1, axis=-1) - np.roll(x, -1, axis=-1) * y).sum(axis=-1)) / 2


def paper_size(corners: Any, middle: tuple[float, float]) -> tuple[float, float]:
    """Width and height in points of the paper whose picture has these corners."""
    ratio = _ratio(corners - np.array(middle))
    wide = ratio > 1
    longer = ratio if wide else 1 / ratio
    for long, short in _FORMATS:
        if abs(longer * short / long - 1) < _NEAR:
            return (long, short) if wide else (short, long)
    long, short = _FORMATS[0]
    # Something else: as large as A4 at most.
    height = min(long, short * longer)
    return (height, height / longer) if wide else (height / longer, height)


def _ratio(corners: Any) -> float:
    """Width by height of the rectangle whose picture has these corners around the middle of the picture.

    A camera with square pixels and its axis in the picture's middle (Zhang and He, Whiteboard scanning, 2007); where
    hardly anything is foreshortened its focal length cannot be told, and the sides themselves say the ratio.
    """
    m = np.hstack([corners, np.ones((4, 1))])
    m1, m2, m4, m3 = m
    plain = (np.hypot(*(m2 - m1)[:2]) + np.hypot(*(m4 - m3)[:2])) / max(
        np.hypot(*(m3 - m1)[:2]) + np.hypot(*(m4 - m2)[:2]), 1e-6
    )
    k2 = np.dot(np.cross(m1, m4), m3) / np.dot(np.cross(m2, m4), m3)
    k3 = np.dot(np.cross(m1, m4), m2) / np.dot(np.cross(m3, m4), m2)
    across, down = k2 * m2 - m1, k3 * m3 - m1
    if abs(across[2]) < 0.02 or abs(down[2]) < 0.02:
        return float(plain)
    focal = -(across[0] * down[0] + across[1] * down[1]) / (across[2] * down[2])
    diagonal = float(np.abs(corners).max() * 2)
    if not (0.5 * diagonal) ** 2 < focal < (4 * diagonal) ** 2:
        return float(plain)
    lengths = [side[:2] @ side[:2] / focal + side[2] ** 2 for side in (across, down)]
    ratio = float(np.sqrt(lengths[0] / lengths[1]))
    return ratio if abs(np.log(ratio / plain)) < 0.35 else float(plain)
