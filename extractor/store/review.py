"""Extractions, edits, approvals: what changes the values of a document."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from sqlalchemy import Connection, bindparam, insert, update

from ..core import Extraction, FieldValue
from ..document_types import DocumentType
from ..errors import N_, StoreError
from . import overlay
from .base import now, priority
from .claims import settle_claim
from .overlay import Values
from .pack import dumps, search_key
from .rows import Claim, DocumentRow
from .tables import approvals, documents, edits, extractions
from .values import ValueReader

_KEEP = insert(extractions)
_REFRESH = (
    update(documents)
    .where(documents.c.hash == bindparam("of"))
    .values(
        **{name: bindparam(name) for name in ("state", "changed_at", "confidence", "error", "priority")},
        search_text=documents.c.name_key + "\n" + documents.c.heading + "\n" + bindparam("words"),
    )
)


class Review(ValueReader):
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
            "created_at": now(),
            "confidence": extraction.confidence,
            "error": extraction.error,
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

    def set_value(self, hash: str, document_type: DocumentType, path: str, value: FieldValue, user: str) -> None:
        """Set one value. It is on disk when this returns.

        A value without a source gets `person:<user>`. Raises StoreError when the document is unknown or approved.
        """
        if not value.source:
            value = FieldValue.from_dict({**asdict(value), "source": f"person:{user}"})
        self._edit(hash, document_type, path, user, value=dumps(value), removed=False)

    def remove(self, hash: str, document_type: DocumentType, prefix: str, user: str) -> None:
        """Take away every value at and below `prefix`, such as `parties[0]`. The other items keep their indices."""
        self._edit(hash, document_type, prefix, user, value=None, removed=True)

    def undo(self, hash: str, document_type: DocumentType, user: str) -> str | None:
        """Take back the last edit that `user` made on this type since the last approval.

        Returns its path, None when there is none. Raises StoreError when the document is unknown or approved.
        """
        with self._writer.begin() as connection:
            row = self._row_to_edit(connection, hash, document_type.key)
            approval = self._approval(connection, hash, document_type.key)
            since = approval.last_edit_id if approval else 0
            made = self._edits(connection, hash, since)
            mine = [edit for edit in made if edit.made_by == user and edit.document_type == document_type.key]
            if not mine:
                return None
            undone = {"undone_by": user, "undone_at": now()}
            connection.execute(update(edits).where(edits.c.id == mine[-1].id).values(undone))
            self._refresh(connection, row, document_type)
            return mine[-1].path

    def set_type(self, hash: str, key: str, user: str) -> None:
        """Give the document another type. Edits stay for the fields that both types have.

        Raises StoreError when the document is unknown or approved.
        """
        with self._writer.begin() as connection:
            row = self._row_to_edit(connection, hash)
            if key == row.document_type:
                return
            self._update(connection, hash, document_type=key, type_confidence=None)
            best = self._best(connection, hash, key)
            document_type = self._type(connection, key, best.type_version if best else None)
            self._refresh(connection, self._row(connection, hash), document_type)

    def open_review(self, hash: str) -> None:
        """Say that a person looks at the document: an extracted one is in review from now on."""
        with self._writer.begin() as connection:
            if self._row(connection, hash, lock=True).state == "extracted":
                self._update(connection, hash, state="in_review", changed_at=now())

    def approve(self, hash: str, document_type: DocumentType, user: str) -> None:
        """Keep the values as they are now as approved, whatever is extracted later.

        Approving twice keeps the first approval. Raises StoreError when the document is unknown.
        """
        with self._writer.begin() as connection:
            row = self._row(connection, hash, lock=True)
            if row.state == "approved":
                return
            self._row_to_edit(connection, hash, document_type.key)
            self._keep_type(connection, document_type)
            values = self._values(connection, row, document_type)
            made = self._edits(connection, hash)
            kept = {
                "document_hash": hash,
                "document_type": document_type.key,
                "type_version": document_type.version,
                "last_edit_id": made[-1].id if made else 0,
                "approved_by": user,
                "approved_at": now(),
                "data": dumps({path: item.to_dict() for path, item in values.items()}),
            }
            connection.execute(insert(approvals), kept)
            self._update(connection, hash, state="approved")
            self._refresh(connection, self._row(connection, hash), document_type)

    def reopen(self, hash: str, user: str) -> None:
        """Let an approved document be edited again, starting from its approved values."""
        with self._writer.begin() as connection:
            row = self._row(connection, hash, lock=True)
            if row.state == "approved":
                time = now()
                self._update(
                    connection,
                    hash,
                    state="in_review",
                    changed_at=time,
                    priority=priority("in_review", row.confidence),
                )

    def _edit(self, hash: str, document_type: DocumentType, path: str, user: str, **what: Any) -> None:
        with self._writer.begin() as connection:
            row = self._row_to_edit(connection, hash, document_type.key)
            self._keep_type(connection, document_type)
            bases = overlay.list_bases(self._edits(connection, hash), document_type.key)
            best = self._best(connection, hash, document_type.key)
            base = bases.get(overlay.list_of(path), best.id if best else None)
            made = {
                "document_hash": hash,
                "document_type": document_type.key,
                "extraction_id": base,
                "path": path,
                "made_by": user,
                "made_at": now(),
            }
            connection.execute(insert(edits), {**made, **what})
            self._refresh(connection, row, document_type)

    def _row_to_edit(self, connection: Connection, hash: str, key: str | None = None) -> DocumentRow:
        row = self._row(connection, hash, lock=True)
        if row.state == "approved":
            raise StoreError(N_("{file}: is approved. Reopen it to change it."), file=row.name)
        if key is not None and row.document_type != key:
            template = N_("{file}: its document type was changed in the meantime. Open it again.")
            raise StoreError(template, file=row.name)
        return row

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
            "changed_at": now(),
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
    found: list[Any] = []
    for item in values.values():
        found += item.value if isinstance(item.value, list) else [item.value]
    return "\n".join(str(value) for value in found if value is not None and not isinstance(value, bool))
