"""Many files on their way into the store at once, while whoever brought them works on.

Nothing here needs a page: files go on when it is left. What the machine is to blame for is tried again by itself.
"""

from __future__ import annotations

import hashlib
import logging
import secrets
import threading
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from time import monotonic
from typing import TYPE_CHECKING, Literal

from extractor.core.document_types import DocumentType
from extractor.core.errors import N_, BusyError, RightsdeskError
from extractor.core.messages import Message
from extractor.desk.intake import add_file
from extractor.reading import sandbox

if TYPE_CHECKING:
    from extractor.store import DocumentRow, Store

State = Literal["waiting", "reading", "added", "known", "refused"]

TRIES = 10
"""How often a file is begun that only the machine was to blame for."""
PAUSE = 15.0
"""Seconds before it is begun again."""
_FAILED = N_("{name}: something went wrong, and it was not added. Look for {reference} in the log of the server.")

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Item:
    """One file and what became of it. `done` of `pages` that need text recognition are read (0 of 0: not known yet).

    `known_as` is the name under which the same content is there already, `reason` why it waits or was refused (in
    English), `started` when it was begun (monotonic seconds).
    """

    name: str
    state: State = "waiting"
    done: int = 0
    pages: int = 0
    started: float = 0.0
    hash: str = ""
    known_as: str = ""
    document_type: str = ""
    reason: str = ""

    @property
    def seconds_left(self) -> float | None:
        """How long the text recognition will still take, by its pace so far."""
        return (monotonic() - self.started) / self.done * (self.pages - self.done) if self.done else None


class BatchIntake:
    """Files that one person brought together. Safe to look at from any thread.

    `added` hears of every new document; `pause` waits, in seconds, before what failed for the machine's reasons is
    begun again.
    """

    def __init__(
        self,
        store: Store,
        types: Mapping[str, DocumentType],
        files: Sequence[tuple[str, bytes]],
        at_first: int | None = None,
        added: Callable[[DocumentRow], None] = lambda _row: None,
        pause: Callable[[float], object] | None = None,
    ) -> None:
        self._store, self._types, self._at_first, self._added = store, types, at_first, added
        self._lock = threading.Condition()
        self._pause = pause or threading.Event().wait
        self._items: list[Item] = []
        self._data: dict[int, bytes] = {}
        self._waiting: deque[list[int]] = deque()
        self._left = 0
        self.add(files)

    def add(self, files: Sequence[tuple[str, bytes]]) -> None:
        """More files: names and contents. Returns at once."""
        # Of equal files the first is read, the others find it there.
        groups: dict[str, list[int]] = {}
        with self._lock:
            for number, (name, data) in enumerate(files, len(self._items)):
                groups.setdefault(hashlib.sha256(data).hexdigest(), []).append(number)
                self._items.append(Item(name))
                self._data[number] = data
            self._waiting.extend(groups.values())
            self._left += len(files)
        self._start()

    def items(self) -> list[Item]:
        """The files in the order in which they were brought."""
        with self._lock:
            return list(self._items)

    @property
    def finished(self) -> bool:
        with self._lock:
            return not self._left

    def wait(self, seconds: float) -> bool:
        """Return when all is done, or `seconds` have passed; whether all is done."""
        with self._lock:
            return self._lock.wait_for(lambda: not self._left, seconds)

    def can_try_again(self, number: int) -> bool:
        """Whether file `number` was refused and is still here."""
        with self._lock:
            return self._items[number].state == "refused" and number in self._data

    def try_again(self, number: int) -> None:
        """Begin a refused file once more. Returns at once; nothing happens to one that was not refused."""
        with self._lock:
            if self._items[number].state != "refused" or number not in self._data:
                return
            self._items[number] = Item(self._items[number].name)
            self._waiting.append([number])
            self._left += 1
        self._start()

    def _start(self) -> None:
        # Daemons: a server that is stopped does not wait for the files that somebody brought.
        for number in range(min(sandbox.places(), len(self._waiting))):  # Too many find nothing to do, and end.
            threading.Thread(target=self._work, name=f"intake-{number}", daemon=True).start()

    def _work(self) -> None:
        while True:
            with self._lock:
                if not self._waiting:
                    return
                group = self._waiting.popleft()
            with sandbox.for_caller(id(self)):
                for number in group:
                    self._take_in(number)

    def _take_in(self, number: int) -> None:
        """One file, whatever happens to it."""
        name, data = self._items[number].name, self._data[number]
        outcome = replace(self._items[number], state="refused")
        try:
            row, new = self._read(number, name, data)
            state: State = "added" if new else "known"
            outcome = Item(name, state, hash=row.hash, known_as=row.name, document_type=row.document_type)
            if new:
                self._added(row)
        except RightsdeskError as error:
            outcome = replace(outcome, reason=error.message)
        except Exception:
            reference = secrets.token_hex(4)
            log.exception("unexpected error %s", reference)
            outcome = replace(outcome, reason=Message(_FAILED, name=name, reference=reference))
        with self._lock:
            self._items[number] = outcome
            if outcome.state != "refused":
                del self._data[number]
            self._left -= 1
            self._lock.notify_all()

    def _read(self, number: int, name: str, data: bytes) -> tuple[DocumentRow, bool]:
        def progress(done: int, pages: int) -> None:
            self._set(number, done=done, pages=pages)

        for left in reversed(range(TRIES)):
            self._set(number, state="reading", started=monotonic(), done=0, pages=0, reason="")
            try:
                return add_file(self._store, data, name, self._types, progress, self._at_first)
            except BusyError as error:
                if not left:
                    raise
                self._set(number, state="waiting", reason=error.message)
                self._pause(PAUSE)
        raise AssertionError("unreachable")

    def _set(self, number: int, **changes: object) -> None:
        with self._lock:
            self._items[number] = replace(self._items[number], **changes)  # type: ignore[arg-type]
