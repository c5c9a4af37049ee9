"""What hybrid may cost: limits, the month, and a run that is stopped."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from extractor.core.errors import BudgetError, StoppedError
from extractor.extractors.cloud.extractor import CloudExtractor
from extractor.extractors.hybrid.extractor import HybridExtractor
from extractor.settings.cloud import CostRules
from extractor.spending.budget import Budget, MemoryLedger

from .hybrid_models import LETTER, RIGHT, TEXT, Make, Reader, make, server
from .openai_server import FakeOpenAI

__all__ = ["make", "server"]


def test_a_run_stops_before_its_budget_is_passed(make: Make, server: FakeOpenAI) -> None:
    """Sixteen threads at once: what the server charges in all stays below the limit."""
    limit = 0.12
    hybrid = make(Reader(sure={"author": 0.1}), limit=limit)
    server.latency = 0.02
    results: list[Any] = []

    def work() -> None:
        results.extend(hybrid.extract_metadata(TEXT, LETTER) for _ in range(4))

    threads = [threading.Thread(target=work) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    rates = {"small": 0.01, "big": 0.02, "other": 0.03, "spare": 0.001}
    charged = sum((call.input_tokens + call.output_tokens) * rates[call.model] / 1000 for call in server.answered)
    assert 0.6 * limit < charged <= limit
    assert hybrid.budget.spent == pytest.approx(charged)
    refused = [result for result in results if any("limit" in str(a.error) for a in result.attempts[1:])]
    assert refused, "some calls were not made"
    assert all(result.error is None for result in results), "their documents have the local result"


def test_the_month_counts_what_earlier_runs_spent(make: Make, server: FakeOpenAI) -> None:
    ledger = MemoryLedger()
    rules = CostRules(None, 0.05)
    with Budget(rules, ledger).call("cloud_small", 0.04) as paid:
        paid.usd = 0.03
    with Budget(rules, ledger).call("cloud_small", 0.02):
        pass  # Nobody knows what it cost, so the most it can have cost counts.
    with pytest.raises(BudgetError, match="month"), Budget(rules, ledger).call("cloud_small", 0.01):
        pass
    with Budget(rules, ledger).call("cloud_small", 0.0):
        pass


def test_python_and_functions_share_the_month_of_the_store(
    make: Make, server: FakeOpenAI, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A store that is there is used; one that is not there is not made."""
    from extractor.store import Store

    monkeypatch.setenv("RIGHTSDESK_DATA", str(tmp_path / "desk"))
    rules = CostRules(None, 0.05)
    with Budget(rules).call("cloud_small", 0.0):
        pass
    assert not (tmp_path / "desk").exists()
    store = Store.open()
    with Budget(rules).call("cloud_small", 0.04) as paid:
        paid.usd = 0.03
    assert store.spent_this_month() == pytest.approx(0.03)
    store.reserve("cloud_big", 0.02, None)
    with pytest.raises(BudgetError, match="month"), Budget(rules).call("cloud_small", 0.01):
        pass
    store.close()


def test_a_price_that_nobody_knows_is_not_spent_under_a_limit(make: Make, server: FakeOpenAI) -> None:
    for limit, asked in ((1.0, 0), (None, 1)):
        config = make.config(limit=limit)
        unpriced = replace(config.models["small"], price=None)
        clouds = [CloudExtractor(config.providers["near"], unpriced, "", config)]
        hybrid = HybridExtractor(Reader(sure={"author": 0.1}), clouds, config, Budget(config.cost, MemoryLedger()))
        result = hybrid.extract_metadata(TEXT, LETTER)
        assert len(server.log) == asked
        assert result.cost_usd == (None if asked else 0.0)
        assert asked or "price" in str(result.attempts[1].error)


def test_a_stopped_budget_begins_no_call_and_no_retry(make: Make, server: FakeOpenAI) -> None:
    hybrid = make(Reader(sure={"author": 0.1}))
    hybrid.budget.stop()
    with pytest.raises(StoppedError):
        hybrid.extract_metadata(TEXT, LETTER)
    assert server.log == [] and hybrid.budget.spent == 0.0


def test_a_document_that_was_paid_for_is_not_lost_when_the_run_stops(make: Make, server: FakeOpenAI) -> None:
    server.fail("truncated", model="small")
    hybrid = make(Reader(sure={"author": 0.1}))
    server.script = lambda _body, _number: hybrid.budget.stop()
    result = hybrid.extract_metadata(TEXT, LETTER)
    assert [call.model for call in server.log] == ["small"]
    assert result.metadata == RIGHT and result.cost_usd is not None and result.cost_usd > 0
