"""Review: the page with its evidence, the fields beside it; point, correct, approve, next."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import streamlit as st

from extractor.core import leaves
from extractor.core.errors import StoreError
from extractor.desk import review
from pages.components import desk, fields, guard, review_header, review_panel, sheets, ui
from pages.components.i18n import _
from pages.components.review_panel import Desk, place
from pages.components.viewer import STYLE, show_stamp, show_viewer

VIEWER = "review-viewer"
WATCH_SECONDS = 5


def show() -> None:
    st.html(STYLE)
    here = place()
    hash = st.query_params.get("document") or here.document or desk.hold_next()
    if not hash:
        st.info(_("There is no document to review. Add some on the Documents page."))
        st.page_link(ui.DOCUMENTS, label=_("Documents"))
        return
    if hash != here.document:
        review_panel.open_document(hash)
    if st.query_params.get("document") != hash:
        review_panel.write_address(hash)
    with st.container(key="review-sheets"):
        sheets.wait_for_pages(hash)
        _sheets()
        _watch()
    _desk()


@st.fragment(key="review-sheets")
def _sheets() -> None:
    with guard.failures():
        here = place()
        sheets.show(desk.get_store().row(here.document), here.page, here.sharp)


@st.fragment(run_every=WATCH_SECONDS)
def _watch() -> None:
    """Look whether somebody else has changed the document that is open. Costs one row."""
    document = place().document
    with suppress(StoreError):  # The page says so when it is drawn again.
        show_stamp(document, desk.get_store().changed(document))


@st.fragment(key="review-desk")
def _desk() -> None:
    """All that changes with a value: header, evidence, fields."""
    with guard.failures():
        now = review_panel.to_draw()
        with guard.failures():
            review_header.show(now)
        with st.container(key="review-panes"):
            left, right = st.columns([56, 44], gap="small")
            with left, st.container(key=VIEWER + "-pane"), guard.failures():
                _viewer(now)
            with right, st.container(key="review-fields", gap="xsmall"):
                if place().asked_to_approve:
                    review_header.show_problems(now)
                if not now.values and not desk.get_store().extraction(now.row.hash, now.type):
                    review_header.offer_extraction()
                fields.show_fields(now)


def _viewer(now: Desk) -> None:
    here = place()
    problems = now.problems
    hash = now.row.hash
    shown = []
    for path, field in leaves.leaves(now.type, now.values):
        value = now.value(path)
        places = sheets.places(hash, value)
        doubt = review.is_doubtful(field, value, problems.get(path))
        title = now.full_title(path)
        shown.append(
            {
                "path": path,
                "key": fields.container_key(path),
                "title": title,
                "doubt": doubt,
                "lines": field.kind == "list",
                "evidence": places,
            }
        )
    data = {
        "document": hash,
        "count": review_panel.sheet_count(now.row),
        "text": sheets.is_text(hash),
        "page": here.page,
        "field": here.chosen,
        "dpi": review_panel.DPI,
        "stamp": now.stamp,
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
        on_outdated_change=_outdated,
    )


def _labels() -> dict[str, Any]:
    return sheets.labels() | {
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


@guard.callback
def _picked() -> None:
    asked = _trigger("picked")
    review_panel.pick(asked["field"], asked["page"], asked["spans"], asked["add"])


@guard.callback
def _turned() -> None:
    asked = _trigger("turned")
    here = place()
    here.page, here.sharp = asked["page"], asked["sharp"]
    st.rerun("review-sheets")


@guard.callback
def _cleared() -> None:
    path = _trigger("cleared")["field"]
    now = review_panel.current()
    if now.value(path).value is not None:
        now.save(path, leaves.EMPTY)


@guard.callback
def _outdated() -> None:
    """Somebody else has changed the document: being called draws it again."""


@guard.callback
def _confirmed() -> None:
    """Say that a value is right as it is: the same value, set by a person."""
    path = _trigger("confirmed")["field"]
    shown = review_panel.seen(path)
    if shown.value is not None:
        review_panel.current().save(path, review.confirmed(shown))


if __name__ == "__main__":
    guard.run(show, holds=True)
