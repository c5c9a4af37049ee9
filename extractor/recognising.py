"""Text recognition of long scans, going on in the background while their first pages are worked on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from .background import Background
from .binders import propose_parts
from .core import Document, Extraction
from .document_types import DocumentType
from .errors import N_, RightsdeskError, StoreError
from .extractors import create_extractor
from .reading.apart import read_bytes
from .recognition import propose_type

if TYPE_CHECKING:
    from .store import DocumentRow, Store

FIRST = 2
"""Pages that are recognised while the person who brings a document waits."""
_MORE = 3
"""Each step reads this many times the pages of the step before. What was recognised is not recognised again."""


class Recognition:
    """One worker for a store, document by document. `types` says where document types come from."""

    def __init__(self, store: Store, types: Callable[[], Mapping[str, DocumentType]]) -> None:
        self._store, self._types = store, types
        self._background = Background("text recognition", self._finish)

    def go_on(self, hash: str) -> None:
        """Recognise the rest of a document. Returns at once; a document that waits already waits once."""
        self._background.put(hash)

    def resume(self) -> None:
        """Go on with what an earlier process left."""
        for hash in self._store.unread():
            self.go_on(hash)

    def _finish(self, hash: str) -> None:
        try:
            self._recognise(hash)
        except StoreError:
            self._store.forget_derived(hash)  # It was deleted meanwhile, and more of it was kept since.
            raise

    def _recognise(self, hash: str) -> None:
        row = self._store.row(hash)
        most = FIRST
        while row.unread:
            most *= _MORE
            document, forms, proposed = self._read(row, most)
            # Kept before the document counts as read: a server that stops in between does both again.
            again = None if document.unread else self._extracted(row, document)
            if again is not None and self._store.row(hash).state != "approved":
                self._store.save_extraction(hash, *again)
            row = self._store.read_on(document, forms, proposed)

    def _read(self, row: DocumentRow, most: int) -> tuple[Document, int, tuple[str, float]]:
        """More of the document, how many forms it seems to hold, and what type it seems to be."""
        try:
            document = read_bytes(self._store.file(row.hash).read_bytes(), row.name, None, most)
        except RightsdeskError as error:
            # What was read stays, with the reason why there is no more.
            told = N_("Text recognition stopped early ({reason}).").format(reason=error)
            document = replace(self._store.document(row.hash), unread=())
            document = replace(document, warnings=(*document.warnings, told))
        document = replace(document, content_hash=row.hash, name=row.name)
        return document, len(propose_parts(document)), propose_type(document, self._types())

    def _extracted(self, row: DocumentRow, document: Document) -> tuple[DocumentType, Extraction] | None:
        """What the built-in extractor read of the first pages, again of all. What people corrected stands over it."""
        document_type = self._types().get(row.document_type)
        if document_type is None or not self._store.has_extraction(row.hash, document_type, "builtin"):
            return None
        return document_type, create_extractor("builtin").extract(document, document_type)
