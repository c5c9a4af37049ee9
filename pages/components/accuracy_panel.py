"""Accuracy by approved documents: models, their worth for the money, their worst fields and layouts."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from extractor.quality import accuracy
from extractor.quality.accuracy import Accuracy, Measured
from pages.components import charts, choice, desk, models, ui
from pages.components.i18n import _, language

WORST = 12


def show() -> None:
    """The section, or what is missing for it."""
    store = desk.get_store()
    st.subheader(_("Accuracy"), anchor=False, divider="gray")
    approved = store.approved_by_type()
    if not approved:
        st.info(_("Accuracy is measured against approved documents. Approve some in Review, and it appears here."))
        return
    measured = _measured(store.last_change())
    if not measured.models:
        st.info(_("No approved document was extracted by a model."))
        return
    count = max(figure.documents for figure in measured.models)
    st.caption(
        _(
            "The last result of each model against what people approved, {count} documents. Approved values are taken "
            "for right: a model whose proposals are approved unread looks better than it is."
        ).format(count=f"{count:,}")
    )
    left, right = st.columns(2)
    with left:
        about = " · ".join(
            _("{model}: {count} documents").format(model=models.title(figure.model), count=figure.documents)
            for figure in measured.models
        )
        charts.chart(
            _("F1 by model"), about, charts.accuracy(measured.models), measured.models, "accuracy_by_model", ""
        )
    with right:
        charts.chart(
            _("Accuracy for the money"),
            _("F1 against the mean known cost of a document, larger dots are slower; green ones are beaten by none."),
            charts.worth(measured.worth),
            measured.worth,
            "accuracy_cost_time",
            _("No model of this period has a known cost."),
        )
    _worst(measured)


@st.cache_data(max_entries=4, show_spinner=False)
def _measured(last_change: str) -> Measured:
    """`last_change` is there so that a change of the store makes the figures anew."""
    return accuracy.measure(desk.get_store().approved_results())


def _worst(measured: Measured) -> None:
    model = measured.models[0].model
    if len(measured.models) > 1:
        model = choice.segmented(
            _("Model"),
            [figure.model for figure in measured.models],
            name=models.title,
            key="accuracy_model",
        )
    left, right = st.columns(2)
    with left:
        _table(
            _("Types and worst fields"),
            _named(measured.types, model) + _named(measured.fields, model)[:WORST],
            "fields",
        )
    with right:
        layouts = [(figure.group, figure) for figure in measured.layouts if figure.model == model][:WORST]
        _table(_("Worst layouts, by the first words of the document"), layouts, "layouts")


def _named(groups: Sequence[Accuracy], model: str) -> list[tuple[str, Accuracy]]:
    return [(_title(figure.group), figure) for figure in groups if figure.model == model]


def _title(group: str) -> str:
    """The name of a type, or of a field with its type."""
    types = desk.get_types()
    key, _slash, path = group.partition("/")
    name = ui.type_name(key, types)
    if not path:
        return name
    try:
        title = types[key].field_at(path).title(language())
    except KeyError:
        title = path
    return f"{name} · {title}"


def _table(title: str, rows: Sequence[tuple[str, Accuracy]], name: str) -> None:
    with st.container(border=True, key=f"accuracy-{name}"):
        st.markdown(f"**{title}**")
        if not rows:
            st.caption(_("Too few values yet."))
            return
        st.dataframe(
            [
                {
                    _("Group"): label,
                    "F1": figure.f1,
                    _("Right"): figure.right,
                    _("Extra"): figure.extra,
                    _("Missed"): figure.missed,
                }
                for label, figure in rows
            ],
            hide_index=True,
            height="content" if len(rows) < 14 else 500,
            key=f"accuracy-rows-{name}",
            column_config={"F1": st.column_config.ProgressColumn(format="%.3f", min_value=0, max_value=1)},
        )
