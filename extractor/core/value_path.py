"""The path of a value, as `parties[0].name`: taken apart, nested, flattened, ordered and titled.

A path is kept and sent as a string; `ValuePath` is how code takes it apart.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from extractor.core.document_types import DocumentType

MAX_INDEX = 999_999
"""No list has more items: a path that somebody made up does not make a number of a thousand digits."""

_NAME = re.compile(r"[^.\[\]]+")
_PART = re.compile(r"\.([^.\[\]]+)|\[(0|[1-9][0-9]{0,5})\]")


@dataclass(frozen=True, slots=True)
class ValuePath:
    """Where a value stands in the nested metadata: names of fields, and the indices (from 0) of items of lists.

    `parts` are as in `absolute_path` of jsonschema: `("parties", 0, "name")`. Raises ValueError for anything else
    than a name followed by names and indices; `schema_check` lets no field have a name that could not stand here.
    """

    parts: tuple[str | int, ...]

    def __post_init__(self) -> None:
        if not self.parts or not isinstance(self.parts[0], str):
            raise ValueError(f"not a value's path: {self.parts}")
        for part in self.parts:
            if not (_NAME.fullmatch(part) if isinstance(part, str) else 0 <= part <= MAX_INDEX):
                raise ValueError(f"not a value's path: {self.parts}")

    @classmethod
    def parse(cls, text: str) -> ValuePath:
        """The inverse of `str`. Raises ValueError for a string that is no path."""
        return _parse(text)

    def __str__(self) -> str:
        return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in self.parts)[1:]

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the fields on the way, the indices left out."""
        return tuple(part for part in self.parts if isinstance(part, str))

    @property
    def top(self) -> str:
        """The name of the top-level field."""
        return self.names[0]

    @property
    def leaf(self) -> str:
        """The name of the innermost field: `name` of `parties[0].name`, `parties` of `parties[0]`."""
        return self.names[-1]

    @property
    def index(self) -> int | None:
        """Which item of its list this is; None for a path that does not end in an index."""
        last = self.parts[-1]
        return last if isinstance(last, int) else None

    @property
    def field_path(self) -> str:
        """The path of the field in its document type: `parties.name` of `parties[0].name`."""
        return ".".join(self.names)

    @property
    def parent(self) -> ValuePath | None:
        """What it stands in: `parties[0]` of `parties[0].name`, `parties` of `parties[0]`; None at the top."""
        return ValuePath(self.parts[:-1]) if len(self.parts) > 1 else None

    @property
    def ancestors(self) -> Iterator[ValuePath]:
        """Its parent, the parent of that, and so on."""
        return (ValuePath(self.parts[:depth]) for depth in range(len(self.parts) - 1, 0, -1))

    @property
    def item(self) -> ValuePath | None:
        """The innermost item of a list that it is or stands in: `parties[0]` of `parties[0].name`."""
        return next((path for path in (self, *self.ancestors) if path.index is not None), None)

    @property
    def outermost_list(self) -> ValuePath | None:
        """The outermost list of objects that it leads into: `parties` of `parties[0].name`."""
        depth = next((depth for depth, part in enumerate(self.parts) if isinstance(part, int)), 0)
        return ValuePath(self.parts[:depth]) if depth else None

    def field(self, name: str) -> ValuePath:
        """The path of the field `name` in it."""
        return ValuePath((*self.parts, name))

    def with_index(self, index: int) -> ValuePath:
        """The path of an item of this list."""
        return ValuePath((*self.parts, index))

    def starts_with(self, prefix: ValuePath) -> bool:
        """Whether it is `prefix` or stands in it."""
        return self.parts[: len(prefix.parts)] == prefix.parts

    def index_below(self, list_path: ValuePath) -> int | None:
        """Which item of the list at `list_path` it is or stands in; None when it stands elsewhere."""
        depth = len(list_path.parts)
        if len(self.parts) <= depth or not self.starts_with(list_path):
            return None
        part = self.parts[depth]
        return part if isinstance(part, int) else None

    def title(self, document_type: DocumentType, language: str, separator: str = " ") -> str:
        """`parties[0].name` → `당사자 1 이름`; the path itself where the type does not have it.

        Items are counted from 1 by their index: of a list with holes see `closing_holes`.
        """
        titles: list[str] = []
        for depth, part in enumerate(self.parts, 1):
            if isinstance(part, int):
                titles[-1] += f" {part + 1}"
                continue
            try:
                titles.append(document_type.field_at(str(ValuePath(self.parts[:depth]))).title(language))
            except KeyError:
                return str(self)
        return separator.join(titles)

    def order(self, document_type: DocumentType) -> tuple[int, ...]:
        """A sort key: schema order at each level, items of a list by number, fields that the type lacks last."""
        key: list[int] = []
        fields = document_type.fields
        for part in self.parts:
            if isinstance(part, int):
                key.append(part)
                continue
            position = next((number for number, field in enumerate(fields) if field.name == part), len(fields))
            key.append(position)
            fields = fields[position].fields if position < len(fields) else ()
        return tuple(key)


@lru_cache(maxsize=1 << 16)
def _parse(text: str) -> ValuePath:
    parts: list[str | int] = []
    dotted, end = f".{text}", 0
    while match := _PART.match(dotted, end):
        parts.append(match[1] if match[1] is not None else int(match[2]))
        end = match.end()
    if end < len(dotted):
        raise ValueError(f"not a value's path: {text!r}")
    return ValuePath(tuple(parts))


def is_below(path: str, prefix: str) -> bool:
    """Whether `path` is `prefix` or leads into it."""
    return ValuePath.parse(path).starts_with(ValuePath.parse(prefix))


def nest(values: Mapping[str, Any]) -> dict[str, Any]:
    """Values by path as one nested dict: `{"parties[0].name": "가람"}` → `{"parties": [{"name": "가람"}]}`.

    A list with holes keeps its order and drops the holes.
    """
    root: dict[str, Any] = {}
    lists: dict[tuple[str | int, ...], dict[int, Any]] = {}
    for path, value in values.items():
        parts = ValuePath.parse(path).parts
        container: Any = root
        for depth, (part, following) in enumerate(zip(parts, (*parts[1:], None), strict=True)):
            if following is None:
                container[part] = value
            elif isinstance(following, int):
                container = lists.setdefault(parts[: depth + 1], container.setdefault(part, {}))
            else:
                container = container.setdefault(part, {})
    # The deepest lists first, so that an outer list is built from finished items.
    for parts in sorted(lists, key=len, reverse=True):
        container = root
        for part in parts[:-1]:
            container = container[part]
        container[parts[-1]] = [lists[parts][index] for index in sorted(lists[parts])]
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


def compact(values: Mapping[str, V]) -> dict[str, V]:
    """`values` with the indices that `nest` gives their items: holes closed, order kept."""
    closed = closing_holes(values)
    return {str(closed(path)): value for path, value in values.items()}


def closing_holes(paths: Iterable[str]) -> Callable[[str], ValuePath]:
    """A function of a path that gives it the indices that its items have among those of `paths`, holes closed.

    An item that is not among them keeps its index.
    """
    used: dict[tuple[str | int, ...], set[int]] = {}
    for path in paths:
        parts = ValuePath.parse(path).parts
        for depth, part in enumerate(parts):
            if isinstance(part, int):
                used.setdefault(parts[:depth], set()).add(part)
    ranks = {prefix: {index: rank for rank, index in enumerate(sorted(indices))} for prefix, indices in used.items()}

    def closed(path: str) -> ValuePath:
        parts = ValuePath.parse(path).parts
        return ValuePath(
            tuple(
                ranks.get(parts[:depth], {}).get(part, part) if isinstance(part, int) else part
                for depth, part in enumerate(parts)
            )
        )

    return closed
