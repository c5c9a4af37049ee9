"""The text of one reading on the pages of another: the words of a DOCX where its printed pages show them."""

from __future__ import annotations

import bisect
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from operator import itemgetter

from extractor.core.documents import Box, Cell, Document, Page, Word

LEAST_FOUND = 0.9
"""The share of words that must be found; with fewer the pages are not those of the text."""
_HALF = 0.5
# Longer runs of letters are rarer, so they are looked for first.
_RUNS = (16, 8, 4, 2)
# A sign between two words that were found is what is drawn there, be it `[ ]`: up to so many letters.
_DRAWN = 3
# Ticks, bullets and what symbol fonts draw: the two sides seldom agree on the sign.
_SIGNS = ("So", "Co", "Cn")
_SIGN = "☐"
_SQUARES = 32
"""Squares to a side of a page."""
_MOST_READ = 60
"""How often each letter is looked at, on average, before the rest counts as not found."""


def place(document: Document, printed: Document) -> Document | None:
    """`document` on the pages of `printed`, which shows the same text: words and cells with boxes, sizes of pages.

    The text stays as it is. A word that runs over two lines becomes two, one a line; what is not found has no box.
    None when fewer than `LEAST_FOUND` of the words are found.
    """
    pieces = _pieces(document, printed)
    matched = {piece.word for piece in pieces}
    if not matched or len(matched) < LEAST_FOUND * len(document.words):
        return None
    lost = [_Piece(number, w.start, w.end) for number, w in enumerate(document.words) if number not in matched]
    pages = tuple(_pages(document, printed, sorted([*pieces, *lost], key=lambda piece: piece.start)))
    moved = replace(document, pages=pages)
    return replace(moved, cells=_cells(moved, printed))


@dataclass(frozen=True, slots=True)
class _Piece:
    """The part of a word that stands on one line. `page` is 0 where the word was not found."""

    word: int
    start: int
    end: int
    page: int = 0
    box: Box | None = None


@dataclass(frozen=True, slots=True)
class _Letters:
    """The letters of a document without white space, and for each its word and its offset in the text."""

    text: str
    words: Sequence[int]
    offsets: Sequence[int]


def _letters(document: Document) -> _Letters:
    letters, words, offsets = [], [], []
    for number, word in enumerate(document.words):
        for offset in range(word.start, word.end):
            for letter in _form(document.text[offset]):
                letters.append(letter)
                words.append(number)
                offsets.append(offset)
    return _Letters("".join(letters), words, offsets)


def _form(letter: str) -> str:
    if letter.isascii():
        return letter.lower()
    return _SIGN if unicodedata.category(letter) in _SIGNS else unicodedata.normalize("NFKC", letter).casefold().strip()


def _pieces(document: Document, printed: Document) -> list[_Piece]:
    """The pieces of all words that were found, in text order."""
    ours, theirs = _letters(document), _letters(printed)
    twins = _twins(ours.text, theirs.text)
    page_of = [page.number for page in printed.pages for _ in page.words]
    edges = list(_edges(theirs))
    pieces: list[_Piece] = []
    for number, group in groupby(range(len(ours.text)), key=ours.words.__getitem__):
        positions = list(group)
        met = [position for position in positions if twins[position] >= 0]
        if len(met) < _HALF * len(positions):
            continue
        word = document.words[number]
        mine: list[_Piece] = []
        for other, part in groupby(met, key=lambda position: theirs.words[twins[position]]):
            run = list(part)
            whole = printed.words[other].box
            if whole is None:
                continue
            box = _part(whole, edges[twins[run[0]]][0], edges[twins[run[-1]]][1])
            start = ours.offsets[run[0]] if mine else word.start
            _append(mine, _Piece(number, start, word.end, page_of[other], box))
        pieces += mine
    return pieces


def _append(pieces: list[_Piece], piece: _Piece) -> None:
    """Add to the pieces of a word what comes next of it: to the last one when it stands on the same line."""
    last = pieces[-1] if pieces else None
    if last is None or last.box is None or piece.box is None:
        pieces.append(piece)
    elif last.page == piece.page and min(last.box.y1, piece.box.y1) > max(last.box.y0, piece.box.y0):
        pieces[-1] = replace(last, box=last.box.union(piece.box))
    else:
        pieces[-1:] = [replace(last, end=piece.start), piece] if piece.start > last.start else [last]


def _edges(letters: _Letters) -> Iterator[tuple[float, float]]:
    """Where about each letter begins and ends in its word, as fractions of the word's width."""
    for _, group in groupby(zip(letters.words, letters.text, strict=True), key=itemgetter(0)):
        widths = [2 if unicodedata.east_asian_width(letter) in "WF" else 1 for _, letter in group]
        whole, reach = sum(widths), 0
        for width in widths:
            yield reach / whole, (reach + width) / whole
            reach += width


def _part(box: Box, from_: float, to: float) -> Box:
    width = box.x1 - box.x0
    return Box(box.x0 + from_ * width, box.y0, box.x0 + to * width, box.y1)


def _twins(ours: str, theirs: str) -> list[int]:
    """For each letter of `ours` the place of the same letter in `theirs`, in the same order; -1 without one."""
    twins = [-1] * len(ours)
    gaps = [(0, len(ours), 0, len(theirs))]
    room = _MOST_READ * (len(ours) + len(theirs)) + 10_000
    while gaps and room > 0:
        a, a_end, b, b_end = gaps.pop()
        while a < a_end and b < b_end and ours[a] == theirs[b]:
            twins[a] = b
            a, b = a + 1, b + 1
        while a < a_end and b < b_end and ours[a_end - 1] == theirs[b_end - 1]:
            a_end, b_end = a_end - 1, b_end - 1
            twins[a_end] = b_end
        for length in _RUNS:
            room -= a_end - a + b_end - b
            shared = _shared(ours, theirs, (a, a_end), (b, b_end), length)
            if not shared:
                continue
            for at, other in shared:
                if at < a or other < b:
                    continue
                gaps.append((a, at, b, other))
                a, b = at, other
                while a < a_end and b < b_end and ours[a] == theirs[b]:
                    twins[a] = b
                    a, b = a + 1, b + 1
            gaps.append((a, a_end, b, b_end))
            break
        else:
            if ours[a:a_end] == _SIGN and 0 < b_end - b <= _DRAWN and 0 < a < a_end < len(ours):
                twins[a] = b
    return twins


def _shared(
    ours: str, theirs: str, here: tuple[int, int], there: tuple[int, int], length: int
) -> list[tuple[int, int]]:
    """The runs of letters that stand once on either side, as many as are in the same order."""
    mine, others = _single(ours, *here, length), _single(theirs, *there, length)
    pairs = [(at, others[run]) for run, at in mine.items() if run in others]
    return _rising(sorted(pairs))


def _single(text: str, start: int, end: int, length: int) -> dict[str, int]:
    offsets: dict[str, int] = {}
    often: set[str] = set()
    for at in range(start, end - length + 1):
        run = text[at : at + length]
        if run in offsets:
            often.add(run)
        offsets[run] = at
    return {run: at for run, at in offsets.items() if run not in often}


def _rising(pairs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The most of `pairs`, which are sorted by the first number, that rise in the second one too."""
    ends: list[int] = []
    last: list[int] = []
    before: list[int] = []
    for number, (_, second) in enumerate(pairs):
        rank = bisect.bisect_left(ends, second)
        before.append(last[rank - 1] if rank else -1)
        ends[rank : rank + 1] = [second]
        last[rank : rank + 1] = [number]
    rising = []
    number = last[-1] if last else -1
    while number >= 0:
        rising.append(pairs[number])
        number = before[number]
    return rising[::-1]


def _pages(document: Document, printed: Document, pieces: Sequence[_Piece]) -> Iterator[Page]:
    """The printed pages over the text: each begins at the first word that is found on it."""
    starts = {1: 0}
    for piece in pieces:
        if piece.page:
            starts.setdefault(piece.page, piece.start)
    end = len(document.text)
    places = [piece.start for piece in pieces]
    pages: list[Page] = []
    for page in reversed(printed.pages):
        start = starts.get(page.number, end)
        own = pieces[bisect.bisect_left(places, start) : bisect.bisect_left(places, end)]
        words = tuple(Word(piece.start, piece.end, piece.box) for piece in own)
        pages.append(Page(page.number, start, end, words, page.width, page.height))
        end = start
    return reversed(pages)


def _cells(document: Document, printed: Document) -> tuple[Cell, ...]:
    """The cells with the boxes of the printed cells that hold all their words, where no two cells claim the same."""
    cells = [replace(cell, page=document.page_at(cell.start).number) for cell in document.cells]
    claims: list[Cell | None] = []
    squares = _squares(printed.cells)
    for cell in cells:
        boxes = [word.box for word in document.words_in(cell.start, cell.end) if word.box]
        one_page = cell.start < cell.end <= document.pages[cell.page - 1].end
        near = squares.get((cell.page, *_square(*_middle(boxes[0]))), ()) if boxes else ()
        around = [other for other in near if _holds(other.box, boxes)]
        claims.append(min(around, key=_area) if boxes and one_page and around else None)
    taken = Counter(claims)
    return tuple(
        replace(cell, box=claim.box) if claim and taken[claim] == 1 else cell
        for cell, claim in zip(cells, claims, strict=True)
    )


def _squares(cells: Sequence[Cell]) -> dict[tuple[int, int, int], list[Cell]]:
    """The cells that touch each square of each page: a word is looked for in few."""
    squares: dict[tuple[int, int, int], list[Cell]] = defaultdict(list)
    for cell in cells:
        if cell.box is not None:
            (left, top), (right, bottom) = _square(cell.box.x0, cell.box.y0), _square(cell.box.x1, cell.box.y1)
            for across in range(left, right + 1):
                for down in range(top, bottom + 1):
                    squares[cell.page, across, down].append(cell)
    return squares


def _square(x: float, y: float) -> tuple[int, int]:
    return tuple(min(max(int(_SQUARES * side), 0), _SQUARES) for side in (x, y))  # type: ignore[return-value]


def _middle(box: Box) -> tuple[float, float]:
    return (box.x0 + box.x1) / 2, (box.y0 + box.y1) / 2


def _holds(outer: Box | None, boxes: Sequence[Box]) -> bool:
    return outer is not None and all(
        outer.x0 <= x <= outer.x1 and outer.y0 <= y <= outer.y1 for x, y in map(_middle, boxes)
    )


def _area(cell: Cell) -> float:
    return (cell.box.x1 - cell.box.x0) * (cell.box.y1 - cell.box.y0) if cell.box else 0.0
