"""Confidence set right: the curve of each model from what it says of a value to how often that was right."""

from __future__ import annotations

import bisect
import hashlib
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import replace
from pathlib import Path

from extractor.core import data_folder
from extractor.core.extractions import FieldValue
from extractor.extractors.builtin.learned import library

Curve = Sequence[tuple[float, float]]
"""Pairs of confidence and share of right values, both ascending, 0 to 1. Empty: no curve."""

_raw: ContextVar[bool] = ContextVar("raw", default=False)
_loaded: dict[Path, tuple[int, Curve]] = {}


def interpolate(curve: Curve, confidence: float) -> float:
    """The share of right values at a confidence; the confidence itself without a curve."""
    if not curve:
        return confidence
    at = bisect.bisect_left(curve, (confidence, 0.0))
    if at in (0, len(curve)):
        return curve[min(at, len(curve) - 1)][1]
    (x0, y0), (x1, y1) = curve[at - 1], curve[at]
    return y0 + (y1 - y0) * (confidence - x0) / (x1 - x0) if x1 > x0 else y1


def calibrated(value: FieldValue, model: str, curve: Curve | None = None) -> FieldValue:
    """A value of a model (its key) with its confidence set right. That of null tells of no value and stays.

    `curve` None: the one in use.
    """
    if value.value is None or value.confidence is None:
        return value
    curve = curve_of(model) if curve is None else curve
    return replace(value, confidence=round(interpolate(curve, value.confidence), 3))


def version(model: str, base: str, curve: Curve | None = None) -> str:
    """`base`, the version of what a model goes by without its curve, and the curve (None: the one in use)."""
    curve = curve_of(model) if curve is None else curve
    if not curve:
        return base
    return f"{base}-c{hashlib.sha256(json.dumps(curve).encode()).hexdigest()[:8]}"


def curve_of(model: str) -> Curve:
    """The curve in use for a model. One that is missing or damaged leaves the model what it says."""
    path = _file(model)
    if _raw.get():
        return ()
    try:
        changed = path.stat().st_mtime_ns
        known = _loaded.get(path)
        if known is None or known[0] != changed:
            points = json.loads(path.read_text(encoding="ascii"))
            known = _loaded[path] = changed, tuple((float(x), float(y)) for x, y in points)
        return known[1]
    except (OSError, ValueError, TypeError):
        return ()


def is_off() -> bool:
    """Whether the code around is `uncalibrated`."""
    return _raw.get()


@contextmanager
def uncalibrated() -> Iterator[None]:
    """In it models say what they say by themselves."""
    before = _raw.set(True)
    try:
        yield
    finally:
        _raw.reset(before)


def keep(model: str, curve: Curve) -> None:
    """Use a curve from now on; an empty one: none. Raises LearningError when it cannot be written."""
    data_folder.write(_file(model), json.dumps([[x, y] for x, y in curve]))


def _file(model: str) -> Path:
    return library.folder() / library.CONFIDENCE / f"{model}.json"
