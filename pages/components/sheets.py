"""A document's pages on their way to the viewer, and where values stand on them."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import streamlit as st

from extractor.core.documents import Box, Page, Word
from extractor.core.extractions import Evidence, FieldValue
from extractor.desk import text_view
from extractor.desk.page_images import render_page
from extractor.evidence import span_evidence
from extractor.store import DocumentRow
from pages.components import desk, review_panel
from pages.components.i18n import _
from pages.components.viewer import show_sheet

PATIENCE = 5.0
"""Seconds; most documents are printed in two."""


def show(row: DocumentRow, page: int, sharp: bool) -> None:
    """Hand the browser the page that is shown, and the next one ahead of time."""
    for number in range(page, min(page + 2, review_panel.sheet_count(row) + 1)):
        data = _sheet(row.hash, number, sharp)
        show_sheet(data, key=f"sheet-{row.hash[:12]}-{number}-{data['dpi']}")


def places(hash: str, value: FieldValue) -> list[list[Any]]:
    """The evidence of a value as the viewer takes it: `[page, start, end, boxes]` each."""
    printed = review_panel.rendition(hash)
    if printed:  # What the evidence says was found without pages.
        on_pages = [part for e in value.evidence for part in span_evidence(printed, e.start, e.end, e.alignment)]
        return [_place(e, e.page) for e in on_pages]
    return [_place(e, review_panel.sheet_of(hash, e.page, e.start)) for e in value.evidence]


def _place(evidence: Evidence, page: int) -> list[Any]:
    return [page, evidence.start, evidence.end, [_corners(box) for box in evidence.boxes]]


def labels() -> dict[str, Any]:
    """The viewer's labels that are the same wherever it stands."""
    return {
        "bar": _("Page and zoom"),
        "page": _("Page"),
        "previous-page": _("Previous page (PageUp)"),
        "next-page": _("Next page (PageDown)"),
        "zoom-in": _("Larger (Alt + +)"),
        "zoom-out": _("Smaller (Alt + −)"),
        "zoom-fit": _("Fit the width (Alt + 0)"),
        "wait": _("Loading the page …"),
    }


def is_text(hash: str) -> bool:
    """Whether a document is shown as text: it has no pages, and was not printed."""
    return review_panel.text_document(hash) is not None and review_panel.rendition(hash) is None


def wait_for_pages(hash: str) -> None:
    """Give the pages of a document that is being printed a few seconds before it is shown as text.

    Pages that come later show when the desk is next drawn. Nothing is drawn again by itself: fields that are drawn
    twice before the browser shows them come back as if a person had emptied them.
    """
    pages = desk.get_renditions()
    if is_text(hash) and pages.coming(hash):
        with st.spinner(_("Loading the page …")):
            pages.wait(hash, PATIENCE)


def _sheet(hash: str, number: int, sharp: bool) -> dict[str, Any]:
    sheet: dict[str, Any] = {"document": hash, "page": number, "source": number, "dpi": review_panel.DPI}
    text = review_panel.text_document(hash)
    printed = review_panel.rendition(hash)
    if text and printed:
        page = printed.pages[number - 1]
        words = [(text.words_in(word.start, word.end)[0], word.box) for word in page.words]
        return sheet | {"source": 1} | _drawn(page, words, desk.get_renditions().file(hash), sharp)
    if text:
        start, end = review_panel.text_parts(hash)[number - 1]
        return sheet | {"source": 1, "blocks": text_view.blocks(text.text, start, end, text.cells)}
    store = desk.get_store()
    page, _text = store.page(hash, number)
    return sheet | _drawn(page, [(word, word.box) for word in page.words], store.file(hash), sharp)


def _drawn(page: Page, words: list[tuple[Word, Box | None]], path: Path, sharp: bool) -> dict[str, Any]:
    """The image of a page and its words, each with the place where it, or a line of it, stands."""
    dpi = review_panel.SHARP_DPI if sharp else review_panel.DPI
    image = base64.b64encode(render_page(path, page.number, dpi)).decode()
    return {
        "dpi": dpi,
        "image": f"data:image/jpeg;base64,{image}",
        "width": page.width,
        "height": page.height,
        "words": [[word.start, word.end, *_corners(box)] for word, box in words if box],
    }


def _corners(box: Box) -> list[float]:
    return [round(side, 5) for side in (box.x0, box.y0, box.x1, box.y1)]
