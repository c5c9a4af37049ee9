"""Calls that may be made again after a crash, marked so that a provider which keeps account charges them once.

The mark goes out as the header `Idempotency-Key`. It is the same for the same request in the same place of the
history, so a call that was cut off by a crash has it again, and one that is asked anew on purpose has another.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from extractor.core.claims import Claim

HEADER = "Idempotency-Key"

_place: ContextVar[tuple[object, ...] | None] = ContextVar("place", default=None)


@contextmanager
def same_call(*scope: object) -> Iterator[None]:
    """Calls of this thread inside the block are for one answer. `scope` tells it from every other one for the same
    request: what it is for, and how many answers there were before it."""
    token = _place.set(scope)
    try:
        yield
    finally:
        _place.reset(token)


_claim: ContextVar[Claim | None] = ContextVar("claim", default=None)


@contextmanager
def claimed(claim: Claim) -> Iterator[None]:
    """Calls of this thread inside the block are made under a claim of the store, and for its one answer."""
    work = claim.work
    token = _claim.set(claim)
    try:
        with same_call(work.hash, work.document_type, work.type_version, work.model, claim.before):
            yield
    finally:
        _claim.reset(token)


def current_claim() -> Claim | None:
    """The claim under which this thread makes its calls."""
    return _claim.get()


def headers(body: Mapping[str, Any]) -> dict[str, str]:
    """The header for a request, none outside of `one_answer`."""
    scope = _place.get()
    if scope is None:
        return {}
    whole = json.dumps([scope, body], ensure_ascii=True, default=str)
    return {HEADER: hashlib.sha256(whole.encode()).hexdigest()[:32]}
