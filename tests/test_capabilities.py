"""What a model turns out to take: schemas, options, a system role. It is asked otherwise, and that is remembered."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from extractor.extractors.prompt import build

from .openai_server import FakeOpenAI, nothing_learned, openai_server
from .provider_bodies import SCHEMA, TEXT, asked, completion, desk, error, good, read

__all__ = ["nothing_learned", "openai_server"]


def test_a_schema_that_is_refused_is_refused_for_itself(tmp_path: Path, openai_server: FakeOpenAI) -> None:
    invalid = "Invalid schema for response_format 'metadata': In context=('properties', 'odd'), schema must have a 'type' key."

    def strict(body: dict[str, Any], _number: int) -> tuple[int, Any]:
        schema = ((body.get("response_format") or {}).get("json_schema") or {}).get("schema") or {}
        if "odd" in schema.get("properties", {}):
            return 400, error(
                invalid, type="invalid_request_error", param="response_format", code="invalid_json_schema"
            )
        return completion(good())

    openai_server.script = strict
    one = desk(tmp_path, openai_server)
    for schema in (SCHEMA, {**SCHEMA, "odd": "string"}, SCHEMA, {**SCHEMA, "odd": "string"}):
        assert read(one, schema=schema).error is None
    assert asked(openai_server) == ["json_schema", "json_schema", "json_object", "json_schema", "json_object"]


@pytest.mark.parametrize(
    "body",
    [
        error("response_format of type json_schema is not supported"),
        {"error": "'response_format.type' must be 'json_object' or 'text'"},
        {"detail": [{"loc": ["body", "response_format", "type"], "msg": "Input should be 'text' or 'json_object'"}]},
        error("This model does not support structured outputs."),
    ],
)
def test_the_strict_way_is_tried_again_after_a_while(
    body: Any, tmp_path: Path, openai_server: FakeOpenAI, monkeypatch: pytest.MonkeyPatch
) -> None:
    from extractor.extractors.cloud import capabilities

    now = [1000.0]
    monkeypatch.setattr(capabilities, "clock", lambda: now[0])
    openai_server.script = lambda request, _number: (
        (400, body) if request.get("response_format", {}).get("type") == "json_schema" else completion(good())
    )
    one = desk(tmp_path, openai_server)
    assert read(one).error is None and read(one).error is None
    assert asked(openai_server) == ["json_schema", "json_object", "json_object"]
    now[0] += capabilities.RETRY + 1
    assert read(one).error is None
    assert asked(openai_server)[3:] == ["json_schema", "json_object"]


def test_the_strict_way_is_tried_again_when_the_plain_way_gives_no_json(
    tmp_path: Path, openai_server: FakeOpenAI
) -> None:
    from extractor.extractors.cloud.capabilities import NOT_JSON

    def prose(request: dict[str, Any], _number: int) -> tuple[int, Any]:
        if "response_format" in request:
            return 400, error("response_format is not supported", param="response_format")
        return completion("The title is on page one.")

    openai_server.script = prose
    one = desk(tmp_path, openai_server)
    for _ in range(NOT_JSON + 1):
        assert read(one).error
    seen = asked(openai_server)
    assert seen[:3] == ["json_schema", "json_object", "text"] and seen.count("json_schema") == 2


@pytest.mark.parametrize(
    "said",
    [
        "System role not supported System role not supported",
        "Conversation roles must alternate user/assistant/user/assistant/... ",
        "Developer instruction is not enabled for models/gemma-3",
    ],
)
@pytest.mark.parametrize("status", [400, 500])
def test_a_template_without_a_system_role(said: str, status: int, tmp_path: Path, openai_server: FakeOpenAI) -> None:
    def no_system(request: dict[str, Any], _number: int) -> tuple[int, Any]:
        roles = [message["role"] for message in request["messages"]]
        refused = status, error(said, type="BadRequestError", param=None, code=status)
        return refused if "system" in roles else completion(good())

    openai_server.script = no_system
    one = desk(tmp_path, openai_server)
    assert read(one).metadata["work_title"] == "봄날의 바다" and read(one).error is None
    (message,) = openai_server.log[-1].body["messages"]
    rules, document = (part["content"] for part in build(TEXT, _kind()))
    assert message == {"role": "user", "content": f"{rules}\n\n{document}"}
    assert asked(openai_server) == ["json_schema"] * 3, "asked again once, and remembered"


def _kind() -> Any:
    from extractor.core.document_types import as_document_type

    return as_document_type(SCHEMA, "계약서")


def test_a_bad_value_of_an_option_is_no_unknown_option(tmp_path: Path, openai_server: FakeOpenAI) -> None:
    openai_server.script = lambda _body, _number: (
        400,
        error("temperature must be between 0 and 1", param="temperature"),
    )
    assert "must be between" in str(read(desk(tmp_path, openai_server)).error)
    assert len(openai_server.log) == 1


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("temperature", "Unsupported value: 'temperature' does not support 0.0 with this model. Only the default (1) value is supported."),
        ("max_tokens", "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead."),
        ("max_completion_tokens", "Unrecognized request argument supplied: max_completion_tokens"),
    ],
)  # fmt: skip
def test_an_option_that_is_not_known_is_left_out(
    name: str, said: str, tmp_path: Path, openai_server: FakeOpenAI
) -> None:
    openai_server.script = lambda body, _number: (400, error(said, param=name)) if name in body else None
    length = ", length_name: max_completion_tokens" if name == "max_completion_tokens" else ""
    one = desk(tmp_path, openai_server, provider=length)
    assert read(one).error is None and read(one).error is None
    assert [name in call.body for call in openai_server.log] == [True, False, False]
