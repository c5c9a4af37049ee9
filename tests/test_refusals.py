"""Refusals as real servers word them: each told apart, said whole, and the document not sent again."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from extractor.core.errors import AnswerError, ConfigError, ExtractionError
from extractor.core.extractions import Usage
from extractor.extractors.cloud import extractor as cloud
from extractor.extractors.cloud import provider_errors, rate_limits
from extractor.extractors.cloud.error_responses import seconds
from extractor.settings.cloud import load_cloud
from extractor.spending.pricing import count_tokens

from .openai_server import FakeOpenAI, nothing_learned, openai_server
from .provider_bodies import GOOD, KEY, TEXT, asked, completion, desk, error, good, read
from .provider_refusals import REFUSALS, Row

__all__ = ["nothing_learned", "openai_server"]


def test_a_key_without_a_known_prefix_is_scrubbed_too() -> None:
    key = "maru0123456789abcdef"
    assert provider_errors.scrub(f"Invalid key: {key} (see {key})", key) == "Invalid key: *** (see ***)"
    # Too short to be a key: taking it out would make every message unreadable.
    assert provider_errors.scrub("Invalid key: abc", "abc") == "Invalid key: abc"
    assert provider_errors.scrub("Invalid key: abcd", "abcd") == "Invalid key: ***"


def test_what_looks_like_a_key_is_scrubbed_whoever_it_belongs_to() -> None:
    said = "Wrong: sk-maru-0123456789, hf_abcdefgh, Bearer maru0123"
    assert provider_errors.scrub(said) == "Wrong: ***, ***, ***"


@pytest.mark.parametrize("row", REFUSALS.values(), ids=REFUSALS.keys())
def test_a_refusal_is_told_apart_and_the_document_not_sent_again(
    row: Row, tmp_path: Path, openai_server: FakeOpenAI
) -> None:
    status, body, headers, (kind, shown), said = row
    openai_server.script = lambda _body, _number: (status, body, headers)
    one = desk(tmp_path, openai_server, retries=0)
    with pytest.raises(ExtractionError) as raised:
        one.complete([{"role": "user", "content": "hello"}], {"type": "object", "properties": {}})
    failure = raised.value
    assert type(failure) is kind and shown in str(failure) and said in str(failure)
    assert len(openai_server.log) == 1 and failure.__context__ is None
    assert failure.spent == (None if kind is AnswerError else Usage(0, 0))


@pytest.mark.parametrize("name", ["openai, 2026", "openai, never fits", "groq 413", "llama.cpp", "ollama 404"])
def test_what_cannot_pass_is_not_tried_again(name: str, tmp_path: Path, openai_server: FakeOpenAI) -> None:
    status, body, headers, _, _ = REFUSALS[name]
    openai_server.script = lambda _body, _number: (status, body, headers)
    assert read(desk(tmp_path, openai_server, retries=3)).error
    assert len(openai_server.log) == 1


@pytest.mark.parametrize("name", ["TGI 424", "groq 498"])
def test_a_passing_fault_of_the_server_is_tried_again_and_demotes_nothing(
    name: str, tmp_path: Path, openai_server: FakeOpenAI
) -> None:
    status, body, _, _, _ = REFUSALS[name]
    openai_server.script = lambda _body, number: (status, body) if number < 1 else completion(good())
    one = desk(tmp_path, openai_server, retries=1)
    assert read(one).metadata == GOOD and read(one).metadata == GOOD
    assert asked(openai_server) == ["json_schema"] * 3


@pytest.mark.parametrize("name", ["no known reason", "TGI 424", "groq, not JSON", "groq 498", "azure filter"])
def test_a_refusal_that_does_not_speak_of_it_takes_nothing_from_a_model(
    name: str, tmp_path: Path, openai_server: FakeOpenAI
) -> None:
    status, body, _, _, _ = REFUSALS[name]
    openai_server.script = lambda _body, number: (status, body) if number < 2 else completion(good())
    one = desk(tmp_path, openai_server)
    results = [read(one) for _ in range(4)]
    assert [result.error is None for result in results] == [False, False, True, True]
    assert asked(openai_server) == ["json_schema"] * 4


def test_a_model_that_is_not_there_is_left_out(
    tmp_path: Path, openai_server: FakeOpenAI, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No document is sent to it any more; after a while one call looks whether someone has loaded it."""
    from extractor.extractors.cloud import capabilities

    now = [1000.0]
    monkeypatch.setattr(cloud, "clock", lambda: now[0])
    openai_server.script = lambda _body, _number: (404, error("model 'tiny' not found"))
    one = desk(tmp_path, openai_server)
    first, second = read(one), read(desk(tmp_path, openai_server))
    assert first.error and first.error == second.error and second.cost_usd == 0.0
    assert len(openai_server.log) == 1
    now[0] += capabilities.MISSING + 1
    openai_server.script = None
    assert read(one).error is None


def test_a_missing_model_says_what_replaced_it(tmp_path: Path, openai_server: FakeOpenAI) -> None:
    openai_server.script = lambda _body, _number: (404, error("model 'tiny' not found"))
    one = desk(tmp_path, openai_server)
    one.settings = replace(one.settings, replaced_by="small")
    assert "It was replaced by small." in str(read(one).error)


def test_an_account_without_credit_is_left_alone(
    tmp_path: Path, openai_server: FakeOpenAI, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [1000.0]
    monkeypatch.setattr(rate_limits, "clock", lambda: now[0])
    openai_server.script = lambda _body, _number: (402, error("Insufficient Balance"))
    one = desk(tmp_path, openai_server)
    assert [read(one).error for _ in range(3)] == [
        "The account at Maru AI has no credit left (Insufficient Balance)."
    ] * 3
    assert len(openai_server.log) == 1
    openai_server.script = None
    assert read(desk(tmp_path, openai_server, key=KEY + "9")).error is None, "another key is another account"
    now[0] += rate_limits.CLOSED + 1
    assert read(one).error is None


def test_a_server_that_drops_a_part_of_the_document_is_noticed(tmp_path: Path, openai_server: FakeOpenAI) -> None:
    """Ollama: `prompt_tokens` is half its window, and the model answers from what was left."""
    usage = {"prompt_tokens": 2050, "completion_tokens": 60, "total_tokens": 2110}
    openai_server.script = lambda _body, _number: completion(good(), usage=usage)
    one = desk(tmp_path, openai_server)
    result = read(one, TEXT + "제1조 저작재산권자는 이용자에게 이용을 허락한다.\n" * 500)
    assert result.error and "read only a part of the document: 2050 tokens of about" in result.error
    assert "OLLAMA_CONTEXT_LENGTH" in result.error and result.fields == {} and result.usage == Usage(2050, 60)
    assert read(one).error is None


def test_a_tokenizer_that_needs_half_the_tokens_is_learned_from_short_texts(
    tmp_path: Path, openai_server: FakeOpenAI
) -> None:
    def counted(share: float) -> None:
        def answer(body: dict[str, Any], _number: int) -> tuple[int, Any]:
            tokens = sum(count_tokens(message["content"]) for message in body["messages"])
            return completion(good(), usage={"prompt_tokens": int(tokens * share), "completion_tokens": 6})

        openai_server.script = answer

    long = TEXT + "제1조 저작재산권자는 이용자에게 이용을 허락한다.\n" * 500
    one = desk(tmp_path, openai_server)
    counted(0.5)
    assert "read only a part" in str(read(one, long).error)
    assert read(one).error is None and read(one, long).error is None
    counted(0.25)
    assert "read only a part" in str(read(one, long).error)


@pytest.mark.parametrize("counted", [0, None, 9000])
def test_a_server_that_counts_little_or_nothing_is_believed(
    counted: int | None, tmp_path: Path, openai_server: FakeOpenAI
) -> None:
    openai_server.script = lambda _body, _number: completion(
        good(), usage={"prompt_tokens": counted, "completion_tokens": 6}
    )
    assert read(desk(tmp_path, openai_server), TEXT + "제1조 저작재산권자는 허락한다.\n" * 500).error is None


@pytest.mark.parametrize("end", ["/chat/completions", "/chat/completions/", "/completions"])
def test_an_address_with_the_endpoint_in_it_is_named_at_load(end: str, tmp_path: Path) -> None:
    path = tmp_path / "cloud.yaml"
    path.write_text(f"providers:\n  fake: {{base_url: 'http://127.0.0.1:1/v1{end}'}}\n", encoding="utf-8")
    with pytest.raises(ConfigError, match=r"line 2.*base_url.*the address before /chat/completions"):
        load_cloud(path)


def test_a_wait_is_read_in_all_its_spellings() -> None:
    assert [seconds(text) for text in ("7m12s", "6.5s", "20ms", "2", "1h", "1m2.5s")] == [432, 6.5, 0.02, 2, 3600, 62.5]
