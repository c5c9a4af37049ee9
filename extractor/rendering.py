"""Page images, drawn when asked for and kept for a while within bounds."""

from __future__ import annotations

import io
import threading
from collections import OrderedDict
from pathlib import Path
from typing import TYPE_CHECKING

from extractor.errors import N_, ReadingError

if TYPE_CHECKING:
    from PIL import Image

MAX_CACHE_BYTES = 64 * 1024 * 1024
# A page may ask for any size (a drawing of 5 by 5 metres); its image is held to what a screen can use.
MAX_PIXELS = 24_000_000
_QUALITY = 85


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
    from extractor.apart import for_caller
    from extractor.reading import apart

    key = (str(path), stat.st_mtime_ns, stat.st_size, number, dpi)
    image = _cache.get(key)
    if image is None:
        with for_caller("pages", interactive=True):
            image = apart.render_page(path, number, dpi, path.name)
        _cache.put(key, image)
    return image


def draw_page(path: Path, number: int, dpi: int) -> bytes:
    """What `render_page` gives, drawn in this process and not kept."""
    from extractor.reading.content import content_kind

    with path.open("rb") as file:
        is_picture = content_kind(file.read(1024)) == "image"
    picture = _of_picture(path, number, dpi) if is_picture else _of_pdf(path, number, dpi)
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=_QUALITY)
    return buffer.getvalue()


def _of_picture(path: Path, number: int, dpi: int) -> Image.Image:
    from PIL.Image import Resampling

    from extractor.reading.image import page_image, size

    picture = page_image(path.read_bytes(), path.name, number)
    width, height = size(picture)
    scale = min(dpi / 72, (MAX_PIXELS / max(width * height, 1)) ** 0.5)
    return picture.resize((max(round(width * scale), 1), max(round(height * scale), 1)), Resampling.LANCZOS)


def _of_pdf(path: Path, number: int, dpi: int) -> Image.Image:
    from pypdfium2 import PdfiumError

    from extractor.reading.pdfium import LOCK, damaged, open_pdf

    with LOCK:
        pdf = open_pdf(path, path.name)
        try:
            if not 1 <= number <= len(pdf):
                raise ReadingError(
                    N_("{name} has no page {page}; it has {pages}."), name=path.name, page=number, pages=len(pdf)
                )
            page = pdf[number - 1]
            try:
                width, height = page.get_size()
                scale = min(dpi / 72, (MAX_PIXELS / max(width * height, 1)) ** 0.5)
                bitmap = page.render(scale=scale)
                picture = bitmap.to_pil().convert("RGB")  # a copy: the bitmap's memory ends with the page
                bitmap.close()
            finally:
                page.close()
        except PdfiumError as error:
            raise damaged(path.name) from error
        finally:
            pdf.close()
    return picture
