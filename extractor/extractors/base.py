"""The base class of all extractors, and a model as people choose it."""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from extractor.core.document_types import DocumentType, as_document_type
from extractor.core.documents import Document
from extractor.core.errors import N_, ExtractionError, ReadingError, RightsdeskError
from extractor.core.extractions import Attempt, Extraction, FieldValue, Usage
from extractor.core.model_keys import Kind, is_paid

if TYPE_CHECKING:
    from extractor.settings.cloud import CloudConfig, Price
    from extractor.settings.local_models import ModelConfig
    from extractor.spending.budget import Budget

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
    type: Kind
    available: bool
    reason: str | None = None
    price: Price | None = None
    context: int | None = None
    note: str | None = None

    @property
    def is_paid(self) -> bool:
        """Whether its calls may cost money."""
        return is_paid(self.key)


@dataclass(frozen=True)
class Reply:
    """What an extractor says of one document, what that took, and what made it.

    `cost_usd` None: nobody knows. `error` is for who knows what an error cost, or has it from another process; else
    `reply` raises. `attempts` None: the extractor itself was asked, once. `provider` "": it is the extractor's.
    `seconds` None: all the time that `reply` took. `version` is that of what made the values, see
    `Extractor.version`.
    """

    fields: Mapping[str, FieldValue] = field(default_factory=dict)
    usage: Usage = field(default_factory=Usage)
    cost_usd: float | None = 0.0
    version: str = ""
    error: str | None = None
    attempts: tuple[Attempt, ...] | None = None
    provider: str = ""
    seconds: float | None = None


@dataclass(frozen=True)
class Setup:
    """What models are looked up with and made from.

    The configuration files (None: the usual ones), API keys by provider name that win over the environment, and the
    budget that calls that cost are taken from. The files are read when first asked for. Raises ConfigError then.
    """

    config_path: Path | str | None = None
    cloud_config_path: Path | str | None = None
    keys: Mapping[str, str] | None = None
    budget: Budget | None = None

    @cached_property
    def local(self) -> ModelConfig:
        from extractor.settings.local_models import load_models

        return load_models(self.config_path)

    @cached_property
    def cloud(self) -> CloudConfig:
        from extractor.settings.cloud import load_cloud

        return load_cloud(self.cloud_config_path)


@dataclass(frozen=True)
class Source:
    """Where extractors of one kind come from.

    `models` are those that there are, available or not; nothing is loaded and nobody is asked. `create` makes that of a
    key, None when it has no such model.
    """

    models: Callable[[Setup], Iterable[ModelInfo]]
    create: Callable[[str, Setup], Extractor | None]


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
    def reply(self, document: Document, document_type: DocumentType) -> Reply:
        """What it says of the document: one `FieldValue` for every field of the type. Raises RightsdeskError."""

    def failed(self, error: RightsdeskError) -> Reply:
        """What an error of `reply` amounts to: no values, and what was charged all the same."""
        return Reply(usage=getattr(error, "spent", None) or Usage(), error=error.message)

    def extract(self, document: Document, document_type: DocumentType) -> Extraction:
        """The metadata of `document`. A RightsdeskError ends up in `Extraction.error`; it is not raised."""
        started = time.perf_counter()
        try:
            reply = self.reply(document, document_type)
        except RightsdeskError as error:
            reply = self.failed(error)
        seconds = time.perf_counter() - started if reply.seconds is None else reply.seconds
        attempts = reply.attempts
        if attempts is None:
            asked = Attempt(self.model, self.provider, reply.error, seconds, reply.cost_usd)
            attempts = (asked,) if self.paid else ()
        return Extraction(
            self.model,
            reply.provider or self.provider,
            document_type.title(),
            reply.fields,
            seconds,
            reply.usage,
            reply.cost_usd,
            reply.error,
            attempts,
            reply.version,
            document_type.key,
        )

    def fields(self, document: Document, document_type: DocumentType) -> dict[str, FieldValue]:
        """The values of `extract` alone, keyed by path. Raises RightsdeskError."""
        reply = self.reply(document, document_type)
        if reply.error is not None:
            raise ExtractionError(N_("It failed: {reason}"), reason=reply.error)
        return dict(reply.fields)

    def extract_metadata(self, text: str, schema: Schema, document_type: str = "") -> Extraction:
        """The metadata of a text.

        `schema` is a JSON Schema, a DocumentType or the short form `{"title": "string", "date": "date"}`;
        `document_type` names the kind of paper (계약서). Raises SchemaError for an unusable schema; a document
        that cannot be read ends up in `Extraction.error`.
        """
        from extractor.reading.text import document_from_text

        return self._read_and_extract(lambda: document_from_text(text), as_document_type(schema, document_type))

    def extract_file(self, path: Path | str, schema: Schema, document_type: str = "") -> Extraction:
        """The same for a file in one of the formats of `extractor.reading`."""
        from extractor.reading.sandboxed import read_sandboxed

        path = Path(path)
        return self._read_and_extract(lambda: read_sandboxed(path, path.name), as_document_type(schema, document_type))

    def _read_and_extract(self, read: Callable[[], Document], document_type: DocumentType) -> Extraction:
        try:
            return self.extract(read(), document_type)
        except ReadingError as error:
            title, key = document_type.title(), document_type.key
            return Extraction(self.model, self.provider, title, error=error.message, document_type_key=key)
