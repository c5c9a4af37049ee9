"""What two people do to one document at once: who changed what a person had been shown, and who may undo what."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from sqlalchemy import Connection, select

from extractor.core.document_types import DocumentType
from extractor.core.errors import N_, ApprovedError, ConflictError, StoreError
from extractor.core.extractions import FieldValue
from extractor.core.value_path import is_below
from extractor.store.rows import DocumentRow, Edit
from extractor.store.tables import documents, edits
from extractor.store.values import Known, ValueReader, as_edit

Seen = Mapping[str, FieldValue]
"""Values as a page showed them, by path; a path that is not there had no value."""

_NOTHING = FieldValue(None)


class Who(NamedTuple):
    """A person in a browser session; no session for scripts."""

    user: str
    session: str = ""

    def made(self, edit: Edit) -> bool:
        """Whether an edit is theirs, to be undone by them. Edits of before there were sessions count by person."""
        return edit.made_by == self.user and edit.session in ("", self.session)


class Conflicts(ValueReader):
    def changed(self, hash: str) -> str:
        """Another text whenever the document's values, state or type may have changed, or somebody else opened it.

        One row by its key, to be polled. Raises StoreError when the document is unknown.
        """
        columns = (documents.c.changed_at, documents.c.review_by, documents.c.review_session)
        with self.engine.connect() as connection:
            row = connection.execute(select(*columns).where(documents.c.hash == hash)).first()
            if row is None:
                self._row(connection, hash)
            return " ".join(map(str, row or ()))

    def _refuse_conflict(
        self,
        connection: Connection,
        row: DocumentRow,
        document_type: DocumentType,
        known: Known,
        prefix: str,
        seen: Seen,
        wanted: Any,
        who: Who,
    ) -> None:
        """Raise ConflictError when a value at or below `prefix` is not as it was `seen`, by another's doing.

        `wanted` is what the person wants there: who did the same is in nobody's way.
        """
        made = [edit for edit in self._all_edits(connection, row.hash) if _meets(edit.path, prefix)]
        if all(who == (edit.made_by, edit.session) for edit in made):
            return
        values = self._values(connection, row, document_type, known)
        for path in (path for path in (seen.keys() | values.keys()) if is_below(path, prefix)):
            now = values[path].field if path in values else _NOTHING
            if now.value in (seen.get(path, _NOTHING).value, wanted):
                continue
            last = _last(made, path)
            if last and who != (last.made_by, last.session):
                template = N_(
                    "{file}: {name} changed this value after it was shown to you. Your change is not saved. "
                    "Choose which of the two is to stay."
                )
                raise ConflictError(template, path=path, theirs=now, by=last.made_by, file=row.name, name=last.made_by)

    def _refuse_unseen(self, connection: Connection, row: DocumentRow, values: Seen, seen: Seen, who: Who) -> None:
        """Raise ConflictError when `values` are not as they were `seen`, by the doing of anybody else or a model."""
        other = [
            path
            for path in dict.fromkeys((*values, *seen))
            if values.get(path, _NOTHING).value != seen.get(path, _NOTHING).value
        ]
        if not other:
            return
        made = self._all_edits(connection, row.hash)
        for path in other:
            last = _last(made, path)
            if last and who == (last.made_by, last.session):
                continue
            now = values.get(path, _NOTHING)
            by = last.made_by if last else now.source
            template = N_(
                "{file}: values were changed after they were shown to you ({name}). It is not approved. "
                "Look at it again, then approve it."
            )
            raise ConflictError(template, path=path, theirs=now, by=by, file=row.name, name=by or "-")

    def _all_edits(self, connection: Connection, hash: str) -> list[Edit]:
        query = select(edits).where(edits.c.document_hash == hash).order_by(edits.c.id)
        return [as_edit(row) for row in connection.execute(query)]

    def _row_to_edit(self, connection: Connection, hash: str, key: str | None = None) -> DocumentRow:
        row = self._row(connection, hash, lock=True)
        if row.state == "approved":
            approval = self._approval(connection, hash, row.document_type)
            if approval is None:
                template = N_("{file}: is approved. Reopen it to change it.")
                raise ApprovedError(template, by=None, at=None, file=row.name)
            template = N_("{file}: is approved, by {name} at {time} UTC. Reopen it to change it.")
            by, at = approval.approved_by, approval.approved_at
            raise ApprovedError(template, by=by, at=at, file=row.name, name=by, time=f"{at:%Y-%m-%d %H:%M}")
        if key is not None and row.document_type != key:
            template = N_("{file}: its document type was changed in the meantime. Open it again.")
            raise StoreError(template, file=row.name)
        return row


def _meets(path: str, other: str) -> bool:
    return is_below(path, other) or is_below(other, path)


def _last(made: list[Edit], path: str) -> Edit | None:
    """The edit that last changed the value at `path`, by being made or by being undone."""
    touching = [edit for edit in made if _meets(edit.path, path)]
    return max(touching, key=lambda edit: (edit.changed_at, edit.id), default=None)
