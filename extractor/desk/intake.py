"""The way of a file into the store: read, recognise, keep; and of a binder into its parts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from extractor.classification.binders import Part, cut_file, cut_out
from extractor.core.document_types import DocumentType
from extractor.core.errors import N_, StoreError
from extractor.extractors.sandboxed_text import propose_type, read_and_look
from extractor.reading import sandbox

if TYPE_CHECKING:
    from extractor.store import DocumentRow, Store


def add_file(
    store: Store,
    data: bytes,
    name: str,
    types: Mapping[str, DocumentType],
    progress: Callable[[int, int], None] | None = None,
    at_first: int | None = None,
    stopped: Callable[[], bool] = lambda: False,
) -> tuple[DocumentRow, bool]:
    """Read `data` and keep it under the type it looks like. Nothing is read again that the store has.

    `progress` hears how many of the pages that need text recognition are done. Only the first `at_first` of them get
    it now; the others are left to `background_ocr.Recognition`.

    Returns the document and whether it is new. Raises ReadingError for a file that cannot be read (BusyError when
    the machine is to blame), StoreError for one that cannot be kept, StoppedError when `stopped` says so first.
    """
    known = store.lookup(data)
    if known is not None:
        return known, False
    looked = read_and_look(data, name, types, progress, at_first, stopped)
    return store.add(data, looked.document, looked.document_type, looked.confidence, looked.forms)


def split(store: Store, hash: str, parts: Sequence[Part], types: Mapping[str, DocumentType]) -> list[DocumentRow]:
    """Put each part of a binder in its place, as a document of its own; the binder goes when all are kept.

    Returns the documents in order. Raises StoreError when the binder is unknown or approved, ReadingError when its
    file cannot be cut.
    """
    row = store.row(hash)
    if row.state == "approved":
        raise StoreError(N_("{file}: is approved. Reopen it in Review before splitting it."), file=row.name)
    whole, path = store.document(hash), store.file(hash)
    kept = []
    for part in parts:
        data = sandbox.run(cut_file, path, row.name, part, name=row.name, size=row.size)
        document = cut_out(whole, part)
        kept.append(store.lookup(data) or store.add(data, document, *propose_type(document, types), 1)[0])
    if hash not in [added.hash for added in kept]:
        store.delete(hash, unapproved=True)
    return kept
