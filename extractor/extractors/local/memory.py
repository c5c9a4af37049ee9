"""How much memory there is for a model, on this machine and inside a container's limit."""

from __future__ import annotations

import contextlib
import ctypes
import gc
import importlib.util
import sys
from pathlib import Path

CGROUP = Path("/sys/fs/cgroup")
NVIDIA = (Path("/proc/driver/nvidia/version"), Path("/dev/nvidia0"), Path("/dev/dxg"))
"""What tells of a graphics card without the seconds that importing torch takes."""


def cuda() -> bool:
    """Whether torch can use a graphics card. Imports torch only where a driver for one is there."""
    if not (sys.platform == "win32" or any(path.exists() for path in NVIDIA)):
        return False
    if importlib.util.find_spec("torch") is None:
        return False
    import torch

    return torch.cuda.is_available()


def metal() -> bool:
    """Whether torch can use the GPU of a Mac."""
    if sys.platform != "darwin" or importlib.util.find_spec("torch") is None:
        return False
    import torch

    return torch.backends.mps.is_available()


def free_bytes(device: str = "cpu") -> int:
    """The bytes that a new model may take on `device` (`cpu`, `cuda`, `mps`).

    On the CPU the smaller of what the machine has and what the container's limit leaves.
    """
    if device == "cuda":
        import torch

        return int(torch.cuda.mem_get_info()[0])
    import psutil

    available = int(psutil.virtual_memory().available)
    limited = _container_bytes(CGROUP)
    return available if limited is None else min(available, limited)


def give_back() -> None:
    """Give memory that nothing uses any more back to the system.

    Models hold reference cycles, and the C library keeps the room of small tensors for itself unless asked.
    """
    gc.collect()
    if sys.platform == "linux":
        with contextlib.suppress(OSError, AttributeError):  # another C library than glibc
            ctypes.CDLL(None).malloc_trim(0)


def _container_bytes(folder: Path) -> int | None:
    """What a container's memory limit (cgroup v2) leaves; None without one. File cache counts as free."""
    try:
        limit = (folder / "memory.max").read_text().strip()
        used = int((folder / "memory.current").read_text())
        stat = dict(line.split() for line in (folder / "memory.stat").read_text().splitlines())
    except (OSError, ValueError):
        return None
    if not limit.isdigit():
        return None
    return max(int(limit) - used + int(stat.get("inactive_file", 0)), 0)
