"""One thing after the other, on a thread of its own, while people work on."""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable

from extractor.core.errors import StoreError

log = logging.getLogger(__name__)


class Background:
    """Calls `work(hash)` for one document after the other; `name` is what the log calls it."""

    def __init__(self, name: str, work: Callable[[str], None]) -> None:
        self._name, self._work = name, work
        self._waiting: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._known: set[str] = set()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def put(self, hash: str) -> None:
        """Have a document worked on. Returns at once; a document that waits already waits once."""
        with self._lock:
            if hash in self._known:
                return
            self._known.add(hash)
            self._waiting.put(hash)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name=self._name, daemon=True)
                self._thread.start()

    def has(self, hash: str) -> bool:
        """Whether a document waits or is being worked on."""
        with self._lock:
            return hash in self._known

    def _run(self) -> None:
        while True:
            hash = self._waiting.get()
            try:
                self._work(hash)
            except StoreError as error:
                log.info("%s ended: %s", self._name, error)  # It was deleted meanwhile.
            except Exception:
                log.exception("%s of %s failed", self._name, hash)
            finally:
                with self._lock:
                    self._known.discard(hash)
