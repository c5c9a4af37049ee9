"""Documents to database rows and back. Pages are packed one by one, so that one can be read without the others."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator
from dataclasses import fields
from typing import Any

from extractor.core.documents import Box, Cell, Document, Page
from extractor.core.messages import as_json, from_json
from extractor.core.packing import PackedWords, dumps, rows_of
from extractor.normalize import nfkc

# Level 1 packs a page of words 4 times faster than the default, for a fifth more bytes.
_LEVEL = 1
_AT_ONCE = 20_000
"""Cells that are packed in one call."""
_CELL = [field.name for field in fields(Cell) if field.name != "box"]


def clean(text: str) -> str:
    """`text` without what databases refuse: NULs, lone surrogates."""
    return text.replace("\0", "").encode("utf-8", "replace").decode()


def search_key(text: str) -> str:
    """`text` as it is searched and sorted: one form of Hangul, no upper case."""
    return nfkc(clean(text), "NFC").casefold()


def pack_error(error: str | None) -> str | None:
    """What is kept of an error: a Message as an object, a plain text as a JSON string."""
    return None if error is None else dumps(as_json(error))


def unpack_error(data: str | None) -> str | None:
    """The inverse of `pack_error`."""
    return None if data is None else from_json(json.loads(data))


def pack_text(text: str) -> bytes:
    return zlib.compress(text.encode("utf-8", "surrogatepass"), _LEVEL)


def unpack_text(data: bytes) -> str:
    return zlib.decompress(data).decode("utf-8", "surrogatepass")


def pack_pages(document: Document) -> Iterator[dict[str, Any]]:
    """One database row a page. The text runs up to the next page, so that joining gives the whole text."""
    starts = [page.start for page in document.pages[1:]] + [len(document.text)]
    for page, following in zip(document.pages, starts, strict=True):
        yield {
            "document_hash": document.content_hash,
            "number": page.number,
            "start": page.start,
            "stop": page.end,
            "width": page.width,
            "height": page.height,
            "text": pack_text(document.text[page.start : following]),
            "words": PackedWords.of(page.words).data,
        }


def unpack_page(row: Any) -> tuple[Page, str]:
    """A page and its text with what separates it from the next page."""
    page = Page(row.number, row.start, row.stop, PackedWords(row.words), row.width, row.height)
    return page, unpack_text(row.text)


def pack_cells(cells: tuple[Cell, ...]) -> bytes:
    packed = [(*(getattr(cell, name) for name in _CELL), *_box(cell.box)) for cell in cells]
    # In pieces: no other thread runs while `dumps` does.
    parts = (dumps(packed[at : at + _AT_ONCE])[1:-1] for at in range(0, len(packed), _AT_ONCE))
    return pack_text(f"[{','.join(parts)}]")


def unpack_cells(data: bytes) -> tuple[Cell, ...]:
    size = len(_CELL)
    return tuple(
        Cell(**dict(zip(_CELL, item, strict=False)), box=Box(*item[size:]) if item[size:] else None)
        for item in rows_of(unpack_text(data))
    )


def _box(box: Box | None) -> tuple[float, ...]:
    return () if box is None else (box.x0, box.y0, box.x1, box.y1)
