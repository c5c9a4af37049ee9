"""The head of the Review page: which document, its type and state, and what is done with the document as a whole."""

from __future__ import annotations

from html import escape

import streamlit as st

from extractor import review
from pages.components import binder_desk, desk, fields, review_desk, ui
from pages.components.i18n import _, explain, language
from pages.components.review_desk import Desk, kept, place


def show(now: Desk) -> None:
    here, row = place(), now.row
    at = here.queue.index(row.hash) if row.hash in here.queue else 0
    before = here.queue[at - 1] if at > 0 else None
    after = here.queue[at + 1] if at + 1 < len(here.queue) else None
    types = desk.get_types()
    with st.container(horizontal=True, key="review-head", vertical_alignment="center", gap="small"):
        st.button(
            _("Previous"),
            key="review-previous",
            shortcut="Alt+P",
            on_click=review_desk.go,
            args=(before,),
            disabled=not before,
        )
        st.button(
            _("Next"), key="review-next", shortcut="Alt+N", on_click=review_desk.go, args=(after,), disabled=not after
        )
        position = f'<span class="review-quiet">{at + 1} / {len(here.queue)}</span>'
        st.html(
            f'<div class="review-name" title="{escape(row.name)}">{escape(row.name)} {position}</div>', width="stretch"
        )
        key = f"review-type-{row.hash[:12]}"
        if st.session_state.get(key) != now.type.key:
            st.session_state[key] = now.type.key
        st.selectbox(
            _("Document type"),
            list(types),
            format_func=lambda key: types[key].title(language()),
            key=key,
            on_change=_retype,
            args=(key,),
            label_visibility="collapsed",
            disabled=now.locked,
            width=230,
        )
        if row.unread:
            st.badge(_("{count} pages are still being recognised").format(count=row.unread), color="orange")
        st.badge(ui.state_name(row.state), color="green" if now.locked else "gray" if row.state == "new" else "blue")
        if binder_desk.seems_binder(row) and st.button(_("Split"), key="review-split", help=binder_desk.told(row)):
            binder_desk.ask(row)
        if len(desk.get_store().models_of(row.hash, now.type)) > 1 and st.button(_("Compare"), key="review-compare"):
            st.switch_page(ui.COMPARE, query_params={"document": row.hash})
        st.button(_("Undo"), key="review-undo", shortcut="Alt+Z", on_click=_undo, disabled=now.locked)
        if now.locked:
            st.button(_("Reopen"), key="review-reopen", shortcut="Alt+O", on_click=_reopen)
        else:
            st.button(_("Approve and next"), key="review-approve", type="primary", shortcut="Ctrl+Enter", on_click=_ask)


def _undo() -> None:
    with kept():
        now = review_desk.current()
        path = desk.get_store().undo(now.row.hash, now.type, desk.current_user())
        if path is None:
            place().say(_("There is nothing to undo."))
        else:
            place().choose(path)


def _reopen() -> None:
    desk.get_store().reopen(place().document, desk.current_user())


def _retype(key: str) -> None:
    with kept():
        hash = place().document
        desk.get_store().set_type(hash, st.session_state[key], desk.current_user())
        now = review_desk.current()
        if not desk.get_store().has_extraction(hash, now.type, "builtin"):
            _extract()


def _extract() -> None:
    from extractor import create_extractor
    from extractor.apart import for_caller

    now, store = review_desk.current(), desk.get_store()
    with for_caller("review", interactive=True):
        extraction = create_extractor("builtin").extract(store.document(now.row.hash), now.type)
    store.save_extraction(now.row.hash, now.type, extraction)
    store.open_review(now.row.hash)
    if extraction.error:
        place().say(explain(extraction.error))


def offer_extraction(now: Desk) -> None:
    with st.container(border=True, key="review-offer"):
        st.write(_("Nothing was extracted from this document yet. Extract now, or fill in the fields by hand."))
        st.button(_("Extract now"), key="review-extract", type="primary", shortcut="Alt+X", on_click=_extract)


def _ask() -> None:
    """Approve, or show first what is wrong."""
    now = review_desk.current()
    if now.problems:
        place().asked_to_approve = True
        place().choose(next(iter(now.problems)))
    else:
        _approve()


def _approve() -> None:
    with kept():
        now, store, user = review_desk.current(), desk.get_store(), desk.current_user()
        for prefix in review.empty_items(now.type, now.values):
            store.remove(now.row.hash, now.type, prefix, user)
        store.approve(now.row.hash, now.type, user)
        place().asked_to_approve = False
        review_desk.go(store.next_document(after=now.row.hash))


def _cancel() -> None:
    place().asked_to_approve = False


def show_problems(now: Desk) -> None:
    """What stands in the way of approving."""
    problems = now.problems
    if not problems:
        place().asked_to_approve = False
        return
    only_missing = all(review.is_missing(error) for error in problems.values())
    with st.container(border=True, key="review-problems", gap="small"):
        link = '<li><a role="button" data-show="{}">{}</a>: {}</li>'
        lines = "".join(
            link.format(escape(path), escape(_title(now, path)), escape(explain(error)))
            for path, error in problems.items()
        )
        asks = (
            _("Some required fields are empty.")
            if only_missing
            else _("Correct or clear these fields before approving.")
        )
        st.html(f'<div class="review-asks"><b>{escape(asks)}</b><ul>{lines}</ul></div>')
        with st.container(horizontal=True):
            if only_missing:
                st.button(_("Approve anyway"), key="review-anyway", shortcut="Ctrl+Shift+Enter", on_click=_approve)
            st.button(_("Go on editing"), key="review-cancel", on_click=_cancel)


def _title(now: Desk, path: str) -> str:
    try:
        return fields.full_title(now, path)
    except KeyError:
        return path
