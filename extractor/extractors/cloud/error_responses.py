"""What a server says when it does not answer, read from wherever servers put it, and what it means.

Sources of the wordings: docs/providers.md. The order of the kinds matters: a code or a text that is sure comes before
the status, which servers use as they like (a document that is too long is a 400, 403, 413, 422 or 500).
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

Kind = Literal[
    "credit", "too_large", "answer_too_long", "too_long", "auth", "no_model", "address", "filtered", "not_json",
    "limit", "fault", "forbidden", "other",
]  # fmt: skip

_CREDIT = re.compile(
    r"insufficient_(?:quota|balance|credits?|funds)|credit_balance_exhausted|(?:spend|usage)_limit_exceeded|budget_exceeded"
    r"|billing_hard_limit|billing_not_active|exceeded your current quota|billing hard limit|budget has been exceeded"
    r"|insufficient (?:balance|credits?|funds|quota)|credit balance|out of credits?|no credits? left|exceeded your (?:monthly )?included credits"
)
_TOO_LARGE = re.compile(r"request too large|input or output tokens must be reduced")
_LIMIT_AND_ASKED = re.compile(r"\blimit:? (\d[\d,]*)\D{1,40}\brequested:? (\d[\d,]*)")
_TOO_LONG = re.compile(
    r"context[_ ](?:length|size|window)|maximum context|contextwindowexceeded|exceed_context|\bn_ctx\b|string_above_max_length"
    r"|inputs?`? (?:tokens )?must have (?:less|fewer) than|`inputs` tokens \+ `max_new_tokens`|input token count"
    r"|reduce the length of (?:the|your) (?:messages|prompt|input)|too many (?:input )?tokens|maximum (?:prompt|input) length"
    r"|(?:prompt|input|messages?|request|sequence|document|conversation)\b[^.]{0,60}\btoo (?:long|large)"
    r"|exceeds? (?:the )?(?:maximum|max|limit)[^.]{0,40}\btokens|payload too large|request entity too large|content too large"
)
_ANSWER_TOO_LONG = re.compile(
    r"max(?:_completion|_output|_new)?_tokens\W[^.]{0,60}(?:too large|too high|at most|less than or equal|must be|exceeds?)"
    r"|at most \d+ completion tokens"
)
_CONTEXT = re.compile(
    r"(?:context (?:length|size|window) (?:is|of)(?: only)? |must be <= ?|available context size \()(\d+)"
)
_INPUT = re.compile(r"(\d+) (?:input tokens|`inputs` tokens|in the messages|tokens from the input|prompt tokens)")
_NO_MODEL = re.compile(
    r"model_(?:not_(?:available|found|supported|serverless)|decommissioned|deprecated|retired|does_not_exist)|invalid_model|unknown_model"
    r"|deploymentnotfound|invalid model name|unknown model|no such model|not a valid model|is pinned to|unable to access (?:non-serverless )?model"
    r"|not a chat model|only supported in v1/responses|model_name_not"
    r"|\bmodel\b[^\n]{0,160}(?:does not exist|doesn't exist|not found|no longer (?:available|supported|exists)|(?:is|was|has been) (?:deprecated|decommissioned|retired|removed|shut down)"
    r"|is not (?:available|supported by (?:any )?provider|loaded)|not supported by provider)"
)
_ADDRESS = re.compile(
    r"unexpected endpoint|page not found|file not found|no route|not found: /|cannot post|unknown (?:url|endpoint|path)"
)
_FILTERED = re.compile(
    r"content_filter|content_policy|content management policy|responsibleaipolicy|data_inspection|content_blocked"
)
_NOT_JSON = re.compile(r"json_validate_failed|failed to (?:generate|validate) json")
_AUTH = re.compile(
    r"invalid_api_key|invalid_authentication|(?:api key|token|credentials?) (?:is )?(?:not valid|invalid)|(?:invalid|incorrect) api key"
)
_RATE = re.compile(r"rate_limit|rate limit|too many requests|throttl")
_FORMAT = re.compile(
    r"response_format|json_schema|json_object|json mode|structured output|\bschema\b|\bgrammar\b|guided_"
)
_SCHEMA = re.compile(
    r"invalid_json_schema|invalid schema|schema (?:is )?(?:not supported|invalid|too complex)|unsupported schema"
)
_SYSTEM = re.compile(
    r"roles must alternate|system (?:role|message|prompt|instruction)s? (?:is |are )?not (?:supported|enabled|allowed)|developer instruction is not enabled"
    r"|(?:does not|doesn't) support (?:the )?system|unexpected role|only (?:supports? )?user(?:,| and) assistant"
)
_REFUSES = re.compile(
    r"unsupported|not supported|does not support|doesn't support|use '?max_|unrecognized|unknown (?:parameter|field|argument|name)"
    r"|not permitted|unexpected keyword|not allowed|only the default|deprecated|not recognized"
)
_WAIT = re.compile(
    r"(?:try again|retry) (?:in|after) ((?:\d+(?:\.\d+)?\s?(?:ms|h|m|s)[a-z]{0,8}\s?){1,4}|\d+(?:\.\d+)?)"
)
_UNIT = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}
_WAITING = ("retry-after-ms", "retry-after", "llm_provider-retry-after", "x-ratelimit-reset-after")
MAX_SAID = 4000
"""Characters of an error that are looked at."""


@dataclass(frozen=True)
class Refusal:
    """`said` is for a person; `text` has it in lower case, with the codes and types of the error. `wait` in seconds."""

    status: int
    said: str = ""
    text: str = ""
    param: str = ""
    wait: float | None = None

    @property
    def kind(self) -> Kind:
        """What the refusal means."""
        status, text = self.status, self.text
        if status == 402 or _CREDIT.search(text):
            return "credit"
        if self._never_fits():
            return "too_large"
        if status not in (401, 429):
            if (longer := self._length()) is not None:
                return longer
            if (early := self._by_words()) is not None:
                return early
        if status == 401:
            return "auth"
        if status == 429 or (status not in (403, 404) and _RATE.search(text)):
            return "limit"
        if status >= 500 or status in (408, 409, 424, 425, 498):
            return "fault"
        return "forbidden" if status == 403 else "other"

    def _never_fits(self) -> bool:
        numbers = _LIMIT_AND_ASKED.search(self.text)
        if numbers and "token" in self.text:
            limit, asked = (int(number.replace(",", "")) for number in numbers.groups())
            return asked > limit
        return self.status in (413, 429) and bool(_TOO_LARGE.search(self.text))

    def _length(self) -> Kind | None:
        given, room = _INPUT.search(self.text), _CONTEXT.search(self.text)
        if given and room and _TOO_LONG.search(self.text):
            return "answer_too_long" if int(given.group(1)) < int(room.group(1)) else "too_long"
        if _TOO_LONG.search(self.text):
            return "too_long"
        if _ANSWER_TOO_LONG.search(self.text):
            return "answer_too_long"
        return "too_long" if self.status == 413 else None

    def _by_words(self) -> Kind | None:
        status, text = self.status, self.text
        if status < 500 and _NO_MODEL.search(text) and not _FORMAT.search(text):
            return "no_model"
        if status in (404, 405, 410):
            return "no_model" if "model" in text else "address"
        if status < 300 and _ADDRESS.search(text):
            return "address"
        if _FILTERED.search(text):
            return "filtered"
        if _NOT_JSON.search(text):
            return "not_json"
        return "auth" if status < 500 and _AUTH.search(text) else None

    @property
    def of_format(self) -> bool:
        """Whether it is refused how JSON was asked for."""
        return bool(_FORMAT.search(f"{self.param} {self.text}"))

    @property
    def of_schema(self) -> bool:
        """Whether it is this schema that is refused, not schemas."""
        return bool(_SCHEMA.search(self.text))

    @property
    def of_system_role(self) -> bool:
        return bool(_SYSTEM.search(self.text))

    def refuses(self, options: Mapping[str, Any]) -> str | None:
        """The name of the option that is not taken, None when it is no option. A bad *value* of one is not meant."""
        if not _REFUSES.search(self.text):
            return None
        named = [name for name in ("max_tokens", "max_completion_tokens", "temperature", "top_p") if name in options]
        for name in named:
            if name == self.param:
                return name
        return next((name for name in named if re.search(rf"(?<!\w){name}(?!\w)", self.text)), None)


def read(status: int, body: Any, headers: Mapping[str, str] | None = None) -> Refusal:
    """The refusal in a response. `body` is what was parsed as JSON, or the text; `headers` by lower-case name."""
    said, codes, param = _message(body), " ".join(_codes(body)), ""
    error = _error(body)
    if isinstance(error, Mapping):
        param = str(error.get("param") or "")
        code = error.get("code")
        if status < 300:
            status = code if isinstance(code, int) and 400 <= code < 600 else status
    text = f"{said} {codes}".casefold()[:MAX_SAID]
    return Refusal(status, said, text, param.casefold(), _wait(headers or {}, text, body))


def of(failure: BaseException) -> Refusal | None:
    """The refusal in an exception of the SDK, None for another exception."""
    response = getattr(failure, "response", None)
    if response is None or not hasattr(failure, "status_code"):
        return None
    try:
        body = json.loads(response.text)
    except (ValueError, RecursionError):
        body = response.text
    return read(response.status_code, body, {name.lower(): value for name, value in response.headers.items()})


def _error(body: Any) -> Any:
    """The part of a body that is the error: Gemini has a list around it, most have `error`, FastAPI `detail`."""
    if isinstance(body, list) and body:
        body = body[0]
    if isinstance(body, Mapping):
        for name in ("error", "detail", "errors"):
            if body.get(name):
                return body[name]
    return body


def _message(body: Any, depth: int = 0) -> str:
    error = _error(body)
    if isinstance(error, list):  # FastAPI: [{"loc": ["body", "response_format"], "msg": "…"}]
        return "; ".join(_message(part, depth + 1) for part in error[:5]) if depth < 3 else ""
    if isinstance(error, Mapping):
        where = ".".join(str(part) for part in error["loc"]) + ": " if isinstance(error.get("loc"), list) else ""
        said = error.get("message") or error.get("msg") or error.get("detail") or error.get("error") or ""
        if isinstance(said, (Mapping, list)):
            said = _message(said, depth + 1) if depth < 3 else ""
        return f"{where}{said}"
    text = str(error or "")
    return "" if text.lstrip().startswith("<") else text


def _codes(body: Any) -> list[str]:
    """Codes and types, which stand beside the message or beside the error."""
    codes: list[str] = []
    for part in (body[0] if isinstance(body, list) and body else body, _error(body)):
        if isinstance(part, Mapping):
            inner = part.get("innererror")
            codes += [str(part[name]) for name in ("code", "type", "status", "error_type") if part.get(name)]
            codes += [str(inner.get("code", ""))] if isinstance(inner, Mapping) else []
    return codes


def _wait(headers: Mapping[str, str], text: str, body: Any) -> float | None:
    """Seconds that the server asks to wait, None when it does not say."""
    for name in _WAITING:
        if (wait := _header(name, headers.get(name, ""))) is not None:
            return wait
    if match := _WAIT.search(text):
        return seconds(match.group(1))
    estimate = body.get("estimated_time") if isinstance(body, Mapping) else None
    return float(estimate) if isinstance(estimate, (int, float)) and estimate >= 0 else None


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds to wait by the header Retry-After, which may be a date, or its sister in milliseconds."""
    waits = (_header(name, headers.get(name, "")) for name in _WAITING[:2])
    return next((wait for wait in waits if wait is not None), None)


def _header(name: str, value: str) -> float | None:
    try:
        number = float(value) * (0.001 if name.endswith("-ms") else 1.0)
    except ValueError:
        import time
        from email.utils import parsedate_to_datetime

        try:
            number = parsedate_to_datetime(value).timestamp() - time.time()
        except (ValueError, TypeError, OverflowError):
            return None
    return max(number, 0.0) if number == number and number < float("inf") else None


def seconds(text: str) -> float:
    """`7m12s`, `6.5s`, `20ms`, `2` as seconds."""
    parts = re.findall(r"(\d+(?:\.\d+)?)\s?(ms|h|m|s)?", text)
    return sum(float(number) * _UNIT[unit or "s"] for number, unit in parts)
