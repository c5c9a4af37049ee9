"""Fields as they are decided: who runs an extractor can listen, whichever extractors stand in between."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from extractor.core.extractions import FieldValue

Decided = Callable[[str, FieldValue], None]
"""Called with (path, value) when a field is decided."""

_listener: ContextVar[Decided | None] = ContextVar("decided", default=None)


@contextmanager
def subscribe(to: Decided) -> Iterator[None]:
    """Within, `to` hears of every field that an extractor of this thread decides ahead of its result."""
    token = _listener.set(to)
    try:
        yield
    finally:
        _listener.reset(token)


def publish(path: str, value: FieldValue) -> None:
    """Tell whoever listens; nobody may."""
    if (listener := _listener.get()) is not None:
        listener(path, value)
