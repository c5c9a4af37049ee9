"""The way of a file into the store: read, recognise, keep."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from .document_types import DocumentType
from .reading import read_bytes
from .recognition import propose_type

if TYPE_CHECKING:
    from .store import DocumentRow, Store


def add_file(
    store: Store,
    data: bytes,
    name: str,
    types: Mapping[str, DocumentType],
    progress: Callable[[int, int], None] | None = None,
) -> tuple[DocumentRow, bool]:
    """Read `data` and keep it under the type it looks like. Nothing is read again that the store has.

    `progress` hears how many of the pages that need text recognition are done.

    Returns the document and whether it is new. Raises ReadingError for a file that cannot be read, StoreError
    for one that cannot be kept.
    """
    known = store.lookup(data)
    if known is not None:
        return known, False
    document = read_bytes(data, name, progress)
    key, confidence = propose_type(document, types)
    return store.add(data, document, key, confidence)
