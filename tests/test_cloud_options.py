"""What goes into a request: options of a model, credentials of a provider."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from extractor.core.errors import ConfigError
from extractor.settings.cloud import load_cloud

from .openai_server import FakeOpenAI, nothing_learned, openai_server
from .provider_bodies import KEY, completion, desk, good, read

__all__ = ["nothing_learned", "openai_server"]


def sent(folder: Path, server: FakeOpenAI, **options: Any) -> Any:
    server.script = lambda _body, _number: completion(good())
    assert read(desk(folder, server, **options)).error is None
    return server.log[-1]


@pytest.mark.parametrize(
    ("extra", "wanted"),
    [
        ("extra_body: {reasoning: {enabled: false}}", {"reasoning": {"enabled": False}}),
        ("extra_body: {chat_template_kwargs: {enable_thinking: false}}", {"chat_template_kwargs": {"enable_thinking": False}}),
        ("extra_body: {think: false, seed: 7}", {"think": False, "seed": 7}),
        ("reasoning_effort: low", {"reasoning_effort": "low"}),
        ("reasoning_effort: none", {"reasoning_effort": "none", "temperature": 0.0}),
        ("temperature: 0.6, reasoning_effort: high", {"temperature": 0.6, "reasoning_effort": "high"}),
        ("extra_body: {temperature: 0.7}", {"temperature": 0.7}),
    ],
)  # fmt: skip
def test_options_of_a_model_go_out_as_they_stand(
    extra: str, wanted: dict[str, Any], tmp_path: Path, openai_server: FakeOpenAI
) -> None:
    body = sent(tmp_path, openai_server, model=f", {extra}").body
    assert {name: body.get(name) for name in wanted} == wanted


@pytest.mark.parametrize("extra", ["reasoning_effort: low", "reasoning_effort: high", "temperature: null"])
def test_a_model_that_thinks_is_sent_no_temperature(extra: str, tmp_path: Path, openai_server: FakeOpenAI) -> None:
    assert "temperature" not in sent(tmp_path, openai_server, model=f", {extra}").body


@pytest.mark.parametrize("name", ["model", "messages", "response_format", "max_tokens", "stream", "n", "tools"])
def test_what_the_desk_sets_itself_cannot_be_set(name: str, tmp_path: Path) -> None:
    path = tmp_path / "cloud.yaml"
    path.write_text(
        "providers:\n  fake: {base_url: 'http://127.0.0.1:1'}\n"
        f"models:\n  tiny: {{provider: fake, model_id: a, extra_body: {{{name}: 1}}}}\n",
        encoding="utf-8",
    )
    with pytest.raises(ConfigError, match=rf"line 4.*models.tiny.extra_body.{name}.*cannot be set here"):
        load_cloud(path)


@pytest.mark.parametrize("value", ["[1]", "text", "{a: 2026-01-01}", "{1: a}"])
def test_an_extra_body_that_is_none(value: str, tmp_path: Path) -> None:
    path = tmp_path / "cloud.yaml"
    path.write_text(
        "providers:\n  fake: {base_url: 'http://127.0.0.1:1'}\n"
        f"models:\n  tiny: {{provider: fake, model_id: a, extra_body: {value}}}\n",
        encoding="utf-8",
    )
    with pytest.raises(ConfigError, match=r"extra_body.*a mapping"):
        load_cloud(path)


@pytest.mark.parametrize(
    ("provider", "header", "bearer"),
    [
        ("", None, f"Bearer {KEY}"),
        (", key_header: api-key", KEY, None),
        (", key_header: api-key, bearer: true", KEY, f"Bearer {KEY}"),
    ],
)
def test_a_key_goes_out_once_unless_both_are_asked_for(
    provider: str, header: str | None, bearer: str | None, tmp_path: Path, openai_server: FakeOpenAI
) -> None:
    headers = sent(tmp_path, openai_server, provider=provider).headers
    assert (headers.get("api-key"), headers.get("authorization")) == (header, bearer)


def test_no_key_is_no_header(tmp_path: Path, openai_server: FakeOpenAI) -> None:
    openai_server.script = lambda _body, _number: completion(good())
    one = desk(tmp_path, openai_server)
    one._key = ""
    assert read(one).error is None and "authorization" not in openai_server.log[0].headers


def test_openai_is_asked_in_its_own_words_from_the_first_call_on(tmp_path: Path, openai_server: FakeOpenAI) -> None:
    """Eight calls at once found out by themselves that max_tokens is refused: 16 requests for 8 documents."""
    from concurrent.futures import ThreadPoolExecutor

    assert load_cloud().providers["openai"].length_name == "max_completion_tokens"
    openai_server.refuses = {"max_tokens"}
    openai_server.script = lambda body, _number: None if "max_tokens" in body else completion(good())
    one = desk(tmp_path, openai_server, provider=", length_name: max_completion_tokens")
    with ThreadPoolExecutor(8) as pool:
        assert [result.error for result in pool.map(lambda _: read(one), range(8))] == [None] * 8
    assert len(openai_server.log) == 8
