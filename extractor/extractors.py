"""What every extractor is, and the one place that knows which there are.

An extractor is a class with `model`, `provider` and one method of its own, `fields`; timing, errors and the
public conveniences come from the base class.
"""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from .core import Document, Extraction, FieldValue
from .document_types import DocumentType, as_document_type
from .errors import N_, ConfigError, ReadingError, RightsdeskError

Schema = DocumentType | Mapping[str, Any]


class Extractor(ABC):
    """Reads metadata out of documents. Safe to use from several threads."""

    model: str
    provider: str

    @abstractmethod
    def fields(self, document: Document, document_type: DocumentType) -> dict[str, FieldValue]:
        """One `FieldValue` for every field of the type, keyed by path. Raises ExtractionError."""

    def extract(self, document: Document, document_type: DocumentType) -> Extraction:
        """The metadata of `document`. A RightsdeskError ends up in `Extraction.error`; it is not raised."""
        result = Extraction(self.model, self.provider, document_type.title())
        started = time.perf_counter()
        try:
            result = replace(result, fields=self.fields(document, document_type), cost_usd=0.0)
        except RightsdeskError as error:
            result = result.failed(str(error))
        return replace(result, processing_time=time.perf_counter() - started)

    def extract_metadata(self, text: str, schema: Schema, document_type: str = "") -> Extraction:
        """The metadata of a text.

        `schema` is a JSON Schema, a DocumentType or the short form `{"title": "string", "date": "date"}`;
        `document_type` names the kind of paper (계약서). Raises SchemaError for an unusable schema; a document
        that cannot be read ends up in `Extraction.error`.
        """
        from .reading import document_from_text

        return self._read_and_extract(lambda: document_from_text(text), as_document_type(schema, document_type))

    def extract_file(self, path: Path | str, schema: Schema, document_type: str = "") -> Extraction:
        """The same for a file (PDF, DOCX, TXT, MD)."""
        from .reading import read

        return self._read_and_extract(lambda: read(path), as_document_type(schema, document_type))

    def _read_and_extract(self, read: Callable[[], Document], document_type: DocumentType) -> Extraction:
        try:
            return self.extract(read(), document_type)
        except ReadingError as error:
            return Extraction(self.model, self.provider, document_type.title(), error=str(error))


def available_models() -> tuple[str, ...]:
    """The keys that `create_extractor` takes."""
    return ("builtin",)


def create_extractor(model_name: str = "builtin") -> Extractor:
    """The extractor of that key (see `available_models`). Raises ConfigError for an unknown one."""
    if model_name == "builtin":
        from .builtin import BuiltinExtractor

        return BuiltinExtractor()
    template = N_("There is no model “{model}”. Known models: {known}.")
    raise ConfigError(template, model=model_name, known=", ".join(available_models()))
