"""Claims: who asks a model for a document now, so that nobody else does and nothing is paid for twice.

A claim is unique on document, type version, model and prompt version. Its owner counts its `beat` up while it lives;
whoever waits takes it over when the beat stands still for long (see `extractor.desk.claiming`). No clock on the wall is
looked at: two machines need not agree on the time, and it may be set.

For a document that the desk does not have (the command line, a function), the answer stays with the claim for
`KEPT`, so that a second shell or the same command after a crash finds it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, fields, replace
from datetime import timedelta

from sqlalchemy import Connection, and_, bindparam, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from extractor.core.claims import Claim, Work
from extractor.core.errors import StoppedError
from extractor.core.extractions import Extraction
from extractor.core.packing import dumps
from extractor.store.base import now
from extractor.store.rows import Answered, Busy
from extractor.store.tables import claims
from extractor.store.values import ValueReader

KEPT = timedelta(days=1)


class ClaimLostError(StoppedError):
    """Somebody took the claim over because its owner seemed to be dead. Nothing may be bought under it any more."""


_THIS = and_(*(claims.c[field.name] == bindparam(f"of_{field.name}") for field in fields(Work)))
_MINE = and_(_THIS, claims.c.owner == bindparam("of_owner"))
_FIND = select(claims).where(_THIS)
_TAKE = insert(claims)
_RETAKE = update(claims).where(_THIS, claims.c.owner == "").values(owner=bindparam("to"), beat=0)
_TAKE_OVER = update(claims).where(_MINE, claims.c.beat == bindparam("of_beat")).values(owner=bindparam("to"), beat=0)
_BEAT_ONE = update(claims).where(_MINE).values(beat=claims.c.beat + 1)
_BEAT_ALL = update(claims).where(claims.c.owner == bindparam("of_owner")).values(beat=claims.c.beat + 1)
_RELEASE = delete(claims).where(_MINE)
# An answer that is there stays when another one that was asked for anew does not come.
_GIVE_BACK = update(claims).where(_MINE, claims.c.data.is_not(None)).values(owner="")
_FAILED = update(claims).where(_MINE).values(owner="", attempt=claims.c.attempt + 1, answered_at=bindparam("at"))
_KEEP = _FAILED.values(data=bindparam("answer"))


class Claims(ValueReader):
    def claim(self, work: Work, owner: str, since: int | None = None, kept: bool = True) -> Claim | Busy | Answered:
        """Take the work, unless it is done or somebody is at it.

        Done is what has a good result; of those that the desk has only one after that with the id `since` (see
        `last_result`), when given, of kept answers none unless `kept`.
        """

        def take(connection: Connection) -> Claim | Busy | Answered:
            known = _asked(work)
            row = connection.execute(_FIND, known).first()
            if row is not None and row.owner:
                return Busy(work, row.owner, row.beat)
            if row is not None and kept and row.data is not None and row.answered_at > now() - KEPT:
                return Answered(_unpacked(row.data))
            if not _taken(connection, work, owner, new=row is None):
                return Busy(work, "", 0)
            # Looked for only now: while the claim was another's, its result was on its way.
            results, good = self._result_counts(connection, work, since)
            if good:
                connection.execute(_RELEASE, {**known, "of_owner": owner})
                return Answered()
            return Claim(work, owner, results + (row.attempt if row else 0))

        return self._writer.together(take, durable=False)

    def take_over(self, busy: Busy, owner: str) -> Claim | None:
        """Take the work from an owner that is dead; None when somebody else did, or it lives after all."""
        asked = {**_asked(busy.work), "of_owner": busy.owner, "of_beat": busy.beat, "to": owner}

        def take(connection: Connection) -> Claim | None:
            if not connection.execute(_TAKE_OVER, asked).rowcount:
                return None
            attempt = connection.execute(_FIND, _asked(busy.work)).one().attempt
            return Claim(busy.work, owner, self._result_counts(connection, busy.work)[0] + attempt)

        return self._writer.together(take, durable=False)

    def beat(self, owner: str) -> None:
        """Say that the owner lives."""
        self._writer.together(lambda connection: connection.execute(_BEAT_ALL, {"of_owner": owner}), durable=False)

    def release_claim(self, claim: Claim) -> None:
        """Give the work up: nobody asked, or there is no result to keep."""
        asked = {**_asked(claim.work), "of_owner": claim.owner}

        def give_up(connection: Connection) -> None:
            connection.execute(_GIVE_BACK, asked)
            connection.execute(_RELEASE, asked)

        self._writer.together(give_up, durable=False)

    def keep_answer(self, claim: Claim, extraction: Extraction) -> None:
        """Keep what came of the work for a while, for a document that the desk does not have.

        A failed answer is no answer: the next one asks again, under another idempotency key. One that was there stays.
        """
        kept = {**_asked(claim.work), "of_owner": claim.owner, "at": now()}
        if extraction.error:
            self._writer.together(lambda connection: connection.execute(_FAILED, kept))
            return
        answer = dumps(extraction)
        self._writer.together(lambda connection: connection.execute(_KEEP, {**kept, "answer": answer}))

    def forget_answers(self) -> None:
        """Let go of kept answers that are older than `KEPT`."""
        old = delete(claims).where(claims.c.owner == "", claims.c.answered_at < now() - KEPT)
        self._writer.together(lambda connection: connection.execute(old), durable=False)


def _taken(connection: Connection, work: Work, owner: str, new: bool) -> bool:
    """Whether the claim is the owner's now; False when another process took it just before."""
    if not new:
        return bool(connection.execute(_RETAKE, {**_asked(work), "to": owner}).rowcount)
    with suppress(IntegrityError), connection.begin_nested():
        connection.execute(_TAKE, {**asdict(work), "owner": owner, "beat": 0, "attempt": 0})
        return True
    return False


def still_held(connection: Connection, claim: Claim) -> None:
    """In a transaction that sets money aside: the claim is still its owner's. Raises ClaimLostError."""
    if not connection.execute(_BEAT_ONE, {**_asked(claim.work), "of_owner": claim.owner}).rowcount:
        raise ClaimLostError


def settle_claim(connection: Connection, claim: Claim) -> None:
    """In the transaction that keeps the result: the work is done."""
    connection.execute(_RELEASE, {**_asked(claim.work), "of_owner": claim.owner})


def _asked(work: Work) -> Mapping[str, str]:
    return {f"of_{name}": value for name, value in asdict(work).items()}


def _unpacked(data: str) -> Extraction:
    """A kept answer: it was paid for when it was bought."""
    return replace(Extraction.from_dict(json.loads(data)), cost_usd=0.0)
