"""Prices, estimates and actual costs: unknown is unknown, never 0."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractor.core.document_types import load_document_types
from extractor.core.extractions import Usage
from extractor.extractors.cloud.budgeted import most
from extractor.extractors.cloud.extractor import create_cloud_extractor
from extractor.extractors.estimates import estimate, estimate_usage
from extractor.reading.formats import read
from extractor.reading.text import document_from_text
from extractor.settings.cloud import Price
from extractor.spending.pricing import ceiling, cost, count_tokens, price, together

from .openai_server import FakeOpenAI, openai_server, write_config
from .provider_bodies import completion, desk, good
from .provider_bodies import read as read_metadata

__all__ = ["openai_server"]

CONTRACT = load_document_types()["contract"]
SAMPLES = sorted(Path(__file__).parents[1].glob("samples/**/*contract*.pdf"))


def test_prices_come_from_the_file_then_the_list_then_nowhere() -> None:
    assert price("openai", "gpt-4o-mini") == Price(0.00015, 0.0006)
    assert price("openai", "gpt-4o-mini", Price(1, 2)) == Price(1, 2)
    assert price("openai", "maru-9b") is None
    assert price("maru", "gpt-4o-mini") is None


def test_a_hugging_face_model_has_the_price_of_the_provider_it_is_pinned_to() -> None:
    assert price("huggingface", "Qwen/Qwen2.5-7B-Instruct:together") == Price(0.0003, 0.0003)
    assert price("huggingface", "Qwen/Qwen2.5-7B-Instruct") is None


def test_a_cost_is_tokens_times_price_or_unknown() -> None:
    assert cost(Price(0.001, 0.002), Usage(2000, 500)) == pytest.approx(0.003)
    assert cost(Price(0.0, 0.0), Usage(2000, 500)) == 0.0
    assert cost(None, Usage(2000, 500)) is None
    assert cost(Price(1, 1), Usage(2000, None)) is None
    assert estimate("본문", CONTRACT, None) is None


@pytest.mark.parametrize(
    ("text", "o200k", "tekken", "voyage3"),
    [(
        "저작재산권자 김가람은 이용자 주식회사 새벽출판에게 저작물 「봄날의 바다」의 복제권과 배포권을 "
        "2026년 3월 2일부터 3년간 허락하고, 이용자는 일금 1,500,000원을 지급한다.\n",
        72, 76, 82,
    )],
)  # fmt: skip
def test_tokens_of_korean_are_near_what_tokenizers_say(text: str, o200k: int, tekken: int, voyage3: int) -> None:
    for counted in (o200k, tekken, voyage3):
        assert count_tokens(text) == pytest.approx(counted, rel=0.2)


def test_a_tokenizer_counts_when_there_is_one() -> None:
    class Letters:
        def encode(self, text: str) -> list[str]:
            return list(text)

    assert count_tokens("봄날의 바다", Letters()) == 6


@given(st.text())
def test_any_text_has_a_count(text: str) -> None:
    assert (count_tokens(text) >= 1) == bool(text)


def test_the_estimate_covers_what_a_call_uses(tmp_path: Path, openai_server: FakeOpenAI) -> None:
    """Against the server's own prompt: the whole of what is sent is estimated, not the document alone."""
    document = read(SAMPLES[0])
    result = create_cloud_extractor("fake", "sk-1", "tiny", write_config(tmp_path, openai_server)).extract(
        document, CONTRACT
    )
    assert result.error is None
    sent = "\n".join(message["content"] for message in openai_server.log[0].body["messages"])
    guessed = estimate_usage(document, CONTRACT)
    assert guessed.input_tokens == count_tokens(sent)
    assert guessed.output_tokens and 100 < guessed.output_tokens < 1000
    assert estimate(document, CONTRACT, Price(0.001, 0.002)) == pytest.approx(
        (count_tokens(sent) * 0.001 + guessed.output_tokens * 0.002) / 1000
    )


@pytest.mark.parametrize(
    ("provider", "model", "usd"),
    [
        # 300,000 read, 1,000 written: OpenAI's price pages say twice the input and 1.5 times the output above 272k.
        ("openai", "gpt-5.4", (300_000 * 5 + 1000 * 22.5) / 1e6),
        ("openai", "gpt-6-luna", (300_000 * 0.2 + 1000 * 0.75) / 1e6),
        ("google", "gemini-2.5-pro", (300_000 * 2.5 + 1000 * 15) / 1e6),
        ("openai", "gpt-4o-mini", (300_000 * 0.15 + 1000 * 0.6) / 1e6),
    ],
)
def test_a_long_prompt_costs_what_the_list_says_of_long_prompts(provider: str, model: str, usd: float) -> None:
    assert cost(price(provider, model), Usage(300_000, 1000)) == pytest.approx(usd)


def test_a_cache_is_cheaper_to_read_and_dearer_to_write() -> None:
    luna = price("openai", "gpt-5.6-luna")
    assert cost(luna, Usage(4000, 0)) == pytest.approx(0.0008)
    assert cost(luna, Usage(4000, 0, cache_read_tokens=3900)) == pytest.approx((100 * 0.2 + 3900 * 0.02) / 1e6)
    assert cost(luna, Usage(4000, 0, cache_write_tokens=3900)) == pytest.approx((100 * 0.2 + 3900 * 0.25) / 1e6)
    own = Price(0.001, 0.002)
    assert cost(own, Usage(4000, 0, cache_read_tokens=3900)) == pytest.approx(0.004), "no more is known than it says"
    assert cost(own, Usage(4000, 0, cache_write_tokens=3900)) == pytest.approx((100 + 3900 * 1.25) * 0.001 / 1000)


@given(
    st.sampled_from([("openai", "gpt-5.4"), ("openai", "gpt-6-luna"), ("google", "gemini-2.5-pro"), ("", "own")]),
    st.integers(0, 500_000),
    st.integers(0, 9000),
    st.integers(0, 500_000),
    st.integers(0, 500_000),
)
def test_what_is_set_aside_is_never_less_than_what_is_charged(
    place: tuple[str, str], tokens: int, output: int, read: int, written: int
) -> None:
    listed = Price(0.001, 0.002) if place[1] == "own" else price(*place)
    charged = cost(listed, Usage(tokens, output, read, written))
    aside = ceiling(listed, Usage(tokens, output))
    assert charged is not None and aside is not None and charged <= aside * (1 + 1e-9)


def test_a_budget_sets_the_dearest_price_aside(tmp_path: Path, openai_server: FakeOpenAI) -> None:
    one = create_cloud_extractor("fake", "sk-1", "tiny", write_config(tmp_path, openai_server))
    one.price = price("openai", "gpt-5.4")
    document = document_from_text("가" * 100_000)  # 300,000 bytes: perhaps as many tokens.
    aside = most(one, document, CONTRACT)
    assert aside and aside >= (300_000 * 5 * 1.25 + 512 * 22.5) / 1e6


def answering(usage: dict[str, Any]) -> Callable[[object, object], tuple[Any, ...]]:
    """A script of the server: the answer is a good one, the usage what is given."""
    return lambda _body, _number: completion(good(), usage=usage)


def test_thoughts_that_stand_beside_the_answer_are_charged(tmp_path: Path, openai_server: FakeOpenAI) -> None:
    """Grok: 400 read, 60 written, 2,000 thought; the total has them, `completion_tokens` has not."""
    beside: dict[str, Any] = {"prompt_tokens": 400, "completion_tokens": 60, "total_tokens": 2460,
              "completion_tokens_details": {"reasoning_tokens": 2000}}  # fmt: skip
    no_total = {name: value for name, value in beside.items() if name != "total_tokens"}
    inside = {**beside, "completion_tokens": 2060}
    for usage in (beside, no_total, inside):
        openai_server.script = answering(usage)
        result = read_metadata(desk(tmp_path, openai_server))
        assert result.usage == Usage(400, 2060) and result.cost_usd == pytest.approx(0.00452)


def test_caches_are_read_from_where_servers_count_them(tmp_path: Path, openai_server: FakeOpenAI) -> None:
    usages: list[dict[str, Any]] = [
        {"prompt_tokens_details": {"cached_tokens": 100, "cache_write_tokens": 250}},
        {"prompt_cache_hit_tokens": 100, "cache_creation_input_tokens": 250},
    ]
    for more in usages:
        usage = {"prompt_tokens": 400, "completion_tokens": 60, "total_tokens": 460, **more}
        openai_server.script = answering(usage)
        assert read_metadata(desk(tmp_path, openai_server)).usage == Usage(400, 60, 100, 250)


def test_a_run_of_short_prompts_is_no_long_prompt() -> None:
    listed = price("openai", "gpt-5.4")
    each = cost(listed, Usage(3000, 100))
    assert each and together(listed, Usage(300_000, 10_000), 100) == pytest.approx(100 * each)
