"""Runs of several paid models: killed and begun again, cancelled, out of budget, with keys of a session."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from extractor.core.document_types import load_document_types
from extractor.core.errors import StoreError
from extractor.core.extractions import Usage
from extractor.desk.intake import add_file
from extractor.desk.run_progress import Progress
from extractor.desk.runs import Runs
from extractor.extractors.cloud import extractor as cloud
from extractor.spending.budget import Budget, MemoryLedger
from extractor.store import Store

from .openai_server import FakeOpenAI

ROOT = Path(__file__).parents[1]
TYPES = load_document_types()
KEY = "sk-maru-0123456789"
WORKERS = 8
CONFIG = """
cloud: {{timeout: 20, retry_attempts: {retries}}}
providers:
  fake: {{base_url: "{url}", api_key_env: FAKE_API_KEY}}
models:
  one: {{provider: fake, model_id: one, cost_per_token: 0.01, max_length: 1024}}
  two: {{provider: fake, model_id: two, cost_per_token: 0.02, max_length: 1024}}
performance: {{concurrent_requests: {concurrent}}}
cost_optimization: {{budget_limit: {limit}, monthly_limit: {month}}}
"""
RATES = {"one": 0.01, "two": 0.02}
RUN = """
import sys, time
from extractor.desk.runs import Runs
from extractor.store import Store
store = Store.open()
runs = Runs(store)
run = runs.start([row.hash for row in store.find(limit=1000)], ["cloud_one", "cloud_two"])
while not (progress := runs.progress(run)).finished:
    time.sleep(0.01)
print(progress.done, progress.failed, progress.skipped, len(runs._threads))
"""


@pytest.fixture
def server() -> Iterator[FakeOpenAI]:
    cloud._learned.clear()
    with FakeOpenAI() as server:
        yield server


@pytest.fixture
def configure(server: FakeOpenAI, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    def configure(
        limit: str = "null", month: str = "null", retries: int = 0, concurrent: int = WORKERS, key: str | None = KEY
    ) -> None:
        path = tmp_path / "cloud.yaml"
        path.write_text(
            CONFIG.format(url=server.base_url, limit=limit, month=month, retries=retries, concurrent=concurrent),
            "utf-8",
        )
        monkeypatch.setenv("RIGHTSDESK_CLOUD_CONFIG", str(path))
        monkeypatch.setenv("RIGHTSDESK_DATA", str(tmp_path / "data"))
        monkeypatch.delenv("RIGHTSDESK_DATABASE_URL", raising=False)
        monkeypatch.setenv("FAKE_API_KEY", key) if key else monkeypatch.delenv("FAKE_API_KEY", raising=False)

    configure()
    return configure


@pytest.fixture
def store(configure: Callable[..., None]) -> Iterator[Store]:
    store = Store.open()
    yield store
    store.close()


@pytest.fixture
def add(store: Store) -> Callable[[int], list[str]]:
    def add(count: int) -> list[str]:
        texts = [
            f"저작물 이용허락 계약서\n\n저작물명: 봄날의 기록 {number}\n권리자: 한가람\n" for number in range(count)
        ]
        return [add_file(store, text.encode(), f"{at}.txt", TYPES)[0].hash for at, text in enumerate(texts)]

    return add


def until(runs: Runs, run_id: str, wanted: Callable[[Progress], bool] = lambda progress: progress.finished) -> Progress:
    end = time.monotonic() + 600
    while not wanted(progress := runs.progress(run_id)):
        assert time.monotonic() < end, progress
        time.sleep(0.005)
    return progress


def charged(server: FakeOpenAI) -> float:
    return sum((call.input_tokens + call.output_tokens) * RATES[call.model] / 1000 for call in server.answered)


def process() -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", RUN], cwd=ROOT, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )


@pytest.mark.parametrize("once_a_key", [False, True], ids=["plain provider", "provider that charges a key once"])
def test_a_killed_run_of_100_documents_and_2_models_pays_no_stored_answer_again(
    server: FakeOpenAI, store: Store, add: Callable[[int], list[str]], once_a_key: bool
) -> None:
    """An answer that is stored is never asked for again. A call at work when the process was killed is made again:
    at most one a thread, and under the same key, so that a provider which heeds it charges nothing twice."""
    server.once_a_key = once_a_key
    hashes = add(100)
    server.latency = 0.03
    first = process()
    end = time.monotonic() + 600
    while len(server.answered) < 90:
        assert time.monotonic() < end and first.poll() is None, first.communicate()
        time.sleep(0.005)
    os.kill(first.pid, signal.SIGKILL)
    assert first.wait(10) == -signal.SIGKILL
    time.sleep(0.2)  # What was on its way to the server is in its log now.
    before = Counter((call.model, call.document) for call in server.answered)
    assert 90 <= len(before) < 200 and set(before.values()) == {1}
    kept = len(store.results())
    assert 90 - WORKERS <= kept <= len(before)

    second = process()
    out, errors = second.communicate(timeout=600)
    assert second.returncode == 0, errors
    assert out.split() == [str(200 - kept), "0", str(kept), str(WORKERS)]
    keys: dict[tuple[str, str], list[str]] = {}
    for call in server.log:
        keys.setdefault((call.model, call.document), []).append(call.headers["idempotency-key"])
    assert len(keys) == 200, "no document is missing"
    again = [pair for pair, sent in keys.items() if len(sent) > 1]
    assert len(server.log) - 200 == len(again) == len(before) - kept <= WORKERS
    assert len({key for sent in keys.values() for key in sent}) == 200, "a call made again has its key again"
    paid = Counter((call.model, call.document) for call in server.answered)
    assert sum(paid.values()) == 200 + (0 if once_a_key else len(again)) and len(paid) == 200
    rows = Counter((row.model, row.document_hash) for row in store.results())
    assert rows == {(model, hash): 1 for model in ("cloud_one", "cloud_two") for hash in hashes}

    third = process()
    out, _ = third.communicate(timeout=600)
    assert out.split()[:3] == ["0", "0", "200"] and len(server.answered) == sum(paid.values())


def test_a_run_knows_what_it_cost(server: FakeOpenAI, store: Store, add: Callable[[int], list[str]]) -> None:
    hashes = add(5)
    server.fail("truncated", times=1, model="two")
    runs = Runs(store)
    progress = until(runs, runs.start(hashes, ["builtin", "cloud_one", "cloud_two"]))
    assert (progress.done, progress.failed) == (14, 1)
    assert progress.cost_usd == pytest.approx(charged(server))
    assert progress.cost_unknown == 0
    rows = store.results()
    assert sum(row.cost_usd or 0 for row in rows) == pytest.approx(charged(server))
    assert store.spent_this_month() == pytest.approx(charged(server))
    by_model = {row.model: row for row in rows if not row.error}
    call = next(call for call in server.answered if call.model == "one")
    assert by_model["cloud_one"].provider == "fake" and by_model["cloud_one"].pages == 1
    assert {row.input_tokens for row in rows if row.model == "cloud_one"} >= {call.input_tokens}
    assert (by_model["builtin"].cost_usd, by_model["builtin"].input_tokens) == (0.0, None)
    (failed,) = [row for row in rows if row.error]
    assert failed.cost_usd and failed.attempts[0].error == failed.error
    assert progress.cost_failed_usd == failed.cost_usd
    paid = next(item for item in progress.items if item.model == "cloud_one")
    assert paid.cost_usd and paid.usage != Usage()
    # Another try asks for what failed and for nothing else.
    count = len(server.log)
    assert until(runs, runs.start(hashes, ["builtin", "cloud_one", "cloud_two"])).done == 1
    assert len(server.log) == count + 1
    runs.close()


def test_an_answer_asked_for_anew_has_another_key(
    server: FakeOpenAI, configure: Callable[..., None], store: Store, add: Callable[[int], list[str]]
) -> None:
    """After a useless answer, and when a person wants another one; the retry of a fault has the same."""
    hashes = add(1)
    configure(retries=1)
    runs = Runs(store)
    server.fail("500", times=1)
    server.fail("truncated", times=1)
    for again in (False, False, True):
        until(runs, runs.start(hashes, ["cloud_one"], again=again))
    fault, retried, second, third = [call.headers["idempotency-key"] for call in server.log]
    assert fault == retried
    assert len({retried, second, third}) == 3
    runs.close()


def test_a_changed_prompt_is_another_result(
    server: FakeOpenAI, store: Store, add: Callable[[int], list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    hashes = add(1)
    runs = Runs(store)
    until(runs, runs.start(hashes, ["builtin", "cloud_one"]))
    monkeypatch.setattr("extractor.extractors.prompt.VERSION", "another")
    progress = until(runs, runs.start(hashes, ["builtin", "cloud_one"]))
    assert (progress.done, progress.skipped) == (1, 1), "the built-in extractor is told nothing"
    runs.close()


def test_cancel_stops_paying_at_once(
    server: FakeOpenAI, configure: Callable[..., None], store: Store, add: Callable[[int], list[str]]
) -> None:
    """Four workers share two calls at once: two are paid and stored, two wait for their turn and are never made."""
    hashes = add(10)
    configure(concurrent=2)
    server.latency = 0.5
    runs = Runs(store, workers=4)
    run = runs.start(hashes, ["cloud_one", "cloud_two"])
    until(runs, run, lambda _: server.received == 2)
    runs.cancel(run)
    progress = until(runs, run)
    assert progress.cancelled
    assert len(server.log) == len(server.answered) == progress.done == len(store.results()) == 2
    assert progress.failed == 0, "what was not begun has not failed"
    assert progress.cost_usd == pytest.approx(charged(server)) == pytest.approx(store.spent_this_month())
    runs.close()


def test_cancel_ends_retries(
    server: FakeOpenAI, configure: Callable[..., None], store: Store, add: Callable[[int], list[str]]
) -> None:
    configure(retries=5)
    server.fail("429", retry_after=1)
    runs = Runs(store)
    run = runs.start(add(1), ["cloud_one"])
    until(runs, run, lambda _: bool(server.log))
    time.sleep(0.1)
    runs.cancel(run)
    assert until(runs, run).finished
    assert len(server.log) == 1
    assert store.results() == []
    runs.close()


def test_a_call_that_fails_after_the_cancel_says_why_and_is_not_tried_again(
    server: FakeOpenAI, configure: Callable[..., None]
) -> None:
    from extractor.extractors.registry import create_extractor

    configure(retries=5)
    budget = Budget(ledger=MemoryLedger())
    one = create_extractor("cloud_one", budget=budget)
    warm = one.extract_metadata("저작물명: 봄날", {"title": "string"})
    server.fail("429")
    server.latency = 0.6
    threading.Timer(0.2, budget.stop).start()
    result = one.extract_metadata("저작물명: 봄날", {"title": "string"})
    assert "takes no more calls" in str(result.error) and result.cost_usd == 0.0
    assert len(server.log) == 2 and budget.spent == pytest.approx(warm.cost_usd)


def test_a_run_stops_before_its_limit_is_passed(
    server: FakeOpenAI, configure: Callable[..., None], store: Store, add: Callable[[int], list[str]]
) -> None:
    hashes = add(60)
    configure(limit="0.4")
    runs = Runs(store)
    progress = until(runs, runs.start(hashes, ["cloud_one"]))
    assert 0 < progress.done < 60 and progress.failed == 60 - progress.done
    assert progress.cost_usd == pytest.approx(charged(server))
    assert 0.3 < charged(server) <= 0.4
    assert "limit of $0.40 a run" in str(next(item.error for item in progress.items if item.error))
    runs.close()


def test_another_try_of_a_run_has_no_fresh_budget(
    server: FakeOpenAI, configure: Callable[..., None], store: Store, add: Callable[[int], list[str]]
) -> None:
    """However often the button is pressed, by whoever, at once too; a new run has a budget of its own."""
    hashes = add(60)
    configure(limit="0.4")
    runs = Runs(store)
    first = run = runs.start(hashes, ["cloud_one"])
    until(runs, run)
    for _ in range(3):
        run = runs.start(hashes, ["cloud_one"], after=run)
        assert until(runs, run).failed
    for run in [runs.start(hashes, ["cloud_one"], after=first) for _ in range(2)]:
        assert until(runs, run).failed
    assert 0.3 < charged(server) <= 0.4
    runs.cancel(first)
    configure(limit="0.8")
    assert until(runs, runs.start(hashes, ["cloud_one"], after=first)).done, "a limit that was raised holds"
    assert 0.4 < charged(server) <= 0.8
    paid = charged(server)
    assert until(runs, runs.start(add(70), ["cloud_one"])).done > 0
    assert charged(server) > paid
    with pytest.raises(StoreError, match="not known any more"):
        runs.start(hashes, ["cloud_one"], after="unknown")
    runs.close()


def test_the_month_is_one_for_all_runs_and_processes(
    server: FakeOpenAI, configure: Callable[..., None], store: Store, add: Callable[[int], list[str]]
) -> None:
    hashes = add(60)
    configure(month="0.4")
    for _ in range(2):
        runs = Runs(store)
        progress = until(runs, runs.start(hashes, ["cloud_one"]))
        runs.close()
    assert progress.failed and "a month" in str(next(item.error for item in progress.items if item.error))
    out, errors = process().communicate(timeout=600)
    assert int(out.split()[1]) > 60, errors
    assert 0.3 < charged(server) <= 0.4
    store.delete(next(row.document_hash for row in store.results() if not row.error))
    assert store.spent_this_month() == pytest.approx(charged(server)), "deleting a document gives no money back"


def test_the_key_of_a_session_is_its_own_and_kept_nowhere(
    server: FakeOpenAI, configure: Callable[..., None], store: Store, add: Callable[[int], list[str]]
) -> None:
    from extractor.core.errors import AuthenticationError

    configure(key=None)
    hashes = add(2)
    runs = Runs(store)
    with pytest.raises(AuthenticationError, match="FAKE_API_KEY"):
        runs.start(hashes, ["cloud_one"])
    run = runs.start(hashes, ["cloud_one"], keys={"fake": KEY})
    assert until(runs, run).done == 2
    assert server.log[0].headers["authorization"] == f"Bearer {KEY}"
    with pytest.raises(AuthenticationError):
        runs.start(hashes, ["cloud_one"])
    assert KEY not in repr(runs._runs[run]) and runs._runs[run].extractors == {}
    assert not any(KEY.encode() in path.read_bytes() for path in store.folder.rglob("*") if path.is_file())
    runs.close()


def test_hybrid_runs_like_any_model(server: FakeOpenAI, store: Store, add: Callable[[int], list[str]]) -> None:
    runs = Runs(store)
    progress = until(runs, runs.start(add(3), ["hybrid"]))
    assert progress.done == 3
    rows = store.results()
    assert {row.model for row in rows} == {"hybrid"}
    # The documents name no licensee, which a contract must have.
    assert all([attempt.model for attempt in row.attempts] == ["builtin", "cloud_one"] for row in rows)
    assert 0 < sum(row.cost_usd or 0 for row in rows) == pytest.approx(charged(server))
    runs.close()
