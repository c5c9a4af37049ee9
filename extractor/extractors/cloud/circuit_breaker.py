"""A provider that keeps failing is left alone for a while, so that documents do not wait for its timeouts."""

from __future__ import annotations

import threading
from time import monotonic as clock

from extractor.core.errors import N_, AuthenticationError, ExtractionError, NoCreditError, ProviderError, RateLimitError
from extractor.core.extractions import Usage

FAILURES = 3
"""So many failures in a row, and the provider is left alone …"""
PAUSE = 60.0
"""… for so many seconds. Then one call tries whether it is well again."""


class CircuitBreaker:
    """The state of all providers by name. Safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._failures: dict[str, int] = {}
        self._until: dict[str, float] = {}
        self._no_credit: dict[str, NoCreditError] = {}

    def check(self, provider: str) -> None:
        """Raise ProviderError while the provider is left alone, NoCreditError once its account has no credit left."""
        with self._lock:
            if empty := self._no_credit.get(provider):
                raise NoCreditError(empty.template, spent=Usage(0, 0), **empty.params)
            left = self._until.get(provider, 0.0) - clock()
            if left > 0:
                template = N_("{provider} failed {count} times in a row and is left alone for {seconds} s.")
                count, seconds = self._failures[provider], max(round(left), 1)
                raise ProviderError(template, spent=Usage(0, 0), provider=provider, count=count, seconds=seconds)
            if provider in self._until:
                # Until the call that may go now is over, the others go on waiting.
                self._until[provider] = clock() + PAUSE

    def unasked(self, provider: str) -> None:
        """The call that `check` let through was not made: another one may try."""
        with self._lock:
            if provider in self._until:
                self._until[provider] = clock()

    def note(self, provider: str, error: ExtractionError | None) -> None:
        """What came of a call: None or an error. Only the provider's own failures count, not those of an answer; a
        limit says neither that it is well nor that it is not."""
        with self._lock:
            if isinstance(error, NoCreditError):
                self._no_credit[provider] = error
            if isinstance(error, RateLimitError):
                return
            if error is None or not (error.retryable or isinstance(error, AuthenticationError)):
                self._failures.pop(provider, None)
                self._until.pop(provider, None)
                return
            self._failures[provider] = self._failures.get(provider, 0) + 1
            if self._failures[provider] >= FAILURES:
                self._until[provider] = clock() + PAUSE
