"""What on a page is print, and what is a pattern: wood, cloth, leaves, halftone, noise, dark areas.

Patterns hold nothing to read, and every search for boxes, rings and letters is slowest in them.
"""

from __future__ import annotations

from typing import Any

import numpy as np

# Points: the squares that are looked at, each with its eight neighbours. Two lines of print fit into nine of them.
_SQUARE = 9.0
# Changes between ink and paper a pixel, across and down together, and the share of ink. The densest print of the
# samples has 0.22 and 0.30; noise and halftone have 0.6 and more.
_CHANGES = 0.42
_INK = 0.6
# Letters: components of ink of these heights and widths in points, and how many make a page worth reading.
_LETTER = (2.5, 40.0)
_FEWEST_LETTERS = 2


def patterns(ink: Any, scale: float) -> tuple[Any, Any]:
    """Where the page is a pattern, and where it is mostly ink: two masks (rows × columns of bool)."""
    from scipy import ndimage

    side = max(round(_SQUARE * scale), 2)
    changes = np.zeros(ink.shape, np.float32)
    changes[:, 1:] += ink[:, 1:] != ink[:, :-1]
    changes[1:] += ink[1:] != ink[:-1]
    masks = []
    for values, most in ((changes, _CHANGES), (ink, _INK)):
        mask = ndimage.uniform_filter(_squares(values, side), 3, mode="nearest") > most
        masks.append(_full(ndimage.binary_dilation(mask), side, ink.shape))
    return masks[0], masks[1]


def has_letters(ink: Any, scale: float) -> bool:
    """Whether there is anything of the size of letters: a page without is empty, and nothing on it is read."""
    from scipy import ndimage

    lowest, highest = (edge * scale for edge in _LETTER)
    letters = 0
    for rows, columns in ndimage.find_objects(ndimage.label(ink, np.ones((3, 3)))[0]):
        height, width = rows.stop - rows.start, columns.stop - columns.start
        letters += lowest <= max(height, width) and height <= highest and width <= 4 * highest
        if letters >= _FEWEST_LETTERS:
            return True
    return False


def _squares(values: Any, side: int) -> Any:
    """The mean of each square of `side` pixels; the last row and column of squares may be cut off."""
    height, width = values.shape
    padded = np.pad(values, ((0, -height % side), (0, -width % side)), mode="edge")
    return padded.reshape(padded.shape[0] // side, side, padded.shape[1] // side, side).mean(
        axis=(1, 3), dtype=np.float32
    )


def _full(squares: Any, side: int, shape: tuple[int, int]) -> Any:
    return np.repeat(np.repeat(squares, side, axis=0), side, axis=1)[: shape[0], : shape[1]]
