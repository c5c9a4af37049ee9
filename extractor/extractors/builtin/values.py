"""From the place of a value to the value: the part of `[start, end)` that has the field's shape."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from extractor.core.extractions import Alignment
from extractor.extractors.builtin.entries import is_blank
from extractor.extractors.builtin.lexicon import GROUPS_OF, NOT_A_WORK, ROLE_OF
from extractor.extractors.builtin.printed_label import SYMBOL
from extractor.extractors.builtin.profile import Profile
from extractor.extractors.builtin.value_patterns import (
    ASIDE,
    CATEGORY,
    CHIEF_FIRST,
    COURT,
    NAME_STOP,
    PLACE,
    QUOTED,
    SENTENCE,
    TAIL,
    TERM,
)
from extractor.normalize import (
    FoundDate,
    clean,
    clean_name,
    find_amounts,
    find_dates,
    match_key,
    normalize,
    parse_amount,
    parse_email,
    parse_phone,
    parse_registration,
    split_items,
    unquote,
)
from extractor.normalize.text import SEAL, find_emails, find_phones, find_registrations


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


def value_at(profile: Profile, text: str, start: int, end: int) -> Found | None:
    """`(value, start, end)` of the field in `text[start:end]`, None when nothing there has its shape."""
    piece = text[start:end]
    if not piece.strip() or is_blank(piece):
        return None
    extraction = _READERS.get(profile.shape, _text)(profile, piece)
    if extraction is None:
        return None
    value, begin, stop = extraction
    return value, start + begin, start + stop


def _text(_profile: Profile, piece: str) -> Found | None:
    lead = SYMBOL.match(piece)
    begin = lead.end() if lead else 0
    value = clean(piece[begin:])
    return (value, begin, len(piece)) if match_key(value) else None


def _date(_profile: Profile, piece: str) -> Found | None:
    date = next(find_dates(piece), None)
    return (date.iso, date.start, date.end) if date else None


def _amount(_profile: Profile, piece: str) -> Found | None:
    amount = parse_amount(piece) or next(find_amounts(piece), None)
    if amount:
        return amount.value, amount.start, amount.end
    bare = re.search(r"(?<![\d.,-])\d{1,3}(?:,\d{3})+(?:\.\d+)?(?![\d-])", piece)
    parsed = parse_amount(bare.group()) if bare else None
    return (parsed.value, *bare.span()) if parsed and bare else None


def _number(profile: Profile, piece: str) -> Found | None:
    match = re.search(r"(?<![\d.-])\d[\d,]*(?:\.\d+)?", piece)
    value = normalize(profile.field, match.group()) if match else None
    return None if value is None or match is None else (value, *match.span())


def _currency(profile: Profile, piece: str) -> Found | None:
    amount = next((amount for amount in find_amounts(piece) if amount.currency), None)
    if amount:
        return amount.currency, amount.start, amount.end
    value = normalize(profile.field, piece)
    return (value, 0, len(piece)) if value else None


SPANS = {"phone": find_phones, "email": find_emails, "registration": find_registrations}
"""What finds the places of a shape that shows itself."""


def _by_span(shape: str, parse: Callable[[str], Any]) -> Callable[[Profile, str], Found | None]:
    def read(_profile: Profile, piece: str) -> Found | None:
        span = next(SPANS[shape](piece), None)
        return (parse(piece[span[0] : span[1]]), *span) if span else None

    return read


def _reference(_profile: Profile, piece: str) -> Found | None:
    """A document's number: without the date that official letters put behind it."""
    first = piece.split("\n")[0]
    match = re.match(r"[^\s(]+(?:\s[^\s(]+){0,3}", first.strip())
    value = clean(match.group()) if match else ""
    dated = find_first_date(value) or re.search(r"\d{4}\s?[년/.]", value)
    return (value, *place_of(piece, value)) if re.search(r"\d", value) and not dated else None


def _name(profile: Profile, piece: str) -> Found | None:
    line = _first_line(piece)
    stop = NAME_STOP.search(line, 2)
    line = _before_next_label(line[: stop.start()] if stop else line)
    line = re.sub(r"(?<!\s)\s*+[(（][^()（）]*+$", "", line)
    name = clean_name(SYMBOL.sub("", line))
    if "representative" in profile.groups:
        name = CHIEF_FIRST.sub("", name).split(",")[0]
    without = ASIDE.sub("", name)
    name = without if is_name(without) else name
    if "to" not in profile.groups:
        shorter = organisation_of(name)
        name = shorter if is_name(shorter) else name
    return (name, *place_of(piece, name)) if is_name(name) else None


def _first_line(piece: str) -> str:
    """The first line of a name's place; all of it when a narrow cell broke the name itself."""
    piece = re.sub(r"(?<!\s)\s*+[(（]\s?이\s?하\s.*", "", piece, flags=re.DOTALL)
    lines = [line for line in piece.split("\n") if line.strip()]
    if len(lines) < 2 or SEAL.search(lines[0]):
        return lines[0] if lines else piece
    joined = " ".join(lines)
    return joined if len(match_key(joined)) <= 24 and not re.search(r"[\d:：]", joined) else lines[0]


def _before_next_label(line: str) -> str:
    """`이사장 국하랑 고유번호 602-82-00031` ends before the label 고유번호 that a form prints on the same line."""
    for word in itertools.islice(re.finditer(r"\S+", line), 1, None):
        if set(GROUPS_OF.get(match_key(word.group()), ())) & {"phone", "email", "address", "registration"}:
            return line[: word.start()]
    return line


def is_name(name: str) -> bool:
    """Could be a person's or firm's name: letters, no sentence, no label, no mark, no number alone."""
    word = match_key(name)
    if not 2 <= len(word) <= 60 or word in ROLE_OF or not re.search(r"[^\W\d_]", name):
        return False
    if re.search(
        r"[:：☑☐□■]|다\.\s|^제\s?\d|^(?:성명|서명|주소|날인|전화|기관명|상호|대표자|연락처|해당|없음|직인|By\b)", name
    ):
        return False
    if SENTENCE.search(name) or (" " in name and re.search(r"(?:음|함|것)\.?$", name)):
        return False
    if re.search(r"[가-힣](?:은|는|을|를|에게|에서|으로)\s", name) or len(name.split()) > 9 or find_first_date(name):
        return False
    return not re.fullmatch(r"[\d\s.,년월일-]+", name)


def find_first_date(text: str) -> FoundDate | None:
    return next(find_dates(text), None)


def organisation_of(name: str) -> str:
    """가람문화재단 이사장 김나래 → 가람문화재단. A name without such a tail is returned as it is."""
    shorter = TAIL.sub("", name)
    return shorter if len(match_key(shorter)) >= 3 else name


def place_of(piece: str, value: str) -> tuple[int, int]:
    """Where `value` stands in `piece`, white space aside; all of it when it does not."""
    at = piece.find(value)
    if at >= 0:
        return at, at + len(value)
    letters = "".join(value.split())
    at = "".join(piece.split()).find(letters)
    if at < 0 or not letters:
        return 0, len(piece)
    return _offset(piece, at), _offset(piece, at + len(letters) - 1) + 1


def _offset(text: str, number: int) -> int:
    """Where the letter stands before which `number` others do, white space aside."""
    for word in re.finditer(r"\S+", text):
        if number < word.end() - word.start():
            return word.start() + number
        number -= word.end() - word.start()
    return len(text)


def _address(_profile: Profile, piece: str) -> Found | None:
    value = clean(SEAL.sub("", SYMBOL.sub("", piece)))
    if not PLACE.search(value + " ") or re.search(r"(?:귀하|귀중|다\.)$", value) or find_first_date(value):
        return None
    return value, *place_of(piece, value)


def quoted_titles(text: str, start: int = 0, end: int | None = None) -> list[tuple[str, int, int]]:
    """Titles in quotation marks, those of laws and of parties' names in the contract left out."""
    titles = []
    for match in QUOTED.finditer(text, start, len(text) if end is None else end):
        index = next(i for i, group in enumerate(match.groups(), 1) if group)
        title = clean(match[index])
        if title.lower().endswith(NOT_A_WORK) or match_key(title) in ROLE_OF:
            continue
        if not re.fullmatch(r"갑|을|병|[가-힣]{1,6}(?:자|인|물|일|권)|[A-Z]\w+(?: Date)?|\W*", title):
            titles.append((title, match.start(index), match.end(index)))
    return titles


def _work(_profile: Profile, piece: str) -> Found | None:
    whole = clean(SYMBOL.sub("", piece))
    sentence = SENTENCE.search(whole) or len(whole) > 90 or re.search(r"entitled|titled|[\w)]\.\s*+$", whole)
    titles = quoted_titles(piece)
    if titles and (sentence or (titles[0][1] <= 2 and len(match_key(piece[titles[0][2] :])) <= 12)):
        return titles[0]
    if sentence:
        return None
    value = unquote(whole)
    return (value, *place_of(piece, value)) if 1 < len(match_key(value)) <= 90 else None


def _category(_profile: Profile, piece: str) -> Found | None:
    whole = unquote(clean(SYMBOL.sub("", piece)))
    if len(whole) <= 40 and not SENTENCE.search(whole):
        return whole, *place_of(piece, whole)
    match = CATEGORY.search(piece)
    return (clean(match.group()), *match.span()) if match else None


def find_terms(flat_text: str, start: int, end: int) -> Iterator[tuple[object, int, int]]:
    """A period as printed: two dates, a date and a length (`2019년 11월 1일부터 4년간`), or a length."""
    dates = list(find_dates(flat_text[start:end]))
    for (a, a1, _), (b, b1, _) in itertools.pairwise(dates):
        if re.fullmatch(
            r"\s*(?:\([^)]{0,10}\)\s*)?(?:부터|에서|~|∼|〜|～|-|–|to|through|until)\s*",
            flat_text[start + a1 : start + b],
        ):
            stop = start + b1
            tail = re.match(r"\s?까지(?:\s?(?:총\s?)?\(?\d+\s?(?:년|개월)\s?간?\)?)?", flat_text[stop:end])
            stop += tail.end() if tail else 0
            yield clean(flat_text[start + a : stop]), start + a, stop
            return
    for _, a1, _ in dates[:1]:
        length = re.compile(r"\s?부터\s+(?:만\s?)?\d+\s?(?:년|개월)\s?간?").match(flat_text, start + a1)
        if length:
            yield clean(flat_text[start + dates[0].start : length.end()]), start + dates[0].start, length.end()
            return
    for match in TERM.finditer(flat_text, start, end):
        yield clean(match.group()), *match.span()


def _term(_profile: Profile, piece: str) -> Found | None:
    whole = clean(SYMBOL.sub("", piece))
    if len(whole) <= 60 and not SENTENCE.search(whole):
        return whole, *place_of(piece, whole)
    flat_text = piece.replace("\n", " ")
    term = next(find_terms(flat_text, 0, len(flat_text)), None)
    return (str(term[0]), term[1], term[2]) if term else None


def _court(_profile: Profile, piece: str) -> Found | None:
    match = COURT.search(piece)
    return (re.sub("^The ", "", clean(match.group())), *match.span()) if match else None


def _list(profile: Profile, piece: str) -> Found | None:
    lines = [line for line in re.split(r"\n+", piece) if line.strip()]
    if profile.field.item.kind in ("number", "integer"):
        amounts = [amount.value for amount in find_amounts(piece)] or [a.value for a in [parse_amount(piece)] if a]
        return (list(dict.fromkeys(amounts)), 0, len(piece)) if amounts else None
    if sum(SYMBOL.match(line.strip()) is not None for line in lines) >= 2:
        items = _joined_lines(lines)
    elif SENTENCE.search(piece.strip()):
        items = [clean(" ".join(lines))]
    else:
        items = split_items(" ".join(lines))
    values = [normalize(profile.field.item, SYMBOL.sub("", item)) for item in items]
    kept = list(dict.fromkeys(value for value in values if value not in (None, "")))
    return (kept, 0, len(piece)) if kept else None


def _joined_lines(lines: list[str]) -> list[str]:
    """Bulleted lines as items; a line without a bullet goes on with the item before it."""
    items: list[list[str]] = []
    for line in lines:
        if SYMBOL.match(line.strip()) or not items:
            items.append([line.strip()])
        else:
            items[-1].append(line.strip())
    return [" ".join(item) for item in items]


def _normal(profile: Profile, piece: str) -> Found | None:
    value = normalize(profile.field, piece)
    return None if value is None else (value, 0, len(piece))


def _title(_profile: Profile, piece: str) -> Found | None:
    value = unquote(clean(SYMBOL.sub("", piece)))
    return (value, *place_of(piece, value)) if len(match_key(value)) > 1 else None


_READERS: dict[str, Callable[[Profile, str], Found | None]] = {
    "date": _date,
    "amount": _amount,
    "number": _number,
    "currency": _currency,
    "phone": _by_span("phone", parse_phone),
    "email": _by_span("email", parse_email),
    "registration": _by_span("registration", parse_registration),
    "reference": _reference,
    "address": _address,
    "name": _name,
    "work": _work,
    "title": _title,
    "category": _category,
    "term": _term,
    "court": _court,
    "list": _list,
    "boolean": _normal,
    "choice": _normal,
    "choices": _normal,
}
