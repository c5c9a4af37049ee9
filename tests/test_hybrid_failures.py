"""Cloud models behind a local one that fail or are not there: who is left alone, and how many are asked."""

from __future__ import annotations

from dataclasses import replace

import pytest

from extractor.extractors.cloud import circuit_breaker as breakers
from extractor.extractors.cloud.extractor import CloudExtractor
from extractor.extractors.hybrid.extractor import HybridExtractor, fell_back
from extractor.spending.budget import Budget, MemoryLedger

from .hybrid_models import LETTER, RIGHT, TEXT, Make, Reader, make, server
from .openai_server import FakeOpenAI

__all__ = ["make", "server"]


def test_a_provider_that_keeps_failing_is_left_alone_for_a_while(
    make: Make, server: FakeOpenAI, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [1000.0]
    monkeypatch.setattr(breakers, "clock", lambda: now[0])
    server.fail("500", model="small")
    hybrid = make(Reader(error="No."))
    for _ in range(6):
        assert hybrid.extract_metadata(TEXT, LETTER).metadata == RIGHT
    asked = [call.model for call in server.log]
    assert (asked.count("small"), asked.count("other")) == (breakers.FAILURES, 6)
    assert "left alone" in str(hybrid.extract_metadata(TEXT, LETTER).attempts[1].error)
    now[0] += breakers.PAUSE + 1
    hybrid.extract_metadata(TEXT, LETTER)
    hybrid.extract_metadata(TEXT, LETTER)
    assert [call.model for call in server.log].count("small") == breakers.FAILURES + 1, "one call tries again"
    server.heal()
    now[0] += breakers.PAUSE + 1
    assert hybrid.extract_metadata(TEXT, LETTER).provider == "near"
    assert hybrid.extract_metadata(TEXT, LETTER).provider == "near"


def test_only_answers_that_may_be_paid_count_as_attempts(make: Make, server: FakeOpenAI) -> None:
    """Models that are not there and refusals use up nothing: the fallback provider is asked all the same."""
    gone = (400, {"error": {"message": "Unable to access non-serverless model x.", "code": "model_not_available"}})
    said = {"small": gone, "big": gone, "other": (400, {"error": {"message": "No."}})}
    config = make.config()
    more = [replace(config.models[key], key=f"{key}_{number}") for key in said for number in range(3)]
    models = [*config.models.values(), *more]
    clouds = [CloudExtractor(config.providers[model.provider], model, "", config) for model in models]
    server.script = lambda body, _number: said.get(body["model"])
    hybrid = HybridExtractor(Reader(error="No."), clouds, config, Budget(config.cost, MemoryLedger()))
    results = [hybrid.extract_metadata(TEXT, LETTER) for _ in range(2)]
    assert [(result.metadata, result.provider) for result in results] == [(RIGHT, "last")] * 2
    asked = [call.model for call in server.log]
    assert (asked.count("small"), asked.count("big"), asked.count("spare")) == (1, 1, 2)


def test_four_answers_at_most_are_paid_for_one_document(make: Make, server: FakeOpenAI) -> None:
    config = make.config()
    models = [replace(config.models["small"], key=f"small_{n}", model_id=f"small_{n}") for n in range(7)]
    clouds = [CloudExtractor(config.providers["near"], model, "", config) for model in models]
    server.fail("empty")
    hybrid = HybridExtractor(Reader(error="No."), clouds, config, Budget(config.cost, MemoryLedger()))
    hybrid.extract_metadata(TEXT, LETTER)
    assert len(server.answered) == 4


def test_a_model_that_stands_in_is_not_asked_beside_the_one_it_stands_for(make: Make, server: FakeOpenAI) -> None:
    config = make.config()
    stand_in = replace(config.models["small"], key="old", replaced="Old", replaced_by="small")
    models = [stand_in, config.models["small"], config.models["big"]]
    clouds = [CloudExtractor(config.providers["near"], model, "", config) for model in models]
    server.fail("empty", model="small")
    hybrid = HybridExtractor(Reader(error="No."), clouds, config, Budget(config.cost, MemoryLedger()))
    hybrid.extract_metadata(TEXT, LETTER)
    assert [call.model for call in server.log] == ["small", "big"]


def test_a_run_says_how_many_fell_back_and_why(make: Make, server: FakeOpenAI) -> None:
    server.fail("500")
    fallen = make(Reader(sure={"author": 0.1})).extract_metadata(TEXT, LETTER)
    assert "500" in str(fell_back(fallen)) and "The server had an error" in str(fell_back(fallen))
    server.heal()
    helped = make(Reader(sure={"author": 0.1})).extract_metadata(TEXT, LETTER)
    good = make(Reader()).extract_metadata(TEXT, LETTER)
    assert (fell_back(helped), fell_back(good)) == (None, None)


def test_bad_answers_do_not_take_a_provider_out(make: Make, server: FakeOpenAI) -> None:
    server.fail("empty", model="small")
    hybrid = make(Reader(error="No."))
    for _ in range(breakers.FAILURES + 2):
        hybrid.extract_metadata(TEXT, LETTER)
    assert [call.model for call in server.log].count("small") == breakers.FAILURES + 2
