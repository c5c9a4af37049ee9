"""Which models read the documents, and what that will cost: the middle of the Extract page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING

import streamlit as st

from extractor.core.document_types import DocumentType
from extractor.core.errors import N_
from extractor.core.model_keys import BUILTIN, HYBRID
from extractor.store import DocumentRow, Store
from pages.components import choice, desk, models, ui
from pages.components.i18n import _

if TYPE_CHECKING:
    from extractor.desk.forecast import Forecast
    from extractor.extractors.base import ModelInfo

SAMPLED = 12
CHECKED = 400
"""Up to so many documents are looked up for a stored result before a run."""
STRATEGIES = {
    "each": (N_("Each chosen model"), N_("Every model reads every document; compare the results afterwards.")),
    "hybrid": (
        N_("Hybrid"),
        N_("First a model on this machine; a cloud model only where that fails, leaves fields empty or is in doubt."),
    ),
}
STYLE = ui.HERE / "models.css"


def choose() -> tuple[list[str], Mapping[str, ModelInfo]]:
    """The keys of the models to use, and all models."""
    st.html(STYLE)
    known = models.known()
    strategy = choice.segmented(
        _("Strategy"),
        list(STRATEGIES),
        name=lambda key: _(STRATEGIES[key][0]),
        key="extract_strategy",
    )
    st.caption(_(STRATEGIES[strategy][1]))
    if strategy == "hybrid":
        info = known.get(HYBRID)
        if info is not None and not info.available:
            st.warning(models.reason(info))
            return [], known
        return [HYBRID], known
    ready = [key for key in models.ready(known) if key != HYBRID]
    # No pills: Ctrl+Enter would turn off the one that was just chosen instead of starting.
    st.markdown(_("Models"))
    with st.container(horizontal=True, key="extract-models"):
        chosen = [key for key in ready if _wanted(known[key], key == ready[0])]
    _unavailable(known)
    return chosen, known


def _wanted(info: ModelInfo, at_first: bool) -> bool:
    about = [models.place(info), _("USD per million tokens, in / out") + ": " + models.price(info)]
    return st.checkbox(
        models.title(info.key),
        value=at_first,
        key=f"use-{info.key}",
        persist_state="session",
        help=ui.plain(" · ".join(about)),
        width="content",
    )


def _unavailable(known: Mapping[str, ModelInfo]) -> None:
    """The models that cannot be used now, each with the reason."""
    missing = [info for info in known.values() if not info.available]
    if not missing:
        return
    with st.expander(_("{count} models are not available").format(count=len(missing)), key="extract-unavailable"):
        lines = "".join(
            f"<tr><td><b>{escape(models.title(info.key))}</b></td><td>{escape(models.place(info))}</td>"
            f"<td>{escape(models.reason(info))}</td></tr>"
            for info in missing
        )
        st.html(f'<table class="models missing"><tbody>{lines}</tbody></table>')
        st.page_link(ui.MODELS, label=_("Models and keys"))


def estimate(
    chosen: Sequence[DocumentRow], picked: Sequence[str], known: Mapping[str, ModelInfo], again: bool
) -> list[Forecast]:
    """What the run will cost and take, shown as a table. Kept for the session until something is chosen anew."""
    key = (tuple((row.hash, row.changed_at) for row in chosen), tuple(picked), again)
    if st.session_state.get("estimate_key") != key:
        st.session_state["estimate"] = _forecasts(desk.get_store(), desk.get_types(), chosen, picked, known, again)
        st.session_state["estimate_key"] = key
    parts: list[Forecast] = st.session_state["estimate"]
    _show(parts, len(chosen))
    return parts


def _forecasts(
    store: Store,
    types: Mapping[str, DocumentType],
    chosen: Sequence[DocumentRow],
    picked: Sequence[str],
    known: Mapping[str, ModelInfo],
    again: bool,
) -> list[Forecast]:
    from extractor.desk import forecast
    from extractor.desk.runs import default_workers
    from extractor.quality import run_statistics
    from extractor.settings.cloud import load_cloud

    sample = [chosen[position] for position in forecast.spread(len(chosen), SAMPLED)]
    usage, pages = forecast.usage_of(
        (store.document(row.hash), types[row.document_type]) for row in sample if row.document_type in types
    )
    pool = default_workers()
    medians = {item.model: item.p50 for item in run_statistics.latencies(store.results())}
    parts = []
    for model in picked:
        left = chosen if again or len(chosen) > CHECKED else _without_result(store, types, chosen, model)
        factor = sum(row.page_count for row in left) / pages if pages else 0.0
        info = known.get(model)
        free = info is not None and not info.is_paid
        used = forecast.scaled(usage, factor)
        seconds = medians.get(model)
        if model == HYBRID:
            asked = forecast.asked_by_hybrid(known.values(), load_cloud().cost)
            parts.append(forecast.hybrid(len(left), used, asked, seconds, pool))
        else:
            price = info.price if info else None
            parts.append(forecast.forecast(model, len(left), used, price, free, seconds, forecast.at_once(info, pool)))
    return parts


def _without_result(
    store: Store, types: Mapping[str, DocumentType], chosen: Sequence[DocumentRow], model: str
) -> list[DocumentRow]:
    from extractor.extractors.registry import prompt_version

    return [
        row
        for row in chosen
        if row.document_type not in types
        or not store.has_extraction(
            row.hash, types[row.document_type], model, prompt_version(model, types[row.document_type])
        )
    ]


def _show(parts: Sequence[Forecast], count: int) -> None:
    from extractor.desk.forecast import total

    heads = (_("Model"), _("Documents"), _("Tokens"), _("Estimated cost"), _("Estimated time"))
    lines = ""
    for part in parts:
        reads = (part.usage.input_tokens or 0) + (part.usage.output_tokens or 0)
        cells = (
            models.title(part.model),
            f"{part.documents:,}",
            "–" if part.model == BUILTIN else f"{reads:,}",
            _cost(part),
            _("unknown") if part.seconds is None else models.seconds(part.seconds),
        )
        lines += "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in cells) + "</tr>"
    head = "".join(f"<th>{escape(text)}</th>" for text in heads)
    st.html(f'<table class="estimate"><thead><tr>{head}</tr></thead><tbody>{lines}</tbody></table>')
    usd, unknown = total(parts)
    summary = _("Together about {cost}").format(cost=models.money(usd))
    if usd and any(part.at_most for part in parts):
        summary = _("At most {cost}, when the cloud is asked for every document").format(cost=models.money(usd))
    if unknown:
        names = ", ".join(map(models.title, unknown))
        summary += " " + _("and the unknown cost of {models}").format(models=names)
    notes = [summary + "."]
    if count > SAMPLED:
        notes.append(_("Tokens are counted on {sample} of {count} documents.").format(sample=SAMPLED, count=count))
    notes.append(_("Times come from earlier results of the same model."))
    st.caption(ui.plain(" ".join(notes)))
    _limit(usd)


def _cost(part: Forecast) -> str:
    if part.usd is None:
        return _("unknown")
    cost = models.money(part.usd)
    return _("at most {cost}").format(cost=cost) if part.at_most and part.usd else cost


def _limit(usd: float) -> None:
    from extractor.settings.cloud import load_cloud

    limit = load_cloud().cost.budget_limit
    if limit is not None and usd > limit:
        st.warning(
            _("This is more than the limit of {limit} a run; the run stops before it is passed.")
            .format(limit=models.money(limit))
            .replace("$", "\\$")
        )
