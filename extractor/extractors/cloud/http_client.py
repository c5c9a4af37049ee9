"""The HTTP client beneath the SDK: its calls end at a deadline, whatever the server does.

The SDK's own timeout starts anew with every read, retry and wait in between: a server that sends a byte a second
keeps a call alive for ever. Here each read and write of the socket may only take what is left of the call's time,
and no retry is begun (`retries`) that cannot fit, or after the answer had begun to arrive: then it is paid for, and
asking again would pay twice.

A call that is cancelled before it was sent whole ends at once, wherever it is: connecting, in the handshake, between
two writes, in a write that the server does not take, waiting for its next try (see `cancellation`). Nobody can charge
for it. One that was sent whole is waited for: its answer is paid for in any case.
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass
from time import monotonic as clock
from typing import Any

import httpcore2
import httpx2
import openai

from extractor.core import cancellation
from extractor.core.errors import StoppedError
from extractor.extractors.cloud import transport

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
    token = _call.set(_Call(clock() + seconds))
    try:
        yield
    finally:
        _call.reset(token)


def answering() -> bool:
    """Whether the answer to this thread's call had begun to arrive."""
    call = _call.get()
    return call is not None and call.answering


def left() -> float:
    """Seconds left to this thread's call; infinite outside of `within`."""
    call = _call.get()
    return float("inf") if call is None else call.end - clock()


class UnsentError(openai.OpenAIError):
    """The call was cancelled before it was sent whole, so it costs nothing. Of a kind that neither httpcore (which
    waits for an answer after a WriteError) nor the SDK (which tries again after a timeout) takes for a fault of the
    network."""


class _Client(openai.DefaultHttpxClient):
    """Closed with the last who uses it, as the SDK's own is."""

    def __del__(self) -> None:
        with suppress(Exception):
            self.close()


def client() -> httpx2.Client:
    """An HTTP client for the SDK that keeps to `within` and to cancels."""
    backend, ssl_context = _Backend(httpcore2.SyncBackend()), httpx2.create_ssl_context()
    limits = openai.DEFAULT_CONNECTION_LIMITS
    return _Client(
        transport=transport.Transport(backend, ssl_context, limits),
        mounts=transport.mounts(backend, ssl_context, limits),
    )


class _Backend(httpcore2.NetworkBackend):
    def __init__(self, inner: httpcore2.NetworkBackend) -> None:
        self._inner = inner

    def connect_tcp(self, host: str, port: int, timeout: float | None = None, *args: Any, **kw: Any) -> _Stream:
        limit = _at_most(timeout, httpcore2.ConnectTimeout)
        return _Stream(_unless_stopped(lambda: self._inner.connect_tcp(host, port, limit, *args, **kw)))

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
        if not buffer:
            return  # The end of a request that is sent whole.
        if call := _call.get():
            call.answering = False
        sock = self._inner.get_extra_info("socket")
        if isinstance(sock, socket.socket):
            _send(sock, memoryview(buffer), timeout)
            return
        if cancellation.stopped():
            raise UnsentError("stopped")
        self._inner.write(buffer, _at_most(timeout, httpcore2.WriteTimeout))

    def start_tls(self, ssl_context: Any, server_hostname: str | None = None, timeout: float | None = None) -> _Stream:
        limit = _at_most(timeout, httpcore2.ConnectTimeout)
        return _Stream(_unless_stopped(lambda: self._inner.start_tls(ssl_context, server_hostname, limit)))

    def close(self) -> None:
        self._inner.close()

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


def _send(sock: socket.socket, left_to_send: memoryview, timeout: float | None) -> None:
    """Send all of it, in steps short enough for a cancel to come in between."""
    end = None if timeout is None else clock() + timeout
    while left_to_send:
        if cancellation.stopped():
            raise UnsentError("stopped")
        remaining = _at_most(None if end is None else end - clock(), httpcore2.WriteTimeout)
        if remaining is not None and remaining <= 0:
            raise httpcore2.WriteTimeout("the request was not taken")
        sock.settimeout(cancellation.LOOK if remaining is None else min(remaining, cancellation.LOOK))
        try:
            left_to_send = left_to_send[sock.send(left_to_send) :]
        except TimeoutError:
            continue
        except OSError as error:
            raise httpcore2.WriteError(str(error)) from error


def _unless_stopped(connect: Callable[[], httpcore2.NetworkStream]) -> httpcore2.NetworkStream:
    try:
        return cancellation.interruptible(connect, lambda stream: stream.close())
    except StoppedError:
        raise UnsentError("stopped") from None


def _at_most(timeout: float | None, error: type[Exception]) -> float | None:
    remaining = left()
    if remaining <= 0:
        raise error("the time for this call is over")
    if remaining == float("inf"):
        return timeout
    return remaining if timeout is None else min(timeout, remaining)
