"""Words for one of a schema's choices, and for yes and no."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from extractor.normalize.text import match_key

_NO = r"(?:하지(?:않|아니|못)|않(?:음|는|습)|아니(?:함|하|오|요)|안함|안됨|불가|불허|거부|거절|부동의|미동의|비동의|제외|미포함|배제|없음|없다|없습|no\b|not\b|decline|refuse|disagree|exclud|무$)"
NO = re.compile(_NO + r"|아니오|아니요|^아니|^no$|^n$|^x$|^false$|^미", re.IGNORECASE)
YES = re.compile(
    r"동의|예$|^예|^네$|^yes|^y$|^o$|^true$|허락|허용|승낙|포함|있음|있다|가능|agree|consent|accept|찬성|수락|^유$",
    re.IGNORECASE,
)


def parse_boolean(text: str) -> bool | None:
    """True or False for the words and signs that mean yes or no, None for anything else."""
    word = match_key(text)
    if not word:
        return None
    if NO.search(word):
        return False
    return True if YES.search(word) else None


def parse_choice(text: str, choices: Sequence[Any]) -> Any | None:
    """The choice that `text` means: its own words, a part of them (`1유형`), or a yes or no for one."""
    word = match_key(text)
    if not word:
        return None
    by_word = {match_key(str(choice)): choice for choice in choices}
    if word in by_word:
        return by_word[word]
    # The longest first: 비독점 before 독점, 동의하지 않음 before 동의.
    for known in sorted(by_word, key=len, reverse=True):
        if known in word:
            return by_word[known]
    yes_no = {parse_boolean(str(choice)): choice for choice in choices}
    if len(choices) == 2 and True in yes_no and False in yes_no:
        return yes_no.get(parse_boolean(text))
    shorter = [known for known in by_word if len(word) >= 2 and word in known]
    if len(shorter) == 1:
        return by_word[shorter[0]]
    stems = [known for known in by_word if _stem(known) and _stem(known) == _stem(word)]
    return by_word[stems[0]] if len(stems) == 1 else None


def _stem(word: str) -> str:
    """제1유형, 1유형, 유형1 → 1; a right without its 권: words are not stemmed further."""
    digits = re.findall(r"\d+", word)
    return digits[0] if len(digits) == 1 and re.search(r"유형|type|종", word) else ""
