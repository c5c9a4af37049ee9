"""What running text says: parties in preambles, articles, date ranges, sentences of the form `이용료는 …원으로 한다`."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from extractor.extractors.builtin.lexicon import ROLE_OF
from extractor.extractors.builtin.values import is_name
from extractor.normalize import FoundDate, clean, match_key

_ALIAS = re.compile(
    r"(?<!\s)\s*+(?:[(（]\s*+(?:이하|以下|hereinafter(?:\s++(?:referred\s++to\s++as|called))?|the|each,?\s++an?)?[,\s]*+(?:각각\s*+)?(?:the\s++)?[\"'“‘「『]\s*+(?P<alias>[^\"'”’」』()]{1,24}?)\s*+[\"'”’」』]"
    r"(?:\s*+(?:또는|or)\s*+(?:the\s++)?[\"'“‘「][^\"'”’」]{1,20}[\"'”’」])?\s*+(?:이?라고?|으로|로)?\s*+(?:한다|함|칭한다|칭함|하며|하고|약칭한다|약칭)?[.\s]*+[)）]"
    r"|[(（]\s*+이하\s*+[,]?\s*+(?P<bare>갑|을|병|[가-힣]{2,8}?)\s*+(?:이?라고?|으로|로)\s*+(?:한다|함|칭한다|칭함|하며|하고)[.\s]*+[)）])",
    re.IGNORECASE,
)
_START_KO = re.compile(
    r"(?:[:：,，\n]|(?<=[가-힣)）”\"'’])(?:과|와|은|는|및|이|가|을|를|에게|에서|의)\s|(?<=[)）])(?<![(（][사주재유학][)）])(?:과|와|은|는|이|가|및|,)?\s*|\d[.)]\s|\s[-–]\s|다\.\s|합의)"
)
_START_EN = re.compile(
    r"\b(?:by and between|between|and|by|from|among|WITNESSETH)\b[:,]?\s*(?:\(\d\)|\d\.)?\s*", re.IGNORECASE
)
_LEAD_ROLE = re.compile(r"^(?:그\s|본\s?계약의\s?)?([가-힣]{2,10})\s+(?=\S)")
_TAIL_EN = re.compile(
    r",?\s+(?:(?:an?|the)\s+(?:\w+[\s-]){0,4}?(?:corporation|company|individual|author|resident|citizen|organi[sz]ation|partnership|institution|public|non-?profit|foundation|publisher|museum|photographer|limited)\b"
    r"|whose\b|having\b|with (?:its|an?|offices?)|residing|located|organi[sz]ed|of \d|at \d|acting|represented|incorporated).*$",
    re.IGNORECASE | re.DOTALL,
)


_MOST_ALIASES = 200
"""Brackets with a name for the contract that are looked at."""


@dataclass(slots=True)
class Party:
    """A party of a preamble: its name's span, what it is called in the document, and its role if that is known."""

    name: str
    start: int
    end: int
    alias: str
    role: str | None


def preamble_parties(text: str, flat_text: str, paragraph_start: Callable[[int, int], int]) -> list[Party]:
    """Parties that a preamble names: `홍길동(이하 “권리자”라 한다)`, `between X (“Licensor”) and Y (“Licensee”)`.

    `flat_text` is the text with its line breaks turned to spaces (`Layout.flat_text`).
    `paragraph_start` tells where the paragraph around an offset begins, looked for back to a second offset: no name
    is looked for before that.
    """
    parties: list[Party] = []
    last_end = 0
    for match in itertools.islice(_ALIAS.finditer(flat_text), _MOST_ALIASES):
        least = max(last_end, match.start() - 240)
        if party := _party_before(flat_text, text, max(least, paragraph_start(match.start(), least)), match):
            parties.append(party)
        last_end = match.end()
        if len(parties) >= 8:
            break
    return parties


def _party_before(flat_text: str, text: str, least: int, match: re.Match[str]) -> Party | None:
    alias = match_key(match["alias"] or match["bare"])
    end = match.start()
    korean = re.search(r"[가-힣]", match.group()) is not None
    starts = (_START_KO if korean else _START_EN).finditer(flat_text, least, end)
    begin = max((m.end() for m in starts if flat_text[m.end() : end].strip()), default=least)
    break_at = text.rfind("\n\n", begin, end)
    begin = break_at + 2 if break_at >= 0 else begin
    role = ROLE_OF.get(alias)
    lead = flat_text[begin:end]
    named = _LEAD_ROLE.match(lead.lstrip()) if korean else None
    stated = named and (ROLE_OF.get(named[1]) or ROLE_OF.get(named[1].removesuffix("인")))
    if named and stated:
        role = role if role not in (None, "first", "second") else stated
        begin += len(lead) - len(lead.lstrip()) + named.end()
    name = flat_text[begin:end]
    if not korean:
        name = _TAIL_EN.sub("", name)
    name = re.split(r"\s*[(（\[](?!주|유|재|사|株)", name)[0] if not korean or "(" in name[3:] else name
    stripped = clean(name).strip("“”\"'「」『』<>[]")
    stripped = re.sub(r"^(?:위|아래|당사자|다음|상기)\s+|\s*(?:님|씨)$", "", stripped)
    start = flat_text.find(stripped, begin, end + 1) if stripped else -1
    if start < 0 or not is_name(stripped) or len(stripped) > 60:
        return None
    return Party(stripped, start, start + len(stripped), alias, role)


@dataclass(slots=True)
class Article:
    """`제3조 (이용료) …` or `3. Term. …`: the squashed title, and the body's span."""

    title: str
    start: int
    body_start: int
    end: int


_ARTICLE = re.compile(
    r"^[ \t]*+(?:제\s?\d++\s?조(?:의\s?\d++)?\s*+[\(\[【〔（〈<「]\s*+(?P<ko>[^)\]】〕）〉>」\n]{1,40})[)\]】〕）〉>」]"
    r"|제\s?\d++\s?조(?:의\s?\d++)?\s++(?P<ko3>[가-힣][^\n.:：]{1,24})(?=\n)"
    r"|(?:Article|Section|Clause)\s++\d++[.:]?\s*+[\-–—.]?\s*+\(?(?P<en>[A-Z][^.\n:)]{1,60})[).:]?"
    r"|\d{1,2}\.\s++(?P<en2>[A-Z][A-Za-z ,/&;’'-]{2,50})(?:[.:]|(?=\n))"
    r"|\d{1,2}\s?[.)]\s*+[\[(（【]?(?P<ko2>[가-힣][^\n.:：()]{1,20}?)[\])）】]?\s*(?:[:：]|(?=\n)))",
    re.MULTILINE,
)


def articles(text: str) -> list[Article]:
    """The articles of a contract in order; the last one ends where the signatures may begin."""
    marks = list(_ARTICLE.finditer(text))
    result = []
    for number, match in enumerate(marks):
        end = marks[number + 1].start() if number + 1 < len(marks) else min(len(text), match.end() + 600)
        title = next(group for group in match.groups() if group)
        result.append(Article(match_key(title), match.start(), match.end(), end))
    return result


@dataclass(slots=True)
class DateRange:
    """`2024. 1. 1.부터 2026. 12. 31.까지`: `first` and `last` are ISO dates."""

    first: str
    last: str
    first_span: tuple[int, int]
    last_span: tuple[int, int]

    @property
    def span(self) -> tuple[int, int]:
        return self.first_span[0], self.last_span[1]


_BETWEEN = re.compile(
    r"\s*(?:\([^)]{0,12}\)\s*)?(?:부터|에서|~|∼|〜|～|-|–|—|to|through|until|and ending on|until and including)\s*",
    re.IGNORECASE,
)


def date_ranges(flat_text: str, dates: Sequence[FoundDate]) -> Iterator[DateRange]:
    """All pairs of dates that a text joins to a period. `flat_text`: see `Layout.flat_text`; `dates` are those in it."""
    for (a0, a1, first), (b0, b1, last) in itertools.pairwise(dates):
        if b0 - a1 <= 24 and _BETWEEN.fullmatch(flat_text[a1:b0]) and first <= last:
            yield DateRange(first, last, (a0, a1), (b0, b1))
