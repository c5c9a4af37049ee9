"""How long a worker may go on: counted in what it computes, never by a clock on the wall.

A machine that is busy, suspended or stopped makes a worker slow and is no fault of its file. So what counts is the CPU
time of the worker and of all that it started, those included that have ended. A worker that neither computes nor waits
for a core, a disk or whoever stopped it sleeps: when it sleeps for minutes, nothing will wake it. One that only looks
now and then whether something has come sleeps as well.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import psutil

LOOK = 0.5
"""Seconds between two looks at a worker."""

_IDLE = 0.01
"""The share of a core that looking now and then takes at most."""

_TICK = 0.02
"""CPU seconds that a system counts at once."""

Reason = Literal["slow", "large", "stalled", "broken", "machine"]
"""Why a worker ended: it computed too long, took too much memory, slept for ever, crashed; or the machine's reasons."""


class EndedError(Exception):
    """A worker was ended, or ended by itself. `seconds` is the CPU time it was allowed, where that was the reason."""

    def __init__(self, reason: Reason, seconds: float = 0.0) -> None:
        super().__init__(reason)
        self.reason, self.seconds = reason, seconds


@dataclass(frozen=True)
class Limits:
    """`cpu` are CPU seconds until the result or the next sign of progress, `cpu_in_all` those of the whole call.

    `memory` is in bytes, `asleep` in seconds.
    """

    cpu: float
    cpu_in_all: float
    memory: int
    asleep: float


@dataclass(frozen=True)
class Seen:
    """One look at a worker with all that it started: CPU seconds since it began, bytes held, whether all of it sleeps.

    A process that waits for a core, for a disk, or was stopped by somebody does not sleep.
    """

    cpu: float
    memory: int
    asleep: bool


class Watch:
    """Holds one call to its limits. Pure arithmetic over looks, so it is the same at any load."""

    def __init__(self, limits: Limits, cpu: float) -> None:
        """`cpu` is what the worker had used before the call, in seconds."""
        self._limits = limits
        self._began = self._step = self._fell_asleep = cpu
        self._asleep = 0.0
        self._moved = False

    def progressed(self) -> None:
        """The worker told of progress: a new step begins."""
        self._moved = True

    def look(self, seen: Seen, elapsed: float) -> None:
        """Take in what was seen `elapsed` seconds after the last look. Raises EndedError."""
        if self._moved:
            self._step, self._moved = seen.cpu, False
            self._wake(seen)
        if seen.memory > self._limits.memory:
            raise EndedError("large")
        if seen.cpu - self._step > self._limits.cpu:
            raise EndedError("slow", self._limits.cpu)
        if seen.cpu - self._began > self._limits.cpu_in_all:
            raise EndedError("slow", self._limits.cpu_in_all)
        # A look that comes late tells of this process, which did not run either.
        self._asleep += min(elapsed, 2 * LOOK)
        if not seen.asleep or seen.cpu - self._fell_asleep > max(_IDLE * self._asleep, _TICK):
            self._wake(seen)
        if self._asleep > self._limits.asleep:
            raise EndedError("stalled")

    def _wake(self, seen: Seen) -> None:
        self._asleep, self._fell_asleep = 0.0, seen.cpu


def seen(worker: psutil.Process) -> Seen:
    """A look at a process with all that it started. All zeros where it is gone or cannot be looked at.

    What it started is looked for only while it sleeps itself, which is when they work: that means a look at all
    processes of the machine.
    """
    import psutil

    try:
        asleep = _sleeps(worker)
        family = [worker, *(worker.children(recursive=True) if asleep else ())]
    except psutil.Error:
        return Seen(0.0, 0, False)
    cpu, memory = 0.0, 0
    for process in family:
        try:
            with process.oneshot():
                cpu += _cpu(process)
                memory += process.memory_info().rss
                asleep = asleep and _sleeps(process)
        except psutil.Error:
            asleep = False  # It ended this moment; its time is its parent's by the next look.
    return Seen(cpu, memory, asleep)


def _sleeps(process: psutil.Process) -> bool:
    """Whether all threads of a process wait for something that is no core and no disk."""
    import psutil

    if process.status() not in (psutil.STATUS_SLEEPING, psutil.STATUS_IDLE):
        return False
    try:
        states = [
            path.read_text().rpartition(")")[2].split()[0] for path in Path("/proc").glob(f"{process.pid}/task/*/stat")
        ]
    except (OSError, IndexError):
        return False  # A thread ended this moment.
    return all(state in "SI" for state in states)


def own_cpu(process: psutil.Process) -> float:
    """CPU seconds of a process and of those it started that have ended; 0 where that cannot be told."""
    import psutil

    try:
        return _cpu(process)
    except psutil.Error:
        return 0.0


def own_memory(process: psutil.Process) -> int:
    """Bytes of main memory that a process holds by itself; 0 where that cannot be told."""
    import psutil

    try:
        return int(process.memory_info().rss)
    except psutil.Error:
        return 0


def _cpu(process: psutil.Process) -> float:
    times = process.cpu_times()
    ended = getattr(times, "children_user", 0.0) + getattr(times, "children_system", 0.0)
    return float(times.user + times.system + ended)
