"""The queue: which documents there are, and which one needs a person next. Each query is as fast for 100,000."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, and_, func, or_, select

from extractor.store.base import ROW_COLUMNS, StoreBase
from extractor.store.pack import search_key
from extractor.store.rows import STATES, DocumentRow, Order, QueuePlace
from extractor.store.tables import documents

NEEDS_PERSON = (documents.c.priority, documents.c.created_at, documents.c.hash)
_ORDERS: dict[str, tuple[Any, ...]] = {
    "needs_person": NEEDS_PERSON,
    "changed": (documents.c.changed_at.desc(), documents.c.hash.desc()),
    "name": (documents.c.name_key, documents.c.hash),
}


class Queue(StoreBase):
    def find(
        self,
        search: str = "",
        states: Sequence[str] = (),
        types: Sequence[str] = (),
        order: Order = "needs_person",
        limit: int = 50,
        offset: int = 0,
    ) -> list[DocumentRow]:
        """Documents for the queue. No `states` or `types` (keys) means all of them.

        `search` looks in the name, the first lines and the values, whatever the case; each word of it must
        be there.
        """
        query = _filtered(select(*ROW_COLUMNS), search, states, types)
        query = query.order_by(*_ORDERS[order]).limit(limit).offset(offset)
        with self.engine.connect() as connection:
            return [self._as_row(row) for row in connection.execute(query).mappings()]

    def count(self, search: str = "", states: Sequence[str] = (), types: Sequence[str] = ()) -> int:
        """How many documents `find` has in all."""
        query = _filtered(select(func.count()).select_from(documents), search, states, types)
        with self.engine.connect() as connection:
            return connection.scalar(query) or 0

    def count_by_state(self) -> dict[str, int]:
        """How many documents are in each state; all states are there."""
        query = select(documents.c.state, func.count()).group_by(documents.c.state)
        with self.engine.connect() as connection:
            counts = {row[0]: row[1] for row in connection.execute(query)}
        return {state: counts.get(state, 0) for state in STATES}

    def approved_by_type(self) -> dict[str, int]:
        """How many documents of each type (its key) are approved; types without one are left out."""
        query = (
            select(documents.c.document_type, func.count())
            .where(documents.c.state == "approved")
            .group_by(documents.c.document_type)
        )
        with self.engine.connect() as connection:
            return {row[0]: row[1] for row in connection.execute(query)}

    def last_change(self) -> str:
        """Another text whenever a document was added, extracted, corrected, approved or deleted."""
        with self.engine.connect() as connection:
            count, changed = connection.execute(select(func.count(), func.max(documents.c.changed_at))).one()
        return f"{count} {changed}"


def later_than(position: QueuePlace) -> tuple[Any, Any]:
    """What holds for the documents that come after a place in the order of `NEEDS_PERSON`."""
    priority, created, hash = NEEDS_PERSON
    later = or_(
        priority > position.priority,
        and_(priority == position.priority, created > position.created_at),
        and_(priority == position.priority, created == position.created_at, hash > position.hash),
    )
    # The index is used for a bare bound only, not for the OR.
    return priority >= position.priority, later


def _filtered(query: Select[Any], search: str, states: Sequence[str], types: Sequence[str]) -> Select[Any]:
    for word in search_key(search).split():
        query = query.where(documents.c.search_text.contains(word, autoescape=True))
    if states:
        query = query.where(documents.c.state.in_(states))
    if types:
        query = query.where(documents.c.document_type.in_(types))
    return query
