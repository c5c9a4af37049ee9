"""The models in memory: one copy a process, shared by threads and sessions, bounded, the least used leaves first.

A model that someone uses is never taken away: what is to be released leaves when its last user is done.
In the app the holder of the process stands behind `st.cache_resource`.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from time import time
from typing import Any, Protocol

from extractor.core.cancellation import acquired, wait
from extractor.extractors.local.memory import free_bytes, give_back
from extractor.extractors.local.planning import out_of_memory

log = logging.getLogger(__name__)


class Holdable(Protocol):
    """Anything with a size in bytes that can be closed."""

    @property
    def memory_bytes(self) -> int: ...

    def close(self) -> None: ...


@dataclass(frozen=True)
class HeldModel:
    """A model in memory. `used` is seconds since 1970, `users` the calls at work with it."""

    key: Hashable
    title: str
    memory_bytes: int
    users: int
    used: float


class _Slot:
    """`value` None: it is being loaded. `leaving`: it goes when its last user is done."""

    def __init__(self, title: str, device: str) -> None:
        self.title, self.device = title, device
        self.value: Any = None
        self.users = 1
        self.used = time()
        self.leaving = False


class ModelPool:
    """See the module. `limit_bytes` bounds all models together; None: what is free bounds them.

    `free` says how many bytes are free on a device. Safe to use from several threads.
    """

    def __init__(self, limit_bytes: int | None = None, free: Callable[[str], int] = free_bytes) -> None:
        self._limit, self._free = limit_bytes, free
        self._slots: dict[Hashable, _Slot] = {}
        self._changed = threading.Condition()
        self._loading = threading.Lock()

    @contextmanager
    def use(
        self, key: Hashable, title: str, load: Callable[[], Holdable], needed: int, device: str = "cpu"
    ) -> Iterator[Any]:
        """The model of `key`, loaded when it is not there. It stays in memory at least until the block ends.

        Unused models leave, the longest unused first, to make room for `needed` bytes; when only models at work
        are in the way, this waits for them. Raises UnavailableError when it does not fit at all, and what `load`
        raises.
        """
        slot = self._taken(key) or self._load(key, title, load, needed, device)
        try:
            yield slot.value
        finally:
            with self._changed:
                slot.users -= 1
                slot.used = time()
                if slot.leaving and not slot.users:
                    self._drop(slot)
                self._changed.notify_all()

    def held(self) -> tuple[HeldModel, ...]:
        """The models in memory, the last used first."""
        with self._changed:
            models = [
                HeldModel(key, slot.title, slot.value.memory_bytes, slot.users, slot.used)
                for key, slot in self._slots.items()
                if slot.value is not None
            ]
        return tuple(sorted(models, key=lambda model: -model.used))

    def memory_bytes(self, key: Hashable) -> int:
        """The bytes that the model takes; 0 when it is not in memory."""
        return next((model.memory_bytes for model in self.held() if model.key == key), 0)

    def reclaimable(self, device: str = "cpu") -> int:
        """The bytes on `device` that models hold which nobody uses."""
        with self._changed:
            return sum(slot.value.memory_bytes for slot in self._idle() if slot.device == device)

    def release(self, key: Hashable) -> bool:
        """Take the model out of memory. False: it is at work, and leaves when its last user is done."""
        with self._changed:
            slot = self._slots.get(key)
            if slot is None:
                return True
            if slot.users:
                slot.leaving = True
                return False
            self._drop(slot)
            self._changed.notify_all()
            return True

    def close(self) -> None:
        """Release all models (for `st.cache_resource(on_release=)`); those at work leave when they are done."""
        with self._changed:
            keys = list(self._slots)
        for key in keys:
            self.release(key)

    def _taken(self, key: Hashable) -> _Slot | None:
        with self._changed:
            slot = self._slots.get(key)
            if slot is None or slot.value is None:
                return None
            slot.users += 1
            slot.used = time()
            return slot

    def _load(self, key: Hashable, title: str, load: Callable[[], Holdable], needed: int, device: str) -> _Slot:
        # One at a time: what is free can only be measured while nobody else is loading.
        with acquired(self._loading):
            if slot := self._taken(key):
                return slot
            self._make_room(title, needed, device)
            slot = _Slot(title, device)
            slot.value = load()
            with self._changed:
                self._slots[key] = slot
            log.info("Loaded %s: %.1f MB", title, slot.value.memory_bytes / 1e6)
            return slot

    def _make_room(self, title: str, needed: int, device: str) -> None:
        with self._changed:
            while (there := self._room(device)) < needed:
                # A model of another device gives no memory here, but counts against the limit.
                idle = [slot for slot in self._idle() if self._limit is not None or slot.device == device]
                if idle:
                    self._drop(min(idle, key=lambda slot: slot.used))
                elif any(slot.users for slot in self._slots.values()):
                    wait(self._changed)
                else:
                    raise out_of_memory(title, needed, there, device)

    def _room(self, device: str) -> int:
        free = self._free(device)
        if self._limit is None:
            return free
        taken: int = sum(slot.value.memory_bytes for slot in self._slots.values())
        return min(free, self._limit - taken)

    def _idle(self) -> list[_Slot]:
        return [slot for slot in self._slots.values() if not slot.users]

    def _drop(self, slot: _Slot) -> None:
        self._slots = {key: other for key, other in self._slots.items() if other is not slot}
        slot.value.close()
        slot.value = None
        give_back()
        log.info("Released %s", slot.title)


_shared = ModelPool()


def shared_models() -> ModelPool:
    """The holder of this process."""
    return _shared
