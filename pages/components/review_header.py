"""The head of the Review page: which document, its type and state, and what is done with the document as a whole."""

from __future__ import annotations

from html import escape

import streamlit as st

from extractor.core import leaves
from extractor.core.model_keys import BUILTIN
from extractor.desk import review
from pages.components import binder_panel, choice, desk, guard, review_panel, ui, unsaved
from pages.components.i18n import _, explain, language
from pages.components.review_panel import Desk, place


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
            on_click=guard.callback(review_panel.go),
            args=(before,),
            disabled=not before,
        )
        st.button(_("Next"), key="review-next", shortcut="Alt+N", on_click=_next, disabled=not after)
        position = f'<span class="review-quiet">{at + 1} / {len(here.queue)}</span>'
        st.html(
            f'<div class="review-name" title="{escape(row.name)}">{escape(row.name)} {position}</div>', width="stretch"
        )
        key = f"review-type-{row.hash[:12]}"
        choice.select(
            _("Document type"),
            list(types | {now.type.key: now.type}),
            name=lambda key: types.get(key, now.type).title(language()),
            value=now.type.key,
            key=key,
            on_change=_retype,
            args=(key,),
            label_visibility="collapsed",
            disabled=now.locked,
            width=230,
        )
        if holder := row.in_use(desk.current_user(), desk.current_session()):
            st.badge(_in_use(holder), color="orange")
        if row.unread:
            st.badge(_("{count} pages are still being recognised").format(count=row.unread), color="orange")
        st.badge(ui.state_name(row.state), color="green" if now.locked else "gray" if row.state == "new" else "blue")
        if binder_panel.seems_binder(row) and st.button(_("Split"), key="review-split", help=binder_panel.told(row)):
            binder_panel.ask(row)
        if len(desk.get_store().models_of(row.hash, now.type)) > 1 and st.button(_("Compare"), key="review-compare"):
            st.switch_page(ui.COMPARE, query_params={"document": row.hash})
        st.button(_("Undo"), key="review-undo", shortcut="Alt+Z", on_click=_undo, disabled=now.locked)
        if now.locked:
            st.button(_("Reopen"), key="review-reopen", shortcut="Alt+O", on_click=_reopen)
        else:
            st.button(_("Approve and next"), key="review-approve", type="primary", shortcut="Ctrl+Enter", on_click=_ask)


def _in_use(holder: str) -> str:
    if holder == desk.current_user():
        return _("Open in another window")
    return _("In use by {name}").format(name=ui.plain(holder))


@guard.callback
def _next() -> None:
    """Go on in the list, past what others have open: nobody gets a document of theirs by leafing."""
    here = place()
    at = here.queue.index(here.document) if here.document in here.queue else -1
    free = desk.get_store().not_in_use(here.queue[at + 1 :], desk.current_user(), desk.current_session())
    review_panel.go(free)


@guard.callback
def _undo() -> None:
    now = review_panel.current()
    path = desk.get_store().undo(now.row.hash, now.type, desk.current_user(), desk.current_session())
    if path is None:
        place().say(_("There is nothing to undo."))
    else:
        place().choose(path)


@guard.callback
def _reopen() -> None:
    desk.get_store().reopen(place().document, desk.current_user())


@guard.callback
def _retype(key: str) -> None:
    hash = place().document
    desk.get_store().set_type(hash, st.session_state[key], desk.current_user())
    now = review_panel.current()
    if not desk.get_store().has_extraction(hash, now.type, BUILTIN):
        _extract()


@guard.callback
def _extract() -> None:
    from extractor import create_extractor
    from extractor.reading.sandbox import for_caller

    now, store = review_panel.current(), desk.get_store()
    with for_caller("review", interactive=True):
        extraction = create_extractor(BUILTIN).extract(store.document(now.row.hash), now.type)
    store.save_extraction(now.row.hash, now.type, extraction)
    if extraction.error:
        place().say(explain(extraction.error))


def offer_extraction() -> None:
    with st.container(border=True, key="review-offer"):
        st.write(_("Nothing was extracted from this document yet. Extract now, or fill in the fields by hand."))
        st.button(_("Extract now"), key="review-extract", type="primary", shortcut="Alt+X", on_click=_extract)


@guard.callback
def _ask() -> None:
    """Approve, or show first what is wrong."""
    now = review_panel.current()
    if waiting := unsaved.of(now.row.hash):
        guard.notice(_("Not approved: what you entered in a field is not saved yet. Save it or drop it first."))
        place().choose(next(iter(waiting)))
    elif now.problems:
        place().asked_to_approve = True
        place().choose(next(iter(now.problems)))
    else:
        _approve()


@guard.callback
def _approve() -> None:
    now, store, user, session = review_panel.current(), desk.get_store(), desk.current_user(), desk.current_session()
    for prefix in leaves.empty_items(now.type, now.values):
        store.remove(now.row.hash, now.type, prefix, user, session)
    left = store.approve(now.row.hash, now.type, user, session, place().seen)
    place().asked_to_approve = False
    review_panel.go(desk.hold_next(left))


@guard.callback
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
    return now.full_title(path) if path else now.type.title(language())
