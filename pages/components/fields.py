"""The fields of a document type as widgets, one of the right kind each. Every change is kept at once."""

from __future__ import annotations

import re
from html import escape
from typing import Any

import streamlit as st

from extractor import review
from extractor.core import FieldValue
from extractor.document_types import Field
from extractor.errors import N_, SchemaError
from pages.components import desk, review_desk, ui
from pages.components.i18n import _, explain, language
from pages.components.review_desk import Desk

UNSET = ""
"""The option that stands for "not stated" in choices."""

QUOTE_LENGTH = 24
"""Characters of the evidence's text that stand beside a field's title."""

ALIGNMENTS = {
    "exact": "",
    "normalized": N_("normalised"),
    "mark": N_("check mark"),
    "fuzzy": N_("similar text"),
    "manual": N_("pointed at"),
}


def container_key(path: str) -> str:
    """The key of the container of a field, which the viewer finds it by."""
    return "field-" + re.sub(r"\W+", "-", path)


def item_title(field: Field, number: int) -> str:
    """What one item of a list of objects is called: `Parties · 2`."""
    return f"{field.title(language())} · {number}"


def full_title(now: Desk, path: str) -> str:
    """The title of the field at `path`, with those of the items and objects it stands in: `Parties · 2 · Name`."""
    titles, prefix = [], ""
    for name in path.split("."):
        prefix += f".{name}" if prefix else name
        field = now.type.field_at(prefix)
        of_item = re.fullmatch(r"(.*)\[(\d+)\]", prefix)
        indices = review.items(now.values, of_item[1]) if of_item else []
        number = indices.index(int(of_item[2])) + 1 if of_item and int(of_item[2]) in indices else 0
        titles.append(item_title(field, number) if number else field.title(language()))
    return " · ".join(titles)


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
    for number, index in enumerate(review.items(now.values, path), 1):
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
    with st.container(key=container_key(path), gap=None):
        st.html(_head(field, path, value))
        shown = _shown(field, value.value)
        # The store is the truth: a pick, an undo or a normalised date shows without having been typed.
        if key not in st.session_state or st.session_state[key] != shown:
            st.session_state[key] = shown
        _widget(field, key, path, now.locked, shown)
        if value.suggestion and not now.locked:
            _suggest(now, field, path, value)
        if problem is not None:
            st.html(f'<div class="review-problem">{escape(explain(problem))}</div>')


def _widget(field: Field, key: str, path: str, locked: bool, shown: Any) -> None:
    same: dict[str, Any] = {
        "label": field.title(language()),
        "key": key,
        "label_visibility": "collapsed",
        "disabled": locked,
        "on_change": _typed,
        "args": (key, path),
    }
    if field.kind == "choices":
        st.pills(options=_options(field.choices, shown), selection_mode="multi", **same)
    elif field.kind in ("choice", "boolean"):
        choices = (True, False) if field.kind == "boolean" else field.choices
        options = [*_options(choices, [shown]), UNSET]
        name = _choice_name
        if sum(len(name(option)) + 4 for option in options) <= 44:
            st.segmented_control(options=options, format_func=name, required=True, **same)
        else:
            st.selectbox(options=options, format_func=name, **same)
    elif field.kind == "list":
        st.text_area(height="content", placeholder=_("One item a line"), **same)
    elif len(shown or "") > 48 or "\n" in (shown or ""):
        st.text_area(height="content", **same)
    else:
        st.text_input(placeholder="YYYY-MM-DD" if field.kind == "date" else "", autocomplete="off", **same)


def _options(choices: tuple[Any, ...], shown: Any) -> list[Any]:
    """The choices, and a value that is none of them, so that it can be seen and taken away."""
    return [*choices, *(value for value in shown or () if value not in choices and value != UNSET)]


def _choice_name(choice: Any) -> str:
    if choice is True or choice is False:
        return _("Yes") if choice else _("No")
    return _("Not stated") if choice == UNSET else str(choice)


def _suggest(now: Desk, field: Field, path: str, value: FieldValue) -> None:
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


def _take_suggestion(path: str) -> None:
    with review_desk.kept():
        now = review_desk.current()
        value = now.value(path)
        if value.suggestion:
            now.save(path, review.taken(now.type.field_at(path), value))


def _shown(field: Field, value: Any) -> Any:
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


def _key(now: Desk, path: str) -> str:
    return f"{now.row.hash[:12]}/{now.type.key}/{path}"


def _typed(key: str, path: str) -> None:
    """Keep what a person entered, with the place in the document that supports it when there is one."""
    with review_desk.kept():
        now = review_desk.current()
        field = now.type.field_at(path)
        entered = st.session_state[key]
        value = None if entered == UNSET or entered is None else review.typed(field, entered)
        old = now.value(path)
        if value != old.value:
            now.save(path, review_desk.typed_value(now.row, field, old, value))


def _add(path: str) -> None:
    with review_desk.kept():
        now = review_desk.current()
        first = review.new_item(now.type, now.values, path)
        now.save(first, review.EMPTY)
        review_desk.place().choose(first)


def _remove(prefix: str) -> None:
    with review_desk.kept():
        now = review_desk.current()
        desk.get_store().remove(now.row.hash, now.type, prefix, desk.current_user())


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
    how = quoted if first.alignment in ("normalized", "fuzzy") else _(ALIGNMENTS[first.alignment])
    page = review_desk.sheet_of(review_desk.place().document, first.page, first.start)
    label = _("p. {page}").format(page=page) + (f" · {how}" if how else "")
    title = ": ".join(filter(None, (_(ALIGNMENTS[first.alignment]), written)))
    return (
        f'<a class="review-evidence" role="button" data-show="{escape(path)}" data-alignment="{first.alignment}"'
        f' title="{escape(title)}">{escape(label)}</a>'
    )


def _confidence(value: FieldValue) -> str:
    """A small bar; the number shows on hover. Nothing where a person decided."""
    if value.value is None or value.confidence is None:
        return ""
    level = "low" if value.confidence < review.LOW_CONFIDENCE else "middle" if value.confidence < 0.85 else "high"
    percent = round(value.confidence * 100)
    title = escape(_("Confidence {percent} %").format(percent=percent))
    return (
        f'<span class="review-confidence" data-level="{level}" title="{title}" role="img" aria-label="{title}">'
        f'<span style="width:{percent}%"></span></span>'
    )
