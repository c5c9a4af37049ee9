"""The cloud providers, their models, prices and limits of `config/cloud_model_config.yaml`."""

from __future__ import annotations

import dataclasses
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any, Literal, get_args

from extractor.core.errors import N_, ConfigError
from extractor.core.model_keys import BUILTIN
from extractor.core.registry import Registry
from extractor.settings.model_deprecations import today, with_heirs
from extractor.settings.yaml_sections import (
    FOLDER,  # cross
    Section,
    load,
)

Strategy = Literal["local", "cloud", "hybrid"]
STRATEGIES: tuple[str, ...] = get_args(Strategy)
Output = Literal["auto", "json_schema", "json_object", "text"]
OUTPUTS: tuple[str, ...] = get_args(Output)
RESERVED = frozenset(
    {"model", "messages", "response_format", "max_tokens", "max_completion_tokens", "stream", "n", "tools"}
)
"""Parts of a request that `extra_body` cannot set: the answer would be another one than is read."""
_VARIABLE = N_("The variable {variable} is “{value}”; it must be {wanted}.")


PROVIDERS: Registry[Path] = Registry("rightsdesk.providers", Path, {})
"""Files with `providers` and `models` that other packages bring; what the configuration itself names goes before."""


@dataclass(frozen=True)
class Provider:
    """A service that speaks the OpenAI protocol.

    `api_key_env` is the variable that holds the key, None where no key is needed. `key_header` is for gateways
    that want the key in a header of their own instead of `Authorization: Bearer`; with `bearer`, in both. `prices` is
    the provider's name in the price list of genai-prices. `output` "auto" finds out which structured output it takes.
    `length_name` is what it calls the limit of an answer. `timeout` in seconds and `concurrent_requests` are those of
    the file's `cloud` and `performance` when None.
    """

    name: str
    base_url: str
    api_key_env: str | None = None
    enabled: bool = True
    title: str = ""
    prices: str = ""
    output: str = "auto"
    key_header: str | None = None
    bearer: bool = False
    length_name: str = "max_tokens"
    timeout: float | None = None
    concurrent_requests: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    query: Mapping[str, str] = field(default_factory=dict, repr=False)

    def api_key(self, keys: Mapping[str, str] | None = None) -> str | None:
        """The key: from `keys` by provider name, else from the environment. None: there is none; "": none is needed."""
        given = (keys or {}).get(self.name) or os.environ.get(self.api_key_env or "", "")
        return given.strip() or (None if self.api_key_env else "")


@dataclass(frozen=True)
class CloudModel:
    """A model of a provider. `max_length` is the most tokens of an answer, `context` the tokens of its window.

    `price` is what the file says, None when it says nothing (see `pricing.price`). `temperature` and `top_p` None
    are not sent: some models refuse them, and models that think repeat themselves at 0. `extra_body` goes into every
    request as it is. `timeout` in seconds, None: the provider's. From the day `replaced_on`, the model `replaced_by`
    (a key of the file) answers in its place: the entry then has that one's settings, `asks` is the model id that is
    asked, and `replaced` the entry's own name.
    """

    key: str
    name: str
    provider: str
    model_id: str
    price: Price | None = None
    max_length: int = 2048
    temperature: float | None = 0.0
    top_p: float | None = None
    context: int | None = None
    reasoning_effort: str | None = None
    extra_body: Mapping[str, Any] = field(default_factory=dict, repr=False, hash=False)
    timeout: float | None = None
    replaced_by: str | None = None
    replaced_on: date | None = None
    replaced: str | None = None
    asks: str = ""

    @property
    def asked_id(self) -> str:
        """The model id that goes to the provider."""
        return self.asks or self.model_id


@dataclass(frozen=True)
class CostRules:
    """`budget_limit` in USD a run, `monthly_limit` in USD a calendar month, None for no limit."""

    budget_limit: float | None = None
    monthly_limit: float | None = None
    preferred_providers: tuple[str, ...] = ()
    fallback_providers: tuple[str, ...] = ()


@dataclass(frozen=True)
class CloudConfig:
    """`cloud_model_config.yaml`. `timeout` in seconds bounds a whole call with its retries; `limit_wait` what it waits
    for limits of the provider in all, beside that, None: as long as the timeout.

    `local_model` is what hybrid asks first: `builtin` or the name of a local model.
    """

    providers: Mapping[str, Provider]
    models: Mapping[str, CloudModel]
    cost: CostRules = CostRules()
    enabled: bool = True
    fallback_to_local: bool = True
    timeout: float = 60.0
    retry_attempts: int = 2
    strategy: str = "hybrid"
    min_confidence: float = 0.6
    local_model: str = BUILTIN
    concurrent_requests: int = 8
    limit_wait: float | None = None

    def timeout_of(self, model: CloudModel) -> float:
        """Seconds for a whole call of a model: its own, its provider's, or the file's."""
        provider = self.providers.get(model.provider)
        return model.timeout or (provider and provider.timeout) or self.timeout


def load_cloud(path: Path | str | None = None) -> CloudConfig:
    """Providers and their models, those of plugins too, with the variables CLOUD_TIMEOUT, CLOUD_RETRY_ATTEMPTS and
    EXTRACTION_STRATEGY applied.

    Raises ConfigError naming file, line and key, or the variable.
    """
    top = load(Path(path or os.environ.get("RIGHTSDESK_CLOUD_CONFIG") or FOLDER / "cloud_model_config.yaml"))
    providers, models = _services(top, *_services_of_plugins())
    models = with_heirs(models, today())
    cloud, performance = top.section("cloud"), top.section("performance")
    concurrent = performance.whole("concurrent_requests", 8, 1, 512) if performance else 8
    cost = _cost_rules(top.section("cost_optimization"), providers)
    for section in (performance, top):
        if section:
            section.done()
    base = CloudConfig(providers, models, cost, concurrent_requests=concurrent)
    return _with_environment(_cloud(cloud, base) if cloud else base)


def _services(
    top: Section, providers: Mapping[str, Provider], models: Mapping[str, CloudModel]
) -> tuple[dict[str, Provider], dict[str, CloudModel]]:
    """The providers and models of a file, and those known before that it does not name."""
    own = {name: _provider(name, section) for name, section in top.sections("providers").items()}
    all_providers = own | {name: provider for name, provider in providers.items() if name not in own}
    sections = top.sections("models")
    own_models = {key: _cloud_model(key, section, all_providers) for key, section in sections.items()}
    all_models = own_models | {key: model for key, model in models.items() if key not in own_models}
    for key, model in own_models.items():
        if model.replaced_by is not None and model.replaced_by not in all_models:
            sections[key].fail("replaced_by", " | ".join(all_models))
    return all_providers, all_models


def _services_of_plugins() -> tuple[dict[str, Provider], dict[str, CloudModel]]:
    """The providers that other packages bring, and their models; of two with one name the first counts."""
    providers: dict[str, Provider] = {}
    models: dict[str, CloudModel] = {}
    for name, path in list(PROVIDERS.items()):
        try:
            top = load(path)
            own_providers, own_models = _services(top, {}, {})
            top.done()
        except ConfigError as error:
            PROVIDERS.leave_out(name, error)
            continue
        providers, models = own_providers | providers, own_models | models
    return providers, models


def _cloud(section: Section, base: CloudConfig) -> CloudConfig:
    config = replace(
        base,
        enabled=section.flag("enabled", base.enabled),
        fallback_to_local=section.flag("fallback_to_local", base.fallback_to_local),
        timeout=section.number("timeout", base.timeout, 0.1, 3600),
        retry_attempts=section.whole("retry_attempts", base.retry_attempts, 0, 20),
        strategy=section.text("strategy", base.strategy, STRATEGIES),
        min_confidence=section.number("min_confidence", base.min_confidence, 0, 1),
        local_model=section.text("local_model", base.local_model),
        limit_wait=section.number_or_none("limit_wait", 0, 86400),
    )
    section.done()
    return config


def _provider(name: str, section: Section) -> Provider:
    provider = Provider(
        name=name,
        base_url=section.text("base_url"),
        api_key_env=section.text_or_none("api_key_env"),
        enabled=section.flag("enabled", True),
        title=section.text("title", name),
        prices=section.text("prices", name),
        output=section.text("output", "auto", OUTPUTS),
        key_header=section.text_or_none("key_header"),
        bearer=section.flag("bearer", False),
        length_name=section.text("length_name", "max_tokens", ("max_tokens", "max_completion_tokens")),
        timeout=section.number_or_none("timeout", 0.1, 3600),
        concurrent_requests=section.whole("concurrent_requests", None, 1, 512)
        if "concurrent_requests" in section
        else None,
        headers=section.mapping("headers"),
        query=section.mapping("query"),
    )
    section.done()
    if not provider.base_url.startswith(("http://", "https://")):
        section.fail("base_url", "http://… | https://…")
    if re.search(r"/(?:chat/)?completions/?(?:\?|$)", provider.base_url):
        section.fail("base_url", N_("the address before /chat/completions"))
    if provider.api_key_env and not provider.api_key_env.isidentifier():
        # Someone put the key itself here. It must not be repeated in the message.
        section.fail("api_key_env", N_("the name of an environment variable, not the key itself"))
    return provider


def _cloud_model(key: str, section: Section, providers: Mapping[str, Provider]) -> CloudModel:
    name = section.text("provider")
    if name not in providers:
        section.fail("provider", " | ".join(providers) or N_("one of “providers”"))
    effort = section.text_or_none("reasoning_effort")
    thinks = effort not in (None, "none")
    model = CloudModel(
        key=key,
        name=section.text("name", key),
        provider=name,
        model_id=section.text("model_id"),
        price=_price(section),
        max_length=section.whole("max_length", 2048, 1),
        temperature=section.number_or_none("temperature", 0, 2) if "temperature" in section or thinks else 0.0,
        top_p=section.number_or_none("top_p", 0, 1),
        context=section.whole("context", None, 256) if "context" in section else None,
        reasoning_effort=effort,
        extra_body=section.plain("extra_body", RESERVED),
        timeout=section.number_or_none("timeout", 0.1, 3600),
        replaced_by=section.text_or_none("replaced_by"),
        replaced_on=section.day("replaced_on"),
    )
    section.done()
    return model


def _price(section: Section) -> Price | None:
    """`cost_per_token`: USD per 1,000 tokens, one number or `{input: …, output: …}`."""
    value = section.raw("cost_per_token", None)
    if value is None:
        return None
    if not isinstance(value, dict):
        each = section.number("cost_per_token")
        return Price(each, each)
    split = section.section("cost_per_token")
    assert split is not None
    price = Price(split.number("input"), split.number("output"))
    split.done()
    return price


def _cost_rules(section: Section | None, providers: Mapping[str, Provider]) -> CostRules:
    if section is None:
        return CostRules()
    rules = CostRules(
        budget_limit=section.number_or_none("budget_limit"),
        monthly_limit=section.number_or_none("monthly_limit"),
        preferred_providers=section.texts("preferred_providers", tuple(providers)),
        fallback_providers=section.texts("fallback_providers", tuple(providers)),
    )
    section.done()
    return rules


def _with_environment(config: CloudConfig) -> CloudConfig:
    changes: dict[str, object] = {}
    if text := os.environ.get("CLOUD_TIMEOUT", "").strip():
        changes["timeout"] = _env_number("CLOUD_TIMEOUT", text, 0.1, 3600)
        # It is for a host that ends a call by then (a function), whatever the file says of a provider or model.
        changes["providers"] = {name: replace(provider, timeout=None) for name, provider in config.providers.items()}
        changes["models"] = {key: replace(model, timeout=None) for key, model in config.models.items()}
        changes["limit_wait"] = None
    if text := os.environ.get("CLOUD_RETRY_ATTEMPTS", "").strip():
        changes["retry_attempts"] = int(_env_number("CLOUD_RETRY_ATTEMPTS", text, 0, 20))
    if text := os.environ.get("EXTRACTION_STRATEGY", "").strip().lower():
        if text not in STRATEGIES:
            raise ConfigError(_VARIABLE, variable="EXTRACTION_STRATEGY", value=text, wanted=" | ".join(STRATEGIES))
        changes["strategy"] = text
    return replace(config, **changes)  # type: ignore[arg-type]


def _env_number(variable: str, text: str, least: float, most: float) -> float:
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not least <= value <= most:
        raise ConfigError(_VARIABLE, variable=variable, value=text, wanted=f"{least:g} – {most:g}")
    return value


@dataclass(frozen=True, slots=True)
class Price:
    """USD per 1,000 tokens read (`input`) and written (`output`).

    `listed` is the provider and model in the price list of genai-prices, None for a price out of the configuration.
    The list knows more than two numbers: long prompts cost more, cached ones less.
    """

    input: float
    output: float
    listed: tuple[str, str] | None = dataclasses.field(default=None, compare=False)
