"""Cancelling ends at once whatever has not been sent whole, wherever it is; what was sent is paid and is kept."""

from __future__ import annotations

import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import httpcore2
import pytest

from extractor.core import cancellation
from extractor.core.cancellation import acquired, interruptible, pause, stopped_by
from extractor.core.errors import CallTimeoutError, ExtractionError, RateLimitError, StoppedError
from extractor.desk.runs import Runs
from extractor.extractors.cloud import http_client, rate_limits
from extractor.extractors.cloud.extractor import CloudExtractor
from extractor.extractors.local.model_pool import ModelPool
from extractor.settings.cloud import load_cloud
from extractor.store import Store

from .openai_server import FakeOpenAI, openai_server, write_config
from .paying import fill

__all__ = ["openai_server"]

TIMEOUT = 60.0
"""Seconds that a call may take. Every wait here that a cancel does not end takes so long, or for ever."""
AT_ONCE = 8.0
"""Far less than that, and enough for a busy machine."""
MESSAGE = [{"role": "user", "content": "Title: Blue River"}]


def stopped_when(ready: Callable[[], bool], work: Callable[[], Any]) -> BaseException | Any:
    """What came of `work` (its result or error), cancelled as soon as `ready`. Fails unless that is at once."""
    stop, came = threading.Event(), []

    def run() -> None:
        with stopped_by(stop):
            try:
                came.append(work())
            except BaseException as error:
                came.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    end = time.monotonic() + 300
    while not ready():
        assert time.monotonic() < end and thread.is_alive(), came
        time.sleep(0.01)
    stop.set()
    thread.join(AT_ONCE)
    assert not thread.is_alive(), "it waits on"
    return came[0]


def extractor(tmp_path: Path, base_url: str, retries: int = 0, concurrent: int = 8) -> CloudExtractor:
    server = type("Server", (), {"base_url": base_url})()
    config = load_cloud(write_config(tmp_path, server, TIMEOUT, retries, concurrent))
    return CloudExtractor(config.providers["fake"], config.models["tiny"], "sk-maru-0123456789", config)


@contextmanager
def silent() -> Iterator[tuple[str, list[socket.socket]]]:
    """A server that accepts connections and does nothing: its address, the connections."""
    accepted: list[socket.socket] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def accept() -> None:
            try:
                while True:
                    accepted.append(listener.accept()[0])
            except OSError:
                return

        threading.Thread(target=accept, daemon=True).start()
        yield f"127.0.0.1:{listener.getsockname()[1]}", accepted
    for connection in accepted:
        connection.close()


def test_while_it_connects(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Looking up a name, for one, cannot be interrupted. What it gives in the end is closed."""
    begun, go_on, closed = threading.Event(), threading.Event(), threading.Event()

    class Late(httpcore2.NetworkStream):
        def close(self) -> None:
            closed.set()

    def connect(*_: Any, **__: Any) -> httpcore2.NetworkStream:
        begun.set()
        go_on.wait(TIMEOUT)
        return Late()

    monkeypatch.setattr("httpcore2.SyncBackend.connect_tcp", connect)
    model = extractor(tmp_path, "http://maru.example/v1")
    assert isinstance(stopped_when(begun.is_set, lambda: model.complete(MESSAGE)), StoppedError)
    go_on.set()
    assert closed.wait(10)


def test_in_the_handshake(tmp_path: Path) -> None:
    with silent() as (address, accepted):
        model = extractor(tmp_path, f"https://{address}/v1", retries=3)
        assert isinstance(stopped_when(lambda: bool(accepted), lambda: model.complete(MESSAGE)), StoppedError)


def test_between_header_and_body(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """httpcore waits for an answer to half a request when it is told of a WriteError."""
    wrote = threading.Event()
    write = http_client._Stream.write

    def stopping(stream: Any, buffer: bytes, timeout: float | None = None) -> None:
        if wrote.is_set():
            until(cancellation.stopped)
        write(stream, buffer, timeout)
        wrote.set()

    monkeypatch.setattr(http_client._Stream, "write", stopping)
    with silent() as (address, _):
        model = extractor(tmp_path, f"http://{address}/v1", retries=3)
        assert isinstance(stopped_when(wrote.is_set, lambda: model.complete(MESSAGE)), StoppedError)


def test_while_the_server_does_not_take_the_body(tmp_path: Path) -> None:
    large = [{"role": "user", "content": "x" * 32_000_000}]
    with silent() as (address, accepted):
        model = extractor(tmp_path, f"http://{address}/v1")
        assert isinstance(stopped_when(lambda: bool(accepted), lambda: model.complete(large)), StoppedError)


def test_in_the_wait_for_a_limit(tmp_path: Path, openai_server: FakeOpenAI) -> None:
    """It says what the provider said, which cost nothing."""
    openai_server.fail("429", retry_after=30)
    model = extractor(tmp_path, openai_server.base_url, retries=5)
    came = stopped_when(lambda: bool(openai_server.log), lambda: model.complete(MESSAGE))
    assert isinstance(came, RateLimitError) and came.spent is not None and came.spent.input_tokens == 0
    assert len(openai_server.log) == 1


def test_while_it_waits_for_its_turn_at_the_provider(tmp_path: Path) -> None:
    rate_limits._paces.clear()
    with silent() as (address, accepted):
        first = extractor(tmp_path, f"http://{address}/v1", concurrent=1)

        def hang() -> None:
            with suppress(ExtractionError):
                first.complete(MESSAGE)

        threading.Thread(target=hang, daemon=True).start()
        second = extractor(tmp_path, f"http://{address}/v1", concurrent=1)
        asked = threading.Event()

        def ask() -> None:
            asked.set()
            second.complete(MESSAGE)

        assert isinstance(stopped_when(lambda: bool(accepted) and asked.is_set(), ask), StoppedError)
        assert len(accepted) == 1


def test_two_limits_at_one_provider_count_the_same_calls() -> None:
    """Another limit, say after the configuration was changed, opens no second set of places."""
    rate_limits._paces.clear()
    inside, go_on = threading.Semaphore(0), threading.Event()

    def call(most: int) -> None:
        with rate_limits.pace("http://maru.example", "key", most).turn("Maru AI", 60):
            inside.release()
            go_on.wait(10)

    threads = [threading.Thread(target=call, args=(most,), daemon=True) for most in (2, 2, 1, 2)]
    for thread in threads:
        thread.start()
    assert inside.acquire(timeout=10) and inside.acquire(timeout=10)
    assert not inside.acquire(timeout=0.2)
    go_on.set()
    for thread in threads:
        thread.join(10)
        assert not thread.is_alive()


def test_while_a_local_model_is_busy_or_being_loaded() -> None:
    lock = threading.Lock()
    waiting = threading.Event()

    def wait_for_it() -> None:
        waiting.set()
        with acquired(lock):
            pass

    with lock:
        assert isinstance(stopped_when(waiting.is_set, wait_for_it), StoppedError)

    class Weights:
        memory_bytes = 10

        def close(self) -> None:
            pass

    holder, loading, load_on, done = (
        ModelPool(limit_bytes=15, free=lambda device: 100),
        threading.Event(),
        threading.Event(),
        threading.Event(),
    )

    def load() -> Weights:
        loading.set()
        load_on.wait(30)
        return Weights()

    def use(key: str, load: Callable[[], Weights]) -> None:
        with holder.use(key, key, load, 10):
            done.wait(30)

    threading.Thread(target=use, args=("a", load), daemon=True).start()
    assert loading.wait(10)
    assert isinstance(stopped_when(lambda: True, lambda: use("b", Weights)), StoppedError), "while another is loaded"
    load_on.set()
    until(lambda: any(model.users for model in holder.held()))
    assert isinstance(stopped_when(lambda: True, lambda: use("b", Weights)), StoppedError), "while there is no room"
    done.set()


def test_a_pause_and_a_call_that_blocks() -> None:
    assert isinstance(stopped_when(lambda: True, lambda: pause(TIMEOUT)), StoppedError)
    assert interruptible(lambda: 7, lambda _: None) == 7
    with stopped_by(threading.Event()), pytest.raises(ZeroDivisionError):
        interruptible(lambda: 1 // 0, lambda _: None)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store.open(folder=tmp_path / "data")
    yield store
    store.close()


@pytest.fixture
def configured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    def configure(server: FakeOpenAI, timeout: float = TIMEOUT) -> None:
        monkeypatch.setenv("RIGHTSDESK_CLOUD_CONFIG", str(write_config(tmp_path, server, timeout)))
        monkeypatch.setenv("FAKE_API_KEY", "sk-maru-0123456789")

    return configure


def until(ready: Callable[[], bool]) -> None:
    end = time.monotonic() + 300
    while not ready():
        assert time.monotonic() < end
        time.sleep(0.01)


def test_a_cancelled_run_says_what_it_still_waits_for_and_keeps_it(
    openai_server: FakeOpenAI, store: Store, configured: Callable[..., None]
) -> None:
    configured(openai_server)
    openai_server.latency = 1.0
    runs = Runs(store, workers=2)
    run = runs.start(fill(store, 6), ["cloud_tiny"])
    until(lambda: openai_server.received == 2)
    runs.cancel(run)
    progress = runs.progress(run)
    assert progress.cancelled and not progress.finished
    assert (progress.at_work, progress.done, progress.skipped) == (2, 0, 0)
    until(lambda: runs.progress(run).finished)
    progress = runs.progress(run)
    assert (progress.done, progress.skipped, progress.failed, progress.at_work) == (2, 0, 0, 0)
    assert len(store.results()) == len(openai_server.answered) == 2
    runs.close()


def test_what_may_have_cost_something_is_not_dropped_when_a_run_is_cancelled(
    openai_server: FakeOpenAI, store: Store, configured: Callable[..., None]
) -> None:
    configured(openai_server, timeout=2)
    openai_server.fail("hang")
    runs = Runs(store, workers=1)
    run = runs.start(fill(store, 1), ["cloud_tiny"])
    until(lambda: openai_server.received == 1)
    runs.cancel(run)
    until(lambda: runs.progress(run).finished)
    progress = runs.progress(run)
    assert (progress.failed, progress.cost_unknown) == (1, 1)
    assert "may charge" in str(store.results()[0].error)
    runs.close()


def test_closing_waits_for_no_provider(
    openai_server: FakeOpenAI, store: Store, configured: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The answer that was asked for is kept, if the process lives to get it."""
    monkeypatch.setattr("extractor.desk.runs.CLOSING", 0.1)
    configured(openai_server)
    openai_server.latency = AT_ONCE
    runs = Runs(store, workers=2)
    runs.start(fill(store, 3), ["cloud_tiny"])
    until(lambda: openai_server.received == 2)
    began = time.monotonic()
    runs.close()
    assert time.monotonic() - began < AT_ONCE / 2
    assert store.results() == []
    until(lambda: len(store.results()) == 2)


def test_a_call_that_was_sent_whole_is_waited_for(tmp_path: Path) -> None:
    """To the end of its time: the provider may charge for it."""
    with silent() as (address, accepted):
        model = extractor(tmp_path, f"http://{address}/v1")
        model._timeout = 5.0
        got = bytearray()

        def whole() -> bool:
            if accepted:
                accepted[0].setblocking(False)
                with suppress(BlockingIOError):
                    got.extend(accepted[0].recv(100_000))
            head, _, body = got.partition(b"\r\n\r\n")
            length = re.search(rb"content-length: (\d+)", bytes(head), re.IGNORECASE)
            return length is not None and len(body) >= int(length[1])

        came = stopped_when(whole, lambda: model.complete(MESSAGE))
        assert isinstance(came, CallTimeoutError) and came.spent is None
