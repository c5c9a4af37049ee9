"""A document's pages on their way to the viewer, and where values stand on them."""

from __future__ import annotations

import base64
from typing import Any

from extractor import textview
from extractor.core import Box, FieldValue
from extractor.store import DocumentRow
from pages.components import desk, review_desk
from pages.components.i18n import _
from pages.components.viewer import show_sheet


def show(row: DocumentRow, page: int, sharp: bool) -> None:
    """Hand the browser the page that is shown, and the next one ahead of time."""
    for number in range(page, min(page + 2, review_desk.sheet_count(row) + 1)):
        data = _sheet(row.hash, number, sharp)
        show_sheet(data, key=f"sheet-{row.hash[:12]}-{number}-{data['dpi']}")


def places(hash: str, value: FieldValue) -> list[list[Any]]:
    """The evidence of a value as the viewer takes it: `[page, start, end, boxes]` each."""
    return [
        [review_desk.sheet_of(hash, e.page, e.start), e.start, e.end, [_corners(box) for box in e.boxes]]
        for e in value.evidence
    ]


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


def _sheet(hash: str, page: int, sharp: bool) -> dict[str, Any]:
    parts = review_desk.text_parts(hash)
    if parts:
        document = review_desk.text_document(hash)
        assert document is not None
        blocks = textview.blocks(document.text, *parts[page - 1], document.cells)
        return {"document": hash, "page": page, "source": 1, "dpi": review_desk.DPI, "blocks": blocks}
    from extractor.rendering import render_page

    store = desk.get_store()
    read, _text = store.page(hash, page)
    dpi = review_desk.SHARP_DPI if sharp else review_desk.DPI
    image = base64.b64encode(render_page(store.file(hash), page, dpi)).decode()
    return {
        "document": hash,
        "page": page,
        "source": page,
        "dpi": dpi,
        "image": f"data:image/jpeg;base64,{image}",
        "width": read.width,
        "height": read.height,
        "words": [[w.start, w.end, *_corners(w.box)] for w in read.words if w.box],
    }


def _corners(box: Box) -> list[float]:
    return [round(side, 5) for side in (box.x0, box.y0, box.x1, box.y1)]
