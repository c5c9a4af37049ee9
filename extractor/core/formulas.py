"""Formula injection: text out of documents that a spreadsheet would run, defused for CSV."""

from __future__ import annotations

import re
import unicodedata

_INVISIBLE = re.compile(r"^[\s\u200b-\u200f\u2060\ufeff]+")
_NUMBER = re.compile(r"-[0-9]+(\.[0-9]+)?")


def begins_formula(text: str) -> bool:
    """Whether a spreadsheet might take `text` for a formula: =, +, -, @, also after white space or full-width."""
    if text[:1] in ("\t", "\r", "\n"):
        return True
    visible = _INVISIBLE.sub("", text)
    return unicodedata.normalize("NFKC", visible[:1])[:1] in ("=", "+", "-", "@", "\u2212")


def escape_formula(text: str) -> str:
    """`text` for a cell of a CSV file: an apostrophe, which spreadsheets do not show, before what begins a formula.

    A negative number stays one.
    """
    return f"'{text}" if begins_formula(text) and not _NUMBER.fullmatch(text) else text
