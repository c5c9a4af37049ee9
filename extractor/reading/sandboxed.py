"""Reading, drawing and cutting of untrusted files, each in a process that can be killed (see
`extractor.reading.sandbox`)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from extractor.core.documents import Document
from extractor.core.packing import pack_document, unpack_document
from extractor.reading import sandbox
from extractor.reading.ocr.pages import Progress
from extractor.reading.sandbox import Source


def read_bytes_sandboxed(data: bytes, name: str, progress: Progress | None = None, most: int | None = None) -> Document:
    """As `extractor.reading.formats.read_bytes`, which reads in the process that calls it."""
    packed = sandbox.run(_read, data, name, most, name=name, size=len(data), progress=progress or _silent)
    return unpack_document(packed)


def read_sandboxed(path: Path, name: str, progress: Progress | None = None) -> Document:
    """As `extractor.reading.formats.read`, which reads in the process that calls it."""
    size = path.stat().st_size if path.is_file() else 0
    return unpack_document(
        sandbox.run(_read_file, path.absolute(), name, name=name, size=size, progress=progress or _silent)
    )


def _silent(done: int, of: int) -> None:
    """Progress that nobody hears still says that a page is done."""


def render_page(path: Path, number: int, dpi: int, name: str) -> bytes:
    """As `extractor.reading.page_images.draw_page`; `name` is what people call the file."""
    return bytes(sandbox.run(_draw, path.absolute(), number, dpi, name=name, size=path.stat().st_size))


def print_pages(path: Path, document: Document, printed: Path) -> Document:
    """As `extractor.reading.libreoffice.print_pages`. The folder of `printed` is the caller's, who empties it."""
    size = path.stat().st_size
    packed = sandbox.run(
        _print, path.absolute(), printed.absolute(), name=document.name, size=size, source=Source.of(document)
    )
    return unpack_document(packed)


def place_pages(document: Document, printed: Path) -> Document:
    """As `extractor.reading.libreoffice.place_pages`."""
    size = printed.stat().st_size
    packed = sandbox.run(_place, printed.absolute(), name=document.name, size=size, source=Source.of(document))
    return unpack_document(packed)


def _read(data: bytes, name: str, most: int | None, progress: Progress) -> tuple[Any, ...]:
    from extractor.reading.formats import read_bytes as read_here

    return pack_document(read_here(data, name, progress, most))


def _read_file(path: Path, name: str, progress: Progress) -> tuple[Any, ...]:
    from extractor.reading.formats import read as read_here

    return pack_document(read_here(path, name, progress))


def _draw(path: Path, number: int, dpi: int) -> bytes:
    from extractor.reading.page_images import draw_page

    return draw_page(path, number, dpi)


def _print(document: Document, path: Path, printed: Path) -> tuple[Any, ...]:
    from extractor.reading.libreoffice import print_pages as print_here

    return pack_document(print_here(path, document, printed))


def _place(document: Document, printed: Path) -> tuple[Any, ...]:
    from extractor.reading.libreoffice import place_pages as place_here

    return pack_document(place_here(document, printed))
