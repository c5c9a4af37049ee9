"""Text recognition of long scans, going on in the background while their first pages are worked on."""

from __future__ import annotations

import atexit
import logging
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from extractor.core.document_types import DocumentType
from extractor.core.errors import N_, BusyError, RightsdeskError, StoreError
from extractor.core.extractions import Extraction
from extractor.core.messages import Message
from extractor.core.model_keys import BUILTIN
from extractor.desk.background import Background
from extractor.extractors.registry import create_extractor
from extractor.extractors.sandboxed_text import Looked, read_and_look
from extractor.reading.sandbox import for_caller

if TYPE_CHECKING:
    from extractor.core.documents import Document
    from extractor.store import DocumentRow, Store

FIRST = 2
"""Pages that are recognised while the person who brings a document waits."""
_MORE = 3
"""Each step reads this many times the pages of the step before. What was recognised is not recognised again."""
MOST_TRIES = 3
"""A document at which the server ended so often is not gone on with when it starts again."""
_PAUSES = 30
_PAUSE = 60.0
"""Seconds until the next try when the machine was to blame."""


_ENDED = N_("the server ended {count} times while it worked on it")

log = logging.getLogger(__name__)


class BackgroundOcr:
    """One worker for a store, document by document. `types` says where document types come from.

    `pause` is called with seconds before what the machine was to blame for is tried again.
    """

    def __init__(
        self,
        store: Store,
        types: Callable[[], Mapping[str, DocumentType]],
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self._pause = pause
        self._store, self._types = store, types
        self._background = Background("text recognition", self._finish)
        self._tries = store.folder / "recognising"
        self._mark: Path | None = None
        atexit.register(self._forget)

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
        with for_caller("text recognition"), self._counted(hash) as tries:
            while row.unread:
                most *= _MORE
                row = self._step(row, most if tries <= MOST_TRIES else 0)

    def _step(self, row: DocumentRow, most: int) -> DocumentRow:
        """Read the first `most` pages that need recognition, and keep what was read. 0: give the rest up."""
        looked = self._read(row, most) if most else self._as_it_is(row, Message(_ENDED, count=MOST_TRIES))
        document = replace(looked.document, content_hash=row.hash, name=row.name)
        # Kept before the document counts as read: a server that stops in between does both again.
        again = None if document.unread or not most else self._extracted(row, document)
        if again is not None and self._store.row(row.hash).state != "approved":
            self._store.save_extraction(row.hash, *again)
        return self._store.read_on(document, looked.forms, (looked.document_type, looked.confidence))

    def _read(self, row: DocumentRow, most: int) -> Looked:
        """More of the document, how many forms it seems to hold, and what type it seems to be."""
        reason = ""
        for _ in range(_PAUSES):
            try:
                data = self._store.file(row.hash).read_bytes()
                return read_and_look(data, row.name, self._types(), None, most)
            except BusyError as error:
                reason = error.message
                log.warning("text recognition waits: %s", reason)
                self._pause(_PAUSE)
                self._store.row(row.hash)  # Raises StoreError when it was deleted meanwhile.
            except RightsdeskError as error:
                return self._as_it_is(row, error.message)
        return self._as_it_is(row, reason)

    def _as_it_is(self, row: DocumentRow, reason: str) -> Looked:
        """What was read stays, with the reason why there is no more."""
        warning = Message(N_("Text recognition stopped early ({reason})."), reason=reason)
        document = replace(self._store.document(row.hash), unread=())
        document = replace(document, warnings=(*document.warnings, warning))
        return Looked(document, row.forms or 1, row.document_type, row.type_confidence or 0.0)

    def _extracted(self, row: DocumentRow, document: Document) -> tuple[DocumentType, Extraction] | None:
        """What the built-in extractor read of the first pages, again of all. What people corrected stands over it."""
        document_type = self._types().get(row.document_type)
        if document_type is None or not self._store.has_extraction(row.hash, document_type, BUILTIN):
            return None
        return document_type, create_extractor(BUILTIN).extract(document, document_type)

    @contextmanager
    def _counted(self, hash: str) -> Iterator[int]:
        """How often the document was begun and not come to an end with, this time included.

        Kept beside the store: what ends the whole server leaves no other trace.
        """
        mark = self._tries / hash
        try:
            tries = int(mark.read_text("ascii")) + 1
        except (OSError, ValueError):
            tries = 1
        with suppress(OSError):
            mark.parent.mkdir(parents=True, exist_ok=True)
            mark.write_text(str(tries), "ascii")
        self._mark = mark
        try:
            yield tries
        finally:
            self._forget()

    def _forget(self) -> None:
        """A server that is stopped in good order did not end because of a document."""
        if self._mark is not None:
            with suppress(OSError):
                self._mark.unlink(missing_ok=True)
        self._mark = None
