"""Local first, then the cloud: when, for what, in which order, and what it may cost."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from extractor.core.document_types import DocumentType
from extractor.core.documents import Document
from extractor.core.errors import BudgetError, ExtractionError, StoppedError
from extractor.core.extractions import FieldValue
from extractor.evidence import align
from extractor.extractors.base import Extractor, Reply
from extractor.extractors.cloud import circuit_breaker as breakers
from extractor.extractors.cloud import extractor as cloud
from extractor.extractors.cloud.extractor import CloudExtractor
from extractor.extractors.hybrid.extractor import HybridExtractor, fell_back
from extractor.settings.cloud import CloudConfig, CostRules, load_cloud
from extractor.spending.budget import Budget, MemoryLedger

from .openai_server import FakeOpenAI

CONFIG = """
cloud: {{timeout: 5, retry_attempts: 0, fallback_to_local: {fallback}}}
providers:
  near: {{base_url: "{url}"}}
  dear: {{base_url: "{url}"}}
  last: {{base_url: "{url}"}}
models:
  big: {{provider: near, model_id: big, cost_per_token: 0.02, max_length: 512}}
  small: {{provider: near, model_id: small, cost_per_token: 0.01, max_length: 512}}
  spare: {{provider: last, model_id: spare, cost_per_token: 0.001, max_length: 512}}
  other: {{provider: dear, model_id: other, cost_per_token: 0.03, max_length: 512}}
cost_optimization:
  budget_limit: {limit}
  preferred_providers: [near, dear]
  fallback_providers: [last]
"""
LETTER = DocumentType(
    "letter",
    {
        "title": "편지",
        "type": "object",
        "properties": {
            "work_title": {"type": ["string", "null"], "title": "저작물명"},
            "author": {"type": ["string", "null"], "title": "저작자"},
            "signed": {"type": ["string", "null"], "format": "date", "title": "계약일"},
            "fee": {"type": ["number", "null"], "title": "이용료"},
        },
        "required": ["work_title", "author"],
    },
)
TEXT = "저작물명: 봄날의 기록\n저작자: 한가람\n계약일: 2026-03-02\n이용료: 1,000원\n"
RIGHT = {"work_title": "봄날의 기록", "author": "한가람", "signed": "2026-03-02", "fee": 1000}


class Reader(Extractor):
    """A small local model: gives what it is told to give, with evidence where the document has it."""

    model, provider = "local_reader", "local"

    def __init__(self, values: Mapping[str, Any] = RIGHT, sure: Mapping[str, float] | None = None, error: str = ""):
        self.values, self.sure, self.error = values, sure or {}, error

    def reply(self, document: Document, document_type: DocumentType) -> Reply:
        if self.error:
            raise ExtractionError(self.error)
        values = {
            field.path: FieldValue(
                self.values.get(field.name),
                None,
                align(document, field, self.values.get(field.name)),
                self.sure.get(field.name, 0.9),
                self.model,
            )
            for field in document_type.fields
        }
        return Reply(values)


@pytest.fixture
def server() -> Iterator[FakeOpenAI]:
    cloud._learned.clear()
    with FakeOpenAI() as server:
        yield server


class Make:
    def __init__(self, folder: Path, server: FakeOpenAI) -> None:
        self.folder, self.server = folder, server

    def config(self, fallback: bool = True, limit: float | None = 100) -> CloudConfig:
        path = self.folder / "cloud.yaml"
        text = CONFIG.format(
            url=self.server.base_url, fallback=str(fallback).lower(), limit="null" if limit is None else limit
        )
        path.write_text(text, encoding="utf-8")
        return load_cloud(path)

    def __call__(self, local: Extractor, ledger: MemoryLedger | None = None, **options: Any) -> HybridExtractor:
        config = self.config(**options)
        clouds = [
            CloudExtractor(config.providers[model.provider], model, "", config) for model in config.models.values()
        ]
        return HybridExtractor(local, clouds, config, Budget(config.cost, ledger or MemoryLedger()))


@pytest.fixture
def make(tmp_path: Path, server: FakeOpenAI) -> Make:
    return Make(tmp_path, server)


def tried(result: Any) -> list[tuple[str, bool]]:
    """The models that were asked in order, and whether they were left."""
    return [(attempt.model, attempt.error is not None) for attempt in result.attempts]


def sources(result: Any) -> dict[str, str]:
    return {path: value.source for path, value in result.fields.items()}


def test_a_good_local_result_stands(make: Make, server: FakeOpenAI) -> None:
    result = make(Reader()).extract_metadata(TEXT, LETTER)
    assert result.metadata == RIGHT
    assert server.log == []
    assert (tried(result), result.cost_usd, result.provider) == ([("local_reader", False)], 0.0, "local")


@pytest.mark.parametrize(
    ("reader", "asked", "said"),
    [
        (Reader(error="The model ran out of memory."), set(RIGHT), "ran out of memory"),
        (Reader({}), set(RIGHT), "nothing"),
        (Reader(RIGHT | {"author": None}), {"author"}, "author"),
        (Reader(sure={"signed": 0.3}), {"signed"}, "signed"),
        (Reader(RIGHT | {"signed": "언젠가"}), {"signed"}, "signed"),
        (Reader(RIGHT | {"work_title": "어디에도 없는 제목"}), {"work_title"}, "work_title"),
        (Reader(sure=dict.fromkeys(RIGHT, 0.2)), set(RIGHT), "work_title"),
    ],
)
def test_a_doubtful_one_goes_to_the_cloud_with_just_what_is_in_doubt(
    reader: Reader, asked: set[str], said: str, make: Make, server: FakeOpenAI
) -> None:
    result = make(reader).extract_metadata(TEXT, LETTER)
    assert result.metadata == RIGHT
    (call,) = server.log
    assert set(call.body["response_format"]["json_schema"]["schema"]["properties"]) == asked
    assert sources(result) == {name: "cloud_small" if name in asked else "local_reader" for name in RIGHT}
    assert list(result.fields) == list(RIGHT), "in the order of the schema"
    assert tried(result) == [("local_reader", True), ("cloud_small", False)]
    assert said in str(result.attempts[0].error)
    assert result.usage.input_tokens == call.input_tokens
    assert result.cost_usd == pytest.approx((call.input_tokens + call.output_tokens) * 0.01 / 1000)
    assert result.provider == "near"


def test_an_optional_field_may_be_empty(make: Make, server: FakeOpenAI) -> None:
    result = make(Reader(RIGHT | {"fee": None})).extract_metadata(TEXT, LETTER)
    assert result.metadata["fee"] is None and server.log == []


def test_what_the_cloud_does_not_find_stays_as_it_was(make: Make) -> None:
    text = TEXT.replace("저작자: 한가람\n", "지은이 한가람\n")
    result = make(Reader(sure={"author": 0.1})).extract_metadata(text, LETTER)
    assert (result.metadata["author"], sources(result)["author"]) == ("한가람", "local_reader")


def test_all_fields_are_asked_for_where_asking_for_some_saves_nothing(make: Make, server: FakeOpenAI) -> None:
    result = make(Reader({"fee": 1000})).extract_metadata(TEXT + "가나다라마바사 " * 4000, LETTER)
    assert set(server.log[0].body["response_format"]["json_schema"]["schema"]["properties"]) == set(RIGHT)
    assert sources(result)["fee"] == "local_reader", "a value that was not in doubt stays"


@pytest.mark.parametrize(
    ("broken", "order"),
    [
        ({}, ["small"]),
        ({"small": "truncated"}, ["small", "big"]),
        ({"small": "500"}, ["small", "other"]),
        ({"small": "401", "other": "reset"}, ["small", "other", "spare"]),
        ({"small": "truncated", "big": "429", "other": "empty"}, ["small", "big", "other", "spare"]),
    ],
)
def test_the_cheapest_preferred_provider_first_then_the_next(
    broken: dict[str, str], order: list[str], make: Make, server: FakeOpenAI
) -> None:
    for model, fault in broken.items():
        server.fail(fault, model=model)
    result = make(Reader(error="No.")).extract_metadata(TEXT, LETTER)
    assert result.error is None and result.metadata == RIGHT
    assert [call.model for call in server.log] == order
    assert tried(result) == [("local_reader", True), *((f"cloud_{m}", m in broken) for m in order)]
    assert result.attempts[-1].seconds > 0


def test_a_paid_answer_that_was_of_no_use_is_counted(make: Make, server: FakeOpenAI) -> None:
    server.fail("truncated", model="small")
    result = make(Reader(error="No.")).extract_metadata(TEXT, LETTER)
    first, second = server.answered
    assert result.usage.output_tokens == first.output_tokens + second.output_tokens
    paid = (first.input_tokens + first.output_tokens) * 0.01 + (second.input_tokens + second.output_tokens) * 0.02
    assert result.cost_usd == pytest.approx(paid / 1000)


@pytest.mark.parametrize("strategy", ["hybrid", "cloud"])
def test_when_the_cloud_fails_the_local_result_counts(strategy: str, make: Make, server: FakeOpenAI) -> None:
    server.fail("500")
    hybrid = make(Reader(sure={"author": 0.1}))
    hybrid.switch_strategy(strategy)
    result = hybrid.extract_metadata(TEXT, LETTER)
    assert result.metadata == RIGHT and result.error is None
    assert tried(result)[-1] == ("local_reader", False)
    assert {call.model for call in server.log} == {"small", "other", "spare"}

    strict = make(Reader(sure={"author": 0.1}), fallback=False)
    strict.switch_strategy(strategy)
    result = strict.extract_metadata(TEXT, LETTER)
    assert result.fields == {} and "500" in str(result.error)


def test_when_everything_fails_nothing_looks_whole(make: Make, server: FakeOpenAI) -> None:
    server.fail("500")
    result = make(Reader(error="No.")).extract_metadata(TEXT, LETTER)
    assert result.fields == {} and "500" in str(result.error)
    assert all(left for _, left in tried(result))
    server.heal()
    local = make(Reader(error="No."))
    local.switch_strategy("local")
    assert "No." in str(local.extract_metadata(TEXT, LETTER).error)


def test_without_any_cloud_model_the_local_result_stands(make: Make) -> None:
    config = make.config()
    result = HybridExtractor(Reader(sure={"author": 0.1}), [], config, Budget(config.cost)).extract_metadata(
        TEXT, LETTER
    )
    assert (result.error, tried(result)) == (None, [("local_reader", False)])
    failed = HybridExtractor(Reader(error="No."), [], config, Budget(config.cost)).extract_metadata(TEXT, LETTER)
    assert "No." in str(failed.error)


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
