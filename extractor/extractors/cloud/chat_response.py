"""A chat completion taken apart: the text that should hold the metadata, wherever the server put it, and the tokens."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from extractor.core.errors import N_, AnswerError, ProviderError
from extractor.core.extractions import Usage
from extractor.extractors.response_json import is_json
from extractor.settings.cloud import CloudModel, Provider

CUT_OFF = frozenset({"length", "max_tokens", "max_output_tokens", "model_length", "token_limit"})
FILTERED = frozenset({"content_filter", "safety", "recitation", "prohibited_content", "blocklist", "refusal", "spii"})
BROKEN = frozenset(
    {"error", "abort", "aborted", "cancelled", "failed", "insufficient_system_resource", "malformed_function_call"}
)


@dataclass(frozen=True)
class Reply:
    """`texts` are the places where the answer may stand, the likeliest first; there is at least one."""

    texts: tuple[str, ...]
    usage: Usage


def decode(raw: str, content_type: str, names: Mapping[str, Any]) -> Any:
    """The body of a 200 as plain data. Raises ProviderError for a web page or plain text."""
    try:
        return json.loads(raw)
    except (ValueError, RecursionError):
        if "event-stream" in content_type or raw.lstrip().startswith("data:"):
            return _joined(raw)
    template = N_("{provider} answered with a web page or plain text instead of an answer. Check base_url.")
    if raw.lstrip()[:1] in ("{", "["):
        template = N_("{provider} answered with something that is no answer of a model ({reason}).")
    raise ProviderError(template, reason="broken JSON", **names)


def _joined(stream: str) -> dict[str, Any]:
    """A completion out of the chunks of a stream that nobody asked for."""
    whole: dict[str, Any] = {}
    message: dict[str, str] = {}
    finish: Any = None
    for line in stream.splitlines():
        if not line.startswith("data:") or line.endswith("[DONE]"):
            continue
        try:
            chunk = json.loads(line.removeprefix("data:"))
        except ValueError:
            continue
        whole.update({name: value for name, value in chunk.items() if value} if isinstance(chunk, dict) else {})
        for choice in _choices(chunk)[:1]:
            finish = choice.get("finish_reason") or finish
            for name, piece in (choice.get("delta") or {}).items():
                if isinstance(piece, str):
                    message[name] = message.get(name, "") + piece
    # Without an end the stream broke off, and so did the answer.
    return {**whole, "choices": [{"message": message, "finish_reason": finish or "length"}]}


def _choices(data: Any) -> list[dict[str, Any]]:
    choices = data.get("choices") if isinstance(data, Mapping) else None
    return [choice for choice in choices if isinstance(choice, dict)] if isinstance(choices, list) else []


def read(data: Any, provider: Provider, model: CloudModel) -> Reply:
    """The whole answer in a completion. Raises AnswerError or ProviderError, with the tokens spent."""
    names: dict[str, Any] = {"provider": provider.title or provider.name, "model": model.name}
    used = usage(data)
    choice = next(iter(_choices(data)), {})
    message = choice.get("message")
    if not isinstance(message, Mapping):
        template = N_("{provider} answered with something that is no answer of a model ({reason}).")
        raise ProviderError(template, spent=used, reason="no choices", **names)
    finish = str(choice.get("finish_reason") or "").casefold()
    refusal = message.get("refusal") or _refusal(message.get("content"))
    if refusal or finish in FILTERED:
        template = N_("{model} of {provider} refused to answer ({reason}).")
        raise AnswerError(template, spent=used, reason=_reason(refusal or finish), **names)
    texts = tuple(_texts(message))
    if finish in CUT_OFF:
        template = N_("The answer of {model} was cut off at {tokens} tokens. Raise max_length of this model.")
        if not _text(message.get("content")).strip():
            template = N_(
                "{model} thought until the limit of {tokens} tokens and gave no answer. "
                "Raise max_length of this model, or let it think less."
            )
        raise AnswerError(template, spent=used, tokens=model.max_length, **names)
    if finish in BROKEN or choice.get("error"):
        said = choice.get("error")
        reason = said.get("message") if isinstance(said, Mapping) else said
        template = N_("{model} of {provider} broke off its answer ({reason}).")
        raise AnswerError(template, spent=used, reason=_reason(reason or finish), **names)
    if not texts:
        raise AnswerError(N_("{model} of {provider} gave an empty answer."), spent=used, **names)
    return Reply(texts, used)


def _reason(said: Any) -> str:
    from extractor.extractors.cloud.provider_errors import scrub

    return scrub(str(said))


def _texts(message: Mapping[str, Any]) -> Iterator[str]:
    """The text; else what it handed to a tool; else its thoughts, where they are the JSON object and nothing else."""
    if (text := _text(message.get("content"))).strip():
        yield text
    calls = message.get("tool_calls")
    for call in [*(calls if isinstance(calls, list) else ()), {"function": message.get("function_call")}]:
        function = call.get("function") if isinstance(call, Mapping) else None
        arguments = function.get("arguments") if isinstance(function, Mapping) else None
        if arguments:
            yield arguments if isinstance(arguments, str) else json.dumps(arguments, ensure_ascii=False)
    for name in ("reasoning_content", "reasoning"):
        thought = message.get(name)
        if isinstance(thought, str) and is_json(thought):
            yield thought


def _text(content: Any) -> str:
    """The text of a content: a string, parts of which some are thoughts, or the object itself."""
    if isinstance(content, str):
        return content
    if isinstance(content, list):
        return "".join(_text(part) for part in content if isinstance(part, (str, Mapping)))
    if isinstance(content, Mapping):
        if isinstance(content.get("text"), str) and content.get("type", "text") in ("text", "output_text"):
            return str(content["text"])
        return "" if "type" in content else json.dumps(content, ensure_ascii=False)
    return ""


def _refusal(content: Any) -> str:
    parts = content if isinstance(content, list) else ()
    return next((str(part["refusal"]) for part in parts if isinstance(part, Mapping) and part.get("refusal")), "")


def usage(data: Any) -> Usage:
    """The tokens that the provider says it charges for, None where it does not say.

    Thoughts count as written: Grok and Perplexity leave them out of `completion_tokens`, not out of the total.
    """
    used = data.get("usage") if isinstance(data, Mapping) else None
    used = used if isinstance(used, Mapping) else {}
    prompt, written = _count(used, "prompt_tokens"), _count(used, "completion_tokens")
    total, thought = _count(used, "total_tokens"), _count(_details(used, "completion"), "reasoning_tokens") or 0
    if written is not None:
        if total is not None and prompt is not None:
            written = max(written, total - prompt)
        elif thought > written:  # They cannot be a part of it.
            written += thought
    read = _details(used, "prompt")
    cached = _count(read, "cached_tokens") or _count(used, "prompt_cache_hit_tokens") or 0
    kept = _count(read, "cache_write_tokens") or _count(read, "cache_creation_tokens") or 0
    kept = kept or _count(used, "cache_creation_input_tokens") or _count(used, "cache_write_tokens") or 0
    return Usage(prompt, written, min(cached, prompt or 0), min(kept, (prompt or 0) - min(cached, prompt or 0)))


def _details(used: Mapping[str, Any], side: str) -> Mapping[str, Any]:
    details = used.get(f"{side}_tokens_details")
    return details if isinstance(details, Mapping) else {}


def _count(used: Mapping[str, Any], name: str) -> int | None:
    value = used.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None
