"""The fields of a document type as widgets, one of the right kind each. Every change is kept at once."""

from __future__ import annotations

import re
from functools import partial
from html import escape
from typing import Any

import streamlit as st

from extractor.core import leaves
from extractor.core.document_types import Field
from extractor.core.errors import SchemaError
from extractor.core.extractions import FieldValue
from extractor.desk import review
from extractor.export.tables import ALIGNMENTS
from pages.components import desk, guard, review_panel, ui, unsaved
from pages.components.field_widgets import UNSET, draw_widget, shown, text_of
from pages.components.i18n import _, explain, language
from pages.components.review_panel import Desk

QUOTE_LENGTH = 24
"""Characters of the evidence's text that stand beside a field's title."""


def container_key(path: str) -> str:
    """The key of the container of a field, which the viewer finds it by."""
    return "field-" + re.sub(r"\W+", "-", path)


def item_title(field: Field, number: int) -> str:
    """What one item of a list of objects is called: `Parties 2`."""
    return f"{field.title(language())} {number}"


def show_fields(now: Desk) -> None:
    """All fields in schema order."""
    problems = now.problems
    for field in now.type.fields:
        _show(now, field, field.path, problems)


def _show(now: Desk, field: Field, path: str, problems: dict[str, SchemaError]) -> None:
    if field.kind == "objects":
        _show_items(now, field, path, problems)
    elif field.kind == "object":
        st.html(f'<div class="review-group">{escape(field.title(language()))}</div>')
        for part in field.fields:
            _show(now, part, f"{path}.{part.name}", problems)
    else:
        _show_one(now, field, path, problems.get(path))


def _show_items(now: Desk, field: Field, path: str, problems: dict[str, SchemaError]) -> None:
    """A list of objects: a card each, with a way to add and to take away."""
    title = field.title(language())
    st.html(f'<div class="review-group">{escape(title)}</div>')
    if path in problems:
        st.html(f'<div class="review-problem">{escape(explain(problems[path]))}</div>')
    for number, index in enumerate(leaves.items(now.values, path), 1):
        prefix = f"{path}[{index}]"
        with st.container(border=True, key=f"item-{path}-{index}", gap="small"):
            with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
                st.html(f'<div class="review-item">{escape(item_title(field, number))}</div>', width="content")
                st.button(
                    _("Remove"),
                    key=_key(now, prefix),
                    type="tertiary",
                    on_click=_remove,
                    args=(prefix,),
                    disabled=now.locked,
                )
            for part in field.fields:
                _show(now, part, f"{prefix}.{part.name}", problems)
    st.button(
        _("Add: {title}").format(title=title),
        key=_key(now, f"{path}/add"),
        on_click=_add,
        args=(path,),
        disabled=now.locked,
    )


def _show_one(now: Desk, field: Field, path: str, problem: SchemaError | None) -> None:
    value = now.value(path)
    key = _key(now, path)
    entry = unsaved.get(now.row.hash, path)
    with st.container(key=container_key(path), gap=None):
        st.html(_head(field, path, value))
        # The store is the truth: a pick, an undo or a normalised date shows without having been typed. Only what it
        # did not take stays as it was typed.
        entered = shown(field, value.value) if entry is None else entry.entered
        # Not locked then: Streamlit gives a locked field back what it held before.
        draw_widget(field, key, entered, now.locked and entry is None, _typed, (path,))
        if entry is not None:
            unsaved.show(entry, key, partial(_save_again, path), partial(unsaved.forget, now.row.hash, path))
            return
        if value.suggestion and not now.locked:
            _suggest(now, path, value)
        if problem is not None:
            st.html(f'<div class="review-problem">{escape(explain(problem))}</div>')


def _suggest(now: Desk, path: str, value: FieldValue) -> None:
    """What the model found but is not sure of: one click makes it the value."""
    said = " ".join(str(value.suggestion).split())
    said = f"{said[:QUOTE_LENGTH]}…" if len(said) > QUOTE_LENGTH else said
    sure = f" · {value.confidence:.0%}" if value.confidence is not None else ""
    st.button(
        _("Suggestion: {text}").format(text=ui.plain(said)) + sure,
        key=_key(now, f"{path}/suggestion"),
        type="tertiary",
        on_click=_take_suggestion,
        args=(path,),
        help=_("The model is not sure enough. Click to take it."),
    )


@guard.callback
def _take_suggestion(path: str) -> None:
    now = review_panel.current()
    value = now.value(path)
    if value.suggestion:
        now.save(path, review.taken(now.type.field_at(path), value))


def _key(now: Desk, path: str) -> str:
    return f"{now.row.hash[:12]}/{now.type.key}/{path}"


def _typed(key: str, path: str) -> None:
    _save(path, st.session_state[key])


def _save_again(path: str) -> None:
    if entry := unsaved.get(review_panel.place().document, path):
        _save(path, entry.entered)


def _save(path: str, entered: Any) -> None:
    """Keep what a person entered, with the place in the document that supports it when there is one.

    What the store does not take stays in its field, with the reason.
    """
    document = review_panel.place().document
    field = None
    try:
        now = review_panel.current()
        field = now.type.field_at(path)
        value = None if entered == UNSET or entered is None else review.typed(field, entered)
        old = now.value(path)
        # What was shown counts, not what is stored by now: somebody else's value is not overwritten by an old one.
        if value != old.value or value != review_panel.seen(path).value:
            now.save(path, review_panel.typed_value(now.row, field, old, value))
    except Exception as error:
        unsaved.keep(document, path, entered, error, lambda theirs: text_of(field, theirs))
    else:
        unsaved.forget(document, path)


@guard.callback
def _add(path: str) -> None:
    now = review_panel.current()
    first = leaves.new_item(now.type, now.values, path)
    now.save(first, leaves.EMPTY)
    review_panel.place().choose(first)


@guard.callback
def _remove(prefix: str) -> None:
    now = review_panel.current()
    user, session = desk.current_user(), desk.current_session()
    desk.get_store().remove(now.row.hash, now.type, prefix, user, session, review_panel.place().seen)


def _head(field: Field, path: str, value: FieldValue) -> str:
    """Title, evidence and confidence of a field in one line."""
    star = f'<span class="review-star" title="{escape(_("Required"))}">*</span>' if field.required else ""
    title = f'<span class="review-title" title="{escape(field.description)}">{escape(field.title(language()))}</span>'
    marks = _evidence(path, value) + _confidence(value)
    return f'<div class="review-head">{title}{star}<span class="review-marks">{marks}</span></div>'


def _evidence(path: str, value: FieldValue) -> str:
    """Where the value stands, to be clicked; a warning when nothing in the document says it."""
    if value.value is None:
        return ""
    if not value.supported:
        return f'<span class="review-unsupported">{escape(_("not in the document"))}</span>'
    first = value.evidence[0]
    written = " ".join(first.text.split())
    # What the page says tells more than the word "normalised".
    quoted = f"“{written}”" if len(written) <= QUOTE_LENGTH else f"“{written[:QUOTE_LENGTH]}…”"
    # How it was found is said where it is more than what everybody expects.
    name = "" if first.alignment == "exact" else _(ALIGNMENTS[first.alignment])
    how = quoted if first.alignment in ("normalized", "fuzzy") else name
    label = _("p. {page}").format(page=_sheets(value)) + (f" · {how}" if how else "")
    title = ": ".join(filter(None, (name, written)))
    return (
        f'<a class="review-evidence" role="button" data-show="{escape(path)}" data-alignment="{first.alignment}"'
        f' title="{escape(title)}">{escape(label)}</a>'
    )


def _sheets(value: FieldValue) -> str:
    """The viewer's pages that the evidence stands on: 1, 1–2 or 1, 3."""
    hash = review_panel.place().document
    pages = sorted({review_panel.sheet_of(hash, part.page, part.start) for part in value.evidence})
    runs_on = len(pages) > 1 and pages[-1] - pages[0] == len(pages) - 1
    return f"{pages[0]}–{pages[-1]}" if runs_on else ", ".join(map(str, pages))


def _confidence(value: FieldValue) -> str:
    """A small bar; the number shows on hover. Nothing where a person decided."""
    if value.value is None or value.confidence is None:
        return ""
    percent, level = round(value.confidence * 100), ui.level(value.confidence)
    title = escape(_("Confidence {percent} %").format(percent=percent))
    return (
        f'<span class="review-confidence" data-level="{level}" title="{title}" role="img" aria-label="{title}">'
        f'<span style="width:{percent}%"></span></span>'
    )
