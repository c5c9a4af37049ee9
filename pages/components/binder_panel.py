"""Splitting a binder: the pages as thumbnails, the proposed cuts, and a box at each page to move them."""

from __future__ import annotations

import streamlit as st

from extractor.classification.binders import Part, parts_of
from extractor.core.errors import RightsdeskError
from extractor.desk.intake import split
from extractor.desk.page_images import render_page
from extractor.extractors.sandboxed_text import propose_parts
from extractor.reading.sandbox import for_caller
from extractor.store import DocumentRow
from pages.components import desk, guard, ui
from pages.components.i18n import _, explain

THUMBNAIL_DPI = 30
THUMBNAIL_WIDTH = 146
MOST_THUMBNAILS = 200
"""Pages shown; a longer document is not split by hand."""


def can_split(row: DocumentRow) -> bool:
    """Whether the document has pages to cut between, all of them read."""
    has_pages = row.format in ("pdf", "image") and 1 < row.page_count <= MOST_THUMBNAILS
    return has_pages and row.state != "approved" and not row.unread


def seems_binder(row: DocumentRow) -> bool:
    return (row.forms or 1) > 1 and can_split(row)


def told(row: DocumentRow) -> str:
    """What is said of a document that seems to be a binder."""
    return _("Looks like {count} documents in one file.").format(count=row.forms)


def ask(row: DocumentRow) -> None:
    """Open the dialog."""

    @st.dialog(_("Split into documents"), width="large")
    def dialog() -> None:
        with guard.failures():
            _draw(row)

    dialog()


def _draw(row: DocumentRow) -> None:
    path = desk.get_store().file(row.hash)
    starts = {part.first for part in proposed(row.hash)}
    cuts = [n for n in range(2, row.page_count + 1) if st.session_state.get(_key(row, n), n in starts)]
    parts = parts_of(cuts, row.page_count)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{ui.plain(row.name)}** · {_summary(parts)}", width="stretch")
        go = st.button(
            _("Split into {count} documents").format(count=len(parts)),
            type="primary",
            key="split_confirm",
            disabled=len(parts) < 2,
            shortcut="Ctrl+Enter",
        )
    st.caption(_("Tick the pages on which another document begins. Each becomes a document of its own."))
    if row.state in ("extracted", "in_review"):
        st.warning(_("What was extracted from the whole file or corrected in it is dropped."))
    if go:
        _split(row, parts)
    number_of = {page: number for number, part in enumerate(parts, 1) for page in range(part.first, part.last + 1)}
    with st.container(horizontal=True, key="split-pages", gap="small"):
        for page in range(1, row.page_count + 1):
            shade = "odd" if number_of[page] % 2 else "even"
            with st.container(width=THUMBNAIL_WIDTH, gap="xsmall", key=f"split-{shade}-{page}"):
                st.image(render_page(path, page, THUMBNAIL_DPI), width="stretch")
                st.caption(_("Document {number} · p. {page}").format(number=number_of[page], page=page))
                if page > 1:
                    st.checkbox(_("Begins here"), value=page in starts, key=_key(row, page))


def _split(row: DocumentRow, parts: list[Part]) -> None:
    try:
        kept = split(desk.get_store(), row.hash, parts, desk.get_types())
    except RightsdeskError as error:
        st.error(explain(error))
        return
    st.session_state.pop("upload_batch", None)
    st.toast(_("{name} is now {count} documents.").format(name=ui.plain(row.name), count=len(kept)))
    st.switch_page(ui.DOCUMENTS)


@st.cache_data(max_entries=50, show_spinner=False)
def proposed(hash: str) -> list[Part]:
    """How a binder could be split."""
    with for_caller("review", interactive=True):
        return propose_parts(desk.get_store().document(hash))


def _summary(parts: list[Part]) -> str:
    spans = [str(part.first) if part.first == part.last else f"{part.first}–{part.last}" for part in parts]
    return _("{count} documents: pages {spans}").format(count=len(parts), spans=", ".join(spans))


def _key(row: DocumentRow, page: int) -> str:
    return f"split-{row.hash[:12]}-{page}"
