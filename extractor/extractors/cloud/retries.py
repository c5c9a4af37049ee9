"""A call to a provider is tried again when what went wrong may pass and the time of the call has room for it.

The loop is ours and the SDK makes one try each time (`max_retries=0`): whether to try again depends on the call's
deadline, on a cancel and on whether the answer had begun to arrive, and the SDK asks nobody. Its rules are kept:
growing pauses with jitter, Retry-After up to two minutes, `x-should-retry`.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import TypeVar

import openai

from extractor.core import cancellation
from extractor.core.errors import StoppedError
from extractor.extractors.cloud import error_responses, http_client

PASSING = (424, 425, 498)
"""The server's own failures beside 408, 409 and 5xx: a worker that failed, too early, no capacity for now."""
FIRST_PAUSE = 0.5
LONGEST_PAUSE = 8.0
"""Seconds before the first and at most before a further try, when the server does not say."""
JITTER = 0.25
"""Up to this share of a pause is left out, so that calls which failed together do not come again together."""
LONGEST_ASKED = 120.0
"""A server that asks for a longer pause than so many seconds is not asked again."""

T = TypeVar("T")


def with_retries(send: Callable[[int], T], retries: int) -> T:
    """What `send(tries before this one)` gives, called at most `retries` times more.

    Raises the SDK's exception of the last try, at once when it is cancelled in a pause.
    """
    tried = 0
    while True:
        try:
            return send(tried)
        except (openai.APIConnectionError, openai.APIStatusError) as error:
            pause = _pause(error, tried) if tried < retries else None
            if pause is None or pause >= http_client.left() or cancellation.stopped():
                raise
            try:
                cancellation.pause(pause)
            except StoppedError:
                raise error from error.__cause__
        tried += 1


def _pause(error: openai.APIConnectionError | openai.APIStatusError, tried: int) -> float | None:
    """Seconds before the next try, None when there is to be none."""
    if isinstance(error, openai.APIConnectionError):
        return None if http_client.answering() else _growing(tried)
    if not _passes(error.response.status_code, error.response.headers.get("x-should-retry")):
        return None
    asked = error_responses.retry_after(error.response.headers)
    if asked is not None and asked > LONGEST_ASKED:
        return None
    return asked or _growing(tried)


def _passes(status: int, said: str | None) -> bool:
    if status == 429:
        return False  # A limit is not this call's alone: `rate_limits` has all calls of the provider wait for it.
    if status in PASSING:
        return True
    return said == "true" if said in ("true", "false") else status in (408, 409) or status >= 500


def _growing(tried: int) -> float:
    return min(FIRST_PAUSE * 2.0 ** min(tried, 10), LONGEST_PAUSE) * (1 - JITTER * random.random())
