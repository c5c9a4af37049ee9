"""The approved documents of a type, as training wants them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from extractor.core.document_types import DocumentType
from extractor.learning.training import Example

if TYPE_CHECKING:
    from extractor.store import Store

MOST = 500
"""Documents to learn from; of more the ones approved last are taken."""


def examples(store: Store, document_type: DocumentType) -> list[Example]:
    """Documents of the type with their approved metadata, in the order in which they were approved."""
    records = sorted(
        store.records(types=[document_type.key]),
        key=lambda record: record.approved_at or datetime.min.replace(tzinfo=UTC),
    )
    return [(store.document(record.row.hash), record.metadata) for record in records[-MOST:]]
