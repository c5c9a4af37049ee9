"""Extraction of many documents: choose, start, watch the results come in, go on to Review."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from extractor.core.document_types import DocumentType
from extractor.core.errors import StoreError
from extractor.store import STATES, DocumentRow, State, Store
from pages.components import choice, desk, guard, models, ui
from pages.components.choose_models import choose, estimate
from pages.components.i18n import _, language
from pages.components.run_panel import follow
from pages.components.table import Column, Line, badge, table

PREVIEWED = 10


def show() -> None:
    ui.heading(_("Extract"))
    run_id = st.query_params.get("run")
    if run_id:
        follow(run_id)
    else:
        _choose(desk.get_store(), desk.get_types())


def _choose(store: Store, types: Mapping[str, DocumentType]) -> None:
    """Which documents, which extractors, start."""
    rows = _given(store) or _filtered(store, types)
    picked, known = choose()
    again = st.checkbox(
        _("Also extract again what has a result"),
        help=_("What people set by hand stays as it is."),
        key="extract_again",
    )
    if rows and picked:
        estimate(rows, picked, known, again)
    pressed = st.button(
        _("Extract {count} documents").format(count=len(rows)),
        type="primary",
        shortcut="Ctrl+Enter",
        disabled=not (rows and picked),
        key="start",
    )
    if pressed:
        chosen = [row.hash for row in rows]
        st.query_params["run"] = desk.get_runs().start(chosen, picked, again, keys=models.keys())
        st.query_params.pop("document", None)
        st.rerun()
    if rows:
        _preview(types, rows)
    else:
        _nothing_chosen(store)


def _given(store: Store) -> list[DocumentRow]:
    """The documents that the address names, as Documents does; those deleted meanwhile are left out."""
    rows: list[DocumentRow] = []
    for hash in st.query_params.get_all("document"):
        try:
            rows.append(store.row(hash))
        except StoreError:
            continue
    if rows:
        names = ", ".join(row.name for row in rows[:3]) + (" …" if len(rows) > 3 else "")
        with st.container(horizontal=True, vertical_alignment="center"):
            chosen = _("**{count} chosen documents:** {names}").format(count=len(rows), names=ui.plain(names))
            st.markdown(chosen, width="content")
            st.button(_("Choose others"), type="tertiary", on_click=_forget_given, key="choose_others")
    return rows


@guard.callback
def _forget_given() -> None:
    st.query_params.pop("document", None)


def _filtered(store: Store, types: Mapping[str, DocumentType]) -> list[DocumentRow]:
    """The documents of the chosen states and types."""
    counts = store.count_by_state()
    state_column, type_column = st.columns([3, 2])
    states: list[State] = choice.many_pills(
        _("Documents in state"),
        STATES,
        start=["new"],
        name=lambda state: f"{ui.state_name(state)}  {counts[state]}",
        key="extract_states",
        container=state_column,
    )
    wanted = choice.many(
        _("Types"),
        list(types),
        name=lambda key: types[key].title(language()),
        placeholder=_("All types"),
        key="extract_types",
        container=type_column,
    )
    if not states:
        return []
    return list(store.find(states=states, types=wanted, limit=store.count(states=states, types=wanted)))


def _preview(types: Mapping[str, DocumentType], chosen: list[DocumentRow]) -> None:
    """The first of the chosen documents."""
    columns = [
        Column("name", _("Document"), "link"),
        Column("type", _("Type"), width="25%"),
        Column("pages", _("Pages"), "number", width="5rem", unit=_("p.")),
        Column("state", _("State"), "badge", width="8rem"),
    ]
    lines = []
    for row in chosen[:PREVIEWED]:
        cells = {
            "name": row.name,
            "type": ui.type_name(row.document_type, types),
            "pages": row.page_count,
            "state": badge(row.state),
        }
        lines.append(Line(row.hash, row.hash, row.name, cells))
    opened = table(columns, lines, key="extract_preview")[1]
    if opened:
        ui.open_review(opened)
    if len(chosen) > PREVIEWED:
        st.caption(_("and {count} more").format(count=len(chosen) - PREVIEWED))


def _nothing_chosen(store: Store) -> None:
    counts = store.count_by_state()
    if not sum(counts.values()):
        st.info(_("There are no documents yet. Add some first."))
        st.page_link(ui.DOCUMENTS, label=_("Add documents"), query_params={"lang": language()})
        return
    st.info(_("No document is chosen. Choose other states above, or go on to what is extracted."))
    if counts["extracted"] + counts["in_review"] and st.button(_("Review next"), type="primary", key="review_next"):
        ui.open_review_or_documents(desk.hold_next())


if __name__ == "__main__":
    guard.run(show)
