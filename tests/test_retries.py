"""When a call is tried again and after how long, and the way to the server: errors and proxies of the public transport.

What of it needs a server stands in test_cloud.py and test_cancel.py.
"""

from __future__ import annotations

import random
import socket
import ssl
import threading
from collections.abc import Iterator

import httpcore2
import httpx2
import openai
import pytest

from extractor.core import cancellation
from extractor.core.cancellation import stopped_by
from extractor.extractors.cloud import http_client, transport
from extractor.extractors.cloud.retries import with_retries

from .fake_clock import FakeClock

REQUEST = httpx2.Request("POST", "http://maru.example/v1/chat/completions")
PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> FakeClock:
    clock = FakeClock()
    monkeypatch.setattr(http_client, "clock", clock)
    monkeypatch.setattr(cancellation, "pause", clock.sleep)
    monkeypatch.setattr(random, "random", lambda: 0.0)
    return clock


def refusal(status: int, **headers: str) -> openai.APIStatusError:
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    response = httpx2.Response(status, headers=names, request=REQUEST)
    return openai.APIStatusError("No.", response=response, body=None)


def tries(failure: openai.OpenAIError, most: int = 3) -> int:
    """How often a call that always fails so is made."""
    made: list[int] = []

    def send(tried: int) -> None:
        assert tried == len(made)
        made.append(tried)
        raise failure

    with pytest.raises(type(failure)) as raised:
        with_retries(send, most)
    assert raised.value is failure
    return len(made)


@pytest.mark.parametrize(
    ("failure", "again"),
    [
        *((refusal(status), True) for status in (408, 409, 424, 425, 498, 500, 503, 529)),
        *((refusal(status), False) for status in (400, 401, 403, 404, 422, 429)),
        (refusal(400, x_should_retry="true"), True),
        (refusal(503, x_should_retry="false"), False),
        (refusal(424, x_should_retry="false"), True),
        (refusal(429, x_should_retry="true"), False),
        (openai.APIConnectionError(request=REQUEST), True),
        (openai.APITimeoutError(request=REQUEST), True),
    ],
)
def test_what_may_pass_is_tried_again(failure: openai.OpenAIError, again: bool, clock: FakeClock) -> None:
    assert tries(failure) == (4 if again else 1)


def test_pauses_grow_and_end(clock: FakeClock) -> None:
    tries(refusal(500), 6)
    assert clock.slept == [0.5, 1.0, 2.0, 4.0, 8.0, 8.0]


def test_calls_that_failed_together_do_not_come_again_together(
    clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(random, "random", lambda: 1.0)
    tries(refusal(500), 2)
    assert clock.slept == [0.375, 0.75]


@pytest.mark.parametrize(
    ("headers", "pause"),
    [
        ({"retry_after": "7"}, 7.0),
        ({"retry_after_ms": "250", "retry_after": "7"}, 0.25),
        ({"retry_after": "120"}, 120.0),
        ({"retry_after": "0"}, 0.5),
        ({"retry_after": "soon"}, 0.5),
        ({"retry_after": "nan"}, 0.5),
    ],
)
def test_the_server_says_how_long(headers: dict[str, str], pause: float, clock: FakeClock) -> None:
    assert tries(refusal(503, **headers), 1) == 2 and clock.slept == [pause]


def test_who_asks_for_more_than_two_minutes_is_not_asked_again(clock: FakeClock) -> None:
    assert tries(refusal(503, retry_after="121"), 1) == 1


def test_no_try_that_the_time_of_the_call_has_no_room_for(clock: FakeClock) -> None:
    with http_client.within(7.1):
        assert tries(refusal(503, retry_after="7"), 1) == 2
    with http_client.within(7.0):
        assert tries(refusal(503, retry_after="7"), 1) == 1


def test_an_answer_that_had_begun_is_not_asked_for_again(clock: FakeClock) -> None:
    with http_client.within(60):
        call = http_client._call.get()
        assert call
        call.answering = True
        assert tries(openai.APIConnectionError(request=REQUEST)) == 1
        assert tries(refusal(503)) == 4, "an answer that says no was not paid for"


def test_a_cancel_ends_the_tries_with_what_the_last_one_said() -> None:
    stop = threading.Event()
    made: list[int] = []

    def send(_tried: int) -> None:
        made.append(1)
        threading.Timer(0.05, stop.set).start()
        raise refusal(503, retry_after="60")

    with stopped_by(stop), pytest.raises(openai.APIStatusError) as raised:
        with_retries(send, 5)
    assert raised.value.status_code == 503 and made == [1]


def test_nothing_is_tried_again_after_a_cancel(clock: FakeClock) -> None:
    stop = threading.Event()
    stop.set()
    with stopped_by(stop):
        assert tries(refusal(503)) == 1


def test_every_error_of_a_connection_becomes_that_of_the_same_name() -> None:
    """Named as in httpx2's own transport, the closest of several."""
    theirs = [error for error in vars(httpcore2).values() if isinstance(error, type) and issubclass(error, Exception)]
    known = [error for error in theirs if error is not httpcore2.ConnectionNotAvailable]
    assert len(known) >= 14
    for error in known:
        with pytest.raises(httpx2.RequestError) as raised, transport._as_httpx2():
            raise error("why")
        assert type(raised.value).__name__ == error.__name__ and str(raised.value) == "why"
    with pytest.raises(http_client.UnsentError), transport._as_httpx2():
        raise http_client.UnsentError("stopped")


@pytest.mark.parametrize(
    "environment",
    [
        {},
        {"HTTP_PROXY": "http://proxy.example:3128"},
        {"HTTP_PROXY": "proxy.example:3128", "HTTPS_PROXY": "http://maru:key@proxy.example", "NO_PROXY": ""},
        {"ALL_PROXY": "http://proxy.example", "NO_PROXY": "localhost,127.0.0.1, ::1 ,maru.example,.haneul.example"},
        {"ALL_PROXY": "http://proxy.example", "NO_PROXY": "10.0.0.0/8,fd00::/8,[::1],http://one.example,*.two.example"},
        {"ALL_PROXY": "http://proxy.example", "NO_PROXY": "10.0.0.0/99,10.0.0.0/255.0.0.0,a b/c,ex ample,x/y,*.x/y"},
        {"ALL_PROXY": "http://proxy.example", "NO_PROXY": "maru.example,*"},
    ],
)
def test_proxies_are_those_that_httpx2_takes_from_the_environment(
    environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in PROXIES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    with openai.DefaultHttpxClient() as theirs, http_client.client() as ours:
        assert list(ours._mounts) == list(theirs._mounts)
        assert [mounted is None for mounted in ours._mounts.values()] == [
            mounted is None for mounted in theirs._mounts.values()
        ]
        for mine, its in zip(ours._mounts.values(), theirs._mounts.values(), strict=True):
            if mine is not None:
                assert isinstance(mine, transport.Transport) and isinstance(its, httpx2.HTTPTransport)
                proxy, pool = mine._pool._proxy, its._pool
                assert proxy and isinstance(pool, httpcore2.HTTPProxy)
                assert (proxy.url.origin, proxy.headers) == (pool._proxy_url.origin, pool._proxy_headers)


def test_a_proxy_of_an_unknown_scheme_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALL_PROXY", "ftp://proxy.example")
    with pytest.raises(ValueError, match="scheme"):
        http_client.client()


@pytest.fixture
def proxy(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[bytes]]:
    """The first lines that a proxy was sent; it answers each with a status of its own."""
    asked: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            try:
                while True:
                    with listener.accept()[0] as connection:
                        asked.append(connection.recv(65_536).split(b"\r\n")[0])
                        connection.sendall(b"HTTP/1.1 418 No\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
            except OSError:
                return

        threading.Thread(target=serve, daemon=True).start()
        for name in PROXIES:
            monkeypatch.delenv(name, raising=False)
            monkeypatch.delenv(name.lower(), raising=False)
        monkeypatch.setenv("ALL_PROXY", f"http://127.0.0.1:{listener.getsockname()[1]}")
        yield asked


def test_a_call_goes_through_the_proxy(proxy: list[bytes]) -> None:
    with http_client.client() as client, http_client.within(60):
        assert client.get("http://maru.example/v1/models").status_code == 418
        with pytest.raises(httpx2.ProxyError):
            client.get("https://maru.example/v1/models")
    assert proxy == [b"GET http://maru.example/v1/models HTTP/1.1", b"CONNECT maru.example:443 HTTP/1.1"]


def test_connections_are_kept_for_further_calls_and_certificates_are_checked() -> None:
    client = http_client.client()
    way = client._transport
    assert isinstance(way, transport.Transport)
    pool = way._pool
    assert pool._ssl_context and pool._ssl_context.verify_mode == ssl.CERT_REQUIRED
    assert pool._max_connections == 1000 and pool._max_keepalive_connections == 100 and pool._keepalive_expiry == 5.0
    assert client.follow_redirects
    client.close()
