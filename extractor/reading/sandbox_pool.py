"""Who gets a worker next: one a core, as many as memory allows, and a queue of those who wait.

Bulk work (reading files, runs) never takes the last place, so that page images and typed values do not wait behind
it. Among those who wait whoever has the fewest workers goes first: one person's 25 files do not hold up another's one.
"""

from __future__ import annotations

import itertools
import threading
from collections import Counter
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from extractor.core.errors import StoppedError
from extractor.reading.sandbox_worker import Worker

_LOOK = 0.2
"""Seconds after which one who waits looks whether the result is still wanted."""


@dataclass(eq=False)
class Ticket:
    """One who wants a worker. `alone`: while it works no other bulk work does."""

    caller: Hashable
    interactive: bool
    alone: bool
    number: int


class Pool:
    """Workers for at most `bulk` calls at once, and one more that is interactive. Safe to use from many threads."""

    def __init__(self, bulk: int, start: Callable[[], Worker] = Worker) -> None:
        self.bulk = bulk
        self._start = start
        self._idle: list[Worker] = []
        self._busy: list[Worker] = []
        self._waiting: list[Ticket] = []
        self._working: list[Ticket] = []
        self._served: Counter[Hashable] = Counter()
        self._numbers = itertools.count(1)
        self._changed = threading.Condition()

    @contextmanager
    def worker(
        self,
        caller: Hashable,
        interactive: bool = False,
        alone: bool = False,
        key: str | None = None,
        stopped: Callable[[], bool] = lambda: False,
    ) -> Iterator[Worker]:
        """A worker when it is one's turn, if possible one that has the document `key`.

        It is kept for the next call when the block ends, and killed when the block raises. Raises StoppedError when
        `stopped` says so first, OSError when no process can be started.
        """
        ticket = Ticket(caller, interactive, alone, next(self._numbers))
        self._wait(ticket, stopped)
        worker: Worker | None = None
        try:
            worker = self._take(key) or self._start()
            self._busy.append(worker)
            yield worker
            self._keep(worker)
        except BaseException:
            if worker is not None:
                worker.kill()
            raise
        finally:
            with self._changed:
                if worker is not None:
                    self._busy.remove(worker)
                self._working.remove(ticket)
                if not self._working and not self._waiting:
                    self._served.clear()
                self._changed.notify_all()

    def waiting(self) -> int:
        """How many wait for a worker now."""
        with self._changed:
            return len(self._waiting)

    def close(self) -> None:
        """End the workers that have nothing to do."""
        with self._changed:
            idle, self._idle = self._idle, []
        for worker in idle:
            worker.kill()

    def end(self) -> None:
        """End all workers, at the end of this process: nobody waits for what they do."""
        self.close()
        with self._changed:
            busy = list(self._busy)
        for worker in busy:
            worker.kill()

    def _wait(self, ticket: Ticket, stopped: Callable[[], bool]) -> None:
        with self._changed:
            self._waiting.append(ticket)
            try:
                while self._next() is not ticket:
                    if stopped():
                        raise StoppedError
                    self._changed.wait(_LOOK)
                self._working.append(ticket)
                self._served[ticket.caller] = ticket.number
            finally:
                self._waiting.remove(ticket)
                self._changed.notify_all()

    def _next(self) -> Ticket | None:
        """Whose turn it is; None while there is no place."""
        at_work = Counter(ticket.caller for ticket in self._working)
        for ticket in sorted(
            self._waiting,
            key=lambda ticket: (
                not ticket.interactive,
                at_work[ticket.caller],
                self._served[ticket.caller],
                ticket.number,
            ),
        ):
            if self._has_place(ticket):
                return ticket
            if ticket.alone:
                return None  # Others would take its place for ever.
        return None

    def _has_place(self, ticket: Ticket) -> bool:
        if ticket.interactive:
            return len(self._working) <= self.bulk
        bulk = [other for other in self._working if not other.interactive]
        if ticket.alone:
            return not bulk
        return len(bulk) < self.bulk and not any(other.alone for other in bulk)

    def _take(self, key: str | None) -> Worker | None:
        with self._changed:
            self._idle.sort(key=lambda worker: key is not None and key in worker.documents)
            while self._idle:
                worker = self._idle.pop()
                if worker.alive:
                    return worker
        return None

    def _keep(self, worker: Worker) -> None:
        if worker.memory > MOST_KEPT:
            worker.kill()  # What a large document left behind would count against the next one.
            return
        with self._changed:
            self._idle.append(worker)


MOST_KEPT = 400 * 1024 * 1024
"""Bytes that a worker may hold while it waits for the next call."""
