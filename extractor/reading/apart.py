"""Reading, drawing and cutting of untrusted files, each in a process that can be killed (see `extractor.apart`)."""

from __future__ import annotations

from array import array
from pathlib import Path
from typing import Any

from extractor import apart
from extractor.core import Box, Document, Page, Word
from extractor.reading.scans import Progress

_NOWHERE = -1.0


def read_bytes(data: bytes, name: str, progress: Progress | None = None, most: int | None = None) -> Document:
    """As `extractor.reading.read_bytes`."""
    return _document(apart.run(_read, data, name, most, name=name, size=len(data), progress=progress))


def read(path: Path, name: str) -> Document:
    """As `extractor.reading.read`."""
    size = path.stat().st_size if path.is_file() else 0
    return _document(apart.run(_read_file, path.absolute(), name, name=name, size=size))


def render_page(path: Path, number: int, dpi: int, name: str) -> bytes:
    """As `extractor.rendering.draw_page`; `name` is what people call the file."""
    return bytes(apart.run(_draw, path.absolute(), number, dpi, name=name, size=path.stat().st_size))


def print_pages(path: Path, document: Document, printed: Path) -> Document:
    """As `extractor.reading.office.print_pages`. The folder of `printed` is the caller's, who empties it."""
    flat = apart.run(
        _print, path.absolute(), document, printed.absolute(), name=document.name, size=path.stat().st_size
    )
    return _document(flat)


def place_pages(document: Document, printed: Path) -> Document:
    """As `extractor.reading.office.place_pages`."""
    size = printed.stat().st_size
    return _document(apart.run(_place, document, printed.absolute(), name=document.name, size=size))


def _read(data: bytes, name: str, most: int | None, progress: Progress | None = None) -> tuple[Any, ...]:
    from extractor.reading import read_bytes as read_here

    return _flat(read_here(data, name, progress, most))


def _read_file(path: Path, name: str) -> tuple[Any, ...]:
    from extractor.reading import read as read_here

    return _flat(read_here(path, name))


def _draw(path: Path, number: int, dpi: int) -> bytes:
    from extractor.rendering import draw_page

    return draw_page(path, number, dpi)


def _print(path: Path, document: Document, printed: Path) -> tuple[Any, ...]:
    from extractor.reading.office import print_pages as print_here

    return _flat(print_here(path, document, printed))


def _place(document: Document, printed: Path) -> tuple[Any, ...]:
    from extractor.reading.office import place_pages as place_here

    return _flat(place_here(document, printed))


def _flat(document: Document) -> tuple[Any, ...]:
    """Numbers in arrays: half a million words pass five times as fast as objects would."""
    pages = [(page.number, page.start, page.end, _numbers(page), page.width, page.height) for page in document.pages]
    return (
        document.name,
        document.content_hash,
        document.format,
        document.text,
        pages,
        document.cells,
        document.warnings,
        document.unread,
    )


def _numbers(page: Page) -> array[float]:
    found = array("d")
    for word in page.words:
        box = word.box
        found.extend((word.start, word.end, *((box.x0, box.y0, box.x1, box.y1) if box else (_NOWHERE,) * 4)))
        found.append(_NOWHERE if word.confidence is None else word.confidence)
    return found


def _document(flat: tuple[Any, ...]) -> Document:
    name, content_hash, format, text, packed, cells, warnings, unread = flat
    pages = tuple(Page(number, start, end, _words(words), width, height)
                  for number, start, end, words, width, height in packed)  # fmt: skip
    return Document(name, content_hash, format, text, pages, cells, warnings, unread)


def _words(numbers: array[float]) -> tuple[Word, ...]:
    return tuple(
        Word(
            int(start),
            int(end),
            None if x0 == _NOWHERE else Box(x0, y0, x1, y1),
            None if confidence == _NOWHERE else confidence,
        )
        for start, end, x0, y0, x1, y1, confidence in zip(*[iter(numbers)] * 7, strict=True)
    )
