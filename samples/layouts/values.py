"""How the invented documents write dates and amounts, and gold metadata filled up by the schema."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from samples.drawing.blocks import Block, Look

TYPES = Path(__file__).parents[2] / "config" / "document_types"
RIGHTS = ("복제권", "공연권", "공중송신권", "전시권", "배포권", "대여권", "2차적저작물작성권")
DATE_STYLES = {
    "korean": "{d.year}년 {d.month}월 {d.day}일",
    "padded": "{d.year}년 {d.month:02}월 {d.day:02}일",
    "wide": "{d.year}년   {d.month}월   {d.day}일",
    "dots": "{d.year}. {d.month}. {d.day}.",
    "padded_dots": "{d.year}. {d.month:02}. {d.day:02}.",
    "tight_dots": "{d.year}.{d.month:02}.{d.day:02}",
    "iso": "{d.year}-{d.month:02}-{d.day:02}",
    "slashes": "{d.year}/{d.month:02}/{d.day:02}",
    "english": "{d:%B} {d.day}, {d.year}",
    "british": "{d.day} {d:%B} {d.year}",
}


@dataclass(frozen=True)
class Sample:
    """One document: what is drawn and what a perfect reader would find in it."""

    file: str
    document_type: str
    layout: str
    blocks: Sequence[Block]
    metadata: Mapping[str, Any]
    look: Look = field(default_factory=Look)
    language: str = "ko"


def written(iso: str | None, style: str = "korean") -> str:
    """A date as printed; None is an empty date line."""
    if iso is None:
        return "20    년     월     일"
    return DATE_STYLES[style].format(d=date.fromisoformat(iso))


def hangul(amount: int) -> str:
    """`3500000` → `삼백오십만`."""
    text = ""
    for power, unit in ((8, "억"), (4, "만"), (0, "")):
        group = amount // 10**power % 10_000
        if group:
            text += _hangul_group(group) + unit
    return text


def _hangul_group(number: int) -> str:
    text = ""
    for power, unit in ((3, "천"), (2, "백"), (1, "십"), (0, "")):
        digit = number // 10**power % 10
        if digit:
            text += ("" if digit == 1 and unit else "일이삼사오육칠팔구"[digit - 1]) + unit
    return text


def choice(yes: bool | None, style: str) -> str:
    """The pair 동의함 / 동의하지 않음 with the chosen one marked; None leaves both open."""
    on, off, after = {
        "ballot": ("☑", "☐", False),
        "square": ("■", "□", False),
        "after": ("☑", "□", True),
        "bracket": ("[V]", "[ ]", False),
        "paren": ("(✓)", "(   )", False),
        "after_paren": ("( O )", "(    )", True),
    }[style]
    first, second = (on if yes is True else off), (on if yes is False else off)
    if after:
        return f"동의함 {first}      동의하지 않음 {second}"
    return f"{first} 동의함      {second} 동의하지 않음"


def answer(yes: bool | None) -> str | None:
    """The enum value of a yes/no consent."""
    return None if yes is None else "동의함" if yes else "동의하지 않음"


def answers(
    transfer: bool | None, change: bool | None, portrait: bool | None, personal: bool | None
) -> dict[str, str | None]:
    """The gold of the four answers that a transfer consent asks for."""
    return {
        "transfer_consent": answer(transfer),
        "modification_consent": answer(change),
        "portrait_consent": answer(portrait),
        "personal_info_consent": answer(personal),
    }


@cache
def _properties(document_type: str) -> dict[str, Any]:
    schema: dict[str, dict[str, Any]] = json.loads((TYPES / f"{document_type}.json").read_text("utf-8"))
    return schema["properties"]


def complete(document_type: str, metadata: Mapping[str, Any]) -> dict[str, Any]:
    """`metadata` in schema order with null for all that the document does not say.

    Raises KeyError for a field that the schema does not have.
    """
    return _complete(_properties(document_type), metadata)


def _complete(properties: Mapping[str, Any], metadata: Mapping[str, Any]) -> dict[str, Any]:
    unknown = metadata.keys() - properties.keys()
    if unknown:
        raise KeyError(f"not in the schema: {sorted(unknown)}")
    full: dict[str, Any] = {}
    for name, schema in properties.items():
        value = metadata.get(name)
        items = schema.get("items", {}).get("properties")
        if items and value:
            value = [_complete(items, item) for item in value]
        full[name] = None if value in ("", [], ()) else value
    return full
