"""The title a document bears: the prominent short line at its head."""

from __future__ import annotations

import itertools
import re
from typing import NamedTuple

from extractor.classification.layout import Layout, Piece
from extractor.normalize import clean, match_key

_KIND = re.compile(
    r"(?:계약서|동의서|확인서|신청서|승낙서|허락서|각서|합의서|협약서|위임장|양도서|증서|영수증|명세서|견적서|통지서|요청서|의뢰서|안내|공문|서약서|신고서|"
    r"보고서|회신|증명서|약정서|서한|내역서|계약|동의|허락|양도|청구서|기증서|인증서|agreement|contract|consent|license|licence|assignment|receipt|letter|invoice|release|form|notice|deed)"
    r"(?:\s*+[(（\[<〈][^()]{1,30}[)）\]>〉])?\s*+$",
    re.IGNORECASE,
)
_NOT_TITLE = re.compile(
    r"^\s*(?:\[?\s*별지|\[?\s*별첨|\[?\s*서식|\[?\s*붙임|■\s*|※|제\s?\d+\s?조|\(?\s*앞\s*쪽|page|\d+\s*/\s*\d+|-\s*\d+\s*-|문서\s?번호|수\s*신|발\s*신|시행|우\s?\d{5}|\(우|전화|tel|www|http)|다\.?$|[:：]|@|\d{2,4}-\d{3,4}-\d{4}",
    re.IGNORECASE,
)


class Title(NamedTuple):
    """Where a title stands in `Layout.flat_text`, what it says, and how sure that is it."""

    start: int
    end: int
    text: str
    score: float


def find_title(layout: Layout) -> Title | None:
    """The document's title, None when its head has none.

    What counts: a word for a kind of document at the end of the line, large type, standing alone
    and centred, near the top.
    """
    head = list(itertools.islice((piece for piece in layout.pieces if piece.page == 1), 24))
    if not head:
        return None
    heights = sorted(piece.box.y1 - piece.box.y0 for piece in layout.pieces[:200] if piece.box)
    usual = heights[len(heights) // 2] if heights else 0.0
    best: Title | None = None
    for position, piece in enumerate(head):
        text = _joined(layout, piece)
        title = tidy(text)
        if not 2 <= len(match_key(title)) <= 60 or _NOT_TITLE.search(title):
            continue
        score = _score(layout, piece, title, usual) - 0.02 * position
        if best is None or score > best.score:
            best = Title(piece.start, piece.start + len(text), title, score)
    if best is None or best.score < 0.35:
        return None
    return _with_second_line(layout, best, usual)


def is_kind(title: str) -> bool:
    """Whether a title ends in a word for a kind of document: 계약서, 동의서, agreement."""
    return _KIND.search(title) is not None


def _score(layout: Layout, piece: Piece, title: str, usual: float) -> float:
    score = 0.45 if _KIND.search(title) else 0.0
    if piece.box and usual:
        score += min(max((piece.box.y1 - piece.box.y0) / usual - 1.1, 0.0), 0.8)
        score += 0.1 if abs((piece.box.x0 + piece.box.x1) / 2 - 0.5) < 0.06 else 0.0
    elif piece.row == 0:
        score += 0.3
    if len(layout.rows[piece.row]) == 1:
        score += 0.05
    if piece.cell is not None and len(layout.tables[layout.document.cells[piece.cell].table].indices) > 2:
        score -= 0.5
    if re.match(r"^#\s", piece.text) or re.fullmatch(r"\S(?:\s\S){2,}", piece.text):
        score += 0.4
    return score


def _joined(layout: Layout, piece: Piece) -> str:
    """The text of a piece; a title whose letters are set wide apart may be several pieces on the line."""
    row = layout.rows[piece.row]
    if piece.column == 0 and len(row) > 1 and all(len(other.text) <= 3 for other in row):
        return layout.text[piece.start : row[-1].end]
    return piece.text


def _with_second_line(layout: Layout, best: Title, usual: float) -> Title:
    """A title of two lines in the same large type, when the first alone names no kind of document."""
    start, end, title, score = best
    piece, below = layout.piece_at(start), None
    if piece is not None:
        below = layout.below(piece)
        above = layout.pieces[layout.index_of(piece) - 1] if layout.index_of(piece) else None
        if (
            above
            and _alike(above, piece, usual)
            and len(layout.rows[above.row]) == 1
            and not _NOT_TITLE.search(above.text)
            and not _KIND.search(above.text)
        ):
            return Title(above.start, end, tidy(layout.text[above.start : end]), score)
    if (
        piece is not None
        and below
        and _alike(piece, below, usual)
        and not _KIND.search(title)
        and _KIND.search(below.text)
    ):
        return Title(start, below.end, tidy(layout.text[start : below.end]), score)
    return Title(start, end, title, min(score, 1.0))


def _alike(upper: Piece, lower: Piece, usual: float) -> bool:
    """Two lines of the same large type, one right under the other."""
    if not (upper.box and lower.box) or upper.cell != lower.cell:
        return False
    first, second = upper.box.y1 - upper.box.y0, lower.box.y1 - lower.box.y0
    return first > 1.2 * usual and abs(first - second) < 0.12 * first and lower.box.y0 - upper.box.y1 < 1.2 * first


def tidy(text: str) -> str:
    """A title without brackets around it and without the white space of letters set wide apart."""
    title = clean(re.sub(r"^[#\s]+", "", text)).strip("[]【】<>〈〉《》「」『』*=_—– ")
    words = title.split(" ")
    if len(words) >= 3 and all(len(word) == 1 for word in words):
        return "".join(words)
    # Half-spaced titles: 동 의 서 set with single letters among longer words.
    return re.sub(r"(?:(?<=\s)|^)((?:[가-힣]\s){2,}[가-힣])(?=\s|$)", lambda m: m[1].replace(" ", ""), title)
