"""Budgets under many threads: waiting for calls at work, never past a limit, never for ever."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from extractor.core.claims import Claim
from extractor.core.errors import BudgetError, PutOffError, StoppedError
from extractor.settings.cloud import CostRules
from extractor.spending.budget import Budget, Ledger, MemoryLedger
from extractor.store import Store


def at_once(count: int, work: Callable[[], None]) -> list[str]:
    """What became of `work` on so many threads: `paid`, `refused` or `stopped`."""
    outcomes: list[str] = []

    def one() -> None:
        try:
            work()
            outcomes.append("paid")
        except BudgetError:
            outcomes.append("refused")
        except StoppedError:
            outcomes.append("stopped")

    threads = [threading.Thread(target=one, daemon=True) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(300)
        assert not thread.is_alive(), outcomes
    return outcomes


@pytest.fixture(params=["memory", "store"])
def ledger(request: pytest.FixtureRequest, tmp_path: Path) -> Ledger:
    return MemoryLedger() if request.param == "memory" else Store.open(folder=tmp_path)


@pytest.mark.parametrize("rules", [CostRules(None, 0.0301), CostRules(0.0301, None)], ids=["month", "run"])
def test_a_call_waits_for_what_calls_at_work_give_back(ledger: Ledger, rules: CostRules) -> None:
    """Three cents allow three calls at once that may cost a cent each; they cost a tenth, so twelve are made."""
    budget = Budget(rules, ledger)
    lock, now, most, begun, first = threading.Lock(), 0, 0, 0, threading.Barrier(3)

    def call() -> None:
        nonlocal now, most, begun
        with budget.call("cloud_a", 0.01) as paid:
            with lock:
                now += 1
                begun += 1
                most = max(most, now)
                is_first = begun <= 3
            if is_first:
                first.wait(300)  # Three at once, however slow the machine is.
            time.sleep(0.02)
            with lock:
                now -= 1
            paid.usd = 0.001

    assert at_once(12, call) == ["paid"] * 12
    assert most == 3
    assert budget.spent == pytest.approx(0.012)


@pytest.mark.parametrize("rules", [CostRules(None, 0.0501), CostRules(0.0501, None)], ids=["month", "run"])
def test_what_is_too_dear_is_refused_once_nothing_can_come_back(ledger: Ledger, rules: CostRules) -> None:
    budget = Budget(rules, ledger)

    def call() -> None:
        with budget.call("cloud_a", 0.01) as paid:
            time.sleep(0.01)
            paid.usd = 0.01

    outcomes = at_once(16, call)
    assert (outcomes.count("paid"), outcomes.count("refused")) == (5, 11)
    assert budget.spent == pytest.approx(0.05)


def test_stopping_wakes_those_who_wait(ledger: Ledger) -> None:
    budget = Budget(CostRules(None, 0.011), ledger)
    stopped = threading.Event()

    def stop_when_three_wait() -> None:
        while len(budget._account.changed._waiters) < 3:  # type: ignore[attr-defined]  # Of the standard library, not public.
            time.sleep(0.005)
        budget.stop()
        stopped.set()

    threading.Thread(target=stop_when_three_wait, daemon=True).start()

    def call() -> None:
        with budget.call("cloud_a", 0.01) as paid:
            assert stopped.wait(300)
            paid.usd = 0.0

    outcomes = at_once(4, call)
    assert (outcomes.count("paid"), outcomes.count("stopped")) == (1, 3)


def test_a_ledger_that_fails_leaves_nothing_set_aside() -> None:
    class Broken(MemoryLedger):
        def reserve(
            self, model: str, most: float | None, monthly_limit: float | None, claim: Claim | None = None
        ) -> int | None:
            raise OSError("disk full")

    budget = Budget(CostRules(1.0, None), Broken())
    with pytest.raises(OSError, match="disk full"), budget.call("cloud_a", 0.9):
        pass
    assert budget.spent == 0.0


@pytest.mark.parametrize("rules", [CostRules(None, 0.0151), CostRules(0.0151, None)], ids=["month", "run"])
def test_a_call_of_unknown_cost_counts_with_the_most_it_can_have_cost(ledger: Ledger, rules: CostRules) -> None:
    budget = Budget(rules, ledger)
    with budget.call("cloud_a", 0.01):
        pass  # Nobody says what it cost.
    assert budget.spent == pytest.approx(0.01)
    with pytest.raises(BudgetError), budget.call("cloud_a", 0.01):
        pass
    with budget.call("cloud_a", 0.005) as paid:
        paid.usd = 0.0


@pytest.mark.parametrize("error", [StoppedError(), PutOffError(1.0)], ids=["stopped", "put off"])
@pytest.mark.parametrize("rules", [CostRules(None, 0.01), CostRules(0.01, None)], ids=["month", "run"])
def test_a_call_that_was_stopped_before_it_was_sent_is_free(ledger: Ledger, rules: CostRules, error: Exception) -> None:
    budget = Budget(rules, ledger)
    with pytest.raises(type(error)), budget.call("cloud_a", 0.01):
        raise error
    assert budget.spent == 0.0
    with budget.call("cloud_a", 0.01) as paid:  # All of the limit is there for the next one.
        paid.usd = 0.01
