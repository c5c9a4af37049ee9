"""Work on untrusted files and texts in processes of their own, which are ended when they compute or take too much.

`run(function, …)` calls a function of this package in a worker (`extractor.reading.sandbox_worker`) when one is free
(`extractor.reading.sandbox_pool`), and holds it to limits of CPU time and memory
(`extractor.reading.sandbox_limits`). A worker that
crashes, hangs or grows costs its own file a clear message and nobody else anything; one that the machine ended is
tried again.
"""

from __future__ import annotations

import atexit
import logging
import sys
import threading
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
from typing import Any

from extractor.core import machine
from extractor.core.documents import Document
from extractor.core.errors import N_, BusyError, ReadingError
from extractor.reading import sandbox_worker
from extractor.reading.sandbox_limits import EndedError, Limits, Reason
from extractor.reading.sandbox_pool import Pool
from extractor.reading.sandbox_worker import Call, Progress, Raised

__all__ = ["READING", "TEXT", "Kind", "Progress", "Source", "cpu_allowed", "for_caller", "most_memory", "run"]

MOST_MEMORY = 950 * 1024 * 1024
"""Bytes that a worker may take with all that it started; the kernel's limit on itself is twice that."""
CPU_SECONDS = 60.0
"""CPU seconds of a small file or text, or of a page of one that tells of progress, on a slow machine."""
CPU_SECONDS_A_MEGABYTE = 15.0
MOST_CPU_SECONDS = 3600.0
"""CPU seconds of one document in all, however often it tells of progress."""
ASLEEP_SECONDS = 180.0
"""A worker that sleeps for so long, and computes nothing in it, will not wake."""
TRIES = {"broken": 2, "machine": 3}
"""How often a file is begun that ends its worker: by a crash, or for the machine's reasons."""
_SHARE = 0.6
"""Of the memory of the machine, or of its container, what workers may take together."""

log = logging.getLogger("rightsdesk.apart")


@dataclass(frozen=True)
class Kind:
    """What a worker does, and what is said of a file that ended it, by reason; `failed` of an unforeseen error."""

    slow: str
    large: str
    stalled: str
    broken: str
    failed: str


_BUSY = N_(
    "{name}: the server is short of memory or processes and could not work on it just now. Try again in a few minutes."
)
READING = Kind(
    slow=N_("{name} took more than {seconds} s of computing to read and was given up. Split it, or save it in another "
            "format, and upload that."),
    large=N_("{name} needs too much memory to be read. Split it, or scan it at 300 dpi, and upload that."),
    stalled=N_("{name}: reading came to a standstill and was ended. Try again; if that does not help, save it in "
               "another format."),
    broken=N_("{name} made the program that reads it crash twice. Save it in another format and upload that."),
    failed=N_("{name} is damaged in a way that cannot be read. Export or scan it again and upload that."),
)  # fmt: skip
TEXT = Kind(
    slow=N_("{name}: its text took more than {seconds} s of computing and was given up. Leave out what is no text, "
            "such as long runs of blanks, or split it."),
    large=N_("{name}: its text needs too much memory. Split it."),
    stalled=N_("{name}: work on its text came to a standstill and was ended. Try again."),
    broken=N_("{name}: its text made the program crash twice. Split it, or leave out what is no text."),
    failed=N_("{name}: an error in the program; its log says more."),
)  # fmt: skip


@dataclass(frozen=True)
class Source:
    """A document by the key under which a worker may have it; `load` gives it when it has not."""

    key: str
    load: Callable[[], Document]

    @classmethod
    def of(cls, document: Document) -> Source:
        """That of a document in hand."""
        marks = (document.content_hash, document.name, len(document.pages), document.cells)
        return cls(f"{hash(document.text):x}/{hash(marks):x}", lambda: document)


def run(
    function: Callable[..., Any],
    *arguments: Any,
    name: str,
    size: int = 0,
    progress: Progress | None = None,
    kind: Kind = READING,
    source: Source | None = None,
    stopped: Callable[[], bool] = lambda: False,
    cpu_seconds: float | None = None,
    memory: int | None = None,
) -> Any:
    """`function(*arguments)` in a worker; the document of `source` goes before the arguments, `progress` behind them.

    The function is one of a module of this package, arguments and result are plain data. `name` is the file, `size`
    its bytes, which lengthens the CPU time it may take (`cpu_seconds` sets it); each sign of progress begins that
    anew. `memory` are the bytes it may take, `MOST_MEMORY` by default. Raises what the function raises of
    RightsdeskError; ReadingError when the worker had to be ended, crashed twice, or met an error that nobody foresaw;
    BusyError when only the machine is to blame; StoppedError when `stopped` says that nobody waits any more.
    """
    if sandbox_worker.inside:
        given = (source.load(), *arguments) if source else arguments
        return function(*given, progress) if progress else function(*given)
    call = Call(function, arguments, progress, source.key if source else None, source.load if source else None, stopped)
    limits = _limits(size, progress is not None, cpu_seconds, memory or MOST_MEMORY)
    tries = dict.fromkeys(TRIES, 0)
    while True:
        caller, interactive = _caller.get() or (threading.get_ident(), False)
        try:
            with _pool().worker(caller, interactive, tries["machine"] > 0, call.key, stopped) as worker:
                answer = worker.ask(call, limits)
            break
        except EndedError as ended:
            reason, seconds = ended.reason, ended.seconds
        except OSError as error:
            log.warning("%s: no worker can be started: %s", name, error)
            reason, seconds = "machine", 0.0
        if reason in tries:
            tries[reason] += 1
        if tries.get(reason, 0) >= TRIES.get(reason, 0):
            raise _ended(kind, reason, name, seconds)
        log.info("%s: its worker ended (%s), trying again", name, reason)
    if isinstance(answer, Raised):
        raise _raised(answer, kind, name)
    return answer


_caller: ContextVar[tuple[Hashable, bool] | None] = ContextVar("caller", default=None)


@contextmanager
def for_caller(caller: Hashable, interactive: bool = False, unless_named: bool = False) -> Iterator[None]:
    """Within, workers are asked for in the name of `caller`: those of many callers take turns.

    `interactive`: a person waits for it on the screen, so it goes before reading and runs. `unless_named`: a caller
    who was named further out stays.
    """
    named = _caller.get() if unless_named else None
    token = _caller.set(named or (caller, interactive))
    try:
        yield
    finally:
        _caller.reset(token)


def places() -> int:
    """How many files or texts are worked on at once; more wait."""
    return _pool().bulk


def cpu_allowed(size: int) -> float:
    """The CPU seconds that a file or text of `size` bytes may take, or each of its pages."""
    return CPU_SECONDS + CPU_SECONDS_A_MEGABYTE * size / 1e6


def _limits(size: int, tells: bool, cpu_seconds: float | None, memory: int) -> Limits:
    step = cpu_allowed(size) if cpu_seconds is None else cpu_seconds
    if tells:  # Several pages are on their way before the first is done.
        step *= machine.threads_a_worker()
    return Limits(step, MOST_CPU_SECONDS if tells else step, memory, ASLEEP_SECONDS)


def _ended(kind: Kind, reason: Reason, name: str, seconds: float) -> ReadingError:
    if reason == "machine":
        error: ReadingError = BusyError(_BUSY, name=name)
    else:
        error = ReadingError(getattr(kind, reason), name=name, seconds=round(seconds))
    log.warning("worker ended (%s): %s", reason, error)
    return error


def _raised(answer: Raised, kind: Kind, name: str) -> Exception:
    if answer.template:
        return answer.kind(answer.template, **answer.params)
    if issubclass(answer.kind, MemoryError):
        return ReadingError(kind.large, name=name)
    log.error("%s: unexpected error in a worker\n%s", name, answer.trace)
    return ReadingError(kind.failed, name=name)


def most_memory() -> int:
    """The most bytes that this process ever held; for a worker through `run`. Not on Windows."""
    import resource

    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * 1024


_pool_lock = threading.Lock()


def _pool() -> Pool:
    with _pool_lock:  # Of two threads that come first at once each would make one.
        return _the_pool()


@cache
def _the_pool() -> Pool:
    fit = int(machine.memory_bytes() * _SHARE // MOST_MEMORY)
    pool = Pool(max(min(machine.cores(), fit), 1))
    atexit.register(pool.end)
    return pool
