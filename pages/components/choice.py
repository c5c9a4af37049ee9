"""Widgets to choose from. What is chosen is an option, never the name under which it is shown.

Streamlit's own ones send the *name* of an option to the server and back. Where the name changes (with the language,
with a count in it), the browser gives back the old name, and Streamlit passes it on as if it were a value. Here a
widget belongs to one language, its options have different names, and what comes back is checked against them. What
was chosen stands in `st.session_state[key]`, whatever the language.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st

from extractor.core.messages import LANGUAGES
from pages.components import guard
from pages.components.i18n import language

_UNSET = object()
Draw = Callable[..., Any]
_TIMES, _HELD = "times shown anew", "last shown"
_MOST_HELD = 5_000


def key_to_show(key: str, value: Any) -> str:
    """The key of a widget that is to show `value`, which is in `st.session_state` under it from now on.

    It is another one whenever the value is not what the browser's widget holds. Every message of the browser says what
    all its widgets hold: one that is sent before the browser has drawn the new value would count as a person's entry
    of the old one. Of a widget of its own, it can be told to be none (`is_echo`).
    """
    times, held = st.session_state.setdefault(_TIMES, {}), st.session_state.setdefault(_HELD, {})
    if key not in times or st.session_state.get(current_key(key), _UNSET) != value:
        times[key] = times.get(key, -1) + 1
        st.session_state[current_key(key)] = value
    held[current_key(key)] = value
    for old in list(held)[:-_MOST_HELD]:
        del held[old]
    return current_key(key)


def is_echo(widget: str) -> bool:
    """Whether what the browser says of a widget is only what the widget was last shown with.

    What is an entry counts as shown from then on: whoever types the old value again right after it, before the page is
    drawn anew, enters that.
    """
    held, said = st.session_state.get(_HELD, {}), st.session_state[widget]
    if widget not in held:
        return False
    echo = bool(held[widget] == said)
    held[widget] = said
    return echo


def current_key(key: str) -> str:
    """The key of the widget that was last drawn under a `key` of ours."""
    number = st.session_state.get(_TIMES, {}).get(key, 0)
    return f"{key}#{number}" if number else key


def select(label: str, options: Sequence[Any], *, key: str, **rest: Any) -> Any:
    """One of many, from a list that opens. The parameters of all five are those of `_choose`, and Streamlit's own."""
    return _choose(st.selectbox, label, options, key, many=False, **rest)


def segmented(label: str, options: Sequence[Any], *, key: str, **rest: Any) -> Any:
    """One of a few, side by side. There is always one."""
    return _choose(st.segmented_control, label, options, key, many=False, required=True, **rest)


def pills(label: str, options: Sequence[Any], *, key: str, **rest: Any) -> Any:
    """One of some, side by side. There is always one."""
    return _choose(st.pills, label, options, key, many=False, required=True, **rest)


def many_pills(label: str, options: Sequence[Any], *, key: str, **rest: Any) -> list[Any]:
    """Any of some, side by side."""
    chosen: list[Any] = _choose(st.pills, label, options, key, many=True, selection_mode="multi", **rest)
    return chosen


def many(label: str, options: Sequence[Any], *, key: str, **rest: Any) -> list[Any]:
    """Any of many, from a list that opens."""
    chosen: list[Any] = _choose(st.multiselect, label, options, key, many=True, **rest)
    return chosen


def _choose(
    draw: Draw,
    label: str,
    options: Sequence[Any],
    key: str,
    many: bool,
    name: Callable[[Any], str] = str,
    start: Any = None,
    value: Any = _UNSET,
    keep: bool = False,
    on_change: Callable[..., object] | None = None,
    args: tuple[Any, ...] = (),
    container: Any = None,
    **rest: Any,
) -> Any:
    """Draw the widget, return the option that is chosen (a list with `many`); None where there are no options.

    `name` says what an option is called in the person's language. `start` is chosen first (without: the first option,
    or none of many). With `value` the widget shows that, whatever was chosen before. A choice is forgotten when the
    page is left, unless `keep`. `on_change` is called, guarded, once `st.session_state[key]` holds the new choice.
    `container` is what to draw in.
    """
    options = list(options)
    names = _names(options, name)
    on_page = any(current_key(_key(key, code)) in st.session_state for code in LANGUAGES)
    if value is not _UNSET:
        chosen = value
    elif key in st.session_state and (keep or on_page):
        chosen = st.session_state[key]
    else:
        chosen = start
    chosen = st.session_state[key] = _allowed(chosen, options, many)
    widget = key_to_show(_key(key, language()), chosen)
    # Also as what the widget begins with: of two drawings in quick succession the browser may only see the second.
    begin = {"default": chosen} if draw is not st.selectbox else {"index": options.index(chosen) if options else None}
    draw = draw if container is None else getattr(container, draw.__name__)
    draw(
        label,
        options,
        format_func=lambda option: names[options.index(option)] if option in options else str(option),
        key=widget,
        on_change=guard.callback(_changed),
        args=(key, widget, options, many, on_change, args),
        **begin,
        **rest,
    )
    return chosen


def _key(key: str, code: str) -> str:
    return f"{key}/{code}"


def _names(options: list[Any], name: Callable[[Any], str]) -> list[str]:
    """A name for each option. Two that are called the same get their keys added: the browser knows nothing else."""
    names = [name(option) for option in options]
    return [f"{said} ({options[at]})" if names.count(said) > 1 else said for at, said in enumerate(names)]


def _allowed(chosen: Any, options: list[Any], many: bool) -> Any:
    """What of `chosen` is an option; where one is needed, the first one."""
    if many:
        return [option for option in chosen or () if option in options]
    return chosen if chosen in options else next(iter(options), None)


def _changed(
    key: str,
    widget: str,
    options: list[Any],
    many: bool,
    on_change: Callable[..., object] | None,
    args: tuple[Any, ...],
) -> None:
    entered = st.session_state[widget]
    if is_echo(widget) or _allowed(entered, options, many) != entered:
        return  # A name of another language, or an option that is gone: nothing that a person chose.
    st.session_state[key] = entered
    if on_change is not None:
        on_change(*args)
