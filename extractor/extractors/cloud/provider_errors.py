"""What can go wrong with a provider, as errors for a person. docs/providers.md has the table.

The SDK's exceptions carry the request and with it the key, and providers repeat keys in their messages. So no
exception of the SDK is chained to ours, and what a provider says is scrubbed before it is shown.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from extractor.core.errors import (
    N_,
    AnswerError,
    AuthenticationError,
    CallTimeoutError,
    ExtractionError,
    ModelNotFoundError,
    NoCreditError,
    ProviderError,
    RateLimitError,
    RequestError,
)
from extractor.core.extractions import Usage
from extractor.extractors.cloud import error_responses
from extractor.extractors.cloud.error_responses import Refusal
from extractor.settings.cloud import Provider

NOTHING = Usage(0, 0)
"""Nothing was charged."""

SHOWN = 200
"""The most characters of a provider's own message that are shown."""

_KEY_LIKE = re.compile(r"\b(?:sk|hf|up|tgp|gsk|pk)[-_][\w*.-]{6,}|Bearer\s+\S+")


def scrub(text: str, key: str = "") -> str:
    """`text` without the key and without anything that looks like one, on one line, cut to `SHOWN`."""
    if len(key) >= 4:
        text = text.replace(key, "***")
    flat = " ".join(_KEY_LIKE.sub("***", text).split())
    return flat if len(flat) <= SHOWN else f"{flat[:SHOWN]}…"


def as_error(failure: BaseException, provider: Provider, model_id: str, timeout: float, key: str) -> ExtractionError:
    """The error for an exception of a call. Programming errors are raised again as they are."""
    import openai

    names: dict[str, Any] = {"provider": provider.title or provider.name, "model": model_id}
    if isinstance(failure, openai.APITimeoutError):
        template = N_("{provider} gave no complete answer from {model} within {seconds} s. It may charge for it.")
        return CallTimeoutError(template, seconds=f"{timeout:g}", **names)
    if (refusal := error_responses.of(failure)) is not None:
        return refused(refusal, provider, model_id, key)
    if isinstance(failure, openai.APIConnectionError):
        return _connection_error(failure, names, provider)
    if isinstance(failure, (openai.OpenAIError, ValueError)):
        template = N_("{provider} answered with something that is no answer of a model ({reason}).")
        return ProviderError(template, reason=scrub(str(failure), key) or type(failure).__name__, **names)
    raise failure


def _connection_error(failure: BaseException, names: Mapping[str, Any], provider: Provider) -> ExtractionError:
    import httpx2

    if isinstance(failure.__cause__, (httpx2.ConnectError, httpx2.ConnectTimeout)):
        template = N_("{provider} cannot be reached at {address}. Is it running, and is the address right?")
        return ProviderError(template, spent=NOTHING, address=provider.base_url, **names)
    template = N_("{provider} broke the connection before {model} had answered. It may charge for the call.")
    return ProviderError(template, **names)


def refused(refusal: Refusal, provider: Provider, model_id: str, key: str, spent: Usage = NOTHING) -> ExtractionError:
    """The error for what a server said instead of an answer. `spent` is what it says that it charges."""
    build = _ERRORS[refusal.kind]
    error, template, unknown = build
    names: dict[str, Any] = {
        "provider": provider.title or provider.name,
        "model": model_id,
        "variable": provider.api_key_env or provider.name,
        "address": provider.base_url,
        "status": refusal.status,
        "reason": scrub(refusal.said, key) or "–",
    }
    # Behind a gateway that gave up waiting, the model may have worked.
    may_cost = unknown or refusal.status in (408, 504)
    paid = None if may_cost and spent == NOTHING else spent
    if refusal.kind != "limit":
        return error(template, spent=paid, **names)
    if refusal.wait is not None:
        template = N_("{provider} takes no more calls for now ({reason}). Try again in {seconds} s.")
        names["seconds"] = f"{refusal.wait:.3g}"
    return RateLimitError(template, spent=paid, wait=refusal.wait, **names)


_ERRORS: dict[error_responses.Kind, tuple[type[ExtractionError], str, bool]] = {
    "credit": (NoCreditError, N_("The account at {provider} has no credit left ({reason})."), False),
    "too_large": (
        RequestError,
        N_(
            "The document is larger than the account's limit at {provider} lets through to {model} at all ({reason}). "
            "Have the limit raised, or choose another model."
        ),
        False,
    ),
    "answer_too_long": (
        RequestError,
        N_("{model} of {provider} does not allow so long an answer ({reason}). Lower max_length of this model."),
        False,
    ),
    "too_long": (RequestError, N_("The document is longer than {model} of {provider} takes ({reason})."), False),
    "auth": (
        AuthenticationError,
        N_("{provider} does not accept the key in {variable}. Check it, or make a new one."),
        False,
    ),
    "forbidden": (
        AuthenticationError,
        N_("{provider} does not let the key in {variable} use {model} ({reason})."),
        False,
    ),
    "no_model": (
        ModelNotFoundError,
        N_("{provider} does not have the model {model} ({reason}). Check its model_id."),
        False,
    ),
    "address": (
        ProviderError,
        N_("At {address} nothing of {provider} answers chat completions ({reason}). Check base_url."),
        False,
    ),
    # Azure charges for a prompt that its filter stopped; Groq for an answer that is not shown.
    "filtered": (AnswerError, N_("{model} of {provider} refused to answer ({reason})."), True),
    "not_json": (AnswerError, N_("{model} of {provider} did not answer with JSON of the schema ({reason})."), True),
    "limit": (RateLimitError, N_("{provider} takes no more calls for now ({reason}). Try again later."), False),
    "fault": (
        ProviderError,
        N_("{provider} has a fault of its own (status {status}: {reason}). Try again later."),
        False,
    ),
    "other": (RequestError, N_("{provider} refuses the request (status {status}: {reason})."), False),
}
