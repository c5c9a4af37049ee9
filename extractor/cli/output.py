"""Where `extract` writes: one JSON object a line. What is there from an earlier call, and what is left to do."""

from __future__ import annotations

import json
import uuid
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import click

from extractor.core.document_types import DocumentType
from extractor.core.extractions import Extraction
from extractor.extractors.base import Extractor

Pair = tuple[str, str]
"""A file as it was named, and a model."""


@dataclass
class Earlier:
    """What an earlier call left: the pairs with results and the types of these, and how many lines each pair has.

    `failed_usd` is what failed answers cost as far as that is known, `failed` how many pairs have no result; `spent` is
    what all of them cost as far as that is known, `paid` whether anything did or may have.
    """

    answered: dict[Pair, list[_TypeNames]] = field(default_factory=dict)
    lines: Counter[Pair] = field(default_factory=Counter)
    failed_usd: float = 0.0
    spent: float = 0.0
    paid: bool = False

    @property
    def failed(self) -> int:
        return len(self.lines) - len(self.answered)

    def told(self) -> str:
        """What there is, for a person."""
        summary = f"{len(self.answered)} results are there already"
        if self.failed:
            cost = f" (${self.failed_usd:.6f} was spent on that)" if self.failed_usd else ""
            summary += f"; {self.failed} that failed{cost} are asked for again"
        return summary + "."

    def has(self, file: Path, model: str, document_type: DocumentType | None) -> bool:
        """Whether there is a result of the model, for that type when one is named.

        A type is known by its key, so that another title buys nothing again. Lines of older versions have its title
        alone.
        """
        type_names = self.answered.get((str(file), model), [])
        return bool(type_names) if document_type is None else any(names.mean(document_type) for names in type_names)


@dataclass(frozen=True)
class _TypeNames:
    """What a line says of its document type. `key` None: it is of a version that did not say."""

    key: str | None
    title: str | None

    def mean(self, document_type: DocumentType) -> bool:
        if self.key is not None:
            return self.key == document_type.key
        return self.title in (None, document_type.title("ko"), document_type.title("en"), document_type.title())


@dataclass(frozen=True)
class Task:
    """One file, and who is to read it. `places` tell each answer from every other one (see `idempotency`)."""

    number: int
    file: Path
    extractors: Sequence[Extractor]
    places: Sequence[tuple[object, ...]]


def left_to_do(
    files: Sequence[Path],
    extractors: Sequence[Extractor],
    fixed: DocumentType | None,
    earlier: Earlier,
    out: Path | None,
) -> list[Task]:
    """What is left to do. A file named twice is read twice."""
    tasks = []
    for number, file in enumerate(files, 1):
        left = [extractor for extractor in extractors if not earlier.has(file, extractor.model, fixed)]
        # Without a file to go on with there is no second time, and a new command wants new answers.
        name = str(out.resolve()) if out is not None else uuid.uuid4().hex
        places = [(name, str(file), extractor.model, earlier.lines[(str(file), extractor.model)]) for extractor in left]
        if left:
            tasks.append(Task(number, file, left, places))
    return tasks


def as_line(file: Path, result: Extraction, document_type: DocumentType | None) -> dict[str, object]:
    """One line. `document_type` None: nobody knows it."""
    return {
        "file": str(file),
        "document_type": result.document_type or None,
        "document_type_key": document_type.key if document_type else None,
        "model": result.model,
        "provider": result.provider,
        "metadata": result.metadata,
        "evidence": result.evidence,
        "sources": {path: value.source for path, value in result.fields.items() if value.value is not None},
        "confidence": result.confidence,
        "processing_time": result.processing_time,
        "usage": result.usage.counted,
        "cost_usd": result.cost_usd,
        "attempts": [asdict(attempt) | {"error_code": attempt.error_code} for attempt in result.attempts],
        "error": result.error,
        "error_code": result.error_code,
    }


def read_earlier(out: Path) -> Earlier:
    """What is in `out`; nothing when it does not exist. A last line that was cut off by a crash is taken away.

    Raises UsageError when it is no output of `extract`.
    """
    earlier = Earlier()
    try:
        data = out.read_bytes()
    except FileNotFoundError:
        return earlier
    except OSError as error:
        raise click.UsageError(f"--out {out}: cannot be read ({error.strerror}).") from error
    whole = data[: data.rfind(b"\n") + 1]
    for number, text in enumerate(whole.splitlines(), 1):
        line = _parsed(text)
        if line is None:
            raise click.UsageError(f"--out {out}, line {number}: is no result of extract. Give another file.")
        pair = (line["file"], line["model"])
        earlier.lines[pair] += 1
        earlier.spent += line["cost_usd"] or 0.0
        earlier.paid = earlier.paid or line["cost_usd"] != 0.0
        if line["error"] is None:
            names = _TypeNames(line.get("document_type_key"), line["document_type"])
            earlier.answered.setdefault(pair, []).append(names)
        else:
            earlier.failed_usd += line["cost_usd"] or 0.0
    if whole != data:
        with out.open("r+b") as stream:
            stream.truncate(len(whole))
    return earlier


def _parsed(text: bytes) -> dict[str, Any] | None:
    try:
        line = json.loads(text)
    except ValueError:
        return None
    wanted = ("file", "model", "error", "document_type", "cost_usd")
    return line if isinstance(line, dict) and all(name in line for name in wanted) else None


def same_file(out: Path, file: Path) -> bool:
    try:
        return out.samefile(file)
    except OSError:
        return False  # One of them does not exist.


def told_costs(costs: Sequence[tuple[float | None, bool]]) -> str:
    """What answers cost, for a person: USD of each (None: nobody knows) and whether it failed. Empty when all was
    free."""
    known, unknown = sum(usd or 0.0 for usd, _ in costs), sum(usd is None for usd, _ in costs)
    lost = sum(usd or 0.0 for usd, failed in costs if failed)
    if not known and not unknown:
        return ""
    summary = f"${known:.6f} spent" + (f", ${lost:.6f} of it on answers of no use" if lost else "")
    return summary + (f"; the cost of {unknown} is unknown" if unknown else "")
