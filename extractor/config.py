"""The two configuration files: local models and cloud providers with their models.

`load_models` reads `config/model_config.yaml`, `load_cloud` reads `config/cloud_model_config.yaml`; the variables
RIGHTSDESK_MODEL_CONFIG and RIGHTSDESK_CLOUD_CONFIG name other files. Both are checked on load: a ConfigError
names the file, the line and the key. No key of any provider is ever in these files, only the name of the
variable that holds it.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, get_args

from .cost import Price
from .errors import N_, ConfigError
from .project_files import CONFIG
from .yaml_reader import Section, load

FOLDER = CONFIG
Strategy = Literal["local", "cloud", "hybrid"]
STRATEGIES: tuple[str, ...] = get_args(Strategy)
Output = Literal["auto", "json_schema", "json_object", "text"]
OUTPUTS: tuple[str, ...] = get_args(Output)
_VARIABLE = N_("The variable {variable} is “{value}”; it must be {wanted}.")


@dataclass(frozen=True)
class Provider:
    """A service that speaks the OpenAI protocol.

    `api_key_env` is the variable that holds the key, None where no key is needed. `key_header` is for gateways
    that want the key in a header of their own instead of `Authorization: Bearer`. `prices` is the provider's
    name in the price list of genai-prices. `output` "auto" finds out which structured output it takes.
    """

    name: str
    base_url: str
    api_key_env: str | None = None
    enabled: bool = True
    title: str = ""
    prices: str = ""
    output: str = "auto"
    key_header: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    query: Mapping[str, str] = field(default_factory=dict, repr=False)

    def api_key(self, keys: Mapping[str, str] | None = None) -> str | None:
        """The key: from `keys` by provider name, else from the environment. None: there is none; "": none is needed."""
        given = (keys or {}).get(self.name) or os.environ.get(self.api_key_env or "", "")
        return given.strip() or (None if self.api_key_env else "")


@dataclass(frozen=True)
class CloudModel:
    """A model of a provider. `max_length` is the most tokens of an answer, `context` the tokens of its window.

    `price` is what the file says, None when it says nothing (see `cost.price`). `temperature` and `top_p` None
    are not sent: some models refuse them.
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


@dataclass(frozen=True)
class CostRules:
    """`budget_limit` in USD a run, `monthly_limit` in USD a calendar month, None for no limit."""

    budget_limit: float | None = None
    monthly_limit: float | None = None
    preferred_providers: tuple[str, ...] = ()
    fallback_providers: tuple[str, ...] = ()


@dataclass(frozen=True)
class CloudConfig:
    """`cloud_model_config.yaml`. `timeout` in seconds bounds a whole call with its retries.

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
    local_model: str = "builtin"
    concurrent_requests: int = 8


@dataclass(frozen=True)
class LocalModel:
    """A model that runs here: a hub id or a folder (`model_id` or `path`), for GGUF also the file in it.

    `dtype` auto, float32, bfloat16, float16; `device` auto, cpu, cuda, mps; `quantization` none, int8 or int4.
    `context` and `max_new_tokens` in tokens; `memory_gb` is about what it needs when loaded.
    """

    name: str
    title: str
    model_id: str | None = None
    path: str | None = None
    gguf_file: str | None = None
    context: int = 4096
    dtype: str = "auto"
    device: str = "auto"
    quantization: str = "none"
    max_new_tokens: int = 1024
    memory_gb: float | None = None
    enabled: bool = True


@dataclass(frozen=True)
class ModelConfig:
    """`model_config.yaml`. `cache_folder` is where models are downloaded to."""

    cache_folder: Path
    models: Mapping[str, LocalModel]


def load_models(path: Path | str | None = None) -> ModelConfig:
    """The local models. Raises ConfigError naming file, line and key."""
    from .reading.scans.choice import text_recognition

    top = load(models_file(path))
    cache_folder = Path(top.text("cache_folder", "hf_models")).expanduser()
    models = {name: _local_model(name, section) for name, section in top.sections("models").items()}
    text_recognition(top)  # only to check it: whoever reads scans asks `choice.chosen`
    top.done()
    return ModelConfig(cache_folder, models)


def _local_model(name: str, section: Section) -> LocalModel:
    if "model_id" not in section and "path" not in section:
        section.fail("", N_("a model with “model_id” (a hub id) or “path” (a folder)"))
    model = LocalModel(
        name=name,
        title=section.text("title", name),
        model_id=section.text_or_none("model_id"),
        path=section.text_or_none("path"),
        gguf_file=section.text_or_none("gguf_file"),
        context=section.whole("context", 4096, 256),
        dtype=section.text("dtype", "auto", ("auto", "float32", "bfloat16", "float16")),
        device=section.text("device", "auto", ("auto", "cpu", "cuda", "mps")),
        quantization=section.text("quantization", "none", ("none", "int8", "int4")),
        max_new_tokens=section.whole("max_new_tokens", 1024, 16),
        memory_gb=section.number_or_none("memory_gb"),
        enabled=section.flag("enabled", True),
    )
    section.done()
    if model.max_new_tokens >= model.context:
        section.fail("max_new_tokens", f"< context ({model.context})")
    return model


def load_cloud(path: Path | str | None = None) -> CloudConfig:
    """Providers and their models, with CLOUD_TIMEOUT, CLOUD_RETRY_ATTEMPTS and EXTRACTION_STRATEGY applied.

    Raises ConfigError naming file, line and key, or the variable.
    """
    top = load(Path(path or os.environ.get("RIGHTSDESK_CLOUD_CONFIG") or FOLDER / "cloud_model_config.yaml"))
    providers = {name: _provider(name, section) for name, section in top.sections("providers").items()}
    models = {key: _cloud_model(key, section, providers) for key, section in top.sections("models").items()}
    cloud, performance = top.section("cloud"), top.section("performance")
    concurrent = performance.whole("concurrent_requests", 8, 1, 512) if performance else 8
    cost = _cost_rules(top.section("cost_optimization"), providers)
    for section in (performance, top):
        if section:
            section.done()
    base = CloudConfig(providers, models, cost, concurrent_requests=concurrent)
    return _with_environment(_cloud(cloud, base) if cloud else base)


def _cloud(section: Section, base: CloudConfig) -> CloudConfig:
    from dataclasses import replace

    config = replace(
        base,
        enabled=section.flag("enabled", base.enabled),
        fallback_to_local=section.flag("fallback_to_local", base.fallback_to_local),
        timeout=section.number("timeout", base.timeout, 0.1, 3600),
        retry_attempts=section.whole("retry_attempts", base.retry_attempts, 0, 20),
        strategy=section.text("strategy", base.strategy, STRATEGIES),
        min_confidence=section.number("min_confidence", base.min_confidence, 0, 1),
        local_model=section.text("local_model", base.local_model),
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
        headers=section.mapping("headers"),
        query=section.mapping("query"),
    )
    section.done()
    if not provider.base_url.startswith(("http://", "https://")):
        section.fail("base_url", "http://… | https://…")
    if provider.api_key_env and not provider.api_key_env.isidentifier():
        # Someone put the key itself here. It must not be repeated in the message.
        section.fail("api_key_env", N_("the name of an environment variable, not the key itself"))
    return provider


def _cloud_model(key: str, section: Section, providers: Mapping[str, Provider]) -> CloudModel:
    name = section.text("provider")
    if name not in providers:
        section.fail("provider", " | ".join(providers) or N_("one of “providers”"))
    model = CloudModel(
        key=key,
        name=section.text("name", key),
        provider=name,
        model_id=section.text("model_id"),
        price=_price(section),
        max_length=section.whole("max_length", 2048, 1),
        temperature=section.number_or_none("temperature", 0, 2) if "temperature" in section else 0.0,
        top_p=section.number_or_none("top_p", 0, 1),
        context=section.whole("context", None, 256) if "context" in section else None,
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
    from dataclasses import replace

    changes: dict[str, object] = {}
    if text := os.environ.get("CLOUD_TIMEOUT", "").strip():
        changes["timeout"] = _env_number("CLOUD_TIMEOUT", text, 0.1, 3600)
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


def models_file(path: Path | str | None = None) -> Path:
    """Where `model_config.yaml` is."""
    return Path(path or os.environ.get("RIGHTSDESK_MODEL_CONFIG") or FOLDER / "model_config.yaml")
