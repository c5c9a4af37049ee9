"""What may be stored: paths that a type has, values of a shape that their field can hold, types that there are.

Not whether a value is right: a date that is none is kept as it was typed, and `review.problems` says so. But nothing
can make a list of a text, or put a value where no page and no export would look for it.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any

from extractor.core.document_types import DocumentType, Field
from extractor.core.errors import N_, StoreError

_PART = re.compile(r"([^.\[\]]+)(?:\[(\d{1,6})\])?")
_SHAPES: dict[str, tuple[type, ...]] = {"boolean": (bool,), "integer": (int,), "number": (int, float)}


def check_type(types: Mapping[str, DocumentType], key: str, file: str) -> None:
    """Raise StoreError unless there is a type with that key."""
    if key not in types:
        template = N_("{file}: there is no document type “{type}”. Nothing was changed.")
        raise StoreError(template, file=file, type=key)


def check_value(document_type: DocumentType, path: str, value: Any) -> None:
    """Raise StoreError unless `value` can stand at `path`."""
    field = _place(document_type, path)
    if field is None or (field.kind == "object" and value is not None):
        raise _no_place(document_type, path)
    if field.kind in ("objects", "object"):
        held = value is None  # Its parts have paths of their own.
    elif field.kind in ("list", "choices"):
        held = value is None or (isinstance(value, list) and all(_holds(field.item, item) for item in value))
    else:
        held = value is None or _holds(field, value)
    if not held:
        template = N_("A value of this kind cannot stand in the field “{path}”. Nothing was changed.")
        raise StoreError(template, path=path)


def check_prefix(document_type: DocumentType, prefix: str) -> None:
    """Raise StoreError unless values of the type can stand at or below `prefix`, such as `parties[0]`."""
    of_item = re.fullmatch(r"(.*)\[(\d{1,6})\]", prefix)
    field = _place(document_type, of_item[1] if of_item else prefix)
    if field is None or (of_item and field.kind != "objects"):
        raise _no_place(document_type, prefix)


def _place(document_type: DocumentType, path: str) -> Field | None:
    """The field of a value's path; None for a path that no value can have: items of lists of objects are numbered,
    nothing else is."""
    fields = document_type.fields
    names = path.split(".")
    for depth, name in enumerate(names):
        part = _PART.fullmatch(name)
        field = next((one for one in fields if part and one.name == part[1]), None)
        if field is None or part is None:
            return None
        last = depth == len(names) - 1
        if (part[2] is not None) != (field.kind == "objects" and not last):
            return None
        if last:
            return field
        fields = field.fields if field.kind in ("objects", "object") else ()
    return None


def _holds(field: Field, value: Any) -> bool:
    """Whether a single value can stand in a field: of its type, one of its choices, or text as a person typed it."""
    if isinstance(value, float) and not math.isfinite(value):
        return False
    if isinstance(value, bool):
        return "boolean" in field.types
    if isinstance(value, str):
        return True
    shapes = tuple(shape for kind in field.types for shape in _SHAPES.get(kind, ()) if shape is not bool)
    return isinstance(value, shapes) or (isinstance(value, int | float) and value in field.choices)


def _no_place(document_type: DocumentType, path: str) -> StoreError:
    template = N_("The document type “{type}” has no field “{path}”. Nothing was changed.")
    return StoreError(template, type=document_type.title(), path=path)
