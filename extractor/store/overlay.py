"""Which value of a field counts: what was extracted, what was approved, what a person edited since.

Plain functions over plain data; `review.py` fetches it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from extractor.core.document_types import DocumentType, Field
from extractor.core.extractions import FieldValue
from extractor.core.value_path import ValuePath, is_below
from extractor.store.rows import Edit, SetValue

Values = dict[str, SetValue]

_JSON_TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "number": (int, float),
    "integer": (int,),
    "boolean": (bool,),
    "array": (list,),
    "object": (dict,),
}


def list_of(path: str) -> str:
    """The outermost list of objects that a path leads into, empty when there is none: `parties[0].name` → `parties`."""
    return str(ValuePath.parse(path).outermost_list or "")


def list_bases(edits: Iterable[Edit], key: str) -> dict[str, int | None]:
    """For each list that a person worked on, the extraction they saw then.

    A later extraction may find the items in another order. Taking its items under the edits would mix up
    two parties, so the list stays with the extraction it was edited on.
    """
    bases: dict[str, int | None] = {}
    for edit in edits:
        if edit.document_type == key and (name := list_of(edit.path)):
            bases.setdefault(name, edit.extraction_id)
    return bases


def with_lists(base: Values, lists: Mapping[str, Values]) -> Values:
    """`base` with whole lists taken from elsewhere."""
    kept = {path: item for path, item in base.items() if list_of(path) not in lists and path not in lists}
    for name, items in lists.items():
        kept |= {path: item for path, item in items.items() if is_below(path, name)}
    return kept


def approved_over(base: Values, approved: Values, approved_type: DocumentType) -> Values:
    """What was approved, and of what was extracted only the fields that the type did not have then."""
    known = {field.path for field in approved_type.fields}
    return {path: item for path, item in base.items() if ValuePath.parse(path).top not in known} | approved


def replay(base: Values, edits: Iterable[Edit], document_type: DocumentType | None) -> Values:
    """`base` after `edits`, oldest first. Edits under another type count where the value fits this one."""
    values = dict(base)
    for edit in edits:
        if document_type is not None and not _applies(edit, document_type):
            continue
        if edit.removed:
            values = {path: item for path, item in values.items() if not is_below(path, edit.path)}
        elif edit.value is not None:
            values = {path: item for path, item in values.items() if not _excludes(edit.path, path)}
            values[edit.path] = SetValue(edit.value, edit.made_at, edit.made_by)
    return values


def in_schema_order(values: Values, document_type: DocumentType) -> Values:
    """The values of fields that the type has, in the order of the schema, items of a list by number."""
    known = [path for path in values if _field(document_type, path) is not None]
    return {path: values[path] for path in sorted(known, key=lambda path: ValuePath.parse(path).order(document_type))}


def from_extraction(fields: Mapping[str, FieldValue], set_at: datetime) -> Values:
    return {path: SetValue(value, set_at) for path, value in fields.items()}


def _excludes(path: str, other: str) -> bool:
    """Two paths that cannot both have a value: `parties` and `parties[0].name`."""
    return path != other and (is_below(path, other) or is_below(other, path))


def _field(document_type: DocumentType, path: str) -> Field | None:
    try:
        return document_type.field_at(path)
    except KeyError:
        return None


def _applies(edit: Edit, document_type: DocumentType) -> bool:
    field = _field(document_type, edit.path)
    if field is None:
        return False
    if edit.document_type == document_type.key:
        return True
    # A tombstone speaks of an item that the other type's extraction found: here it may be another item.
    return edit.value is not None and _fits(field, edit.value.value)


def _fits(field: Field, value: object) -> bool:
    """Whether a value set under another type makes sense in this field."""
    if value is None:
        return True
    if isinstance(value, bool):
        return "boolean" in field.types
    if not any(isinstance(value, _JSON_TYPES.get(kind, ())) for kind in field.types):
        return False
    chosen = value if isinstance(value, list) else [value]
    return not field.choices or all(item in field.choices for item in chosen)
