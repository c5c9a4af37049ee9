"""JSON files that people write: nothing is passed over in silence, and a fault has a line."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any


class DuplicateKeyError(ValueError):
    """An object names a key twice; plain `json` would take the last one without a word. `line` None: not known."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key
        self.line: int | None = None


def parse(text: str) -> Any:
    """What `text` says. Raises json.JSONDecodeError, DuplicateKeyError, or RecursionError for endless nesting."""
    try:
        return json.loads(text, object_pairs_hook=_once)
    except DuplicateKeyError as error:
        error.line = _line_of_duplicate(text, error.key)
        raise


def line_at(text: str, path: Sequence[str | int]) -> int | None:
    """The line (from 1) of the value at `path` in JSON that was parsed before; None when it cannot be told."""
    import yaml

    node = _nodes(text)
    for part in path:
        if isinstance(node, yaml.MappingNode):
            node = next((value for key, value in node.value if key.value == str(part)), None)
        elif isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
            node = node.value[part]
        else:
            return None
    return node.start_mark.line + 1 if node is not None else None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members: dict[str, Any] = {}
    for key, value in pairs:
        if key in members:
            raise DuplicateKeyError(key)
        members[key] = value
    return members


def _line_of_duplicate(text: str, name: str) -> int | None:
    import yaml

    waiting = [_nodes(text)]
    while waiting:
        node = waiting.pop()
        if isinstance(node, yaml.SequenceNode):
            waiting += node.value
        elif isinstance(node, yaml.MappingNode):
            waiting += [value for _key, value in node.value]
            named = [key for key, _value in node.value if key.value == name]
            if len(named) > 1:
                return int(named[1].start_mark.line) + 1
    return None


def _nodes(text: str) -> Any:
    """JSON read as YAML, which knows where everything stands; None for the little that YAML does not take."""
    import yaml

    try:
        return yaml.compose(text, Loader=yaml.SafeLoader)
    except (yaml.YAMLError, RecursionError):
        return None
