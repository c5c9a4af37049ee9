"""An openai client whose calls end at a deadline, whatever the server does.

The SDK's own timeout starts anew with every read, retry and wait in between: a server that sends a byte a second
keeps a call alive for ever. Here each read and write of the socket may only take what is left of the call's time,
and no retry is begun that cannot fit, or after the answer had begun to arrive: then it is paid for, and asking
again would pay twice. Retries, back-off, jitter and Retry-After stay the SDK's.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

import httpcore2
import openai

CONNECT = 10.0
"""Seconds to connect: nothing is spent yet, so giving up early and trying again is free."""


@dataclass
class _Call:
    end: float
    answering: bool = False


_call: ContextVar[_Call | None] = ContextVar("call", default=None)


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """All that this thread sends and receives inside the block ends `seconds` from now at the latest."""
    token = _call.set(_Call(time.monotonic() + seconds))
    try:
        yield
    finally:
        _call.reset(token)


_stop: ContextVar[threading.Event | None] = ContextVar("stop", default=None)


@contextmanager
def stopped_by(stop: threading.Event) -> Iterator[None]:
    """Inside the block nothing more is sent once `stop` is set; an answer that is on its way still comes in."""
    token = _stop.set(stop)
    try:
        yield
    finally:
        _stop.reset(token)


def stopped() -> bool:
    """Whether this thread must not begin a call any more."""
    stop = _stop.get()
    return stop is not None and stop.is_set()


def left() -> float:
    """Seconds left to this thread's call; infinite outside of `within`."""
    call = _call.get()
    return float("inf") if call is None else call.end - time.monotonic()


class NoRetry(openai.OpenAIError):
    """The call failed and must not be tried again. Its `__context__` is why it failed."""


class Client(openai.OpenAI):
    """`openai.OpenAI` that keeps to `within`."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        client: Any = self._client
        for transport in (client._transport, *client._mounts.values()):
            if (pool := getattr(transport, "_pool", None)) is not None:
                pool._network_backend = _Backend(pool._network_backend)

    def _should_retry(self, response: Any) -> bool:
        wait = self._parse_retry_after_header(response.headers) or 0.0
        return not stopped() and wait < left() and super()._should_retry(response)

    def _calculate_retry_timeout(self, remaining: int, options: Any, response_headers: Any = None) -> float:
        seconds = super()._calculate_retry_timeout(remaining, options, response_headers)
        call = _call.get()
        if stopped() or seconds >= left() or (call and call.answering and response_headers is None):
            raise NoRetry
        return seconds


class _Backend(httpcore2.NetworkBackend):
    def __init__(self, inner: httpcore2.NetworkBackend) -> None:
        self._inner = inner

    def connect_tcp(self, host: str, port: int, timeout: float | None = None, *args: Any, **kw: Any) -> _Stream:
        return _Stream(self._inner.connect_tcp(host, port, _at_most(timeout, httpcore2.ConnectTimeout), *args, **kw))

    def sleep(self, seconds: float) -> None:
        self._inner.sleep(min(seconds, max(left(), 0)))


class _Stream(httpcore2.NetworkStream):
    def __init__(self, inner: httpcore2.NetworkStream) -> None:
        self._inner = inner

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        data = self._inner.read(max_bytes, _at_most(timeout, httpcore2.ReadTimeout))
        if data and (call := _call.get()):
            call.answering = True
        return data

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        if stopped():
            raise httpcore2.WriteError("stopped")
        if call := _call.get():
            call.answering = False
        self._inner.write(buffer, _at_most(timeout, httpcore2.WriteTimeout))

    def start_tls(self, ssl_context: Any, server_hostname: str | None = None, timeout: float | None = None) -> _Stream:
        limit = _at_most(timeout, httpcore2.ConnectTimeout)
        return _Stream(self._inner.start_tls(ssl_context, server_hostname, limit))

    def close(self) -> None:
        self._inner.close()

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


def _at_most(timeout: float | None, error: type[Exception]) -> float | None:
    remaining = left()
    if remaining <= 0:
        raise error("the time for this call is over")
    if remaining == float("inf"):
        return timeout
    return remaining if timeout is None else min(timeout, remaining)
