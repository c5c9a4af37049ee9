"""What was learned of a document type: for each field the weights of its features. Plain numbers, kept as JSON.

Applying a model needs no library: a field's options are scored by a logistic regression whose weights stand under
the features' names (see `features`), and the probability is set right by a calibration curve.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import cached_property
from typing import Any

from extractor.extractors.builtin.learned.features import Features, Surroundings, features
from extractor.extractors.builtin.learned.options import Option, options
from extractor.extractors.builtin.learned.spelling import Spelling
from extractor.extractors.builtin.prepared_document import PreparedDocument
from extractor.extractors.builtin.profile import Profile
from extractor.extractors.builtin.values import Candidate
from extractor.extractors.confidence_curves import interpolate
from extractor.normalize import comparison_key


@dataclass(frozen=True)
class FieldModel:
    """The learned reading of one field.

    `threshold` is the least probability of a value. `known` are the values of approved documents (see
    `options.options`), `spelling` how people write what documents print, `curve` pairs of probability and share of
    right values, ascending.
    """

    shape: str
    weights: Mapping[str, float]
    bias: float
    threshold: float
    known: Mapping[str, tuple[str, int]] = field(default_factory=dict)
    spelling: Mapping[str, str] = field(default_factory=dict)
    curve: Sequence[tuple[float, float]] = ()

    def read(
        self, scene: PreparedDocument, profile: Profile, ranked: Sequence[Candidate], around: Surroundings
    ) -> Candidate | None:
        """The value of the field in a document, or None. `ranked` is what the rules found."""
        offered = Spelling(self.spelling).apply(options(scene, profile, ranked, self.known))
        if not offered:
            return None
        scores = self.scores(features(around, offered))
        chosen = list(choose(offered, scores, self.threshold, several=profile.shape == "list"))
        if not chosen:
            return None
        return _candidate(profile, [(offered[index], self.calibrated(scores[index])) for index in chosen])

    def scores(self, rows: Sequence[Features]) -> list[float]:
        """The probability of each option, 0 to 1, before calibration."""
        return [
            _sigmoid(self.bias + sum(self.weights.get(name, 0.0) * value for name, value in row.items()))
            for row in rows
        ]

    def calibrated(self, score: float) -> float:
        """The share of values with this probability that were right on held-back documents."""
        return interpolate(self.curve, score)


def choose(offered: Sequence[Option], scores: Sequence[float], threshold: float, several: bool) -> Iterator[int]:
    """The indices of the options to take, the likeliest first: one, or of a list all that say something new."""
    taken: list[str] = []
    for index in sorted(range(len(offered)), key=lambda index: -scores[index]):
        if scores[index] < threshold or (taken and not several):
            return
        key = comparison_key(offered[index].value)
        if not any(key in other or other in key for other in taken):
            taken.append(key)
            yield index


def _candidate(profile: Profile, chosen: Sequence[tuple[Option, float]]) -> Candidate:
    if profile.shape != "list":
        option, score = chosen[0]
        if option.source and not isinstance(option.source.value, list):
            source = option.source
            return Candidate(option.value, source.start, source.end, score, source.alignment, source.spans)
        return Candidate(option.value, *option.places[0], score)
    in_order = sorted(chosen, key=lambda pair: pair[0].places[0])
    spans = tuple(option.places[0] for option, _ in in_order)
    mean = sum(score for _, score in chosen) / len(chosen)
    return Candidate([option.value for option, _ in in_order], *spans[0], mean, spans=spans)


def _sigmoid(x: float) -> float:
    return 1 / (1 + math.exp(-x)) if x > -700 else 0.0


@dataclass(frozen=True)
class Measured:
    """Counts of one field on held-back documents, by the rules alone and by what was learned."""

    rules: tuple[int, int, int]
    learned: tuple[int, int, int]
    used: bool


@dataclass(frozen=True)
class TypeModel:
    """What was learned of one document type from `documents` approved ones.

    `fields` holds the fields that read better on held-back documents than by the rules; `measured` all that were
    tried, with right, extra and missed values. `sources` are the content hashes of the documents: when one is deleted,
    what was learned of it goes (see `library.forget`).
    """

    document_type: str
    documents: int
    fields: Mapping[str, FieldModel]
    measured: Mapping[str, Measured]
    sources: tuple[str, ...] = ()

    def read(
        self, scene: PreparedDocument, profiles: Sequence[Profile], ranked: Mapping[str, Sequence[Candidate]]
    ) -> dict[str, Candidate | None]:
        """The learned fields of a document, by path. A field that changed its kind since is left to the rules."""
        around = Surroundings(scene)
        return {
            profile.path: model.read(scene, profile, ranked[profile.path], around)
            for profile in profiles
            if (model := self.fields.get(profile.path)) and model.shape == profile.shape
        }

    @cached_property
    def version(self) -> str:
        """Twelve hexadecimal digits that name what was learned."""
        return hashlib.sha256(self.to_json().encode()).hexdigest()[:12]

    @property
    def f1(self) -> tuple[float, float]:
        """Micro F1 on held-back documents: of the rules alone, and with what was learned."""
        return _f1(row.rules for row in self.measured.values()), _f1(row.learned for row in self.measured.values())

    def to_json(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=True, sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> TypeModel:
        """Raises ValueError when the text is no such model."""
        try:
            data = json.loads(text)
            fields = {path: _field_model(item) for path, item in data["fields"].items()}
            measured = {
                path: Measured(tuple(item["rules"]), tuple(item["learned"]), bool(item["used"]))
                for path, item in data["measured"].items()
            }
            sources = tuple(str(source) for source in data.get("sources", ()))
            return cls(str(data["document_type"]), int(data["documents"]), fields, measured, sources)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise ValueError(f"not a trained model: {error}") from error


def _field_model(data: Mapping[str, Any]) -> FieldModel:
    return FieldModel(
        str(data["shape"]),
        {str(name): float(weight) for name, weight in data["weights"].items()},
        float(data["bias"]),
        float(data["threshold"]),
        {key: (str(printed), int(times)) for key, (printed, times) in data["known"].items()},
        dict(data["spelling"]),
        tuple((float(x), float(y)) for x, y in data["curve"]),
    )


def f1(right: int, extra: int, missed: int) -> float:
    return 2 * right / (2 * right + extra + missed) if right else 0.0


def _f1(counts: Any) -> float:
    return f1(*(sum(column) for column in zip(*counts, strict=True))) if (counts := list(counts)) else 0.0
