"""Documents with their values, for export."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from sqlalchemy import Connection, and_, or_, select

from extractor.core.extractions import Extraction
from extractor.quality.accuracy import Approved
from extractor.store.base import ROW_COLUMNS
from extractor.store.rows import DocumentRow, Record
from extractor.store.tables import documents
from extractor.store.values import ValueReader

_BATCH = 200


class Records(ValueReader):
    def records(self, states: Sequence[str] = ("approved",), types: Sequence[str] = ()) -> Iterator[Record]:
        """Documents by name with their values and provenance; no `states` or `types` (keys) means all.

        Read in batches, so that a long export holds neither memory nor the database.
        """
        columns = (documents.c.name_key, documents.c.hash)
        query = select(*ROW_COLUMNS, documents.c.name_key).order_by(*columns).limit(_BATCH)
        if states:
            query = query.where(documents.c.state.in_(states))
        if types:
            query = query.where(documents.c.document_type.in_(types))
        following = query
        while True:
            with self.engine.connect() as connection:
                rows = [dict(row) for row in connection.execute(following).mappings()]
                if not rows:
                    return
                names = [row.pop("name_key") for row in rows]
                name, hash = names[-1], rows[-1]["hash"]
                batch = [self._record(connection, self._as_row(item)) for item in rows]
            yield from batch
            name_key, key = columns
            following = query.where(or_(name_key > name, and_(name_key == name, key > hash)))

    def record(self, hash: str) -> Record:
        """One document as `records` gives it. Raises StoreError when it is unknown."""
        with self.engine.connect() as connection:
            return self._record(connection, self._row(connection, hash))

    def approved_results(self, most: int = 500) -> Iterator[Approved]:
        """What each model last said of the documents approved last, at most `most` of them, with what is right."""
        documents_query = (
            select(*ROW_COLUMNS, documents.c.heading)
            .where(documents.c.state == "approved")
            .order_by(documents.c.changed_at.desc())
            .limit(most)
        )
        with self.engine.connect() as connection:
            for mapping in connection.execute(documents_query).mappings().all():
                heading = mapping["heading"]
                row = self._as_row({name: value for name, value in mapping.items() if name != "heading"})
                record = self._record(connection, row)
                for data in self._last_results(connection, row.hash, row.document_type):
                    result = Extraction.from_dict(json.loads(data))
                    yield Approved(record.document_type, row.name, heading, record.metadata, result)

    def _record(self, connection: Connection, row: DocumentRow) -> Record:
        key = row.document_type
        approval = self._approval(connection, row.hash, key) if row.state == "approved" else None
        shown = approval or self._best(connection, row.hash, key)
        document_type = self._type(connection, key, shown.type_version if shown else None)
        values = self._values(connection, row, document_type)
        if approval is None:
            return Record(row, document_type, values)
        return Record(row, document_type, values, approval.approved_by, approval.approved_at)
