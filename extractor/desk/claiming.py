"""Doing work once, whoever else wants it done: this process's side of the claims of a store (`store.claims`).

An owner that lives says so every `BEAT` seconds. Whoever waits for it takes its work over when it knows that the owner
is dead (its process on this machine is gone), or has seen it silent for `LEASE` seconds. Only the waiting process's
own monotonic clock counts these, so a clock that is set, here or there, neither frees a claim nor holds one.
"""

from __future__ import annotations

import logging
import os
import platform
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import psutil

from extractor.core import cancellation
from extractor.core.document_types import DocumentType
from extractor.core.documents import Document
from extractor.core.extractions import Extraction
from extractor.extractors.base import Extractor
from extractor.spending.idempotency import claimed

if TYPE_CHECKING:
    from extractor.core.claims import Claim, Work
    from extractor.store import Answered, Busy, Store

BEAT = 5.0
LEASE = 30.0
POLL = 0.5
"""Seconds between two looks at work that somebody else is doing."""

log = logging.getLogger(__name__)
_living: set[str] = set()
"""The claimants of this process."""


class Claimant:
    """Takes work of a store for a run, a command or a request. Safe to use from several threads.

    `clock` counts seconds of the waiting, from any beginning.
    """

    def __init__(self, store: Store, clock: Callable[[], float] = time.monotonic) -> None:
        self._store, self._clock = store, clock
        self.name = f"{_here()}:{os.getpid()}:{uuid.uuid4().hex[:12]}"
        _living.add(self.name)
        self._lock = threading.Lock()
        self._held: set[Work] = set()
        self._seen: dict[Work, tuple[str, int, float]] = {}
        self._closed = threading.Event()
        self._thread: threading.Thread | None = None

    def claim(self, work: Work, since: int | None = None, kept: bool = True) -> Claim | Busy | Answered:
        """See `Store.claim`. Takes the work of an owner that is dead."""
        from extractor.core.claims import Claim
        from extractor.store import Busy

        outcome = self._store.claim(work, self.name, since, kept)
        if isinstance(outcome, Busy) and self._is_dead(outcome):
            outcome = self._store.take_over(outcome, self.name) or outcome
        with self._lock:
            if isinstance(outcome, Claim):
                self._held.add(work)
            if not isinstance(outcome, Busy):
                self._seen.pop(work, None)
        return outcome

    @contextmanager
    def working(self, claim: Claim) -> Iterator[None]:
        """Inside the block the claim is kept alive, and calls are made under it. It is given up when the block is left
        before its result is in the store (see `settled`)."""
        self._start()
        try:
            with claimed(claim):
                yield
        finally:
            if self.settled(claim):
                self._store.release_claim(claim)

    def settled(self, claim: Claim) -> bool:
        """The result of a claim is in the store, and the claim is over; False when that was known."""
        with self._lock:
            held = claim.work in self._held
            self._held.discard(claim.work)
            return held

    def beat(self) -> None:
        """Say that this owner lives, when it holds something."""
        with self._lock:
            held = bool(self._held)
        if held:
            self._store.beat(self.name)

    def close(self) -> None:
        """There is no more to do."""
        self._closed.set()
        if not self._held:
            _living.discard(self.name)

    def _is_dead(self, busy: Busy) -> bool:
        if not busy.owner:
            return False
        if _gone(busy.owner):
            return True
        now = self._clock()
        with self._lock:
            owner, beat, since = self._seen.get(busy.work, ("", -1, now))
            if (owner, beat) != (busy.owner, busy.beat):
                self._seen[busy.work] = busy.owner, busy.beat, now
                return False
            return now - since >= LEASE

    def _start(self) -> None:
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._live, name="claims", daemon=True)
                self._thread.start()

    def _live(self) -> None:
        while not (self._closed.wait(BEAT) and not self._held):
            try:
                self.beat()
            except Exception as error:  # A database that is away for a moment: the next beat may come through.
                log.warning("Claims could not be kept alive: %s", error)
            if self._closed.is_set():
                time.sleep(BEAT)  # What is at work when the desk is closed is kept alive until it is done.


def work_of(hash: str, document_type: DocumentType, extractor: Extractor, model: str | None = None) -> Work:
    """What `extractor`, the model of that key, would do with a document."""
    from extractor.core.claims import Work

    version = extractor.version(document_type) if isinstance(extractor, Extractor) else ""
    return Work(hash, document_type.key, document_type.version, model or extractor.model, version)


def ask_once(
    claimant: Claimant,
    store: Store,
    extractor: Extractor,
    document: Document,
    document_type: DocumentType,
    since: int | None = None,
    on_wait: Callable[[], None] = lambda: None,
) -> tuple[Extraction, bool]:
    """The extractor's result for a document, and whether it was there already: then it costs nothing (again).

    Waits while another process asks the same; `on_wait` is called once then. With `since` (see `Store.last_result`)
    only a result that came later is taken for one. Raises StoppedError when cancelled.
    """
    from extractor.store import Answered, Busy

    work, kept, waiting = work_of(document.content_hash, document_type, extractor), since is None, False
    while True:
        outcome = claimant.claim(work, since, kept)
        if isinstance(outcome, Answered):
            there = outcome.extraction or store.result_of(work)
            if there is not None:
                return replace(there, cost_usd=0.0, document_type_key=document_type.key), True
            continue  # It was deleted just now.
        if not isinstance(outcome, Busy):
            break
        if not waiting:
            on_wait()
        kept = waiting = True  # What comes now is new.
        cancellation.pause(POLL)
    with claimant.working(outcome):
        extraction = extractor.extract(document, document_type)
        store.keep_result(outcome, document_type, extraction)
        claimant.settled(outcome)
    return extraction, False


@lru_cache(maxsize=1)
def _here() -> str:
    """This machine, and where process numbers are counted apart (containers) this part of it."""
    try:
        space = str(Path("/proc/self/ns/pid").readlink())
    except OSError:
        space = ""
    return f"{platform.node()}/{space}".replace(":", "")


def _gone(owner: str) -> bool:
    """Whether the owner's process is known to have ended. One of another machine may live."""
    here, pid, _ = owner.rsplit(":", 2)
    if here != _here():
        return False
    if int(pid) == os.getpid():
        return owner not in _living
    try:
        return bool(psutil.Process(int(pid)).status() == psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return True
    except psutil.Error:
        return False
