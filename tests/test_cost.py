"""Prices, estimates and actual costs: unknown is unknown, never 0."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractor.cloud import create_cloud_extractor
from extractor.core import Usage
from extractor.cost import Price, cost, count_tokens, estimate, estimate_usage, price
from extractor.document_types import load_document_types
from extractor.reading import read

from .openai_server import FakeOpenAI, openai_server, write_config

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
