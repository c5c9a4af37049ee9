"""Page images of documents without pages: printed once in the background, kept within bounds, made again when gone."""

from __future__ import annotations

import logging
import os
import shutil
import tempfile
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from cachetools import LRUCache

from extractor.core.documents import Document
from extractor.core.errors import ReadingError, StoreError
from extractor.desk.background import Background
from extractor.reading.sandbox import for_caller

if TYPE_CHECKING:
    from extractor.store import DocumentRow, Store
from extractor.reading.libreoffice import PROGRAM

FORMATS = ("docx",)
"""Registry names of the formats that LibreOffice prints as they are; by itself it opens neither HWP 5 nor HWPX."""
MOST_BYTES = 512 * 1024 * 1024
TRY_AGAIN_SECONDS = 24 * 3600.0
"""What could not be printed is left alone for so long."""
_OPEN = 8

log = logging.getLogger(__name__)


class PrintedPages:
    """The printed pages of a store's documents. Safe to use from many threads and processes.

    Nothing of them goes into the store: a document, its evidence and what is exported of it are the same with and
    without LibreOffice.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._background = Background("printing", self._print)
        self._lock = threading.Lock()
        self._open: LRUCache[str, Document] = LRUCache(_OPEN)

    def make(self, row: DocumentRow) -> None:
        """Have the pages of a document printed if they can be and are not. Returns at once."""
        can_be = row.format in FORMATS and shutil.which(PROGRAM) and not self._failed_lately(row.hash)
        if can_be and not self.file(row.hash).is_file():
            self._background.put(row.hash)

    def coming(self, hash: str) -> bool:
        """Whether the pages are being printed, or will be."""
        return self._background.has(hash)

    def wait(self, hash: str, seconds: float) -> None:
        """Return when the pages are not being printed any more, or `seconds` have passed."""
        until = time.monotonic() + seconds
        while self.coming(hash) and time.monotonic() < until:
            time.sleep(0.05)

    def document(self, hash: str) -> Document | None:
        """The document with pages, sizes and boxes, its text as in the store; None while there are none.

        Raises StoreError when the document is unknown.
        """
        printed = self.file(hash)
        if not printed.is_file():
            return None
        with self._lock:
            if hash in self._open:
                return self._open[hash]
        from extractor.reading import sandboxed

        try:
            printed.touch()  # What is used stays.
            with for_caller("pages", interactive=True):
                document = sandboxed.place_pages(self._store.document(hash), printed)
        except (OSError, ReadingError) as error:
            self._give_up(hash, error)
            return None
        self._keep_open(hash, document)
        return document

    def forget(self, hash: str) -> None:
        """Let go of a document that is deleted; its files go with it."""
        with self._lock:
            self._open.pop(hash, None)

    def file(self, hash: str) -> Path:
        """Where the PDF of the pages is, or will be."""
        return self._store.rendition(hash)

    def _keep_open(self, hash: str, document: Document) -> None:
        with self._lock:
            self._open[hash] = document

    def _print(self, hash: str) -> None:
        from extractor.reading import sandboxed

        document, target = self._store.document(hash), self.file(hash)
        with tempfile.TemporaryDirectory(prefix="rightsdesk-", ignore_cleanup_errors=True) as folder:
            printed = Path(folder) / "pages.pdf"
            try:
                with_pages = sandboxed.print_pages(self._store.file(hash), document, printed)
                _publish(printed, target)
            except (OSError, ReadingError) as error:
                self._give_up(hash, error)
                return
        self._keep_open(hash, with_pages)
        try:
            self._store.row(hash)
        except StoreError:
            target.unlink(missing_ok=True)
            raise
        _trim(target.parent)

    def _failed_lately(self, hash: str) -> bool:
        mark = _mark(self.file(hash))
        try:
            return time.time() - mark.stat().st_mtime < TRY_AGAIN_SECONDS
        except OSError:
            return False

    def _give_up(self, hash: str, error: Exception) -> None:
        log.warning("no page images: %s", error)
        printed = self.file(hash)
        with suppress(OSError):
            printed.unlink(missing_ok=True)
            printed.parent.mkdir(parents=True, exist_ok=True)
            _mark(printed).touch()


def _mark(printed: Path) -> Path:
    return printed.with_suffix(".failed")


def _publish(printed: Path, target: Path) -> None:
    """Put a finished PDF in its place, whole or not at all. Raises OSError."""
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_suffix(f".{os.getpid()}.part")
    shutil.copyfile(printed, part)
    part.replace(target)


def _trim(folder: Path) -> None:
    """Remove what was not used for longest, until the rest is within `MOST_BYTES`."""
    total = 0
    known = [(path.stat(), path) for path in folder.glob("*.pdf")]
    for state, path in sorted(known, key=lambda entry: entry[0].st_mtime_ns, reverse=True):
        total += state.st_size
        if total > MOST_BYTES:
            path.unlink(missing_ok=True)
