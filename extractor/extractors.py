"""What every extractor is, and the one place that knows which there are.

An extractor is a class with `model`, `provider` and one method of its own, `fields`; timing, errors and the
public conveniences come from the base class.
"""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from .core import Document, Extraction, FieldValue
from .document_types import DocumentType, as_document_type
from .errors import N_, ConfigError, ReadingError, RightsdeskError

if TYPE_CHECKING:
    from .budget import Budget
    from .config import CloudConfig, CloudModel, LocalModel, ModelConfig
    from .cost import Price

Schema = DocumentType | Mapping[str, Any]


@dataclass(frozen=True)
class ModelInfo:
    """A model as people choose it. `reason` says why it is not available, None when it is.

    `price` None is unknown; builtin and local models cost nothing. `context` is in tokens. `note` says of a model that
    its provider takes away what answers in its place.
    """

    key: str
    name: str
    provider: str
    model_id: str | None
    type: Literal["builtin", "local", "cloud", "hybrid"]
    available: bool
    reason: str | None = None
    price: Price | None = None
    context: int | None = None
    note: str | None = None


class Extractor(ABC):
    """Reads metadata out of documents. Safe to use from several threads."""

    model: str
    provider: str
    paid = False
    """Whether its calls may cost money."""

    def version(self, document_type: DocumentType) -> str:
        """The version of what it goes by when it reads the type now, under which its results are filed."""
        return ""

    @abstractmethod
    def fields(self, document: Document, document_type: DocumentType) -> dict[str, FieldValue]:
        """One `FieldValue` for every field of the type, keyed by path. Raises ExtractionError."""

    def extract(self, document: Document, document_type: DocumentType) -> Extraction:
        """The metadata of `document`. A RightsdeskError ends up in `Extraction.error`; it is not raised."""
        result = Extraction(self.model, self.provider, document_type.title(), cost_usd=0.0)
        started = time.perf_counter()
        try:
            found, version = self.versioned_fields(document, document_type)
            result = replace(result, fields=found, prompt_version=version)
        except RightsdeskError as error:
            result = result.failed(str(error))
        return replace(result, processing_time=time.perf_counter() - started)

    def versioned_fields(self, document: Document, document_type: DocumentType) -> tuple[dict[str, FieldValue], str]:
        """`fields`, and the version that made them. Raises ExtractionError."""
        version = self.version(document_type)
        return self.fields(document, document_type), version

    def extract_metadata(self, text: str, schema: Schema, document_type: str = "") -> Extraction:
        """The metadata of a text.

        `schema` is a JSON Schema, a DocumentType or the short form `{"title": "string", "date": "date"}`;
        `document_type` names the kind of paper (계약서). Raises SchemaError for an unusable schema; a document
        that cannot be read ends up in `Extraction.error`.
        """
        from .reading import document_from_text

        return self._read_and_extract(lambda: document_from_text(text), as_document_type(schema, document_type))

    def extract_file(self, path: Path | str, schema: Schema, document_type: str = "") -> Extraction:
        """The same for a file in one of the formats of `extractor.reading`."""
        from .reading.apart import read_sandboxed

        path = Path(path)
        return self._read_and_extract(lambda: read_sandboxed(path, path.name), as_document_type(schema, document_type))

    def _read_and_extract(self, read: Callable[[], Document], document_type: DocumentType) -> Extraction:
        try:
            return self.extract(read(), document_type)
        except ReadingError as error:
            return Extraction(self.model, self.provider, document_type.title(), error=str(error))


def available_models(
    config_path: Path | str | None = None,
    cloud_config_path: Path | str | None = None,
    keys: Mapping[str, str] | None = None,
) -> dict[str, ModelInfo]:
    """Every model by the key that `create_extractor` takes: builtin, local_<name>, cloud_<name>, hybrid.

    `keys` are API keys by provider name that win over the environment. Nothing is loaded and no provider is asked.
    Raises ConfigError for a configuration file that is not usable.
    """
    from .config import load_cloud, load_models

    local, cloud = load_models(config_path), load_cloud(cloud_config_path)
    found = [ModelInfo("builtin", "Built-in rules", "rightsdesk", None, "builtin", True)]
    found += [_local_info(model, local) for model in local.models.values()]
    found += [_cloud_info(model, cloud, keys) for model in cloud.models.values()]
    infos = {info.key: info for info in found}
    first = infos.get(_local_key(cloud.local_model))
    reason = first.reason if first else str(_unknown(cloud.local_model, infos))
    infos["hybrid"] = ModelInfo("hybrid", "Hybrid", "", None, "hybrid", reason is None, reason)
    return infos


def create_extractor(
    model_name: str = "builtin",
    config_path: Path | str | None = None,
    cloud_config_path: Path | str | None = None,
    keys: Mapping[str, str] | None = None,
    budget: Budget | None = None,
) -> Extractor:
    """The extractor of that key: `builtin`, `local_<name>` or the bare name of a local model, `cloud_<name>`, `hybrid`.

    `keys` are API keys by provider name that win over the environment; calls that cost are taken from `budget`.
    Raises ConfigError for an unknown model or one that is switched off, AuthenticationError for a missing key.
    """
    if model_name == "builtin":
        from .builtin.sandboxed import SandboxedBuiltinExtractor

        return SandboxedBuiltinExtractor()
    if model_name == "hybrid":
        from .hybrid import create_hybrid_extractor

        return create_hybrid_extractor(config_path, cloud_config_path, keys, budget)
    from .config import load_cloud, load_models

    local = load_models(config_path)
    name = model_name.removeprefix("local_")
    if name in local.models:
        from .local import LocalExtractor

        return LocalExtractor(local.models[name], local.cache_folder)
    cloud = load_cloud(cloud_config_path)
    model = cloud.models.get(model_name.removeprefix("cloud_"))
    if model is None or not model_name.startswith("cloud_"):
        raise _unknown(model_name, available_models(config_path, cloud_config_path))
    if off := _switched_off(model, cloud):
        raise off
    from .budget import BudgetedExtractor
    from .cloud import CloudExtractor

    provider = cloud.providers[model.provider]
    extractor = CloudExtractor(provider, model, provider.api_key(keys) or "", cloud)
    return BudgetedExtractor(extractor, budget) if budget else extractor


def prompt_version(model: str, document_type: str) -> str:
    """The version under which a model (its key) would file a result for a type (a key) now: see `Extractor.version`."""
    from . import calibration, prompt

    if model == "builtin":
        from .builtin import version_of

        return version_of(document_type)
    return calibration.version(model, prompt.VERSION) if model.startswith("local_") else prompt.VERSION


def _local_key(name: str) -> str:
    return name if name == "builtin" or name.startswith("local_") else f"local_{name}"


def _local_info(model: LocalModel, config: ModelConfig) -> ModelInfo:
    from .local import LocalExtractor

    if model.enabled:
        reason = LocalExtractor(model, config.cache_folder).is_available()
    else:
        template = N_("{model} is switched off in the model configuration (enabled: false).")
        reason = str(ConfigError(template, model=model.title))
    place = model.model_id or model.path
    return ModelInfo(
        f"local_{model.name}", model.title, "local", place, "local", reason is None, reason, context=model.context
    )


def _cloud_info(model: CloudModel, config: CloudConfig, keys: Mapping[str, str] | None) -> ModelInfo:
    from . import cost
    from .successors import note

    provider = config.providers[model.provider]
    problem: RightsdeskError | None = _switched_off(model, config)
    if problem is None and provider.api_key(keys) is None:
        template = N_("There is no key for {provider}. Set the variable {variable}.")
        problem = ConfigError(template, provider=provider.title, variable=provider.api_key_env)
    price = cost.price(provider.prices or provider.name, model.asked_id, model.price)
    reason, told = str(problem) if problem else None, note(model, config.models)
    return ModelInfo(
        f"cloud_{model.key}", model.name, model.provider, model.model_id, "cloud", not reason, reason, price,
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
