"""The store as a whole."""

from __future__ import annotations

import os
from pathlib import Path

from extractor.core.claims import Claim
from extractor.core.document_types import DocumentType, load_document_types
from extractor.core.errors import N_, StoreError
from extractor.core.extractions import Extraction
from extractor.store.base import Types
from extractor.store.claims import Claims
from extractor.store.documents import Documents
from extractor.store.engine import open_engine
from extractor.store.records import Records
from extractor.store.results import Results
from extractor.store.review import Review


class Store(Documents, Review, Claims, Records, Results):
    """Documents, what was extracted from them, and what people made of it.

    One store serves all sessions and threads of a process, and several processes may open the same one.
    """

    @classmethod
    def open(
        cls, url: str | None = None, folder: Path | str | None = None, types: Types = load_document_types
    ) -> Store:
        """The store in `folder` (default: `RIGHTSDESK_DATA`, or `data` here), made or migrated when needed.

        `url` is an SQLAlchemy database URL; default: `RIGHTSDESK_DATABASE_URL`, or SQLite in the folder. `types` says
        which document types there are.
        Raises StoreError when the folder or the database cannot be used.
        """
        folder = Path(folder or os.environ.get("RIGHTSDESK_DATA") or "data").resolve()
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            template = N_("The data folder {folder} cannot be made ({reason}). Set RIGHTSDESK_DATA to another one.")
            raise StoreError(template, folder=str(folder), reason=error.strerror or str(error)) from error
        url = url or os.environ.get("RIGHTSDESK_DATABASE_URL") or f"sqlite:///{folder / 'rightsdesk.db'}"
        store = cls(open_engine(url), folder, types)
        store.restore_types()
        return store

    def keep_result(self, claim: Claim, document_type: DocumentType, extraction: Extraction) -> None:
        """Keep what came of claimed work: with its document, or where the desk does not have that, for a while."""
        if self.has(claim.work.hash):
            self.save_extraction(claim.work.hash, document_type, extraction, claim)
        else:
            self.keep_answer(claim, extraction)

    def close(self) -> None:
        """Close the database connections. The store must not be used after."""
        self.engine.dispose()
