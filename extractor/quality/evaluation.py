"""How right an extractor is: its values against gold, field by field.

Values are compared as `normalize.comparable` leaves them (NFKC, lower case, no white space, no punctuation; numbers
as numbers), lists as sets, objects of a list (parties) by their required part, the name, or by the part that the
gold names (`parties.phone`). A wrong value is one extra and one missed; only fields named in the gold count.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from extractor.core.document_types import DocumentType, Field
from extractor.core.errors import N_, ReadingError
from extractor.core.extractions import Extraction
from extractor.core.value_path import ValuePath
from extractor.normalize import comparison_key


@dataclass(frozen=True)
class Gold:
    """One document with what is right. `path` is the document's file, `document_type` a type's key."""

    path: Path
    document_type: str
    metadata: Mapping[str, Any]


@dataclass
class Score:
    """How many values are right, extra (wrong or invented) and missed."""

    right: int = 0
    extra: int = 0
    missed: int = 0

    @property
    def f1(self) -> float:
        """Micro F1, 0 to 1."""
        return 2 * self.right / (2 * self.right + self.extra + self.missed) if self.right else 0.0


@dataclass(frozen=True)
class Miss:
    """A field whose value is not the gold's. `field` is `parties.name` for the names of parties."""

    file: str
    field: str
    gold: Any
    extracted: Any


@dataclass
class Evaluation:
    """The scores of one extractor: of all values, by document type (key) and by field."""

    all: Score = field(default_factory=Score)
    types: dict[str, Score] = field(default_factory=lambda: defaultdict(Score))
    fields: dict[str, Score] = field(default_factory=lambda: defaultdict(Score))
    misses: list[Miss] = field(default_factory=list)
    documents: int = 0
    failed: int = 0
    cost_usd: float = 0.0
    cost_unknown: int = 0

    def add(self, gold: Gold, result: Extraction, document_type: DocumentType) -> None:
        """Count one result. A failed one has missed every value."""
        self.documents += 1
        self.failed += result.error is not None
        self.cost_usd += result.cost_usd or 0.0
        self.cost_unknown += result.cost_usd is None
        known = {field.name: field for field in document_type.fields}
        metadata = result.metadata  # Nested anew each time it is asked for.
        for name, expected in gold.metadata.items():
            name, *below = ValuePath.parse(name).names
            part = ".".join(below) or _named_part(known.get(name))
            expected = expected if below else _shown(expected, part)
            actual = _shown(metadata.get(name), part)
            wanted, got = as_set(expected), as_set(actual)
            path = f"{name}.{part}" if part else name
            for score in (self.all, self.types[gold.document_type], self.fields[path]):
                score.right += len(wanted & got)
                score.extra += len(got - wanted)
                score.missed += len(wanted - got)
            if wanted != got:
                self.misses.append(Miss(gold.path.name, path, expected, actual))


def load_gold(path: Path | str) -> list[Gold]:
    """The lines of a `gold.jsonl`: `{"file": …, "document_type": …, "metadata": {…}}`, files beside it.

    Raises ReadingError naming the line that is not so.
    """
    path = Path(path)
    try:
        lines = path.read_text(encoding="utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise ReadingError(N_("{file}: cannot be read ({reason})."), file=path.name, reason=reason) from error
    return list(_entries(path, lines))


def _entries(path: Path, lines: Iterable[str]) -> Iterator[Gold]:
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            entry = json.loads(line)
            metadata = entry["metadata"]
            if not isinstance(metadata, dict):
                raise TypeError("metadata")
            for name in metadata:
                ValuePath.parse(name)
            yield Gold(path.parent / entry["file"], str(entry["document_type"]), metadata)
        except (ValueError, KeyError, TypeError) as error:
            template = N_("{file}, line {line}: needs “file”, “document_type” and “metadata” ({reason}).")
            raise ReadingError(template, file=path.name, line=number, reason=str(error)) from error


def _named_part(field: Field | None) -> str:
    """For a list of objects the part that names one; empty for anything else."""
    if field is None or field.kind != "objects":
        return ""
    return next((part.name for part in field.fields if part.required), field.fields[0].name)


def _shown(value: Any, part: str) -> Any:
    return [item.get(part) for item in value or [] if item.get(part)] if part else value


def as_set(value: Any) -> set[str]:
    """What a value says, as it is compared: one entry, one an item of a list, none for nothing."""
    if value in (None, "", []):
        return set()
    return {comparison_key(item) for item in value} if isinstance(value, list) else {comparison_key(value)}
