"""Page images, drawn in the sandbox when asked for and kept for a while within bounds."""

from __future__ import annotations

import threading
from collections import OrderedDict
from pathlib import Path

from extractor.core.errors import N_, ReadingError

MAX_CACHE_BYTES = 64 * 1024 * 1024


class _ImageCache:
    """The images used last, up to `MAX_CACHE_BYTES` together."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._images: OrderedDict[tuple[object, ...], bytes] = OrderedDict()
        self.size = 0

    def get(self, key: tuple[object, ...]) -> bytes | None:
        with self._lock:
            image = self._images.get(key)
            if image is not None:
                self._images.move_to_end(key)
            return image

    def put(self, key: tuple[object, ...], image: bytes) -> None:
        with self._lock:
            self.size += len(image) - len(self._images.pop(key, b""))
            self._images[key] = image
            while self.size > MAX_CACHE_BYTES and len(self._images) > 1:
                self.size -= len(self._images.popitem(last=False)[1])

    def forget(self, path: str) -> None:
        with self._lock:
            for key in [key for key in self._images if key[0] == path]:
                self.size -= len(self._images.pop(key))

    def clear(self) -> None:
        with self._lock:
            self._images.clear()
            self.size = 0


_cache = _ImageCache()


def forget(*paths: Path) -> None:
    """Let go of the images of files that are deleted."""
    for path in paths:
        _cache.forget(str(path))


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
    image = _cache.get(key)
    if image is None:
        with for_caller("pages", interactive=True):
            image = sandboxed.render_page(path, number, dpi, path.name)
        _cache.put(key, image)
    return image
