"""Where a form prints a label and where its value stands.

An `Entry` is one printed label with the place its value would have: after the colon, in the next cell, on the
next line, under its heading. An entry with an empty place is a blank that nobody filled in, which is news too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from ..normalize import squash
from .keys import BULLET, Key, parse_key
from .layout import Layout, Piece, Table
from .lexicon import ROLE_OF

Relation = Literal["colon", "cell", "below", "space", "heading"]
_COLON = re.compile(r"(?<!\d)\s*[:：](?!//)\s*|(?<=\d)\s*[:：]\s+")
_BLANK = re.compile(
    r"[\s_.…‥·:：\-–—()（）\[\]/]*(?:(?:\(?(?:인|서명|서명 또는 인|날인|印|직인)\)?|년|월|일|원|19|20)[\s_.…()（）]*)*"
)
_SENTENCE_END = re.compile(r"(?:다|함|음|임|것|요|오|까)\s?[.]?$|[.;]$")


@dataclass(eq=False, slots=True)
class Entry:
    """A printed label and the span of its value (`start == end`: none). `piece` is where the label stands."""

    key: Key
    key_start: int
    start: int
    end: int
    relation: Relation
    piece: Piece
    role: str | None = None
    block: int = -1
    section: str = ""

    blank: bool = False


def find_entries(layout: Layout, known: frozenset[str]) -> list[Entry]:
    """All entries of a document in text order."""
    entries = [*_line_entries(layout, known), *_cell_entries(layout, known)]
    entries.sort(key=lambda entry: (entry.key_start, entry.start))
    for entry in entries:
        entry.blank = is_blank(layout.text[entry.start : entry.end])
    return entries


def is_blank(text: str) -> bool:
    """True for what a form prints where nobody wrote: nothing, underscores, `20  년   월   일`, `(서명)`."""
    return _BLANK.fullmatch(text) is not None


def is_known(key: Key, known: frozenset[str]) -> bool:
    return any(form in known for form in key.forms)


def _line_entries(layout: Layout, known: frozenset[str]) -> Iterator[Entry]:
    for piece in layout.pieces:
        spots = list(_keys_in(piece.text, known))
        for number, (key_start, key_end, value_start, key) in enumerate(spots):
            stop = spots[number + 1][0] if number + 1 < len(spots) else len(piece.text)
            start, end = _trim(layout.text, piece.start + value_start, piece.start + stop)
            relation: Relation = (
                "colon" if key_end != value_start and _COLON.search(piece.text[key_end:value_start]) else "space"
            )
            if start == end and number + 1 == len(spots):
                found = _next_place(layout, piece, known, relation)
                if found is None and relation == "space":
                    continue
                start, end = found or (start, end)
                relation = "below" if found and layout.piece_at(start).row != piece.row else relation  # type: ignore[union-attr]
            elif number + 1 == len(spots):
                end = _continued(layout, piece, start, end, known)
            yield Entry(key, piece.start + key_start, start, end, relation, piece)


def _keys_in(text: str, known: frozenset[str]) -> Iterator[tuple[int, int, int, Key]]:
    """`(key start, key end, value start, key)` for each label in one piece of text."""
    taken = 0
    for colon in _COLON.finditer(text):
        if colon.start() < taken:
            continue
        start = _key_start(text, taken, colon.start(), known)
        if start is not None:
            yield start, colon.start(), colon.end(), parse_key(text[start : colon.start()])
            taken = colon.end()
    if taken == 0 and (spot := _leading_key(text, known)):
        yield spot


def _key_start(text: str, begin: int, colon: int, known: frozenset[str]) -> int | None:
    """Where the label that ends at `colon` begins: the longest run of words that is a known label, else a short lead."""
    lead = text[begin:colon]
    words = list(re.finditer(r"[^\s,]+", lead))
    for word in words[-7:]:
        key = parse_key(lead[word.start() :])
        if is_known(key, known):
            return begin + word.start()
    if not words:
        return None
    if begin == 0 and len(lead) <= 30 and not _SENTENCE_END.search(lead.strip()):
        return begin
    last = words[-1]
    return begin + last.start() if begin and re.fullmatch(r"[가-힣A-Za-z()/·]{2,12}", last.group()) else None


def _leading_key(text: str, known: frozenset[str]) -> tuple[int, int, int, Key] | None:
    """A known label at the head of a piece without a colon: `성명 홍길동 (서명)`, or the label alone."""
    offset = BULLET.match(text).end() if BULLET.match(text) else 0  # type: ignore[union-attr]
    best = None
    for word in list(re.finditer(r"\S+", text[offset:]))[:6]:
        end = offset + word.end()
        key = parse_key(text[:end])
        if is_known(key, known) or any(form in ROLE_OF for form in key.forms):
            after = re.match(r"\s*[|\-–=→]?\s*", text[end:])
            best = (0, end, end + (after.end() if after else 0), key)
        if end - offset > 24:
            break
    if best and len(text) - best[2] > 120:
        return None
    return best


def _next_place(layout: Layout, piece: Piece, known: frozenset[str], relation: Relation) -> tuple[int, int] | None:
    """The value of a label that ends its piece: the piece to the right, else the line below."""
    if right := layout.right_of(piece):
        if any(True for _ in _keys_in(right.text, known)):
            return None
        return right.start, _continued(layout, right, right.start, right.end, known)
    below = layout.below(piece)
    if below is None or (piece.cell is not None and relation == "space" and below.cell != piece.cell):
        return None
    if any(True for _ in _keys_in(below.text, known)) or looks_like_heading(below.text):
        return None
    return below.start, _continued(layout, below, below.start, below.end, known)


def _continued(layout: Layout, piece: Piece, start: int, end: int, known: frozenset[str]) -> int:
    """The end of a value that runs on over the following lines."""
    index = layout.index_of(piece) + 1
    left = _left_of(layout, start, piece)
    previous = piece
    for below in layout.pieces[index : index + 8]:
        if below.row != previous.row + 1 or below.cell != piece.cell or below.page != piece.page:
            break
        if (
            len(layout.rows[below.row]) > 1
            or BULLET.match(below.text)
            or any(True for _ in _keys_in(below.text, known))
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
    words = layout.document.words_in(start, start + 1)
    return words[0].box.x0 if words and words[0].box else (piece.box.x0 if piece.box else None)


def _trim(text: str, start: int, end: int) -> tuple[int, int]:
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
    return bool(BULLET.match(text)) and not _SENTENCE_END.search(text.strip()) and not _COLON.search(text)


def _cell_entries(layout: Layout, known: frozenset[str]) -> Iterator[Entry]:
    for table in layout.tables.values():
        for index in table.indices:
            text = table.texts[index]
            if not text or len(text) > 40:
                continue
            key = parse_key(text.rstrip(" :："))
            if not key.forms:
                continue
            yield from _cell_entry(layout, table, index, key, known)


def _cell_entry(layout: Layout, table: Table, index: int, key: Key, known: frozenset[str]) -> Iterator[Entry]:
    """The value of a label in a cell: the cell to its right, or under a row of labels the cell below."""
    cell, right, below = table.cell(index), table.right(index), table.below(index)
    label = is_known(key, known)
    piece = layout.piece_at(cell.start)
    if piece is None:
        return
    heads = right is not None and _is_label(table, right, known)
    if right is not None and not heads and (label or _is_first_label(table, index, known)):
        start, end = _trim(layout.text, table.cell(right).start, table.cell(right).end)
        yield Entry(key, cell.start, start, end, "cell", piece)
    elif below is not None and label and not _is_label(table, below, known) and _heads_column(table, index, known):
        start, end = _trim(layout.text, table.cell(below).start, table.cell(below).end)
        yield Entry(key, cell.start, start, end, "below", piece)


def _is_label(table: Table, index: int, known: frozenset[str]) -> bool:
    text = table.texts[index].rstrip(" :：")
    return bool(text) and len(text) <= 25 and is_known(parse_key(text), known)


def _is_first_label(table: Table, index: int, known: frozenset[str]) -> bool:
    """A cell with an unknown label: short, without a sentence, at the head of its row or after a value."""
    text = table.texts[index]
    left = table.left_of(index)
    return (
        len(squash(text)) <= 14
        and not _SENTENCE_END.search(text)
        and not any(char.isdigit() for char in text)
        and (not left or not _is_label(table, left[0], known) or table.cell(left[0]).row_span > 1)
    )


def _heads_column(table: Table, index: int, known: frozenset[str]) -> bool:
    """True in a header row: the cell has nothing to its right, or another label."""
    right, left = table.right(index), table.left_of(index)
    beside = [i for i in (right, *left[:1]) if i is not None]
    return not beside or any(_is_label(table, i, known) for i in beside)
