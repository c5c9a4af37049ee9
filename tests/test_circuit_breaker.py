"""A provider that keeps failing is left alone; after a while one call tries, and the others go on waiting."""

from __future__ import annotations

import pytest

from extractor.core.errors import AnswerError, ProviderError
from extractor.extractors.cloud import circuit_breaker
from extractor.extractors.cloud.circuit_breaker import FAILURES, PAUSE, CircuitBreaker

FAULT = ProviderError("The server had an error.")


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(circuit_breaker, "clock", clock)
    return clock


@pytest.fixture
def breaker(clock: Clock) -> CircuitBreaker:
    """One that has just opened for the provider `near`."""
    breaker = CircuitBreaker()
    for _ in range(FAILURES):
        breaker.check("near")
        breaker.note("near", FAULT)
    return breaker


def is_open(breaker: CircuitBreaker, provider: str = "near") -> bool:
    try:
        breaker.check(provider)
    except ProviderError:
        return True
    return False


def test_it_opens_after_so_many_failures_in_a_row_and_for_that_provider_alone(clock: Clock) -> None:
    breaker = CircuitBreaker()
    for _ in range(FAILURES - 1):
        breaker.note("near", FAULT)
    breaker.note("near", None)  # in a row: it begins anew
    for _ in range(FAILURES - 1):
        breaker.note("near", FAULT)
    assert not is_open(breaker)
    breaker.note("near", FAULT)
    assert is_open(breaker) and not is_open(breaker, "far")


def test_it_stays_open_for_the_pause(breaker: CircuitBreaker, clock: Clock) -> None:
    clock.now += PAUSE - 1
    with pytest.raises(ProviderError, match="left alone for 1 s"):
        breaker.check("near")


def test_half_open_it_lets_one_call_try_while_the_others_wait(breaker: CircuitBreaker, clock: Clock) -> None:
    clock.now += PAUSE
    assert not is_open(breaker), "one tries"
    assert is_open(breaker) and is_open(breaker), "until that one is over"


def test_a_try_that_succeeds_closes_it(breaker: CircuitBreaker, clock: Clock) -> None:
    clock.now += PAUSE
    breaker.check("near")
    breaker.note("near", None)
    assert not is_open(breaker) and not is_open(breaker)


def test_a_try_that_fails_opens_it_again_at_once(breaker: CircuitBreaker, clock: Clock) -> None:
    clock.now += PAUSE
    breaker.check("near")
    clock.now += 30.0
    breaker.note("near", FAULT)
    clock.now += PAUSE - 1
    assert is_open(breaker), "for a whole pause from the failure on"


def test_a_try_that_was_not_made_is_the_next_ones(breaker: CircuitBreaker, clock: Clock) -> None:
    clock.now += PAUSE
    breaker.check("near")
    breaker.unasked("near")
    assert not is_open(breaker) and is_open(breaker)


def test_an_answer_of_no_use_shows_that_the_provider_is_well(breaker: CircuitBreaker, clock: Clock) -> None:
    clock.now += PAUSE
    breaker.check("near")
    breaker.note("near", AnswerError("No JSON."))
    assert not is_open(breaker) and not is_open(breaker)
