"""Documents to database rows and back. Pages are packed one by one, so that one can be read without the others."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import fields
from functools import cached_property
from typing import Any, overload

from ..core import Box, Cell, Document, Page, Word
from ..normalize import nfkc

# Level 1 packs a page of words 4 times faster than the default, for a fifth more bytes.
_LEVEL = 1
_CELL = [field.name for field in fields(Cell) if field.name != "box"]


def clean(text: str) -> str:
    """`text` without what databases refuse: NULs, lone surrogates."""
    return text.replace("\0", "").encode("utf-8", "replace").decode()


def search_key(text: str) -> str:
    """`text` as it is searched and sorted: one form of Hangul, no upper case."""
    return nfkc(clean(text), "NFC").casefold()


def dumps(data: Any) -> str:
    """JSON in ASCII: safe in any database, whatever the text. Dataclasses become objects, as with `asdict`."""
    return json.dumps(data, separators=(",", ":"), default=_members)


def _members(item: Any) -> dict[str, Any]:
    # `asdict` copies all that it meets, which costs more than all the rest of storing a result.
    return {field.name: getattr(item, field.name) for field in fields(item)}


def pack_text(text: str) -> bytes:
    return zlib.compress(text.encode("utf-8", "surrogatepass"), _LEVEL)


def unpack_text(data: bytes) -> str:
    return zlib.decompress(data).decode("utf-8", "surrogatepass")


def pack_pages(document: Document) -> Iterator[dict[str, Any]]:
    """One database row a page. The text runs up to the next page, so that joining gives the whole text."""
    starts = [page.start for page in document.pages[1:]] + [len(document.text)]
    for page, following in zip(document.pages, starts, strict=True):
        words = [_packed(word) for word in page.words]
        yield {
            "document_hash": document.content_hash,
            "number": page.number,
            "start": page.start,
            "stop": page.end,
            "width": page.width,
            "height": page.height,
            "text": pack_text(document.text[page.start : following]),
            "words": zlib.compress(dumps(words).encode(), _LEVEL),
        }


def unpack_page(row: Any) -> tuple[Page, str]:
    """A page and its text with what separates it from the next page."""
    page = Page(row.number, row.start, row.stop, PackedWords(row.words), row.width, row.height)
    return page, unpack_text(row.text)


class PackedWords(Sequence[Word]):
    """The words of a stored page, unpacked when the first one is asked for and each made when it is: evidence needs
    a few out of hundreds, on a few pages."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    @cached_property
    def _packed(self) -> list[list[Any]]:
        found: list[list[Any]] = json.loads(zlib.decompress(self._data))
        return found

    def __len__(self) -> int:
        return len(self._packed)

    def __iter__(self) -> Iterator[Word]:
        return map(_word, self._packed)

    @overload
    def __getitem__(self, at: int) -> Word: ...
    @overload
    def __getitem__(self, at: slice) -> tuple[Word, ...]: ...
    def __getitem__(self, at: int | slice) -> Word | tuple[Word, ...]:
        return tuple(map(_word, self._packed[at])) if isinstance(at, slice) else _word(self._packed[at])

    def __eq__(self, other: object) -> bool:
        return tuple(self) == tuple(other) if isinstance(other, (tuple, PackedWords)) else NotImplemented

    def __hash__(self) -> int:
        return hash(tuple(self))


def _packed(word: Word) -> tuple[float, ...]:
    """Two numbers without a box, six with one, seven of a scan."""
    return (word.start, word.end, *_box(word.box), *(() if word.confidence is None else (word.confidence,)))


def _word(packed: list[Any]) -> Word:
    start, end, *more = packed
    return Word(start, end, Box(*more[:4]) if more else None, more[4] if len(more) > 4 else None)


def pack_cells(cells: tuple[Cell, ...]) -> bytes:
    return pack_text(dumps([(*(getattr(cell, name) for name in _CELL), *_box(cell.box)) for cell in cells]))


def unpack_cells(data: bytes) -> tuple[Cell, ...]:
    size = len(_CELL)
    return tuple(
        Cell(**dict(zip(_CELL, item, strict=False)), box=Box(*item[size:]) if item[size:] else None)
        for item in json.loads(unpack_text(data))
    )


def _box(box: Box | None) -> tuple[float, ...]:
    return () if box is None else (box.x0, box.y0, box.x1, box.y1)
