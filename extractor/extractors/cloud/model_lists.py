"""Which of the file's cloud models their providers still have, by asking each for its list (`GET /models`)."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Literal

from extractor.core.errors import N_, ExtractionError
from extractor.core.messages import Message
from extractor.settings.cloud import CloudConfig, CloudModel, Provider
from extractor.settings.model_deprecations import note, today

State = Literal["there", "gone", "not_asked", "failed"]
_DATES = ("shutdown_date", "deprecation_date", "shutdown_at", "retirement_date", "deprecated_on")


@dataclass(frozen=True)
class Checked:
    """A model of the file. `model_id` is the one that is asked. `said`: until when it is there, or why nobody knows."""

    key: str
    provider: str
    model_id: str
    state: State
    said: str = ""


def check(config: CloudConfig, keys: Mapping[str, str] | None = None) -> list[Checked]:
    """All models of the file, in its order. Providers that are switched off or have no key are not asked."""
    wanted = [provider for provider in config.providers.values() if provider.enabled and _has_models(provider, config)]
    asked = {provider.name: key for provider in wanted if (key := provider.api_key(keys)) is not None}
    with ThreadPoolExecutor(max(len(asked), 1)) as pool:
        lists = dict(
            zip(asked, pool.map(lambda name: _list(config.providers[name], asked[name], config), asked), strict=True)
        )
    return [_checked(model, config, lists.get(model.provider)) for model in config.models.values()]


def _has_models(provider: Provider, config: CloudConfig) -> bool:
    return any(model.provider == provider.name for model in config.models.values())


def _checked(model: CloudModel, config: CloudConfig, known: dict[str, Any] | ExtractionError | None) -> Checked:
    deprecation = note(model, config.models)
    heir = deprecation.message if deprecation else ""

    def found(state: State, said: str = "") -> Checked:
        return Checked(model.key, model.provider, model.asked_id, state, said or heir)

    if known is None:
        provider = config.providers[model.provider]
        template = N_("The provider {provider} is switched off in the cloud configuration (enabled: false).")
        if provider.enabled:
            template = N_("There is no key for {provider}. Set the variable {variable}.")
        why = Message(template, provider=provider.title or provider.name, variable=provider.api_key_env)
        return found("not_asked", why)
    if isinstance(known, ExtractionError):
        return found("failed", known.message)
    entry = _entry(model.asked_id, known)
    if entry is None:
        return found("gone")
    end = next((day for name in _DATES if (day := _day(entry.get(name)))), None)
    if end is None:
        return found("there")
    return found("gone" if end <= today() else "there", " ".join(filter(None, (f"shutdown_date {end}", heir))))


def _entry(model_id: str, known: Mapping[str, Any]) -> dict[str, Any] | None:
    """The model in a provider's list. Behind a colon may be a Hugging Face provider, or a tag that Ollama has."""
    if model_id in known:
        return dict(known[model_id])
    if f"{model_id}:latest" in known:
        return dict(known[f"{model_id}:latest"])
    name, _, pinned = model_id.partition(":")
    entry = known.get(name)
    if entry is None or not pinned:
        return None
    served = [
        provider
        for provider in entry.get("providers") or ()
        if isinstance(provider, dict) and provider.get("provider") == pinned
    ]
    alive = [provider for provider in served if provider.get("status", "live") == "live"]
    return {**entry, **alive[0]} if alive else None


def _day(value: Any) -> date | None:
    """A date out of a list: ISO, or seconds since 1970."""
    try:
        if isinstance(value, (int, float)) and not isinstance(value, bool) and value > 0:
            return datetime.fromtimestamp(value, UTC).date()
        return date.fromisoformat(str(value)[:10]) if value else None
    except (ValueError, OverflowError, OSError):
        return None


def _list(provider: Provider, key: str, config: CloudConfig) -> dict[str, Any] | ExtractionError:
    """The provider's models by id, or why there is no list."""
    from extractor.extractors.cloud.chat_client import ChatClient
    from extractor.extractors.cloud.extractor import checked_key
    from extractor.extractors.cloud.http_client import within
    from extractor.extractors.cloud.provider_errors import as_error

    timeout = min(config.timeout, 30.0)
    try:
        client = ChatClient(provider, checked_key(key, provider), timeout, config.retry_attempts)
        with within(timeout):
            data = client.send("/models").json()
    except ExtractionError as error:
        return error
    except Exception as error:
        failure: BaseException = error
    else:
        rows = data.get("data") if isinstance(data, dict) else data
        if isinstance(rows, list):
            return {str(row["id"]): row for row in rows if isinstance(row, dict) and row.get("id")}
        failure = ValueError("no list of models")
    return as_error(failure, provider, "/models", timeout, key)
