"""The way of a file into the store: read, recognise, keep."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from .document_types import DocumentType
from .reading import read_bytes
from .recognition import propose_type

if TYPE_CHECKING:
    from .store import DocumentRow, Store


def add_file(store: Store, data: bytes, name: str, types: Mapping[str, DocumentType]) -> tuple[DocumentRow, bool]:
    """Read `data` and keep it under the type it looks like. Nothing is read again that the store has.

    Returns the document and whether it is new. Raises ReadingError for a file that cannot be read, StoreError
    for one that cannot be kept.
    """
    known = store.lookup(data)
    if known is not None:
        return known, False
    document = read_bytes(data, name)
    key, confidence = propose_type(document, types)
    return store.add(data, document, key, confidence)
