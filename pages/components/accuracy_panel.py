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
    found = _measured(store.last_change())
    if not found.models:
        st.info(_("No approved document was extracted by a model."))
        return
    count = max(one.documents for one in found.models)
    st.caption(
        _(
            "The last result of each model against what people approved, {count} documents. Approved values are taken "
            "for right: a model whose proposals are approved unread looks better than it is."
        ).format(count=f"{count:,}")
    )
    left, right = st.columns(2)
    with left:
        told = " · ".join(
            _("{model}: {count} documents").format(model=models.title(one.model), count=one.documents)
            for one in found.models
        )
        charts.chart(_("F1 by model"), told, charts.accuracy(found.models), found.models, "accuracy_by_model", "")
    with right:
        charts.chart(
            _("Accuracy for the money"),
            _("F1 against the mean known cost of a document, larger dots are slower; green ones are beaten by none."),
            charts.worth(found.worth),
            found.worth,
            "accuracy_cost_time",
            _("No model of this period has a known cost."),
        )
    _worst(found)


@st.cache_data(max_entries=4, show_spinner=False)
def _measured(last_change: str) -> Measured:
    """`last_change` is there so that a change of the store makes the figures anew."""
    return accuracy.measure(desk.get_store().approved_results())


def _worst(found: Measured) -> None:
    model = found.models[0].model
    if len(found.models) > 1:
        model = choice.segmented(
            _("Model"),
            [one.model for one in found.models],
            name=models.title,
            key="accuracy_model",
        )
    left, right = st.columns(2)
    with left:
        _table(_("Types and worst fields"), _named(found.types, model) + _named(found.fields, model)[:WORST], "fields")
    with right:
        layouts = [(one.group, one) for one in found.layouts if one.model == model][:WORST]
        _table(_("Worst layouts, by the first words of the document"), layouts, "layouts")


def _named(groups: Sequence[Accuracy], model: str) -> list[tuple[str, Accuracy]]:
    return [(_title(one.group), one) for one in groups if one.model == model]


def _title(group: str) -> str:
    """The name of a type, or of a field with its type."""
    types = desk.get_types()
    key, _slash, path = group.partition("/")
    name = ui.type_name(key, types)
    if not path:
        return name
    try:
        found = types[key].field_at(path).title(language())
    except KeyError:
        found = path
    return f"{name} · {found}"


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
                    "F1": one.f1,
                    _("Right"): one.right,
                    _("Extra"): one.extra,
                    _("Missed"): one.missed,
                }
                for label, one in rows
            ],
            hide_index=True,
            height="content" if len(rows) < 14 else 500,
            key=f"accuracy-rows-{name}",
            column_config={"F1": st.column_config.ProgressColumn(format="%.3f", min_value=0, max_value=1)},
        )
