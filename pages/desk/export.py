"""Metadata out: which documents, which format, a look at the rows, the file."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from itertools import islice

import streamlit as st

from extractor.core.document_types import DocumentType
from extractor.core.errors import N_
from extractor.export.formats import FORMATS, export
from extractor.export.tables import values_table
from extractor.store import State, Store
from pages.components import choice, desk, guard, ui
from pages.components.i18n import _, language, local

PREVIEWED = 10
SCOPES: dict[str, tuple[str, tuple[State, ...]]] = {
    "approved": (N_("Approved"), ("approved",)),
    "all": (N_("All"), ()),
}


def show() -> None:
    store, types = desk.get_store(), desk.get_types()
    ui.heading(_("Export"))
    states, wanted = _scope(types)
    format_ = _format()
    count = store.count(states=states, types=wanted)
    if not count:
        _nothing(store)
        return
    spoken, now = language(), local(datetime.now(UTC))
    st.download_button(
        _("Download {count} documents").format(count=count),
        # Called by the click, in a thread of its own: nothing of Streamlit may be used in it.
        lambda: export(store.records(states, wanted), format_, spoken),
        file_name=_file_name(format_, now),
        mime=FORMATS[format_].media_type,
        on_click="ignore",
        type="primary",
        shortcut="Ctrl+Enter",
        key="download",
    )
    _preview(store, types, states, wanted)


def _file_name(format_: str, now: datetime) -> str:
    """No two formats of one minute have the same name."""
    suffix = FORMATS[format_].suffix
    part = "" if format_ == suffix else f"_{format_}"
    return f"rightsdesk{part}_{now:%Y%m%d_%H%M}.{suffix}"


def _scope(types: Mapping[str, DocumentType]) -> tuple[tuple[State, ...], list[str]]:
    """The states and the type keys to export; empty means all."""
    scope_column, type_column = st.columns([2, 3])
    scope = choice.segmented(
        _("Documents"),
        list(SCOPES),
        name=lambda key: _(SCOPES[key][0]),
        key="export_scope",
        container=scope_column,
    )
    wanted = choice.many(
        _("Types"),
        list(types),
        name=lambda key: types[key].title(language()),
        placeholder=_("All types"),
        key="export_types",
        container=type_column,
    )
    return SCOPES[scope][1], wanted


def _format() -> str:
    chosen: str = choice.segmented(
        _("Format"),
        list(FORMATS),
        name=lambda key: _(FORMATS[key].title),
        key="export_format",
    )
    st.caption(_(FORMATS[chosen].about))
    return chosen


def _nothing(store: Store) -> None:
    if store.count():
        st.info(_("Nothing is approved yet. Review documents and approve them, or choose “All”."))
        if st.button(_("Open next document"), type="primary", shortcut="Ctrl+Enter", key="open_next"):
            ui.open_review_or_documents(desk.hold_next())
    else:
        st.info(_("There are no documents yet. Add some first."))
        st.page_link(ui.DOCUMENTS, label=_("Add documents"), query_params={"lang": language()})


def _preview(store: Store, types: Mapping[str, DocumentType], states: tuple[State, ...], wanted: list[str]) -> None:
    """The first documents of one type as the file will have them, values only."""
    counts = {key: store.count(states=states, types=[key]) for key in wanted or types}
    present = [key for key, count in counts.items() if count]
    if not present:  # Only documents of types that were removed.
        return
    st.subheader(_("Preview"), anchor=False)
    shown = choice.pills(
        _("Type"),
        present,
        name=lambda key: f"{types[key].title(language())}  {counts[key]}",
        key="export_preview",
        label_visibility="collapsed",
    )
    rows = values_table(list(islice(store.records(states, [shown]), PREVIEWED)), language())
    cells = [["" if cell is None else str(cell) for cell in row] for row in rows.rows]
    st.dataframe(
        [dict(zip(rows.titles, row, strict=True)) for row in cells],
        hide_index=True,
        row_height=36,
        height="content",
        column_config={rows.titles[0]: st.column_config.TextColumn(pinned=True)},
    )
    if counts[shown] > PREVIEWED:
        st.caption(_("The first {shown} of {count} documents.").format(shown=PREVIEWED, count=counts[shown]))


if __name__ == "__main__":
    guard.run(show)
