"""Limits of a provider: a document waits, nobody sends meanwhile, and a limit is no fault."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from extractor.core.cancellation import stopped_by
from extractor.core.errors import NoCreditError, ProviderError, PutOffError, RateLimitError, StoppedError
from extractor.core.extractions import Usage
from extractor.extractors.cloud import circuit_breaker as breakers
from extractor.extractors.cloud import rate_limits
from extractor.extractors.cloud.circuit_breaker import FAILURES, CircuitBreaker
from extractor.extractors.cloud.rate_limits import Pace, put_off
from extractor.settings.cloud import CostRules
from extractor.spending.budget import Budget, MemoryLedger

from .openai_server import FakeOpenAI, nothing_learned, openai_server
from .provider_bodies import GOOD, KEY, completion, desk, error, good, read

__all__ = ["nothing_learned", "openai_server"]


class Bucket:
    """A provider's tokens a second, as llmock and Groq keep them: full at first, Retry-After when empty."""

    def __init__(self, rate: float, size: float) -> None:
        self.rate, self.size = rate, size
        self.level, self.at = size, time.monotonic()
        self.lock = threading.Lock()
        self.refused = 0

    def __call__(self, _body: dict[str, Any], _number: int) -> tuple[Any, ...]:
        with self.lock:
            now = time.monotonic()
            self.level, self.at = min(self.level + (now - self.at) * self.rate, self.size), now
            if self.level >= 1:
                self.level -= 1
                return completion(good())
            self.refused += 1
            wait = (1 - self.level) / self.rate
            said = "Rate limit reached on tokens per minute (TPM): Limit 6000, Used 5800, Requested 900."
            return 429, error(said, type="tokens", code="rate_limit_exceeded"), {"Retry-After": f"{wait:.3f}"}


def test_all_documents_are_answered_under_a_limit_of_tokens(tmp_path: Path, openai_server: FakeOpenAI) -> None:
    """24 documents on 8 threads, 4 a second: each would fail long before its turn if it waited for itself alone. The
    time of a call (3 s) is shorter than the wait of the last for its turn."""
    bucket = openai_server.script = Bucket(rate=4, size=3)
    one = desk(tmp_path, openai_server, timeout=3, limit_wait=120)
    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(lambda _: read(one), range(24)))
    assert [result.error for result in results] == [None] * 24
    assert all(result.metadata == GOOD for result in results)
    assert len(openai_server.answered) == 24 and bucket.refused <= 2 * 24, (
        "about one refusal an answer, not one a thread"
    )


def test_nobody_sends_before_the_wait_of_one_is_over(tmp_path: Path, openai_server: FakeOpenAI) -> None:
    first = (429, error("Rate limit reached"), {"Retry-After": "1"})
    openai_server.script = lambda _body, number: first if number == 0 else completion(good())
    one = desk(tmp_path, openai_server, concurrent=1)
    with ThreadPoolExecutor(6) as pool:
        assert [result.error for result in pool.map(lambda _: read(one), range(6))] == [None] * 6
    limited, *others = openai_server.log
    assert len(others) == 6 and min(call.at for call in others) - limited.at >= 1


def test_another_key_is_another_limit(tmp_path: Path, openai_server: FakeOpenAI) -> None:
    limited = (429, error("Rate limit reached"), {"Retry-After": "30"})
    openai_server.script = lambda _body, number: limited if number == 0 else completion(good())
    assert "Try again in 30 s" in str(read(desk(tmp_path, openai_server)).error)
    assert "Try again in" in str(read(desk(tmp_path, openai_server)).error)
    assert len(openai_server.log) == 1, "the second call was not even sent"
    assert read(desk(tmp_path, openai_server, key=KEY + "7")).error is None


def test_a_limit_without_a_time_is_tried_as_often_as_the_file_says(tmp_path: Path, openai_server: FakeOpenAI) -> None:
    openai_server.script = lambda _body, _number: (429, error("Slow down"))
    result = read(desk(tmp_path, openai_server, retries=1))
    assert result.error == "Maru AI takes no more calls for now (Slow down). Try again later."
    assert len(openai_server.log) == 2 and openai_server.log[1].at - openai_server.log[0].at >= 0.75


def test_a_run_that_is_cancelled_does_not_wait(tmp_path: Path, openai_server: FakeOpenAI) -> None:
    one, stop = desk(tmp_path, openai_server, limit_wait=600), threading.Event()

    def limited(_body: dict[str, Any], _number: int) -> tuple[Any, ...]:
        threading.Timer(0.3, stop.set).start()
        return 429, error("Rate limit reached"), {"Retry-After": "60"}

    openai_server.script = limited
    with stopped_by(stop):
        result = read(one)
    assert "Try again in 60 s" in str(result.error) and result.cost_usd == 0
    with stopped_by(stop), pytest.raises(StoppedError):
        read(one)
    assert len(openai_server.log) == 1


def test_a_local_server_gets_one_call_at_a_time_and_its_own_time(tmp_path: Path) -> None:
    """The time of a call does not run while it waits for its turn."""
    with FakeOpenAI(latency=0.25) as server:
        server.script = lambda _body, _number: completion(good())
        one = desk(tmp_path, server, timeout=0.1, provider=", concurrent_requests: 1, timeout: 3")
        with ThreadPoolExecutor(5) as pool:
            assert [result.error for result in pool.map(lambda _: read(one), range(5))] == [None] * 5
        at = sorted(call.at for call in server.log)
    assert all(later - earlier >= 0.2 for earlier, later in pairwise(at))


def test_a_model_may_take_longer_than_its_provider(tmp_path: Path) -> None:
    with FakeOpenAI(latency=0.5) as server:
        server.script = lambda _body, _number: completion(good())
        assert read(desk(tmp_path, server, timeout=0.1, model=", timeout: 5")).error is None
        assert "within 0.1 s" in str(read(desk(tmp_path, server, timeout=0.1)).error)


def test_the_variable_wins_over_all_times_of_the_file(
    tmp_path: Path, openai_server: FakeOpenAI, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A function's host ends it, whatever a model would like."""
    monkeypatch.setenv("CLOUD_TIMEOUT", "7")
    one = desk(tmp_path, openai_server, provider=", timeout: 300", model=", timeout: 600")
    assert (one._timeout, one._config.limit_wait) == (7, None)


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    clock = [1000.0]
    monkeypatch.setattr(rate_limits, "clock", lambda: clock[0])
    return clock


def test_fewer_at_once_after_a_limit_and_more_after_answers(now: list[float]) -> None:
    pace = Pace(8)
    with pace.turn("Maru AI", 9) as first, pace.turn("Maru AI", 9) as second:
        pace.limited(first, 1)
        pace.limited(second, 1)
    assert pace.allowed == 4, "calls that were sent together tell of one limit"
    now[0] += 2
    for at_once in (2, 1, 1):
        with pace.turn("Maru AI", 9) as turn:
            pace.limited(turn, 1)
        now[0] += 2
        assert pace.allowed == at_once
    for _ in range(160):
        pace.passed()
    assert pace.allowed == 8


def test_pauses_that_nobody_asked_for_grow(now: list[float]) -> None:
    pace, waits = Pace(8), []
    for _ in range(9):
        with pace.turn("Maru AI", 99) as turn:
            waits.append(pace.limited(turn, None))
        now[0] += 100
    assert 0.75 <= waits[0] <= 1 and 3 <= waits[2] <= 4 and 45 <= waits[-1] <= 60
    pace.passed()
    with pace.turn("Maru AI", 99) as turn:
        assert pace.limited(turn, None) <= 1


def test_a_limit_is_no_failure_and_no_success_to_the_breaker() -> None:
    breaker = CircuitBreaker()
    for _ in range(FAILURES - 1):
        breaker.note("near", ProviderError("It failed."))
    for _ in range(FAILURES + 2):
        breaker.note("near", RateLimitError("Later.", wait=3))
    breaker.check("near")
    breaker.note("near", ProviderError("It failed."))
    with pytest.raises(ProviderError, match="3 times in a row"):
        breaker.check("near")


def test_a_provider_without_credit_is_left_out_for_the_run() -> None:
    breaker = CircuitBreaker()
    breaker.note("near", NoCreditError("No credit at {provider}.", spent=Usage(0, 0), provider="Maru AI"))
    for _ in range(2):
        with pytest.raises(NoCreditError, match="No credit at Maru AI"):
            breaker.check("near")
    breaker.check("far")


def test_where_long_waits_are_put_off_nobody_waits(now: list[float]) -> None:
    pace = Pace(8)
    with pace.turn("Maru AI", 99) as turn:
        pace.limited(turn, 30)
    with put_off(), pytest.raises(PutOffError) as told, pace.turn("Maru AI", 99):
        pass
    assert told.value.seconds == 30
    with put_off(), pytest.raises(RateLimitError, match="Try again in 30 s"), pace.turn("Maru AI", 29):
        pass
    now[0] += 30
    with put_off(), pace.turn("Maru AI", 99):
        pass


def test_waits_without_an_answer_between_them_add_up(now: list[float]) -> None:
    pace = Pace(8)
    for seconds in (10, 20):
        with pace.turn("Maru AI", 99) as first, pace.turn("Maru AI", 99) as second:
            pace.limited(first, seconds)
            pace.limited(second, seconds)
        now[0] += seconds
    assert pace.in_vain == 30, "calls that were sent together waited together"
    now[0] += 3600
    with pace.turn("Maru AI", 99) as turn:
        pace.limited(turn, 5)
    assert pace.in_vain == 5, "an hour ago was another time"
    pace.passed()
    assert pace.in_vain == 0


def test_what_is_put_off_costs_nothing() -> None:
    budget = Budget(CostRules(budget_limit=1), MemoryLedger())
    with pytest.raises(PutOffError), budget.call("cloud_tiny", 0.7):
        raise PutOffError(9)
    assert budget.spent == 0


def test_the_call_that_may_try_a_provider_again_is_not_lost_when_it_is_put_off(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [1000.0]
    monkeypatch.setattr(breakers, "clock", lambda: clock[0])
    breaker = CircuitBreaker()
    for _ in range(FAILURES):
        breaker.note("near", ProviderError("It failed."))
    clock[0] += breakers.PAUSE
    breaker.check("near")
    breaker.unasked("near")
    breaker.check("near")
    with pytest.raises(ProviderError):
        breaker.check("near")
