"""The keys by which models are chosen and results filed, and the sources of values: a model's key, or a person.

`builtin`, `local_<name>`, `cloud_<name>`, `hybrid`; `person:<name>`.
"""

from __future__ import annotations

from typing import Literal

Kind = Literal["builtin", "local", "cloud", "hybrid"]

BUILTIN: Literal["builtin"] = "builtin"
"""The rules, with what they learned."""
HYBRID: Literal["hybrid"] = "hybrid"
"""A local model first, then cloud models."""

_LOCAL = "local_"
_CLOUD = "cloud_"
_PERSON = "person:"


def local_key(name: str) -> str:
    """The key of the local model that the configuration calls `name`."""
    return f"{_LOCAL}{name}"


def cloud_key(name: str) -> str:
    """The key of the cloud model that the configuration calls `name`."""
    return f"{_CLOUD}{name}"


def is_local(key: str) -> bool:
    """Whether it is the key of a model that runs on this machine (the rules are no model)."""
    return key.startswith(_LOCAL)


def is_cloud(key: str) -> bool:
    """Whether it is the key of one cloud model."""
    return key.startswith(_CLOUD)


def is_paid(key: str) -> bool:
    """Whether the calls of the model may cost money."""
    return is_cloud(key) or key == HYBRID


def name_of(key: str) -> str:
    """What the configuration calls the model: the inverse of `local_key` and `cloud_key`."""
    return key.removeprefix(_LOCAL) if is_local(key) else key.removeprefix(_CLOUD)


def person_source(name: str) -> str:
    """The source of a value that a person set."""
    return f"{_PERSON}{name}"


def person_of(source: str) -> str | None:
    """The name of the person who set a value; None where a model did."""
    return source.removeprefix(_PERSON) if source.startswith(_PERSON) else None
