"""Documents in and out: the file, the pages one by one, the cells apart."""

from __future__ import annotations

import hashlib
import re
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from sqlalchemy import Connection, bindparam, delete, insert, select
from sqlalchemy.exc import IntegrityError

from extractor.core.documents import Document, Page
from extractor.core.errors import N_, StoreError
from extractor.core.messages import as_json
from extractor.core.packing import dumps
from extractor.extractors.builtin.learned import library
from extractor.store import files
from extractor.store.allowed import check_type
from extractor.store.base import ROW_COLUMNS, StoreBase, now, priority
from extractor.store.engine import shrink_log
from extractor.store.pack import clean, pack_cells, pack_pages, search_key, unpack_cells, unpack_page
from extractor.store.rows import DocumentRow
from extractor.store.tables import cells, claims, documents, pages

# The title of a form stands in its first lines; more would make the search text grow with the document.
HEADING_LENGTH = 200

_HASH = re.compile("[0-9a-f]{64}")
_PAGES = select(pages).where(pages.c.document_hash == bindparam("hash")).order_by(pages.c.number)
_CELLS = select(cells.c.data).where(cells.c.document_hash == bindparam("hash"))


class Documents(StoreBase):
    def add(
        self,
        data: bytes,
        document: Document,
        document_type: str,
        type_confidence: float | None = None,
        forms: int | None = None,
    ) -> tuple[DocumentRow, bool]:
        """Keep a file and what was read from it. `document_type` is a type's key, `forms` as in `DocumentRow`.

        Returns the document and True, or False when the same content is there already (it stays as it is).
        Raises StoreError when the data folder cannot be written or there is no such type.
        """
        check_type(self._types(), document_type, document.name)
        content_hash = hashlib.sha256(data).hexdigest()
        document = replace(document, content_hash=content_hash)
        self._keep_file(content_hash, data, document.name)
        try:
            with self._writer.begin() as connection:
                if connection.scalar(select(documents.c.hash).where(documents.c.hash == content_hash)):
                    return self._row(connection, content_hash), False
                row = _document_row(document, len(data), document_type, type_confidence)
                connection.execute(insert(documents), row | {"forms": forms})
                self._insert_content(connection, document)
                # Someone may have deleted the same content since it was written above.
                self._keep_file(content_hash, data, document.name)
                return self._row(connection, content_hash), True
        except IntegrityError:
            return self.row(content_hash), False  # Another process added it in between.

    def read_on(
        self, document: Document, forms: int | None = None, proposed: tuple[str, float] | None = None
    ) -> DocumentRow:
        """More of a document was read than when it was added: keep its pages and warnings in place of the old ones.

        Pages that were there before have the same text and places, so that evidence stays right. `proposed` is a type
        and its confidence, for a document whose type no person chose. Raises StoreError when it was deleted meanwhile.
        """
        hash = document.content_hash
        with self._writer.begin() as connection:
            row = self._row(connection, hash, lock=True)
            for table in (pages, cells):
                connection.execute(delete(table).where(table.c.document_hash == hash))
            self._insert_content(connection, document)
            kept = ("warnings", "heading", "search_text", "unread", "changed_at")
            values = {name: value for name, value in _document_row(document, 0, "", None).items() if name in kept}
            if proposed:
                check_type(self._types(), proposed[0], row.name)
            if proposed and row.type_confidence is not None and row.state == "new":
                values |= dict(zip(("document_type", "type_confidence"), proposed, strict=True))
            self._update(connection, hash, forms=forms, **values)
            return self._row(connection, hash)

    def has(self, hash: str) -> bool:
        """Whether the desk has a document with this content."""
        with self.engine.connect() as connection:
            return connection.scalar(select(documents.c.hash).where(documents.c.hash == hash)) is not None

    def unread(self) -> list[str]:
        """The documents whose text recognition is not finished, the oldest first."""
        query = select(documents.c.hash).where(documents.c.unread > 0).order_by(documents.c.created_at)
        with self.engine.connect() as connection:
            return list(connection.scalars(query))

    def _insert_content(self, connection: Connection, document: Document) -> None:
        connection.execute(insert(pages), list(pack_pages(document)))
        if document.cells:
            packed = {"document_hash": document.content_hash, "data": pack_cells(document.cells)}
            connection.execute(insert(cells), packed)

    def lookup(self, data: bytes) -> DocumentRow | None:
        """The document with exactly this content, None when there is none. A file that was lost is kept again."""
        content_hash = hashlib.sha256(data).hexdigest()
        query = select(*ROW_COLUMNS).where(documents.c.hash == content_hash)
        with self.engine.connect() as connection:
            mapping = connection.execute(query).mappings().first()
        if mapping is None:
            return None
        self._keep_file(content_hash, data, mapping["name"])
        return self._as_row(mapping)

    def file(self, hash: str) -> Path:
        """Where the file's bytes are. Raises StoreError when they are missing."""
        path = files.path_of(self.folder, self._checked(hash))
        if not path.is_file():
            name = self.row(hash).name
            # Deleting it may have been cut off before the database knew.
            with suppress(OSError):
                files.put_back(self.folder, hash)
        if not path.is_file():
            template = N_("{file}: its content is missing from the data folder {folder}. Upload it again.")
            raise StoreError(template, file=name, folder=str(self.folder))
        return path

    def rendition(self, hash: str) -> Path:
        """Where the printed pages of a document without pages are, when they were made; they go when it goes."""
        return files.rendition_of(self.folder, self._checked(hash))

    def _checked(self, hash: str) -> str:
        """`hash`, which becomes part of a path: nothing but a content hash may. Raises StoreError."""
        return hash if _HASH.fullmatch(hash) else self.row(hash).hash

    def _keep_file(self, content_hash: str, data: bytes, name: str) -> None:
        try:
            files.write(self.folder, content_hash, data)
        except OSError as error:
            template = N_("{file}: cannot be kept in the data folder {folder} ({reason}).")
            reason = error.strerror or str(error)
            raise StoreError(template, file=name, folder=str(self.folder), reason=reason) from error

    def delete(self, hash: str, unapproved: bool = False) -> list[str]:
        """Remove a document with all that belongs to it and all that was made or learned of it.

        Returns the types (their keys) that are read by less now, since what was learned had values of the document:
        they are to be taught again. Raises StoreError when it is unknown or cannot be removed; with `unapproved` also
        when it is approved by now.
        """
        try:
            with self._writer.begin() as connection:
                row = self._row(connection, hash, lock=True)
                if unapproved and row.state == "approved":
                    raise StoreError(N_("{file}: was approved in the meantime. It is not deleted."), file=row.name)
                connection.execute(delete(documents).where(documents.c.hash == hash))
                connection.execute(delete(claims).where(claims.c.hash == hash))
                lost = library.forget(hash, library.folder_in(self.folder))
                # If the file cannot be removed, nothing is; and if the database refuses, the file comes back.
                files.set_aside(self.folder, hash)
        except OSError as error:
            template = N_("Not deleted: the file cannot be removed from the data folder {folder} ({reason}).")
            raise StoreError(template, folder=str(self.folder), reason=error.strerror or str(error)) from error
        except BaseException:
            with suppress(OSError):
                files.put_back(self.folder, hash)
            raise
        try:
            files.remove(self.folder, hash)
        except OSError as error:
            template = N_(
                "The document is deleted, but files of it could not be removed from the data folder {folder} "
                "({reason}). Remove those whose names contain {hash} by hand."
            )
            reason = error.strerror or str(error)
            raise StoreError(template, folder=str(self.folder), reason=reason, hash=hash) from error
        shrink_log(self.engine)
        return lost

    def forget_derived(self, hash: str) -> None:
        """Remove what was made of a document after it was deleted; of one that is there nothing."""
        if not self.has(hash):
            files.remove(self.folder, hash)

    def document(self, hash: str, row: DocumentRow | None = None) -> Document:
        """The whole document as it was read; `row` where it is known. Raises StoreError when it is unknown."""
        with self.engine.connect() as connection:
            return self._document(connection, row or self._row(connection, hash))

    def _document(self, connection: Connection, row: DocumentRow) -> Document:
        hash = row.hash
        unpacked = [unpack_page(page) for page in connection.execute(_PAGES, {"hash": hash})]
        packed = connection.scalar(_CELLS, {"hash": hash})
        return Document(
            name=row.name,
            content_hash=hash,
            format=row.format,
            text="".join(text for _, text in unpacked),
            pages=tuple(page for page, _ in unpacked),
            cells=unpack_cells(packed) if packed else (),
            warnings=row.warnings,
        )

    def page(self, hash: str, number: int) -> tuple[Page, str]:
        """One page (from 1) and its text, `Document.text[page.start:page.end]`.

        Costs the same whatever the page count. Raises StoreError when there is no such page.
        """
        query = select(pages).where(pages.c.document_hash == hash, pages.c.number == number)
        with self.engine.connect() as connection:
            packed = connection.execute(query).first()
        if packed is None:
            row = self.row(hash)
            template = N_("{file}: has no page {number}, only {count}.")
            raise StoreError(template, file=row.name, number=number, count=row.page_count)
        page, text = unpack_page(packed)
        return page, text[: page.end - page.start]


def _document_row(
    document: Document, size: int, document_type: str, type_confidence: float | None
) -> dict[str, object]:
    time = now()
    name = clean(document.name)
    heading = search_key(document.text[:HEADING_LENGTH])
    return {
        "hash": document.content_hash,
        "name": name,
        "name_key": search_key(name),
        "format": document.format,
        "document_type": document_type,
        "type_confidence": type_confidence,
        "state": "new",
        "page_count": len(document.pages),
        "size": size,
        "warnings": dumps([as_json(warning) for warning in document.warnings]),
        "unread": len(document.unread),
        "created_at": time,
        "changed_at": time,
        "priority": priority("new", None),
        "heading": heading,
        "search_text": f"{search_key(name)}\n{heading}",
    }
