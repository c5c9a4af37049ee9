"""The queue: which documents there are, and which one needs a person next. Each query is as fast for 100,000."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, and_, func, or_, select

from .base import ROW_COLUMNS, StoreBase, as_row
from .pack import search_key
from .rows import STATES, DocumentRow, Order
from .tables import documents

_ORDERS: dict[str, tuple[Any, ...]] = {
    "needs_person": (documents.c.priority, documents.c.created_at, documents.c.hash),
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
            return [as_row(found) for found in connection.execute(query).mappings()]

    def count(self, search: str = "", states: Sequence[str] = (), types: Sequence[str] = ()) -> int:
        """How many documents `find` has in all."""
        query = _filtered(select(func.count()).select_from(documents), search, states, types)
        with self.engine.connect() as connection:
            return connection.scalar(query) or 0

    def count_by_state(self) -> dict[str, int]:
        """How many documents are in each state; all states are there."""
        query = select(documents.c.state, func.count()).group_by(documents.c.state)
        with self.engine.connect() as connection:
            found = {row[0]: row[1] for row in connection.execute(query)}
        return {state: found.get(state, 0) for state in STATES}

    def next_document(self, after: str | None = None) -> str | None:
        """The hash of the next document that needs a person, None when there is no other.

        The least certain extraction comes first, then documents without one. Going on from `after` follows
        the same order and starts over at its end, so that a document passed over does not come right back.
        """
        columns = _ORDERS["needs_person"]
        query = select(documents.c.hash).where(documents.c.state != "approved").order_by(*columns).limit(1)
        with self.engine.connect() as connection:
            if after is None:
                return connection.scalar(query)
            place = connection.execute(select(*columns).where(documents.c.hash == after)).first()
            if place is not None:
                priority, created, hash = columns
                later = or_(
                    priority > place[0],
                    and_(priority == place[0], created > place[1]),
                    and_(priority == place[0], created == place[1], hash > place[2]),
                )
                # The index is used for a bare bound only, not for the OR.
                found = connection.scalar(query.where(priority >= place[0], later))
                if found is not None:
                    return found
            return connection.scalar(query.where(documents.c.hash != after))

    def approved_by_type(self) -> dict[str, int]:
        """How many documents of each type (its key) are approved; types without one are left out."""
        query = (
            select(documents.c.document_type, func.count())
            .where(documents.c.state == "approved")
            .group_by(documents.c.document_type)
        )
        with self.engine.connect() as connection:
            return {found[0]: found[1] for found in connection.execute(query)}

    def last_change(self) -> str:
        """Another text whenever a document was added, extracted, corrected, approved or deleted."""
        with self.engine.connect() as connection:
            count, changed = connection.execute(select(func.count(), func.max(documents.c.changed_at))).one()
        return f"{count} {changed}"


def _filtered(query: Select[Any], search: str, states: Sequence[str], types: Sequence[str]) -> Select[Any]:
    for word in search_key(search).split():
        query = query.where(documents.c.search_text.contains(word, autoescape=True))
    if states:
        query = query.where(documents.c.state.in_(states))
    if types:
        query = query.where(documents.c.document_type.in_(types))
    return query
