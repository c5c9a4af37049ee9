"""Compare: what each model says of a document, field by field; take the best of it into the draft."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

import streamlit as st

from extractor.core.document_types import DocumentType
from extractor.core.extractions import Extraction
from extractor.quality import comparison
from extractor.quality.comparison import Row
from extractor.store import DocumentRow
from pages.components import choice, desk, guard, models, review_panel, sheets, ui
from pages.components.compare_grid import cell_key, grid_data, state_words
from pages.components.compare_place import place, take, take_whole, undo
from pages.components.grid import show_grid
from pages.components.i18n import _, explain, language
from pages.components.viewer import STYLE, show_viewer

GRID, VIEWER = "compare-grid", "compare-viewer"
CONFLICTS = "conflicts"
MOST = 8
BESIDE = 4
"""With more models than this the page stands below the table, where both have the whole width."""


def show() -> None:
    st.html(STYLE)
    store = desk.get_store()
    hash = st.query_params.get("document") or place().document or next(iter(store.compared(1)), "")
    if not hash:
        ui.heading(_("Compare"))
        st.info(_("No document was read by two models yet. Choose two or more models on the Extract page."))
        st.page_link(ui.EXTRACT, label=_("Extract"), query_params={"lang": language()})
        return
    row = store.row(hash)
    if hash != place().document:
        place().open(row)
    if st.query_params.get("document") != hash:
        _write_address(hash)
    with st.container(key="review-sheets"):
        sheets.wait_for_pages(hash)
        _sheets()
    _desk()


@st.fragment(key="compare-sheets")
def _sheets() -> None:
    with guard.failures():
        here = place()
        sheets.show(desk.get_store().row(here.document), here.page, here.sharp)


@st.fragment(key="compare-desk")
def _desk() -> None:
    """All that changes when a value is taken: head, table, evidence."""
    with guard.failures():
        row, document_type = _current()
        if place().leave:
            where, place().leave = place().leave, {}
            st.switch_page(ui.REVIEW, query_params={"document": row.hash, **where})
        extractions = _extractions(row, document_type)
        _head(row)
        answers = {model: result for model, result in extractions.items() if result.error is None}
        draft = place().draft = desk.get_store().values(row.hash, document_type)
        with st.container(horizontal=True, vertical_alignment="center", key="compare-filter"):
            shown = place().models = _chosen(answers)
            rows = comparison.compare({model: answers[model] for model in shown}, document_type, draft)
            rows = _filtered(rows)
        _failures(extractions)
        if not shown:
            return
        with st.container(key="review-panes"):
            if len(shown) <= BESIDE:
                left, right = st.columns([60, 40], gap="small")
            else:
                left, right = st.container(key="compare-above"), st.container(key="compare-below")
            with left:
                if rows:
                    data = grid_data(row, document_type, answers, rows, draft)
                    show_grid(data, GRID, on_taken_change=_taken, on_whole_change=_whole, on_opened_change=_opened)
            with right, st.container(key="review-viewer-pane"):
                _viewer(row, rows)


def _current() -> tuple[DocumentRow, DocumentType]:
    row = desk.get_store().row(place().document)
    return row, desk.type_of(row)


def _extractions(row: DocumentRow, document_type: DocumentType) -> dict[str, Extraction]:
    """The answers by model, in the same order for every document."""
    store = desk.get_store()
    answered = models.in_order(store.models_of(row.hash, document_type))
    extractions = {model: store.extraction(row.hash, document_type, model) for model in answered}
    return {model: result for model, result in extractions.items() if result is not None}


def _head(row: DocumentRow) -> None:
    """Which document, and the ways on."""
    queue = desk.get_store().compared()
    at = queue.index(row.hash) if row.hash in queue else -1
    before, after = queue[at - 1] if at > 0 else None, queue[at + 1] if at + 1 < len(queue) else None
    with st.container(horizontal=True, key="review-head", vertical_alignment="center", gap="small"):
        for label, shortcut, target in ((_("Previous"), "Alt+P", before), (_("Next"), "Alt+N", after)):
            st.button(
                label,
                key=f"compare-{shortcut[-1]}",
                shortcut=shortcut,
                on_click=_go,
                args=(target,),
                disabled=not target,
            )
        st.html(f'<div class="review-name" title="{escape(row.name)}">{escape(row.name)}</div>', width="stretch")
        st.button(_("Undo"), key="compare-undo", shortcut="Alt+Z", on_click=_undo, disabled=not place().taken)
        if st.button(_("Extract with more models"), key="compare-more"):
            st.switch_page(ui.EXTRACT, query_params={"document": row.hash})
        if st.button(_("Review"), key="compare-review", type="primary", shortcut="Ctrl+Enter"):
            ui.open_review(row.hash)


def _chosen(answers: Mapping[str, Extraction]) -> list[str]:
    """The models to show, at most eight; with two there is nothing to choose."""
    known = list(answers)
    if len(known) < 2:
        st.info(_("Only one model has read this document. Extract it with another one to compare."))
    if len(known) <= 2:
        return known
    return choice.many_pills(
        _("Models"),
        known,
        start=known[:MOST],
        name=models.title,
        key=f"compare-models-{place().document[:12]}-{len(known)}",
        label_visibility="collapsed",
    )[:MOST]


def _filtered(rows: Sequence[Row]) -> list[Row]:
    """How many fields agree, and only the conflicts when asked for."""
    counts = {state: sum(row.state == state for row in rows) for state in ("agree", "near", "conflict", "empty")}
    only = st.toggle(
        _("Conflicts only"), key="conflicts-only", value=CONFLICTS in st.query_params, on_change=_only_conflicts
    )
    words = state_words()
    summary = " · ".join(f"{words[state]} **{count}**" for state, count in counts.items())
    st.caption(summary, width="content")
    if only and not counts["conflict"]:
        st.info(_("The models do not contradict each other here."))
    return [row for row in rows if not only or row.state == "conflict"]


def _failures(extractions: Mapping[str, Extraction]) -> None:
    """The models that gave no answer, and why."""
    for model, result in extractions.items():
        if result.error is not None:
            st.caption(f"✕ **{ui.plain(models.title(model))}**: {ui.plain(explain(result.error))}", width="content")


def _viewer(row: DocumentRow, rows: Sequence[Row]) -> None:
    """The page with the evidence of all cells; the chosen one's is lit."""
    here = place()
    shown = [
        {
            "path": f"{line.path}@{model}",
            "key": cell_key(line.path, model),
            "title": f"{line.field.title(language())} · {models.title(model)}",
            "doubt": line.state == "conflict" and cell.state != "empty",
            "evidence": sheets.places(row.hash, cell.field),
        }
        for line in rows
        for model, cell in line.cells.items()
    ]
    data = {
        "document": row.hash,
        "count": review_panel.sheet_count(row),
        "text": sheets.is_text(row.hash),
        "page": here.page,
        "field": here.chosen,
        "dpi": review_panel.DPI,
        "locked": True,
        "fields": shown,
        "go": {"n": 0, "field": None},
        "note": here.note,
        "labels": sheets.labels()
        | {
            "choose": _("Choose a value to see where it stands"),
            "target": _("Evidence:"),
            "locked": _("Values are taken with Enter or the button “Take”."),
            "no_doubt": _("The models do not contradict each other here."),
            "keys": [
                [["←", "↑", "↓", "→"], _("other value")],
                [["Enter"], _("take it")],
                [["Alt", "J"], _("next conflict")],
                [["PgUp", "PgDn"], _("page")],
                [["Alt", "+ − 0"], _("zoom")],
            ],
        },
    }
    show_viewer(data, VIEWER, on_turned_change=_turned)


@guard.callback
def _only_conflicts() -> None:
    """Write the choice into the address. Not bound to it by Streamlit, which then lets nothing else write there."""
    if st.session_state["conflicts-only"]:
        st.query_params[CONFLICTS] = "true"
    else:
        st.query_params.pop(CONFLICTS, None)


def _asked(name: str) -> Any:
    return st.session_state[GRID][name]


def _compared() -> tuple[DocumentRow, DocumentType, list[Row]]:
    """The table as it is on the screen: the same models, so that items have the same places."""
    row, document_type = _current()
    extractions = _extractions(row, document_type)
    answers = {model: extractions[model] for model in place().models if model in extractions}
    return (
        row,
        document_type,
        comparison.compare(answers, document_type, desk.get_store().values(row.hash, document_type)),
    )


@guard.callback
def _taken() -> None:
    asked = _asked("taken")
    row, document_type, rows = _compared()
    cell = next((line.cells.get(asked["model"]) for line in rows if line.path == asked["path"]), None)
    if cell is not None:
        take(row, document_type, asked["path"], cell.field)


@guard.callback
def _whole() -> None:
    row, document_type, rows = _compared()
    take_whole(row, document_type, rows, _asked("whole")["model"])


@guard.callback
def _undo() -> None:
    undo(*_current())


@guard.callback
def _opened() -> None:
    """Go to Review at this field, and at the page where the value stands."""
    asked = _asked("opened")
    place().leave = {"field": asked["path"]} | ({"page": str(asked["page"])} if asked["page"] else {})


@guard.callback
def _turned() -> None:
    asked = st.session_state[VIEWER]["turned"]
    place().page, place().sharp = asked["page"], asked["sharp"]
    st.rerun("compare-sheets")


@guard.callback
def _go(hash: str | None) -> None:
    if hash:
        _write_address(hash)
        place().open(desk.get_store().row(hash))
        st.rerun()


def _write_address(hash: str) -> None:
    others = {key: value for key, value in st.query_params.items() if key not in ("document", "page", "field")}
    st.query_params.from_dict({**others, "document": hash})


if __name__ == "__main__":
    guard.run(show, holds=True)
