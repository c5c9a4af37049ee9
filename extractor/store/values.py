"""Reading what was extracted, what people made of it, and what they approved."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import Connection, Text, and_, bindparam, func, or_, select

from extractor.core.claims import Work
from extractor.core.document_types import DocumentType
from extractor.core.extractions import Extraction, FieldValue
from extractor.store import overlay
from extractor.store.base import StoreBase
from extractor.store.overlay import Values
from extractor.store.rows import DocumentRow, Edit, SetValue
from extractor.store.tables import approvals, documents, edits, extractions

_OF_TYPE = select(extractions).where(
    extractions.c.document_hash == bindparam("hash"), extractions.c.document_type == bindparam("key")
)
_NEWEST = {
    failed: _OF_TYPE.where(extractions.c.error.is_not(None) if failed else extractions.c.error.is_(None))
    .order_by(extractions.c.id.desc())
    .limit(1)
    for failed in (False, True)
}
_NEWEST_OF_MODEL = {failed: query.where(extractions.c.model == bindparam("model")) for failed, query in _NEWEST.items()}
_newer = extractions.alias("newer")
_LAST_OF_EACH_MODEL = (
    select(func.max(_newer.c.id))
    .where(_newer.c.document_hash == bindparam("hash"), _newer.c.document_type == bindparam("key"))
    .where(_newer.c.error.is_(None))
    .group_by(_newer.c.model)
)
_VERSION_NOW = _NEWEST[False].with_only_columns(extractions.c.type_version).scalar_subquery()
_BEST = (
    select(extractions)
    .where(extractions.c.id.in_(_LAST_OF_EACH_MODEL))
    .order_by((extractions.c.type_version == _VERSION_NOW).desc(), extractions.c.expected_right.desc())
    .order_by(extractions.c.model)
    .limit(1)
)
_GOOD = and_(
    extractions.c.type_version == bindparam("version"),
    or_(bindparam("prompt", type_=Text).is_(None), extractions.c.prompt_version == bindparam("prompt")),
    extractions.c.error.is_(None),
    extractions.c.id > bindparam("since"),
)
_RESULT_COUNTS = select(func.count(), func.count().filter(_GOOD)).where(
    extractions.c.document_hash == bindparam("hash"),
    extractions.c.document_type == bindparam("key"),
    extractions.c.model == bindparam("model"),
)
_APPROVAL = (
    select(approvals)
    .where(approvals.c.document_hash == bindparam("hash"), approvals.c.document_type == bindparam("key"))
    .order_by(approvals.c.id.desc())
    .limit(1)
)
_EDITS = (
    select(edits)
    .where(edits.c.document_hash == bindparam("hash"), edits.c.id > bindparam("since"), edits.c.undone_at.is_(None))
    .order_by(edits.c.id)
)

Known = tuple[Any, list[Edit]]


class ValueReader(StoreBase):
    def extraction(self, hash: str, document_type: DocumentType, model: str | None = None) -> Extraction | None:
        """The newest result of any version of the type; a failed one only when there is no other."""
        with self.engine.connect() as connection:
            row = self._newest(connection, hash, document_type.key, model)
            row = row or self._newest(connection, hash, document_type.key, model, failed=True)
        return Extraction.from_dict(json.loads(row.data)) if row else None

    def has_extraction(
        self, hash: str, document_type: DocumentType, model: str, prompt_version: str | None = None
    ) -> bool:
        """Whether this model gave a result for this version of the type, under that version of the prompt (None: any).
        A failed one does not count."""
        work = {"hash": hash, "key": document_type.key, "version": document_type.version, "model": model}
        with self.engine.connect() as connection:
            counts = connection.execute(_RESULT_COUNTS, {**work, "prompt": prompt_version, "since": 0}).one()
        return bool(counts[1])

    def result_of(self, work: Work) -> Extraction | None:
        """The newest result that the desk has of just this work; a failed one is none."""
        query = (
            _NEWEST_OF_MODEL[False]
            .where(extractions.c.type_version == work.type_version)
            .where(extractions.c.prompt_version == work.prompt_version)
        )
        asked = {"hash": work.hash, "key": work.document_type, "model": work.model}
        with self.engine.connect() as connection:
            row = connection.execute(query, asked).first()
        return Extraction.from_dict(json.loads(row.data)) if row else None

    def last_result(self) -> int:
        """The id of the newest result of any document; what comes later has a greater one."""
        with self.engine.connect() as connection:
            return connection.scalar(select(func.max(extractions.c.id))) or 0

    def _result_counts(self, connection: Connection, work: Work, since: int | None = None) -> tuple[int, int]:
        """How many results the work has: all, and those after `since` that need not be asked for again."""
        asked = {
            "hash": work.hash,
            "key": work.document_type,
            "version": work.type_version,
            "model": work.model,
            "prompt": work.prompt_version,
            "since": since or 0,
        }
        results, good = connection.execute(_RESULT_COUNTS, asked).one()
        return results, good

    def _last_results(self, connection: Connection, hash: str, key: str) -> list[str]:
        """The data of the last result of every model for a type, failed ones left out."""
        query = select(extractions.c.data).where(extractions.c.id.in_(_LAST_OF_EACH_MODEL))
        return list(connection.scalars(query, {"hash": hash, "key": key}))

    def models_of(self, hash: str, document_type: DocumentType) -> list[str]:
        """The models that have a result for the document, failed ones included, in the order they first had one."""
        query = (
            select(extractions.c.model)
            .where(extractions.c.document_hash == hash, extractions.c.document_type == document_type.key)
            .group_by(extractions.c.model)
            .order_by(func.min(extractions.c.id))
        )
        with self.engine.connect() as connection:
            return list(connection.scalars(query))

    def compared(self, limit: int = 500) -> list[str]:
        """The documents for which at least two models have a result for their type; the last extracted first."""
        query = (
            select(documents.c.hash)
            .join(extractions, extractions.c.document_hash == documents.c.hash)
            .where(extractions.c.document_type == documents.c.document_type, extractions.c.error.is_(None))
            .group_by(documents.c.hash)
            .having(func.count(extractions.c.model.distinct()) > 1)
            .order_by(func.max(extractions.c.id).desc())
        )
        with self.engine.connect() as connection:
            return list(connection.scalars(query.limit(limit)))

    def values(self, hash: str, document_type: DocumentType) -> dict[str, FieldValue]:
        """What Review shows, by path in schema order: the best result under the person's edits.

        Of an approved document, the values as approved. Raises StoreError when the document is unknown.
        """
        return {path: item.field for path, item in self.set_values(hash, document_type).items()}

    def set_values(self, hash: str, document_type: DocumentType) -> dict[str, SetValue]:
        """`values` with who set each one and when."""
        with self.engine.connect() as connection:
            return self._values(connection, self._row(connection, hash), document_type)

    def history(self, hash: str) -> list[Edit]:
        """All edits, oldest first, undone ones included."""
        with self.engine.connect() as connection:
            query = select(edits).where(edits.c.document_hash == hash).order_by(edits.c.id)
            return [as_edit(row) for row in connection.execute(query)]

    def _values(
        self, connection: Connection, row: DocumentRow, document_type: DocumentType, known: Known | None = None
    ) -> Values:
        key = document_type.key
        approval = self._approval(connection, row.hash, key)
        approved = approved_values(approval.data) if approval else {}
        if row.state == "approved" and row.document_type == key and approval:
            return overlay.in_schema_order(approved, document_type)
        best, made = known or self._known(connection, row.hash, key)
        base = _extracted_values(best)
        if approval:
            approved_type = self._type(connection, key, approval.type_version)
            base = overlay.approved_over(base, approved, approved_type)
            made = self._edits(connection, row.hash, approval.last_edit_id)
        else:
            bases = overlay.list_bases(made, key)
            stale = {name: id for name, id in bases.items() if best is not None and id != best.id}
            base = overlay.with_lists(base, {name: self._list_base(connection, id) for name, id in stale.items()})
        return overlay.in_schema_order(overlay.replay(base, made, document_type), document_type)

    def _known(self, connection: Connection, hash: str, key: str) -> Known:
        """What the values are made of: the best result, and the edits that count."""
        return self._best(connection, hash, key), self._edits(connection, hash)

    def _list_base(self, connection: Connection, id: int | None) -> Values:
        if id is None:
            return {}
        return _extracted_values(connection.execute(select(extractions).where(extractions.c.id == id)).first())

    def _best(self, connection: Connection, hash: str, key: str) -> Any:
        """The result that Review shows: of the last ones of all models, that which promises most right values.

        Which model came in last does not matter. Results for an older version of the type are the last resort.
        """
        return connection.execute(_BEST, {"hash": hash, "key": key}).first()

    def _newest(
        self, connection: Connection, hash: str, key: str, model: str | None = None, failed: bool = False
    ) -> Any:
        """The newest extraction that succeeded, or (`failed`) that did not."""
        asked = {"hash": hash, "key": key}
        if model is None:
            return connection.execute(_NEWEST[failed], asked).first()
        return connection.execute(_NEWEST_OF_MODEL[failed], {**asked, "model": model}).first()

    def _approval(self, connection: Connection, hash: str, key: str) -> Any:
        return connection.execute(_APPROVAL, {"hash": hash, "key": key}).first()

    def _edits(self, connection: Connection, hash: str, since: int = 0) -> list[Edit]:
        """The edits that count, oldest first: not undone, not overtaken by a later one of the same value."""
        rows = connection.execute(_EDITS, {"hash": hash, "since": since}).all()
        last = {(edit.document_type, edit.path): edit.id for edit in rows if not edit.removed}
        return [as_edit(edit) for edit in rows if edit.removed or last[(edit.document_type, edit.path)] == edit.id]


def _extracted_values(row: Any) -> Values:
    if row is None:
        return {}
    return overlay.from_extraction(Extraction.from_dict(json.loads(row.data)).fields, row.created_at)


def approved_values(data: str) -> Values:
    """The values of an approval's `data`."""
    return {path: SetValue.from_dict(item) for path, item in json.loads(data).items()}


def as_edit(row: Any) -> Edit:
    return Edit(
        id=row.id,
        document_type=row.document_type,
        path=row.path,
        value=None if row.value is None else FieldValue.from_dict(json.loads(row.value)),
        removed=row.removed,
        made_by=row.made_by,
        made_at=row.made_at,
        undone_at=row.undone_at,
        extraction_id=row.extraction_id,
        session=row.session,
    )
