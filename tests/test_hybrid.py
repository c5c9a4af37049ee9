"""Local first, then the cloud: when, for what, and in which order."""

from __future__ import annotations

import pytest

from extractor.extractors.hybrid.extractor import HybridExtractor
from extractor.spending.budget import Budget

from .hybrid_models import LETTER, RIGHT, TEXT, Make, Reader, make, server, sources, tried
from .openai_server import FakeOpenAI

__all__ = ["make", "server"]


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
