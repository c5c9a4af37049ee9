"""Amounts of money in digits and in letters: `일금 삼백만원정`, `금 3,000,000원`, `USD 1,200.50` → number and currency."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from typing import NamedTuple

from extractor.normalize.numerals import NUMERAL_LETTERS, hangul_number


class Amount(NamedTuple):
    """An amount found in `text[start:end]`. `currency` is ISO 4217, None where the text does not say."""

    start: int
    end: int
    value: int | float
    currency: str | None


CURRENCIES = {
    "₩": "KRW", "￦": "KRW", "\\": "KRW", "원": "KRW", "KRW": "KRW", "WON": "KRW", "圓": "KRW",
    "$": "USD", "US$": "USD", "USD": "USD", "달러": "USD", "미화": "USD", "불": "USD", "DOLLARS": "USD", "DOLLAR": "USD",
    "€": "EUR", "EUR": "EUR", "유로": "EUR", "EUROS": "EUR",
    "£": "GBP", "GBP": "GBP", "파운드": "GBP", "¥": "JPY", "JPY": "JPY", "엔": "JPY", "CNY": "CNY", "RMB": "CNY", "위안": "CNY",
}  # fmt: skip
_BEFORE = r"(?P<before>₩|￦|\\(?=\s?\d)|US\$|\$|€|£|¥|\b(?:KRW|USD|EUR|GBP|JPY|CNY|RMB)\b|미화)"
_AFTER = r"(?P<after>원|圓|달러|유로|파운드|위안|엔(?![가-힣])|불(?![가-힣])|\b(?:KRW|USD|EUR|GBP|JPY|CNY|RMB|won|dollars?|euros?)\b)"
_NUMBER = r"\d+(?:,\s?\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
_MIXED = rf"(?:{_NUMBER})\s*[십백천만억조](?:\s*[\d,]+\s*[십백천만억조]?|\s*[십백천만억조])*"
# Text recognition takes 십 for 심; no numeral is spelt with it.
_SPELT = f"{NUMERAL_LETTERS}심"
_LETTERS = rf"[{_SPELT}](?:\s?[{_SPELT}])*"
_IN_WORDS = re.compile(rf"\s*+원?정?\s*+\(\s*+(?:일\s?금|금)\s*+(?P<number>{_LETTERS})\s*+원")
"""What follows a sum in figures: the same sum in words, which prevails where the two differ."""
_MONEY = re.compile(
    rf"(?:(?:일\s?금|금)\s*+)?(?:{_BEFORE}\s*+)?(?P<number>{_MIXED}|{_NUMBER}|(?:(?<=금)|(?<=금\s)|(?<![가-힣])){_LETTERS})"
    rf"\s*(?:{_AFTER})?(?:\s*[정整])?",
    re.IGNORECASE,
)
_PLAIN = re.compile(r"(?<![\d.,-])(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?![\d-])")


def find_amounts(text: str) -> Iterator[Amount]:
    """Every amount of money in `text` that shows itself as money: by a currency, or by a leading `금`."""
    for match in _MONEY.finditer(text):
        sign = match["before"] or match["after"]
        shown_as_money = re.match(r"(?:일\s?금|금)\s*[\d₩￦]", match.group()) or re.match(r"일\s?금", match.group())
        if not sign and not shown_as_money:
            continue
        value = _value(match["number"])
        if value is None:
            continue
        words = _IN_WORDS.match(text, match.end())
        if words and (spelt := _value(words["number"])) is not None and spelt != value:
            continue
        yield Amount(match.start(), match.end(), value, CURRENCIES[sign.upper()] if sign else None)


def parse_amount(text: str) -> Amount | None:
    """The first amount of money in `text`; else a text that is nothing but one number; else None."""
    if amount := next(find_amounts(text), None):
        return amount
    stripped = text.strip(" \t\n:.-")
    if match := _PLAIN.fullmatch(stripped):
        start = text.index(stripped)
        plain = _number(match.group())
        return None if plain is None else Amount(start, start + len(stripped), plain, None)
    value = hangul_number(stripped) if re.search("[만억]", stripped) else None
    return None if value is None else Amount(0, len(text), value, None)


def _value(number: str) -> int | float | None:
    if re.fullmatch(_NUMBER, number):
        return _number(number)
    return hangul_number(number.replace("심", "십"))


def _number(digits: str) -> int | float | None:
    """None for a number beyond what a float can hold: no amount has so many digits."""
    value = float(re.sub(r"[,\s]", "", digits))
    if not math.isfinite(value):
        return None
    return int(value) if value == int(value) else value
