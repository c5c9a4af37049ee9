"""Candidates from what a form prints: labels, headings, the title, blocks, the person a form is handed in to, dates that stand alone."""

from __future__ import annotations

import re
from collections.abc import Iterator

from extractor.classification.layout import Piece
from extractor.classification.titles import is_kind
from extractor.extractors.builtin.entries import Entry, looks_like_heading
from extractor.extractors.builtin.letters import institution
from extractor.extractors.builtin.lexicon import LABELS, ROLE_OF
from extractor.extractors.builtin.prepared_document import PreparedDocument
from extractor.extractors.builtin.printed_label import BULLET, SYMBOL, bullet_style
from extractor.extractors.builtin.profile import Profile
from extractor.extractors.builtin.values import SPANS, Candidate, is_name, value_at
from extractor.normalize import find_dates, match_key
from extractor.normalize.text import SEAL

RELATION = {"colon": 1.0, "cell": 1.0, "space": 0.85, "below": 0.88, "heading": 0.8}
"""How sure it is that the place beside a label holds its value, by where that place is."""


_TYPED = {"phone", "email", "address", "name", "registration"}
"""Shapes so plain that a line under a label without that shape shows the label was left blank."""


def from_labels(scene: PreparedDocument, profile: Profile) -> tuple[list[Candidate], float]:
    """Values beside this field's printed labels, and the score of the best label that was left blank."""
    candidates: list[Candidate] = []
    blank = 0.0
    for entry in scene.entries:
        named = scene.naming(entry, profile)
        if named < 0.45:
            continue
        score = named * RELATION[entry.relation] * _fits_role(profile, entry)
        if score < 0.3:
            continue
        if entry.blank:
            blank = max(blank, score if entry.relation in ("colon", "cell") else 0.0)
            continue
        end = _with_bullets(scene, entry) if profile.shape in ("list", "text") else entry.end
        if got := value_at(profile, scene.text, entry.start, end):
            if profile.shape == "name" and "grantee" in profile.roles and isinstance(got[0], str):
                got = institution(scene, got[0], got[1], got[2])
            value, start, end = got
            candidates.append(Candidate(value, start, end, score * _plausible(scene, profile, value, entry)))
        elif entry.relation == "below" and profile.shape in _TYPED and entry.end - entry.start < 40:
            blank = max(blank, score)
    return candidates, blank


def _fits_role(profile: Profile, entry: Entry) -> float:
    """How well the block a label stands in agrees with whom the field speaks of."""
    role = entry.role
    if profile.roles:
        if role in profile.roles:
            return 1.0
        return 0.8 if role is None else 0.25
    if role == "guardian":
        return 0.55
    if role in ("staff", "witness", "third"):
        return 0.3
    if profile.shape in ("phone", "email", "address", "registration"):
        return {"grantor": 1.0, None: 0.92, "grantee": 0.35}.get(role, 0.6)
    return 1.0


def _plausible(scene: PreparedDocument, profile: Profile, value: object, entry: Entry) -> float:
    if not isinstance(value, str):
        return 1.0
    if profile.shape == "date" and _EVENT.search(entry.key.forms[0]):
        return 0.6
    if profile.shape in ("work", "category", "text") and entry.key.forms[0].isascii() and scene.is_korean:
        return 0.8
    if profile.shape == "work" and entry.role and entry.key.forms[0] in ("명칭", "이름", "제목"):
        return 0.5
    if profile.shape in ("name", "work", "title") and len(match_key(value)) > 90:
        return 0.3
    if entry.relation == "space" and looks_like_heading(entry.piece.text):
        return 0.55
    if (profile.shape == "text" and entry.relation == "space") or profile.shape == "title":
        return 0.9
    return 1.0


_EVENT = re.compile(
    r"(?:채록|면담|구술|촬영|공연|녹음|녹화|지급|납품|인도|발행|공표|창작|제작|접수|행사|강연|생년월|출생|설립|등록|회신|제출|전시|개최)(?:연월|년월)?일"
)
"""Dates of events: never the day of a signature, whatever they end in."""


def _with_bullets(scene: PreparedDocument, entry: Entry) -> int:
    """The end of a list that stands under its label, one bulleted line an item."""
    if entry.relation not in ("below", "colon"):
        return entry.end
    first = scene.layout.piece_at(entry.start)
    mark = SYMBOL.match(first.text) if first and first.start >= entry.start - 4 else None
    if first is None or mark is None:
        return entry.end
    following = next(scene.layout.after(entry.end), None)
    if following is None or following.cell != first.cell:
        return entry.end
    if bullet_style(SYMBOL.match(following.text)) != bullet_style(mark):
        return entry.end
    return scene.bulleted_until(following)


def from_title(scene: PreparedDocument, profile: Profile) -> Iterator[Candidate]:
    """The document's own title, for the field that holds it."""
    if profile.shape == "title" and (title := scene.title):
        start, end, text, score = title
        yield Candidate(
            text, start, end, min(0.85 + 0.15 * score, 0.99) if is_kind(text) else min(0.5 + 0.25 * score, 0.75)
        )


def from_preamble(scene: PreparedDocument, profile: Profile) -> Iterator[Candidate]:
    """Parties named before `(이하 “권리자”라 한다)`, for fields that speak of that role."""
    if profile.shape != "name" or not profile.roles & {"grantor", "grantee"}:
        return
    for party in scene.preamble:
        if scene.role_of_party(party) in profile.roles:
            yield Candidate(party.name, party.start, party.end, 0.9)


def from_blocks(scene: PreparedDocument, profile: Profile) -> Iterator[Candidate]:
    """The name in the signature block of the field's role: `양도인 … 성명 : 홍길동`, or the line under 양도인."""
    if profile.shape != "name" or not profile.roles:
        return
    for entry in scene.entries:
        if entry.block < 0 or entry.blank or scene.blocks[entry.block].role not in profile.roles:
            continue
        kind = name_kind(entry)
        if kind and (got := value_at(profile, scene.text, entry.start, entry.end)):
            yield Candidate(
                *got, score={"organisation": 0.88, "person": 0.86, "role": 0.84}[kind] * RELATION[entry.relation]
            )
    for block in scene.blocks:
        if block.role in profile.roles and (line := scene.name_under(block)):
            got = value_at(profile, scene.text, line.start, line.end)
            if got:
                yield Candidate(*got, score=0.83)


def name_kind(entry: Entry) -> str | None:
    """Whether a label asks for a firm's name, a person's, or is a role with the name right behind it."""
    for kind in ("organisation", "person"):
        if any(form in LABELS[kind] for form in entry.key.forms):
            return kind
    return "role" if entry.key.is_role_alone() else None


_MENTION = re.compile(
    r"(양수인|양수자|이용자|피허락자|양도인|양도자|허락자|권리자|저작재산권자|저작권자|저작자|출판사|출판권자)인?\s+([^\s,.()]{2,20}(?:\s[^\s,.()]{2,14})?)(?:에게|에|은|는|이|가|을|를|과|와)\s"
)


def from_mentions(scene: PreparedDocument, profile: Profile) -> Iterator[Candidate]:
    """A name right behind its role in running text: `… 양수인 맑은샘환경공단에 양도합니다`."""
    if profile.shape != "name" or not profile.roles & {"grantor", "grantee"}:
        return
    for match in _MENTION.finditer(scene.flat_text):
        if ROLE_OF.get(match[1]) in profile.roles and is_name(match[2]) and len(match_key(match[2])) >= 3:
            yield Candidate(match[2], *match.span(2), 0.6)


def from_shapes(scene: PreparedDocument, profile: Profile) -> Iterator[Candidate]:
    """A phone, e-mail or registration number right behind its label wherever that stands: `국이든 / 연락처 010-…`."""
    if profile.shape not in SPANS:
        return
    for start, end in SPANS[profile.shape](scene.text):
        before = re.search(r"([가-힣A-Za-z.-]+)\s*[:：]?\s*[(]?$", scene.text[max(0, start - 14) : start])
        if before is None or profile.score(match_key(before[1])) < 0.7:
            continue
        holder = scene.entry_over(start)
        weight = _fits_role(profile, holder) if holder else 0.6
        if got := value_at(profile, scene.text, start, end):
            yield Candidate(*got, score=0.75 * weight)


_STANDING = re.compile(r"^(?:서기|작성일|일자|날짜|체결일|date|dated)\s*(?:date)?\s*[:：]?\s*", re.IGNORECASE)
_BLANK_DATE = re.compile(r"(?:20|19)?[_.\s]*+년[_.\s]*+월[_.\s]*+일\.?(?:\s*+/.*)?")
_LONGEST_DATE_LINE = 400
"""Characters of a line that is nothing but a date."""


def from_dates(scene: PreparedDocument, profile: Profile) -> tuple[list[Candidate], bool]:
    """The date that stands alone near the signatures, and whether such a date was left blank."""
    if profile.shape != "date" or "signed" not in profile.groups:
        return [], False
    candidates: list[Candidate] = []
    blank = False
    total = max(len(scene.text), 1)
    others = {entry.start for entry in scene.entries if not entry.blank and scene.naming(entry, profile) < 0.6}
    for piece in scene.layout.pieces:
        if piece.start in others or len(piece.text) > _LONGEST_DATE_LINE:
            continue
        text = _STANDING.sub("", piece.text)
        dates = list(find_dates(text))
        rest = re.sub(r"\([월화수목금토일]\)", "", text)
        for a, b, _ in dates:
            rest = rest.replace(text[a:b], "")
        if dates and len({iso for _, _, iso in dates}) == 1 and len(match_key(rest)) <= 2:
            offset = piece.end - len(text)
            score = (
                0.52 + 0.12 * piece.start / total + 0.12 * (piece.cell is None) + 0.1 * _is_signed_below(scene, piece)
            )
            candidates.append(Candidate(dates[0].iso, offset + dates[0].start, offset + dates[0].end, score))
        elif _BLANK_DATE.fullmatch(text.strip()):
            blank = True
    return candidates, blank


def _is_signed_below(scene: PreparedDocument, date: Piece) -> bool:
    """Whether the lines after a date are signatures: a seal, a label for a name, an addressee."""
    at = scene.layout.index_of(date)
    return any(SEAL.search(piece.text) or _SIGNS.search(piece.text) for piece in scene.layout.pieces[at + 1 : at + 6])


_SIGNS = re.compile(r"귀\s?하|귀\s?중|성\s?명\s*[:：]|\(인\)|서\s?명|signature|^by:", re.IGNORECASE)


def from_headings(scene: PreparedDocument, profile: Profile) -> Iterator[Candidate]:
    """What stands under a heading that names the field: `1. 개인정보의 수집·이용 목적` and the lines below it."""
    if profile.shape not in ("text", "list", "work"):
        return
    pieces = scene.layout.pieces
    labelled = {entry.piece.start for entry in scene.entries if entry.relation in ("colon", "cell")}
    for index, piece in enumerate(pieces):
        if piece.start in labelled or not looks_like_heading(piece.text):
            continue
        article = re.match(r"제\s?\d+\s?조[^(\[【]*[(\[【]([^)\]】]+)[)\]】]", piece.text)
        title = article[1] if article else BULLET.sub("", piece.text)
        named = profile.score(match_key(title))
        if named < 0.65:
            continue
        body = _body(scene, index, piece, labelled)
        if body and (got := value_at(profile, scene.text, body[0].start, body[-1].end)):
            weight = 0.6 if article and profile.shape != "list" else 1.0
            yield Candidate(*got, score=named * RELATION["heading"] * weight)


def _body(scene: PreparedDocument, index: int, heading: Piece, labelled: set[int]) -> list[Piece]:
    body: list[Piece] = []
    for below in scene.layout.pieces[index + 1 : index + 14]:
        if below.cell != heading.cell or _closes(heading, below) or below.start in labelled:
            break
        if re.fullmatch(_BLANK_DATE, below.text) or (len(below.text) < 30 and next(find_dates(below.text), None)):
            break
        if body and SYMBOL.match(body[0].text) and not SYMBOL.match(below.text) and not _wraps(body[-1], below):
            break
        body.append(below)
    return body


def _wraps(upper: Piece, lower: Piece) -> bool:
    """Whether `lower` can be the rest of the item that `upper` begins."""
    return (
        upper.box is None or lower.box is None or (lower.row == upper.row + 1 and lower.box.x0 >= upper.box.x0 - 0.005)
    )


def _closes(heading: Piece, below: Piece) -> bool:
    """Whether `below` opens the next part: a heading of the same style as `heading`."""
    if re.match(r"제\s?\d+\s?조|[\[【<(]\s?[가-힣]{1,6}\s?[\])】>]\s", below.text):
        return True
    mine, other = BULLET.match(heading.text), BULLET.match(below.text)
    return bool(mine and other) and bullet_style(mine) == bullet_style(other)
