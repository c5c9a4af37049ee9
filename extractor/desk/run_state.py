"""One run while it works: what is left of it, what came of the rest. Whoever touches it holds the lock of `Runs`."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Mapping
from dataclasses import dataclass, field

from extractor.core.document_types import DocumentType
from extractor.desk.run_progress import ITEMS_KEPT, Item, Outcome, Progress, Reading
from extractor.extractors.base import Extractor
from extractor.spending.budget import Budget

Pair = tuple[str, str]
"""A document (its hash) and a model (its key)."""


@dataclass
class Run:
    """`since`: only results after the one with this id count as there already; None: all do. `elsewhere` are pairs that
    others have at work, with the time to look at them again; `paused` models whose provider takes no more calls for
    now, with the time to ask it again. Times are those of the clock of `Runs`."""

    pairs: deque[Pair]
    extractors: dict[str, Extractor] = field(repr=False)
    budget: Budget
    types: Mapping[str, DocumentType]
    since: int | None
    started: float
    documents: int = 0
    total: int = 0
    counts: dict[str, Counter[Outcome]] = field(default_factory=dict)
    items: deque[Item] = field(default_factory=lambda: deque(maxlen=ITEMS_KEPT))
    cost_usd: float = 0.0
    cost_unknown: int = 0
    cost_failed_usd: float = 0.0
    at_work: int = 0
    elsewhere: dict[Pair, float] = field(default_factory=dict)
    paused: dict[str, float] = field(default_factory=dict)
    fallbacks: Counter[str] = field(default_factory=Counter)
    reading: dict[tuple[str, str], Reading] = field(default_factory=dict)
    cancelled: bool = False

    def __post_init__(self) -> None:
        self.total = len(self.pairs)
        self.documents = len({hash for hash, _model in self.pairs})
        self.counts = {model: Counter() for model in self.extractors}

    @property
    def waiting(self) -> int:
        return len(self.pairs) + len(self.elsewhere) + self.at_work

    def take(self, now: float) -> Pair | None:
        """The next pair to be worked on now."""
        due = next((pair for pair, when in self.elsewhere.items() if when <= now), None)
        if due is not None:
            del self.elsewhere[due]
        else:
            due = next((pair for pair in self.pairs if self.paused.get(pair[1], 0.0) <= now), None)
            if due is not None:
                self.pairs.remove(due)
        return due

    def put_off(self, pair: Pair, until: float) -> None:
        """A pair's provider takes no more calls for now: it is the first of its model then."""
        self.pairs.appendleft(pair)
        self.paused[pair[1]] = max(until, self.paused.get(pair[1], 0.0))

    def dues(self) -> list[float]:
        """Times at which there may be something to take that is not there now."""
        return [*self.elsewhere.values(), *(self.paused.values() if self.pairs else ())]

    def count(self, item: Item) -> None:
        """A pair is over."""
        self.counts[item.model][item.outcome] += 1
        self.cost_usd += item.cost_usd or 0.0
        self.cost_unknown += item.cost_usd is None
        self.cost_failed_usd += (item.cost_usd or 0.0) if item.outcome == "failed" else 0.0
        if item.fell_back:
            self.fallbacks[item.fell_back] += 1
        if item.outcome != "skipped":
            self.items.appendleft(item)

    def progress(self, now: float) -> Progress:
        """Where the run stands."""
        counts: Counter[Outcome] = sum(self.counts.values(), Counter())
        worked = counts["done"] + counts["failed"]
        seconds_left = None
        if not self.waiting:
            seconds_left = 0.0
        elif worked:
            seconds_left = (now - self.started) / worked * self.waiting
        return Progress(
            documents=self.documents,
            models={model: Counter(count) for model, count in self.counts.items()},
            total=self.total,
            done=counts["done"],
            failed=counts["failed"],
            skipped=counts["skipped"],
            finished=not self.waiting,
            cancelled=self.cancelled,
            items=tuple(self.items),
            seconds_left=seconds_left,
            cost_usd=self.cost_usd,
            cost_unknown=self.cost_unknown,
            cost_failed_usd=self.cost_failed_usd,
            reading=tuple(reading for reading in self.reading.values() if reading.fields),
            at_work=self.at_work,
            elsewhere=len(self.elsewhere),
            limited=sum(self.paused.get(model, 0.0) > now for _hash, model in self.pairs),
            fallbacks=tuple(self.fallbacks.most_common()),
        )
