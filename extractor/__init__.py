"""Rightsdesk's extractor: from a copyright document to its metadata, each value with its evidence.

    from extractor import create_cloud_extractor, create_extractor, create_hybrid_extractor
    result = create_extractor("builtin").extract_metadata(text, {"title": "string", "date": "date"}, "계약서")
    result.metadata, result.evidence, result.confidence, result.cost_usd, result.attempts

Importing this package loads no model library, no reader and no database.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .core import Attempt, Box, Document, Evidence, Extraction, FieldValue, Page, Usage, Word
from .document_types import DocumentType, as_document_type, load_document_type, load_document_types
from .errors import ConfigError, ExtractionError, ReadingError, RightsdeskError, SchemaError, StoreError
from .extractors import Extractor, ModelInfo, available_models, create_extractor

if TYPE_CHECKING:
    from .cloud import create_cloud_extractor
    from .hybrid import create_hybrid_extractor

__all__ = [
    "Attempt",
    "Box",
    "ConfigError",
    "Document",
    "DocumentType",
    "Evidence",
    "Extraction",
    "ExtractionError",
    "Extractor",
    "FieldValue",
    "ModelInfo",
    "Page",
    "ReadingError",
    "RightsdeskError",
    "SchemaError",
    "StoreError",
    "Usage",
    "Word",
    "as_document_type",
    "available_models",
    "create_cloud_extractor",
    "create_extractor",
    "create_hybrid_extractor",
    "load_document_type",
    "load_document_types",
]

_LATER = {"create_cloud_extractor": "cloud", "create_hybrid_extractor": "hybrid"}


def __getattr__(name: str) -> Any:
    """What needs more than the core is imported when it is first asked for."""
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    found = globals()[name] = getattr(import_module(f"{__name__}.{_LATER[name]}"), name)
    return found
