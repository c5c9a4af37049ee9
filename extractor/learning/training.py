"""Learning a document type from approved documents, and measuring the gain on documents held back.

The documents are parted into folds. Each fold is read by a model that never saw it, with a threshold set on the other
folds; a field uses what was learned only if it read better there than the rules. So the reported gain is that of
documents nobody learned from. Logistic regression over named features, by scikit-learn.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from extractor.core.document_types import DocumentType
from extractor.core.documents import Document
from extractor.core.errors import N_, LearningError
from extractor.extractors.builtin.extractor import ranked_candidates
from extractor.extractors.builtin.learned.features import Features, Surroundings, features
from extractor.extractors.builtin.learned.model import FieldModel, Measured, TypeModel, choose, f1
from extractor.extractors.builtin.learned.options import Option, options
from extractor.extractors.builtin.learned.spelling import Spelling, learn_spelling
from extractor.extractors.builtin.prepared_document import PreparedDocument
from extractor.extractors.builtin.profile import Profile
from extractor.normalize import comparison_key

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

LEAST_DOCUMENTS = 5
FOLDS = 5
_STRENGTH = 1.0
"""The inverse of the regularisation (scikit-learn's C)."""
_THRESHOLDS = tuple(number / 20 for number in range(2, 17))
_RARE = 2
"""A feature of fewer options is left out."""

Example = tuple[Document, Mapping[str, Any]]
"""A document and its approved metadata, shaped like the schema."""


@dataclass
class _Row:
    """One field in one document: its options, what speaks for each, and the right values in `comparable` form."""

    options: list[Option]
    features: list[Features]
    right: set[str]
    ruled: set[str]
    """What the rules alone would say."""
    scores: list[float] | None = None

    def targets(self) -> list[bool]:
        return [comparison_key(option.value) in self.right for option in self.options]


def train(
    document_type: DocumentType,
    examples: Sequence[Example],
    progress: Callable[[int, int], None] | None = None,
    alive: Callable[[], None] = lambda: None,
) -> TypeModel:
    """What `examples` teach about their type. `progress` is told documents prepared, and of how many; `alive` is
    called when a field of all of them is learned.

    Raises LearningError when there are fewer than `LEAST_DOCUMENTS`.
    """
    if len(examples) < LEAST_DOCUMENTS:
        template = N_("Learning needs at least {least} approved documents of this type; there are {count}.")
        raise LearningError(template, least=LEAST_DOCUMENTS, count=len(examples))
    rows = _prepare(document_type, examples, progress)
    fields: dict[str, FieldModel] = {}
    measured: dict[str, Measured] = {}
    for path, (profile, field_rows, known, spelling) in rows.items():
        if sum(bool(row.right) for row in field_rows) < LEAST_DOCUMENTS:
            continue
        measured[path] = _hold_back(field_rows, profile)
        if measured[path].used:
            weights, bias = _fit(field_rows)
            threshold = _threshold(field_rows, profile)
            fields[path] = FieldModel(
                profile.shape, weights, bias, threshold, known, dict(spelling.changes), _curve(field_rows)
            )
        alive()
    sources = tuple(document.content_hash for document, _ in examples)
    return TypeModel(document_type.key, len(examples), fields, measured, sources)


_Prepared = tuple[Profile, list[_Row], dict[str, tuple[str, int]], Spelling]


def _prepare(
    document_type: DocumentType, examples: Sequence[Example], progress: Callable[[int, int], None] | None
) -> dict[str, _Prepared]:
    """For each field that can be learned: its rows, its known values and its spelling."""
    from extractor.extractors.builtin.profile import type_profile

    prepared = type_profile(document_type)
    learnable = [profile for profile in prepared.fields if profile.shape not in ("choice", "choices", "boolean")]
    known = {profile.path: _known(profile, examples) for profile in learnable}
    offered: dict[str, list[tuple[list[Option], list[str], Surroundings, set[str]]]] = {p.path: [] for p in learnable}
    for number, (document, metadata) in enumerate(examples):
        scene = PreparedDocument(document, prepared)
        around = Surroundings(scene)
        ranked, chosen = ranked_candidates(scene, prepared)
        for profile in learnable:
            right = _values(metadata.get(profile.path))
            without = _without(known[profile.path], right)
            field_options = options(scene, profile, ranked[profile.path], without)
            best = chosen.get(profile.path)
            ruled = {comparison_key(value) for value in _values(best.value if best else None)}
            offered[profile.path].append((field_options, right, around, ruled))
        if progress:
            progress(number + 1, len(examples))
    result = {}
    for profile in learnable:
        texts = [
            (field_options, [str(value) for value in right]) for field_options, right, _, _ in offered[profile.path]
        ]
        spelling = learn_spelling(texts)
        field_rows = []
        for field_options, right, around, ruled in offered[profile.path]:
            written = spelling.apply(field_options)
            keys = {comparison_key(value) for value in right}
            field_rows.append(_Row(written, features(around, written), keys, ruled))
        result[profile.path] = (profile, field_rows, known[profile.path], spelling)
    return result


def _values(value: Any) -> list[Any]:
    if value in (None, "", []):
        return []
    return list(value) if isinstance(value, list) else [value]


def _known(profile: Profile, examples: Sequence[Example]) -> dict[str, tuple[str, int]]:
    if profile.shape in ("date", "amount", "number"):
        return {}
    times: Counter[str] = Counter()
    printed: dict[str, str] = {}
    for _, metadata in examples:
        for value in _values(metadata.get(profile.path)):
            if isinstance(value, str):
                times[comparison_key(value)] += 1
                printed.setdefault(comparison_key(value), value)
    return {key: (printed[key], count) for key, count in times.items()}


def _without(known: Mapping[str, tuple[str, int]], right: Iterable[Any]) -> dict[str, tuple[str, int]]:
    """The known values as the other documents alone tell them: a document must not know its own answer."""
    own = {comparison_key(value) for value in right}
    less = {key: (printed, times - (key in own)) for key, (printed, times) in known.items()}
    return {key: pair for key, pair in less.items() if pair[1] > 0}


def _hold_back(rows: list[_Row], profile: Profile) -> Measured:
    """Counts on held-back documents, the decisions for each fold taken on the others. Leaves `scores` in the rows."""
    folds = min(FOLDS, len(rows))
    for fold in range(folds):
        weights, bias = _fit([row for number, row in enumerate(rows) if number % folds != fold])
        model = FieldModel(profile.shape, weights, bias, 0.5)
        for row in rows[fold::folds]:
            row.scores = model.scores(row.features)
    rules, learned = (0, 0, 0), (0, 0, 0)
    for fold in range(folds):
        others = [row for number, row in enumerate(rows) if number % folds != fold]
        better = _count(others, profile, _threshold(others, profile)), _count_rules(others)
        held_back = rows[fold::folds]
        by_rules = _count_rules(held_back)
        by_learned = _count(held_back, profile, _threshold(others, profile))
        rules = _sum(rules, by_rules)
        learned = _sum(learned, by_learned if f1(*better[0]) > f1(*better[1]) else by_rules)
    used = f1(*_count(rows, profile, _threshold(rows, profile))) > f1(*_count_rules(rows)) and f1(*learned) > f1(*rules)
    return Measured(rules, learned if used else rules, used)


def _threshold(rows: Sequence[_Row], profile: Profile) -> float:
    """The least probability of a value that gives the best F1; of equal ones the middle."""
    scored = [(f1(*_count(rows, profile, threshold)), threshold) for threshold in _THRESHOLDS]
    best = max(score for score, _ in scored)
    equal = [threshold for score, threshold in scored if score >= best - 1e-9]
    return equal[len(equal) // 2]


def _count(rows: Sequence[_Row], profile: Profile, threshold: float) -> tuple[int, int, int]:
    total = (0, 0, 0)
    for row in rows:
        taken = choose(row.options, row.scores or [], threshold, several=profile.shape == "list")
        total = _sum(total, _compare({comparison_key(row.options[index].value) for index in taken}, row.right))
    return total


def _count_rules(rows: Sequence[_Row]) -> tuple[int, int, int]:
    total = (0, 0, 0)
    for row in rows:
        total = _sum(total, _compare(row.ruled, row.right))
    return total


def _compare(got: set[str], right: set[str]) -> tuple[int, int, int]:
    return len(got & right), len(got - right), len(right - got)


def _sum(counts: tuple[int, int, int], other: tuple[int, int, int]) -> tuple[int, int, int]:
    return counts[0] + other[0], counts[1] + other[1], counts[2] + other[2]


def _fit(rows: Sequence[_Row]) -> tuple[dict[str, float], float]:
    """The weights by feature name, and the bias. Without a right option anywhere nothing is ever chosen."""
    from sklearn.linear_model import LogisticRegression

    targets = [target for row in rows for target in row.targets()]
    if len(set(targets)) < 2:
        return {}, 10.0 if targets and targets[0] else -10.0
    names, matrix = _matrix([option_features for row in rows for option_features in row.features])
    model = LogisticRegression(C=_STRENGTH, solver="liblinear", max_iter=300).fit(matrix, targets)
    weights = {name: round(float(weight), 4) for name, weight in zip(names, model.coef_[0], strict=True)}
    return {name: weight for name, weight in weights.items() if weight}, float(model.intercept_[0])


def _matrix(rows: Sequence[Features]) -> tuple[list[str], csr_matrix]:
    from scipy.sparse import csr_matrix

    counts = Counter(name for row in rows for name in row)
    names = [name for name, count in counts.items() if count >= _RARE]
    column = {name: number for number, name in enumerate(names)}
    values, columns, ends = [], [], [0]
    for row in rows:
        for name, value in row.items():
            if value and name in column:
                values.append(value)
                columns.append(column[name])
        ends.append(len(values))
    # liblinear takes 32-bit indices only.
    import numpy as np

    matrix = csr_matrix((values, columns, ends), shape=(len(rows), len(names)))
    matrix.indices, matrix.indptr = matrix.indices.astype(np.int32), matrix.indptr.astype(np.int32)
    return names, matrix


def _curve(rows: Sequence[_Row]) -> tuple[tuple[float, float], ...]:
    """Isotonic regression of right on probability over the held-back scores of each document's best options."""
    from sklearn.isotonic import IsotonicRegression

    pairs = [
        (score, float(target))
        for row in rows
        for score, target in zip(row.scores or [], row.targets(), strict=True)
        if score > 0.05
    ]
    if len(pairs) < 20:
        return ()
    model = IsotonicRegression(y_min=0.01, y_max=0.99, out_of_bounds="clip")
    model.fit([score for score, _ in pairs], [target for _, target in pairs])
    points = zip(model.X_thresholds_, model.y_thresholds_, strict=True)
    return tuple((round(float(x), 4), round(float(y), 4)) for x, y in points)
