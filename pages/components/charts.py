"""Charts of the Insights page: each says what it counts, gives its data away, or says why it is empty."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import streamlit as st

from extractor.quality import run_statistics
from pages.components import models
from pages.components.i18n import _

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

    from extractor.quality.accuracy import Accuracy, Worth

COLORS = ("#1f77b4", "#d55e00", "#2a9d5c", "#8e5bb5", "#b8860b", "#c0392b", "#17a2a2", "#6b7280")
"""Told apart by most eyes; what they stand for is always written beside them as well."""
HEIGHT = 300
CONFIG = {"displayModeBar": False, "responsive": True}


def chart(
    title: str,
    about: str,
    figure: Figure | None,
    data: Sequence[Any],
    name: str,
    empty: str,
    names: Mapping[str, str] | None = None,
) -> None:
    """One chart in a frame. `data` are the dataclass rows behind it, exported as `rightsdesk_<name>.csv`.

    Without a figure `empty` says why. `names` are written for groups and documents in the export.
    """
    with st.container(border=True, key=f"chart-{name}"):
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            st.subheader(title, anchor=False, width="stretch")
            if data:
                st.download_button(
                    "CSV",
                    run_statistics.to_csv(data, names),
                    file_name=f"rightsdesk_{name}.csv",
                    mime="text/csv",
                    on_click="ignore",
                    key=f"csv-{name}",
                    help=_("Download the numbers of this chart"),
                )
        st.caption(about)
        if figure is None or not data:
            st.info(empty)
            return
        st.plotly_chart(figure, key=f"plot-{name}", config=CONFIG, alt=f"{title}. {about}")


def bars(labels: Sequence[str], usd: Sequence[float | None], across: bool = False) -> Figure | None:
    """Sums of money. An unknown one has no bar and says so."""
    from plotly import graph_objects as go

    if not labels:
        return None
    texts = [models.money(value) for value in usd]
    lengths = [0 if value is None else value for value in usd]
    sides: dict[str, Any] = {"x": lengths, "y": labels} if across else {"x": labels, "y": lengths}
    bar = go.Bar(
        **sides,
        text=texts,
        textposition="outside",  # also where the bar has no length
        orientation="h" if across else "v",
        marker_color=COLORS[0],
        cliponaxis=False,
        hovertemplate="%{y}: %{text}<extra></extra>" if across else "%{x}: %{text}<extra></extra>",
    )
    figure = _figure(bar, height=max(HEIGHT, 26 * len(labels) + 80) if across else HEIGHT)
    money = {"tickprefix": "$", "range": [0, max(lengths) * 1.3 or 1], "nticks": 5}
    figure.update_layout(xaxis=money, yaxis={"type": "category", "autorange": "reversed"}) if across else (
        figure.update_layout(yaxis=money, xaxis={"type": "category"})
    )
    return figure


def distribution(points: Sequence[run_statistics.Point]) -> Figure | None:
    """A box a model, with every result as a dot."""
    from plotly import graph_objects as go

    boxes = [
        go.Box(
            x=[point.seconds for point in points if point.model == model],
            name=models.title(model),
            boxpoints="all",
            jitter=0.4,
            pointpos=0,
            marker={"size": 4, "color": color},
            orientation="h",
        )
        for model, color in _colors(point.model for point in points).items()
    ]
    if not boxes:
        return None
    figure = _figure(*boxes, height=max(HEIGHT, 56 * len(boxes) + 80))
    figure.update_layout(xaxis={"title": _("seconds"), "rangemode": "tozero"}, yaxis={"autorange": "reversed"})
    return figure


def scatter(points: Sequence[run_statistics.Point], by: str) -> Figure | None:
    """Seconds against `pages` or `tokens`, a colour and a shape a model."""
    from plotly import graph_objects as go

    known = [point for point in points if getattr(point, by) is not None]
    shapes = ("circle", "square", "diamond", "cross", "x", "triangle-up", "star", "pentagon")
    traces = [
        go.Scatter(
            x=[getattr(point, by) for point in known if point.model == model],
            y=[point.seconds for point in known if point.model == model],
            mode="markers",
            name=models.title(model),
            marker={"color": color, "symbol": shapes[number % len(shapes)], "size": 8, "opacity": 0.75},
        )
        for number, (model, color) in enumerate(_colors(point.model for point in known).items())
    ]
    if not traces:
        return None
    figure = _figure(*traces, legend=True)
    title = {"pages": _("pages"), "tokens": _("tokens, input and output")}[by]
    figure.update_layout(xaxis={"title": title}, yaxis={"title": _("seconds"), "rangemode": "tozero"})
    return figure


def outcomes(rows: Sequence[run_statistics.Failures]) -> Figure | None:
    """Tries of each model: what succeeded, what failed and was replaced, what failed for good."""
    from plotly import graph_objects as go

    if not rows:
        return None
    labels = [models.title(row.model) for row in rows]
    parts = [
        (_("Succeeded"), [row.tried - row.failed for row in rows], COLORS[2], ""),
        (_("Failed, another model stepped in"), [row.replaced for row in rows], COLORS[4], "/"),
        (_("Failed"), [row.failed - row.replaced for row in rows], COLORS[5], "x"),
    ]
    traces = [
        go.Bar(
            y=labels,
            x=values,
            name=name,
            orientation="h",
            marker={"color": color, "pattern": {"shape": shape}},
            text=[value or "" for value in values],
        )
        for name, values, color, shape in parts
    ]
    figure = _figure(*traces, height=max(HEIGHT, 32 * len(labels) + 110), legend=True)
    figure.update_layout(barmode="stack", yaxis={"type": "category", "autorange": "reversed"})
    return figure


def trade(rows: Sequence[run_statistics.Trade]) -> Figure | None:
    """Cost of a document against its time, a labelled dot a model whose cost is known."""
    from plotly import graph_objects as go

    known = [row for row in rows if row.usd_per_document is not None]
    if not known:
        return None
    dots = go.Scatter(
        x=[row.p50 for row in known],
        y=[row.usd_per_document for row in known],
        text=[models.title(row.model) for row in known],
        mode="markers+text",
        textposition=[("top center", "bottom center")[number % 2] for number in range(len(known))],
        cliponaxis=False,
        marker={"size": [min(10 + row.documents**0.5, 28) for row in known], "color": COLORS[0], "opacity": 0.8},
        hovertemplate="%{text}: %{x:.3g} s, $%{y:.4g}<extra></extra>",
    )
    figure = _figure(dots)
    figure.update_layout(
        xaxis={"title": _("seconds a document (median)"), "rangemode": "tozero"},
        yaxis={"title": _("USD a document"), "tickprefix": "$", "rangemode": "tozero"},
    )
    return figure


def accuracy(rows: Sequence[Accuracy]) -> Figure | None:
    """F1 of each model, 0 to 1."""
    from plotly import graph_objects as go

    if not rows:
        return None
    bar = go.Bar(
        x=[row.f1 for row in rows],
        y=[models.title(row.model) for row in rows],
        text=[f"{row.f1:.3f}" for row in rows],
        textposition="outside",
        orientation="h",
        marker_color=COLORS[0],
        cliponaxis=False,
        hovertemplate="%{y}: %{x:.3f}<extra></extra>",
    )
    figure = _figure(bar, height=max(HEIGHT, 26 * len(rows) + 80))
    figure.update_layout(xaxis={"range": [0, 1.12]}, yaxis={"type": "category", "autorange": "reversed"})
    return figure


def worth(rows: Sequence[Worth]) -> Figure | None:
    """F1 against the cost of a document, a dot a model, larger for slower; those that none beats are joined."""
    from plotly import graph_objects as go

    known = sorted((row for row in rows if row.usd_per_document is not None), key=lambda row: row.usd_per_document or 0)
    if not known:
        return None
    best = [row for row in known if row.best]
    line = go.Scatter(
        x=[row.usd_per_document for row in best],
        y=[row.f1 for row in best],
        mode="lines",
        line={"dash": "dot", "color": COLORS[2]},
        hoverinfo="skip",
    )
    dots = go.Scatter(
        x=[row.usd_per_document for row in known],
        y=[row.f1 for row in known],
        text=[f"{models.title(row.model)} · {models.seconds(row.p50)}" for row in known],
        mode="markers+text",
        textposition=[("top center", "bottom center")[number % 2] for number in range(len(known))],
        cliponaxis=False,
        marker={
            "size": [min(12 + 6 * row.p50**0.5, 40) for row in known],
            "color": [COLORS[2] if row.best else COLORS[7] for row in known],
            "opacity": 0.8,
        },
        hovertemplate="%{text}: F1 %{y:.3f}, $%{x:.4g}<extra></extra>",
    )
    figure = _figure(line, dots)
    figure.update_layout(
        xaxis={"title": _("USD a document"), "tickprefix": "$", "rangemode": "tozero"},
        yaxis={"title": "F1", "range": [0, 1.1]},
    )
    return figure


def _colors(keys: Any) -> dict[str, str]:
    return {model: COLORS[number % len(COLORS)] for number, model in enumerate(sorted(set(keys)))}


def _figure(*traces: Any, height: int = HEIGHT, legend: bool = False) -> Figure:
    from plotly import graph_objects as go

    figure = go.Figure(list(traces))
    figure.update_layout(
        height=height,
        margin={"l": 8, "r": 24, "t": 24 if legend else 4, "b": 8},
        showlegend=legend,
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0},
        bargap=0.35,
    )
    figure.update_xaxes(automargin=True)
    figure.update_yaxes(automargin=True)
    return figure
