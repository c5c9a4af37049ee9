"""Confidence set right by gold: for each model a curve from what it says of a value to how often that was right.

`python -m extractor calibrate` draws it. A model without a curve keeps what it says.
"""

from __future__ import annotations

import bisect
import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import replace
from pathlib import Path

from .core import Extraction, FieldValue
from .evaluate import as_set
from .learning import library

Curve = Sequence[tuple[float, float]]
"""Pairs of confidence and share of right values, both ascending, 0 to 1. Empty: no curve."""

Pair = tuple[float, bool]
"""The confidence of a value, and whether it is right."""

LEAST_PAIRS = 30
"""A curve of fewer values would be chance."""

_ORDER = 0.03
"""How much of what a model says stays in its curve, so that no two confidences become one."""

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
    library.write(_file(model), json.dumps([[x, y] for x, y in curve]))


def fit(pairs: Sequence[Pair]) -> Curve:
    """Isotonic regression of right on confidence; empty for fewer than `LEAST_PAIRS`."""
    if len(pairs) < LEAST_PAIRS:
        return ()
    from sklearn.isotonic import IsotonicRegression

    model = IsotonicRegression(y_min=0.01, y_max=0.99, out_of_bounds="clip")
    model.fit([sure for sure, _ in pairs], [float(right) for _, right in pairs])
    points = zip(model.X_thresholds_, model.y_thresholds_, strict=True)
    # Where right does not rise with confidence the curve would be flat: a little of it keeps the order of review.
    return tuple((round(float(x), 4), round(float((1 - _ORDER) * y + _ORDER * x), 4)) for x, y in points)


def error(pairs: Sequence[Pair], curve: Curve = ()) -> float:
    """The expected calibration error in ten bins (Naeini et al. 2015): how far confidence is from right, on average."""
    bins: dict[int, list[tuple[float, bool]]] = {}
    for sure, right in pairs:
        sure = interpolate(curve, sure)
        bins.setdefault(min(int(10 * sure), 9), []).append((sure, right))
    off = (abs(sum(sure for sure, _ in one) - sum(right for _, right in one)) for one in bins.values())
    return sum(off) / max(len(pairs), 1)


def held_back_error(documents: Sequence[Sequence[Pair]], parts: int = 5) -> float:
    """The calibration error of values by curves drawn from other documents: what the curve promises of new ones."""
    off, count = 0.0, 0
    for part in range(parts):
        held = [pair for number, pairs in enumerate(documents) if number % parts == part for pair in pairs]
        others = [pair for number, pairs in enumerate(documents) if number % parts != part for pair in pairs]
        off += error(held, fit(others)) * len(held)
        count += len(held)
    return off / max(count, 1)


def pairs_of(result: Extraction, gold: Mapping[str, object]) -> list[Pair]:
    """Confidence and right of every plain value that the gold names."""
    found = []
    for path, value in result.fields.items():
        if value.value is not None and value.confidence is not None and path in gold:
            found.append((value.confidence, as_set(value.value) == as_set(gold[path])))
    return found


def _file(model: str) -> Path:
    return library.folder() / library.CONFIDENCE / f"{model}.json"
