from __future__ import annotations

from pathlib import Path
from typing import Literal

import pytest

from extractor.core.document_types import as_document_type
from extractor.core.extractions import Usage
from extractor.desk.forecast import asked_by_hybrid, at_once, forecast, hybrid, scaled, spread, total, usage_of
from extractor.extractors.base import ModelInfo
from extractor.extractors.estimates import estimate
from extractor.reading.text import document_from_text
from extractor.settings.cloud import CostRules, Price

TYPE = as_document_type({"work_title": "string", "signed": "date"}, "계약서")


def test_one_document_costs_what_the_estimate_says() -> None:
    document = document_from_text("저작물명: 은빛 강가의 노래\n")
    usage, pages = usage_of([(document, TYPE)])
    price = Price(0.15, 0.6)
    assert pages == 1
    assert forecast("m", 1, usage, price, False, 2.0).usd == pytest.approx(estimate(document, TYPE, price))


def test_unknown_is_never_nothing() -> None:
    parts = [
        forecast("unpriced", 3, Usage(100, 10), None, False, None),
        forecast("here", 3, Usage(100, 10), None, True, 0.1),
        forecast("paid", 3, Usage(1000, 0), Price(2.0, 4.0), False, 1.0),
    ]
    assert [part.usd for part in parts] == [None, 0.0, 2.0]
    assert parts[0].seconds is None
    assert total(parts) == (2.0, ["unpriced"])


def test_the_hybrid_costs_at_most_what_the_dearest_model_costs() -> None:
    cheap, dear = Price(0.1, 0.2), Price(2.0, 4.0)
    most = hybrid(3, Usage(1000, 0), [cheap, dear], None)
    assert (most.usd, most.at_most, most.model) == (2.0, True, "hybrid")
    assert hybrid(3, Usage(1000, 0), [cheap, None], None).usd is None
    assert hybrid(3, Usage(1000, 0), [], None).usd == 0.0
    assert hybrid(0, Usage(1000, 0), [None], None).usd == 0.0


def test_documents_read_at_once_take_their_time_together() -> None:
    assert forecast("m", 8, Usage(0, 0), None, True, 2.0, at_once=4).seconds == 4.0
    assert forecast("m", 2, Usage(0, 0), None, True, 2.0, at_once=4).seconds == 2.0
    # What has a result already costs nothing.
    assert forecast("m", 0, Usage(0, 0), None, False, 2.0, at_once=4).usd == 0.0


def test_a_sample_is_spread_over_all() -> None:
    assert spread(3, 10) == [0, 1, 2]
    places = spread(1000, 10)
    assert (len(places), places[0], places[-1]) == (10, 0, 999)
    assert scaled(Usage(10, 4), 2.5) == Usage(25, 10)


def test_only_models_that_hybrid_may_ask_count_for_it() -> None:
    def info(name: str, provider: str, price: Price | None, available: bool = True) -> ModelInfo:
        return ModelInfo(f"cloud_{name}", name, provider, name, "cloud", available, price=price)

    cheap, dear = Price(0.1, 0.2), Price(2.0, 4.0)
    known = [
        info("a", "near", cheap),
        info("b", "far", dear),
        info("c", "near", None),
        info("d", "near", dear, available=False),
        ModelInfo("local_e", "e", "local", "e", "local", True),
    ]
    assert asked_by_hybrid(known, CostRules()) == [cheap, dear, None]
    assert asked_by_hybrid(known, CostRules(monthly_limit=5.0)) == [cheap, dear], "no price, no limit to keep"
    assert asked_by_hybrid(known, CostRules(None, 5.0, ("near",))) == [cheap]
    assert asked_by_hybrid(known, CostRules(None, None, ("near",), ("far",))) == [cheap, dear, None]


def test_a_local_model_reads_one_document_at_a_time_and_the_others_as_many_as_a_run() -> None:
    def info(type: Literal["local", "cloud", "builtin"]) -> ModelInfo:
        return ModelInfo("m", "M", "p", "m", type, True)

    assert [at_once(info(type), 8) for type in ("local", "cloud", "builtin")] == [1, 8, 8]
    assert at_once(None, 8) == 8


def test_the_pool_is_that_of_the_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from extractor.desk.runs import Runs, default_workers
    from extractor.store import Store

    config = tmp_path / "cloud.yaml"
    config.write_text("performance: {concurrent_requests: 13}\n", "utf-8")
    monkeypatch.setenv("RIGHTSDESK_CLOUD_CONFIG", str(config))
    assert default_workers() == 13 == Runs(Store.open(folder=tmp_path / "data"))._workers
