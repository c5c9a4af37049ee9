"""The plain values below a form's fields, and the items of its lists."""

from __future__ import annotations

from collections.abc import Mapping

from extractor.core.document_types import DocumentType, Field
from extractor.core.extractions import FieldValue
from extractor.core.value_path import ValuePath

EMPTY = FieldValue(None)

Values = Mapping[str, FieldValue]


def leaves(document_type: DocumentType, values: Values) -> list[tuple[str, Field]]:
    """Every place that holds one value, in schema order: `(path, field)`, nested objects and items opened up."""
    return [leaf for field in document_type.fields for leaf in leaves_of(field, field.path, values)]


def leaves_of(field: Field, path: str, values: Values) -> list[tuple[str, Field]]:
    """The places at and below `path`, which is a value's path of `field`."""
    if field.kind == "objects":
        prefixes = [f"{path}[{index}]" for index in items(values, path)]
    elif field.kind == "object":
        prefixes = [path]
    else:
        return [(path, field)]
    return [
        leaf
        for prefix in prefixes
        for part in field.fields
        for leaf in leaves_of(part, f"{prefix}.{part.name}", values)
    ]


def items(values: Values, path: str) -> list[int]:
    """The indices of the items of the list of objects at `path`, in order."""
    list_path = ValuePath.parse(path)
    indices = (ValuePath.parse(other).index_below(list_path) for other in values)
    return sorted({index for index in indices if index is not None})


def new_item(document_type: DocumentType, values: Values, path: str) -> str:
    """The path of the first value of an item to be added to the list of objects at `path`."""
    index = max(items(values, path), default=-1) + 1
    return leaves_of_item(document_type.field_at(path), f"{path}[{index}]")[0]


def leaves_of_item(field: Field, prefix: str) -> list[str]:
    """The paths of one item's values; `field` describes the list, `prefix` is the item (`parties[0]`)."""
    return [path for part in field.fields for path, _ in leaves_of(part, f"{prefix}.{part.name}", {})]


def empty_items(document_type: DocumentType, values: Values) -> list[str]:
    """The items of lists of objects in which nothing was filled in, such as `parties[2]`."""
    lists = [field.path for field in document_type.fields if field.kind == "objects"]
    prefixes = [f"{path}[{index}]" for path in lists for index in items(values, path)]
    filled = {
        str(ancestor)
        for path, value in values.items()
        if value.value not in (None, "", [])
        for ancestor in ValuePath.parse(path).ancestors
    }
    return [prefix for prefix in prefixes if prefix not in filled]
