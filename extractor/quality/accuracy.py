"""How right each model was, by the documents that people approved: F1 a model, a type, a field and a layout.

What a person approved is taken for right, so a model that proposed what was approved unread looks better than it is.
Counting is that of `evaluation`.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import fmean, median
from typing import Any, NamedTuple

from extractor.core.document_types import DocumentType
from extractor.core.extractions import Extraction
from extractor.quality.evaluation import Evaluation, Gold, Score

LEAST_VALUES = 3
"""A field or a layout of fewer values says nothing yet."""


class Approved(NamedTuple):
    """One result of a model for a document that is approved. `heading` are the first words of the document."""

    document_type: DocumentType
    name: str
    heading: str
    metadata: dict[str, Any]
    result: Extraction


@dataclass(frozen=True)
class Accuracy:
    """One group of values of one model: all, or those of a type, a field, a layout. `f1` is 0 to 1."""

    model: str
    group: str
    documents: int
    right: int
    extra: int
    missed: int
    f1: float


@dataclass(frozen=True)
class Worth:
    """What a model gives for its money: F1, mean known cost a document in USD (None: unknown), median seconds.

    `best`: no other model is at least as good in all three and better in one.
    """

    model: str
    documents: int
    f1: float
    usd_per_document: float | None
    p50: float
    best: bool


@dataclass
class Measured:
    """All figures, those of groups worst first."""

    models: list[Accuracy] = field(default_factory=list)
    types: list[Accuracy] = field(default_factory=list)
    fields: list[Accuracy] = field(default_factory=list)
    layouts: list[Accuracy] = field(default_factory=list)
    worth: list[Worth] = field(default_factory=list)


def measure(approved: Iterable[Approved]) -> Measured:
    """The figures of results of any number of models; groups of types are their keys, of fields `type/field`."""
    by_model: dict[str, list[Approved]] = defaultdict(list)
    for document in approved:
        by_model[document.result.model].append(document)
    measured = Measured()
    for model, results in by_model.items():
        measured.models.append(_figure(model, "", results))
        measured.types += _groups(model, results, lambda document: document.document_type.key)
        measured.layouts += _groups(model, results, lambda document: _layout(document.heading))
        for key, own in _parted(results, lambda document: document.document_type.key).items():
            scores = _evaluated(own).fields
            measured.fields += [
                _accuracy(model, f"{key}/{path}", len(own), score)
                for path, score in scores.items()
                if score.right + score.missed >= LEAST_VALUES
            ]
    measured.models.sort(key=lambda figure: -figure.f1)
    for groups in (measured.types, measured.fields, measured.layouts):
        groups.sort(key=lambda figure: figure.f1)
    measured.worth = worth({model: (_figure(model, "", results), results) for model, results in by_model.items()})
    return measured


def worth(models: dict[str, tuple[Accuracy, Sequence[Approved]]]) -> list[Worth]:
    """The models by accuracy, cost and time, the most accurate first."""
    points = {}
    for model, (accuracy, results) in models.items():
        costs = [document.result.cost_usd for document in results if document.result.cost_usd is not None]
        seconds = median(document.result.processing_time for document in results)
        points[model] = (accuracy.f1, fmean(costs) if costs else None, seconds)
    return sorted(
        (
            Worth(
                model,
                models[model][0].documents,
                *point,
                not any(_beats(other, point) for other in points.values()),
            )
            for model, point in points.items()
        ),
        key=lambda entry: -entry.f1,
    )


_Point = tuple[float, float | None, float]


def _beats(other: _Point, point: _Point) -> bool:
    """A model whose cost is unknown neither beats on cost nor is beaten on it."""
    if other[1] is None or point[1] is None:
        return False
    as_good = other[0] >= point[0] and other[1] <= point[1] and other[2] <= point[2]
    return as_good and other != point


def _groups(model: str, results: Sequence[Approved], key: Any) -> list[Accuracy]:
    figures = [_figure(model, group, own) for group, own in _parted(results, key).items()]
    return [figure for figure in figures if figure.right + figure.missed >= LEAST_VALUES]


def _parted(results: Sequence[Approved], key: Any) -> dict[str, list[Approved]]:
    parted: dict[str, list[Approved]] = defaultdict(list)
    for document in results:
        parted[key(document)].append(document)
    return parted


def _figure(model: str, group: str, results: Sequence[Approved]) -> Accuracy:
    return _accuracy(model, group, len(results), _evaluated(results).all)


def _evaluated(results: Sequence[Approved]) -> Evaluation:
    evaluation = Evaluation()
    for document in results:
        # A field without a value was approved as empty: what a model found there is extra.
        right = {field.name: None for field in document.document_type.fields} | document.metadata
        evaluation.add(
            Gold(Path(document.name), document.document_type.key, right), document.result, document.document_type
        )
    return evaluation


def _accuracy(model: str, group: str, documents: int, score: Score) -> Accuracy:
    return Accuracy(model, group, documents, score.right, score.extra, score.missed, round(score.f1, 4))


def _layout(heading: str) -> str:
    """Documents that begin with the same words are of one layout; numbers do not count."""
    return re.sub(r"\s+", " ", re.sub(r"\d+", "", heading)).strip()[:24]
