"""What a JSON Schema may say that is valid, and yet no form can be made of: found when it is loaded, not on a page."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

Place = tuple[str | int, ...]
Problem = tuple[Place, str]

_TEXTS = ("title", "x-title-en", "description")
_PLAIN = (str, int, float, bool, type(None))
DEEPEST = 8
"""Objects within objects; deeper ones are a mistake, or endless."""


def problems(schema: Mapping[str, Any]) -> Iterator[Problem]:
    """Where in a valid schema of an object something is that is no field, and why. `$ref` is not followed."""
    yield from _texts(schema, ())
    yield from _fields(schema, (), 1)
    if not any(True for _ in _fields(schema, (), 1)):
        yield from _cannot_check(schema)


def _fields(schema: Mapping[str, Any], path: Place, depth: int) -> Iterator[Problem]:
    for name, field in (schema.get("properties") or {}).items():
        here = (*path, "properties", name)
        if depth > DEEPEST:
            yield here, f"more than {DEEPEST} objects in one another"
        elif not name or re.search(r"[.\[\]]", name):
            yield here, "a name must not be empty and must not contain . [ or ]"
        elif not isinstance(field, Mapping):
            yield here, "a field must be a JSON object"
        else:
            yield from _field(field, here, depth)


def _field(field: Mapping[str, Any], path: Place, depth: int) -> Iterator[Problem]:
    yield from _texts(field, path)
    labels = field.get("x-labels", [])
    if not isinstance(labels, list) or not all(isinstance(label, str) for label in labels):
        yield (*path, "x-labels"), "must be a list of texts"
    if not all(isinstance(value, _PLAIN) for value in field.get("enum") or ()):
        yield (*path, "enum"), "a choice must be a text, a number, true or false"
    if isinstance(pattern := field.get("pattern"), str):
        try:
            re.compile(pattern)
        except re.error as error:
            yield (*path, "pattern"), str(error)
    items = field.get("items", {})
    if not isinstance(items, Mapping):
        yield (*path, "items"), "must be a JSON object"
        return
    if "items" in field:
        yield from _field(items, (*path, "items"), depth + 1)
    yield from _fields(field, path, depth + 1)


def _texts(schema: Mapping[str, Any], path: Place) -> Iterator[Problem]:
    for name in _TEXTS:
        if not isinstance(schema.get(name, ""), str):
            yield (*path, name), "must be a text"


def _cannot_check(schema: Mapping[str, Any]) -> Iterator[Problem]:
    """A reference that leads nowhere is found only when a value is checked: try one of each field."""
    import jsonschema

    sample = {name: _sample(field) for name, field in schema["properties"].items()}
    try:
        list(jsonschema.Draft202012Validator(schema).iter_errors(sample))
    except Exception as error:  # What the validator raises for a schema that it cannot use is of many kinds.
        yield (), f"{type(error).__name__}: {error}"


def _sample(field: Mapping[str, Any]) -> Any:
    nested = field.get("items") or field
    if "properties" in nested:
        made = {name: _sample(part) for name, part in nested["properties"].items()}
        return [made] if "items" in field else made
    return [""] if "items" in field else ""
