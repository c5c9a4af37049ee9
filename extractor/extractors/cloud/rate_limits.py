"""Who may send to a provider, and when: one pace for all calls with one key.

A limit that one call runs into holds for all: nobody sends before its wait is over, and then fewer at once; each answer
lets a little more through again. The time of a call begins when it is sent, so that waiting here uses none of it.

A wait looks at cancellation. Where `put_off` asks for it, a long one is a PutOffError: whoever runs many documents has
other things to do meanwhile.
"""

from __future__ import annotations

import hashlib
import random
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from time import monotonic as clock

from extractor.core import cancellation
from extractor.core.errors import N_, NoCreditError, PutOffError, RateLimitError
from extractor.core.extractions import Usage

FIRST_PAUSE, LONGEST_PAUSE = 1.0, 60.0
"""Seconds to wait after a limit that does not say how long, twice as long after each further one."""
RECOVERY = 0.25
"""After a limit, as many more calls at once an answer lets through, for all those at work together."""
CLOSED = 60.0
"""Seconds that an account without credit is not asked again."""
HELD = 2.0
"""Seconds that a wait may take where `put_off` asks for short ones."""

_putting_off: ContextVar[bool] = ContextVar("putting_off", default=False)


@contextmanager
def put_off(wanted: bool = True) -> Iterator[None]:
    """Inside the block a wait of over `HELD` seconds is a PutOffError; it is waited for where `wanted` is false."""
    token = _putting_off.set(wanted)
    try:
        yield
    finally:
        _putting_off.reset(token)


@dataclass(frozen=True)
class Turn:
    """A call that may be sent. `cuts` are how often the number of calls at once had been lowered by then."""

    cuts: int


class Pace:
    """The pace of one provider and key. Safe to use from several threads."""

    def __init__(self, most: int) -> None:
        self.most = most
        self._changed = threading.Condition()
        self._allowed = float(most)
        self._at_work = 0
        self._until = 0.0
        self._in_a_row = 0
        self._in_vain = 0.0
        self._cuts = 0
        self._queue: deque[object] = deque()
        self._closed: tuple[float, NoCreditError] | None = None

    @property
    def allowed(self) -> int:
        """Calls that may be at work at once by now."""
        return max(int(min(self._allowed, self.most)), 1)

    @property
    def in_vain(self) -> float:
        """Seconds that calls have waited for limits since the last answer, one after the other."""
        return self._in_vain

    @contextmanager
    def turn(self, provider: str, patience: float, first: bool = False) -> Iterator[Turn]:
        """Around a call, when it may be sent; `first`: before those that wait. A wait for a limit of over `patience`
        seconds is a RateLimitError at once, which names `provider`. Raises NoCreditError, StoppedError for a run that
        was cancelled, PutOffError where `put_off` asks for it."""
        turn = Turn(self._enter(provider, patience, first))
        try:
            yield turn
        finally:
            with self._changed:
                self._at_work -= 1
                self._changed.notify_all()

    def _enter(self, provider: str, patience: float, first: bool) -> int:
        ticket = object()
        began = clock()
        end = began + patience
        with self._changed:
            self._queue.appendleft(ticket) if first else self._queue.append(ticket)
            try:
                while True:
                    cancellation.check()
                    now = clock()
                    if self._closed and now < self._closed[0]:
                        closed = self._closed[1]
                        raise NoCreditError(closed.template, spent=Usage(0, 0), **closed.params)
                    pause = self._until - now
                    if pause > 0 and now + pause > end:
                        raise _too_long(provider, pause)
                    if pause <= 0 and self._queue[0] is ticket and self._at_work < self.allowed:
                        self._at_work += 1
                        return self._cuts
                    if _putting_off.get() and (pause > HELD or now - began >= HELD):
                        raise PutOffError(max(pause, HELD / 2))
                    if pause <= 0:
                        end = max(end, now + patience)  # Waiting for others' calls is no wait for a limit.
                    cancellation.wait(self._changed, pause if pause > 0 else HELD)
            finally:
                self._queue.remove(ticket)
                self._changed.notify_all()

    def limited(self, turn: Turn, wait: float | None) -> float:
        """The call ran into a limit: nobody sends for `wait` seconds (None: a pause that grows). Returns them."""
        with self._changed:
            self._in_a_row += 1
            if wait is None:
                pause = min(FIRST_PAUSE * 2 ** (self._in_a_row - 1), LONGEST_PAUSE)
                wait = pause * (1 - 0.25 * random.random())
            now = clock()
            if now - self._until > LONGEST_PAUSE:
                self._in_vain = 0.0  # That was another time.
            self._until = max(self._until, now + wait)
            if turn.cuts == self._cuts:  # Calls that were sent together tell of one limit, not of many.
                self._cuts += 1
                self._in_vain += wait
                self._allowed = max(self.allowed / 2, 1.0)
            return wait

    def passed(self) -> None:
        """A call was answered."""
        with self._changed:
            self._in_a_row, self._in_vain = 0, 0.0
            self._allowed = min(self._allowed + RECOVERY / max(self._allowed, 1.0), float(self.most))
            self._changed.notify_all()

    def close(self, error: NoCreditError) -> None:
        """The account has no credit: no call is sent for `CLOSED` seconds."""
        with self._changed:
            self._closed = (clock() + CLOSED, error)
            self._changed.notify_all()


def _too_long(provider: str, pause: float) -> RateLimitError:
    template = N_("{provider} takes no more calls for now. Try again in {seconds} s.")
    return RateLimitError(template, spent=Usage(0, 0), wait=pause, provider=provider, seconds=f"{pause:.3g}")


_paces: dict[tuple[str, str], Pace] = {}
_lock = threading.Lock()


def pace(base_url: str, key: str, most: int) -> Pace:
    """The pace of all calls of this process to `base_url` with `key`, `most` of them at once."""
    account = (base_url, hashlib.sha256(key.encode()).hexdigest())
    with _lock:
        shared = _paces.setdefault(account, Pace(most))
        shared.most = most
        return shared
