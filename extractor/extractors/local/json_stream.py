"""Where the JSON object in a model's answer ends, and which characters of it say which value."""

from __future__ import annotations

import json
import re
from json.decoder import scanstring  # type: ignore[attr-defined]

_BLANK = re.compile(r"\s*")
_PLAIN = re.compile(r"[^\s,\]}]+")


class JsonStream:
    """Fed an answer piece by piece, `feed` turns true when the first JSON object in it is closed.

    Brackets inside strings and inside a reasoning model's `<think>` part do not count.
    """

    def __init__(self) -> None:
        self._depth = 0
        self._in_string = self._escaped = self._ended = False
        self._tail = ""
        self._thinking = 0

    def feed(self, piece: str) -> bool:
        """Whether the object has ended in this piece or before."""
        for letter in piece:
            if self._ended:
                break
            self._step(letter)
        return self._ended

    def _step(self, letter: str) -> None:
        if self._depth == 0:
            self._tail = (self._tail + letter)[-len("</think>") :]
            self._thinking += self._tail.endswith("<think>") - self._tail.endswith("</think>")
            self._depth = int(letter == "{" and self._thinking <= 0)
        elif self._in_string:
            self._in_string = self._escaped or letter != '"'
            self._escaped = letter == "\\" and not self._escaped
        elif letter == '"':
            self._in_string = True
        elif letter in "{[":
            self._depth += 1
        elif letter in "}]":
            self._depth -= 1
            self._ended = self._depth == 0


def json_object(text: str) -> str | None:
    """`text` up to the end of its first JSON object, with what stands before; None when it is not closed."""
    end = JsonStream()
    for index, letter in enumerate(text):
        if end.feed(letter):
            return text[: index + 1]
    return None


def value_spans(text: str) -> dict[str, tuple[int, int]]:
    """The characters `[start, end)` of every value of the JSON object in `text`, by path (`parties[0].name`).

    A list of plain values is one. Empty when the text is not strictly JSON.
    """
    spans: dict[str, tuple[int, int]] = {}
    start = text.find("{")
    try:
        if start >= 0:
            _walk(text, start, "", spans)
    except (ValueError, IndexError, AttributeError, RecursionError):
        return {}
    return spans


def _walk(text: str, at: int, path: str, spans: dict[str, tuple[int, int]]) -> int:
    """Walk over the value at `at`; returns where it ends."""
    if text[at] == "{":
        return _walk_object(text, at, path, spans)
    if text[at] == "[" and text[_skip(text, at + 1)] == "{":
        return _walk_objects(text, at, path, spans)
    if text[at] in '["':
        _, end = json.JSONDecoder().raw_decode(text, at)
    else:
        end = _PLAIN.match(text, at).end()  # type: ignore[union-attr]
    spans[path] = (at, end)
    return end


def _walk_object(text: str, at: int, path: str, spans: dict[str, tuple[int, int]]) -> int:
    at = _skip(text, at + 1)
    while text[at] != "}":
        key, at = scanstring(text, at + 1)
        at = _skip(text, _skip(text, at) + 1)  # the colon
        at = _skip(text, _walk(text, at, f"{path}.{key}".lstrip("."), spans))
        at = _skip(text, at + 1) if text[at] == "," else at
    return at + 1


def _walk_objects(text: str, at: int, path: str, spans: dict[str, tuple[int, int]]) -> int:
    at, index = _skip(text, at + 1), 0
    while text[at] != "]":
        at, index = _skip(text, _walk(text, at, f"{path}[{index}]", spans)), index + 1
        at = _skip(text, at + 1) if text[at] == "," else at
    return at + 1


def _skip(text: str, at: int) -> int:
    return _BLANK.match(text, at).end()  # type: ignore[union-attr]
