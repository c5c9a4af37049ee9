"""Cancellation: every wait of a run looks at the run's stop, so that none outlives a cancel.

A stop is a `threading.Event` that the code between whoever cancels and whoever waits need not pass on: it stands in
the context of the thread (`stopped_by`). Without one all of this waits as it would without this module.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

from extractor.core.errors import StoppedError

LOOK = 0.05
"""Seconds between two looks at the stop, where what is waited for cannot be woken by it."""

T = TypeVar("T")

_stop: ContextVar[threading.Event | None] = ContextVar("stop", default=None)


@contextmanager
def stopped_by(stop: threading.Event) -> Iterator[None]:
    """Inside the block this thread belongs to what `stop` cancels."""
    token = _stop.set(stop)
    try:
        yield
    finally:
        _stop.reset(token)


def stopped() -> bool:
    """Whether what this thread works for was cancelled."""
    stop = _stop.get()
    return stop is not None and stop.is_set()


def check() -> None:
    """Raise StoppedError when what this thread works for was cancelled."""
    if stopped():
        raise StoppedError


def pause(seconds: float) -> None:
    """Sleep. Raises StoppedError as soon as it is cancelled."""
    (_stop.get() or threading.Event()).wait(seconds)
    check()


@contextmanager
def acquired(lock: Any) -> Iterator[None]:
    """Inside the block the lock is held. Raises StoppedError when cancelled before it is free."""
    if _stop.get() is None:
        lock.acquire()
    else:
        check()
        while not lock.acquire(timeout=LOOK):
            check()
    try:
        yield
    finally:
        lock.release()


def wait(condition: threading.Condition, most: float | None = None) -> None:
    """`condition.wait(most)`, held by the caller, for a while; whoever waits looks again at what it waits for.

    Raises StoppedError when cancelled.
    """
    if _stop.get() is not None:
        most = LOOK if most is None else min(most, LOOK)
    condition.wait(most)
    check()


def interruptible(work: Callable[[], T], undo: Callable[[T], None]) -> T:
    """`work()`, for calls that block and cannot be woken (a name look-up, a connection, a handshake).

    Raises what `work` raises, and StoppedError when cancelled before it is done: then it goes on by itself, and what
    it gives in the end is handed to `undo`.
    """
    if _stop.get() is None:
        return work()
    done: queue.SimpleQueue[tuple[T | None, BaseException | None]] = queue.SimpleQueue()
    lock, left = threading.Lock(), threading.Event()

    def run() -> None:
        result: T | None = None
        failure: BaseException | None = None
        try:
            result = work()
        except BaseException as error:
            failure = error
        with lock:
            if not left.is_set():
                done.put((result, failure))
                return
        if failure is None:
            undo(result)  # type: ignore[arg-type]

    check()
    threading.Thread(target=run, name="interruptible", daemon=True).start()
    while True:
        try:
            result, failure = done.get(timeout=LOOK)
        except queue.Empty:
            with lock:
                if not stopped() or not done.empty():
                    continue
                left.set()
            raise StoppedError from None
        if failure is not None:
            raise failure
        return result  # type: ignore[return-value]
