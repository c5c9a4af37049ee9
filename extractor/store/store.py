"""The store as a whole."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from ..document_types import DocumentType, load_document_types
from ..errors import N_, StoreError
from .base import Types
from .documents import Documents
from .engine import open_engine
from .records import Records
from .results import Results
from .review import Review
from .rows import ToExtract


class Store(Documents, Review, Records, Results):
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

    def to_extract(
        self, hash: str, types: Mapping[str, DocumentType], model: str, again: bool = False
    ) -> ToExtract | None:
        """The document for `model`; None when it has a result already (see `has_extraction`), except for `again`.

        Raises StoreError when the document is unknown or its type is none of `types`.
        """
        with self.engine.connect() as connection:
            row = self._row(connection, hash)
            if (document_type := types.get(row.document_type)) is None:
                template = N_("{file}: the document type “{type}” does not exist any more. Choose another one.")
                raise StoreError(template, file=row.name, type=row.document_type)
            results, good = self._result_counts(connection, hash, document_type, model)
            if good and not again:
                return None
            return ToExtract(row, document_type, self._document(connection, row), results)

    def close(self) -> None:
        """Close the database connections. The store must not be used after."""
        self.engine.dispose()
