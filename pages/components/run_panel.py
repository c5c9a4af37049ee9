"""A run on the screen: progress of each model, results as they come, failures and another try of just those."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from extractor.core.errors import StoreError
from extractor.core.extractions import Extraction
from extractor.core.value_path import ValuePath
from extractor.desk.run_progress import Item, Progress, Reading
from extractor.quality.comparison import text_of
from pages.components import desk, guard, models, ui
from pages.components.i18n import _, explain, language
from pages.components.table import Column, Line, meter, table

SHOWN = 50
SHOWN_REASONS = 3


def follow(run_id: str) -> None:
    """A run: polled while it works, drawn once when it has finished. The address names it, so reload shows it."""
    try:
        finished = desk.get_runs().progress(run_id).finished
    except StoreError as error:
        st.info(explain(error))
        st.button(_("New extraction"), type="primary", on_click=_leave, key="leave")
        return
    st.fragment(_watch, run_every=None if finished else 0.5)(run_id, finished)


def _watch(run_id: str, was_finished: bool) -> None:
    """Draw the run as it is now. Only reads."""
    if st.query_params.get("run") != run_id:
        st.rerun()  # A button in here led on to another run, or away from this one.
    with guard.failures():
        progress = desk.get_runs().progress(run_id)
        if progress.finished and not was_finished:
            st.rerun()  # The whole page, so that polling ends.
        _draw(run_id, progress)


def _draw(run_id: str, progress: Progress) -> None:
    over = progress.done + progress.failed + progress.skipped
    left = f" · {_time_left(progress.seconds_left)}" if progress.seconds_left and not progress.finished else ""
    st.progress(over / progress.total if progress.total else 1.0, _headline(progress) + left)
    failed = [item for item in progress.items if item.error]
    read = {item.model for item in progress.items if not item.error}
    with st.container(horizontal=True, vertical_alignment="center", key="run-actions"):
        if not progress.finished:
            st.button(_("Cancel"), on_click=_cancel, args=(run_id,), disabled=progress.cancelled, key="cancel_run")
        else:
            if st.button(_("Review next"), type="primary", shortcut="Ctrl+Enter", key="review_next"):
                ui.open_review_or_documents(desk.hold_next())
            if len(read) > 1 and st.button(_("Compare"), key="to_compare"):
                first = next(item.hash for item in reversed(progress.items) if not item.error)
                st.switch_page(ui.COMPARE, query_params={"document": first})
            if failed:
                label = _("Try {count} failed again").format(count=len(failed))
                st.button(label, on_click=_retry, args=(run_id, failed), key="retry_failed")
            st.button(_("New extraction"), on_click=_leave, key="leave")
    totals = [
        (_("Extracted"), progress.done),
        (_("Failed"), progress.failed),
        (_("Had a result already"), progress.skipped),
    ]
    counts = " · ".join(f"{label} **{count}**" for label, count in totals if count or label == totals[0][0])
    st.caption(f"{counts} · {ui.plain(_spent(progress))}")
    _by_model(progress)
    for why, count in progress.fallbacks[:SHOWN_REASONS]:
        said = _("{count} have the local result, no cloud model's: {reason}").format(count=count, reason=explain(why))
        st.caption(ui.plain(said))
    for reading in progress.reading:
        _decided(reading)
    _results(run_id, progress.items)


def _spent(progress: Progress) -> str:
    """What the run has cost so far."""
    text = _("spent {cost}").format(cost=models.money(progress.cost_usd))
    if progress.cost_failed_usd:
        text += ", " + _("{cost} of it on answers that failed").format(cost=models.money(progress.cost_failed_usd))
    if progress.cost_unknown:
        text += ", " + _("and the unknown cost of {count} results").format(count=progress.cost_unknown)
    return text


def _by_model(progress: Progress) -> None:
    """How far each model is, where there are several."""
    if len(progress.models) < 2:
        return
    lines = []
    for model, counts in progress.models.items():
        text = _("{over} of {total}").format(over=counts.total(), total=progress.documents)
        if counts["failed"]:
            text += ", " + _("{count} failed").format(count=counts["failed"])
        lines.append(f"**{ui.plain(models.title(model))}**: {text}")
    st.caption(" · ".join(lines))


def _decided(reading: Reading) -> None:
    """The fields of a document that is still being read, as they are decided, each with its place."""
    document_type = desk.get_types().get(reading.document_type)
    if document_type is None:
        return
    with st.container(border=True, gap="xsmall", key=f"decided-{reading.model}-{reading.hash[:12]}"):
        about = _("{count} values decided").format(count=len(reading.fields))
        st.markdown(f"**{ui.plain(reading.name)}** · {ui.plain(models.title(reading.model))} · {about}")
        for path, value in reading.fields.items():
            title = ui.plain(ValuePath.parse(path).title(document_type, language(), " · "))
            if value.value is None:
                st.caption(f"{title}: {_('not stated')}")
                continue
            is_number = isinstance(value.value, int | float) and not isinstance(value.value, bool)
            shown = f"{value.value:,}".removesuffix(".0") if is_number else text_of(value.value)
            places = [_("p. {page}").format(page=evidence.page) for evidence in value.evidence[:1]]
            sure = [f"{value.confidence:.0%}"] if value.confidence is not None else []
            st.markdown(" · ".join([f"{title}: **{ui.plain(shown)}**", *places, *sure]))


@guard.callback
def _cancel(run_id: str) -> None:
    desk.get_runs().cancel(run_id)


@guard.callback
def _retry(run_id: str, failed: list[Item]) -> None:
    """A new run of just the pairs that failed: what has a result is left alone. It has no budget of its own."""
    hashes, wanted = [item.hash for item in failed], [item.model for item in failed]
    st.query_params["run"] = desk.get_runs().start(hashes, wanted, keys=models.keys(), after=run_id)


def _headline(progress: Progress) -> str:
    over = progress.done + progress.failed + progress.skipped
    if progress.cancelled:
        text = _("Cancelled after {over} of {total}").format(over=over, total=progress.total)
        if progress.at_work:
            waiting = _("{count} answers that were asked for already are still coming in and will be kept")
            text += " · " + waiting.format(count=progress.at_work)
        return text
    if progress.finished:
        template = _("Finished: {documents} documents, {models} models")
        if len(progress.models) == 1:
            template = _("Finished: {documents} documents")
        return template.format(documents=progress.documents, models=len(progress.models))
    text = _("{over} of {total}").format(over=over, total=progress.total)
    if progress.elsewhere:
        # Said only of what others do; what is at work here is in the counts.
        text += " · " + _("{count} are read by another run just now").format(count=progress.elsewhere)
    if progress.limited:
        text += " · " + _("{count} wait until their provider takes more calls").format(count=progress.limited)
    return text


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
        Column("model", _("Model"), width="14%"),
        Column("type", _("Type"), width="15%"),
        Column("found", _("Fields found"), width="7.5rem"),
        Column("confidence", _("Confidence"), "meter", width="9.5rem"),
        Column("time", _("Time"), "number", width="5.5rem"),
        Column("cost", _("Cost"), "number", width="6.5rem"),
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
                    "model": models.title(item.model),
                    "type": ui.type_name(result.document_type, types),
                    "found": f"{result.filled} / {result.fields}" if result.fields else "",
                    "confidence": meter(result.confidence),
                    "time": models.seconds(item.seconds),
                    "cost": models.money(item.cost_usd) if item.cost_usd is not None else _("unknown"),
                },
                note=explain(item.error) if item.error else result.way,
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
    filled: int = 0
    fields: int = 0
    confidence: float | None = None
    way: str = ""


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
    filled = sum(value.value is not None for value in extraction.fields.values())
    return _Result(row.document_type, filled, len(extraction.fields), extraction.confidence, _way(extraction))


def _way(extraction: Extraction) -> str:
    """The models that were asked one after the other and why each was left; empty when the first one did."""
    if all(attempt.error is None for attempt in extraction.attempts):
        return ""
    attempts = [(models.title(attempt.model), attempt.error) for attempt in extraction.attempts]
    return " → ".join(f"{title} ({explain(error)})" if error else title for title, error in attempts)


@guard.callback
def _leave() -> None:
    st.query_params.pop("run", None)
