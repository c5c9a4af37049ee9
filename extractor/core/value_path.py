"""The path of a value, as `parties[0].name`: taken apart, nested, flattened, ordered and titled."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, TypeVar

from extractor.core.document_types import DocumentType


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


V = TypeVar("V")
_INDEX = re.compile(r"\[(\d+)\]")


def compact(values: Mapping[str, V]) -> dict[str, V]:
    """`values` with the indices that `value_path.nest` gives their items: holes closed, order kept."""
    taken: dict[str, set[int]] = {}
    for path in values:
        for found in _INDEX.finditer(path):
            taken.setdefault(path[: found.start()], set()).add(int(found[1]))
    ranks = {prefix: {index: rank for rank, index in enumerate(sorted(used))} for prefix, used in taken.items()}

    def renumbered(path: str) -> str:
        return _INDEX.sub(lambda found: f"[{ranks[path[: found.start()]][int(found[1])]}]", path)

    return {renumbered(path): value for path, value in values.items()}


def path_title(document_type: DocumentType, path: str, language: str) -> str:
    """`parties[0].name` → `당사자 1 이름`; the path itself where the type does not have it."""
    titles = []
    parts = path.split(".")
    for depth, part in enumerate(parts, 1):
        try:
            titles.append(document_type.field_at(".".join(parts[:depth])).title(language))
        except KeyError:
            return path
        titles += [str(int(index) + 1) for index in _INDEX.findall(part)]
    return " ".join(titles)


def path_order(document_type: DocumentType, path: str) -> tuple[int, ...]:
    """A sort key: schema order at each level, items of a list by number."""
    key: list[int] = []
    fields = document_type.fields
    for part in path.split("."):
        name = part.partition("[")[0]
        place = next((number for number, field in enumerate(fields) if field.name == name), len(fields))
        key += [place, *(int(index) for index in _INDEX.findall(part))]
        fields = fields[place].fields if place < len(fields) else ()
    return tuple(key)
