"""Dates as Korean and English documents write them → ISO 8601 (`2024-02-27`)."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator
from typing import NamedTuple

from extractor.normalize.numerals import hangul_number

MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january jan", "february feb", "march mar", "april apr", "may", "june jun", "july jul",
            "august aug", "september sept sep", "october oct", "november nov", "december dec",
        ),
        start=1,
    )
    for name in names.split()
}  # fmt: skip
_MONTH = "(?P<month_name>" + "|".join(sorted(MONTHS, key=len, reverse=True)) + r")\b\.?"
_ORDINAL = r"(?P<day>\d{1,2})\s?(?:st|nd|rd|th)?"

_PATTERNS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        # 2024년 2월 27일, 서기 2024년 02월 27일, '24년 2월 27일, 단기 4357년 2월 27일
        r"(?P<era>단기)?\s?(?<!\d)(?P<year>(?:\d\s?){3}\d|['’‘`]?\d{2})\s*년\s*(?P<month>\d\s?\d?)\s*월\s*(?P<day>\d\s?\d?)\s*일",
        # 2024. 02. 27.  2024-2-27  2024/02/27  2024．2．27
        r"(?<![\d.-])(?P<year>(?:1[89]|20)\d{2})\s*(?P<sep>[-./·])\s*(?P<month>\d{1,2})\s*(?P=sep)\s*(?P<day>\d{1,2})(?!\d|-\d)\.?",
        # '24. 2. 27.  24.02.27.
        r"(?<![\d.,₩$-])['’‘`]?(?P<year>\d{2})\s*(?P<sep>\.)\s*(?P<month>\d{1,2})\s*\.\s*(?P<day>\d{1,2})(?![\d,]|\.\d)\.?",
        r"(?<![\d.,-])['’‘`](?P<year>\d{2})\s*(?P<sep>[-/])\s*(?P<month>\d{1,2})\s*(?P=sep)\s*(?P<day>\d{1,2})(?!\d)",
        # 20240227
        r"(?<![\d-])(?P<year>(?:19|20)\d{2})(?P<month>0[1-9]|1[0-2])(?P<day>0[1-9]|[12]\d|3[01])(?![\d-])",
        # 二〇二四年 二月 二十七日, 이천이십사년 이월 이십칠일
        r"(?P<year>[이일천구백팔십오육칠삼사영공〇零一二三四五六七八九十百千]{2,9})\s*[년年]\s*(?P<month>[일이삼사오육유칠팔구시십一二三四五六七八九十]{1,2})\s*[월月]\s*(?P<day>[일이삼사오육칠팔구십一二三四五六七八九十]{1,3})\s*[일日]",
        # February 27, 2024   Feb. 27th 2024
        rf"\b{_MONTH}\s*{_ORDINAL},?\s+(?P<year>\d{{4}})\b",
        # 27 February 2024, the 27th day of February, 2024
        rf"\b{_ORDINAL}\s*+(?:(?:day\s+of\s+|of\s+|-)\s*+)?{_MONTH},?\s*+(?:of\s+|-)?(?P<year>\d{{4}})\b",
        # 2024 Feb 27
        rf"\b(?P<year>\d{{4}}),?\s+{_MONTH}\s+{_ORDINAL}\b",
        # 2/27/2024, 02-27-2024: the American order, unless the first number can only be a day
        r"(?<![\d/.-])(?P<month>\d{1,2})(?P<sep>[/-])(?P<day>\d{1,2})(?P=sep)(?P<year>\d{4}|\d{2}(?=\D|$)(?<!\.))(?![\d/-])",
    )
)
_NEEDED = re.compile(r"\d\s?\d|[年년]")


class FoundDate(NamedTuple):
    """A date in a text: `text[start:end]`, and what it says as ISO 8601."""

    start: int
    end: int
    iso: str


def find_dates(text: str) -> Iterator[FoundDate]:
    """Every complete, real date in `text`, in text order, without overlaps."""
    if not _NEEDED.search(text):
        return
    dates: list[tuple[int, int, str]] = []
    for pattern in _PATTERNS:
        for match in pattern.finditer(text):
            start, end = match.span()
            start += len(match.group()) - len(match.group().lstrip())
            if iso := _iso(match):
                dates.append((start, end, iso))
    last_end = -1
    for start, end, iso in sorted(dates, key=lambda item: (item[0], -item[1])):
        if start >= last_end:
            yield FoundDate(start, end, iso)
            last_end = end


def parse_date(text: str) -> str | None:
    """The first complete date in `text` as ISO 8601, None when there is none."""
    return next((iso for _, _, iso in find_dates(text)), None)


def _iso(match: re.Match[str]) -> str | None:
    parts = match.groupdict()
    year_text = parts["year"].strip("'’‘` ").replace(" ", "")
    year = int(year_text) if year_text.isdigit() else _year_in_letters(year_text)
    month = MONTHS[parts["month_name"].lower()] if parts.get("month_name") else _number(parts["month"])
    day = _number(parts["day"])
    if year is None or month is None or day is None:
        return None
    if parts.get("era") == "단기":
        year -= 2333
    elif year < 100:
        year += 2000 if year <= (datetime.datetime.now(datetime.UTC).year + 10) % 100 else 1900
    if month > 12 >= day and parts.get("sep") in ("/", "-") and match.re is _PATTERNS[-1]:
        month, day = day, month
    try:
        return datetime.date(year, month, day).isoformat() if 1800 <= year <= 2200 else None
    except ValueError:
        return None


def _number(text: str) -> int | None:
    text = text.replace(" ", "")
    if text.isdigit():
        return int(text)
    return hangul_number({"유": "육", "시": "십"}.get(text, text))


def _year_in_letters(text: str) -> int | None:
    """이천이십사 and 二〇二四: a number in words, or its digits one by one."""
    digits = {"〇": 0, "零": 0, "영": 0, "공": 0} | dict(zip("일이삼사오육칠팔구", range(1, 10), strict=True))
    digits |= dict(zip("一二三四五六七八九", range(1, 10), strict=True))
    if len(text) == 4 and all(letter in digits for letter in text):
        return int("".join(str(digits[letter]) for letter in text))
    return hangul_number(text)
