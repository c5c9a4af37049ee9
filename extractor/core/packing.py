"""Documents and results as plain data, for processes and databases: numbers in arrays, results as JSON."""

from __future__ import annotations

import json
import sys
import zlib
from abc import abstractmethod
from array import array
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields
from functools import cached_property
from typing import Any, overload

from extractor.core.documents import Box, Document, Page, Word
from extractor.core.extractions import FieldValue
from extractor.core.messages import Message

# Level 1 packs a page of words 4 times faster than the default, for a fifth more bytes.
_LEVEL = 1
_AT_ONCE = 20_000
"""Words that are packed in one call."""
_LETTERS_AT_ONCE = 500_000
_PLAIN = b"I"
"""What stored words without boxes begin with; all others are JSON."""
_NOWHERE = -1.0
_USUAL = 5000
_NUMBERS = 7
"""A word in an array: start, end, the four sides of its box, confidence; `_NOWHERE` for what it has not."""


def dumps(data: Any) -> str:
    """JSON in ASCII: safe in any database, whatever the text. Dataclasses become objects, as with `asdict`, their
    errors with code and parameters."""
    return json.dumps(data, separators=(",", ":"), default=_members)


def _members(item: Any) -> dict[str, Any]:
    # `asdict` copies all that it meets, which costs more than all the rest of storing a result.
    members = {field.name: getattr(item, field.name) for field in fields(item)}
    if isinstance(members.get("error"), Message):
        members["error"] = members["error"].to_json()
    return members


def pack_values(values: Mapping[str, FieldValue]) -> str:
    """Field values by path as JSON."""
    return dumps(values)


def unpack_values(data: str) -> dict[str, FieldValue]:
    """The inverse of `pack_values`."""
    return {path: FieldValue.from_dict(value) for path, value in json.loads(data).items()}


def pack_document(document: Document) -> tuple[Any, ...]:
    """A document as strings, numbers and arrays: half a million words pass five times as fast as objects would."""
    pages = [(page.number, page.start, page.end, _pack_words(page.words), page.width, page.height)
             for page in document.pages]  # fmt: skip
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


def unpack_document(data: tuple[Any, ...]) -> Document:
    """The inverse of `pack_document`. Words stay packed until they are asked for."""
    name, content_hash, format, text, packed, cells, warnings, unread = data
    pages = tuple(Page(number, start, end, _unpack_words(words), width, height)
                  for number, start, end, words, width, height in packed)  # fmt: skip
    return Document(name, content_hash, format, text, pages, cells, warnings, unread)


def _pack_words(words: Sequence[Word]) -> array[Any] | bytes:
    if isinstance(words, PackedWords | ArrayWords | PlainWords):
        return words.data
    numbers = array("d")
    for word in words:
        box = word.box
        numbers.extend((word.start, word.end, *((box.x0, box.y0, box.x1, box.y1) if box else (_NOWHERE,) * 4)))
        numbers.append(_NOWHERE if word.confidence is None else word.confidence)
    return numbers


def _unpack_words(data: array[Any] | bytes) -> Sequence[Word]:
    if isinstance(data, bytes):
        return PackedWords(data)
    return PlainWords(data) if data.typecode == PlainWords.TYPE else ArrayWords(data)


class _Words(Sequence[Word]):
    """Words that are made when they are asked for: evidence needs a few out of hundreds, on a few pages."""

    @overload
    def __getitem__(self, at: int) -> Word: ...
    @overload
    def __getitem__(self, at: slice) -> tuple[Word, ...]: ...
    def __getitem__(self, at: int | slice) -> Word | tuple[Word, ...]:
        if isinstance(at, slice):
            return tuple(map(self._word, range(*at.indices(len(self)))))
        if not -len(self) <= at < len(self):
            raise IndexError(at)
        return self._word(at % len(self))

    def __iter__(self) -> Iterator[Word]:
        return map(self._word, range(len(self)))

    def __eq__(self, other: object) -> bool:
        return tuple(self) == tuple(other) if isinstance(other, (tuple, _Words)) else NotImplemented

    def __hash__(self) -> int:
        return hash(tuple(self))

    @abstractmethod
    def _word(self, at: int) -> Word: ...


class ArrayWords(_Words):
    """The words of a page that came from another process. Those of a page of usual length are made all at once."""

    def __init__(self, data: array[float]) -> None:
        self.data = data

    def __len__(self) -> int:
        return len(self.data) // _NUMBERS

    def __iter__(self) -> Iterator[Word]:
        for start, end, x0, y0, x1, y1, confidence in zip(*[iter(self.data)] * _NUMBERS, strict=True):
            box = None if x0 == _NOWHERE else Box(x0, y0, x1, y1)
            yield Word(int(start), int(end), box, None if confidence == _NOWHERE else confidence)

    @cached_property
    def _all(self) -> tuple[Word, ...]:
        return tuple(self)

    def _word(self, at: int) -> Word:
        if len(self.data) <= _USUAL * _NUMBERS:
            return self._all[at]
        start, end, x0, y0, x1, y1, confidence = self.data[at * _NUMBERS : (at + 1) * _NUMBERS]
        box = None if x0 == _NOWHERE else Box(x0, y0, x1, y1)
        return Word(int(start), int(end), box, None if confidence == _NOWHERE else confidence)


class PlainWords(_Words):
    """Words without boxes, two numbers each: a long text has millions, which as objects would take a gigabyte."""

    TYPE = "I"

    def __init__(self, data: array[int] | None = None) -> None:
        """`data` holds the start and the end of one word after the other."""
        self.data = array(self.TYPE) if data is None else data

    def __len__(self) -> int:
        return len(self.data) // 2

    def _word(self, at: int) -> Word:
        return Word(self.data[2 * at], self.data[2 * at + 1])


class PackedWords(_Words):
    """The words of a stored page, unpacked when the first one is asked for."""

    def __init__(self, data: bytes) -> None:
        self.data = data

    @classmethod
    def of(cls, words: Sequence[Word]) -> PackedWords:
        """The inverse of asking for them all."""
        if isinstance(words, PackedWords):
            return words
        packing = zlib.compressobj(_LEVEL)
        parts = _as_numbers(words) if isinstance(words, PlainWords) else _as_json(words)
        return cls(b"".join([*map(packing.compress, parts), packing.flush()]))

    @cached_property
    def _packed(self) -> PlainWords | list[list[Any]]:
        unpacked = zlib.decompress(self.data)
        if unpacked.startswith(_PLAIN):
            return PlainWords(_swapped(array(PlainWords.TYPE, unpacked[len(_PLAIN) :])))
        return rows_of(unpacked.decode())

    def __len__(self) -> int:
        return len(self._packed)

    def _word(self, at: int) -> Word:
        packed = self._packed[at]
        if isinstance(packed, Word):
            return packed
        start, end, *more = packed
        return Word(start, end, Box(*more[:4]) if more else None, more[4] if len(more) > 4 else None)


def rows_of(text: str) -> list[list[Any]]:
    """The rows of a JSON list of lists of numbers. In pieces: no other thread runs while `json.loads` does."""
    rows: list[list[Any]] = []
    start, last = 1, len(text) - 1
    while start < last:
        cut = text.find("],[", start + _LETTERS_AT_ONCE)
        end = last if cut < 0 else cut + 1
        rows += json.loads(f"[{text[start:end]}]")
        start = end + 1
    return rows


def _as_numbers(words: PlainWords) -> Iterator[bytes]:
    yield _PLAIN
    yield _swapped(array(PlainWords.TYPE, words.data)).tobytes()


def _swapped(numbers: array[int]) -> array[int]:
    """From the machine's order of bytes to the least first, or back."""
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers


def _as_json(words: Sequence[Word]) -> Iterator[bytes]:
    """A list of numbers a word: two without a box, six with one, seven of a scan. In pieces: one call of `dumps`
    lets no other thread run until it is done."""
    yield b"["
    for at in range(0, len(words), _AT_ONCE):
        part = [_numbers(word) for word in words[at : at + _AT_ONCE]]
        yield (("," if at else "") + dumps(part)[1:-1]).encode()
    yield b"]"


def _numbers(word: Word) -> tuple[float, ...]:
    box = word.box
    sides = () if box is None else (box.x0, box.y0, box.x1, box.y1)
    return (word.start, word.end, *sides, *(() if word.confidence is None else (word.confidence,)))
