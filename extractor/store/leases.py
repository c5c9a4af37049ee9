"""Who has which document open: a lease of some minutes, so that two people never get the same one by accident.

A lease is a person and a browser session. It is taken when a document is opened and kept alive by edits; an edit
takes one that nobody holds. It is a courtesy, not a lock: whoever opens a document by its link may work on it, and
what then collides is caught by `review.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import Connection, and_, bindparam, or_, select, update

from extractor.store.queue import NEEDS_PERSON, Queue, later_than
from extractor.store.rows import DocumentRow, QueuePlace
from extractor.store.tables import documents

LEASE = timedelta(minutes=10)
"""How long a document stays with whoever opened it, from the last sign of them."""

_FREE = or_(documents.c.review_until.is_(None), documents.c.review_until <= bindparam("now"))
_MINE = and_(documents.c.review_by == bindparam("user"), documents.c.review_session == bindparam("session"))
_OF = documents.c.hash == bindparam("of")
# One statement looks and takes, so that no other session comes in between.
_TAKE = (
    update(documents)
    .where(_OF, documents.c.state != "approved", or_(_FREE, _MINE))
    .values(review_by=bindparam("user"), review_session=bindparam("session"), review_until=bindparam("until"))
)
_RELEASE = update(documents).where(_OF, _MINE).values(review_by=None, review_session=None, review_until=None)


class Leases(Queue):
    def lease(self, hash: str, user: str, session: str) -> DocumentRow:
        """Take or prolong the lease of a document, unless another session holds it or it is approved.

        Returns the document as it is then; `DocumentRow.in_use` says who else has it. Raises StoreError when it is
        unknown.
        """

        def take(connection: Connection) -> DocumentRow:
            self._lease(connection, hash, user, session)
            return self._row(connection, hash)

        return self._writer.together(take, durable=False)

    def release(self, hash: str, user: str, session: str) -> None:
        """Give back this session's lease of a document, when it has one."""
        gone = {"of": hash, "user": user, "session": session}
        self._writer.together(lambda connection: connection.execute(_RELEASE, gone), durable=False)

    def take_next(self, user: str, session: str, after: QueuePlace | str | None = None) -> str | None:
        """`next_document`, with its lease taken: sessions that ask at the same time get different documents."""

        def take(connection: Connection) -> str | None:
            hash = self._next(connection, after, lock=True)
            if hash is not None:
                self._lease(connection, hash, user, session)
            return hash

        return self._writer.together(take, durable=False)

    def not_in_use(self, hashes: Sequence[str], user: str, session: str) -> str | None:
        """The first of some documents that nobody else has open; None when there is none."""
        query = select(documents.c.hash).where(
            documents.c.hash.in_(bindparam("some", expanding=True)), or_(_FREE, _MINE)
        )
        asked = {"some": list(hashes), "user": user, "session": session, "now": self.clock()}
        with self.engine.connect() as connection:
            free = set(connection.scalars(query, asked))
        return next((hash for hash in hashes if hash in free), None)

    def _lease(self, connection: Connection, hash: str, user: str, session: str) -> None:
        time = self.clock()
        wanted = {"of": hash, "user": user, "session": session, "now": time, "until": time + LEASE}
        connection.execute(_TAKE, wanted)

    def next_document(self, after: QueuePlace | str | None = None) -> str | None:
        """The hash of the next document that needs a person and that nobody has open, None when there is none.

        The least certain extraction comes first, then documents without one. Going on from `after`, a document or
        the place that one had, follows the same order and starts over at its end, so that a document passed over
        does not come right back.
        """
        with self.engine.connect() as connection:
            return self._next(connection, after)

    def _next(self, connection: Connection, after: QueuePlace | str | None, lock: bool = False) -> str | None:
        query = select(documents.c.hash).where(documents.c.state != "approved", _FREE)
        query = query.order_by(*NEEDS_PERSON).limit(1)
        if lock:
            # Only PostgreSQL heeds it; in SQLite nobody else writes meanwhile.
            query = query.with_for_update(skip_locked=True)
        at = {"now": self.clock()}
        position = self._place(connection, after) if isinstance(after, str) else after
        if position is None:
            return connection.scalar(query, at)
        following = connection.scalar(query.where(*later_than(position)), at)
        return following or connection.scalar(query.where(documents.c.hash != position.hash), at)

    def _place(self, connection: Connection, hash: str) -> QueuePlace | None:
        row = connection.execute(select(*NEEDS_PERSON).where(documents.c.hash == hash)).first()
        return QueuePlace(*row) if row else None
