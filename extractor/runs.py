"""A run: a set of (document, model) pairs to extract, worked off in the background.

A pair whose result is stored is skipped, so running again does what is missing: after a crash, after new
uploads, after a changed document type or prompt. A result is stored before its thread begins the next pair, so
a crash loses the calls at work and no others.
"""

from __future__ import annotations

import logging
import threading
import uuid
from collections import Counter, deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from time import monotonic as clock
from typing import TYPE_CHECKING

from .budget import Budget
from .core import Document, Extraction, FieldValue
from .deciding import listening
from .document_types import DocumentType, load_document_types
from .errors import N_, RightsdeskError, StoppedError, StoreError
from .extractors import Extractor, create_extractor
from .repeats import one_answer
from .run_progress import ITEMS_KEPT, Item, Outcome, Progress, Reading

if TYPE_CHECKING:
    from .store import Store, ToExtract

log = logging.getLogger(__name__)

WORKERS = 4
"""Pairs worked on at once, when the cloud configuration does not allow more calls at once."""
RUNS_KEPT = 50


_UNFINISHED = N_("{file}: text recognition is not finished, {count} pages are left. Try again when it is.")


@dataclass
class _Run:
    pairs: deque[tuple[str, str]]
    extractors: dict[str, Extractor] = field(repr=False)
    budget: Budget
    types: Mapping[str, DocumentType]
    again: bool
    documents: int = 0
    total: int = 0
    counts: dict[str, Counter[Outcome]] = field(default_factory=dict)
    items: deque[Item] = field(default_factory=lambda: deque(maxlen=ITEMS_KEPT))
    cost_usd: float = 0.0
    cost_unknown: int = 0
    cost_failed_usd: float = 0.0
    at_work: int = 0
    reading: dict[tuple[str, str], Reading] = field(default_factory=dict)
    cancelled: bool = False
    started: float = field(default_factory=lambda: clock())

    def __post_init__(self) -> None:
        self.total = len(self.pairs)
        self.documents = len({hash for hash, _model in self.pairs})
        self.counts = {model: Counter() for model in self.extractors}

    @property
    def waiting(self) -> int:
        return len(self.pairs) + self.at_work


class Runs:
    """All runs of a process, shared by its sessions.

    `workers` are the pairs worked on at once; None: as many as the cloud configuration allows calls at once.
    `types` and `create` say where document types and extractors come from.
    """

    def __init__(
        self,
        store: Store,
        workers: int | None = None,
        types: Callable[[], Mapping[str, DocumentType]] = load_document_types,
        create: Callable[..., Extractor] = create_extractor,
    ) -> None:
        self._store = store
        self._types = types
        self._create = create
        self._workers = workers or _workers()
        self._threads: list[threading.Thread] = []
        self._closed = False
        self._lock = threading.Condition()
        self._runs: dict[str, _Run] = {}
        self._turns: deque[_Run] = deque()
        self._at_work: set[tuple[str, str]] = set()

    def start(
        self,
        hashes: Sequence[str],
        models: Sequence[str] = ("builtin",),
        again: bool = False,
        keys: Mapping[str, str] | None = None,
    ) -> str:
        """Begin to extract every document with every model; returns the run's id at once.

        `again` also does what is stored already. `keys` are API keys by provider name, for this run alone.
        Raises SchemaError when a document type is not usable, ConfigError for an unknown model, AuthenticationError
        for a missing key.
        """
        types = self._types()
        # A run has its own: its keys are no other run's, and its budget is spent by it alone.
        budget = Budget(ledger=self._store)
        extractors = {model: self._create(model, keys=keys, budget=budget) for model in models}
        pairs = [(hash, model) for hash in dict.fromkeys(hashes) for model in extractors]
        run_id = uuid.uuid4().hex[:12]
        run = _Run(deque(pairs), extractors, budget, types, again)
        with self._lock:
            self._runs[run_id] = run
            self._turns.append(run)
            self._forget_old()
            self._start_threads()
            self._lock.notify_all()
        return run_id

    def progress(self, run_id: str) -> Progress:
        """Where the run stands. Raises StoreError when it is not known (any more)."""
        with self._lock:
            run = self._known(run_id)
            counts: Counter[Outcome] = sum(run.counts.values(), Counter())
            worked = counts["done"] + counts["failed"]
            seconds_left = None
            if not run.waiting:
                seconds_left = 0.0
            elif worked:
                seconds_left = (clock() - run.started) / worked * run.waiting
            return Progress(
                documents=run.documents,
                models={model: Counter(count) for model, count in run.counts.items()},
                total=run.total,
                done=counts["done"],
                failed=counts["failed"],
                skipped=counts["skipped"],
                finished=not run.waiting,
                cancelled=run.cancelled,
                items=tuple(run.items),
                seconds_left=seconds_left,
                cost_usd=run.cost_usd,
                cost_unknown=run.cost_unknown,
                cost_failed_usd=run.cost_failed_usd,
                reading=tuple(one for one in run.reading.values() if one.fields),
            )

    def cancel(self, run_id: str) -> None:
        """Start no further pair of this run and no further call that costs; calls at work finish and are stored.

        Raises StoreError for an unknown run.
        """
        with self._lock:
            self._cancel(self._known(run_id))

    def close(self) -> None:
        """Cancel all runs and wait for the pairs at work."""
        with self._lock:
            for run in self._runs.values():
                self._cancel(run)
            self._closed = True
            self._lock.notify_all()
        for thread in self._threads:
            thread.join()

    def _start_threads(self) -> None:
        # Daemons: a stopped server must not go on until a long run is done. What it had begun is not stored.
        while len(self._threads) < self._workers:
            thread = threading.Thread(target=self._work, name=f"run-{len(self._threads)}", daemon=True)
            self._threads.append(thread)
            thread.start()

    def _cancel(self, run: _Run) -> None:
        run.cancelled = run.cancelled or bool(run.waiting)
        run.pairs.clear()
        run.budget.stop()

    def _known(self, run_id: str) -> _Run:
        if run_id not in self._runs:
            raise StoreError(N_("This run is not known any more. Its results are stored; start it again for the rest."))
        return self._runs[run_id]

    def _forget_old(self) -> None:
        over = [run_id for run_id, run in self._runs.items() if not run.waiting]
        for run_id in over[: max(len(self._runs) - RUNS_KEPT, 0)]:
            del self._runs[run_id]

    def _take(self) -> tuple[_Run, str, str] | None:
        """Wait for the next pair; None when all is over.

        Runs take turns, so that a small one does not wait for the end of a large one.
        """
        with self._lock:
            while True:
                while self._turns:
                    run = self._turns.popleft()
                    if run.pairs:
                        self._turns.append(run)
                        run.at_work += 1
                        return run, *run.pairs.popleft()
                if self._closed:
                    return None
                self._lock.wait()

    def _work(self) -> None:
        while (taken := self._take()) is not None:
            self._work_one(*taken)

    def _work_one(self, run: _Run, hash: str, model: str) -> None:
        """One pair, whatever happens to it."""
        started = clock()
        try:
            item = self._pair(run, hash, model)
        except Exception as error:
            item = Item(self._name(hash), hash, model, clock() - started, _message(error), "failed")
        with self._lock:
            run.at_work -= 1
            run.reading.pop((hash, model), None)
            run.counts[model][item.outcome] += 1
            run.cost_usd += item.cost_usd or 0.0
            run.cost_unknown += item.cost_usd is None
            run.cost_failed_usd += (item.cost_usd or 0.0) if item.outcome == "failed" else 0.0
            if item.outcome != "skipped":
                run.items.appendleft(item)
            if not run.waiting:
                run.extractors.clear()  # The keys of a session are not kept longer than needed.

    def _pair(self, run: _Run, hash: str, model: str) -> Item:
        skipped = Item(hash[:12], hash, model, 0.0, outcome="skipped")
        with self._lock:
            if (hash, model) in self._at_work:
                return skipped  # Another run is at it.
            self._at_work.add((hash, model))
        try:
            # Asked for only now: another run may have stored it a moment ago.
            wanted = self._store.to_extract(hash, run.types, model, run.again)
            if wanted and wanted.row.unread and model != "builtin":
                # Nobody should pay for half a document.
                raise StoreError(_UNFINISHED, file=wanted.row.name, count=wanted.row.unread)
            return self._extracted(run, wanted, model) or skipped if wanted else skipped
        except StoppedError:
            return skipped
        finally:
            with self._lock:
                self._at_work.discard((hash, model))

    def _extracted(self, run: _Run, wanted: ToExtract, model: str) -> Item | None:
        """The result of one pair, stored; None when it was cut short and nothing was paid for it."""
        started = clock()
        hash, document_type = wanted.row.hash, wanted.document_type

        def decided(path: str, value: FieldValue) -> None:
            with self._lock:
                before = run.reading.get((hash, model), Reading(wanted.row.name, hash, model, document_type.key))
                run.reading[hash, model] = replace(before, fields={**before.fields, path: value})

        again = one_answer(hash, document_type.key, document_type.version, model, wanted.before)
        with again, listening(decided):
            extraction = _extract(run.extractors[model], model, wanted.document, document_type)
        if run.cancelled and extraction.error and not extraction.cost_usd:
            return None
        self._store.save_extraction(hash, document_type, extraction)
        outcome: Outcome = "failed" if extraction.error else "done"
        seconds, cost = clock() - started, extraction.cost_usd
        return Item(wanted.row.name, hash, model, seconds, extraction.error, outcome, cost, extraction.usage)

    def _name(self, hash: str) -> str:
        try:
            return self._store.row(hash).name
        except Exception:
            return hash[:12]


def _extract(extractor: Extractor, model: str, document: Document, document_type: DocumentType) -> Extraction:
    """The extractor's result; a bug in it becomes an error of this pair."""
    try:
        return extractor.extract(document, document_type)
    except StoppedError:
        raise
    except Exception as error:
        provider = getattr(extractor, "provider", "")
        return Extraction(model, provider, document_type.title(), error=_message(error))


def _workers() -> int:
    from .config import load_cloud

    try:
        return max(load_cloud().concurrent_requests, WORKERS)
    except RightsdeskError:
        return WORKERS  # Whoever uses the cloud is told what is wrong with the file.


def _message(error: Exception) -> str:
    """An exception for a person; one that nobody raised on purpose is logged with its traceback."""
    if isinstance(error, RightsdeskError):
        return str(error)
    log.error("A run's pair failed", exc_info=error)
    return f"{type(error).__name__}: {error}"
