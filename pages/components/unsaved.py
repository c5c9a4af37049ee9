"""What a person entered that the store did not take: it stays in its field, with what can be done about it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from html import escape
from typing import Any

import streamlit as st

from extractor.core.errors import ConflictError
from pages.components import guard, ui
from pages.components.i18n import _

KEY = "unsaved"


@dataclass(frozen=True)
class Unsaved:
    """An entry that is not stored. `entered` is what stands in the widget, `reason` why, in the person's language.

    `theirs` is what somebody else set meanwhile, as text, and `by` who: None where nobody did.
    """

    entered: Any
    reason: str
    theirs: str | None = None
    by: str = ""


def _all() -> dict[tuple[str, str], Unsaved]:
    """All entries of this session by document and path."""
    entries: dict[tuple[str, str], Unsaved] = st.session_state.setdefault(KEY, {})
    return entries


def get(document: str, path: str) -> Unsaved | None:
    return _all().get((document, path))


def of(document: str) -> dict[str, Unsaved]:
    """The entries of one document by path."""
    return {path: entry for (hash, path), entry in _all().items() if hash == document}


def keep(document: str, path: str, entered: Any, error: Exception, text: Callable[[Any], str]) -> None:
    """Remember an entry that was refused with `error`; `text` says how a stored value is written in its field."""
    theirs = text(error.theirs.value) if isinstance(error, ConflictError) else None
    by = error.by if isinstance(error, ConflictError) else ""
    _all()[document, path] = Unsaved(entered, guard.describe(error), theirs, by)


def forget(document: str, path: str) -> None:
    _all().pop((document, path), None)


def show(entry: Unsaved, key: str, again: Callable[[], None], give_up: Callable[[], None]) -> None:
    """Below a field: why its text is not saved, and the two ways on. `again` saves it, `give_up` drops it."""
    st.html(f'<div class="review-unsaved"><b>{escape(_("Not saved yet."))}</b> {escape(entry.reason)}</div>')
    is_conflict = entry.theirs is not None
    with st.container(horizontal=True, gap="small"):
        st.button(
            _("Keep mine") if is_conflict else _("Try again"),
            key=f"{key}/again",
            type="primary",
            on_click=guard.callback(again),
        )
        theirs = " ".join((entry.theirs or _("nothing")).split())
        theirs = theirs if len(theirs) <= 40 else f"{theirs[:40]}…"
        label = _("Take “{text}” of {name}").format(text=ui.plain(theirs), name=ui.plain(entry.by))
        st.button(
            label if is_conflict else _("Drop what I typed"), key=f"{key}/give-up", on_click=guard.callback(give_up)
        )
