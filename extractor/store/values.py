"""Reading what was extracted, what people made of it, and what they approved."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import Connection, func, select

from ..core import Extraction, FieldValue
from ..document_types import DocumentType
from ..extractors import prompt_version
from . import overlay
from .base import StoreBase
from .overlay import Values
from .rows import DocumentRow, Edit, SetValue
from .tables import approvals, documents, edits, extractions


class ValueReader(StoreBase):
    def extraction(self, hash: str, document_type: DocumentType, model: str | None = None) -> Extraction | None:
        """The newest result of any version of the type; a failed one only when there is no other."""
        with self.engine.connect() as connection:
            found = self._newest(connection, hash, document_type.key, model)
            found = found or self._newest(connection, hash, document_type.key, model, failed=True)
        return Extraction.from_dict(json.loads(found.data)) if found else None

    def has_extraction(self, hash: str, document_type: DocumentType, model: str) -> bool:
        """Whether this model gave a result for this version of the type and today's prompt. A failed one does not
        count."""
        query = select(extractions.c.id).where(
            extractions.c.document_hash == hash,
            extractions.c.document_type == document_type.key,
            extractions.c.type_version == document_type.version,
            extractions.c.model == model,
            extractions.c.prompt_version == prompt_version(model),
            extractions.c.error.is_(None),
        )
        with self.engine.connect() as connection:
            return connection.execute(query.limit(1)).first() is not None

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
        """What Review shows, by path in schema order: the newest extraction under the person's edits.

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
            return [_as_edit(found) for found in connection.execute(query)]

    def _values(self, connection: Connection, row: DocumentRow, document_type: DocumentType) -> Values:
        key = document_type.key
        approval = self._approval(connection, row.hash, key)
        approved = approved_values(approval.data) if approval else {}
        if row.state == "approved" and row.document_type == key and approval:
            return overlay.in_schema_order(approved, document_type)
        newest = self._newest(connection, row.hash, key)
        base = _extracted_values(newest)
        if approval:
            approved_type = self._type(connection, key, approval.type_version)
            base = overlay.approved_over(base, approved, approved_type)
            made = self._edits(connection, row.hash, approval.last_edit_id)
        else:
            made = self._edits(connection, row.hash)
            bases = overlay.list_bases(made, key)
            stale = {name: id for name, id in bases.items() if newest is not None and id != newest.id}
            base = overlay.with_lists(base, {name: self._list_base(connection, id) for name, id in stale.items()})
        return overlay.in_schema_order(overlay.replay(base, made, document_type), document_type)

    def _list_base(self, connection: Connection, id: int | None) -> Values:
        if id is None:
            return {}
        return _extracted_values(connection.execute(select(extractions).where(extractions.c.id == id)).first())

    def _newest(
        self, connection: Connection, hash: str, key: str, model: str | None = None, failed: bool = False
    ) -> Any:
        """The newest extraction that succeeded, or (`failed`) that did not."""
        query = select(extractions).where(extractions.c.document_hash == hash, extractions.c.document_type == key)
        query = query.where(extractions.c.error.is_not(None) if failed else extractions.c.error.is_(None))
        if model is not None:
            query = query.where(extractions.c.model == model)
        return connection.execute(query.order_by(extractions.c.id.desc()).limit(1)).first()

    def _approval(self, connection: Connection, hash: str, key: str) -> Any:
        query = select(approvals).where(approvals.c.document_hash == hash, approvals.c.document_type == key)
        return connection.execute(query.order_by(approvals.c.id.desc()).limit(1)).first()

    def _edits(self, connection: Connection, hash: str, since: int = 0) -> list[Edit]:
        """The edits that count, oldest first: not undone, not overtaken by a later one of the same value."""
        query = select(edits).where(edits.c.document_hash == hash, edits.c.id > since, edits.c.undone_at.is_(None))
        found = connection.execute(query.order_by(edits.c.id)).all()
        last = {(edit.document_type, edit.path): edit.id for edit in found if not edit.removed}
        return [_as_edit(edit) for edit in found if edit.removed or last[(edit.document_type, edit.path)] == edit.id]


def _extracted_values(found: Any) -> Values:
    if found is None:
        return {}
    return overlay.from_extraction(Extraction.from_dict(json.loads(found.data)).fields, found.created_at)


def approved_values(data: str) -> Values:
    """The values of an approval's `data`."""
    return {path: SetValue.from_dict(item) for path, item in json.loads(data).items()}


def _as_edit(found: Any) -> Edit:
    return Edit(
        id=found.id,
        document_type=found.document_type,
        path=found.path,
        value=None if found.value is None else FieldValue.from_dict(json.loads(found.value)),
        removed=found.removed,
        made_by=found.made_by,
        made_at=found.made_at,
        undone_at=found.undone_at,
        extraction_id=found.extraction_id,
    )
