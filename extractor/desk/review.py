"""What Review does to values, without a screen: pointing, typing, lists, what is wrong, what deserves a look.

A path is a value's path as in `Extraction.fields`; indices in it are stable ids of items, with holes where an item
was taken away (`value_path.nest` closes them).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from extractor.core.document_types import DocumentType, Field
from extractor.core.documents import Document, Page
from extractor.core.errors import N_, SchemaError
from extractor.core.extractions import Evidence, FieldValue
from extractor.core.leaves import EMPTY, Values, empty_items, items, leaves
from extractor.core.model_keys import person_of
from extractor.core.validation import invalid
from extractor.core.value_path import ValuePath, nest

LOW_CONFIDENCE = 0.7
"""Below it (0 to 1) a value deserves a look."""

REQUIRED = N_("This field is required.")
_TICK = re.compile(r"[\s\[\](){}]*[☑☒■●◉✔✓✅√vVoO○◯][\s\[\](){}]*")
_NOT_BESIDE = "\n\t\f[(□☐■☑☒●○◯✔✓"
_AFTER_TICK = re.compile(rf"[ \xa0\])]*([^{re.escape(_NOT_BESIDE)}]+)")


def picked(
    field: Field, old: FieldValue, raw: str, evidence: tuple[Evidence, ...], add: bool = False
) -> FieldValue | None:
    """The value after a person pointed at `raw` in the document, None when it is no value for `field`.

    A list gets one item more, a set of choices the choices that are named; other fields are replaced, or with
    `add` a text is continued. `evidence` is what was pointed at.
    """
    from extractor.normalize import clean, normalize

    value: Any
    if field.kind == "list":
        item = normalize(field.item, raw)
        if item is None and field.item.kind == "string":
            item = clean(raw) or None
        value = None if item is None else _joined(old.value, [item])
    elif field.kind == "choices":
        named = normalize(field, raw)
        value = None if not named else [choice for choice in field.choices if choice in _joined(old.value, named)]
    else:
        value = normalize(field, raw)
        if field.kind == "boolean" and value is None and _TICK.fullmatch(raw):
            value = True
        if field.kind == "string" and value is None:
            value = clean(raw) or None
        if field.kind == "string" and add and value is not None and old.value:
            value, raw = f"{old.value} {value}", f"{old.raw or old.value} {raw}"
    if value is None:
        return None
    keeps = field.kind in ("list", "choices") or (add and field.kind == "string")
    return FieldValue(value, raw, (*old.evidence, *evidence) if keeps else evidence)


def _joined(old: Any, new: Sequence[Any]) -> list[Any]:
    return list(dict.fromkeys([*(old if isinstance(old, list) else []), *new]))


def tidy(text: str) -> tuple[int, int]:
    """Where in `text` what a person meant begins and ends.

    Words hang on to their neighbours: of `윤서하(이하` the bracket that does not close is left out, of `“가람”,` the
    comma.
    """
    start, end = 0, len(text)
    for opening, closing in ("()", "[]", "“”", "‘’", "「」", "『』", "《》", "〈〉"):
        if (at := text.rfind(opening, start, end)) > start and closing not in text[at:end]:
            end = at
        if (at := text.find(closing, start, end)) >= 0 and opening not in text[start:at] and text[at + 1 : end].strip():
            start = at + 1
    while end > start and text[end - 1] in " \t\n\f,;:、，；：":
        end -= 1
    while end > start and text[start] in " \t\n\f,;:、，；：":
        start += 1
    return (start, end) if end > start else (0, len(text))


def beside_tick(text: str, start: int, end: int) -> str:
    """What a lone check mark at `text[start:end]` stands at: the words after it, else those before it on its line.

    `text[start:end]` itself when it is not a lone mark.
    """
    raw = text[start:end]
    if not _TICK.fullmatch(raw):
        return raw
    if after := _AFTER_TICK.match(text, end):
        return after[1].strip() or raw
    stop = len(text[:start].rstrip(" \xa0[("))
    begin = stop
    while begin and text[begin - 1] not in _NOT_BESIDE:
        begin -= 1
    return text[begin:stop].strip() or raw


def typed(field: Field, text: Any) -> Any:
    """What a person entered, as it is stored: a date or number in any form normalised, a text of lines as a list.

    What cannot be normalised is kept as typed, so that nothing is lost; `problems` says what is wrong with it.
    """
    from extractor.normalize import normalize

    if field.kind == "list":
        lines = (line.strip() for line in str(text or "").splitlines())
        entered = [typed(field.item, line) for line in lines if line]
        return list(dict.fromkeys(entered)) or None
    if field.kind == "choices":
        return list(text) or None
    if not isinstance(text, str):
        return text
    text = text.strip()
    if not text or field.kind not in ("date", "number", "integer"):
        return text or None
    value = normalize(field, text)
    return text if value is None else value


def typed_value(field: Field, old: FieldValue, value: Any, pages: Iterable[tuple[Page, str]]) -> FieldValue:
    """The value a person entered by hand, with the places in `pages` that support it, if any.

    `pages` are pages with their texts, the likeliest first; they are only read as far as needed.
    Of a list, items that stay keep the places they had.
    """
    if value is None:
        return EMPTY
    if not isinstance(value, list):
        return FieldValue(value, str(value), find_evidence(pages, field, value))
    from extractor.evidence import most_items
    from extractor.normalize import normalize

    pages = list(pages)
    places: list[Evidence] = []
    known = [(e, normalize(field.item, e.text)) for e in old.evidence]
    for item in value[: most_items(sum(len(text) for _, text in pages))]:
        had = [e for e, meant in known if item in (meant, e.text)]
        places += had or find_evidence(pages, field.item, item)
    return FieldValue(value, ", ".join(map(str, value)), tuple(dict.fromkeys(places)))


def confirmed(value: FieldValue) -> FieldValue:
    """The same value, to be kept as set by a person."""
    return replace(value, source="", confidence=None)


def taken(field: Field, suggestion: FieldValue) -> FieldValue:
    """A model's suggestion as the value that a person took, with its place."""
    from extractor.normalize import normalize

    said = suggestion.suggestion or ""
    value = normalize(field, said)
    return confirmed(replace(suggestion, value=value if value is not None else said))


def find_evidence(pages: Iterable[tuple[Page, str]], field: Field, value: Any) -> tuple[Evidence, ...]:
    """Where `value` stands: the first page that has it exactly or normalised, else the first approximate place.

    Works page by page, so that a long document is never held in memory at once.
    """
    from extractor.evidence import align, evidence_at

    approximate: tuple[Evidence, ...] = ()
    for page, text in pages:
        # Words are only needed where something is found: for its boxes.
        alone = Document("", "", "", text, (Page(page.number, 0, len(text), ()),))
        evidence = tuple(
            evidence_at(page, text, e.start + page.start, e.end + page.start, e.alignment)
            for e in align(alone, field, value)
        )
        if evidence and all(e.alignment != "fuzzy" for e in evidence):
            return evidence
        approximate = approximate or evidence
    return approximate


def problems(document_type: DocumentType, values: Values) -> dict[str, SchemaError]:
    """What the schema says against the values, by path, in schema order; what is required inside items included.

    Items in which nothing was filled in are passed over: they are dropped on approval.
    """
    empty = set(empty_items(document_type, values))
    values = {
        path: value for path, value in values.items() if empty.isdisjoint(map(str, ValuePath.parse(path).ancestors))
    }
    metadata = nest({path: item.value for path, item in values.items()})
    problems_by_path: dict[str, SchemaError] = {}
    for path, error in invalid(document_type, metadata).items():
        problems_by_path.setdefault(_stable(path, values), error)
    for path, field in leaves(document_type, values):
        if field.required and ValuePath.parse(path).item and values.get(path, EMPTY).value in (None, "", []):
            problems_by_path.setdefault(path, SchemaError(REQUIRED))
    order = {path: number for number, (path, _) in enumerate(leaves(document_type, values))}
    return dict(sorted(problems_by_path.items(), key=lambda item: order.get(item[0], len(order))))


def is_missing(error: SchemaError) -> bool:
    """Whether a problem is a required field left empty, which a person may approve knowingly."""
    return error.code == "field-required"


def _stable(path: str, values: Values) -> str:
    """A path that counts items without holes as one with stable indices; a list's item as the list."""
    if not path:
        return path
    parts: list[str | int] = []
    for part in ValuePath.parse(path).parts:
        if isinstance(part, int):
            indices = items(values, str(ValuePath(tuple(parts))))
            if part >= len(indices):
                break
            parts.append(indices[part])
        else:
            parts.append(part)
    return str(ValuePath(tuple(parts)))


def is_doubtful(field: Field, value: FieldValue, problem: SchemaError | None = None) -> bool:
    """Whether a field deserves a look: something is wrong with it, or the machine is not sure of it.

    What a person set is taken as looked at, unless it breaks the schema.
    """
    if problem is not None or (field.required and value.value in (None, "", [])):
        return True
    if person_of(value.source) is not None or value.value is None:
        return False
    return not value.supported or (value.confidence is not None and value.confidence < LOW_CONFIDENCE)
