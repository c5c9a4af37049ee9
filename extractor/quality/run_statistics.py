"""What stored runs say about cost, speed and failures. Pure functions over the rows of `Store.results`.

Money is in USD, time in seconds. A cost that no provider and no price list tells is unknown: it is counted, and
never taken for 0.
"""

from __future__ import annotations

import csv
import io
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime, tzinfo
from statistics import fmean, quantiles
from typing import Any, Literal, Protocol

from extractor.core.extractions import Attempt
from extractor.core.formulas import escape_formula

Group = Literal["model", "day", "document"]


class Result(Protocol):
    """One stored result: a document, a model, what came of it. `attempts` are empty when the model was asked alone."""

    @property
    def model(self) -> str: ...
    @property
    def provider(self) -> str: ...
    @property
    def document_hash(self) -> str: ...
    @property
    def pages(self) -> int: ...
    @property
    def input_tokens(self) -> int | None: ...
    @property
    def output_tokens(self) -> int | None: ...
    @property
    def cost_usd(self) -> float | None: ...
    @property
    def seconds(self) -> float: ...
    @property
    def error(self) -> str | None: ...
    @property
    def attempts(self) -> Sequence[Attempt]: ...
    @property
    def created_at(self) -> datetime: ...


@dataclass(frozen=True)
class Cost:
    """What a group cost. `usd` is the sum of the known costs, None when none is known; `unknown` results lack one."""

    group: str
    usd: float | None
    results: int
    unknown: int


@dataclass(frozen=True)
class Latency:
    """How long one model took for a document, over its results that succeeded."""

    model: str
    results: int
    p50: float
    p95: float
    least: float
    most: float


@dataclass(frozen=True)
class Point:
    """One result that succeeded, for pictures of time against size. `tokens` are input and output together."""

    model: str
    document: str
    pages: int
    tokens: int | None
    seconds: float
    cost_usd: float | None


@dataclass(frozen=True)
class Failures:
    """How often a model was tried, how often it failed, and how often another model stepped in after it failed."""

    model: str
    tried: int
    failed: int
    replaced: int


@dataclass(frozen=True)
class Reason:
    """Why a model failed: the message, and how often."""

    model: str
    reason: str
    times: int


@dataclass(frozen=True)
class Trade:
    """A model's mean known cost of a document (None: unknown) against the time it takes."""

    model: str
    documents: int
    usd_per_document: float | None
    p50: float


@dataclass(frozen=True)
class Projection:
    """The monthly bill of a model at a volume. `usd` is None when its cost is unknown; `measured` results tell."""

    model: str
    usd_per_document: float | None
    documents_a_month: int
    usd: float | None
    measured: int


@dataclass(frozen=True)
class Totals:
    """All rows together. `documents` counts different ones; `fallbacks` are results given by a later attempt."""

    results: int
    documents: int
    usd: float | None
    unknown: int
    failed: int
    fallbacks: int
    tokens: int


def totals(rows: Sequence[Result]) -> Totals:
    known = [row.cost_usd for row in rows if row.cost_usd is not None]
    return Totals(
        results=len(rows),
        documents=len({row.document_hash for row in rows}),
        usd=sum(known) if known else None,
        unknown=len(rows) - len(known),
        failed=sum(row.error is not None for row in rows),
        fallbacks=sum(_fell_back(row) for row in rows),
        tokens=sum((row.input_tokens or 0) + (row.output_tokens or 0) for row in rows),
    )


def costs(rows: Iterable[Result], by: Group, zone: tzinfo | None = None) -> list[Cost]:
    """The cost of each model, day (`YYYY-MM-DD` in `zone`) or document (by hash); dearest first, days in order.

    By model, what a result spent on several models is counted with the model that it was spent on.
    """
    groups: dict[str, list[float | None]] = defaultdict(list)
    for row in rows:
        if by == "model":
            for model, cost in _spent(row):
                groups[model].append(cost)
        else:
            key = row.document_hash if by == "document" else f"{row.created_at.astimezone(zone):%Y-%m-%d}"
            groups[key].append(row.cost_usd)
    figures = [
        Cost(key, _sum(values), len(values), sum(value is None for value in values)) for key, values in groups.items()
    ]
    if by == "day":
        return sorted(figures, key=lambda cost: cost.group)
    return sorted(figures, key=lambda cost: (-(cost.usd or 0.0), cost.group))


def monthly(rows: Sequence[Result], documents_a_month: int) -> list[Projection]:
    """What each model would cost in a month, from the mean known cost of a document with it; dearest first."""
    projections = [
        Projection(
            trade.model,
            trade.usd_per_document,
            documents_a_month,
            None if trade.usd_per_document is None else trade.usd_per_document * documents_a_month,
            trade.documents,
        )
        for trade in trades(rows)
    ]
    return sorted(projections, key=lambda bill: -1.0 if bill.usd is None else bill.usd, reverse=True)


def volume(rows: Iterable[Result], now: datetime) -> int:
    """How many different documents were extracted in the 30 days before `now`."""
    return len({row.document_hash for row in rows if (now - row.created_at).days < 30})


def latencies(rows: Iterable[Result]) -> list[Latency]:
    """One a model, quickest first. Failures are left out: a refusal in no time says nothing about speed."""
    figures = []
    for model, group in _by_model(_succeeded(rows)).items():
        seconds = sorted(row.seconds for row in group)
        figures.append(
            Latency(model, len(seconds), percentile(seconds, 50), percentile(seconds, 95), seconds[0], seconds[-1])
        )
    return sorted(figures, key=lambda latency: latency.p50)


def percentile(values: Sequence[float], percent: int) -> float:
    """The percentile (1 to 99) of at least one value, interpolated between neighbours."""
    return quantiles(values, n=100, method="inclusive")[percent - 1] if len(values) > 1 else values[0]


def points(rows: Iterable[Result]) -> list[Point]:
    """One a result that succeeded, in the order of the rows."""
    return [
        Point(row.model, row.document_hash, row.pages, _tokens(row), row.seconds, row.cost_usd)
        for row in _succeeded(rows)
    ]


def failures(rows: Iterable[Result]) -> list[Failures]:
    """One a model that was tried, those that fail most first. Attempts inside a result count for themselves."""
    tried: Counter[str] = Counter()
    failed: Counter[str] = Counter()
    replaced: Counter[str] = Counter()
    for row in rows:
        for model, error in _tries(row):
            tried[model] += 1
            if error is not None:
                failed[model] += 1
                replaced[model] += row.error is None
    figures = [Failures(model, count, failed[model], replaced[model]) for model, count in tried.items()]
    return sorted(figures, key=lambda item: (-item.failed, item.model))


def reasons(rows: Iterable[Result]) -> list[Reason]:
    """Why models failed, the commonest first."""
    counted = Counter((model, error) for row in rows for model, error in _tries(row) if error is not None)
    return [Reason(model, reason, times) for (model, reason), times in counted.most_common()]


def trades(rows: Iterable[Result]) -> list[Trade]:
    """Cost against time, one a model, over the results that succeeded."""
    figures = []
    for model, group in _by_model(_succeeded(rows)).items():
        known = [row.cost_usd for row in group if row.cost_usd is not None]
        seconds = sorted(row.seconds for row in group)
        figures.append(Trade(model, len(group), fmean(known) if known else None, percentile(seconds, 50)))
    return sorted(figures, key=lambda trade: trade.model)


def to_csv(rows: Sequence[Any], names: Mapping[str, str] | None = None) -> bytes:
    """Dataclass rows as CSV that spreadsheets open (UTF-8 with BOM): a heading, a line each; unknown stays empty.

    `names` says what to write for a group or a document (a hash) that has a name.
    """
    if not rows:
        return b""
    text = io.StringIO()
    writer = csv.writer(text)
    heads = [field.name for field in fields(rows[0])]
    writer.writerow(heads)
    for row in rows:
        values = ["" if getattr(row, head) is None else getattr(row, head) for head in heads]
        writer.writerow(
            [escape_formula((names or {}).get(value, value)) if isinstance(value, str) else value for value in values]
        )
    return text.getvalue().encode("utf-8-sig")


def _succeeded(rows: Iterable[Result]) -> list[Result]:
    return [row for row in rows if row.error is None]


def _by_model(rows: Iterable[Result]) -> dict[str, list[Result]]:
    groups: dict[str, list[Result]] = defaultdict(list)
    for row in rows:
        groups[row.model].append(row)
    return groups


def _tokens(row: Result) -> int | None:
    if row.input_tokens is None and row.output_tokens is None:
        return None
    return (row.input_tokens or 0) + (row.output_tokens or 0)


def _tries(row: Result) -> list[tuple[str, str | None]]:
    """Every model that was asked for this result, and why it was left."""
    return [(attempt.model, attempt.error) for attempt in row.attempts] or [(row.model, row.error)]


def _spent(row: Result) -> list[tuple[str, float | None]]:
    """What the result spent, model by model. One whose attempts do not add up is not split."""
    known = [attempt.cost_usd for attempt in row.attempts if attempt.cost_usd is not None]
    if row.attempts and row.cost_usd is not None and abs(sum(known) - row.cost_usd) < 1e-9:
        return [(attempt.model, attempt.cost_usd or 0.0) for attempt in row.attempts]
    return [(row.model, row.cost_usd)]


def _fell_back(row: Result) -> bool:
    return row.error is None and any(attempt.error is not None for attempt in row.attempts)


def _sum(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) if known else None
