"""Clauses that agreements in English share: who is party, whose law governs, how long it lasts, from when on.

Each function is a strategy of (scene, profile), see `builtin.extractor.STRATEGIES`; which field it serves is told by the
field's labels, like everywhere.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass

from extractor.extractors.builtin.prepared_document import PreparedDocument
from extractor.extractors.builtin.profile import Profile
from extractor.extractors.builtin.values import Candidate
from extractor.normalize import find_dates, match_key

_HEAD = 4_000
"""Characters at the beginning in which an agreement names its parties and its date."""

_MOST_SIGNERS = 40
_MOST_DURATIONS = 2_000
"""Lengths of time that are weighed by their sentences."""

# --- parties -----------------------------------------------------------------------------------------------------

_OPENING = re.compile(r"\b(?:by\s+and\s+(?:between|among)|between|among)\b[\s:,]*(?=[\w“\"(])", re.IGNORECASE)
_CLOSING = re.compile(
    r"\bWITNESSETH|\bRECITALS?\b|\bWHEREAS\b|\bNOW,? THEREFORE|\bBACKGROUND\b|\bBackground\s+[A-Z]|\bIn consideration\b"
    r"|\b(?:regarding|concerning|with respect to|in connection with|for the purpose|relating to)\b|(?<=[a-z)”\"]{2})\.\s+(?=[A-Z0-9][^.]{12,})"
)
_WORD = r"(?:[A-Z][\w’'&/.-]*|[A-Z]\.|&|(?<!\d)\d++[A-Z]\w*)"
_FIRM = (
    r"(?i:Inc\b\.?|Incorporated|Corp\b\.?|Corporation|L\.?L\.?C\b\.?|L\.?P\b\.?|L\.?L\.?P\b\.?|Ltd\b\.?|Limited|Co\b\.?|Company"
    r"|N\.A\b\.?|PLC|AG|S\.A\b\.?|GmbH|N\.V\b\.?|B\.V\b\.?|Pty\b\.?|Trust|Bank)(?!\w)"
)
_LINK = r"(?:of|the|for|de|van|von)"
# `Offshore and Marine Holdings LLC` is one firm: a single word before `and` is no name of its own.
_PAIR = rf"{_WORD}\s+and\s+(?=(?:[A-Z][\w’'-]*,?\s+){{1,4}}{_FIRM})"
_NAME = re.compile(rf"(?:The\s+)?(?:{_PAIR})?{_WORD}(?:\s+(?:{_LINK}\s+)?{_WORD}){{0,8}}(?:,?\s+{_FIRM}){{0,2}}")
_TITLES = re.compile(r"^(?:Mr|Mrs|Ms|Dr|Messrs)\.?\s+")
_NO_PARTY = re.compile(
    r"^(?:(?:the|this|that|each|such|a|an|its|your|our|you|we|it|party|parties|agreement|company|employee|employer|executive|recipient|"
    r"discloser|disclosing party|receiving party|effective date|confidential information|states?|state of .*|delaware|new york|california|"
    r"texas|corporation|llc|inc|exhibit .*|section .*|article .*|date|name|title|by|its|representatives?|affiliates?|united states.*|"
    r"(?:january|february|march|april|may|june|july|august|september|october|november|december)\b.*|agreed.*|accepted.*|"
    r"sincerely|very truly yours|witness|whereas|recitals?|background|purpose|ladies|gentlemen|dear .*|.*\bagreement|.*\bplan|"
    r"(?:the )?undersigned|distributor|in c.*|as an .*|managing .*|whereas.*|exchange commission.*))$",
    re.IGNORECASE,
)
_PLACE_AFTER = re.compile(r"^\s*(?:\d{5}|corporation\b|limited\b|company\b|partnership\b)")


# What stands between two names: a comma only after what is said of the one before.
_JOINT = re.compile(r"\band\b[\s,]*(?:\(?\d[.)]\s*)?|;\s*|(?<=[)）])\s*,\s*(?:and\b[\s,]*)?")


@dataclass(frozen=True, slots=True)
class _Named:
    value: str
    start: int
    end: int
    score: float


def from_parties(scene: PreparedDocument, profile: Profile) -> Iterator[Candidate]:
    """For a list of names of the parties: those of the opening words, of the letter's heads, of the signatures."""
    if profile.shape != "list" or "parties" not in profile.groups:
        return
    names = list(_opening(scene))
    names += [name for name in _defined(scene) if len(names) < 2]
    if len(names) < 2:
        names += itertools.islice(_signers(scene), _MOST_SIGNERS)
    kept: list[_Named] = []
    for name in sorted(names, key=lambda named: named.start):
        if not any(_same(name.value, other.value) for other in kept):
            kept.append(name)
    if kept:
        values = [name.value for name in kept[:6]]
        spans = tuple((name.start, name.end) for name in kept[:6])
        score = sum(name.score for name in kept) / len(kept)
        yield Candidate(values, spans[0][0], spans[0][1], score, spans=spans)


def are_names(value: object) -> bool:
    """Whether a list that stands beside a label is one of names: words of a sentence are none."""
    return isinstance(value, list) and all(
        re.match(r"[A-Z가-힣㈜(]", item) is not None and len(item) <= 60 and _is_party(item) for item in value
    )


def _opening(scene: PreparedDocument) -> Iterator[_Named]:
    """`by and between X, a Delaware corporation (“A”), and Y (“B”)`: X and Y."""
    flat_text = scene.flat_text
    for match in _OPENING.finditer(flat_text, 0, _HEAD):
        closing = _CLOSING.search(flat_text, match.end() + 20, match.end() + 900)
        stop = closing.start() if closing else min(match.end() + 700, len(flat_text))
        names = list(_names(flat_text, match.end(), stop, 0.8))
        if names:
            yield from names
            return


def _names(flat_text: str, start: int, stop: int, score: float) -> Iterator[_Named]:
    """The names in a list joined by commas and `and`, what is said of each (`a Delaware corporation`) left out."""
    depth = 0
    at = start
    expecting = True
    while at < stop:
        letter = flat_text[at]
        if letter in "([（":
            depth += 1
        elif letter in ")]）":
            depth = max(depth - 1, 0)
        if depth == 0 and expecting and (match := _NAME.match(flat_text, at, stop)):
            named = _trimmed(match.group())
            if _is_party(named) and not _PLACE_AFTER.match(flat_text[match.start() + len(named) : match.end() + 16]):
                yield _Named(named, match.start(), match.start() + len(named), score)
                expecting = False
                at = match.start() + len(named)
                continue
        if depth == 0 and (joint := _JOINT.match(flat_text, at, stop)) and (at == 0 or not flat_text[at - 1].isalpha()):
            expecting = True
            at = joint.end()
            continue
        if expecting and depth == 0 and letter.isalnum():
            # Something else stands where a name was expected: skip the word, `the undersigned` for instance.
            word = _LETTERS.match(flat_text, at, stop)
            at = word.end() if word else at + 1
            expecting = bool(word and word.group().lower() in ("the", "mr", "mrs", "ms", "dr"))
            continue
        at += 1


_LETTERS = re.compile(r"\w+")
_SIGNED = re.compile(
    r"^\s*+(?:(?:By|Name|Signed|Print(?:ed)? Name|Its|To|Dear|Mr\.|Ms\.|Re)\b\s*[:.]?|/s/)*\s*", re.IGNORECASE
)


def names_in(scene: PreparedDocument) -> Iterator[tuple[str, int, int]]:
    """Everything at the beginning of a document, and alone on a line anywhere, that could be the name of a party."""
    for match in _NAME.finditer(scene.flat_text, 0, _HEAD):
        named = _trimmed(match.group())
        if _is_party(named):
            yield named, match.start(), match.start() + len(named)
    for piece in scene.layout.pieces:
        begin = _SIGNED.match(piece.text).end()  # type: ignore[union-attr]
        alone = _NAME.match(piece.text, begin) if len(piece.text) <= 80 else None
        named = _trimmed(alone.group()) if alone else ""
        if named and _is_party(named):
            yield named, piece.start + begin, piece.start + begin + len(named)


def _trimmed(name: str) -> str:
    name = _TITLES.sub("", name)
    name = re.sub(r"(?<!\s)\s++(?:and|of|the|for)$", "", name)
    return name.strip(" ,;:")


def _is_party(name: str) -> bool:
    return len(name) >= 4 and not _NO_PARTY.match(name) and (" " in name or name.isupper() or len(name) >= 6)


_NO_ROLE = re.compile(
    r"agreement|date|information|transaction|plan|section|exhibit|propert|material|business|parties|party$|period|term"
    r"|services|work|representatives|purpose|act$|affiliate|subsidiar",
    re.IGNORECASE,
)


def _defined(scene: PreparedDocument) -> Iterator[_Named]:
    """Names that get a short form at the beginning: `X (the “Company”)`."""
    for party in scene.preamble:
        named = _trimmed(party.name)
        if party.start > _HEAD or _NO_ROLE.search(party.alias) or not _is_party(named):
            continue
        if _NAME.fullmatch(named):
            yield _Named(named, party.start, party.start + len(named), 0.66)


_SIGNATURE = re.compile(
    r"^[ \t]*+(?P<name>[A-Z][^\n:_]{3,60}?)[ \t]*+[:_]*+\n(?:[ \t_]*+\n)?[ \t]*+(?:By|/s/|Signature)\b", re.MULTILINE
)


def _signers(scene: PreparedDocument) -> Iterator[_Named]:
    """The firm printed above `By: ____`."""
    for match in _SIGNATURE.finditer(scene.text):
        named = _trimmed(match["name"])
        if _is_party(named) and re.search(_FIRM, named, re.IGNORECASE):
            yield _Named(named, match.start("name"), match.start("name") + len(named), 0.6)


def _same(name: str, other: str) -> bool:
    first, second = match_key(name).casefold(), match_key(other).casefold()
    return first == second or (min(len(first), len(second)) >= 6 and (first in second or second in first))


# --- governing law -----------------------------------------------------------------------------------------------

_PLACE_NAME = (
    r"(?:[A-Z][a-z]+(?:\s+(?:[A-Z][a-z]+|of(?=\s+[A-Z])))*|(?:NEW|NORTH|SOUTH|WEST|RHODE)\s+[A-Z]{4,}|[A-Z]{4,})"
)
_PLACE = rf"(?P<place>{_PLACE_NAME})"
_OF = r"(?i:(?:the\s+)?(?:(?:State|Commonwealth|Province|Republic)\s+of\s+)?)"
_GOVERNED = re.compile(
    rf"(?i:(?:govern|constru|interpret|enforc|subject to)[^.;]{{0,200}}?\blaws?(?:\s++|,?(?:\s++\w++){{0,4}}?\s{{2,}}+)(?:of|in))\s++{_OF}{_PLACE}"
    rf"|(?i:\blaws\s++of)\s++{_OF}(?P<place2>{_PLACE_NAME})(?i:[^.;]{{0,80}}?(?:govern|appl))",
    re.DOTALL,
)
_ADJECTIVE = re.compile(rf"(?i:(?:govern|constru)[^.;]{{0,80}}?\b(?:by|under|with))\s+{_PLACE}\s+(?i:law)\b")
_GOVERNED_KO = re.compile(r"(?P<place>대한민국|한국|[가-힣]{2,6}(?:국|주))\s?(?:의\s?)?(?:법|법률|법령)(?:을|에|이)")
_STATE_TAIL = re.compile(
    r"\s+(?:State|Without|And|The|Law|Laws|Applicable|As|Courts?|For|Including|Excluding|Regardless)\b.*$",
    re.IGNORECASE,
)


def from_governing_law(scene: PreparedDocument, profile: Profile) -> Iterator[Candidate]:
    """`governed by … the laws of the State of New York`: New York."""
    if profile.shape != "law":
        return
    for number, match in enumerate(_GOVERNED.finditer(scene.flat_text)):
        group = "place" if match["place"] else "place2"
        jurisdiction = _STATE_TAIL.sub("", match[group])
        if jurisdiction.lower() in _NO_PLACE:
            continue
        yield Candidate(
            _capitalised(jurisdiction),
            match.start(group),
            match.start(group) + len(jurisdiction),
            0.85 - 0.03 * min(number, 8),
        )
    for pattern, score in ((_ADJECTIVE, 0.7), (_GOVERNED_KO, 0.75)):
        for match in pattern.finditer(scene.flat_text):
            if match["place"].lower() not in _NO_PLACE:
                yield Candidate(_capitalised(match["place"]), match.start("place"), match.end("place"), score)


_NO_PLACE = {
    "state",
    "this",
    "such",
    "conflict",
    "conflicts",
    "that",
    "any",
    "the",
    "which",
    "said",
    "applicable",
    "united",
}


def _capitalised(name: str) -> str:
    return name.title() if name.isupper() else name


# --- how long ----------------------------------------------------------------------------------------------------

_COUNTED = (
    "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen",
    "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty",
)  # fmt: skip
_NUMBERS = dict(zip(_COUNTED, range(1, 21), strict=True)) | {
    "thirty": 30, "sixty": 60, "ninety": 90, "twenty-four": 24, "thirty-six": 36, "forty-eight": 48,
}  # fmt: skip
_DURATION = re.compile(
    rf"\b(?P<word>{'|'.join(sorted(_NUMBERS, key=len, reverse=True))})?\s*+-?\s*+[(\[]?\s*+(?P<digits>\d{{1,3}})?\s*+[)\]]?[\s-]*+(?P<unit>year|month|week|day)s?\b",
    re.IGNORECASE,
)
# What is said to last so long: the agreement and its duties, its term, or only that something is kept secret.
_AGREEMENT_LASTS = re.compile(
    r"(?:\bagreement|\bobligations?|\brestrictions|\bcovenants?|\bdut(?:y|ies)|\bundertakings?|\bprovisions)\b[^.]{0,200}?"
    r"\b(?:terminat|expir|surviv|remain|continu|effective|in effect|in force|bind|bound)",
    re.IGNORECASE,
)
_TERM_IS = re.compile(
    r"(?<!during\sthe\s)\bterm\s+of\s+(?:this|the)\s+(?:letter\s+)?agreement|\bTerm\b\s*[.:—-]|\bTerm of \w+\.",
    re.IGNORECASE,
)
_SECRECY = re.compile(r"confidential|disclos|secre|non-use|evaluation material", re.IGNORECASE)
_OTHER = re.compile(
    r"solicit|\bhire|employ|severance|salary|standstill|compet|\bpay|\bpaid|invoice|acquire|securities|\bvote|notice|restricted period"
    r"|preceding|immediately prior|applicable law|statute",
    re.IGNORECASE,
)


def from_durations(scene: PreparedDocument, profile: Profile) -> Iterator[Candidate]:
    """`for a period of two (2) years`: how long the agreement and what it asks for last."""
    if profile.shape != "term" or "term" not in profile.groups or scene.is_korean:
        return
    plain = asks_number_and_unit(profile)
    for match in itertools.islice(_DURATION.finditer(scene.flat_text), _MOST_DURATIONS):
        amount = int(match["digits"]) if match["digits"] else _NUMBERS.get((match["word"] or "").lower())
        if not amount:
            continue
        score = _how_long(scene.flat_text, match)
        unit = match["unit"].lower() + ("s" if amount != 1 else "")
        value = f"{amount} {unit}" if plain else " ".join(match.group().split())
        start = match.start() + len(match.group()) - len(match.group().lstrip())
        yield Candidate(value, start, match.end(), score)


def _how_long(flat_text: str, match: re.Match[str]) -> float:
    """How likely a length of time is that of the agreement, by the sentence it stands in."""
    start = _sentence_start(flat_text, match.start())
    before = flat_text[start : match.start()]
    after = flat_text[match.end() : match.end() + 60]
    short = 0.3 * (match["unit"].lower() in ("day", "week"))
    if _TERM_IS.search(before[-140:]) or _TERM_IS.search(flat_text[max(0, start - 12) : start]):
        return 0.84 - short
    other = bool(_OTHER.search(before[-160:] + after))
    if _AGREEMENT_LASTS.search(before):
        return 0.78 - short - 0.4 * other
    if _SECRECY.search(before + after):
        return 0.6 - short - 0.3 * other
    return 0.34 - short - 0.2 * other


def asks_number_and_unit(profile: Profile) -> bool:
    return profile.shape == "term" and "number and unit" in profile.field.description


def _sentence_start(flat_text: str, at: int) -> int:
    full_stop = flat_text.rfind(". ", max(0, at - 500), at)
    return full_stop + 2 if full_stop >= 0 else max(0, at - 500)


# --- from when on ------------------------------------------------------------------------------------------------

_MADE = re.compile(
    r"(?:\b(?:made|entered\s+into|executed|dated|effective|delivered)\b(?:\s+and\s+\w+(?:\s+into)?)?(?:,?\s+(?:as\s+of|on|this|effective|by|the|and|date|is|hereby))*|\bas\s+of|\bEffective\s+Date\W+(?:is|of|:)?)\W{0,3}$",
    re.IGNORECASE,
)


_EFFECTIVE = re.compile(r"\beffective\b", re.IGNORECASE)
_NAMED_EFFECTIVE = re.compile(r"\W{0,3}\(?(?:the\s+)?[“\"']?Effective\s+Date", re.IGNORECASE)


def from_opening_date(scene: PreparedDocument, profile: Profile) -> Iterator[Candidate]:
    """The date on which an agreement says that it is made: in its first words, else at the head of a letter."""
    if profile.shape != "date" or not profile.groups & {"start", "signed"} or scene.is_korean:
        return
    starts = "start" in profile.groups
    both = starts and any("signed" in other.groups for other in scene.profiles)
    for number, (start, end, iso) in enumerate(find_dates(scene.flat_text[:_HEAD])):
        before = re.sub(r"(?:the|this)\s*$", "", scene.flat_text[max(0, start - 60) : start].strip() + " ", flags=re.I)
        effective = bool(_EFFECTIVE.search(before[-30:]) or _NAMED_EFFECTIVE.match(scene.flat_text, end))
        if effective != starts and (effective or both):
            continue  # the form asks for both days, and this is the other one
        score = 0.52 if number == 0 and start < 700 else 0.4 - 0.04 * min(number, 5)
        if _MADE.search(before):
            score = 0.66 - 0.02 * number
        yield Candidate(iso, start, end, 0.8 if effective else score)
