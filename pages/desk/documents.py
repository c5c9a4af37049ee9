"""The queue: what there is, in which state, and which document needs a person next."""

from __future__ import annotations

import math
from collections.abc import Mapping

import streamlit as st

from extractor.core.document_types import DocumentType
from extractor.core.errors import N_
from extractor.desk.review import LOW_CONFIDENCE
from extractor.store import DocumentRow, Order, Store
from pages.components import binder_panel, choice, deleting, desk, guard, ui
from pages.components.i18n import _, ago, explain, language, local
from pages.components.table import Column, Line, badge, meter, table
from pages.components.upload import upload_area

PAGE_SIZE = 25
ORDERS: dict[Order, str] = {
    "needs_person": N_("Needs attention first"),
    "changed": N_("Last change first"),
    "name": N_("By name"),
}


def show() -> None:
    store, types = desk.get_store(), desk.get_types()
    counts = store.count_by_state()
    _header(counts)
    if not sum(counts.values()):
        _nothing_yet(types)
        return
    with st.expander(_("Add documents"), expanded=bool(st.session_state.get("upload_batch")), key="add-documents"):
        upload_area(types)
    search, state, document_type, order = _filters(types, counts)
    count = store.count(search, state, document_type)
    if not count:
        st.info(_("No document matches. Clear the search or choose another filter."))
        return
    page = _page(count)
    rows = store.find(search, state, document_type, order, limit=PAGE_SIZE, offset=(page - 1) * PAGE_SIZE)
    actions = st.container(key="queue-actions")
    turn = st.session_state.setdefault("queue_turn", 0)
    selected, opened = table(_columns(), [_line(row, types) for row in rows], f"queue_{turn}", selectable=True)
    if opened:
        ui.open_review(opened)
    with actions:
        _actions(store, types, [row for row in rows if row.hash in selected], count)
    _pagination(count)
    if any(row.unread for row in rows):
        _watch(store.last_change())


def _header(counts: Mapping[str, int]) -> None:
    """The title and what to do next: extract what is new, or open what needs a person."""
    waiting = counts["extracted"] + counts["in_review"]
    with ui.heading(_("Documents")):
        if counts["new"]:
            label = _("Extract {count} new").format(count=counts["new"])
            if st.button(label, type="secondary" if waiting else "primary", key="extract_new"):
                st.switch_page(ui.EXTRACT)
        if waiting or counts["new"]:
            kind: ui.ButtonType = "primary" if waiting else "secondary"
            if st.button(_("Open next document"), type=kind, shortcut="Ctrl+Enter", key="open_next"):
                ui.open_review_or_documents(desk.hold_next())
        elif counts["approved"] and st.button(_("Export"), type="primary", key="to_export"):
            st.switch_page(ui.EXPORT)


def _nothing_yet(types: Mapping[str, DocumentType]) -> None:
    st.subheader(_("Add the first documents"), anchor=False)
    st.write(
        _(
            "Drop contracts or consent forms below. Rightsdesk proposes a type for each; "
            "then extract their metadata, review it against the page, and export it."
        )
    )
    upload_area(types)


def _filters(types: Mapping[str, DocumentType], counts: Mapping[str, int]) -> tuple[str, list[str], list[str], Order]:
    """What the person asked for: search text, states, type keys (empty means all), order."""
    names = {"": _("All")} | {state: ui.state_name(state) for state in counts}
    totals = {"": sum(counts.values())} | dict(counts)
    state = choice.pills(
        _("State"),
        list(names),
        name=lambda key: f"{names[key]}  {totals[key]}",
        key="queue_state",
        keep=True,
        on_change=_first_page,
        label_visibility="collapsed",
    )
    search_column, type_column, order_column = st.columns([3, 2, 2])
    search = search_column.text_input(
        _("Search"),
        placeholder=_("Search names, texts and values"),
        type="search",
        live=True,
        key="queue_search",
        persist_state="session",
        on_change=_first_page,
        label_visibility="collapsed",
    )
    document_type = choice.select(
        _("Type"),
        ["", *types],
        name=lambda key: types[key].title(language()) if key else _("All types"),
        key="queue_type",
        keep=True,
        container=type_column,
        on_change=_first_page,
        label_visibility="collapsed",
    )
    order = choice.select(
        _("Order"),
        list(ORDERS),
        name=lambda key: _(ORDERS[key]),
        key="queue_order",
        keep=True,
        container=order_column,
        on_change=_first_page,
        label_visibility="collapsed",
    )
    return search or "", [state] if state else [], [document_type] if document_type else [], order


def _columns() -> list[Column]:
    return [
        Column("name", _("Document"), "link"),
        Column("type", _("Type"), width="19%"),
        Column("pages", _("Pages"), "number", width="5rem", unit=_("p.")),
        Column("state", _("State"), "badge", width="8rem"),
        Column("confidence", _("Confidence"), "meter", width="9.5rem"),
        Column("changed", _("Last change"), width="8.5rem"),
    ]


def _line(row: DocumentRow, types: Mapping[str, DocumentType]) -> Line:
    notes = [explain(note) for note in ([row.error] if row.error else []) + list(row.warnings)]
    if row.unread:
        notes.insert(0, _unread(row))
    if row.review_by:
        notes.insert(0, _("In use by {name}").format(name=row.review_by))
    if binder_panel.seems_binder(row):
        notes.insert(0, _("{told} Select it and split it.").format(told=binder_panel.told(row)))
    return Line(
        id=row.hash,
        document=row.hash,
        name=row.name,
        cells={
            "name": row.name,
            "type": ui.type_name(row.document_type, types) + (" ?" if _is_doubtful(row) else ""),
            "pages": row.page_count,
            "state": badge(row.state),
            "confidence": meter(row.confidence),
            "changed": ago(row.changed_at),
        },
        note=notes[0] if notes else "",
        failed=bool(row.error),
        hints={"changed": f"{local(row.changed_at):%Y-%m-%d %H:%M}"} | _type_hint(row),
    )


def _unread(row: DocumentRow) -> str:
    template = _("Text recognition goes on: {left} of {pages} pages are left. The others can be worked on.")
    return template.format(left=row.unread, pages=row.page_count)


@st.fragment(run_every=2)
def _watch(last_change: str) -> None:
    """Draw the page again when text recognition has come further."""
    if desk.get_store().last_change() != last_change:
        st.rerun()


def _is_doubtful(row: DocumentRow) -> bool:
    return row.type_confidence is not None and row.type_confidence < LOW_CONFIDENCE


def _type_hint(row: DocumentRow) -> dict[str, str]:
    """How sure the proposed type is; nothing for a type that a person set."""
    if row.type_confidence is None:
        return {}
    return {"type": _("Proposed, {percent} sure").format(percent=f"{row.type_confidence:.0%}")}


@guard.callback
def _first_page() -> None:
    st.session_state.pop("queue_page", None)
    _clear_selection()


def _page(count: int) -> int:
    """The page of the queue to show; the first one when the pages have become fewer meanwhile."""
    if st.session_state.get("queue_page", 1) > math.ceil(count / PAGE_SIZE):
        _first_page()
    page: int = st.session_state.get("queue_page", 1)
    return page


def _pagination(count: int) -> None:
    if count > PAGE_SIZE:
        with st.container(horizontal_alignment="center"):
            st.pagination(
                math.ceil(count / PAGE_SIZE), key="queue_page", persist_state="session", on_change=_clear_selection
            )


def _actions(store: Store, types: Mapping[str, DocumentType], chosen: list[DocumentRow], count: int) -> None:
    """What can be done with the selected documents; how many there are when none is selected."""
    with st.container(horizontal=True, vertical_alignment="center", key="queue-bar"):
        if not chosen:
            st.caption(_("{count} documents").format(count=count), width="content")
            return
        st.markdown(_("**{count} selected**").format(count=len(chosen)), width="content")
        if st.button(_("Extract"), key="extract_chosen"):
            st.switch_page(ui.EXTRACT, query_params={"document": [row.hash for row in chosen]})
        if len(chosen) == 1 and binder_panel.can_split(chosen[0]) and st.button(_("Split"), key="split_chosen"):
            binder_panel.ask(chosen[0])
        if len(chosen) == 1 and st.button(_("Compare"), key="compare_chosen"):
            st.switch_page(ui.COMPARE, query_params={"document": chosen[0].hash})
        with st.popover(_("Change type"), key="change_type"):
            wanted = choice.select(
                _("New type"), list(types), name=lambda key: types[key].title(language()), key="new_type"
            )
            st.button(_("Apply"), key="apply_type", on_click=_set_type, args=(store, chosen, wanted))
        if st.button(_("Delete"), key="delete_chosen"):
            _ask_to_delete(chosen)


@guard.callback
def _set_type(store: Store, chosen: list[DocumentRow], document_type: str) -> None:
    _clear_selection()
    for row in chosen:
        store.set_type(row.hash, document_type, desk.current_user())


def _ask_to_delete(chosen: list[DocumentRow]) -> None:
    @st.dialog(_("Delete documents"))
    def confirm() -> None:
        st.write(
            _("Delete {count} documents with all their values and edits? This cannot be undone.").format(
                count=len(chosen)
            )
        )
        for row in chosen[:5]:
            st.caption(ui.plain(row.name))
        if len(chosen) > 5:
            st.caption(_("and {count} more").format(count=len(chosen) - 5))
        with st.container(horizontal=True, horizontal_alignment="right"):
            if st.button(_("Cancel"), key="delete_cancel"):
                st.rerun()
            if st.button(_("Delete"), type="primary", key="delete_confirm"):
                with guard.notices():
                    deleting.delete(row.hash for row in chosen)
                _clear_selection()
                st.rerun()

    confirm()


@guard.callback
def _clear_selection() -> None:
    st.session_state["queue_turn"] = st.session_state.get("queue_turn", 0) + 1


if __name__ == "__main__":
    guard.run(show)
