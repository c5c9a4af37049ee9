"""Review: the page with its evidence, the fields beside it; point, correct, approve, next."""

from __future__ import annotations

import base64
from typing import Any

import streamlit as st

from extractor import review, textview
from pages.components import desk, fields, guard, review_desk, review_header, ui
from pages.components.i18n import _
from pages.components.review_desk import Desk, place
from pages.components.viewer import STYLE, show_sheet, show_viewer

VIEWER = "review-viewer"


def show() -> None:
    st.html(STYLE)
    here = place()
    hash = st.query_params.get("document") or here.document or desk.get_store().next_document()
    if not hash:
        st.info(_("There is no document to review. Add some on the Documents page."))
        st.page_link(ui.DOCUMENTS, label=_("Documents"))
        return
    if hash != here.document:
        review_desk.open_document(hash)
    if st.query_params.get("document") != hash:
        review_desk.write_address(hash)
    with st.container(key="review-sheets"):
        _sheets()
    _desk()


@st.fragment(key="review-sheets")
def _sheets() -> None:
    """The page that is shown, and the next one ahead of time."""
    with guard.failures():
        here = place()
        row = desk.get_store().row(here.document)
        for page in range(here.page, min(here.page + 2, review_desk.sheet_count(row) + 1)):
            data = _sheet(row.hash, page, here.sharp)
            show_sheet(data, key=f"sheet-{data['document'][:12]}-{page}-{data['dpi']}")


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


def _corners(box: Any) -> list[float]:
    return [round(side, 5) for side in (box.x0, box.y0, box.x1, box.y1)]


@st.fragment(key="review-desk")
def _desk() -> None:
    """All that changes with a value: header, evidence, fields."""
    with guard.failures():
        now = review_desk.current()
        review_header.show(now)
        with st.container(key="review-panes"):
            left, right = st.columns([56, 44], gap="small")
            with left, st.container(key=VIEWER + "-pane"):
                _viewer(now)
            with right, st.container(key="review-fields", gap="xsmall"):
                if place().asked_to_approve:
                    review_header.show_problems(now)
                if not now.values and not desk.get_store().extraction(now.row.hash, now.type):
                    review_header.offer_extraction(now)
                fields.show_fields(now)


def _viewer(now: Desk) -> None:
    here = place()
    problems = now.problems
    hash = now.row.hash
    shown = []
    for path, field in review.leaves(now.type, now.values):
        value = now.value(path)
        places = [
            [review_desk.sheet_of(hash, e.page, e.start), e.start, e.end, [_corners(box) for box in e.boxes]]
            for e in value.evidence
        ]
        doubt = review.is_doubtful(field, value, problems.get(path))
        title = fields.full_title(now, path)
        shown.append(
            {"path": path, "key": fields.container_key(path), "title": title, "doubt": doubt, "evidence": places}
        )
    data = {
        "document": hash,
        "count": review_desk.sheet_count(now.row),
        "page": here.page,
        "field": here.chosen,
        "dpi": review_desk.DPI,
        "locked": now.locked,
        "fields": shown,
        "go": here.go,
        "note": here.note,
        "labels": _labels(),
    }
    show_viewer(
        data,
        VIEWER,
        on_picked_change=_picked,
        on_turned_change=_turned,
        on_cleared_change=_cleared,
        on_confirmed_change=_confirmed,
    )


def _labels() -> dict[str, Any]:
    return {
        "bar": _("Page and zoom"),
        "page": _("Page"),
        "previous-page": _("Previous page (PageUp)"),
        "next-page": _("Next page (PageDown)"),
        "zoom-in": _("Larger (Alt + +)"),
        "zoom-out": _("Smaller (Alt + −)"),
        "zoom-fit": _("Fit the width (Alt + 0)"),
        "wait": _("Loading the page …"),
        "choose": _("Choose a field, then point at the page"),
        "target": _("Point to fill:"),
        "locked": _("Approved. Reopen the document to change it."),
        "no_doubt": _("No doubtful field is left."),
        "keys": [
            [["Alt", "↓"], _("next field")],
            [["Alt", "↑"], _("previous field")],
            [["Alt", "J"], _("next doubtful")],
            [["Alt", "K"], _("confirm")],
            [["Alt", "Del"], _("clear")],
            [["PgUp", "PgDn"], _("page")],
            [["Alt", "+ − 0"], _("zoom")],
            [["Shift"], _("+ drag: add")],
            [["Alt"], _("+ drag: block")],
            [["Ctrl"], _("+ click: go to field")],
        ],
    }


def _trigger(name: str) -> Any:
    return st.session_state[VIEWER][name]


def _picked() -> None:
    asked = _trigger("picked")
    with review_desk.kept():
        review_desk.pick(asked["field"], asked["page"], asked["spans"], asked["add"])


def _turned() -> None:
    asked = _trigger("turned")
    here = place()
    here.page, here.sharp = asked["page"], asked["sharp"]
    st.rerun("review-sheets")


def _cleared() -> None:
    path = _trigger("cleared")["field"]
    with review_desk.kept():
        now = review_desk.current()
        if now.value(path).value is not None:
            now.save(path, review.EMPTY)


def _confirmed() -> None:
    """Say that a value is right as it is: the same value, set by a person."""
    path = _trigger("confirmed")["field"]
    with review_desk.kept():
        now = review_desk.current()
        value = now.value(path)
        if value.value is not None:
            now.save(path, review.confirmed(value))


if __name__ == "__main__":
    guard.run(show)
