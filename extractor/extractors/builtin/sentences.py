"""Candidates from running text: articles, sentences of the form `이용료는 …원으로 한다`, periods, titles in quotation marks."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator

from extractor.extractors.builtin.prepared_document import PreparedDocument
from extractor.extractors.builtin.profile import Profile
from extractor.extractors.builtin.value_patterns import CATEGORY, COURT
from extractor.extractors.builtin.values import Candidate, find_terms, quoted_titles
from extractor.normalize import clean, find_amounts, find_dates, match_key

Finder = Callable[[str, int, int], Iterator[tuple[object, int, int]]]
_MOST_MENTIONS = 300
"""Sentences about one label that are read."""


def from_sentences(scene: PreparedDocument, profile: Profile) -> Iterator[Candidate]:
    """Typed values in articles whose title names the field, and right behind the field's label in a sentence."""
    finder = _FINDERS.get(profile.shape)
    if finder is None:
        return
    for article in scene.articles:
        named = scene.naming_title(article.title, profile)
        if named >= 0.5 and (got := next(finder(scene.flat_text, article.body_start, article.end), None)):
            yield Candidate(*got, score=0.82 * named)
    for label, weight in profile.labels.items():
        if len(label) < 2 or (label.isascii() and len(label) < 4) or label not in scene.squashed:
            continue
        for match in itertools.islice(_subject(label).finditer(scene.flat_text), _MOST_MENTIONS):
            stop = _sentence_end(scene.flat_text, match.end())
            if got := next(finder(scene.flat_text, match.end(), stop), None):
                yield Candidate(*got, score=(0.78 - min(got[1] - match.end(), 60) / 300) * weight)


_SUBJECTS: dict[str, re.Pattern[str]] = {}


def _subject(label: str) -> re.Pattern[str]:
    """The label as the subject or object of a sentence."""
    if label not in _SUBJECTS:
        particles = r"(?:은|는|을|를|로서|로|으로|의\s?(?:금액|총액|제목|명칭)은|:|\s+(?:is|shall be|of|means|entitled|titled))\s?"
        _SUBJECTS[label] = re.compile(
            r"\s?".join(map(re.escape, label)) + r"(?:\([^)]{0,12}\))?" + particles, re.IGNORECASE
        )
    return _SUBJECTS[label]


def _sentence_end(flat_text: str, start: int) -> int:
    match = re.search(r"다\.|[a-z)]\.\s", flat_text[start : start + 220])
    return start + (match.end() if match else min(220, len(flat_text) - start))


def _find_amount(flat_text: str, start: int, end: int) -> Iterator[tuple[object, int, int]]:
    for amount in find_amounts(flat_text[start:end]):
        yield amount.value, start + amount.start, start + amount.end


def _find_date(flat_text: str, start: int, end: int) -> Iterator[tuple[object, int, int]]:
    for a, b, iso in find_dates(flat_text[start:end]):
        yield iso, start + a, start + b


def _find_court(flat_text: str, start: int, end: int) -> Iterator[tuple[object, int, int]]:
    for match in COURT.finditer(flat_text, start, end):
        name = re.sub("^The ", "", match.group())
        yield clean(name), match.end() - len(name), match.end()


def _find_category(flat_text: str, start: int, end: int) -> Iterator[tuple[object, int, int]]:
    for match in CATEGORY.finditer(flat_text, start, end):
        yield clean(match.group()), *match.span()


def _find_quoted(flat_text: str, start: int, end: int) -> Iterator[tuple[object, int, int]]:
    yield from quoted_titles(flat_text, start, end)


_FINDERS: dict[str, Finder] = {
    "amount": _find_amount,
    "date": _find_date,
    "term": find_terms,
    "court": _find_court,
    "work": _find_quoted,
    "category": _find_category,
}


def from_quotes(scene: PreparedDocument, profile: Profile) -> Iterator[Candidate]:
    """Works are quoted: the first title in 『』, 《》 or 「」 that is no law, best after a word for a work."""
    if profile.shape != "work":
        return
    for number, (value, start, end) in enumerate(quoted_titles(scene.flat_text, 0, min(len(scene.flat_text), 20_000))):
        if match_key(value) in scene.layout.aliases:
            continue
        before = scene.flat_text[max(0, start - 40) : start]
        strong = scene.flat_text[start - 1] in "『《≪「〈"
        near = re.search(
            r"저작물|작품|도서|사진|영상|원고|음원|곡|프로그램|소프트웨어|보고서|논문|수필|소설|집필|창작|제목|entitled|titled|\bwork\b|known as|photograph",
            before,
            re.IGNORECASE,
        )
        kept = re.search(r"계간지|월간지|잡지|신문|행사|공모전|전시회|특별전|magazine", before[-14:])
        yield Candidate(
            value,
            start,
            end,
            (0.62 if strong else 0.4) + (0.16 if near else 0.0) - (0.3 if kept else 0.0) - 0.02 * number,
        )


_KIND_OF_WORK = re.compile(
    r"(?:소설|수필|시집|시|희곡|동화|만화|웹툰|그림책|사진집|사진|회화|그림|음반|음원|곡|영화|영상|다큐멘터리|원고|연구보고서|보고서|번역서)(?=\s?(?:연작\s)?[「『《<〈“‘\"])"
    r"|\b(?:literary|musical|artistic|dramatic|audiovisual|photographic|architectural) works?\b"
    r"|\b(?:screenplay|photograph|novel|short story|poem|song|painting|illustration|picture book|film|sound recording)(?=,?\s(?:(?:entitled|titled|called)\s)?[“\"‘])",
    re.IGNORECASE,
)


def from_categories(scene: PreparedDocument, profile: Profile) -> Iterator[Candidate]:
    """`사진저작물 「새벽 포구」`, `screenplay “The Weather House”`: the kind of work named right before its title."""
    if profile.shape != "category":
        return
    for match in CATEGORY.finditer(scene.flat_text):
        after = scene.flat_text[match.end() : match.end() + 3].strip()
        yield Candidate(
            clean(match.group()), *match.span(), 0.66 if after[:1] in tuple("「『《<〈“‘'\"에으인로이의") else 0.4
        )
    for number, match in enumerate(_KIND_OF_WORK.finditer(scene.flat_text)):
        yield Candidate(clean(match.group()), *match.span(), 0.58 - 0.03 * number)


def from_terms(scene: PreparedDocument, profile: Profile) -> Iterator[Candidate]:
    """A length of time counted from a day of the contract, where no label says term: `서명한 날부터 1년`."""
    if profile.shape != "term" or "term" not in profile.groups:
        return
    for value, start, end in find_terms(scene.flat_text, 0, len(scene.flat_text)):
        around = scene.flat_text[end : end + 24]
        if re.search(r"부터|\bfrom\b", str(value)) and re.search(
            r"효력|유효|이용|허락|동안|로 한다", around + str(value)
        ):
            yield Candidate(value, start, end, 0.5)


def from_courts(scene: PreparedDocument, profile: Profile) -> Iterator[Candidate]:
    if profile.shape == "court":
        for value, start, end in _find_court(scene.flat_text, 0, len(scene.flat_text)):
            around = scene.flat_text[max(0, start - 80) : end + 60]
            yield Candidate(
                value, start, end, 0.75 if re.search("관할|jurisdiction|venue|해결", around, re.I) else 0.45
            )


def from_payments(scene: PreparedDocument, profile: Profile) -> Iterator[Candidate]:
    """An amount that a sentence says is paid, when no label does: `… pay the sum of … (US$27,500.00)`."""
    if profile.shape != "amount" or "amount" not in profile.groups:
        return
    for number, amount in enumerate(scene.amounts):
        around = scene.flat_text[max(0, amount.start - 60) : amount.end + 40]
        if re.search(r"지급|대가|고료|사용료|이용료|\bpa(?:y|id)\b|\bfee\b|\bsum\b|consideration", around, re.I):
            minor = re.search(
                r"계약금|선금|착수금|잔금|중도금|위약|연체|deposit|penalt",
                scene.flat_text[max(0, amount.start - 14) : amount.start],
                re.I,
            )
            yield Candidate(amount.value, amount.start, amount.end, (0.35 if minor else 0.6) - 0.03 * number)


def from_purpose(scene: PreparedDocument, profile: Profile) -> Iterator[Candidate]:
    """`제1조(목적) 이 계약은 …을 목적으로 한다.`: what stands before the words for purpose."""
    if "purpose" not in profile.groups or profile.shape != "text":
        return
    for article in scene.articles:
        if "목적" not in article.title and "purpose" not in article.title:
            continue
        match = _purpose(scene.flat_text, article.body_start, article.end)
        if match:
            start = match.start(1)
            yield Candidate(clean(match[1]), start, start + len(match[1]), 0.95)


_PURPOSE = re.compile(
    r"(?:(?:이|본)\s?(?:계약|동의|합의|약정)(?:서)?[은는]\s+)?(\S.{4,400}?)(?:을|를|에|의)?\s그?\s?목적(?:으로|이)"
)
_ITS_END = re.compile(r"\s그?\s?목적(?:으로|이)")
_PURPOSE_EN = re.compile(r"\bfor (the .{5,200}?)\.(?:\s|$)")
_LONGEST_PURPOSE = 450
_MOST_PURPOSES = 20


def _purpose(flat_text: str, start: int, end: int) -> re.Match[str] | None:
    """What an article says its purpose is. Looked for from its end: `…을 목적으로`."""
    for ending in itertools.islice(_ITS_END.finditer(flat_text, start, end), _MOST_PURPOSES):
        if match := _PURPOSE.search(flat_text, max(start, ending.start() - _LONGEST_PURPOSE), ending.end()):
            return match
    return _PURPOSE_EN.search(flat_text, start, end)


_STARTS = re.compile(
    r"(?:commenc\w+|begin\w*|effective|takes?\s+effect|start\w*)\s+(?:on|as of|from|date[:\s]+of)?\s*$|(?:효력은|효력이|효력발생일은?)\s*$",
    re.IGNORECASE,
)
_STARTED = re.compile(
    r"\s?(?:부터\s?(?:효력|시행|발효|유효|적용|\d+\s?(?:년|개월))|(?:에\s?)?(?:효력이?\s?)?발(?:생|효)|\s*[(（](?:the\s)?[“\"]Effective Date)",
    re.IGNORECASE,
)
_ENDS = re.compile(r"(?:expir\w+|ends?|until|through|terminat\w+)\s+(?:on|at)?\s*$", re.IGNORECASE)
_ENDED = re.compile(r"\s?(?:까지\s?(?:로|이|유효|효력)|(?:에\s?)?(?:만료|종료))")


def from_periods(scene: PreparedDocument, profile: Profile) -> Iterator[Candidate]:
    """The ends of the period, for fields that ask for its start or its end."""
    if profile.shape != "date" or not profile.groups & {"start", "end"}:
        return
    first = "start" in profile.groups
    for period in scene.ranges:
        value, span = (period.first, period.first_span) if first else (period.last, period.last_span)
        yield Candidate(value, *span, _about_term(scene, period.span[0]))
    before, after = (_STARTS, _STARTED) if first else (_ENDS, _ENDED)
    for start, end, iso in scene.dates:
        if before.search(scene.flat_text[max(0, start - 40) : start]) or after.match(scene.flat_text, end):
            yield Candidate(iso, start, end, 0.74)


def _about_term(scene: PreparedDocument, start: int) -> float:
    """How likely a period is the contract's own, by the words before it and the article it stands in."""
    context = re.sub(r"\s", "", scene.flat_text[max(0, start - 40) : start])
    article = scene.article_at(start)
    named = re.search(r"(?:계약|이용|허락|유효|존속|사용|협약|설정|저작권)(?:의)?기간", context[-14:])
    if not named and _OTHER_PERIODS.search(context[-12:]):
        return 0.25
    own = r"기간|이용허락|term|period"
    return (
        0.85 if named or re.search(own, context, re.IGNORECASE) or (article and re.search(own, article.title)) else 0.4
    )


_OTHER_PERIODS = re.compile(r"보유|보관|신청|접수|공모|전시|행사|수행|촬영|채록|녹음|공연|참여|제작|개최|사업기간|교육")


def from_closing(scene: PreparedDocument, profile: Profile) -> Iterator[Candidate]:
    """English: `made and entered into as of March 3, 2024`, `dated this 3rd day of March 2024`."""
    if profile.shape != "date" or "signed" not in profile.groups:
        return
    opening = r"(?:made|entered into|executed|signed|dated)(?:\s++and\s++\w++(?:\s++into)?|\s++by the parties)?(?:\s++(?:as of|on|this|effective))*+\s++(?:the\s++)?"
    for match in re.finditer(opening, scene.flat_text, re.IGNORECASE):
        if (date := next(find_dates(scene.flat_text[match.end() : match.end() + 40]), None)) and date.start <= 2:
            yield Candidate(date.iso, match.end() + date.start, match.end() + date.end, 0.6)
