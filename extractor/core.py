"""The data every part of Rightsdesk passes along. Plain, immutable, free of third-party imports.

A file is read into a `Document`; an extractor turns a `Document` and a `DocumentType`
(see `extractor.document_types`) into an `Extraction`, which holds one `FieldValue` a field,
each pointing at its `Evidence` in the document.

Offsets are counts of Python characters into `Document.text`, half-open (`start` included,
`end` excluded). Boxes are fractions of the page (0 to 1), origin at the top left.
"""

from __future__ import annotations

import bisect
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import cached_property
from typing import Any, Literal

Alignment = Literal["exact", "normalized", "mark", "fuzzy", "manual"]
"""How a value was found at its evidence: letter for letter, after normalisation (a date, an amount),
by a check mark, approximately (OCR noise), or pointed at by a person."""


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle on a page in fractions of its width and height, origin at the top left."""

    x0: float
    y0: float
    x1: float
    y1: float

    def union(self, other: Box) -> Box:
        return Box(min(self.x0, other.x0), min(self.y0, other.y0), max(self.x1, other.x1), max(self.y1, other.y1))


@dataclass(frozen=True, slots=True)
class Word:
    """A run of characters without white space. `box` is None in formats without pages (DOCX, TXT).

    `confidence` is how sure text recognition is of its least sure syllable, 0 to 1; None where the text was given.
    """

    start: int
    end: int
    box: Box | None = None
    confidence: float | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """One page. `number` counts from 1; `width` and `height` are in points (0 without a page image)."""

    number: int
    start: int
    end: int
    words: Sequence[Word]
    width: float = 0.0
    height: float = 0.0


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a table whose structure the reader knows. Its text is `Document.text[start:end]`."""

    table: int
    row: int
    column: int
    start: int
    end: int
    page: int
    row_span: int = 1
    column_span: int = 1
    box: Box | None = None


@dataclass(frozen=True)
class Document:
    """A document as read.

    `text` is the whole text in reading order. Lines end in `\\n`; cells of one table row and
    columns set apart by a wide gap are separated by `\\t`; pages by `\\f`. A cell of several lines
    keeps them as lines: `cells` tells where it begins and ends.
    `content_hash` is the SHA-256 of the file's bytes in hexadecimal.
    `pages` cover the text without overlap. A format without pages has one page of width 0.
    `format` is the registry name of the reader: `pdf`, `docx`, `text`.
    `warnings` are for a person: what could not be read, and where. `unread` are the numbers of pages whose text
    recognition is still to come; they have no words yet.
    """

    name: str
    content_hash: str
    format: str
    text: str
    pages: tuple[Page, ...]
    cells: tuple[Cell, ...] = ()
    warnings: tuple[str, ...] = ()
    unread: tuple[int, ...] = ()

    @cached_property
    def words(self) -> tuple[Word, ...]:
        """All words of all pages in text order."""
        return tuple(word for page in self.pages for word in page.words)

    def words_in(self, start: int, end: int) -> tuple[Word, ...]:
        """The words that share at least one character with `text[start:end]`."""
        found: list[Word] = []
        for page in self.pages[max(bisect.bisect_right(self._page_starts, start) - 1, 0) :]:
            if page.start >= end:
                break
            # Words may be packed: only those in question are made.
            first = bisect.bisect_right(page.words, start, key=lambda word: word.end)
            last = bisect.bisect_left(page.words, end, key=lambda word: word.start)
            found.extend(page.words[first:last])
        return tuple(found)

    def cells_in(self, start: int, end: int) -> tuple[Cell, ...]:
        """The cells that lie whole in `text[start:end]`, in their order in `cells`."""
        order, starts = self._cells_by_start
        first, last = bisect.bisect_left(starts, start), bisect.bisect_right(starts, end)
        return tuple(self.cells[at] for at in sorted(order[first:last]) if self.cells[at].end <= end)

    @cached_property
    def _cells_by_start(self) -> tuple[list[int], list[int]]:
        order = sorted(range(len(self.cells)), key=lambda at: self.cells[at].start)
        return order, [self.cells[at].start for at in order]

    @cached_property
    def _page_starts(self) -> list[int]:
        return [page.start for page in self.pages]

    def page_at(self, offset: int) -> Page:
        """The page that holds the character at `offset`; the last page for an offset past the end."""
        index = bisect.bisect_right(self._page_starts, offset) - 1
        return self.pages[max(index, 0)]


@dataclass(frozen=True, slots=True)
class Evidence:
    """Where a value stands: page (from 1), character span, one box a line (empty without page images)."""

    page: int
    start: int
    end: int
    text: str
    boxes: tuple[Box, ...] = ()
    alignment: Alignment = "exact"

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Evidence:
        """The inverse of `dataclasses.asdict`."""
        boxes = tuple(Box(**box) for box in data.get("boxes", ()))
        return cls(**{**data, "boxes": boxes})


@dataclass(frozen=True, slots=True)
class FieldValue:
    """What an extractor or a person says of one field.

    `value` is as stored: a str, number, bool, list of these, or None for "not in the document".
    `raw` is the text it was read from; without a value it is a suggestion that the extractor is not sure enough of,
    with its evidence. `confidence` is 0 to 1, None when the extractor gives none.
    `source` says who set it: a model key such as `builtin`, or `person:<name>`.
    """

    value: Any
    raw: str | None = None
    evidence: tuple[Evidence, ...] = ()
    confidence: float | None = None
    source: str = ""

    @property
    def suggestion(self) -> str | None:
        """What stands in the document where a value might be, when there is no value."""
        return self.raw if self.value is None and self.evidence else None

    @property
    def supported(self) -> bool:
        """False when there is a value that nothing in the document stands behind."""
        return self.value is None or bool(self.evidence)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> FieldValue:
        """The inverse of `dataclasses.asdict`."""
        evidence = tuple(Evidence.from_dict(item) for item in data.get("evidence", ()))
        return cls(**{**data, "evidence": evidence})


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens used by one extraction. None where the provider did not say.

    `cache_read_tokens` and `cache_write_tokens` are those of the input that have a price of their own.
    """

    input_tokens: int | None = None
    output_tokens: int | None = None
    cache_read_tokens: int = 0
    cache_write_tokens: int = 0

    @property
    def counted(self) -> dict[str, int | None]:
        """The tokens read and written, for JSON."""
        return {"input_tokens": self.input_tokens, "output_tokens": self.output_tokens}


@dataclass(frozen=True, slots=True)
class Attempt:
    """One model that was tried, and why it was left (`error` None: it gave the result)."""

    model: str
    provider: str
    error: str | None = None
    seconds: float = 0.0
    cost_usd: float | None = None


@dataclass(frozen=True)
class Extraction:
    """The result of one extractor on one document.

    `fields` is keyed by path: `work_title`, `parties[0].name`. A list of plain values is one entry
    whose value is the list; a list of objects has one entry a leaf.
    `processing_time` is in seconds. `cost_usd` is None when unknown, 0.0 when known to be free.
    `error` is a message for a person, None when the extraction succeeded.
    `prompt_version` is the version of what made it: of a model's prompt, of the built-in rules and what they learned.
    """

    model: str
    provider: str
    document_type: str
    fields: Mapping[str, FieldValue] = field(default_factory=dict)
    processing_time: float = 0.0
    usage: Usage = Usage()
    cost_usd: float | None = None
    error: str | None = None
    attempts: tuple[Attempt, ...] = ()
    prompt_version: str = ""

    @property
    def metadata(self) -> dict[str, Any]:
        """The values as one nested dict, shaped like the schema."""
        return nest({path: item.value for path, item in self.fields.items()})

    @property
    def confidence(self) -> float | None:
        """The mean confidence of the values that are not None; None when there is no such value."""
        known = [f.confidence for f in self.fields.values() if f.value is not None and f.confidence is not None]
        return sum(known) / len(known) if known else None

    @property
    def expected_right(self) -> float:
        """How many right values this result promises: the sum of the confidences of its supported values.

        A value without a confidence counts half.
        """
        found = [f for f in self.fields.values() if f.value is not None and f.supported]
        return sum(0.5 if f.confidence is None else f.confidence for f in found)

    @property
    def evidence(self) -> dict[str, list[dict[str, Any]]]:
        """The evidence of every value that has some, by path, as plain data."""
        return {path: [asdict(e) for e in item.evidence] for path, item in self.fields.items() if item.evidence}

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON; `Extraction.from_dict` reads it back."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Extraction:
        """The inverse of `to_dict`."""
        return cls(
            **{
                **data,
                "fields": {path: FieldValue.from_dict(item) for path, item in data["fields"].items()},
                "usage": Usage(**data["usage"]),
                "attempts": tuple(Attempt(**item) for item in data["attempts"]),
            }
        )

    def failed(self, error: str) -> Extraction:
        """This extraction without values, carrying `error`."""
        return replace(self, fields={}, error=error)


def split_path(path: str) -> Iterator[str | int]:
    """`parties[0].name` → `"parties"`, `0`, `"name"`."""
    for part in path.split("."):
        name, *indices = part.split("[")
        yield name
        for index in indices:
            yield int(index.rstrip("]"))


def nest(values: Mapping[str, Any]) -> dict[str, Any]:
    """Values by path as one nested dict: `{"parties[0].name": "가람"}` → `{"parties": [{"name": "가람"}]}`.

    A list with holes keeps its order and drops the holes.
    """
    root: dict[str, Any] = {}
    lists: dict[tuple[str | int, ...], dict[int, Any]] = {}
    for path, value in values.items():
        parts = tuple(split_path(path))
        place: Any = root
        for depth, (part, following) in enumerate(zip(parts, (*parts[1:], None), strict=True)):
            if following is None:
                place[part] = value
            elif isinstance(following, int):
                place = lists.setdefault(parts[: depth + 1], place.setdefault(part, {}))
            else:
                place = place.setdefault(part, {})
    # The deepest lists first, so that an outer list is built from finished items.
    for parts in sorted(lists, key=len, reverse=True):
        place = root
        for part in parts[:-1]:
            place = place[part]
        place[parts[-1]] = [lists[parts][index] for index in sorted(lists[parts])]
    return root


def flatten(metadata: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """The inverse of `nest`: one entry a leaf. A list of plain values stays one entry."""
    flat: dict[str, Any] = {}
    for key, value in metadata.items():
        path = f"{prefix}{key}"
        if isinstance(value, Mapping):
            flat |= flatten(value, f"{path}.")
        elif isinstance(value, list) and value and all(isinstance(item, Mapping) for item in value):
            for index, item in enumerate(value):
                flat |= flatten(item, f"{path}[{index}].")
        else:
            flat[path] = value
    return flat
