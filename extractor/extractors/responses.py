"""From what a model wrote to field values with evidence. An answer is whole or it is an error.

Broken syntax is repaired (a trailing comma, single quotes, a code fence around it), missing content never: an
answer that was cut off is refused even where a repair would close its brackets.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from extractor.core.document_types import DocumentType, Field
from extractor.core.documents import Document
from extractor.core.errors import N_, AnswerError
from extractor.core.extractions import FieldValue
from extractor.evidence import align, legibility
from extractor.extractors.response_json import find_object, short
from extractor.normalize import normalize
from extractor.normalize.null_words import is_nothing, printed_as_value


@dataclass(frozen=True)
class Parsed:
    """What a model answered. `unusable` is, by value path, what it wrote where the schema takes no such value; the
    value there is None."""

    metadata: dict[str, Any]
    unusable: dict[str, str]


def parse(text: str, document_type: DocumentType, fields: Sequence[str] | None = None) -> dict[str, Any]:
    """The metadata of `parse_answer`."""
    return parse_answer(text, document_type, fields).metadata


def parse_answer(
    text: str,
    document_type: DocumentType,
    fields: Sequence[str] | None = None,
    document: Document | None = None,
) -> Parsed:
    """The metadata in a model's answer: every top-level field asked for, None for what it left out.

    `fields` names the fields asked for, all of the type when None.
    Dates, amounts, choices and yes/no are normalised. A date or an e-mail address that is none is kept as
    written, for a person to see. A word for nothing (N/A, 없음) is None, unless it is one of the choices or a title
    that the `document` prints right behind one of the field's labels. A value that the schema does not take costs
    that value alone. Raises AnswerError when the answer is empty, a web page, not JSON, cut off, or when nothing in
    it is usable.
    """
    asked = [field for field in document_type.fields if fields is None or field.name in fields]
    data = find_object(text, [field.name for field in asked])
    values = _Values(document)
    metadata = {field.name: values.of(field, data.get(field.name), field.path) for field in asked}
    if values.first is not None and all(_empty(value) for value in metadata.values()):
        template = N_("The model's answer does not fit the schema: “{value}” is no value of {field}.")
        raise AnswerError(template, value=short(values.first[1]), field=values.first[0])
    return Parsed(metadata, values.unusable)


def _empty(value: Any) -> bool:
    return value is None or (isinstance(value, dict) and all(map(_empty, value.values())))


class _Values:
    """Values of an answer as the schema stores them. `first` is the first that it does not take: path, as written."""

    def __init__(self, document: Document | None) -> None:
        self._document = document
        self.unusable: dict[str, str] = {}
        self.first: tuple[str, str] | None = None

    def of(self, field: Field, value: Any, path: str) -> Any:
        if value is None or value == "":
            return None
        if field.kind == "object":
            if not isinstance(value, Mapping):
                return self._refuse(field, value, path)
            return {part.name: self.of(part, value.get(part.name), f"{path}.{part.name}") for part in field.fields}
        if field.kind == "objects":
            return self._objects(field, value, path)
        if field.kind in ("list", "choices"):
            return self._items(field, value, path)
        return self._leaf(field, value, path)

    def _objects(self, field: Field, value: Any, path: str) -> list[dict[str, Any]] | None:
        items: list[dict[str, Any]] = []
        for item in self._list(field, value, path):
            item_path = f"{path}[{len(items)}]"
            if not isinstance(item, Mapping):
                self._refuse(field, item, item_path)
                continue
            read = {part.name: self.of(part, item.get(part.name), f"{item_path}.{part.name}") for part in field.fields}
            if not _empty(read):
                items.append(read)
        return items or None

    def _items(self, field: Field, value: Any, path: str) -> list[Any] | None:
        items = [self._leaf(field.item, item, path) for item in self._list(field, value, path)]
        return list(dict.fromkeys(item for item in items if item is not None)) or None

    def _list(self, field: Field, value: Any, path: str) -> Iterable[Any]:
        if isinstance(value, list):
            return value
        if isinstance(value, str) and field.kind in ("list", "choices"):
            return [] if self._nothing(field.item, value) else normalize(field, value) or [value]
        if not (isinstance(value, str) and is_nothing(value)):
            self._refuse(field, value, path)
        return []

    def _leaf(self, field: Field, value: Any, path: str) -> Any:
        if isinstance(value, Mapping) and "value" in value:
            value = value["value"]  # {"value": …, "confidence": …}
        if value is None or (isinstance(value, str) and not value.strip()):
            return None
        if isinstance(value, (list, Mapping)):
            return self._refuse(field, value, path)
        if field.choices and value in field.choices:
            return value
        normalized = _normal(field, value)
        if (
            isinstance(value, str)
            and self._nothing(field, value)
            and (normalized is None or field.kind in ("string", "date"))
        ):
            return None
        return self._refuse(field, value, path) if normalized is None else normalized

    def _nothing(self, field: Field, word: str) -> bool:
        if not is_nothing(word) or word in field.choices:
            return False
        return self._document is None or not printed_as_value(field, word, self._document.text)

    def _refuse(self, field: Field, value: Any, path: str) -> None:
        written = str(value)
        self.first = self.first or (field.path, written)
        self.unusable.setdefault(path, written)


def _normal(field: Field, value: Any) -> Any:
    """A single value as it is stored, None when it is no such value."""
    kind = field.kind
    if kind == "boolean":
        return value if isinstance(value, bool) else normalize(field, str(value))
    if isinstance(value, bool):
        return None
    if kind in ("number", "integer"):
        number = value if isinstance(value, (int, float)) else normalize(field, value)
        return _number(kind, number)
    if kind == "choice":
        return normalize(field, str(value))
    text = str(value).strip()
    # What is no date, e-mail address or code stays as written: Review says so beside the field.
    return (normalize(field, text) or text) if kind == "date" or "pattern" in field.schema else text


def _number(kind: str, value: Any) -> int | float | None:
    try:
        if value is None or not math.isfinite(float(value)):
            return None
    except OverflowError:  # A whole number with hundreds of digits.
        return None
    if value == int(value):
        return int(value)
    return None if kind == "integer" else value


def to_fields(
    document: Document,
    document_type: DocumentType,
    metadata: Mapping[str, Any],
    source: str,
    confidence: float | Mapping[str, float] | None = None,
    unusable: Mapping[str, str] | None = None,
) -> dict[str, FieldValue]:
    """`metadata` (see `parse`) as field values by path, each with its place in the document, and nothing for a
    field that is no key of it.

    A value that nothing in the document supports stays, without evidence. `confidence` is for all values, or
    by path. What a model wrote and the schema does not take (`unusable` by path) is a suggestion where it stands in
    the document.
    """
    values: dict[str, FieldValue] = {}
    for field in document_type.fields:
        if field.name not in metadata:
            continue
        for path, leaf, value in _leaves(field, metadata[field.name], field.path):
            evidence = align(document, leaf, value)
            if value is None and unusable and path in unusable:
                evidence = align(document, Field(leaf.path, {"type": "string"}), unusable[path])
            raw = " ".join(span.text for span in evidence) or None
            sure = confidence.get(path) if isinstance(confidence, Mapping) else confidence
            if sure is not None:
                sure = round(sure * legibility(document, evidence), 3) if value is not None else None
            values[path] = FieldValue(value, raw, evidence, sure, source)
    return values


def _leaves(field: Field, value: Any, path: str) -> list[tuple[str, Field, Any]]:
    if field.kind == "object":
        inside = value or {}
        return [leaf for part in field.fields for leaf in _leaves(part, inside.get(part.name), f"{path}.{part.name}")]
    if field.kind == "objects" and value:
        return [
            leaf
            for index, item in enumerate(value)
            for part in field.fields
            for leaf in _leaves(part, item.get(part.name), f"{path}[{index}].{part.name}")
        ]
    return [(path, field, value)]
