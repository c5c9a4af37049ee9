"""Rightsdesk's extractor: from a copyright document to its metadata, each value with its evidence.

    from extractor import create_extractor
    result = create_extractor("builtin").extract_metadata(text, {"title": "string", "date": "date"}, "계약서")
    result.metadata, result.evidence, result.confidence

Importing this package loads no model library, no reader and no database.
"""

from __future__ import annotations

from .core import Box, Document, Evidence, Extraction, FieldValue, Page, Word
from .document_types import DocumentType, as_document_type, load_document_type, load_document_types
from .errors import ConfigError, ExtractionError, ReadingError, RightsdeskError, SchemaError, StoreError
from .extractors import Extractor, available_models, create_extractor

__all__ = [
    "Box",
    "ConfigError",
    "Document",
    "DocumentType",
    "Evidence",
    "Extraction",
    "ExtractionError",
    "Extractor",
    "FieldValue",
    "Page",
    "ReadingError",
    "RightsdeskError",
    "SchemaError",
    "StoreError",
    "Word",
    "as_document_type",
    "available_models",
    "create_extractor",
    "load_document_type",
    "load_document_types",
]
