"""Registries that other packages extend: built-in entries stand in code, further ones are entry points.

An entry point's group is the registry, its name the key, its object an entry of the registry's kind
(`docs/extending.md` has an example). Entry points are looked up when a key that is not built in is first asked for.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from functools import cache, cached_property
from typing import TYPE_CHECKING, TypeVar

from extractor.core.errors import N_, ConfigError

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint, EntryPoints

T = TypeVar("T")
log = logging.getLogger("rightsdesk.plugins")

_LEFT_OUT = N_(
    "The plugin “{name}” ({group}) of the package {package} is left out. Update the package or uninstall it. {reason}"
)
_left_out: dict[tuple[str, str, str], ConfigError] = {}


def problems() -> list[ConfigError]:
    """What is left out of the registries that were used so far, and why."""
    return list(_left_out.values())


def plugin_names(group: str) -> tuple[str, ...]:
    """The names of a group's entry points, whether or not they can be loaded."""
    return tuple(dict.fromkeys(point.name for point in _entry_points(group)))


class Registry(Mapping[str, T]):
    """Entries by name: the built-in ones first, then those of other packages.

    A plugin that cannot be loaded, is of another `kind` or has a name that is taken is left out: it is logged and
    stands in `problems()`.
    """

    def __init__(self, group: str, kind: type[T], builtin: Mapping[str, T]) -> None:
        self.group, self.builtin, self._kind = group, dict(builtin), kind

    @cached_property
    def plugins(self) -> dict[str, T]:
        """The entries of other packages."""
        plugins: dict[str, T] = {}
        for point in _entry_points(self.group):
            if point.name in self.builtin or point.name in plugins:
                _leave_out(point, N_("Its name is taken."))
                continue
            try:
                entry = point.load()
            except (Exception, SystemExit) as error:  # Whatever runs when a module is imported.
                _leave_out(point, f"{type(error).__name__}: {error}")
                continue
            if isinstance(entry, self._kind):
                plugins[point.name] = entry
            else:
                _leave_out(point, f"{type(entry).__name__} ≠ {self._kind.__name__}")
        return plugins

    def __getitem__(self, name: str) -> T:
        return self.builtin[name] if name in self.builtin else self.plugins[name]

    def __iter__(self) -> Iterator[str]:
        yield from self.builtin
        yield from self.plugins

    def __len__(self) -> int:
        return len(self.builtin) + len(self.plugins)

    def required(self, name: str) -> T:
        """The entry of that name. Raises ConfigError, with the reason why it is left out if it is."""
        if name in self:
            return self[name]
        left_out = [problem for key, problem in _left_out.items() if key[:2] == (self.group, name)]
        template = N_("There is no “{name}” in {group}. Known: {known}.")
        raise left_out[0] if left_out else ConfigError(template, name=name, group=self.group, known=", ".join(self))

    def leave_out(self, name: str, error: Exception) -> ConfigError:
        """Go on without a plugin that was loaded and turned out not to work; the message says which and why."""
        self.plugins.pop(name, None)
        point = next(iter(_entry_points(self.group).select(name=name)))
        return _leave_out(point, str(error) if isinstance(error, ConfigError) else f"{type(error).__name__}: {error}")


def _leave_out(point: EntryPoint, reason: str) -> ConfigError:
    package = point.dist.name if point.dist else point.value
    problem = ConfigError(_LEFT_OUT, name=point.name, group=point.group, package=package, reason=reason)
    _left_out[point.group, point.name, package] = problem
    log.warning("%s", problem)
    return problem


@cache
def _entry_points(group: str) -> EntryPoints:
    # Tens of milliseconds: it opens the metadata of every installed package.
    from importlib.metadata import entry_points

    return entry_points(group=group)
