"""Reads a YAML file strictly: every complaint names the file, the line and the key.

`yaml.safe_load` forgets where a value stood; the nodes of `yaml.compose` do not. A `Section` hands out typed
values and remembers what was asked for, so that `done` can point at a key that nobody knows (a slip of the pen
that would otherwise be ignored in silence).
"""

from __future__ import annotations

import difflib
import json
from collections.abc import Collection, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from extractor.core.errors import N_, ConfigError
from extractor.core.project_files import CONFIG

FOLDER = CONFIG

_REQUIRED: Any = object()


def load(path: Path) -> Section:
    """The mapping at the top of a YAML file. Raises ConfigError when it cannot be read or is no mapping."""
    import yaml

    try:
        text = path.read_text(encoding="utf-8-sig")
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except OSError as error:
        template = N_("{file}: the configuration cannot be read ({reason}).")
        raise ConfigError(template, file=path.name, reason=error.strerror or str(error)) from error
    except UnicodeDecodeError as error:
        raise ConfigError(N_("{file}: is not UTF-8 text. Save it as UTF-8."), file=path.name) from error
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        template = N_("{file}, line {line}: is not valid YAML ({reason}).")
        raise ConfigError(template, file=path.name, line=line, reason=error.problem) from error
    except yaml.YAMLError as error:
        template = N_("{file}, line {line}: is not valid YAML ({reason}).")
        raise ConfigError(template, file=path.name, line=1, reason=str(error).splitlines()[0]) from error
    if node is None:
        raise ConfigError(N_("{file}: is empty."), file=path.name)
    return Section(path.name, "", node)


class Section:
    """A mapping of the file. Each getter raises ConfigError with file, line and key for a value it cannot take."""

    def __init__(self, file: str, key: str, node: Any) -> None:
        import yaml

        self.file, self.key, self._node = file, key, node
        self._loader = yaml.SafeLoader("")
        self._asked: set[str] = set()
        if not isinstance(node, yaml.MappingNode):
            self.fail("", N_("a mapping of keys and values"))
        self._nodes: dict[str, Any] = {}
        for name_node, value in node.value:
            name = str(name_node.value)
            if name in self._nodes:
                template = N_("{file}, line {line}: “{key}” is given twice.")
                raise ConfigError(template, file=file, line=name_node.start_mark.line + 1, key=self._path(name))
            self._nodes[name] = value
        self._names = {str(name.value): name.start_mark.line + 1 for name, _ in node.value}

    def __contains__(self, key: str) -> bool:
        return key in self._nodes

    def __iter__(self) -> Iterator[str]:
        return iter(self._nodes)

    def line(self, key: str = "") -> int:
        """The line (from 1) of a key, or of the section itself."""
        first: int = self._node.start_mark.line + 1
        return self._names.get(key, first) if key else first

    def fail(self, key: str, wanted: str) -> None:
        """Raise ConfigError: `key` must be `wanted`."""
        template = N_("{file}, line {line}: “{key}” must be {wanted}.")
        raise ConfigError(template, file=self.file, line=self.line(key), key=self._path(key) or "/", wanted=wanted)

    def raw(self, key: str, default: Any = _REQUIRED) -> Any:
        """The value as YAML says, `default` when the key is not there."""
        self._asked.add(key)
        if key not in self._nodes:
            if default is _REQUIRED:
                template = N_("{file}, line {line}: “{key}” is missing.")
                raise ConfigError(template, file=self.file, line=self.line(), key=self._path(key))
            return default
        return self._loader.construct_object(self._nodes[key], deep=True)

    def text(self, key: str, default: Any = _REQUIRED, choices: Sequence[str] = ()) -> str:
        value = self.raw(key, default)
        if key not in self._nodes:
            return str(value)
        if not isinstance(value, str) or not value.strip():
            self.fail(key, N_("a text"))
        if choices and value not in choices:
            self.fail(key, " | ".join(choices))
        return str(value)

    def text_or_none(self, key: str) -> str | None:
        return self.text(key) if self.raw(key, None) is not None else None

    def flag(self, key: str, default: bool) -> bool:
        value = self.raw(key, default)
        if not isinstance(value, bool):
            self.fail(key, "true | false")
        return bool(value)

    def number(self, key: str, default: Any = _REQUIRED, least: float = 0, most: float | None = None) -> float:
        """A number of `[least, most]`."""
        value = self.raw(key, default)
        good = isinstance(value, (int, float)) and not isinstance(value, bool) and value == value
        if not good or value < least or (most is not None and value > most):
            self.fail(key, f"{least:g} – {most:g}" if most is not None else f"≥ {least:g}")
        return float(value)

    def number_or_none(self, key: str, least: float = 0, most: float | None = None) -> float | None:
        return self.number(key, None, least, most) if self.raw(key, None) is not None else None

    def whole(self, key: str, default: Any = _REQUIRED, least: int = 0, most: int | None = None) -> int:
        value = self.number(key, default, least, most)
        if value != int(value):
            self.fail(key, N_("a whole number"))
        return int(value)

    def texts(self, key: str, known: Sequence[str] | None = None) -> tuple[str, ...]:
        """A list of texts, () when the key is not there; each one of `known` when given."""
        value = self.raw(key, []) or []
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            self.fail(key, N_("a list of texts"))
        for item in value:
            if known is not None and item not in known:
                template = N_("{file}, line {line}: “{key}” names “{value}”, which is not there. Known: {known}.")
                line, known_text = self.line(key), ", ".join(known)
                raise ConfigError(
                    template, file=self.file, line=line, key=self._path(key), value=item, known=known_text
                )
        return tuple(value)

    def mapping(self, key: str) -> dict[str, str]:
        """A mapping of texts to texts, {} when the key is not there."""
        value = self.raw(key, {}) or {}
        if not isinstance(value, dict):
            self.fail(key, N_("a mapping of keys and values"))
        return {str(name): str(item) for name, item in value.items()}

    def plain(self, key: str, reserved: Collection[str] = ()) -> dict[str, Any]:
        """A mapping of anything that JSON can hold, {} when the key is not there, without the keys `reserved`."""
        value = self.raw(key, None) or {}
        try:
            json.dumps(value)
        except (TypeError, ValueError):
            self.fail(key, N_("a mapping of keys and values"))
        if not isinstance(value, dict) or not all(isinstance(name, str) for name in value):
            self.fail(key, N_("a mapping of keys and values"))
        for name in value:
            if name in reserved:
                template = N_("{file}, line {line}: “{key}” cannot be set here.")
                line = self.line(key)
                raise ConfigError(template, file=self.file, line=line, key=f"{self._path(key)}.{name}")
        return dict(value)

    def day(self, key: str) -> date | None:
        """A date, None when the key is not there."""
        value: date | None = self.raw(key, None)
        if value is not None and type(value) is not date:
            self.fail(key, N_("a date, YYYY-MM-DD"))
        return value

    def section(self, key: str) -> Section | None:
        """The nested mapping, None when the key is not there."""
        self._asked.add(key)
        return Section(self.file, self._path(key), self._nodes[key]) if key in self._nodes else None

    def sections(self, key: str) -> dict[str, Section]:
        """The nested mapping of mappings by name, {} when the key is not there."""
        outer = self.section(key)
        return {name: section for name in outer if (section := outer.section(name))} if outer else {}

    def done(self) -> None:
        """Raise ConfigError for the first key that nobody asked for."""
        for name in self._nodes:
            if name not in self._asked:
                near = difflib.get_close_matches(name, self._asked, 1)
                params = {"file": self.file, "line": self._names[name], "key": self._path(name)}
                if near:
                    template = N_("{file}, line {line}: “{key}” is not a known key. Did you mean “{near}”?")
                    raise ConfigError(template, near=near[0], **params)
                template = N_("{file}, line {line}: “{key}” is not a known key. Known keys: {known}.")
                raise ConfigError(template, known=", ".join(sorted(self._asked)), **params)

    def _path(self, key: str) -> str:
        return ".".join(part for part in (self.key, key) if part)
