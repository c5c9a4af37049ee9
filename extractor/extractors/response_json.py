"""The JSON object in what a model wrote: behind its thoughts, its drafts, code fences and wrappers.

A draft is never the answer. Thoughts end at their last closing tag, of whatever kind; a thought that does not end is
an answer that was cut off. Of several objects the last whole one with a field asked for counts. Broken syntax is
repaired (a trailing comma, single quotes); missing content never. The time is linear in the text's length.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from extractor.core.errors import N_, AnswerError

SHOWN = 80
"""The most characters of an answer that an error message repeats."""
MAX_REPAIRED = 60_000
"""Characters of broken JSON that are repaired, which takes longer than reading it does; no record has as many."""
MAX_DIGITS = 300
"""A whole number with more digits is none (and Python does not read over 4,300)."""
MAX_WRAPPERS = 4
"""`{"tool_calls": [{"function": {"arguments": "{…}"}}]}` has as many around the object."""

_WORD = (
    r"(?:[a-z]{1,12}:)?(?:think(?:ing)?|thoughts?|reason(?:ing)?|reflection|analysis|scratchpad|inner_monologue|cot)"
)
_CLOSING = re.compile(
    rf"</{_WORD}>|\[/{_WORD}\]|◁/{_WORD}▷|<\|channel\|>final\s{{0,3}}(?:<\|constrain\|>\w{{0,9}})?<\|message\|>|<channel\|>"
    rf"|<\|/{_WORD}\|>|<\|end_?(?:of_?)?{_WORD}\|>|<\|{_WORD}_end\|>|<\|inner_suffix\|>",
    re.IGNORECASE,
)
_OPENING = re.compile(
    rf"<{_WORD}>|\[{_WORD}\]|◁{_WORD}▷|<\|channel\|>(?:analysis|commentary)\b|<\|channel>thought"
    rf"|<\|{_WORD}\|>|<\|(?:start|begin)_?(?:of_?)?{_WORD}\|>|<\|{_WORD}_start\|>|<\|inner_prefix\|>",
    re.IGNORECASE,
)
# A string, an escaped letter, or what opens and closes. No part of it can be read in two ways.
_ONE_LINE = re.compile(r'"[^"\\\n]*(?:\\[^\n][^"\\\n]*)*"|\\.|[{}\[\]]', re.DOTALL)
_ANY_LINES = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"|\\.|[{}\[\]]', re.DOTALL)
_BEGINS = re.compile(r"\{\s*(?:[\"'\w]|\Z)")
_PAIR = re.compile(r"[\"'\w]\s{0,20}:\s{0,20}\S")
_NOT_JSON = object()


@dataclass(frozen=True)
class _Part:
    """What begins with a brace: from `start` to `end` (None: it never ends); `torn` when brackets in it stay open."""

    start: int
    end: int | None
    torn: bool = False


def find_object(text: str, names: Collection[str], depth: int = 0) -> dict[str, Any]:
    """The last whole JSON object in `text` that has one of the keys `names`, one wrapper around it taken off.

    Raises AnswerError when the text is empty, a web page, not JSON, cut off (also while thinking), or has none of them.
    """
    body = (text or "").strip().removeprefix("\ufeff").strip()
    if not body:
        raise AnswerError(N_("The model gave an empty answer."))
    whole = loads(body)
    if isinstance(whole, str) and depth < MAX_WRAPPERS:
        return find_object(whole, names, depth + 1)
    if whole is not _NOT_JSON:
        if (unwrapped := unwrap(whole, names)) is not None:
            return unwrapped
        raise _none_of_the_fields(body)
    body = _without_thoughts(body, names)
    if re.match(r"(?i)<!doctype html|<html", body):
        raise AnswerError(N_("The model's server answered with a web page, not with an answer of the model."))
    parsed = False
    for strings in (_ONE_LINE, _ANY_LINES):
        for value in _objects(body, strings, names):
            parsed = True
            if (unwrapped := unwrap(value, names)) is not None:
                return unwrapped
    if parsed or loads(body) is not _NOT_JSON:
        raise _none_of_the_fields(body)
    template = N_("The model did not answer with JSON but with “{answer}”.")
    raise AnswerError(template, answer=short(body))


def loads(text: str) -> Any:
    """`json.loads` that takes raw line ends in strings; `_NOT_JSON` for what is none. Raises AnswerError."""
    try:
        return json.loads(text, strict=False, parse_int=_whole)
    except ValueError:
        return _NOT_JSON
    except RecursionError as error:
        raise AnswerError(N_("The model's answer is nested too deeply.")) from error


def is_json(text: str) -> bool:
    """Whether `text` is one JSON object and nothing else but a code fence around it. Raises AnswerError."""
    fenced = re.fullmatch(r"\s*```\w{0,10}\n(.*?)\n?```\s*", text, flags=re.DOTALL)
    return isinstance(loads((fenced.group(1) if fenced else text).strip()), dict)


def _whole(digits: str) -> int | str:
    return int(digits) if len(digits) <= MAX_DIGITS else digits


def _without_thoughts(text: str, names: Collection[str]) -> str:
    """What stands behind the last thought. Raises AnswerError when it is empty or a thought does not end."""
    if not (_CLOSING.search(text) or _OPENING.search(text)):
        return text
    # A tag in a value of an answer is none.
    answers = [
        part
        for part in _parts(text, _ONE_LINE)
        if part.end is not None
        and (value := loads(text[part.start : part.end])) is not _NOT_JSON
        and unwrap(value, names) is not None
    ]
    ends = [tag.end() for tag in _outside(_CLOSING, text, answers)]
    start = ends[-1] if ends else 0
    if any(tag.start() >= start for tag in _outside(_OPENING, text, answers)):
        raise AnswerError(
            N_("The model was cut off while thinking. Raise max_length of this model, or let it think less.")
        )
    answer = text[start:].strip()
    if not answer:
        raise AnswerError(N_("The model gave an empty answer."))
    return answer


def _outside(tags: re.Pattern[str], text: str, parts: list[_Part]) -> Iterator[re.Match[str]]:
    """The tags that do not stand inside of one of `parts` (which do not overlap, in the order of the text)."""
    at = 0
    for tag in tags.finditer(text):
        while at < len(parts) and (parts[at].end or 0) <= tag.start():
            at += 1
        if at == len(parts) or parts[at].start > tag.start():
            yield tag


def _objects(text: str, strings: re.Pattern[str], names: Collection[str]) -> Iterator[Any]:
    """What the whole objects in `text` hold, the last one first. Raises AnswerError where a later one is cut off."""
    for part in reversed(_parts(text, strings)):
        if part.end is None:
            if _BEGINS.match(text, part.start):
                raise _cut_off(text)
            continue
        inside = text[part.start : part.end]
        if part.torn and any(name in inside for name in names):
            raise _cut_off(text)
        value = loads(inside)
        if value is _NOT_JSON:
            value = _repaired(inside)
        if isinstance(value, dict) and value:
            yield value


def _repaired(text: str) -> Any:
    """What `text` holds once its syntax is mended. Raises AnswerError for one too long for that."""
    if not _PAIR.search(text):
        return _NOT_JSON
    if len(text) > MAX_REPAIRED:
        template = N_(
            "The model answered with broken JSON of {length} characters, which is too long to be repaired. "
            "Try again or choose another model."
        )
        raise AnswerError(template, length=len(text))
    import json_repair

    try:
        return json_repair.loads(text)
    except (ValueError, RecursionError):
        return _NOT_JSON


def _parts(text: str, strings: re.Pattern[str]) -> list[_Part]:
    """The outermost objects by their braces, and those that never end, in the order of the text.

    An object inside of one that never ends is left out: it is a piece of it.
    """
    parts: list[_Part] = []
    opened: list[tuple[str, int]] = []
    torn = 0  # Where the last bracket stood that stayed open.
    at = 0
    while True:
        token = strings.search(text, at) if opened else None
        start = token.start() if token else text.find("{", at) if not opened else -1
        if start < 0:
            break
        letter = text[start]
        at = token.end() if token else start + 1
        if letter in "{[":
            opened.append((letter, start))
        elif letter == "]" and opened[-1][0] == "[":
            opened.pop()
        elif letter == "}":
            torn = _close(opened, parts, at, torn)
    parts += [_Part(start, None) for kind, start in opened if kind == "{"]
    return _not_nested(text, sorted(parts, key=lambda part: part.start))


def _close(opened: list[tuple[str, int]], parts: list[_Part], end: int, torn: int) -> int:
    """Take off the innermost open brace (the first that was opened is one), a part in place of those inside of it."""
    while opened[-1][0] == "[":
        torn = opened.pop()[1]
    start = opened.pop()[1]
    while parts and parts[-1].start > start:
        parts.pop()
    parts.append(_Part(start, end, torn > start))
    return torn


def _not_nested(text: str, parts: list[_Part]) -> list[_Part]:
    """Without the objects that are a value inside of one that never ends."""
    kept: list[_Part] = []
    never_ends = False
    for part in parts:
        before = text[max(part.start - 200, 0) : part.start].rstrip()[-1:]
        if not (never_ends and part.end is not None and before in (":", "[", ",")):
            kept.append(part)
        never_ends = never_ends or (part.end is None and bool(_BEGINS.match(text, part.start)))
    return kept


def unwrap(value: Any, names: Collection[str], depth: int = 0) -> dict[str, Any] | None:
    """The object in `value` that has keys of `names`: itself, or one inside of a list, a wrapper or a JSON string.

    Several that do not contradict each other are one; None when there is none, or when they contradict each other.
    """
    if isinstance(value, str) and depth and value.lstrip()[:1] in ("{", "["):
        value = loads(value.strip())
    if depth > MAX_WRAPPERS or not isinstance(value, (dict, list)):
        return None
    own = sum(name in value for name in names) if isinstance(value, dict) else 0
    others = value if isinstance(value, list) else [part for key, part in value.items() if key not in names]
    inner = _together([unwrapped for part in others if (unwrapped := unwrap(part, names, depth + 1)) is not None])
    if own and (inner is None or own >= sum(name in inner for name in names)):
        assert isinstance(value, dict)
        return value
    return inner


def _together(objects: list[dict[str, Any]]) -> dict[str, Any] | None:
    merged: dict[str, Any] = {}
    for part in objects:
        for name, value in part.items():
            if merged.get(name) not in (None, value) and value is not None:
                return None
            merged[name] = merged.get(name) if value is None else value
    return merged or None


def _cut_off(text: str) -> AnswerError:
    template = N_("The model's answer is cut off: “…{answer}”. Raise max_length of this model.")
    return AnswerError(template, answer=text[-SHOWN:])


def _none_of_the_fields(text: str) -> AnswerError:
    template = N_("The model answered with JSON that has none of the fields asked for: “{answer}”.")
    return AnswerError(template, answer=short(text))


def short(text: str) -> str:
    """`text` on one line, cut to `SHOWN`."""
    flat = " ".join(text[: 4 * SHOWN].split())
    return flat if len(flat) <= SHOWN and len(text) <= 4 * SHOWN else f"{flat[:SHOWN]}…"
