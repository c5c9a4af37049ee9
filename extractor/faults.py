"""What can go wrong with a provider, as errors for a person. docs/providers.md has the table.

The SDK's exceptions carry the request and with it the key, and providers repeat keys in their messages. So no
exception of the SDK is chained to ours, and what a provider says is scrubbed before it is shown.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from .config import CloudModel, Provider
from .core import Usage
from .errors import (
    N_,
    AnswerError,
    AuthenticationError,
    CallTimeoutError,
    ExtractionError,
    ModelNotFoundError,
    ProviderError,
    RateLimitError,
    RequestError,
)

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

    from .deadline import NoRetry

    names: dict[str, Any] = {"provider": provider.title or provider.name, "model": model_id}
    if isinstance(failure, NoRetry):
        cause = failure.__context__
        failure = openai.APITimeoutError(request=None) if _is_timeout(cause) else failure  # type: ignore[arg-type]
    if isinstance(failure, openai.APITimeoutError):
        template = N_("{provider} gave no complete answer from {model} within {seconds} s. It may charge for it.")
        return CallTimeoutError(template, seconds=f"{timeout:g}", **names)
    if isinstance(failure, openai.APIStatusError):
        return _status_error(failure, names, provider, key)
    if isinstance(failure, (openai.APIConnectionError, NoRetry)):
        return _connection_error(failure, names, provider)
    if isinstance(failure, (openai.OpenAIError, ValueError)):
        template = N_("{provider} answered with something that is no answer of a model ({reason}).")
        return ProviderError(template, reason=scrub(str(failure), key) or type(failure).__name__, **names)
    raise failure


def _is_timeout(cause: BaseException | None) -> bool:
    import httpx2

    return isinstance(cause, httpx2.TimeoutException)


def _connection_error(failure: BaseException, names: Mapping[str, Any], provider: Provider) -> ExtractionError:
    import httpx2

    cause = failure.__cause__ or failure.__context__
    if isinstance(cause, (httpx2.ConnectError, httpx2.ConnectTimeout)):
        template = N_("{provider} cannot be reached at {address}. Is it running, and is the address right?")
        return ProviderError(template, spent=NOTHING, address=provider.base_url, **names)
    template = N_("{provider} broke the connection before {model} had answered. It may charge for the call.")
    return ProviderError(template, **names)


def _status_error(failure: Any, names: Mapping[str, Any], provider: Provider, key: str) -> ExtractionError:
    status, said = failure.status_code, scrub(_said(failure), key)
    variable = provider.api_key_env or provider.name
    if status == 401:
        template = N_("{provider} does not accept the key in {variable}. Check it, or make a new one.")
        return AuthenticationError(template, spent=NOTHING, variable=variable, **names)
    if status == 403:
        template = N_("{provider} does not let the key in {variable} use {model} ({reason}).")
        return AuthenticationError(template, spent=NOTHING, variable=variable, reason=said, **names)
    if status == 404:
        template = N_("{provider} does not have the model {model} ({reason}). Check its model_id.")
        return ModelNotFoundError(template, spent=NOTHING, reason=said, **names)
    if status == 402 or (status == 429 and "insufficient_quota" in (failure.code or "", failure.type or "")):
        template = N_("The account at {provider} has no credit left ({reason}).")
        return RateLimitError(template, spent=NOTHING, reason=said, **names)
    if status == 429:
        wait = failure.response.headers.get("retry-after", "")
        if wait.isdigit():
            template = N_("{provider} takes no more calls for now. Try again in {seconds} s.")
            return RateLimitError(template, spent=NOTHING, seconds=wait, **names)
        return RateLimitError(N_("{provider} takes no more calls for now. Try again later."), spent=NOTHING, **names)
    if status >= 500 or status in (408, 409):
        template = N_("{provider} has a fault of its own (status {status}). Try again later.")
        # Behind a gateway that gave up waiting, the model may have worked.
        spent = None if status in (408, 504) else NOTHING
        return ProviderError(template, spent=spent, status=status, **names)
    if too_long(failure):
        template = N_("The document is longer than {model} of {provider} takes ({reason}).")
        return RequestError(template, spent=NOTHING, reason=said, **names)
    template = N_("{provider} refuses the request (status {status}: {reason}).")
    return RequestError(template, spent=NOTHING, status=status, reason=said, **names)


def _said(failure: Any) -> str:
    """What the provider says in its error, whatever shape it gave it."""
    body = failure.body
    if isinstance(body, Mapping):
        said = body.get("message") or body.get("detail") or body.get("error") or ""
        return str(said)
    text = str(body or failure.message or "")
    return "" if text.lstrip().startswith("<") else text


def too_long(failure: BaseException) -> bool:
    """Whether a refused request was refused for its length."""
    said = f"{getattr(failure, 'code', '')} {getattr(failure, 'message', '')}".casefold()
    return "context_length" in said or "context length" in said or "maximum context" in said or "too long" in said


def unsupported(failure: BaseException, options: Mapping[str, Any]) -> str | None:
    """The name of the option that a refused request was refused for, None when it does not say."""
    named = getattr(failure, "param", None)
    if named in options:
        return str(named)
    said = _said(failure) if hasattr(failure, "body") else ""
    return next((name for name in ("max_tokens", "temperature", "top_p") if name in options and name in said), None)


def check_whole(response: Any, provider: Provider, model: CloudModel) -> tuple[str, Usage]:
    """Text and usage of a chat completion. Raises AnswerError or ProviderError unless the answer is whole."""
    names: dict[str, Any] = {"provider": provider.title or provider.name, "model": model.name}
    if isinstance(response, (str, bytes)):
        template = N_("{provider} answered with a web page or plain text instead of an answer. Check base_url.")
        raise ProviderError(template, **names)
    usage = _usage(response)
    choices = getattr(response, "choices", None)
    message = getattr(choices[0], "message", None) if isinstance(choices, list) and choices else None
    if message is None:
        template = N_("{provider} answered with something that is no answer of a model ({reason}).")
        raise ProviderError(template, spent=usage, reason="no choices", **names)
    assert choices is not None
    finish, text = getattr(choices[0], "finish_reason", None), getattr(message, "content", None) or ""
    refusal = getattr(message, "refusal", None)
    if refusal or finish == "content_filter":
        template = N_("{model} of {provider} refused to answer ({reason}).")
        raise AnswerError(template, spent=usage, reason=scrub(str(refusal or finish)), **names)
    if finish == "length":
        template = N_("The answer of {model} was cut off at {tokens} tokens. Raise max_length of this model.")
        raise AnswerError(template, spent=usage, tokens=model.max_length, **names)
    if not isinstance(text, str) or not text.strip():
        raise AnswerError(N_("{model} of {provider} gave an empty answer."), spent=usage, **names)
    return text, usage


def _usage(response: Any) -> Usage:
    """The tokens that the provider says it charges for, None where it does not say."""
    used = getattr(response, "usage", None)
    counts = (getattr(used, "prompt_tokens", None), getattr(used, "completion_tokens", None))
    return Usage(*(count if isinstance(count, int) and count >= 0 else None for count in counts))
