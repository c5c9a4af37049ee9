"""Numbers in Hangul and Hanja letters: 삼백만, 일억 이천만, 參百萬, 3천5백만 → int."""

from __future__ import annotations

import math
import re

_DIGITS = {
    "영": 0,
    "공": 0,
    "〇": 0,
    "零": 0,
    "일": 1,
    "이": 2,
    "삼": 3,
    "사": 4,
    "오": 5,
    "육": 6,
    "륙": 6,
    "칠": 7,
    "팔": 8,
    "구": 9,
}
_DIGITS |= dict(zip("一二三四五六七八九", range(1, 10), strict=True))
_DIGITS |= dict(zip("壹貳參四五六七八九", range(1, 10), strict=True)) | {
    "壱": 1,
    "弐": 2,
    "参": 3,
    "叄": 3,
    "肆": 4,
    "伍": 5,
}
_SMALL = {"십": 10, "백": 100, "천": 1000, "十": 10, "百": 100, "千": 1000, "拾": 10, "佰": 100, "仟": 1000}
_LARGE = {"만": 10**4, "억": 10**8, "조": 10**12, "萬": 10**4, "万": 10**4, "億": 10**8, "兆": 10**12}
NUMERAL_LETTERS = "".join({**_DIGITS, **_SMALL, **_LARGE})
_TOKEN = re.compile(r"\d[\d,]*(?:\.\d+)?|.")


def hangul_number(text: str) -> int | None:
    """`삼백오십만` → 3500000, `3천5백만` → 35000000, `1억 2,000만` → 120000000. None when it is no number."""
    total, section, digit = 0.0, 0.0, None
    for token in _TOKEN.findall(re.sub(r"\s", "", text)):
        if token[0].isdecimal():
            if digit is not None:
                return None
            digit = float(token.replace(",", ""))
        elif token in _DIGITS:
            if digit is not None:
                return None
            digit = _DIGITS[token]
        elif token in _SMALL:
            section += (1 if digit is None else digit) * _SMALL[token]
            digit = None
        elif token in _LARGE:
            section += digit or 0
            total += (section or 1) * _LARGE[token]
            section, digit = 0.0, None
        else:
            return None
    whole = total + section + (digit or 0)
    return round(whole) if text.strip() and math.isfinite(whole) else None
