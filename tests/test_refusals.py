"""Refusals as real servers word them: each told apart, said whole, and the document not sent again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from extractor.core.errors import (
    AnswerError,
    AuthenticationError,
    ConfigError,
    ExtractionError,
    ModelNotFoundError,
    NoCreditError,
    ProviderError,
    RateLimitError,
    RequestError,
)
from extractor.core.extractions import Usage
from extractor.extractors.cloud import extractor as cloud
from extractor.extractors.cloud import provider_errors, rate_limits
from extractor.extractors.cloud.error_responses import seconds
from extractor.extractors.prompt import build
from extractor.settings.cloud import load_cloud
from extractor.spending.pricing import count_tokens

from .openai_server import FakeOpenAI, openai_server
from .provider_bodies import GOOD, KEY, SCHEMA, TEXT, asked, completion, desk, error, good, read

__all__ = ["openai_server"]


@pytest.fixture(autouse=True)
def nothing_learned() -> None:
    cloud._learned.clear()
    rate_limits._paces.clear()


INPUTS = "Input validation error: `inputs` tokens + `max_new_tokens` must be <= 4097. Given: {} `inputs` tokens and 1024 `max_new_tokens`"
GROQ_413 = "Request too large for model `openai/gpt-oss-20b` in organization `org_x` service tier `on_demand` on tokens per minute (TPM): Limit 8000, Requested 14000, please reduce your message size and try again."
TPM = "Request too large for gpt-4o in organization org-x on tokens per min (TPM): Limit 30000, Requested 41000. The input or output tokens must be reduced in order to run successfully."
VLLM = "'max_tokens' or 'max_completion_tokens' is too large: 8192. This model's maximum context length is 4096 tokens and your request has {} input tokens (8192 > 4096 - {})."
OPENAI_CONTEXT = "This model's maximum context length is 8192 tokens. However, you requested 9000 tokens ({} in the messages, {} in the completion). Please reduce the length of the messages or completion."
NOT_SERVERLESS = "Unable to access non-serverless model meta-llama/Llama-2-7b-chat-hf. Please visit https://api.together.ai/models/x to create and start a new dedicated endpoint for the model."
AZURE = "The response was filtered due to the prompt triggering Azure OpenAI's content management policy. Please modify your prompt and retry."
HTML = {"Content-Type": "text/html"}

# name: status, body, headers, error, a part of what is shown
LONG = (RequestError, "The document is longer than tiny")
LOWER = (RequestError, "Lower max_length")
LIMITED = (RequestError, "larger than the account's limit")
MISSING = (ModelNotFoundError, "does not have the model tiny")
BASE_URL = (ProviderError, "Check base_url")
FILTER = (AnswerError, "refused to answer")
BROKE = (NoCreditError, "no credit left")
FAULT = (ProviderError, "has a fault of its own")
WRONG_KEY = (AuthenticationError, "does not accept the key")
OTHER = (RequestError, "refuses the request")
LATER = (RateLimitError, "takes no more calls for now")
Row = tuple[int, Any, Mapping[str, str], tuple[type[ExtractionError], str], str]
REFUSALS: dict[str, Row] = {
    "together 422": (422, error(INPUTS.format(5000), type="invalid_request_error", param="max_tokens", code=None), {}, LONG, "4097"),
    "TGI, room for the document": (422, {"error": INPUTS.format(3500), "error_type": "validation"}, {}, LOWER, "3500"),
    "TGI, a string": (422, {"error": "Input validation error: `inputs` must have less than 4096 tokens. Given: 5000", "error_type": "validation"}, {}, LONG, "4096"),
    "together 403": (403, error("Input token count + max_tokens parameter must be less than the context length of the model being queried.", type="invalid_request_error"), {}, LONG, "context length"),
    "llama.cpp": (400, error("request (5000 tokens) exceeds the available context size (4096 tokens), try increasing it", code=400, type="exceed_context_size_error", n_prompt_tokens=5000, n_ctx=4096), {}, LONG, "5000 tokens"),
    "llama.cpp behind LiteLLM": (400, error("litellm.ContextWindowExceededError: litellm.BadRequestError: ContextWindowExceededError: OpenAIException - request (10490 tokens) exceeds the available context size", code="400"), {}, LONG, "10490"),
    "LM Studio": (400, {"error": "Trying to keep the first 5632 tokens when context the overflows. However, the model is loaded with context length of only 4096 tokens, which is not enough."}, {}, LONG, "4096"),
    "FastAPI": (400, {"detail": "This model's maximum context length is 4096 tokens."}, {}, LONG, "4096"),
    "old vLLM": (400, {"object": "error", "message": "This model's maximum context length is 4096 tokens.", "type": "BadRequestError", "code": 400}, {}, LONG, "4096"),
    "plain text": (400, b"context length exceeded", {"Content-Type": "text/plain"}, LONG, "exceeded"),
    "groq 400": (400, error("Please reduce the length of the messages or completion.", type="invalid_request_error", param="messages", code="context_length_exceeded"), {}, LONG, "reduce"),
    "anthropic's words": (400, error("prompt is too long: 213462 tokens > 200000 maximum"), {}, LONG, "213462"),
    "gemini, a list": (400, [error("The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).", code=400, status="INVALID_ARGUMENT")], {}, LONG, "1048576"),
    "nginx 413": (413, b"<html><head><title>413 Request Entity Too Large</title></head></html>", HTML, LONG, ""),
    "vLLM, the answer alone": (400, error(VLLM.format(500, 500), type="BadRequestError", param=None, code=400), {}, LOWER, "8192"),
    "vLLM, the document": (400, error(VLLM.format(5000, 5000), type="BadRequestError", param=None, code=400), {}, LONG, "5000"),
    "openai, both": (400, error(OPENAI_CONTEXT.format(500, 8500), code="context_length_exceeded", param="messages"), {}, LOWER, "500 in the"),
    "openai, the messages": (400, error(OPENAI_CONTEXT.format(8700, 300), code="context_length_exceeded", param="messages"), {}, LONG, "8700 in the"),
    "openai, the answer": (400, error("max_tokens is too large: 32768. This model supports at most 16384 completion tokens, whereas you provided 32768.", type="invalid_request_error", param="max_tokens", code="invalid_value"), {}, LOWER, "16384"),
    "groq 413": (413, error(GROQ_413, type="tokens", code="rate_limit_exceeded"), {}, LIMITED, "Limit 8000"),
    "openai, never fits": (429, error(TPM, type="tokens", param=None, code="rate_limit_exceeded"), {}, LIMITED, "41000"),
    "together, not serverless": (400, error(NOT_SERVERLESS, type="invalid_request_error", param=None, code="model_not_available"), {}, MISSING, "non-serverless"),
    "HF router": (400, error("The requested model 'Qwen/Qwen2.5-7B-Instruct' is not supported by provider 'together'", type="invalid_request_error", code="model_not_supported"), {}, MISSING, "together"),
    "LiteLLM, name": (400, error("/chat/completions: Invalid model name passed in model=tiny. Call `/v1/models` to view available models for your key.", type="None", param="None", code="400"), {}, MISSING, "Invalid model name"),
    "transformers serve": (400, {"detail": "Server is pinned to model 'a'. Requested 'tiny'."}, {}, MISSING, "pinned"),
    "groq, taken away": (400, error("The model `tiny` has been decommissioned and is no longer supported.", code="model_decommissioned"), {}, MISSING, "decommissioned"),
    "ollama 404": (404, error("model 'tiny' not found", type="not_found_error"), {}, MISSING, "not found"),
    "openai 404": (404, error("The model `tiny` does not exist or you do not have access to it.", code="model_not_found"), {}, MISSING, "access"),
    "gone": (410, error("This model was retired on 2026-10-30."), {}, MISSING, "retired"),
    "responses only": (404, error("This is not a chat model and thus not supported in the v1/chat/completions endpoint. Did you mean to use v1/completions?", param="model"), {}, MISSING, "chat model"),
    "wrong address, FastAPI": (404, {"detail": "Not Found"}, {}, BASE_URL, "Not Found"),
    "wrong address, Ollama": (404, b"404 page not found", {"Content-Type": "text/plain"}, BASE_URL, "404 page"),
    "wrong address, llama.cpp": (404, error("File Not Found", code=404, type="not_found_error"), {}, BASE_URL, "File Not"),
    "wrong address, LM Studio": (200, {"error": "Unexpected endpoint or method. (POST /chat/completions)"}, {}, BASE_URL, "Unexpected"),
    "wrong method": (405, {"detail": "Method Not Allowed"}, {}, BASE_URL, "Method"),
    "azure filter": (400, error(AZURE, type=None, param="prompt", code="content_filter", status=400, innererror={"code": "ResponsibleAIPolicyViolation"}), {}, FILTER, "content management"),
    "groq, not JSON": (400, error("Failed to generate JSON. Please adjust your prompt. See 'failed_generation' for more details.", type="invalid_request_error", code="json_validate_failed", failed_generation=good()[:-5]), {}, (AnswerError, "did not answer with JSON"), "failed_generation"),
    "LiteLLM budget": (400, error("Budget has been exceeded! Current cost: 0.02, Max budget: 0.01", type="budget_exceeded", param=None, code="400"), {}, BROKE, "0.02"),
    "openai hard limit": (400, error("Billing hard limit has been reached.", type="invalid_request_error", param=None, code="billing_hard_limit_reached"), {}, BROKE, "hard limit"),
    "openai, 2026": (429, error("Your credit balance is exhausted.", type="insufficient_quota", code="credit_balance_exhausted"), {}, BROKE, "exhausted"),
    **{
        f"openai {code}": (429, error("You have reached a limit.", type="billing", code=code), {}, BROKE, "reached")
        for code in ("credit_balance_exhausted", "organization_spend_limit_exceeded", "project_spend_limit_exceeded",
                     "organization_usage_limit_exceeded")
    },
    "HF 402": (402, {"error": "You have exceeded your monthly included credits for Inference Providers."}, {}, BROKE, "monthly"),
    "deepseek": (402, error("Insufficient Balance"), {}, BROKE, "Balance"),
    "ollama, memory": (500, error("model requires more system memory (9.8 GiB) than is available (5.2 GiB)", type="api_error", param=None, code=None), {}, FAULT, "9.8 GiB"),
    "llama.cpp loads": (503, error("Loading model", code=503, type="unavailable_error"), {}, FAULT, "Loading model"),
    "HF loads": (503, {"error": "Model Qwen/x is currently loading", "estimated_time": 48.5}, {}, FAULT, "loading"),
    "LiteLLM, upstream down": (500, error("litellm.InternalServerError: Connection error."), {}, FAULT, "Connection error"),
    "TGI 424": (424, {"error": "Request failed during generation: Server error: ", "error_type": "generation"}, {}, FAULT, "generation"),
    "groq 498": (498, error("Flex tier capacity exceeded", type="capacity_exceeded"), {}, FAULT, "capacity"),
    "openrouter 200": (200, {"error": {"code": 502, "message": "Upstream error"}, "user_id": "u"}, {}, FAULT, "Upstream"),
    "openrouter limit in a 200": (200, {"error": {"code": 429, "message": "Rate limit exceeded: free-models-per-min"}, "user_id": "u"}, {}, LATER, "free-models"),
    "a day's limit": (429, error("Rate limit reached for gpt-4o-mini in organization org-x on requests per day (RPD): Limit 200, Used 200, Requested 1. Please try again in 7m12s.", type="requests", code="rate_limit_exceeded"), {"retry-after": "432"}, LATER, "requests per day (RPD): Limit 200, Used 200, Requested 1. Please try again in 7m12s.). Try again in 432 s"),
    "half a second": (429, error("Rate limit reached for model", type="rate_limit"), {"Retry-After": "61.5"}, LATER, "in 61.5 s"),
    "LiteLLM's header": (429, error("Too many"), {"llm_provider-retry-after": "77"}, LATER, "in 77 s"),
    "in the text": (429, error("Rate limit reached. Please try again in 1m2.5s."), {}, LATER, "in 62.5 s"),
    "gemini key": (400, [error("API key not valid. Please pass a valid API key.", code=400, status="INVALID_ARGUMENT")], {}, WRONG_KEY, "FAKE_API_KEY"),
    "LiteLLM, wrong key": (400, error("No connected db.", type="no_db_connection", code="400"), {}, OTHER, "No connected db."),
    "two credentials": (400, error("Either API-KEY or Authorization header must be provided but not both"), {}, OTHER, "not both"),
    "a schema that is too long": (400, error("The enum of 'kind' is too long."), {}, OTHER, "enum"),
    "no known reason": (400, b"upstream connect error", {}, OTHER, "upstream connect error"),
}  # fmt: skip


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
