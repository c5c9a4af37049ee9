"""Refusals as real servers word them (sources: docs/providers.md), and what each has to become."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from extractor.core.errors import (
    AnswerError,
    AuthenticationError,
    ExtractionError,
    ModelNotFoundError,
    NoCreditError,
    ProviderError,
    RateLimitError,
    RequestError,
)

from .provider_bodies import error, good

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
