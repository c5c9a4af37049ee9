"""What the server for tests answers: the values that really stand in the prompt's document."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any


def document_text(messages: list[dict[str, Any]]) -> str:
    """What stands between the fences of the last user message."""
    text = str(messages[-1]["content"])
    found = re.search(r"<(document(?:-\d+)?)>\n(.*)\n</\1>", text, flags=re.DOTALL)
    return found.group(2) if found else ""


_KEY_LINE = re.compile(r"^( *)- (\w+): ([^;\n]+); (.*)$", flags=re.MULTILINE)
_LABELS = re.compile(r" \((?:문서의 표기|printed as): (.*)\)$")


def answer(body: Mapping[str, Any]) -> dict[str, Any]:
    """The metadata that a diligent reader finds: for every key of the prompt the line that its label begins."""
    system, text = str(body["messages"][0]["content"]), document_text(body["messages"])
    lines = [re.split(r"\s*[:：\t]\s*", line.strip(), maxsplit=1) for line in re.split(r"[\n\f]", text)]
    printed = {_plain(parts[0]): parts[1].strip() for parts in reversed(lines) if len(parts) == 2}
    found: dict[str, Any] = {}
    for indent, key, title, rest in _KEY_LINE.findall(system):
        if indent:
            continue
        more = _LABELS.search(rest)
        labels = [title, *(more[1].split(", ") if more else [])]
        value = next((printed[_plain(label)] for label in labels if printed.get(_plain(label))), None)
        found[key] = _typed(rest, value)
    return found


def _plain(label: str) -> str:
    return re.sub(r"\W", "", label).casefold()


def _typed(kind: str, value: str | None) -> Any:
    if value is None or kind.startswith(("객체", "object", "array of objects")):
        return None
    if kind.startswith(("날짜", "date")):
        parts = re.findall(r"\d+", value)
        return "-".join([parts[0], *(part.zfill(2) for part in parts[1:3])]) if len(parts) >= 3 else None
    if kind.startswith(("숫자", "정수", "number", "whole")):
        digits = re.search(r"\d[\d,]*(?:\.\d+)?", value)
        return float(digits.group().replace(",", "")) if digits else None
    if kind.startswith("true"):
        return value.startswith(("예", "동의", "yes", "true"))
    if "다음 중" in kind or "one of" in kind or "out of" in kind:
        choices = re.split(r" \| ", re.split(r": ", kind, maxsplit=1)[1].split(". ")[0].split(" (")[0])
        chosen = [choice for choice in sorted(choices, key=len, reverse=True) if choice in value]
        many = "배열" in kind or "array" in kind
        return (chosen or None) if many else (chosen[0] if chosen else None)
    if kind.startswith(("문자열의 배열", "array")):
        return [part.strip() for part in value.split(",")]
    return value
