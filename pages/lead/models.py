"""Models: which there are, where they run, what they cost, why one cannot be used; keys, a test, the cache."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import TYPE_CHECKING

import streamlit as st

from extractor.core.model_keys import cloud_key
from pages.components import choice, downloads_panel, guard, models, ui
from pages.components.i18n import _, explain

if TYPE_CHECKING:
    from extractor.extractors.base import ModelInfo
    from extractor.extractors.cloud.model_lists import Checked
    from extractor.settings.cloud import Provider

CHECKED = "checked_models"
MARKS = {"gone": "✕", "failed": "✕", "there": "✓", "not_asked": "–"}
STYLE = ui.HERE / "models.css"
SAMPLE = "저작물 이용허락 계약서\n\n저작물명: 은빛 강가의 노래\n권리자: 한가람\n계약일: 2026년 3월 2일\n"
SAMPLE_SCHEMA = {
    "type": "object",
    "properties": {
        "work_title": {"type": ["string", "null"], "title": "저작물명"},
        "rights_holder": {"type": ["string", "null"], "title": "권리자"},
        "signature_date": {"type": ["string", "null"], "format": "date", "title": "계약일"},
    },
}


def show() -> None:
    st.html(STYLE)
    ui.heading(_("Models"))
    known = models.known()
    _table(known)
    _check()
    _test(known)
    _keys()
    downloads_panel.show()


def _table(known: Mapping[str, ModelInfo]) -> None:
    """Every model, those that can be used first in each group."""
    heads = (_("Model"), _("Provider"), _("State"), _("USD per million tokens, in / out"), _("Context"))
    groups = ((_("On this machine"), ("builtin", "local")), (_("Cloud"), ("cloud",)), (_("Both"), ("hybrid",)))
    lines = []
    for title, kinds in groups:
        here = sorted((info for info in known.values() if info.type in kinds), key=lambda info: not info.available)
        if here:
            lines.append(f'<tr class="group"><th colspan="{len(heads)}">{escape(title)}</th></tr>')
            lines += [_line(info) for info in here]
    head = "".join(f"<th>{escape(text)}</th>" for text in heads)
    st.html(f'<table class="models"><thead><tr>{head}</tr></thead><tbody>{"".join(lines)}</tbody></table>')


def _line(info: ModelInfo) -> str:
    state = f'<span class="yes">✓ {escape(_("Available"))}</span>'
    if not info.available:
        why = escape(models.reason(info))
        state = f'<span class="no">✕ {escape(_("Not available"))}</span><div class="why">{why}</div>'
    if info.note:
        state += f'<div class="why">{escape(explain(info.note))}</div>'
    context = _("{count} tokens").format(count=f"{info.context:,}") if info.context else ""
    cells = (
        f'<b>{escape(models.title(info.key))}</b><div class="id">{escape(info.key)}</div>',
        f'{escape(models.place(info))}<div class="id">{escape(info.model_id or "")}</div>',
        state,
        escape(models.price(info)),
        escape(context),
    )
    return "<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>"


def _check() -> None:
    """Ask the providers which of the file's models they still have. The answer stays until the next one."""
    with st.container(horizontal=True, vertical_alignment="center"):
        pressed = st.button(_("Check the models"), key="check_models")
        st.caption(_("Asks each provider with a key for its list of models. It costs nothing."))
    if pressed:
        _ask_providers()
    checked: list[Checked] | None = st.session_state.get(CHECKED)
    if checked is None:
        return
    names = {"gone": _("gone"), "failed": _("no answer"), "there": _("there"), "not_asked": _("not asked")}
    for state, name in names.items():
        here = [model for model in checked if model.state == state]
        # All of a provider fail for one reason, and so are those not asked: one line for them.
        for said in dict.fromkeys(model.said for model in here):
            titles = ", ".join(models.title(cloud_key(model.key)) for model in here if model.said == said)
            why = f" · {ui.plain(explain(said))}" if said else ""
            st.markdown(f"{MARKS[state]} {ui.plain(name)}: **{ui.plain(titles)}**{why}")


def _ask_providers() -> None:
    from extractor.extractors.cloud.model_lists import check
    from extractor.settings.cloud import load_cloud

    with guard.failures(), st.spinner(_("Asking the providers …")):
        st.session_state[CHECKED] = check(load_cloud(), models.keys())


def _test(known: Mapping[str, ModelInfo]) -> None:
    """A small extraction with one model, to see that it answers and how long it takes."""
    st.subheader(_("Test call"), anchor=False)
    ready = models.ready(known)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        key = choice.select(_("Model"), ready, name=models.title, key="test_model", width=340)
        pressed = st.button(_("Test"), key="test_call", disabled=not key)
    st.caption(_test_cost(known[key]) if key else _("No model is available."))
    if pressed and key:
        _call(key)


def _test_cost(info: ModelInfo) -> str:
    from extractor.core.document_types import as_document_type
    from extractor.extractors.estimates import estimate

    about = _("Extracts three fields from an invented contract of three lines.")
    if not info.is_paid:
        return about
    usd = estimate(SAMPLE, as_document_type(SAMPLE_SCHEMA), info.price)
    return f"{about} " + _("Estimated cost: {cost}.").format(
        cost=models.money(usd) if usd is not None else _("unknown")
    )


def _call(key: str) -> None:
    from extractor.extractors.registry import create_extractor

    with guard.failures():
        with st.spinner(_("Waiting for {model} …").format(model=models.title(key))):
            result = create_extractor(key, keys=models.keys()).extract_metadata(SAMPLE, SAMPLE_SCHEMA, "계약서")
        facts = [
            models.seconds(result.processing_time),
            models.tokens(key, result.usage),
            models.money(result.cost_usd),
        ]
        if result.error:
            st.error(f"{ui.plain(models.title(key))} · {facts[0]} · {ui.plain(explain(result.error))}")
            return
        values = ", ".join(str(value) for value in result.metadata.values() if value is not None)
        st.success(f"**{ui.plain(models.title(key))}** · {ui.plain(' · '.join(facts))}\n\n{ui.plain(values)}")


def _keys() -> None:
    """Where each provider's key comes from; one can be entered for this session."""
    from extractor.settings.cloud import load_cloud

    st.subheader(_("Keys"), anchor=False)
    st.caption(
        _(
            "Keys are read from the environment of the server or from its Streamlit secrets. "
            "One entered here counts for this browser tab only, is never shown again and stored nowhere."
        )
    )
    providers = [provider for provider in load_cloud().providers.values() if provider.enabled and provider.api_key_env]
    with st.container(horizontal=True, gap="medium", key="model-keys"):
        for provider in providers:
            _key(provider)


def _key(provider: Provider) -> None:
    session = st.session_state.get(models.KEYS, {})
    with st.container(border=True, width=330, key=f"key-{provider.name}"):
        source = _("this session") if provider.name in session else models.key_source(provider)
        status = _("Key from {source}").format(source=source) if source else _("No key")
        mark = "✓" if source else "✕"
        st.markdown(f"**{ui.plain(provider.title)}** · {mark} {ui.plain(status)}")
        st.caption(f"`{provider.api_key_env}`")
        field = f"enter-key-{provider.name}"
        st.text_input(
            _("Key for this session"),
            type="password",
            key=field,
            autocomplete="off",
            placeholder=_("Paste a key and press Enter"),
            on_change=_enter,
            args=(provider.name, field),
            label_visibility="collapsed",
        )
        if provider.name in session:
            st.button(_("Forget"), key=f"forget-key-{provider.name}", on_click=_forget, args=(provider.name,))


@guard.callback
def _enter(provider: str, field: str) -> None:
    """Keep the key for the session, and take it out of the field at once."""
    if entered := st.session_state[field].strip():
        st.session_state[models.KEYS] = {**st.session_state.get(models.KEYS, {}), provider: entered}
    st.session_state[field] = ""


@guard.callback
def _forget(provider: str) -> None:
    st.session_state[models.KEYS] = {
        name: key for name, key in st.session_state.get(models.KEYS, {}).items() if name != provider
    }


if __name__ == "__main__":
    guard.run(show)
