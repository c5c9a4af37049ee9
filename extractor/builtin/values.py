"""From the place of a value to the value: the part of `[start, end)` that has the field's shape."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from ..core import Alignment
from ..normalize import (
    clean,
    clean_name,
    find_amounts,
    find_dates,
    normalize,
    parse_amount,
    parse_email,
    parse_phone,
    parse_registration,
    split_items,
    squash,
    unquote,
)
from ..normalize.text import EMAIL, PHONE, REGISTRATION
from .entries import is_blank
from .keys import BULLET
from .lexicon import NOT_A_WORK, ROLE_OF
from .profile import Profile


@dataclass(slots=True)
class Candidate:
    """A value for one field, where it stands, and how much speaks for it (0 to 1)."""

    value: Any
    start: int
    end: int
    score: float
    alignment: Alignment = "exact"
    spans: tuple[tuple[int, int], ...] = ()


Found = tuple[Any, int, int]
TERM = re.compile(
    r"(?:(?:(?:본|이)\s?)?(?:계약|체결|서명|효력|허락|양도|동의|공표|출판|발행|최초|인도|납품|설정|승인)[^\s,.()]{0,10}(?:\s[^\s,.()]{1,6})?\s?(?:로|으로)?부터\s*)?"
    r"(?:만\s?)?(?:\d+|[일이삼사오육칠팔구십]{1,3})\s?(?:\([^)]{1,6}\)\s?)?(?:년|개월|달|주일|주|일(?!자|부))(?:\s?\d+\s?개월)?\s?간?"
    r"|(?:저작재산권|저작권|권리)의?\s?(?:보호|존속)\s?기간\s?(?:동안|내)?|영구(?:적|히)?|무기한"
    r"|(?:(?:an?\s+)?(?:initial\s+)?(?:period|term)\s+of\s+)?(?:\w+\s+)?\(?\d+\)?\s+(?:calendar\s+)?(?:years?|months?|days?)|perpetual|in perpetuity",
    re.IGNORECASE,
)
COURT = re.compile(
    r"[가-힣]{2,8}(?:지방|고등|가정|행정|회생|특허)\s?법원(?:\s?[가-힣]{2,6}\s?지원)?|대법원|(?:the\s+)?[A-Z][\w ]{2,40}(?:District|High|Superior|Supreme) Court(?: of [A-Z]\w+)?"
)
QUOTED = re.compile(
    r"『([^『』]{1,80})』|「([^「」]{1,80})」|《([^《》]{1,80})》|〈([^〈〉]{1,80})〉|≪([^≪≫]{1,80})≫|<([가-힣A-Za-z0-9][^<>]{1,80})>|[“\"]([^“”\"]{2,80})[”\"]|[‘']([^‘’']{2,80})[’']"
)
_ORGANISATION_TAIL = re.compile(
    r"\s+(?:대\s?표\s?이\s?사|대\s?표\s?자|대\s?표|이\s?사\s?장|관\s?장|원\s?장|총\s?장|회\s?장|소\s?장|센터장|사장|시장|군수|구청장|도지사|단장|위원장|발행인|학장|교장|국장|이사)"
    r"(?:\s*[:：]?\s*[가-힣](?:\s?[가-힣]){1,4})?$"
)
_NAME_STOP = re.compile(
    r"\s{3,}|\s[/|]\s|\s*[(（]?(?:이하|생년월일|주민등록번호|전화|연락처|주소|소속|직위)|\s*[(（]\s?(?:담당|대표자?|☎|T\.|Tel)"
)


def value_at(profile: Profile, text: str, start: int, end: int) -> Found | None:
    """`(value, start, end)` of the field in `text[start:end]`, None when nothing there has its shape."""
    piece = text[start:end]
    if not piece.strip() or is_blank(piece):
        return None
    reader = _READERS.get(profile.shape)
    found = reader(profile, piece) if reader else _text(profile, piece)
    if found is None:
        return None
    value, begin, stop = found
    return value, start + begin, start + stop


def _text(profile: Profile, piece: str) -> Found | None:
    lead = BULLET.match(piece)
    begin = lead.end() if lead else 0
    value = clean(piece[begin:])
    return (value, begin, len(piece)) if squash(value) else None


def _date(profile: Profile, piece: str) -> Found | None:
    found = next(find_dates(piece), None)
    return (found[2], found[0], found[1]) if found else None


def _amount(profile: Profile, piece: str) -> Found | None:
    amount = parse_amount(piece) or next(find_amounts(piece), None)
    if amount is None:
        bare = re.search(r"(?<![\d.,-])\d{1,3}(?:,\d{3})+(?:\.\d+)?(?![\d-])", piece)
        amount = parse_amount(bare.group())._replace(start=bare.start(), end=bare.end()) if bare else None  # type: ignore[union-attr]
    return (amount.value, amount.start, amount.end) if amount else None


def _number(profile: Profile, piece: str) -> Found | None:
    match = re.search(r"(?<![\d.-])\d[\d,]*(?:\.\d+)?", piece)
    value = normalize(profile.field, match.group()) if match else None
    return None if value is None or match is None else (value, *match.span())


def _currency(profile: Profile, piece: str) -> Found | None:
    amount = next(find_amounts(piece), None)
    if amount and amount.currency:
        return amount.currency, amount.start, amount.end
    value = normalize(profile.field, piece)
    return (value, 0, len(piece)) if value else None


def _by_pattern(pattern: re.Pattern[str], parse):  # type: ignore[no-untyped-def]
    def read(profile: Profile, piece: str) -> Found | None:
        match = pattern.search(piece)
        return (parse(match.group()), *match.span()) if match else None

    return read


def _name(profile: Profile, piece: str) -> Found | None:
    line = piece.split("\n")[0] if "\n" in piece and len(piece) > 60 else piece
    stop = _NAME_STOP.search(line, 2)
    line = line[: stop.start()] if stop else line
    name = clean_name(BULLET.sub("", line))
    if not is_name(name):
        return None
    shorter = organisation_of(name)
    value = shorter if is_name(shorter) else name
    return (value, *_place(piece, value))


def is_name(name: str) -> bool:
    """Could be a person's or firm's name: letters, no sentence, no label, no mark, no number alone."""
    word = squash(name)
    if not 2 <= len(word) <= 60 or word in ROLE_OF or not re.search("[^\\W\\d_]", name):
        return False
    if re.search(
        r"(?:다|니다|음|함)\.?$|[:：☑☐□■]|다\.\s|^(?:성명|이름|서명|주소|날인|전화|기관명|상호|대표자|연락처|해당|없음)",
        name,
    ) and not name.endswith(("재단", "협회")):
        return False
    if re.search(r"(?:은|는|을|를|에게|에서|으로)\s", name) or len(name.split()) > 9:
        return False
    return not re.fullmatch(r"[\d\s.,년월일-]+", name)


def organisation_of(name: str) -> str:
    """가람문화재단 이사장 김나래 → 가람문화재단. A name without such a tail is returned as it is."""
    shorter = _ORGANISATION_TAIL.sub("", name)
    return shorter if len(squash(shorter)) >= 3 else name


def _place(piece: str, value: str) -> tuple[int, int]:
    at = piece.find(value)
    if at >= 0:
        return at, at + len(value)
    letters = [re.escape(letter) for letter in value if not letter.isspace()]
    match = re.search(r"\s*".join(letters), piece)
    return match.span() if match else (0, len(piece))


def _work(profile: Profile, piece: str) -> Found | None:
    for match in QUOTED.finditer(piece):
        title = next(group for group in match.groups() if group)
        if not title.strip().endswith(NOT_A_WORK) and (match.start() <= 12 or len(piece) < 120):
            before = clean(piece[: match.start()])
            if not before or len(before) < 40:
                return title.strip(), match.start() + 1, match.end() - 1
    first = re.split(r"\n", piece)[0] if len(piece) > 80 else piece
    value = unquote(clean(BULLET.sub("", first)))
    return (value, *_place(piece, value)) if 1 < len(squash(value)) <= 90 else None


def _term(profile: Profile, piece: str) -> Found | None:
    whole = clean(piece)
    if len(whole) <= 60 and not re.search(r"다\.?$", whole):
        return whole, *_place(piece, whole)
    match = TERM.search(piece)
    return (clean(match.group()), *match.span()) if match else None


def _court(profile: Profile, piece: str) -> Found | None:
    match = COURT.search(piece)
    return (clean(match.group()), *match.span()) if match else None


def _list(profile: Profile, piece: str) -> Found | None:
    lines = [line for line in re.split(r"\n+", piece) if line.strip()]
    marked = [line for line in lines if BULLET.match(line.strip())]
    if len(marked) >= 2:
        items = _joined_lines(lines)
    elif profile.field.item.kind != "string":
        items = split_items(piece)
    else:
        items = split_items(" ".join(lines)) if not re.search(r"다\.?\s*$", piece) else [clean(" ".join(lines))]
    values = [normalize(profile.field.item, BULLET.sub("", item)) for item in items]
    kept = list(dict.fromkeys(value for value in values if value not in (None, "")))
    return (kept, 0, len(piece)) if kept else None


def _joined_lines(lines: list[str]) -> list[str]:
    """Bulleted lines as items; a line without a bullet goes on with the item before it."""
    items: list[str] = []
    for line in lines:
        if BULLET.match(line.strip()) or not items:
            items.append(line.strip())
        else:
            items[-1] += " " + line.strip()
    return items


def _normal(profile: Profile, piece: str) -> Found | None:
    value = normalize(profile.field, piece)
    return None if value is None else (value, 0, len(piece))


_READERS = {
    "date": _date,
    "amount": _amount,
    "number": _number,
    "currency": _currency,
    "phone": _by_pattern(PHONE, parse_phone),
    "email": _by_pattern(EMAIL, parse_email),
    "registration": _by_pattern(REGISTRATION, parse_registration),
    "name": _name,
    "work": _work,
    "term": _term,
    "court": _court,
    "list": _list,
    "boolean": _normal,
    "choice": _normal,
    "choices": _normal,
}
