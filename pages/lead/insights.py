"""Insights: what the stored runs cost, how long they took, what failed, and which model is worth it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import streamlit as st

from extractor.core.errors import N_, StoreError
from extractor.quality import run_statistics
from extractor.quality.run_statistics import Result
from pages.components import accuracy_panel, charts, choice, desk, guard, models, ui
from pages.components.i18n import _, explain, language, local

PERIODS = {7: N_("7 days"), 30: N_("30 days"), 90: N_("90 days"), 0: N_("All")}
DEAREST = 15


def show() -> None:
    ui.heading(_("Insights"))
    _runs()
    accuracy_panel.show()


def _runs() -> None:
    now = datetime.now(UTC)
    days = choice.segmented(
        _("Period"),
        list(PERIODS),
        start=30,
        name=lambda days: _(PERIODS[days]),
        key="insights_period",
        label_visibility="collapsed",
    )
    rows: Sequence[Result] = desk.get_store().results(since=now - timedelta(days=days) if days else None)
    if not rows:
        st.info(_("No run is stored for this period. Numbers appear here as soon as documents are extracted."))
        st.page_link(ui.EXTRACT, label=_("Extract"), query_params={"lang": language()})
        return
    _totals(rows)
    _costs(rows)
    _bill(rows, now)
    _latency(rows)
    _failures(rows)


def _totals(rows: Sequence[Result]) -> None:
    totals = run_statistics.totals(rows)
    metrics = [
        (_("Results"), f"{totals.results:,}", _("A result is one document read by one model.")),
        (_("Documents"), f"{totals.documents:,}", ""),
        (_("Known cost"), models.money(totals.usd), ""),
        (
            _("Cost unknown"),
            f"{totals.unknown:,}",
            _("Results for which neither provider nor price list tells a cost."),
        ),
        (_("Failed"), f"{totals.failed:,}", ""),
        (_("Fallbacks"), f"{totals.fallbacks:,}", _("Results that another model gave after the first one failed.")),
    ]
    with st.container(horizontal=True, key="insights-totals", gap="large"):
        for label, value, about in metrics:
            st.metric(label, value, help=about or None, width="content")


def _costs(rows: Sequence[Result]) -> None:
    left, right = st.columns(2)
    with left:
        costs = run_statistics.costs(rows, "model")
        charts.chart(
            _("Cost by model"),
            _("Sum of the known costs of all results of the period, in USD; of a fallback, each model its own part."),
            charts.bars([models.title(cost.group) for cost in costs], [cost.usd for cost in costs], across=True),
            costs,
            "cost_by_model",
            _no_cost(),
        )
    with right:
        costs = run_statistics.costs(rows, "day", local(datetime.now(UTC)).tzinfo)
        charts.chart(
            _("Cost by day"),
            _("Sum of the known costs a day, in USD, days of your time zone."),
            charts.bars([cost.group for cost in costs], [cost.usd for cost in costs]),
            costs,
            "cost_by_day",
            _no_cost(),
        )


def _bill(rows: Sequence[Result], now: datetime) -> None:
    left, right = st.columns(2)
    with left:
        costs = run_statistics.costs(rows, "document")
        names = {cost.group: _name(cost.group) for cost in costs[:DEAREST]}
        dearest = [cost for cost in costs[:DEAREST] if cost.usd]
        charts.chart(
            _("Dearest documents"),
            _("Sum of the known costs of all results of a document, in USD; at most {count}.").format(count=DEAREST),
            charts.bars([names[cost.group] for cost in dearest], [cost.usd for cost in dearest], across=True),
            dearest,
            "cost_by_document",
            _("No document has cost anything in this period."),
            names,
        )
    with right, st.container(key="insights-bill"):
        volume = st.number_input(
            _("Documents a month"),
            min_value=1,
            max_value=10_000_000,
            value=max(run_statistics.volume(rows, now), 1),
            key="insights_volume",
            help=_("To begin with: the documents that were extracted in the last 30 days."),
        )
        bills = run_statistics.monthly(rows, int(volume))
        charts.chart(
            _("Projected monthly bill"),
            _("Mean known cost of a document with each model × {count} documents, in USD.").format(count=f"{volume:,}"),
            charts.bars([models.title(bill.model) for bill in bills], [bill.usd for bill in bills], across=True),
            bills,
            "monthly_bill",
            _("No model has finished a document in this period."),
        )


def _latency(rows: Sequence[Result]) -> None:
    points, latencies = run_statistics.points(rows), run_statistics.latencies(rows)
    nothing = _("No model has finished a document in this period.")
    left, right = st.columns(2)
    with left:
        charts.chart(
            _("Time a document"),
            " · ".join(
                _("{model}: p50 {p50}, p95 {p95}").format(
                    model=models.title(item.model), p50=models.seconds(item.p50), p95=models.seconds(item.p95)
                )
                for item in latencies
            )
            or _("Seconds from request to result; failures are left out."),
            charts.distribution(points),
            latencies,
            "latency",
            nothing,
        )
    with right:
        by = choice.segmented(
            _("By"),
            ["pages", "tokens"],
            name=lambda key: _("by pages") if key == "pages" else _("by tokens"),
            key="insights_size",
            label_visibility="collapsed",
        )
        charts.chart(
            _("Time against size"),
            _("Seconds of every result that succeeded, by pages or by tokens of the document."),
            charts.scatter(points, by),
            points,
            "latency_by_size",
            _("No result of this period says how many tokens it took.") if by == "tokens" else nothing,
            {point.document: _name(point.document) for point in points[:500]},
        )


def _failures(rows: Sequence[Result]) -> None:
    left, right = st.columns(2)
    with left:
        failures = run_statistics.failures(rows)
        charts.chart(
            _("Failures and fallbacks"),
            _("How often each model was asked, counting every attempt, and what came of it."),
            charts.outcomes(failures),
            failures,
            "failures",
            _("Nothing was asked in this period."),
        )
        why = run_statistics.reasons(rows)
        if why:
            st.dataframe(
                [
                    {
                        _("Model"): models.title(item.model),
                        _("Reason"): explain(item.reason),
                        _("Times"): item.times,
                    }
                    for item in why
                ],
                hide_index=True,
                height="content" if len(why) < 8 else 300,
                key="insights-reasons",
            )
    with right:
        found_trades = run_statistics.trades(rows)
        charts.chart(
            _("Cost against time"),
            _("Mean known cost and median time of a document, one dot a model; larger dots stand for more documents."),
            charts.trade(found_trades),
            found_trades,
            "cost_against_time",
            _("No model of this period has a known cost."),
        )


def _no_cost() -> str:
    return _("No result of this period has a known cost.")


def _name(hash: str) -> str:
    try:
        return desk.get_store().row(hash).name
    except StoreError:  # Deleted since.
        return hash[:12]


if __name__ == "__main__":
    guard.run(show)
