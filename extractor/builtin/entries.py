"""Where a form prints a label and where its value stands.

An `Entry` is one printed label with the place its value would have: after the colon, in the next cell, on the
next line, under its heading. An entry with an empty place is a blank that nobody filled in, which is news too.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from ..normalize import squash
from .keys import BULLET, SYMBOL, Key, parse_key
from .layout import Layout, Piece, Table
from .lexicon import ROLE_OF

Relation = Literal["colon", "cell", "below", "space", "heading"]
_COLON = re.compile(r"(?<!\d)\s*[:：](?!//)\s*|(?<=\d)\s*[:：]\s+|(?<=[가-힣])\s+[-–](?:\s+|$)")
_BLANK = re.compile(
    r"[\s_.…‥·:：\-–—()（）\[\]/]*(?:(?:\(?(?:인|서명|서명 또는 인|날인|印|직인)\)?|년|월|일|원|19|20)[\s_.…()（）]*)*"
)
_CLOSING = re.compile(r"(?:귀\s?하|귀\s?중)\s*\.?$|^\d{4}\s?[.년]\s?\d{1,2}\s?[.월]")
"""A line that closes a form: the addressee, the date. It never goes on with a value above it."""
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
        spots = list(_keys_in(layout, piece.text, known))
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


def _has_key(layout: Layout, text: str, known: frozenset[str]) -> bool:
    return next(_keys_in(layout, text, known), None) is not None


def _keys_in(layout: Layout, text: str, known: frozenset[str]) -> Iterator[tuple[int, int, int, Key]]:
    """`(key start, key end, value start, key)` for each label in one piece of text."""
    taken = 0
    for colon in _COLON.finditer(text):
        if colon.start() < taken:
            continue
        start = _key_start(layout, text, taken, colon, known)
        if start is not None:
            yield start, colon.start(), colon.end(), parse_key(text[start : colon.start()], layout.aliases)
            taken = colon.end()
    if taken == 0 and (spot := _leading_key(layout, text, known)):
        yield spot


def _key_start(layout: Layout, text: str, begin: int, colon: re.Match[str], known: frozenset[str]) -> int | None:
    """Where the label that ends at `colon` begins: the longest run of words that is a known label, else a short lead.

    A dash parts a label from its value only where the label is known.
    """
    lead = text[begin : colon.start()]
    words = list(re.finditer(r"[^\s,]+", lead))
    for before, word in itertools.pairwise([None, *words[-7:]]):
        if word is None or (before is not None and len(before.group()) == len(word.group()) == 1):
            continue  # the middle of a label set in spaced letters
        if is_known(parse_key(lead[word.start() :], layout.aliases), known):
            return begin + word.start()
    if not words or "-" in colon.group() or "–" in colon.group():
        return None
    if begin == 0 and len(lead) <= 30 and not _SENTENCE_END.search(lead.strip()):
        return begin
    last = words[-1]
    return begin + last.start() if begin and re.fullmatch(r"[가-힣A-Za-z()/·]{2,12}", last.group()) else None


def _leading_key(layout: Layout, text: str, known: frozenset[str]) -> tuple[int, int, int, Key] | None:
    """A known label at the head of a piece without a colon: `성명 홍길동 (서명)`, or the label alone."""
    bullet = BULLET.match(text)
    offset = bullet.end() if bullet else 0
    best = None
    for word in list(re.finditer(r"\S+", text[offset:]))[:6]:
        end = offset + word.end()
        key = parse_key(text[:end], layout.aliases)
        if is_known(key, known) or key.is_alias or any(form in ROLE_OF for form in key.forms):
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
        grid = _Labels(layout, table, known)
        for index in table.indices:
            text = table.texts[index]
            if text and len(text) <= 40 and index not in grid.corner:
                key = parse_key(text.rstrip(" :："), layout.aliases)
                if key.forms:
                    yield from grid.entries(index, key)


class _Labels:
    """Which cells of one table are labels, and where their values stand."""

    def __init__(self, layout: Layout, table: Table, known: frozenset[str]) -> None:
        self.layout, self.table, self.known = layout, table, known
        self.labels = {index for index in table.indices if self._is_label(index)}
        self.header = self._header_row()
        first = table.grid.get((0, 0))
        # 구분, 항목: the corner of a table with a header row names nothing.
        self.corner = {first} if first in self.header and squash(table.texts[first]) in _CORNERS else set()

    def _is_label(self, index: int) -> bool:
        text = self.table.texts[index].rstrip(" :：")
        key = parse_key(text, self.layout.aliases)
        return bool(text) and len(text) <= 25 and (is_known(key, self.known) or key.is_alias)

    def _header_row(self) -> set[int]:
        """The first row, when it heads columns: short words all along, and no label below its first cell."""
        row = [index for index in self.table.indices if self.table.cell(index).row == 0]
        cells = [self.table.cell(index) for index in row]
        if len(row) < 2 or any(cell.row_span > 1 or cell.column_span > 1 for cell in cells):
            return set()
        texts = [self.table.texts[index] for index in row]
        if not all(texts) or any(len(text) > 14 or re.search(r"\d|[:：]", text) for text in texts):
            return set()
        labels = sum(index in self.labels for index in row)
        below = self.table.below(row[0])
        corner = squash(texts[0]) in _CORNERS
        headed = corner or (below is not None and below not in self.labels and (labels * 2 > len(row)))
        return set(row) if headed else set()

    def entries(self, index: int, key: Key) -> Iterator[Entry]:
        """The value of a label in a cell: under a header the cells below, else the cell to its right."""
        cell, right, below = self.table.cell(index), self.table.right(index), self.table.below(index)
        piece = self.layout.piece_at(cell.start)
        if piece is None:
            return
        if self.header and index not in self.header and cell.column > 0:
            return
        if index in self.header:
            if below is not None:
                yield self._entry(key, cell.start, below, "below", piece)
        elif right is not None and right not in self.labels and (index in self.labels or self._may_be_label(index)):
            yield from self._beside(index, key, right, piece)
        elif (
            below is not None
            and index in self.labels
            and below not in self.labels
            and cell.row_span == 1
            and self._heads_column(index)
        ):
            yield self._entry(key, cell.start, below, "below", piece)

    def _beside(self, index: int, key: Key, right: int, piece: Piece) -> Iterator[Entry]:
        """The cell to the right; in a table with a column for each party, one value a party."""
        start = self.table.cell(index).start
        columns = [right]
        if self.header and self.table.cell(index).column == 0:
            row = self.table.cell(index).row
            columns = [i for i in self.table.indices if self.table.cell(i).row == row and i != index]
        for column in columns:
            value = self.layout.piece_at(self.table.cell(column).start) if len(columns) > 1 else None
            owner = value if value is not None and value.cell == column else piece
            if column == right or owner is value:
                yield self._entry(key, start, column, "cell", owner)

    def _entry(self, key: Key, key_start: int, value: int, relation: Relation, piece: Piece) -> Entry:
        start, end = _trim(self.layout.text, self.table.cell(value).start, self.table.cell(value).end)
        return Entry(key, key_start, start, end, relation, piece, section=self._group(piece))

    def _group(self, piece: Piece) -> str:
        """The label over several rows that a cell's own label belongs to: 저작물 over 제목, 종류, 창작일."""
        if piece.cell is None:
            return ""
        spanning = [i for i in self.table.left_of(piece.cell) if self.table.cell(i).row_span > 1]
        return squash(self.table.texts[spanning[0]]) if spanning else ""

    def _may_be_label(self, index: int) -> bool:
        """A cell with an unknown label: short, without a sentence, at the head of its row or after a value."""
        text, left = self.table.texts[index], self.table.left_of(index)
        if len(squash(text)) > 14 or _SENTENCE_END.search(text) or any(char.isdigit() for char in text):
            return False
        return not left or left[0] not in self.labels or self.table.cell(left[0]).row_span > 1

    def _heads_column(self, index: int) -> bool:
        """True in a row of labels: everything beside the cell is a label too, or empty."""
        row = self.table.cell(index).row
        beside = [i for i in self.table.indices if self.table.cell(i).row == row and self.table.texts[i]]
        return all(i in self.labels for i in beside)


_CORNERS = {squash(word) for word in ("구분,항목,내용,번호,연번,순번,구 분,구분Item").split(",")}
