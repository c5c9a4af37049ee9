"""Which extractors and models there are, by the key that `create_extractor` takes."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from extractor.core.errors import N_, ConfigError, RightsdeskError
from extractor.core.model_keys import BUILTIN, HYBRID, cloud_key, is_cloud, is_local, local_key, name_of

if TYPE_CHECKING:
    from extractor.settings.cloud import CloudConfig, CloudModel
    from extractor.settings.local_models import LocalModel, ModelConfig
    from extractor.spending.budget import Budget
from extractor.extractors.base import Extractor, ModelInfo


def available_models(
    config_path: Path | str | None = None,
    cloud_config_path: Path | str | None = None,
    keys: Mapping[str, str] | None = None,
) -> dict[str, ModelInfo]:
    """Every model by the key that `create_extractor` takes: builtin, local_<name>, cloud_<name>, hybrid.

    `keys` are API keys by provider name that win over the environment. Nothing is loaded and no provider is asked.
    Raises ConfigError for a configuration file that is not usable.
    """
    from extractor.settings.cloud import load_cloud
    from extractor.settings.local_models import load_models

    local, cloud = load_models(config_path), load_cloud(cloud_config_path)
    found = [ModelInfo(BUILTIN, "Built-in rules", "rightsdesk", None, BUILTIN, True)]
    found += [_local_info(model, local) for model in local.models.values()]
    found += [_cloud_info(model, cloud, keys) for model in cloud.models.values()]
    infos = {info.key: info for info in found}
    first = infos.get(_local_key(cloud.local_model))
    reason = first.reason if first else str(_unknown(cloud.local_model, infos))
    infos[HYBRID] = ModelInfo(HYBRID, "Hybrid", "", None, HYBRID, reason is None, reason)
    return infos


def create_extractor(
    model_name: str = BUILTIN,
    config_path: Path | str | None = None,
    cloud_config_path: Path | str | None = None,
    keys: Mapping[str, str] | None = None,
    budget: Budget | None = None,
) -> Extractor:
    """The extractor of that key: `builtin`, `local_<name>` or the bare name of a local model, `cloud_<name>`, `hybrid`.

    `keys` are API keys by provider name that win over the environment; calls that cost are taken from `budget`.
    Raises ConfigError for an unknown model or one that is switched off, AuthenticationError for a missing key.
    """
    if model_name == BUILTIN:
        from extractor.extractors.builtin.sandboxed import SandboxedBuiltinExtractor

        return SandboxedBuiltinExtractor()
    if model_name == HYBRID:
        from extractor.extractors.hybrid.extractor import create_hybrid_extractor

        return create_hybrid_extractor(config_path, cloud_config_path, keys, budget)
    from extractor.settings.cloud import load_cloud
    from extractor.settings.local_models import load_models

    local = load_models(config_path)
    name = name_of(model_name)
    if name in local.models and not is_cloud(model_name):
        from extractor.extractors.local import LocalExtractor

        return LocalExtractor(local.models[name], local.cache_folder)
    cloud = load_cloud(cloud_config_path)
    model = cloud.models.get(name) if is_cloud(model_name) else None
    if model is None:
        raise _unknown(model_name, available_models(config_path, cloud_config_path))
    if off := _switched_off(model, cloud):
        raise off
    from extractor.extractors.cloud.budgeted import BudgetedExtractor
    from extractor.extractors.cloud.extractor import CloudExtractor

    provider = cloud.providers[model.provider]
    extractor = CloudExtractor(provider, model, provider.api_key(keys) or "", cloud)
    return BudgetedExtractor(extractor, budget) if budget else extractor


def prompt_version(model: str, document_type: str) -> str:
    """The version under which a model (its key) would file a result for a type (a key) now: see `Extractor.version`."""
    from extractor.extractors import confidence_curves, prompt

    if model == BUILTIN:
        from extractor.extractors.builtin.extractor import version_of

        return version_of(document_type)
    return confidence_curves.version(model, prompt.VERSION) if is_local(model) else prompt.VERSION


def _local_key(name: str) -> str:
    return name if name == BUILTIN or is_local(name) else local_key(name)


def _local_info(model: LocalModel, config: ModelConfig) -> ModelInfo:
    from extractor.extractors.local import LocalExtractor

    if model.enabled:
        reason = LocalExtractor(model, config.cache_folder).is_available()
    else:
        template = N_("{model} is switched off in the model configuration (enabled: false).")
        reason = str(ConfigError(template, model=model.title))
    place = model.model_id or model.path
    return ModelInfo(
        local_key(model.name), model.title, "local", place, "local", reason is None, reason, context=model.context
    )


def _cloud_info(model: CloudModel, config: CloudConfig, keys: Mapping[str, str] | None) -> ModelInfo:
    from extractor.settings.model_deprecations import note
    from extractor.spending import pricing

    provider = config.providers[model.provider]
    problem: RightsdeskError | None = _switched_off(model, config)
    if problem is None and provider.api_key(keys) is None:
        template = N_("There is no key for {provider}. Set the variable {variable}.")
        problem = ConfigError(template, provider=provider.title, variable=provider.api_key_env)
    price = pricing.price(provider.prices or provider.name, model.asked_id, model.price)
    reason, told = str(problem) if problem else None, note(model, config.models)
    return ModelInfo(
        cloud_key(model.key), model.name, model.provider, model.model_id, "cloud", not reason, reason, price,
        model.context, str(told) if told else None,
    )  # fmt: skip


def _switched_off(model: CloudModel, config: CloudConfig) -> ConfigError | None:
    if not config.enabled:
        return ConfigError(N_("Cloud models are switched off in the cloud configuration (cloud: enabled: false)."))
    if config.providers[model.provider].enabled:
        return None
    template = N_("The provider {provider} is switched off in the cloud configuration (enabled: false).")
    return ConfigError(template, provider=config.providers[model.provider].title)


def _unknown(model: str, known: Mapping[str, ModelInfo]) -> ConfigError:
    template = N_("There is no model “{model}”. Known models: {known}.")
    return ConfigError(template, model=model, known=", ".join(known))
