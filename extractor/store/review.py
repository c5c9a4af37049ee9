"""Extractions, edits, approvals: what changes the values of a document."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, update

from extractor.core.claims import Claim
from extractor.core.document_types import DocumentType
from extractor.core.extractions import Extraction, FieldValue
from extractor.core.model_keys import person_source
from extractor.core.packing import dumps
from extractor.store import overlay
from extractor.store.allowed import check_prefix, check_type, check_value
from extractor.store.base import priority
from extractor.store.claims import settle_claim
from extractor.store.conflicts import Conflicts, Seen, Who
from extractor.store.leases import Leases
from extractor.store.overlay import Values
from extractor.store.pack import pack_error, search_key
from extractor.store.rows import DocumentRow, QueuePlace
from extractor.store.tables import approvals, documents, edits, extractions

_KEEP = insert(extractions)
_REFRESH = (
    update(documents)
    .where(documents.c.hash == bindparam("of"))
    .values(
        **{name: bindparam(name) for name in ("state", "changed_at", "confidence", "error", "priority")},
        search_text=documents.c.name_key + "\n" + documents.c.heading + "\n" + bindparam("words"),
    )
)


class Review(Conflicts, Leases):
    def save_extraction(
        self, hash: str, document_type: DocumentType, extraction: Extraction, claim: Claim | None = None
    ) -> None:
        """Keep a result, also a failed one. It counts for the document when it is of its current type.

        It is filed under the version that made it, and `claim`, under which it was asked for, is over.
        What a person edited or approved stands. Raises StoreError when the document is unknown.
        """
        kept = {
            "document_hash": hash,
            "document_type": document_type.key,
            "type_version": document_type.version,
            "model": extraction.model,
            "prompt_version": extraction.prompt_version,
            "created_at": self.clock(),
            "confidence": extraction.confidence,
            "error": pack_error(extraction.error),
            "provider": extraction.provider,
            "input_tokens": extraction.usage.input_tokens,
            "output_tokens": extraction.usage.output_tokens,
            "cost_usd": extraction.cost_usd,
            "seconds": extraction.processing_time,
            "attempts": dumps(extraction.attempts),
            "expected_right": extraction.expected_right,
            "data": dumps(extraction),
        }

        def keep(connection: Connection) -> None:
            row = self._row(connection, hash, lock=True)
            self._keep_type(connection, document_type)
            made = connection.execute(_KEEP, kept).inserted_primary_key
            if claim is not None:
                settle_claim(connection, claim)
            if row.document_type == document_type.key:
                self._refresh(connection, row, document_type, last=made[0] if made else None)

        self._writer.together(keep)

    def set_value(
        self,
        hash: str,
        document_type: DocumentType,
        path: str,
        value: FieldValue,
        user: str,
        session: str = "",
        seen: FieldValue | None = None,
    ) -> None:
        """Set one value. It is on disk when this returns.

        A value without a source gets `person:<user>`. `seen` is the value that the person had before them,
        `FieldValue(None)` for none; without it nothing is compared. Raises ConflictError when the store has another
        one by someone else's doing, ApprovedError when the document is approved, StoreError when it is unknown or when
        the type has no such path or no such value can stand there.
        """
        if not value.source:
            value = replace(value, source=person_source(user))
        check_value(document_type, path, value.value)
        was = None if seen is None else {path: seen}
        self._edit(hash, document_type, path, value, Who(user, session), was)

    def remove(
        self,
        hash: str,
        document_type: DocumentType,
        prefix: str,
        user: str,
        session: str = "",
        seen: Seen | None = None,
    ) -> None:
        """Take away every value at and below `prefix`, such as `parties[0]`. The other items keep their indices.

        `seen` are the values that the person had before them, by path (those elsewhere do not matter); raises as
        `set_value` does.
        """
        check_prefix(document_type, prefix)
        self._edit(hash, document_type, prefix, None, Who(user, session), seen)

    def undo(self, hash: str, document_type: DocumentType, user: str, session: str = "") -> str | None:
        """Take back the last edit that `user` made in this session on this type since the last approval.

        Returns its path, None when there is none. Raises ApprovedError when the document is approved, StoreError when
        it is unknown.
        """
        who = Who(user, session)
        with self._writer.begin() as connection:
            row = self._row_to_edit(connection, hash, document_type.key)
            approval = self._approval(connection, hash, document_type.key)
            since = approval.last_edit_id if approval else 0
            made = self._edits(connection, hash, since)
            mine = [edit for edit in made if who.made(edit) and edit.document_type == document_type.key]
            if not mine:
                return None
            undone = {"undone_by": user, "undone_at": self.clock()}
            connection.execute(update(edits).where(edits.c.id == mine[-1].id).values(undone))
            self._refresh(connection, row, document_type)
            return mine[-1].path

    def set_type(self, hash: str, key: str, user: str) -> None:
        """Give the document another type. Edits stay for the fields that both types have.

        Raises StoreError when the document is unknown or approved, or when there is no such type.
        """
        with self._writer.begin() as connection:
            row = self._row_to_edit(connection, hash)
            if key == row.document_type:
                return
            check_type(self._types(), key, row.name)
            self._retype(connection, hash, key)

    def restore_types(self) -> None:
        """Give documents their type back that stand under its title, in whatever language, instead of its key.

        Up to version 0.1, changing the language could store a title. What was extracted and edited comes into view
        again.
        """
        types = self._types()
        with self.engine.connect() as connection:
            strange = set(connection.scalars(select(documents.c.document_type).distinct())) - set(types)
        for title in strange:
            keys = [
                key
                for key, document_type in types.items()
                if title in (document_type.title("ko"), document_type.title("en"))
            ]
            if len(keys) == 1:
                with self._writer.begin() as connection:
                    of = documents.c.document_type == title
                    for hash in connection.scalars(select(documents.c.hash).where(of)).all():
                        self._retype(connection, hash, keys[0])

    def _retype(self, connection: Connection, hash: str, key: str) -> None:
        self._update(connection, hash, document_type=key, type_confidence=None)
        best = self._best(connection, hash, key)
        document_type = self._type(connection, key, best.type_version if best else None)
        self._refresh(connection, self._row(connection, hash), document_type)

    def approve(
        self, hash: str, document_type: DocumentType, user: str, session: str = "", seen: Seen | None = None
    ) -> QueuePlace:
        """Keep the values as they are now as approved, whatever is extracted later. It is on disk when this returns.

        `seen` are the values that the person had before them; without it nothing is compared. Returns the place in
        the queue that the document had. Approving twice keeps the first approval. Raises ConflictError when values
        are not as they were seen, by someone else's or a model's doing, ApprovedError when somebody else approved what
        this person had before them, StoreError when the document is unknown.
        """
        with self._writer.begin() as connection:
            row = self._row(connection, hash, lock=True)
            position = QueuePlace(priority(row.state, row.confidence), row.created_at, hash)
            if row.state == "approved":
                approval = self._approval(connection, hash, row.document_type)
                if seen is not None and approval and approval.approved_by != user:
                    self._row_to_edit(connection, hash)  # Raises: this person's values are not those approved.
                return position
            self._row_to_edit(connection, hash, document_type.key)
            self._keep_type(connection, document_type)
            values = self._values(connection, row, document_type)
            if seen is not None:
                fields = {path: item.field for path, item in values.items()}
                self._refuse_unseen(connection, row, fields, seen, Who(user, session))
            made = self._edits(connection, hash)
            kept = {
                "document_hash": hash,
                "document_type": document_type.key,
                "type_version": document_type.version,
                "last_edit_id": made[-1].id if made else 0,
                "approved_by": user,
                "approved_at": self.clock(),
                "data": dumps({path: item.to_dict() for path, item in values.items()}),
            }
            connection.execute(insert(approvals), kept)
            self._update(connection, hash, state="approved", review_by=None, review_session=None, review_until=None)
            self._refresh(connection, self._row(connection, hash), document_type)
            return position

    def reopen(self, hash: str, user: str) -> None:
        """Let an approved document be edited again, starting from its approved values."""
        with self._writer.begin() as connection:
            row = self._row(connection, hash, lock=True)
            if row.state == "approved":
                time = self.clock()
                self._update(
                    connection,
                    hash,
                    state="in_review",
                    changed_at=time,
                    priority=priority("in_review", row.confidence),
                )

    def _edit(
        self,
        hash: str,
        document_type: DocumentType,
        path: str,
        value: FieldValue | None,
        who: Who,
        seen: Seen | None,
    ) -> None:
        """Keep an edit; without a value it takes away what is at and below `path`."""
        with self._writer.begin() as connection:
            row = self._row_to_edit(connection, hash, document_type.key)
            self._keep_type(connection, document_type)
            best, edited = known = self._known(connection, hash, document_type.key)
            if seen is not None:
                wanted = value.value if value else None
                self._refuse_conflict(connection, row, document_type, known, path, seen, wanted, who)
            bases = overlay.list_bases(edited, document_type.key)
            made = {
                "document_hash": hash,
                "document_type": document_type.key,
                "extraction_id": bases.get(overlay.list_of(path), best.id if best else None),
                "path": path,
                "value": None if value is None else dumps(value),
                "removed": value is None,
                "made_by": who.user,
                "made_at": self.clock(),
                "session": who.session,
            }
            connection.execute(insert(edits), made)
            if who.session:
                self._lease(connection, hash, who.user, who.session)
            self._refresh(connection, row, document_type)

    def _refresh(
        self, connection: Connection, row: DocumentRow, document_type: DocumentType, last: int | None = None
    ) -> None:
        """Bring the document's row up to date with its extractions, edits and approvals.

        `last` is the last extraction where it is known.
        """
        best, made = known = self._known(connection, row.hash, document_type.key)
        error = None
        if best is None or best.id != last:
            model = best.model if best else None
            failed = self._newest(connection, row.hash, document_type.key, model, failed=True)
            error = failed.error if failed and (best is None or failed.id > best.id) else None
        state: str = row.state
        if state != "approved":
            state = _state(state, best is not None, bool(made))
        confidence = best.confidence if best else None
        values = self._values(connection, row, document_type, known)
        refreshed = {
            "of": row.hash,
            "state": state,
            "changed_at": self.clock(),
            "confidence": confidence,
            "error": error,
            "priority": priority(state, confidence),
            "words": search_key(_words(values)),
        }
        connection.execute(_REFRESH, refreshed)


def _state(state: str, extracted: bool, edited: bool) -> str:
    """The state of a document that is not approved, after something about it changed."""
    if edited:
        return "in_review"
    if not extracted:
        return "new"
    return "in_review" if state == "in_review" else "extracted"


def _words(values: Values) -> str:
    """The values as text to search in."""
    flat: list[Any] = []
    for item in values.values():
        flat += item.value if isinstance(item.value, list) else [item.value]
    return "\n".join(str(value) for value in flat if value is not None and not isinstance(value, bool))
