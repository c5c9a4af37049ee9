"""Ruled lines in the pixels of a page, and the page without them."""

from __future__ import annotations

from typing import Any

import numpy as np

from extractor.reading.ocr.pixel_checkboxes import near
from extractor.reading.tables.ruled_tables import THICK, Rule

# A line is at least this long (points) and has at most this share of holes: below it are letters and underlines.
_LENGTH = 24.0
_INK = 0.96
_LONG = 72.0
# No ring by hand around a word is as wide.
_WIDE = 150.0


def find_rules(ink: Any, scale: float, wavering: bool = False) -> tuple[list[Rule], list[Rule], Any]:
    """Horizontal and vertical lines in points, and the mask of their pixels. `ink` is rows × columns of bool.

    On a photograph short lines may be `wavering` as well; on a scan that would take letters for lines.
    """
    rows = _thin_runs(ink, _LENGTH, _LONG, scale, wavering)
    columns = _thin_runs(ink.T, _LENGTH, _LONG, scale, wavering).T
    return _rules(rows, scale), _rules(columns.T, scale), rows | columns


def without_long_rules(ink: Any, scale: float) -> Any:
    """The ink without lines that are longer than any flat part of a stroke by hand."""
    return ink & ~_thin_runs(ink, _LONG, _WIDE, scale) & ~_thin_runs(ink.T, _LONG, _WIDE, scale).T


def _thin_runs(ink: Any, length: float, long: float, scale: float, wavering: bool = False) -> Any:
    """The pixels of horizontal lines, at least `length` points long. Noise and a sheet that is not quite flat make a
    line waver between rows of pixels: a run of `long` points may go on in the rows beside it, and small holes in it
    are filled."""
    runs = _long_runs(near(ink, 2, 0), round(long * scale))
    if wavering:
        runs |= _long_runs(near(ink, 1, 0), round(length * scale))
    going_on = near(runs, 1, 0) & near(ink, round(scale), 1)
    return _thin(_long_runs(ink, round(length * scale)) | going_on, scale)


def _long_runs(ink: Any, length: int) -> Any:
    """The pixels of horizontal runs of ink at least `length` long."""
    if ink.shape[1] <= length:
        return np.zeros_like(ink)
    sums = np.cumsum(np.pad(ink, ((0, 0), (1, 0))), axis=1, dtype=np.int32)
    starts = (sums[:, length:] - sums[:, :-length]) >= _INK * length
    spread = np.zeros((ink.shape[0], ink.shape[1] + 1), np.int32)
    spread[:, : starts.shape[1]] += starts
    spread[:, length : length + starts.shape[1]] -= starts[:, : spread.shape[1] - length]
    return (np.cumsum(spread, axis=1)[:, :-1] > 0) & ink


def _thin(mask: Any, scale: float) -> Any:
    """The mask without what is too thick for a line: black areas."""
    thick = max(round(2 * THICK * scale), 3)
    sums = np.cumsum(np.pad(mask, ((1, 0), (0, 0))), axis=0, dtype=np.int32)
    if mask.shape[0] <= thick:
        return mask
    full = (sums[thick:] - sums[:-thick]) >= thick
    spread = np.zeros((mask.shape[0] + 1, mask.shape[1]), np.int32)
    spread[: full.shape[0]] += full
    spread[thick : thick + full.shape[0]] -= full
    return mask & ~(np.cumsum(spread, axis=0)[:-1] > 0)


def _rules(mask: Any, scale: float) -> list[Rule]:
    """One rule for the run of every row; those of one line are merged by whoever makes tables of them."""
    edges = np.diff(np.pad(mask, ((0, 0), (1, 1))).astype(np.int8), axis=1)
    rows, starts = np.nonzero(edges == 1)
    _, ends = np.nonzero(edges == -1)
    long = ends - starts >= 6 * scale
    return [
        Rule((row + 0.5) / scale, start / scale, end / scale)
        for row, start, end in zip(rows[long].tolist(), starts[long].tolist(), ends[long].tolist(), strict=True)
    ]
