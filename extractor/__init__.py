"""Rightsdesk's extractor: from a copyright document to its metadata, each value with its evidence.

    from extractor import create_cloud_extractor, create_extractor, create_hybrid_extractor
    result = create_extractor("builtin").extract_metadata(text, {"title": "string", "date": "date"}, "계약서")
    result.metadata, result.evidence, result.confidence, result.cost_usd, result.attempts

Importing this package loads no model library, no reader and no database.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from extractor.core.document_types import DocumentType, as_document_type, load_document_type, load_document_types
from extractor.core.documents import Box, Document, Page, Word
from extractor.core.errors import ConfigError, ExtractionError, ReadingError, RightsdeskError, SchemaError, StoreError
from extractor.core.extractions import Attempt, Evidence, Extraction, FieldValue, Usage
from extractor.core.messages import Message
from extractor.extractors.base import Extractor, ModelInfo
from extractor.extractors.registry import available_models, create_extractor
from extractor.spending import budget

if TYPE_CHECKING:
    from extractor.extractors.cloud.extractor import create_cloud_extractor
    from extractor.extractors.hybrid.extractor import create_hybrid_extractor
    from extractor.spending.budget import Ledger

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
    "Message",
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

_LATER = {
    "create_cloud_extractor": "extractors.cloud.extractor",
    "create_hybrid_extractor": "extractors.hybrid.extractor",
}


def _open_ledger() -> Ledger | None:
    """The ledger of the store that is there: the app, the shell, Python and functions share a month."""
    from extractor.desk.ledger import open_ledger

    return open_ledger()


budget.default_ledger = _open_ledger


def __getattr__(name: str) -> Any:
    """What needs more than the core is imported when it is first asked for."""
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    attribute = globals()[name] = getattr(import_module(f"{__name__}.{_LATER[name]}"), name)
    return attribute
