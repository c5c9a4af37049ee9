"""Models as people see them: names, places, prices, reasons; and the keys that this session brings along."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

import streamlit as st

from extractor.core.errors import N_, RightsdeskError
from extractor.core.model_keys import BUILTIN, HYBRID
from pages.components.i18n import _, explain

if TYPE_CHECKING:
    from extractor.core.extractions import Usage
    from extractor.extractors.base import ModelInfo
    from extractor.settings.cloud import Provider

NAMES = {BUILTIN: N_("Built-in rules"), HYBRID: N_("Hybrid")}
KEYS = "provider_keys"
"""Where the session keeps keys that were entered on the Models page. They are written nowhere."""


def known() -> dict[str, ModelInfo]:
    """Every model by key, with what this session's keys make available. Raises ConfigError."""
    from extractor.extractors.registry import available_models

    return available_models(keys=keys())


def in_order(keys: Iterable[str]) -> list[str]:
    """The keys in the order of the configuration, those that it does not know (any more) after them."""
    try:
        order = {key: number for number, key in enumerate(_named())}
    except RightsdeskError:
        order = {}
    return sorted(keys, key=lambda key: (order.get(key, len(order)), key))


def title(key: str) -> str:
    """A model's name; its key where the configuration does not know it (any more)."""
    if key in NAMES:
        return _(NAMES[key])
    info = _info(key)
    return info.name if info else key


def about(key: str) -> tuple[str, str]:
    """Whose model it is, and its id there; empty where the configuration does not know it (any more)."""
    info = _info(key)
    return (place(info), info.model_id or "") if info else ("", "")


def place(info: ModelInfo) -> str:
    """Where a model runs."""
    if not info.is_paid:
        return _("on this machine")
    return _providers().get(info.provider, info.provider)


def price(info: ModelInfo) -> str:
    """USD per million tokens read and written; what is not known is said so."""
    if not info.is_paid:
        return _("free")
    if info.price is None:
        return _("unknown")
    return f"${info.price.input * 1000:,.4g} / ${info.price.output * 1000:,.4g}"


def money(usd: float | None) -> str:
    """USD for a person: unknown is said so, and small sums keep their first digits."""
    if usd is None:
        return _("cost unknown")
    if usd == 0:
        return "$0"
    return (
        f"${usd:,.2f}"
        if usd >= 1
        else f"${usd:.4f}"
        if usd >= 0.01
        else f"${usd:.3g}"
        if usd >= 1e-4
        else f"${usd:.6f}"
    )


def tokens(model: str, usage: Usage) -> str:
    """The tokens of a result; what the provider did not say is said to be unknown."""
    known = [count for count in (usage.input_tokens, usage.output_tokens) if count is not None]
    if known:
        return _("{count} tokens").format(count=f"{sum(known):,}")
    return _("no tokens") if model == BUILTIN else _("tokens unknown")


def seconds(value: float) -> str:
    """A duration for a person."""
    if value < 1:
        return _("{count} ms").format(count=f"{value * 1000:,.0f}")
    return (
        _("{count} s").format(count=f"{value:,.1f}") if value < 90 else _("{count} min").format(count=round(value / 60))
    )


def reason(info: ModelInfo) -> str:
    """Why a model cannot be used, empty when it can."""
    return "" if info.available else explain(info.reason or _("not available"))


def keys() -> dict[str, str]:
    """Keys by provider that do not come from the environment: this session's own, else the server's secrets."""
    from extractor.settings.cloud import load_cloud

    secrets: dict[str, str] = {}
    try:
        for name, provider in load_cloud().providers.items():
            if key := _secret(provider.api_key_env):
                secrets[name] = key
    except RightsdeskError:
        pass  # The page that lists the models says what is wrong with the file.
    own: dict[str, str] = st.session_state.get(KEYS, {})
    return secrets | own


def key_source(provider: Provider) -> str:
    """Where the server has a provider's key from; empty when it has none."""
    if _secret(provider.api_key_env):
        return _("the secrets of the server")
    return _("the environment") if provider.api_key() else ""


def _secret(variable: str | None) -> str:
    try:
        return str(st.secrets.get(variable, "")) if variable else ""
    except FileNotFoundError:
        return ""


def _info(key: str) -> ModelInfo | None:
    try:
        return _named().get(key)
    except RightsdeskError:
        return None


@st.cache_resource(show_spinner=False, ttl=10, max_entries=1)
def _named() -> dict[str, ModelInfo]:
    """Models for their names, of which a page needs many; whether they are available is not taken from here."""
    from extractor.extractors.registry import available_models

    return available_models()


@st.cache_resource(show_spinner=False, ttl=10, max_entries=1)
def _providers() -> dict[str, str]:
    from extractor.settings.cloud import load_cloud

    return {name: provider.title for name, provider in load_cloud().providers.items()}


def ready(all_models: Mapping[str, ModelInfo]) -> list[str]:
    """The models that can be used now."""
    return [key for key, info in all_models.items() if info.available]
