"""The answers of a document's pieces as one: evidence decides, then the order in the document.

A single value: the first that the document supports; an approximate place counts less, a value that nothing
supports counts last. Lists are united; items that nothing supports are left out where other items are supported.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from extractor.core.document_types import DocumentType, Field
from extractor.core.documents import Document
from extractor.core.extractions import FieldValue
from extractor.evidence import align
from extractor.extractors.local.chunks import moved
from extractor.normalize import match_key

Values = Mapping[str, FieldValue]


def merge(document_type: DocumentType, answers: Sequence[Values], source: str) -> dict[str, FieldValue]:
    """One set of values from those of all pieces, in the order of the document, evidence already in place."""
    merged: dict[str, FieldValue] = {}
    for field in document_type.fields:
        if field.kind == "objects":
            merged |= _objects(field, answers, source)
        elif field.kind == "object":
            for leaf in field.fields:
                merged[leaf.path] = _merged(
                    leaf, [answer[leaf.path] for answer in answers if leaf.path in answer], source
                )
        else:
            merged[field.path] = _merged(
                field, [answer[field.path] for answer in answers if field.path in answer], source
            )
    return merged


def _merged(field: Field, values: Sequence[FieldValue], source: str) -> FieldValue:
    there = [value for value in values if value.value is not None]
    if not there:
        return FieldValue(None, source=source)
    if field.kind in ("list", "choices"):
        return _united(there, source)
    return min(there, key=rank)


def rank(value: FieldValue) -> int:
    """0: the document says it; 1: something like it; 2: nothing there says it; 3: no value."""
    if value.value is None:
        return 3
    if not value.evidence:
        return 2
    return int(any(span.alignment == "fuzzy" for span in value.evidence))


def split_list(document: Document, field: Field, value: FieldValue) -> list[FieldValue]:
    """The items of a list, each with the evidence of its own."""
    items = []
    for item in value.value or ():
        places = align(document, field.item, item)
        raw = " ".join(span.text for span in places) or None
        items.append(FieldValue([item], raw, places, value.confidence, value.source))
    return items


def _united(values: Sequence[FieldValue], source: str) -> FieldValue:
    """Lists as one. Each of `values` is a list of which either all items are supported or none."""
    chosen = [value for value in values if value.evidence] or list(values)
    items: dict[str, Any] = {}
    for value in chosen:
        for item in value.value:
            items.setdefault(match_key(str(item)) or str(item), item)
    places = tuple({(span.start, span.end): span for value in chosen for span in value.evidence}.values())
    known = [value.confidence for value in chosen if value.confidence is not None]
    raw = " ".join(span.text for span in places) or None
    return FieldValue(list(items.values()), raw, places, min(known) if known else None, source)


def _objects(field: Field, answers: Sequence[Values], source: str) -> dict[str, FieldValue]:
    items = [item for answer in answers for item in _items(field, answer)]
    if any(_supported(item) for item in items):
        items = [item for item in items if _supported(item)]
    kept: list[dict[str, FieldValue]] = []
    for item in items:
        twin = next((other for other in kept if _same(field, item, other)), None)
        if twin is None:
            kept.append(dict(item))
        else:
            for name, value in item.items():
                twin[name] = min(twin[name], value, key=rank)
    if not kept:
        return {field.path: FieldValue(None, source=source)}
    return {f"{field.path}[{index}].{name}": value for index, item in enumerate(kept) for name, value in item.items()}


def _items(field: Field, answer: Values) -> list[dict[str, FieldValue]]:
    items: list[dict[str, FieldValue]] = []
    missing = FieldValue(None)
    while any(f"{field.path}[{len(items)}].{leaf.name}" in answer for leaf in field.fields):
        item_path = f"{field.path}[{len(items)}]"
        items.append({leaf.name: answer.get(f"{item_path}.{leaf.name}", missing) for leaf in field.fields})
    return items


def _supported(item: Mapping[str, FieldValue]) -> bool:
    return any(value.evidence for value in item.values())


def _same(field: Field, item: Mapping[str, FieldValue], other: Mapping[str, FieldValue]) -> bool:
    """Whether two items are one thing: something that tells them apart (no choice) is alike, and more than differs."""
    telling = [leaf.name for leaf in field.fields if leaf.kind not in ("choice", "choices", "boolean")]
    pairs = [(item[name].value, other[name].value) for name in telling or item]
    both = [(match_key(str(a)), match_key(str(b))) for a, b in pairs if a is not None and b is not None]
    alike = sum(a == b for a, b in both)
    return alike > len(both) - alike


def located(document: Document, document_type: DocumentType, fields: Values, offset: int) -> dict[str, FieldValue]:
    """The values of a part of the document (`document`, which begins at `offset`) as values of the whole.

    Of a list only the supported items stay, unless none is.
    """
    values: dict[str, FieldValue] = {}
    for path, value in fields.items():
        field = document_type.field_at(path)
        if field.kind in ("list", "choices") and value.value:
            items = split_list(document, field, value)
            value = _united(items, value.source)
        values[path] = moved(value, offset)
    return values
