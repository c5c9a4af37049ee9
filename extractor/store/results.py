"""The figures of stored results, and the ledger of what calls cost."""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from extractor.core.claims import Claim
from extractor.core.extractions import Attempt
from extractor.store.base import StoreBase, now
from extractor.store.claims import still_held
from extractor.store.pack import unpack_error
from extractor.store.rows import Result
from extractor.store.tables import documents, extractions, months, spending

_COLUMNS = ("model", "provider", "input_tokens", "output_tokens", "cost_usd", "seconds", "error", "created_at")

_RESERVE = insert(spending)
_SETTLE = (
    update(spending)
    .where(spending.c.id == bindparam("call"), spending.c.usd.is_(None))
    .values(usd=bindparam("paid"))
    .returning(spending.c.made_at, spending.c.month, spending.c.most)
)
_LAST_MONTH = select(func.max(months.c.month))
_SPENT = select(months.c.usd).where(months.c.month == bindparam("of"))
_ADD = update(months).where(months.c.month == bindparam("of")).values(usd=months.c.usd + bindparam("more"))
# One statement looks at the limit and adds, so that no other process comes in between.
_ADD_BELOW = _ADD.where(months.c.usd + bindparam("more") <= bindparam("limit"))


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
            return [_as_result(dict(row)) for row in connection.execute(query).mappings()]

    def reserve(
        self, model: str, most: float | None, monthly_limit: float | None, claim: Claim | None = None
    ) -> int | None:
        """See `extractor.spending.budget.Ledger`. A call that a crash cuts off counts with the most it can have cost.

        In one transaction with the look at the `claim` under which the call is made. Raises ClaimLostError.
        """

        def set_aside(connection: Connection) -> int | None:
            if claim is not None:
                still_held(connection, claim)
            when = now()
            month = _this_month(connection, when)
            if not _count(connection, month, most or 0.0, monthly_limit):
                return None
            made = {"model": model, "made_at": when, "month": month, "most": most}
            key = connection.execute(_RESERVE, made).inserted_primary_key
            assert key is not None
            return int(key[0])

        return self._writer.together(set_aside, durable=False)

    def settle(self, id: int, usd: float | None) -> None:
        """See `extractor.spending.budget.Ledger`."""
        if usd is not None:
            self._writer.together(lambda connection: _settle(connection, id, usd), durable=False)

    def spent_this_month(self) -> float:
        """USD of this calendar month (UTC), calls of unknown cost at the most they can have cost."""
        with self.engine.connect() as connection:
            return float(connection.scalar(_SPENT, {"of": _this_month(connection, now())}) or 0.0)


def _month(when: datetime) -> str:
    return f"{when:%Y-%m}"


def _this_month(connection: Connection, when: datetime) -> str:
    """The month that is spent from: never an earlier one than was seen, so that a clock set back opens no budget."""
    return max(_month(when), connection.scalar(_LAST_MONTH) or "")


def _count(connection: Connection, month: str, usd: float, limit: float | None) -> bool:
    """Add `usd` to a month, unless that would pass the limit; whether it was added."""
    wanted: dict[str, Any] = {"of": month, "more": usd}
    add = _ADD if limit is None else _ADD_BELOW
    if limit is not None:
        wanted["limit"] = limit
    if connection.execute(add, wanted).rowcount:
        return True
    if connection.scalar(_SPENT, {"of": month}) is not None:
        return False
    with suppress(IntegrityError), connection.begin_nested():  # Another process may begin the month just now.
        connection.execute(insert(months), {"month": month, "usd": 0.0})
    return bool(connection.execute(add, wanted).rowcount)


def _settle(connection: Connection, id: int, usd: float) -> None:
    if call := connection.execute(_SETTLE, {"call": id, "paid": usd}).first():
        connection.execute(_ADD, {"of": call.month or _month(call.made_at), "more": usd - (call.most or 0.0)})


def _as_result(row: dict[str, Any]) -> Result:
    attempts = tuple(map(Attempt.from_dict, json.loads(row["attempts"])))
    return Result(**{**row, "attempts": attempts, "error": unpack_error(row["error"])})
