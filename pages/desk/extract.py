"""Extraction of many documents: choose, start, watch the results come in, go on to Review."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import streamlit as st

from extractor import available_models
from extractor.document_types import DocumentType
from extractor.errors import N_, StoreError
from extractor.runs import Item, Progress
from extractor.store import STATES, DocumentRow, State, Store
from pages.components import desk, guard, ui
from pages.components.i18n import _, explain, language
from pages.components.table import Column, Line, badge, meter, table

SHOWN = 50
PREVIEWED = 10
MODELS = {"builtin": (N_("Built-in rules"), N_("On this machine, without a model. Free."))}
"""What people see of an extractor: its name and what using it means. Others show their key."""


def show() -> None:
    ui.heading(_("Extract"))
    run_id = st.query_params.get("run")
    if run_id:
        _follow(run_id)
    else:
        _choose(desk.get_store(), desk.get_types())


def _choose(store: Store, types: Mapping[str, DocumentType]) -> None:
    """Which documents, which extractors, start."""
    chosen = _given(store) or _filtered(store, types)
    models = _models()
    again = st.checkbox(
        _("Also extract again what has a result"),
        help=_("What people set by hand stays as it is."),
        key="extract_again",
    )
    pressed = st.button(
        _("Extract {count} documents").format(count=len(chosen)),
        type="primary",
        shortcut="Ctrl+Enter",
        disabled=not (chosen and models),
        key="start",
    )
    if pressed:
        st.query_params["run"] = desk.get_runs().start(chosen, models, again)
        st.query_params.pop("document", None)
        st.rerun()
    if chosen:
        _preview(store, types, chosen)
    else:
        _nothing_chosen(store)


def _given(store: Store) -> list[str]:
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
    return [row.hash for row in rows]


def _forget_given() -> None:
    st.query_params.pop("document", None)


def _filtered(store: Store, types: Mapping[str, DocumentType]) -> list[str]:
    """The documents of the chosen states and types."""
    counts = store.count_by_state()
    state_column, type_column = st.columns([3, 2])
    states: list[State] = state_column.pills(
        _("Documents in state"),
        STATES,
        selection_mode="multi",
        default=["new"],
        format_func=lambda state: f"{ui.state_name(state)}  {counts[state]}",
        key="extract_states",
    )
    wanted = type_column.multiselect(
        _("Types"),
        list(types),
        format_func=lambda key: types[key].title(language()),
        placeholder=_("All types"),
        key="extract_types",
    )
    if not states:
        return []
    found = store.count(states=states, types=wanted)
    return [row.hash for row in store.find(states=states, types=wanted, limit=found)]


def _models() -> list[str]:
    """The extractors to use. With only one there is nothing to choose; it is named."""
    models = list(available_models())
    if len(models) == 1:
        name, about = MODELS.get(models[0], (models[0], ""))
        st.caption(_("Extractor: **{name}** · {about}").format(name=_(name), about=_(about)))
        return models
    return st.pills(
        _("Extractors"),
        models,
        selection_mode="multi",
        default=models[:1],
        format_func=lambda model: _(MODELS.get(model, (model, ""))[0]),
        key="extract_models",
    )


def _preview(store: Store, types: Mapping[str, DocumentType], chosen: list[str]) -> None:
    """The first of the chosen documents."""
    columns = [
        Column("name", _("Document"), "link"),
        Column("type", _("Type"), width="25%"),
        Column("pages", _("Pages"), "number", width="5rem", unit=_("p.")),
        Column("state", _("State"), "badge", width="8rem"),
    ]
    lines = []
    for row in map(store.row, chosen[:PREVIEWED]):
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
        ui.open_review_or_documents(store.next_document())


def _follow(run_id: str) -> None:
    """A run: polled while it works, drawn once when it has finished. The address names it, so reload shows it."""
    try:
        finished = desk.get_runs().progress(run_id).finished
    except StoreError as error:
        st.info(explain(error))
        st.button(_("New extraction"), type="primary", on_click=_leave, key="leave")
        return
    st.fragment(_watch, run_every=None if finished else 1)(run_id, finished)


def _watch(run_id: str, was_finished: bool) -> None:
    """Draw the run as it is now. Only reads."""
    with guard.failures():
        progress = desk.get_runs().progress(run_id)
        if progress.finished and not was_finished:
            st.rerun()  # The whole page, so that polling ends.
        _draw(run_id, progress)


def _draw(run_id: str, progress: Progress) -> None:
    over = progress.done + progress.failed + progress.skipped
    left = f" · {_time_left(progress.seconds_left)}" if progress.seconds_left and not progress.finished else ""
    st.progress(over / progress.total if progress.total else 1.0, _headline(progress) + left)
    with st.container(horizontal=True, vertical_alignment="center", key="run-actions"):
        if not progress.finished:
            st.button(_("Cancel"), on_click=desk.get_runs().cancel, args=(run_id,), disabled=progress.cancelled)
        else:
            if st.button(_("Review next"), type="primary", shortcut="Ctrl+Enter", key="review_next"):
                ui.open_review_or_documents(desk.get_store().next_document())
            st.button(_("New extraction"), on_click=_leave, key="leave")
    told = [
        (_("Extracted"), progress.done),
        (_("Failed"), progress.failed),
        (_("Had a result already"), progress.skipped),
    ]
    st.caption(" · ".join(f"{label} **{count}**" for label, count in told if count or label == told[0][0]))
    _results(run_id, progress.items)


def _headline(progress: Progress) -> str:
    over = progress.done + progress.failed + progress.skipped
    if progress.cancelled:
        return _("Cancelled after {over} of {total} documents").format(over=over, total=progress.total)
    if progress.finished:
        return _("Finished: {total} documents").format(total=progress.total)
    return _("{over} of {total} documents").format(over=over, total=progress.total)


def _time_left(seconds: float) -> str:
    if seconds < 90:
        return _("about {count} s left").format(count=max(round(seconds), 1))
    return _("about {count} min left").format(count=round(seconds / 60))


def _results(run_id: str, items: tuple[Item, ...]) -> None:
    if not items:
        return
    types = desk.get_types()
    columns = [
        Column("name", _("Document"), "link"),
        Column("type", _("Type"), width="19%"),
        Column("found", _("Fields found"), width="7.5rem"),
        Column("confidence", _("Confidence"), "meter", width="9.5rem"),
        Column("time", _("Time"), "number", width="6rem"),
    ]
    lines = []
    for item in items[:SHOWN]:
        result = _result(item)
        lines.append(
            Line(
                id=f"{item.hash}/{item.model}",
                document=item.hash,
                name=item.name,
                cells={
                    "name": item.name,
                    "type": ui.type_name(result.document_type, types),
                    "found": f"{result.found} / {result.fields}" if result.fields else "",
                    "confidence": meter(result.confidence),
                    "time": f"{item.seconds * 1000:,.0f} ms",
                },
                note=explain(item.error) if item.error else "",
                failed=bool(item.error),
            )
        )
    opened = table(columns, lines, key=f"results_{run_id}")[1]
    if opened:
        ui.open_review(opened.partition("/")[0])
    if len(items) > SHOWN:
        st.caption(_("The newest {count} results are shown. All of them are stored.").format(count=SHOWN))


@dataclass(frozen=True)
class _Result:
    """What the table says of a finished pair."""

    document_type: str
    found: int = 0
    fields: int = 0
    confidence: float | None = None


def _result(item: Item) -> _Result:
    """What was found in one document; kept for the session, so that polling does not read it again."""
    kept: dict[tuple[str, str, float], _Result] = st.session_state.setdefault("extract_results", {})
    key = (item.hash, item.model, item.seconds)
    if key not in kept:
        kept[key] = _read_result(item)
    return kept[key]


def _read_result(item: Item) -> _Result:
    store, types = desk.get_store(), desk.get_types()
    try:
        row = store.row(item.hash)
    except StoreError:  # Deleted since.
        return _Result("")
    document_type = types.get(row.document_type)
    extraction = store.extraction(item.hash, document_type, item.model) if document_type else None
    if item.error or extraction is None:
        return _Result(row.document_type)
    found = sum(value.value is not None for value in extraction.fields.values())
    return _Result(row.document_type, found, len(extraction.fields), extraction.confidence)


def _leave() -> None:
    st.query_params.pop("run", None)


if __name__ == "__main__":
    guard.run(show)
