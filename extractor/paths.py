"""Paths of values for people: numbered without holes, titled, in schema order."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TypeVar

from .document_types import DocumentType

V = TypeVar("V")
_INDEX = re.compile(r"\[(\d+)\]")


def compact(values: Mapping[str, V]) -> dict[str, V]:
    """`values` with the indices that `core.nest` gives their items: holes closed, order kept."""
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
