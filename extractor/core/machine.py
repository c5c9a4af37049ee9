"""What of this machine the process may use: cores and memory, inside a container those of its limits."""

from __future__ import annotations

import os
from pathlib import Path

CGROUP = Path("/sys/fs/cgroup")
_THREADS = 4


def cores(folder: Path = CGROUP) -> int:
    """How many cores this process may keep busy, at least 1: the smaller of its affinity and its container's quota."""
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    quota = _quota(folder)
    return max(min(allowed, allowed if quota is None else round(quota)), 1)


def threads_a_worker() -> int:
    """How many pages of one document are recognised at once. No document takes all of a large machine."""
    return min(cores(), _THREADS)


def memory_bytes(folder: Path = CGROUP) -> int:
    """The bytes of main memory that this process and all that it starts may take together."""
    import psutil

    total = int(psutil.virtual_memory().total)
    limit = _number(folder / "memory.max") or _number(folder / "memory" / "memory.limit_in_bytes")
    return min(total, limit) if limit else total


def _quota(folder: Path) -> float | None:
    """The cores that a container may use (cgroup v2, else v1); None without a limit."""
    try:
        quota, period = (folder / "cpu.max").read_text().split()
    except (OSError, ValueError):
        quota = str(_number(folder / "cpu" / "cpu.cfs_quota_us") or "max")
        period = str(_number(folder / "cpu" / "cpu.cfs_period_us") or 100_000)
    return int(quota) / int(period) if quota.isdigit() and int(period) else None


def _number(path: Path) -> int | None:
    """The number that a file holds; None for `max`, -1 and files that are not there."""
    try:
        text = path.read_text().strip()
    except OSError:
        return None
    return int(text) if text.isdigit() else None
