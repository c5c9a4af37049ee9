"""Calibration: drawing the confidence curve of a model from gold (isotonic regression), and its error."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from extractor.core.extractions import Extraction
from extractor.extractors.confidence_curves import Curve, interpolate
from extractor.quality.evaluation import as_set

Pair = tuple[float, bool]
"""The confidence of a value, and whether it is right."""

LEAST_PAIRS = 30
"""A curve of fewer values would be chance."""

_ORDER = 0.03
"""How much of what a model says stays in its curve, so that no two confidences become one."""


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
    off = (abs(sum(sure for sure, _ in members) - sum(right for _, right in members)) for members in bins.values())
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
    pairs = []
    for path, value in result.fields.items():
        if value.value is not None and value.confidence is not None and path in gold:
            pairs.append((value.confidence, as_set(value.value) == as_set(gold[path])))
    return pairs
