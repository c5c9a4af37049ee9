"""A run: a set of (document, model) pairs to extract, worked off in the background.

A pair whose result is stored is skipped, so running again does what is missing: after a crash, after new
uploads, after a changed document type or prompt. A result is stored before its thread begins the next pair, so
a crash loses the calls at work and no others. A pair that another run has at work, here or in another process on the
same store, is looked at again a while later: it has its result then, or is this run's (see `claiming`).

A pair whose provider takes no more calls for now is put off, and its thread does something else meanwhile.

A cancelled run begins nothing more, and ends what it has not sent at once. An answer that was asked for is paid in any
case: it is stored if it comes within its time.
"""

from __future__ import annotations

import logging
import threading
import time
import uuid
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from time import monotonic as clock
from typing import TYPE_CHECKING

from extractor.core.cancellation import stopped_by
from extractor.core.document_types import DocumentType, load_document_types
from extractor.core.documents import Document
from extractor.core.errors import N_, PutOffError, RightsdeskError, StoppedError, StoreError
from extractor.core.extractions import Extraction, FieldValue
from extractor.core.messages import Message
from extractor.core.model_keys import BUILTIN
from extractor.desk.claiming import POLL, Claimant, work_of
from extractor.desk.run_progress import Item, Outcome, Progress, Reading
from extractor.desk.run_state import Run
from extractor.extractors.base import Extractor
from extractor.extractors.cloud.rate_limits import put_off
from extractor.extractors.field_events import subscribe
from extractor.extractors.registry import create_extractor
from extractor.spending.budget import Budget

if TYPE_CHECKING:
    from extractor.core.claims import Claim
    from extractor.store import DocumentRow, Store

log = logging.getLogger(__name__)

WORKERS = 4
"""Pairs worked on at once, when the cloud configuration does not allow more calls at once."""
RUNS_KEPT = 50
CLOSING = 2.0
"""Seconds that `Runs.close` waits for what is at work. What takes longer is stored if the process lives that long."""


_UNFINISHED = N_("{file}: text recognition is not finished, {count} pages are left. Try again when it is.")


class _ElsewhereError(Exception):
    """Another run or process is at this pair."""


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
        self._workers = workers or default_workers()
        self._threads: list[threading.Thread] = []
        self._closed = False
        self._lock = threading.Condition()
        self._runs: dict[str, Run] = {}
        self._turns: deque[Run] = deque()
        self._claims = Claimant(store)

    def start(
        self,
        hashes: Sequence[str],
        models: Sequence[str] = (BUILTIN,),
        again: bool = False,
        keys: Mapping[str, str] | None = None,
        after: str | None = None,
    ) -> str:
        """Begin to extract every document with every model; returns the run's id at once.

        `again` also does what is stored already. `keys` are API keys by provider name, for this run alone. `after` is
        the run of which this is another try: they share a budget.
        Raises SchemaError when a document type is not usable, ConfigError for an unknown model, AuthenticationError
        for a missing key, StoreError when `after` is not known (any more).
        """
        types = self._types()
        # A run has its own: its keys are no other run's, and its budget is spent by it and its further tries alone.
        budget = Budget(ledger=self._store) if after is None else self._budget_of(after)
        extractors = {model: self._create(model, keys=keys, budget=budget) for model in models}
        pairs = [(hash, model) for hash in dict.fromkeys(hashes) for model in extractors]
        run_id = uuid.uuid4().hex[:12]
        since = self._store.last_result() if again else None
        run = Run(deque(pairs), extractors, budget, types, since, clock())
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
            return self._known(run_id).progress(clock())

    def cancel(self, run_id: str) -> None:
        """Start no further pair of this run, send no further call, end what waits. Answers that were asked for are
        paid in any case: they come in within their time and are stored.

        Raises StoreError for an unknown run.
        """
        with self._lock:
            self._cancel(self._known(run_id))

    def close(self) -> None:
        """Cancel all runs and wait for the pairs at work, but not for long."""
        with self._lock:
            for run in self._runs.values():
                self._cancel(run)
            self._closed = True
            self._lock.notify_all()
        end = time.monotonic() + CLOSING
        for thread in self._threads:
            thread.join(max(end - time.monotonic(), 0.0))
        self._claims.close()

    def _budget_of(self, run_id: str) -> Budget:
        with self._lock:
            return self._known(run_id).budget.again()

    def _start_threads(self) -> None:
        # Daemons: a stopped server must not go on until a long run is done. What it had begun is not stored.
        while len(self._threads) < self._workers:
            thread = threading.Thread(target=self._work, name=f"run-{len(self._threads)}", daemon=True)
            self._threads.append(thread)
            thread.start()

    def _cancel(self, run: Run) -> None:
        run.cancelled = run.cancelled or bool(run.waiting)
        run.pairs.clear()
        run.elsewhere.clear()
        run.budget.stop()
        if not run.waiting:
            run.extractors.clear()

    def _known(self, run_id: str) -> Run:
        if run_id not in self._runs:
            raise StoreError(N_("This run is not known any more. Its results are stored; start it again for the rest."))
        return self._runs[run_id]

    def _forget_old(self) -> None:
        over = [run_id for run_id, run in self._runs.items() if not run.waiting]
        for run_id in over[: max(len(self._runs) - RUNS_KEPT, 0)]:
            del self._runs[run_id]

    def _take(self) -> tuple[Run, str, str] | None:
        """Wait for the next pair; None when all is over."""
        with self._lock:
            while (taken := self._next()) is None and not self._closed:
                due = [when for run in self._turns for when in run.dues()]
                self._lock.wait(max(min(due) - clock(), 0.01) if due else None)
            return taken

    def _next(self) -> tuple[Run, str, str] | None:
        """Runs take turns, so that a small one does not wait for the end of a large one."""
        for _ in range(len(self._turns)):
            run = self._turns.popleft()
            pair = run.take(clock())
            if pair or run.waiting:
                self._turns.append(run)  # What is at work now may be put off.
            if pair:
                run.at_work += 1
                return run, *pair
        return None

    def _work(self) -> None:
        while (taken := self._take()) is not None:
            self._work_one(*taken)

    def _work_one(self, run: Run, hash: str, model: str) -> None:
        """One pair, whatever happens to it."""
        started = clock()
        item: Item | None = None
        elsewhere = False
        again: float | None = None
        try:
            item = self._pair(run, hash, model)
        except _ElsewhereError:
            elsewhere = True
        except PutOffError as error:
            again = clock() + error.seconds
        except Exception as error:
            item = Item(self._name(hash), hash, model, clock() - started, _message(error), "failed")
        with self._lock:
            run.at_work -= 1
            run.reading.pop((hash, model), None)
            if item is not None:
                run.count(item)
            if not elsewhere:
                self._look_again(hash, model)
            elif not run.cancelled:
                run.elsewhere[hash, model] = clock() + POLL
            if again is not None and not run.cancelled:
                run.put_off((hash, model), again)
            if not run.waiting:
                run.extractors.clear()  # The keys of a session are not kept longer than needed.
            self._lock.notify_all()

    def _look_again(self, hash: str, model: str) -> None:
        """A pair is over that other runs of this process may be waiting for."""
        for run in self._turns:
            if (hash, model) in run.elsewhere:
                run.elsewhere[hash, model] = clock()

    def _pair(self, run: Run, hash: str, model: str) -> Item | None:
        """What came of a pair; None when the run was cancelled before anything did.

        Raises _ElsewhereError when somebody else is at it, PutOffError when it is to be tried again.
        """
        from extractor.core.claims import Claim
        from extractor.store import Busy, ClaimLostError

        row = self._store.row(hash)
        document_type = _type_of(row, run.types)
        extractor = run.extractors[model]
        # Asked for only now: another run may have stored it a moment ago.
        claim = self._claims.claim(work_of(hash, document_type, extractor, model), run.since, kept=False)
        if isinstance(claim, Busy):
            raise _ElsewhereError
        if not isinstance(claim, Claim):
            return Item(row.name, hash, model, 0.0, outcome="skipped")
        try:
            with self._claims.working(claim), stopped_by(run.budget.stopped), put_off():
                if row.unread and model != BUILTIN:
                    # Nobody should pay for half a document.
                    raise StoreError(_UNFINISHED, file=row.name, count=row.unread)
                return self._extracted(run, row, document_type, claim)
        except ClaimLostError:
            raise _ElsewhereError from None
        except StoppedError:
            return None

    def _extracted(self, run: Run, row: DocumentRow, document_type: DocumentType, claim: Claim) -> Item | None:
        """The result of one pair, stored; None when it was cut short and nothing was paid for it."""
        from extractor.extractors.hybrid.extractor import fell_back

        started = clock()
        hash, model = row.hash, claim.work.model

        def decided(path: str, value: FieldValue) -> None:
            with self._lock:
                before = run.reading.get((hash, model), Reading(row.name, hash, model, document_type.key))
                run.reading[hash, model] = replace(before, fields={**before.fields, path: value})

        with subscribe(decided):
            extraction = _extract(run.extractors[model], model, self._store.document(hash, row), document_type)
        if run.cancelled and extraction.error and extraction.cost_usd == 0.0:
            return None
        self._store.save_extraction(hash, document_type, extraction, claim)
        self._claims.settled(claim)
        outcome: Outcome = "failed" if extraction.error else "done"
        seconds, cost = clock() - started, extraction.cost_usd
        why = fell_back(extraction)
        return Item(row.name, hash, model, seconds, extraction.error, outcome, cost, extraction.usage, why)

    def _name(self, hash: str) -> str:
        try:
            return self._store.row(hash).name
        except Exception:
            return hash[:12]


def _type_of(row: DocumentRow, types: Mapping[str, DocumentType]) -> DocumentType:
    if (document_type := types.get(row.document_type)) is None:
        template = N_("{file}: the document type “{type}” does not exist any more. Choose another one.")
        raise StoreError(template, file=row.name, type=row.document_type)
    return document_type


def _extract(extractor: Extractor, model: str, document: Document, document_type: DocumentType) -> Extraction:
    """The extractor's result; a bug in it becomes an error of this pair."""
    try:
        return extractor.extract(document, document_type)
    except (StoppedError, PutOffError):
        raise
    except Exception as error:
        provider = getattr(extractor, "provider", "")
        title, key = document_type.title(), document_type.key
        return Extraction(model, provider, title, error=_message(error), document_type_key=key)


def default_workers() -> int:
    """How many pairs `Runs` works on at once, as the cloud configuration is now."""
    from extractor.settings.cloud import load_cloud

    try:
        return max(load_cloud().concurrent_requests, WORKERS)
    except RightsdeskError:
        return WORKERS  # Whoever uses the cloud is told what is wrong with the file.


def _message(error: Exception) -> str:
    """An exception for a person; one that nobody raised on purpose is logged with its traceback."""
    if isinstance(error, RightsdeskError):
        return error.message
    log.error("A run's pair failed", exc_info=error)
    return Message(N_("{kind}: {reason}"), kind=type(error).__name__, reason=str(error))
