"""Page images, drawn in the sandbox when asked for and kept for a while within bounds."""

from __future__ import annotations

import threading
from pathlib import Path

from cachetools import LRUCache

from extractor.core.errors import N_, ReadingError

MAX_CACHE_BYTES = 64 * 1024 * 1024


_cache: LRUCache[tuple[object, ...], bytes] = LRUCache(MAX_CACHE_BYTES, getsizeof=len)
"""The images used last, by path, time and size of the file, page and resolution."""
_lock = threading.Lock()


def forget(*paths: Path) -> None:
    """Let go of the images of files that are deleted."""
    gone = {str(path) for path in paths}
    with _lock:
        for key in [key for key in _cache if key[0] in gone]:
            del _cache[key]


def render_page(path: Path, number: int, dpi: int = 108) -> bytes:
    """Page `number` (from 1) of the PDF or picture at `path` as a JPEG of `dpi` dots an inch.

    Safe to call from many threads. Costs one page, however long the document is.
    Raises ReadingError when the file is not readable or has no such page.
    """
    path = Path(path)
    try:
        stat = path.stat()
    except OSError as error:
        raise ReadingError(
            N_("{name} cannot be opened ({reason}). Check that it is there and may be read."),
            name=path.name,
            reason=error.strerror or type(error).__name__,
        ) from error
    from extractor.reading import sandboxed
    from extractor.reading.sandbox import for_caller

    key = (str(path), stat.st_mtime_ns, stat.st_size, number, dpi)
    with _lock:
        image = _cache.get(key)
    if image is None:
        with for_caller("pages", interactive=True):
            image = sandboxed.render_page(path, number, dpi, path.name)
        if len(image) <= _cache.maxsize:
            with _lock:
                _cache[key] = image
    return image
