"""Where a form prints a label and where its value stands.

An `Entry` is one printed label with the place its value would have: after the colon, in the next cell, on the
next line, under its heading. An entry with an empty place is a blank that nobody filled in, which is news too.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, NamedTuple

from extractor.classification.layout import Layout, Piece
from extractor.extractors.builtin.lexicon import ROLE_OF
from extractor.extractors.builtin.printed_label import BULLET, SYMBOL, PrintedLabel, parse_label

Relation = Literal["colon", "cell", "below", "space", "heading"]
_WORD = re.compile(r"\S+")
_LEAD_WORD = re.compile(r"[^\s,]+")
_AFTER_LABEL = re.compile(r"\s*+[|\-–=→]?\s*+")
_LONGEST_LEAD = 400
"""Characters before a colon in which its label begins, white space among them."""
_SIGN = re.compile(r"[:：](?!//)|[-–](?=\s|\Z)")
_AFTER_SIGN = re.compile(r"\s*")
_BLANK = re.compile(
    r"[\s_.…‥·:：\-–—()（）\[\]/]*+(?:(?:\(?(?:서명 또는 인|서명|인|날인|印|직인)\)?|년|월|일|원|19|20)[\s_.…()（）]*+)*+"
)
_QUESTION = re.compile(r"[가-힣](?:까|나요|는지요)\s?\?\s*+$")
_CLOSING = re.compile(r"(?:귀\s?하|귀\s?중)\s*+\.?$|^\d{4}\s?[.년]\s?\d{1,2}\s?[.월]")
"""A line that closes a form: the addressee, the date. It never goes on with a value above it."""
SENTENCE_END = re.compile(r"(?:다|함|음|임|것|요|오|까)\s?[.]?$|[.;]$")


@dataclass(eq=False, slots=True)
class Entry:
    """A printed label and the span of its value (`start == end`: none). `piece` is where the label stands."""

    key: PrintedLabel
    key_start: int
    start: int
    end: int
    relation: Relation
    piece: Piece
    role: str | None = None
    block: int = -1
    section: str = ""
    blank: bool = False


def is_blank(text: str) -> bool:
    """True for what a form prints where nobody wrote: nothing, underscores, `20  년   월   일`, `(서명)`, a question."""
    return _BLANK.fullmatch(text) is not None or _QUESTION.search(text) is not None


def is_known(key: PrintedLabel, known: frozenset[str]) -> bool:
    return any(form in known for form in key.forms)


def line_entries(layout: Layout, known: frozenset[str]) -> Iterator[Entry]:
    """The entries that stand on lines, in cells too: `성명 : 홍길동`. Those from cell to cell: see `cells`."""
    for piece in layout.pieces:
        spots = list(_keys_in(layout, piece.text, known))
        for number, (key_start, key_end, value_start, key) in enumerate(spots):
            stop = spots[number + 1][0] if number + 1 < len(spots) else len(piece.text)
            start, end = trim(layout.text, piece.start + value_start, piece.start + stop)
            relation: Relation = "colon" if next(_colons(piece.text[key_end:value_start]), None) else "space"
            if start == end and number + 1 == len(spots):
                span = _next_place(layout, piece, known, relation)
                if span is None and relation == "space":
                    continue
                start, end = span or (start, end)
                relation = "below" if span and layout.piece_at(start).row != piece.row else relation  # type: ignore[union-attr]
            elif number + 1 == len(spots):
                end = _continued(layout, piece, start, end, known)
            yield Entry(
                key, piece.start + key_start, start, end, relation, piece, blank=is_blank(layout.text[start:end])
            )


def _has_key(layout: Layout, text: str, known: frozenset[str]) -> bool:
    return next(_keys_in(layout, text, known), None) is not None


def _keys_in(layout: Layout, text: str, known: frozenset[str]) -> Iterator[tuple[int, int, int, PrintedLabel]]:
    """`(key start, key end, value start, key)` for each label in one piece of text."""
    taken = 0
    for colon in _colons(text):
        if colon.start < taken:
            continue
        start = _key_start(layout, text, taken, colon, known)
        if start is not None:
            yield start, colon.start, colon.end, parse_label(text[start : colon.start], layout.aliases)
            taken = colon.end
    if taken == 0 and (spot := _leading_key(layout, text, known)):
        yield spot


class _Colon(NamedTuple):
    """A colon, or a dash that stands for one, with the white space around it."""

    start: int
    end: int
    is_dash: bool


def _colons(text: str) -> Iterator[_Colon]:
    """What parts labels from values. Found by its sign, so that no run of white space is read twice.

    Behind a digit a colon needs white space after it (no time of day), a dash a Hangul word before it.
    """
    reached = 0
    for sign in _SIGN.finditer(text):
        at = sign.start()
        start = reached + len(text[reached:at].rstrip()) if text[at - 1 : at].isspace() else at
        reached = at + 1
        end = _AFTER_SIGN.match(text, at + 1).end()  # type: ignore[union-attr]
        is_dash = text[at] in "-–"
        before = text[start - 1 : start]
        if is_dash:
            if start == at or not "가" <= before <= "힣":
                continue
        elif before.isdecimal() and end == at + 1:
            if start == at:
                continue
            start += 1
        yield _Colon(start, end, is_dash)
        reached = end


def _key_start(layout: Layout, text: str, begin: int, colon: _Colon, known: frozenset[str]) -> int | None:
    """Where the label that ends at `colon` begins: the longest run of words that is a known label, else a short lead.

    A dash parts a label from its value only where the label is known.
    """
    first = max(begin, colon.start - _LONGEST_LEAD)
    lead = text[first : colon.start]
    words = list(_LEAD_WORD.finditer(lead))[-7:]
    for before, word in itertools.pairwise([None, *words]):
        if word is None or (before is not None and len(before.group()) == len(word.group()) == 1):
            continue  # the middle of a label set in spaced letters
        if is_known(parse_label(lead[word.start() :], layout.aliases), known):
            return first + word.start()
    if not words or colon.is_dash:
        return None
    if begin == 0 and len(lead) <= 30 and not SENTENCE_END.search(lead.strip()):
        return begin
    last = words[-1]
    return first + last.start() if begin and re.fullmatch(r"[가-힣A-Za-z()/·]{2,12}", last.group()) else None


def _leading_key(layout: Layout, text: str, known: frozenset[str]) -> tuple[int, int, int, PrintedLabel] | None:
    """A known label at the head of a piece without a colon: `성명 홍길동 (서명)`, or the label alone."""
    bullet = BULLET.match(text)
    offset = bullet.end() if bullet else 0
    best = None
    for word in itertools.islice(_WORD.finditer(text, offset), 6):
        end = word.end()
        key = parse_label(text[:end], layout.aliases)
        if is_known(key, known) or key.is_alias or any(form in ROLE_OF for form in key.forms):
            after = _AFTER_LABEL.match(text, end)
            best = (0, end, after.end() if after else end, key)
        if end - offset > 24:
            break
    if best and len(text) - best[2] > 120:
        return None
    return best


def _next_place(layout: Layout, piece: Piece, known: frozenset[str], relation: Relation) -> tuple[int, int] | None:
    """The value of a label that ends its piece: the piece to the right, else the line below."""
    if right := layout.right_of(piece):
        if _has_key(layout, right.text, known):
            return None
        return right.start, _continued(layout, right, right.start, right.end, known)
    below = layout.below(piece)
    if below is None or (piece.cell is not None and relation == "space" and below.cell != piece.cell):
        return None
    if _has_key(layout, below.text, known) or looks_like_heading(below.text):
        return None
    if relation == "colon" and not _set_in(layout, piece, below):
        return None
    return below.start, _continued(layout, below, below.start, below.end, known)


def _set_in(layout: Layout, piece: Piece, below: Piece) -> bool:
    """Whether `below` is set in under its label, or bulleted: else the label was left blank."""
    if SYMBOL.match(below.text):
        return True
    if piece.box and below.box:
        return below.box.x0 > piece.box.x0 + 0.008
    gap = layout.text[piece.end : below.start]
    return len(gap) - gap.rfind("\n") > 2


def _continued(layout: Layout, piece: Piece, start: int, end: int, known: frozenset[str]) -> int:
    """The end of a value that runs on over the following lines."""
    index = layout.index_of(piece) + 1
    left = _left_of(layout, start, piece)
    previous = piece
    for below in layout.pieces[index : index + 8]:
        if below.row != previous.row + 1 or below.cell != piece.cell or below.page != piece.page:
            break
        if (
            _CLOSING.search(below.text)
            or len(layout.rows[below.row]) > 1
            or BULLET.match(below.text)
            or _has_key(layout, below.text, known)
        ):
            break
        if not _runs_on(layout, previous, below, left):
            break
        end, previous = below.end, below
    return end


def _runs_on(layout: Layout, upper: Piece, lower: Piece, left: float | None) -> bool:
    if upper.box and lower.box:
        height = upper.box.y1 - upper.box.y0
        if lower.box.y0 - upper.box.y1 > 1.3 * height:
            return False
        hanging = left is not None and lower.box.x0 >= left - 0.01
        full = upper.box.x1 >= layout.right_margin(upper) - 0.07
        return (
            (hanging and lower.box.x0 > 0.12 and full)
            or (hanging and left is not None and abs(lower.box.x0 - left) < 0.012)
            or full
        )
    gap = layout.text[upper.end : lower.start]
    return len(gap) - gap.rfind("\n") > 4


def _left_of(layout: Layout, start: int, piece: Piece) -> float | None:
    if piece.box is None:
        return None
    words = layout.document.words_in(start, start + 1)
    return words[0].box.x0 if words and words[0].box else piece.box.x0


def trim(text: str, start: int, end: int) -> tuple[int, int]:
    """`[start, end)` without white space at its ends."""
    while start < end and text[start] in " \t\n\u3000":
        start += 1
    while end > start and text[end - 1] in " \t\n\u3000":
        end -= 1
    return start, end


def looks_like_heading(text: str) -> bool:
    """A short line that opens a section: numbered, bracketed or marked, and no sentence."""
    if len(text) > 45:
        return False
    if re.match(r"^(?:제\s?\d+\s?조|[【\[〔<〈].{1,30}[】\]〕>〉]$|Article\s+\d+)", text):
        return True
    return bool(BULLET.match(text)) and not SENTENCE_END.search(text.strip()) and not any(_colons(text))
