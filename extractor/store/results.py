"""The figures of stored results, and the ledger of what calls cost."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, func, insert, select, update

from ..core import Attempt
from .base import StoreBase, now
from .rows import Result
from .tables import documents, extractions, spending

_COLUMNS = ("model", "provider", "input_tokens", "output_tokens", "cost_usd", "seconds", "error", "created_at")

_RESERVE = insert(spending)
_SETTLE = update(spending).where(spending.c.id == bindparam("call")).values(usd=bindparam("usd"))
_SPENT = select(func.sum(func.coalesce(spending.c.usd, spending.c.most, 0.0))).where(
    spending.c.made_at >= bindparam("first")
)


class Results(StoreBase):
    def results(self, since: datetime | None = None) -> list[Result]:
        """The figures of every result stored `since` then (aware; None: ever), failed ones included, oldest first."""
        query = (
            select(
                *(extractions.c[name] for name in _COLUMNS),
                extractions.c.document_hash,
                extractions.c.attempts,
                documents.c.page_count.label("pages"),
            )
            .join(documents, documents.c.hash == extractions.c.document_hash)
            .order_by(extractions.c.id)
        )
        if since is not None:
            query = query.where(extractions.c.created_at >= since)
        with self.engine.connect() as connection:
            return [_as_result(dict(found)) for found in connection.execute(query).mappings()]

    def reserve(self, model: str, most: float | None, monthly_limit: float | None) -> int | None:
        """See `extractor.budget.Ledger`. A call that a crash cuts off counts with the most it can have cost."""

        def set_aside(connection: Connection) -> int | None:
            if monthly_limit is not None and self._month(connection) + (most or 0.0) > monthly_limit:
                return None
            made = {"model": model, "made_at": now(), "most": most}
            key = connection.execute(_RESERVE, made).inserted_primary_key
            assert key is not None
            return int(key[0])

        return self._writer.together(set_aside)

    def settle(self, id: int, usd: float | None) -> None:
        """See `extractor.budget.Ledger`."""
        if usd is not None:
            self._writer.together(lambda connection: connection.execute(_SETTLE, {"call": id, "usd": usd}))

    def spent_this_month(self) -> float:
        """USD of this calendar month (UTC), calls of unknown cost at the most they can have cost."""
        with self.engine.connect() as connection:
            return self._month(connection)

    def _month(self, connection: Connection) -> float:
        first = now().replace(day=1, hour=0, minute=0, second=0, microsecond=0)
        return float(connection.scalar(_SPENT, {"first": first}) or 0.0)


def _as_result(found: dict[str, Any]) -> Result:
    attempts = tuple(Attempt(**item) for item in json.loads(found["attempts"]))
    return Result(**{**found, "attempts": attempts})
