"""The base class of all extractors, and a model as people choose it."""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from extractor.core.document_types import DocumentType, as_document_type
from extractor.core.documents import Document
from extractor.core.errors import ReadingError, RightsdeskError
from extractor.core.extractions import Extraction, FieldValue
from extractor.core.model_keys import Kind, is_paid

if TYPE_CHECKING:
    from extractor.settings.cloud import Price

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
            return Extraction(self.model, self.provider, document_type.title(), error=str(error))
