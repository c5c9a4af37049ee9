"""One widget for each kind of field: always the same one, however long its value is, and whatever the language."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from extractor.core.document_types import Field
from pages.components import choice, guard
from pages.components.i18n import _, language

UNSET = ""
"""The option that stands for "not stated" in choices."""

SIDE_BY_SIDE = 44
"""Up to so many characters of names, choices stand side by side; more open as a list."""


def draw_widget(
    field: Field,
    key: str,
    entered: Any,
    locked: bool,
    on_change: Callable[..., object],
    args: tuple[Any, ...],
) -> None:
    """Draw the widget of a field with `entered` in it, which is as `shown` says.

    What a person enters is in `st.session_state[given]` when `on_change(given, *args)` is called.
    """
    if field.kind in ("choices", "choice", "boolean"):
        _draw_choice(field, key, entered, locked, on_change, args)
        return
    key = choice.key_to_show(key, entered)
    placeholder = {"date": "YYYY-MM-DD", "list": _("One item a line")}.get(field.kind, "")
    # Texts of any length in the same widget: another one would be a new one to the browser, and begin empty.
    st.text_area(
        field.title(language()),
        # Also as what it begins with: of two drawings in quick succession the browser may only see the second.
        entered,
        key=key,
        height="content",
        placeholder=placeholder,
        label_visibility="collapsed",
        disabled=locked,
        on_change=guard.callback(_entered),
        args=(key, on_change, args),
    )


def _entered(key: str, on_change: Callable[..., object], args: tuple[Any, ...]) -> None:
    if not choice.is_echo(key):
        on_change(key, *args)


def _draw_choice(
    field: Field,
    key: str,
    entered: Any,
    locked: bool,
    on_change: Callable[..., object],
    args: tuple[Any, ...],
) -> None:
    label = field.title(language())
    same: dict[str, Any] = {
        "value": entered,
        "on_change": on_change,
        "label_visibility": "collapsed",
        "disabled": locked,
    }
    if field.kind == "choices":
        options = _options(field.choices, entered)
        choice.many_pills(label, options, key=key, args=(key, *args), **same)
        return
    choices = (True, False) if field.kind == "boolean" else field.choices
    options = [*_options(choices, [entered]), UNSET]
    same["name"] = _name
    if sum(len(_name(option)) + 4 for option in options) <= SIDE_BY_SIDE:
        choice.segmented(label, options, key=f"{key}/few", args=(f"{key}/few", *args), **same)
    else:
        choice.select(label, options, key=f"{key}/many", args=(f"{key}/many", *args), **same)


def _options(choices: tuple[Any, ...], entered: Any) -> list[Any]:
    """The choices, and a value that is none of them, so that it can be seen and taken away."""
    return [*choices, *(value for value in entered or () if value not in choices and value != UNSET)]


def _name(choice: Any) -> str:
    if choice is True or choice is False:
        return _("Yes") if choice else _("No")
    return _("Not stated") if choice == UNSET else str(choice)


def shown(field: Field, value: Any) -> Any:
    """A stored value as its widget holds it."""
    if field.kind == "choices":
        return value if isinstance(value, list) else []
    if field.kind in ("choice", "boolean"):
        return UNSET if value is None else value
    if value is None:
        return ""
    if field.kind == "list":
        return "\n".join(map(str, value)) if isinstance(value, list) else str(value)
    if field.kind in ("number", "integer") and isinstance(value, int | float):
        return f"{value:,}".removesuffix(".0")
    return str(value)


def text_of(field: Field | None, value: Any) -> str:
    """A stored value in words, for a sentence about it; empty when there is none."""
    if value is None or field is None:
        return "" if value is None else str(value)
    if field.kind == "choices":
        return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    return _name(value) if field.kind in ("choice", "boolean") else str(shown(field, value))
