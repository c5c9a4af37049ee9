"""From what a document prints to the value that is stored, by the field's kind. Pure text, no document.

`normalize` is the one entry: readers of marks, people's picks and models' answers all go through it, so a
date is a date however it came in.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator
from typing import Any

from extractor.core.document_types import Field
from extractor.normalize.amounts import CURRENCIES, Amount, find_amounts, parse_amount
from extractor.normalize.choices import parse_boolean, parse_choice
from extractor.normalize.dates import FoundDate, find_dates, parse_date
from extractor.normalize.text import (
    clean,
    clean_name,
    comparison_key,
    match_key,
    nfkc,
    parse_email,
    parse_phone,
    parse_registration,
    unquote,
)

__all__ = [
    "Amount",
    "FoundDate",
    "clean",
    "clean_name",
    "comparison_key",
    "find_amounts",
    "find_dates",
    "match_key",
    "nfkc",
    "normalize",
    "parse_amount",
    "parse_boolean",
    "parse_choice",
    "parse_date",
    "parse_email",
    "parse_phone",
    "parse_registration",
    "split_items",
    "unquote",
]

_CURRENCY_PATTERN = re.compile(r"\^?\[A-Z\]\{3\}\$?")
_ITEM_BREAK = re.compile(
    r"(?:(?<!\s)(?:\s*+(?:[,，、;；/]|(?<=[가-힣])[·ㆍ](?=[가-힣])|(?<=[^\S\n])(?:[·ㆍ•]|및|and)\s)|\s*\n)|(?<=\s)[,，、;；/])\s*+"
)
_BRACKET = re.compile(r"[()]")


def normalize(field: Field, raw: str) -> Any | None:
    """The value that `raw` stands for in `field`, None when it is no such value.

    Dates become `YYYY-MM-DD`, numbers int or float, choices the schema's own word, lists lists of
    normalised items; strings lose the frame, seal and quotation marks around them. Never raises.
    """
    kind = field.kind
    if kind == "date":
        return parse_date(raw)
    if kind in ("number", "integer"):
        amount = parse_amount(raw)
        if amount is None or not math.isfinite(amount.value):
            return None
        return int(amount.value) if kind == "integer" else amount.value
    if kind == "boolean":
        return parse_boolean(raw)
    if kind == "choice":
        return parse_choice(raw, field.choices)
    if kind in ("choices", "list"):
        if field.item.kind in ("number", "integer") and (amounts := list(find_amounts(raw))):
            return list(dict.fromkeys(amount.value for amount in amounts))
        items = [normalize(field.item, item) for item in split_items(raw)]
        return list(dict.fromkeys(item for item in items if item is not None)) or None
    if kind in ("object", "objects"):
        return None
    return _string(field, raw)


def split_items(raw: str) -> list[str]:
    """A printed list in its items: `이름, 연락처 및 주소` → three. What stands in brackets is not parted."""
    return [item for part in _parts(raw) if (item := clean(part).strip("-*○●□■ "))]


def _parts(raw: str) -> Iterator[str]:
    start = 0
    following = _BRACKET.search(raw)
    for separator in _ITEM_BREAK.finditer(raw):
        if following and following.start() < separator.end():
            following = _BRACKET.search(raw, separator.end())
        if following is None or following.group() == "(":
            yield raw[start : separator.start()]
            start = separator.end()
    yield raw[start:]


def _string(field: Field, raw: str) -> str | None:
    if field.schema.get("format") == "email":
        return parse_email(raw) or None
    if is_currency(field):
        amount = parse_amount(raw)
        return (amount.currency if amount else None) or CURRENCIES.get(clean(raw).upper())
    shape = SHAPES.get(shape_of(field), clean)
    return shape(raw) or clean(raw) or None


def is_currency(field: Field) -> bool:
    """A string of three capitals by its pattern holds an ISO 4217 code."""
    return bool(_CURRENCY_PATTERN.fullmatch(field.schema.get("pattern", "")))


_SHAPE_WORDS = {
    "phone": ("전화", "휴대폰", "연락처", "팩스", "phone", "tel", "mobile"),
    "email": ("이메일", "전자우편", "email"),
    "registration": ("등록번호", "주민번호", "registrationno"),
    "address": ("주소", "소재지", "거주지", "address"),
    "name": ("성명", "이름", "기관명", "상호", "회사명", "대표자", "name", "자", "인", "기관", "주체"),
}
SHAPES: dict[str, Callable[[str], str | None]] = {
    "phone": parse_phone,
    "email": parse_email,
    "registration": parse_registration,
    "name": clean_name,
    "title": lambda raw: unquote(clean(raw)),
}


def shape_of(field: Field) -> str:
    """What a string field looks like on paper — phone, email, registration, address, name, title or text — by its labels."""
    if field.schema.get("format") == "email":
        return "email"
    words = [match_key(label) for label in field.labels]
    for shape in ("phone", "email", "registration", "address"):
        if any(word in label for label in words[:4] + words[-2:] for word in _SHAPE_WORDS[shape]):
            return shape
    if sum(
        label.endswith(_SHAPE_WORDS["name"]) or label in ("licensor", "licensee", "assignor") for label in words
    ) * 2 >= len(words):
        return "name"
    return "title" if any(label.endswith(("제목", "저작물명", "작품명", "title")) for label in words) else "text"
