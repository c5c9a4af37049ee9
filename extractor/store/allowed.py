"""What may be stored: paths that a type has, values of a shape that their field can hold, types that there are.

Not whether a value is right: a date that is none is kept as it was typed, and `review.problems` says so. But nothing
can make a list of a text, or put a value where no page and no export would look for it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from extractor.core.document_types import DocumentType, Field
from extractor.core.errors import N_, StoreError
from extractor.core.value_path import ValuePath

_SHAPES: dict[str, tuple[type, ...]] = {"boolean": (bool,), "integer": (int,), "number": (int, float)}


def check_type(types: Mapping[str, DocumentType], key: str, file: str) -> None:
    """Raise StoreError unless there is a type with that key."""
    if key not in types:
        template = N_("{file}: there is no document type “{type}”. Nothing was changed.")
        raise StoreError(template, file=file, type=key)


def check_value(document_type: DocumentType, path: str, value: Any) -> None:
    """Raise StoreError unless `value` can stand at `path`."""
    field = _field_of(document_type, _parsed(document_type, path))
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
    path = _parsed(document_type, prefix)
    list_path = path.parent if path.index is not None else None
    field = _field_of(document_type, list_path or path)
    if field is None or (list_path and field.kind != "objects"):
        raise _no_place(document_type, prefix)


def _parsed(document_type: DocumentType, path: str) -> ValuePath:
    try:
        return ValuePath.parse(path)
    except ValueError as error:
        raise _no_place(document_type, path) from error


def _field_of(document_type: DocumentType, path: ValuePath) -> Field | None:
    """The field of a value's path; None for a path that no value can have: items of lists of objects are numbered,
    nothing else is."""
    fields: tuple[Field, ...] = document_type.fields
    field: Field | None = None
    for part, following in zip(path.parts, (*path.parts[1:], None), strict=True):
        if isinstance(part, int):
            # An item alone has no value, and what follows an index is the name of a part.
            if not isinstance(following, str):
                return None
            continue
        field = next((known for known in fields if known.name == part), None)
        if field is None or isinstance(following, int) != (field.kind == "objects" and following is not None):
            return None
        fields = field.fields if field.kind in ("objects", "object") else ()
    return field


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
