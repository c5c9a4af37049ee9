"""What a run tells of itself while it works."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from extractor.core.extractions import FieldValue, Usage

ITEMS_KEPT = 200

Outcome = Literal["done", "failed", "skipped"]


@dataclass(frozen=True)
class Item:
    """One pair that is worked off. `seconds` is the time it took, `error` a message for a person.

    `cost_usd` is None when nobody knows what it cost. `fell_back`: why it is a local result although cloud models were
    asked.
    """

    name: str
    hash: str
    model: str
    seconds: float
    error: str | None = None
    outcome: Outcome = "done"
    cost_usd: float | None = 0.0
    usage: Usage = field(default_factory=Usage)
    fell_back: str | None = None


@dataclass(frozen=True)
class Reading:
    """A pair at work whose model decides field by field: the `fields` decided so far, by path."""

    name: str
    hash: str
    model: str
    document_type: str
    fields: Mapping[str, FieldValue] = field(default_factory=dict)


@dataclass(frozen=True)
class Progress:
    """Where a run stands. `items` are the newest results, newest first, at most `ITEMS_KEPT`, without skipped ones.

    `total` counts pairs of document and model; `models` says for each model how many of its pairs have which
    outcome. `reading` are pairs at work with fields decided already. `seconds_left` is estimated from the pace so
    far, None before there is one. `finished` is also true after a cancelled run has come to rest; `cancelled` tells.
    `at_work` are pairs worked on now: of a cancelled run those whose answer was asked for and is paid in any case; it
    is awaited and stored. `elsewhere` are pairs that another run or process has at work, whose result is waited for,
    `limited` those that wait until their provider takes more calls. `fallbacks` says how many results are local ones
    although cloud models were asked, by reason, the most frequent first.
    `cost_usd` is the sum of the known costs; `cost_unknown` is how many results lack one, `cost_failed_usd` the part
    spent on results that failed.
    """

    documents: int
    models: Mapping[str, Counter[Outcome]]
    total: int
    done: int
    failed: int
    skipped: int
    finished: bool
    cancelled: bool
    items: tuple[Item, ...]
    seconds_left: float | None
    cost_usd: float = 0.0
    cost_unknown: int = 0
    cost_failed_usd: float = 0.0
    reading: tuple[Reading, ...] = ()
    at_work: int = 0
    elsewhere: int = 0
    limited: int = 0
    fallbacks: tuple[tuple[str, int], ...] = ()
