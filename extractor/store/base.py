"""What the parts of the store share: the database, the data folder, a document's row."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, bindparam, insert, select, update
from sqlalchemy.exc import IntegrityError

from extractor.core.document_types import DocumentType, load_document_types
from extractor.core.errors import N_, StoreError
from extractor.core.messages import from_json
from extractor.core.packing import dumps
from extractor.store.engine import WriteTransactions
from extractor.store.pack import unpack_error
from extractor.store.rows import DocumentRow
from extractor.store.tables import documents, type_versions

ROW_COLUMNS = [documents.c[field.name] for field in fields(DocumentRow)]

# What every call of a run asks is built once: putting a statement together costs more than running it.
_ROW = select(*ROW_COLUMNS).where(documents.c.hash == bindparam("hash"))
_ROW_LOCKED = _ROW.with_for_update()
_KEPT = select(type_versions.c.key).where(
    type_versions.c.key == bindparam("key"), type_versions.c.version == bindparam("version")
)


Types = Callable[[], Mapping[str, DocumentType]]


def now() -> datetime:
    return datetime.now(UTC)


def priority(state: str, confidence: float | None) -> float:
    """How early a document needs a person, lowest first: extracted ones by confidence, new ones, approved ones."""
    if state == "approved":
        return 3.0
    if state == "new":
        return 2.0
    # An extraction that found nothing needs a person most.
    return confidence if confidence is not None else 0.0


class StoreBase:
    """Transactions and look-ups that all parts of the store use."""

    def __init__(self, engine: Engine, folder: Path, types: Types = load_document_types) -> None:
        self.engine = engine
        self.folder = folder
        self._writer = WriteTransactions(engine)
        self._types = types
        self.clock = now

    def row(self, hash: str) -> DocumentRow:
        """One document. Raises StoreError when the store does not have it."""
        with self.engine.connect() as connection:
            return self._row(connection, hash)

    def _row(self, connection: Connection, hash: str, lock: bool = False) -> DocumentRow:
        mapping = connection.execute(_ROW_LOCKED if lock else _ROW, {"hash": hash}).mappings().first()
        if mapping is None:
            template = N_("The document {hash} is not in the store. It may have been deleted.")
            raise StoreError(template, hash=hash[:12])
        return self._as_row(mapping)

    def _as_row(self, mapping: Mapping[Any, Any]) -> DocumentRow:
        row = DocumentRow(
            **{
                **mapping,
                "warnings": tuple(map(from_json, json.loads(mapping["warnings"]))),
                "error": unpack_error(mapping["error"]),
            }
        )
        over = row.review_until is not None and row.review_until <= self.clock()
        return replace(row, review_by=None, review_session=None, review_until=None) if over else row

    def _update(self, connection: Connection, hash: str, **values: Any) -> None:
        connection.execute(update(documents).where(documents.c.hash == hash).values(**values))

    def _keep_type(self, connection: Connection, document_type: DocumentType) -> None:
        """Keep the schema beside what refers to it: an approved value is exported with the titles of its day."""
        wanted = {"key": document_type.key, "version": document_type.version}
        if connection.execute(_KEPT, wanted).first():
            return
        try:
            with connection.begin_nested():
                connection.execute(insert(type_versions).values(**wanted, schema=dumps(document_type.schema)))
        except IntegrityError:
            pass  # Another process kept it in between.

    def _type(self, connection: Connection, key: str, version: str | None = None) -> DocumentType:
        """The document type of that version; without a version, or when it is not kept, today's."""
        query = select(type_versions.c.schema).where(type_versions.c.key == key, type_versions.c.version == version)
        schema = connection.scalar(query) if version else None
        if schema is not None:
            return DocumentType(key, json.loads(schema))
        known = self._types().get(key)
        # The type's file was removed or is damaged: its documents must stay readable.
        return known if known is not None else DocumentType(key, {"type": "object", "properties": {}})
