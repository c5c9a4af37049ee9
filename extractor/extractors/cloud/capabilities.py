"""What a model turned out to take, learned from its refusals and kept for a while.

Only a refusal that speaks of it counts: any other error says nothing of how JSON may be asked for. What one schema is
refused for holds for that schema. After `RETRY` seconds, or when plainer ways give answers that are no JSON, the
strictest way is tried again.
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from time import monotonic as clock
from typing import Any

from extractor.extractors.cloud.error_responses import Refusal

LEVELS = ("json_schema", "json_object", "text")
"""Ways to ask for JSON, strictest first."""
RETRY = 1800.0
"""Seconds after which the strictest way is tried again."""
NOT_JSON = 5
"""So many answers without JSON in a plainer way, and the strictest way is tried again."""
MISSING = 300.0
"""Seconds that a model which is not there is not asked for: someone may be about to load it."""

Place = tuple[str, str]
"""Base URL and model id."""


@dataclass(frozen=True)
class Learned:
    """`level` is the first of `LEVELS` that may be taken, `schemas` the same by schema. `merged`: the instructions go
    in front of the user's message. `missing`: until when (`clock`) it is not asked for, and what the provider said.
    `share`: the least share of the estimated tokens that it counted in a short text."""

    level: int = 0
    schemas: Mapping[str, int] = field(default_factory=dict)
    lowered: float = 0.0
    not_json: int = 0
    length_name: str = "max_tokens"
    refused: frozenset[str] = frozenset()
    merged: bool = False
    missing: tuple[float, str] | None = None
    share: float = 1.0

    def level_for(self, schema: str) -> int:
        return max(self.level, self.schemas.get(schema, 0))


class Memory:
    """What is learned of models, for the life of the process. Safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: dict[Place, Learned] = {}

    def get(self, endpoint: Place, beginning: Learned) -> Learned:
        """What is known by now; `beginning` before anything is."""
        with self._lock:
            known = self._known.get(endpoint, beginning)
            if known.lowered and clock() - known.lowered > RETRY:
                known = self._known[endpoint] = _strict(known, beginning)
            return known

    def change(self, endpoint: Place, beginning: Learned, how: Callable[[Learned], Learned]) -> None:
        with self._lock:
            self._known[endpoint] = how(self._known.get(endpoint, beginning))

    def no_json(self, endpoint: Place, beginning: Learned) -> None:
        """An answer had no JSON in it."""
        with self._lock:
            known = self._known.get(endpoint, beginning)
            if not known.lowered:
                return
            known = replace(known, not_json=known.not_json + 1)
            self._known[endpoint] = _strict(known, beginning) if known.not_json >= NOT_JSON else known

    def clear(self) -> None:
        with self._lock:
            self._known.clear()


def _strict(known: Learned, beginning: Learned) -> Learned:
    return replace(known, level=beginning.level, schemas={}, lowered=0.0, not_json=0)


def digest(schema: Mapping[str, Any] | None) -> str:
    """A schema's name in `Learned.schemas`."""
    return hashlib.sha256(json.dumps(schema, sort_keys=True).encode()).hexdigest()[:16] if schema else ""


def plainer(
    known: Learned, refusal: Refusal, options: Mapping[str, Any], schema: str
) -> Callable[[Learned], Learned] | None:
    """What a refusal of a request with `options` teaches, None when it says nothing of how to ask otherwise."""
    name = refusal.refuses(options)
    if name in ("max_tokens", "max_completion_tokens"):
        other = "max_completion_tokens" if name == "max_tokens" else "max_tokens"
        return lambda now: replace(now, length_name=other)
    if name is not None:
        return lambda now: replace(now, refused=now.refused | {name})
    if refusal.of_system_role and not known.merged:
        return lambda now: replace(now, merged=True)
    if "response_format" not in options or not refusal.of_format:
        return None
    level = known.level_for(schema) + 1
    if refusal.of_schema and known.level_for(schema) == 0:
        return lambda now: replace(now, schemas={**now.schemas, schema: level}, lowered=clock())
    return lambda now: replace(now, level=max(now.level, level), lowered=clock())
