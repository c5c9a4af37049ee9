"""Candidates for one field from printed labels and from running text. Each strategy is a function of (scene, profile)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..normalize import clean, find_amounts, find_dates, squash
from .entries import Entry, is_blank
from .keys import BULLET
from .lexicon import NOT_A_WORK
from .profile import Profile
from .scene import Scene
from .values import COURT, QUOTED, TERM, Candidate, is_name, value_at

RELATION = {"colon": 1.0, "cell": 1.0, "space": 0.85, "below": 0.88, "heading": 0.8}
"""How sure it is that the place beside a label holds its value, by where that place is."""

LEAST = 0.42
"""The least score of a value; below it the field stays empty rather than guessed."""


def from_labels(scene: Scene, profile: Profile) -> tuple[list[Candidate], float]:
    """Values beside this field's printed labels, and the score of the best label that was left blank."""
    found: list[Candidate] = []
    blank = 0.0
    for entry in scene.entries:
        named = max((profile.score(form) for form in entry.key.forms), default=0.0)
        if named < 0.5:
            continue
        score = named * RELATION[entry.relation] * _fits_role(profile, entry)
        if score < 0.3:
            continue
        if entry.blank:
            blank = max(blank, score if entry.relation in ("colon", "cell") else 0.0)
            continue
        if got := value_at(profile, scene.text, entry.start, entry.end):
            value, start, end = got
            found.append(Candidate(value, start, end, score * _plausible(profile, value, scene.text[start:end])))
    return found, blank


def _fits_role(profile: Profile, entry: Entry) -> float:
    """How well the block a label stands in agrees with whom the field speaks of."""
    role = entry.role
    if profile.roles:
        if role in profile.roles:
            return 1.0
        return 0.8 if role is None else 0.25
    if role in ("guardian", "staff", "witness", "third"):
        return 0.3
    if profile.shape in ("phone", "email", "address", "registration"):
        return {"grantor": 1.0, None: 0.92, "grantee": 0.35}.get(role, 0.6)
    return 1.0


def _plausible(profile: Profile, value: object, raw: str) -> float:
    if profile.shape in ("text", "name", "work") and isinstance(value, str):
        word = squash(value)
        if len(word) > 120 and profile.shape != "text":
            return 0.3
        if profile.shape == "name" and re.search(r"[,、]", value) and not re.search(r"(?i)inc|ltd|co", value):
            return 0.8
    return 1.0


def from_title(scene: Scene, profile: Profile) -> Iterator[Candidate]:
    """The document's own title, for the field that holds it."""
    if profile.shape == "title" and (title := scene.title):
        start, end, text, score = title
        yield Candidate(
            text, start, end, min(0.6 + 0.4 * score, 0.97), "normalized" if text not in scene.text else "exact"
        )


def from_preamble(scene: Scene, profile: Profile) -> Iterator[Candidate]:
    """Parties named before `(이하 “권리자”라 한다)`, for fields that speak of that role."""
    if profile.shape != "name" or not profile.roles or not profile.roles & {"grantor", "grantee"}:
        return
    for party in scene.preamble:
        role = scene.role_of(party.role)
        if role in profile.roles:
            yield Candidate(party.name, party.start, party.end, 0.9)


def from_blocks(scene: Scene, profile: Profile) -> Iterator[Candidate]:
    """The name in the signature block of the field's role: `양도인 … 성명 : 홍길동`."""
    if profile.shape != "name" or not profile.roles:
        return
    for entry in scene.entries:
        if entry.block < 0 or entry.blank or scene.blocks[entry.block].role not in profile.roles:
            continue
        kind = _name_kind(entry)
        if kind and (got := value_at(profile, scene.text, entry.start, entry.end)):
            yield Candidate(
                *got, score={"organisation": 0.88, "person": 0.86, "role": 0.84}[kind] * RELATION[entry.relation]
            )


def _name_kind(entry: Entry) -> str | None:
    from .lexicon import LABELS

    for kind in ("organisation", "person"):
        if any(form in LABELS[kind] for form in entry.key.forms):
            return kind
    return "role" if entry.key.is_role_alone() else None


def from_addressee(scene: Scene, profile: Profile) -> Iterator[Candidate]:
    """`가람문화재단 귀하` on a line of its own: the institution a form is handed in to."""
    wants = profile.roles & {"grantee", "recipient"} or "to" in profile.groups or "organisation" in profile.groups
    if profile.shape != "name" or not wants:
        return
    for piece in scene.layout.pieces:
        match = re.fullmatch(r"(.{2,40}?)\s*(?:귀\s?하|귀\s?중|앞)\s*\.?", piece.text)
        if match and (got := value_at(profile, scene.text, piece.start, piece.end)):
            value, start, end = got
            shorter = re.sub(r"(?:장|관장|원장|이사장|총장|시장|군수|구청장)$", "", value)
            if (
                shorter != value
                and len(scene.flow.split(shorter)) > len(scene.flow.split(value)) + 1
                and len(shorter) > 3
            ):
                value, end = shorter, start + len(shorter)
            yield Candidate(value, start, end, 0.72)


def from_dates(scene: Scene, profile: Profile) -> tuple[list[Candidate], bool]:
    """The date that stands alone near the signatures, and whether such a date was left blank."""
    if profile.shape != "date" or "signed" not in profile.groups:
        return [], False
    found: list[Candidate] = []
    blank = False
    total = max(len(scene.text), 1)
    for piece in scene.layout.pieces:
        text = re.sub(r"^(?:서기|작성일|일자)\s*[:：]?\s*", "", piece.text)
        dates = list(find_dates(text))
        if len(dates) == 1 and len(squash(text)) - len(squash(text[dates[0][0] : dates[0][1]])) <= 2:
            late = piece.start / total
            offset = piece.end - len(text)
            found.append(Candidate(dates[0][2], offset + dates[0][0], offset + dates[0][1], 0.62 + 0.2 * late))
        elif re.fullmatch(r"(?:20|19)?\s*[_.\s]*년[_.\s]*월[_.\s]*일\.?", text.strip()):
            blank = True
    for start, end in _closing_dates(scene):
        found.append(Candidate(next(find_dates(scene.flow[start:end]))[2], start, end, 0.6))
    return found, blank


def _closing_dates(scene: Scene) -> Iterator[tuple[int, int]]:
    """English: `as of the date first above written`, `dated March 3, 2024`, `made on this 3rd day of March 2024`."""
    for match in re.finditer(
        r"(?:made|entered into|executed|signed|dated)(?:\s+and\s+\w+)?(?:\s+as of|\s+on|\s+this|\s+effective)*\s+(?:the\s+)?",
        scene.flow,
        re.IGNORECASE,
    ):
        if found := next(find_dates(scene.flow[match.end() : match.end() + 40]), None):
            if found[0] <= 2:
                yield match.end() + found[0], match.end() + found[1]


def from_ranges(scene: Scene, profile: Profile) -> Iterator[Candidate]:
    """The ends of the period for fields that ask for its start or its end."""
    if profile.shape != "date" or not profile.groups & {"start", "end"}:
        return
    for period in scene.ranges:
        context = squash(scene.flow[max(0, period.span[0] - 60) : period.span[1] + 10])
        near = (
            0.85
            if re.search(r"계약기간|이용기간|허락기간|유효기간|존속기간|사용기간|기간|term|period", context)
            else 0.5
        )
        if re.search(r"보유|보관|신청기간|접수기간|공모|전시기간|행사|수행기간|촬영기간", context):
            near = 0.3
        first = "start" in profile.groups
        value, span = (period.first, period.first_span) if first else (period.last, period.last_span)
        yield Candidate(value, *span, near)


def from_sentences(scene: Scene, profile: Profile) -> Iterator[Candidate]:
    """Typed values in articles whose title names the field, and in sentences of the form `이용료는 …원으로 한다`."""
    finder = _FINDERS.get(profile.shape)
    if finder is None:
        return
    for article in scene.articles:
        named = profile.score(article.title)
        if named < 0.5:
            named = max(
                (w * 0.8 for label, w in profile.labels.items() if len(label) >= 2 and label in article.title),
                default=0.0,
            )
        if named >= 0.5:
            for value, start, end in finder(scene.flow, article.body_start, article.end):
                yield Candidate(value, start, end, 0.82 * named)
                break
    for label, weight in profile.labels.items():
        if len(label) < 2 or label.isascii() and len(label) < 4:
            continue
        for match in re.finditer(
            r"\s?".join(map(re.escape, label))
            + r"(?:\([^)]{0,12}\))?(?:은|는|을|를|로서|로|으로|의 금액은|의 총액은|:|\s+(?:is|shall be|of|means|entitled|titled))\s?",
            scene.flow,
            re.IGNORECASE,
        ):
            stop = _sentence_end(scene.flow, match.end())
            for value, start, end in finder(scene.flow, match.end(), stop):
                yield Candidate(value, start, end, (0.78 - min(start - match.end(), 60) / 300) * weight)
                break


def _sentence_end(flow: str, start: int) -> int:
    match = re.search(r"다\.|[a-z)]\.\s", flow[start : start + 220])
    return start + (match.end() if match else min(220, len(flow) - start))


def _find_amount(flow: str, start: int, end: int) -> Iterator[tuple[object, int, int]]:
    for amount in find_amounts(flow[start:end]):
        yield amount.value, start + amount.start, start + amount.end


def _find_date(flow: str, start: int, end: int) -> Iterator[tuple[object, int, int]]:
    for a, b, iso in find_dates(flow[start:end]):
        yield iso, start + a, start + b


def _find_term(flow: str, start: int, end: int) -> Iterator[tuple[object, int, int]]:
    found = list(find_dates(flow[start:end]))
    if len(found) >= 2 and re.fullmatch(r"[^\d]{0,12}", flow[start + found[0][1] : start + found[1][0]]):
        stop = start + found[1][1]
        tail = re.match(r"\s?까지", flow[stop:end])
        stop += tail.end() if tail else 0
        yield clean(flow[start + found[0][0] : stop]), start + found[0][0], stop
    for match in TERM.finditer(flow, start, end):
        yield clean(match.group()), *match.span()


def _find_court(flow: str, start: int, end: int) -> Iterator[tuple[object, int, int]]:
    for match in COURT.finditer(flow, start, end):
        yield clean(match.group()), *match.span()


def _find_quoted(flow: str, start: int, end: int) -> Iterator[tuple[object, int, int]]:
    for match in QUOTED.finditer(flow, start, end):
        index = next(i for i, group in enumerate(match.groups(), 1) if group)
        title = match[index].strip()
        if not title.lower().endswith(NOT_A_WORK) and not re.fullmatch(
            r"갑|을|병|[가-힣]{2,5}자|저작물|권리|[A-Z]\w+", title
        ):
            yield clean(title), match.start(index), match.end(index)


def _find_purpose(flow: str, start: int, end: int) -> Iterator[tuple[object, int, int]]:
    match = re.compile(
        r"(?:(?:이|본)\s?(?:계약|동의서|합의|약정)(?:서)?[은는]\s+)?(.{6,400}?)(?:을|를|에|의)?\s?그?\s?목적(?:으로|이)"
    ).search(flow, start, end)
    if match:
        value = clean(BULLET.sub("", match[1])).removesuffix("함을")
        yield value, match.start(1), match.end(1)


_FINDERS = {"amount": _find_amount, "date": _find_date, "term": _find_term, "court": _find_court, "work": _find_quoted}


def from_quotes(scene: Scene, profile: Profile) -> Iterator[Candidate]:
    """Works are quoted: the first title in 『』, 《》 or 「」 that is no law, best after a word for a work."""
    if profile.shape != "work":
        return
    for number, (value, start, end) in enumerate(_find_quoted(scene.flow, 0, min(len(scene.flow), 20_000))):
        before = scene.flow[max(0, start - 40) : start]
        strong = scene.flow[start - 1] in "『《≪「〈"
        near = re.search(
            r"저작물|작품|도서|사진|영상|원고|음원|곡|책|제목|entitled|titled|work|known as", before, re.IGNORECASE
        )
        score = (0.62 if strong else 0.35) + (0.16 if near else 0.0) - 0.02 * number
        yield Candidate(value, start, end, score)


def from_court_names(scene: Scene, profile: Profile) -> Iterator[Candidate]:
    if profile.shape == "court":
        for match in COURT.finditer(scene.flow):
            around = scene.flow[max(0, match.start() - 80) : match.end() + 60]
            yield Candidate(
                clean(match.group()),
                *match.span(),
                0.75 if re.search("관할|jurisdiction|venue", around, re.I) else 0.45,
            )


def from_purpose_article(scene: Scene, profile: Profile) -> Iterator[Candidate]:
    """`제1조(목적) 이 계약은 …을 목적으로 한다.`"""
    if "purpose" not in profile.groups or profile.shape != "text":
        return
    for article in scene.articles:
        if "목적" in article.title or "purpose" in article.title:
            for value, start, end in _find_purpose(scene.flow, article.body_start, article.end):
                yield Candidate(value, start, end, 0.7)


def from_headings(scene: Scene, profile: Profile) -> Iterator[Candidate]:
    """What stands under a heading that names the field: `1. 개인정보의 수집·이용 목적` and the lines below it."""
    if profile.shape not in ("text", "list", "work"):
        return
    from .entries import looks_like_heading

    pieces = scene.layout.pieces
    labelled = {entry.piece.start for entry in scene.entries if entry.relation in ("colon", "cell")}
    for index, piece in enumerate(pieces):
        if not looks_like_heading(piece.text) or piece.start in labelled:
            continue
        named = profile.score(squash(BULLET.sub("", piece.text)))
        article = re.match(r"제\s?\d+\s?조[^(\[【]*[(\[【]([^)\]】]+)[)\]】]", piece.text)
        named = max(named, profile.score(squash(article[1]))) if article else named
        if named < 0.65:
            continue
        body = []
        for below in pieces[index + 1 : index + 14]:
            if below.cell != piece.cell or _closes(piece, below) or below.start in labelled:
                break
            body.append(below)
        if (
            body
            and (got := value_at(profile, scene.text, body[0].start, body[-1].end))
            and not is_blank(scene.text[body[0].start : body[-1].end])
        ):
            yield Candidate(*got, score=named * RELATION["heading"] * (0.6 if article else 1.0))


def _closes(heading, below) -> bool:  # type: ignore[no-untyped-def]
    """Whether `below` opens the next part: a heading of the same style as `heading`."""
    mine, other = BULLET.match(heading.text), BULLET.match(below.text)
    if re.match(r"제\s?\d+\s?조", below.text):
        return True
    if not mine or not other:
        return False
    style = lambda match: re.sub(r"\d+", "1", re.sub(r"[가-하]", "가", match.group().strip()))  # noqa: E731
    return style(mine) == style(other)


def is_same_name(one: str, other: str) -> bool:
    return is_name(one) and squash(one) == squash(other)
