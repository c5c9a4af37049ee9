"""Which extractors and models there are, by the key that `create_extractor` takes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from extractor.core.errors import N_, ConfigError, RightsdeskError
from extractor.core.messages import Message
from extractor.core.model_keys import BUILTIN, HYBRID, cloud_key, is_cloud, is_local, local_key, name_of
from extractor.core.registry import Registry
from extractor.extractors.base import Extractor, ModelInfo, Setup, Source

if TYPE_CHECKING:
    from extractor.core.document_types import DocumentType
    from extractor.settings.cloud import CloudConfig, CloudModel
    from extractor.settings.local_models import LocalModel, ModelConfig
    from extractor.spending.budget import Budget


def available_models(
    config_path: Path | str | None = None,
    cloud_config_path: Path | str | None = None,
    keys: Mapping[str, str] | None = None,
) -> dict[str, ModelInfo]:
    """Every model by the key that `create_extractor` takes: builtin, local_<name>, cloud_<name>, hybrid, and those of
    other packages.

    `keys` are API keys by provider name that win over the environment. Nothing is loaded and no provider is asked.
    Raises ConfigError for a configuration file that is not usable.
    """
    return _infos(Setup(config_path, cloud_config_path, keys))


def create_extractor(
    model_name: str = BUILTIN,
    config_path: Path | str | None = None,
    cloud_config_path: Path | str | None = None,
    keys: Mapping[str, str] | None = None,
    budget: Budget | None = None,
) -> Extractor:
    """The extractor of that key: `builtin`, `local_<name>` or the bare name of a local model, `cloud_<name>`, `hybrid`,
    or one of another package.

    `keys` are API keys by provider name that win over the environment; calls that cost are taken from `budget`.
    Raises ConfigError for an unknown model or one that is switched off, AuthenticationError for a missing key.
    """
    setup = Setup(config_path, cloud_config_path, keys, budget)
    for name in list(SOURCES):
        try:
            extractor = SOURCES[name].create(model_name, setup)
        except Exception as error:
            if name in SOURCES.builtin or isinstance(error, RightsdeskError):
                raise
            raise SOURCES.leave_out(name, error) from error
        if extractor is not None:
            return extractor
    raise _unknown(model_name, _infos(setup))


def prompt_version(model: str, document_type: DocumentType) -> str:
    """The version under which a model (its key) would file a result for a type now: see `Extractor.version`."""
    from extractor.extractors import confidence_curves, prompt

    if model == BUILTIN:
        from extractor.extractors.builtin.extractor import version_of

        return version_of(document_type.key)
    if is_local(model):
        return confidence_curves.version(model, prompt.VERSION)
    if is_cloud(model) or model == HYBRID:
        return prompt.VERSION
    return create_extractor(model).version(document_type)


def _infos(setup: Setup) -> dict[str, ModelInfo]:
    """The models of all sources; of two with one key the first counts."""
    infos: dict[str, ModelInfo] = {}
    for name in list(SOURCES):
        for info in _models(name, setup):
            infos.setdefault(info.key, info)
    return infos


def _models(source: str, setup: Setup) -> list[ModelInfo]:
    try:
        return list(SOURCES[source].models(setup))
    except Exception as error:
        if source in SOURCES.builtin:
            raise
        SOURCES.leave_out(source, error)
        return []


def _builtin_models(_setup: Setup) -> Iterable[ModelInfo]:
    return [ModelInfo(BUILTIN, "Built-in rules", "rightsdesk", None, BUILTIN, True)]


def _create_builtin(model: str, _setup: Setup) -> Extractor | None:
    if model != BUILTIN:
        return None
    from extractor.extractors.builtin.sandboxed import SandboxedBuiltinExtractor

    return SandboxedBuiltinExtractor()


def _local_models(setup: Setup) -> Iterable[ModelInfo]:
    return [_local_info(model, setup.local) for model in setup.local.models.values()]


def _create_local(model: str, setup: Setup) -> Extractor | None:
    name = name_of(model)
    if is_cloud(model) or model in SOURCES.builtin or name not in setup.local.models:
        return None
    from extractor.extractors.local import LocalExtractor

    return LocalExtractor(setup.local.models[name], setup.local.cache_folder)


def _cloud_models(setup: Setup) -> Iterable[ModelInfo]:
    return [_cloud_info(model, setup.cloud, setup.keys) for model in setup.cloud.models.values()]


def _create_cloud(key: str, setup: Setup) -> Extractor | None:
    if not is_cloud(key) or name_of(key) not in setup.cloud.models:
        return None
    model = setup.cloud.models[name_of(key)]
    if off := _switched_off(model, setup.cloud):
        raise off
    from extractor.extractors.cloud.budgeted import BudgetedExtractor
    from extractor.extractors.cloud.extractor import CloudExtractor

    provider = setup.cloud.providers[model.provider]
    extractor = CloudExtractor(provider, model, provider.api_key(setup.keys) or "", setup.cloud)
    return BudgetedExtractor(extractor, setup.budget) if setup.budget else extractor


def _hybrid_models(setup: Setup) -> Iterable[ModelInfo]:
    wanted = setup.cloud.local_model
    if wanted == BUILTIN:
        return [ModelInfo(HYBRID, "Hybrid", "", None, HYBRID, True)]
    sources = ("builtin", "local", *SOURCES.plugins)
    known = {info.key: info for source in sources for info in _models(source, setup)}
    first = known.get(local_key(name_of(wanted))) or known.get(wanted)
    reason = first.reason if first else str(_unknown(wanted, known))
    return [ModelInfo(HYBRID, "Hybrid", "", None, HYBRID, reason is None, reason)]


def _create_hybrid(model: str, setup: Setup) -> Extractor | None:
    if model != HYBRID:
        return None
    from extractor.extractors.hybrid.extractor import create_hybrid_extractor

    return create_hybrid_extractor(setup.config_path, setup.cloud_config_path, setup.keys, setup.budget)


SOURCES: Registry[Source] = Registry(
    "rightsdesk.extractors",
    Source,
    {
        "builtin": Source(_builtin_models, _create_builtin),
        "local": Source(_local_models, _create_local),
        "cloud": Source(_cloud_models, _create_cloud),
        "hybrid": Source(_hybrid_models, _create_hybrid),
    },
)


def _local_info(model: LocalModel, config: ModelConfig) -> ModelInfo:
    from extractor.extractors.local import LocalExtractor

    if model.enabled:
        reason = LocalExtractor(model, config.cache_folder).is_available()
    else:
        template = N_("{model} is switched off in the model configuration (enabled: false).")
        reason = Message(template, model=model.title)
    model_id = model.model_id or model.path
    return ModelInfo(
        local_key(model.name), model.title, "local", model_id, "local", reason is None, reason, context=model.context
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
    reason, deprecation = problem.message if problem else None, note(model, config.models)
    return ModelInfo(
        cloud_key(model.key), model.name, model.provider, model.model_id, "cloud", not reason, reason, price,
        model.context, deprecation.message if deprecation else None,
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
