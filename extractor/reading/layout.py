"""From words on a page to lines in reading order. Pure geometry, in points, origin at the top left.

PDFium gives words in the order in which they were painted, which need not be the order in which
people read: forms are filled in after they are drawn, and columns are interleaved.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from extractor.reading.columns import GUTTER_LINES, Columns, Line, Row, Token

# A gap this many times the height of the text sets two pieces of a line apart …
_WIDE_GAP = 1.5
# … unless single Hangul syllables are spaced out (`계   약   서`) or an item follows its number: up to this many.
_SPACED = 3.5
# Words are one when they touch: where the gap is below this many text heights.
_TOUCHING = 0.06
# The number or bullet that begins an item stands apart from it, but belongs to it.
_MARKER = re.compile(
    r"[(\[<]?([0-9]{1,3}(\.[0-9]{1,2}){0,3}|[A-Za-z]|[ivxIVX]{1,5}|[가-하])[.)\]>]+|[^\w\s:：]|제[0-9]+조"
)
# A page of more lines than this holds data, not prose.
_MOST_LINES = 500
# A page has no more columns side by side.
_MOST_COLUMNS = 40


def lines_in_reading_order(tokens: Sequence[Token]) -> list[Line]:
    """Lines from top to bottom, columns of prose one after the other; each line from left to right."""
    return _ordered(tokens, _MOST_COLUMNS)


def _ordered(tokens: Sequence[Token], most: int) -> list[Line]:
    lines = group_lines(tokens)
    if _is_stacked(lines):
        return [_upright(lines)]
    if not GUTTER_LINES <= len(lines) <= _MOST_LINES or not most:
        return lines
    columns = Columns([Row(line, separated) for line in lines])
    ordered: list[Line] = []
    index = 0
    while index < len(lines):
        end, gutter = columns.run(index)
        if gutter is None:
            ordered.append(lines[index])
            index += 1
            continue
        run = [token for line in lines[index:end] for token in line]
        ordered += _ordered([token for token in run if token.x1 <= gutter], most - 1)
        ordered += _ordered([token for token in run if token.x1 > gutter], most - 1)
        index = end
    return ordered


def _is_stacked(lines: list[Line]) -> bool:
    """A label written downwards, one syllable a line, as in a narrow cell that spans rows."""
    return (
        1 < len(lines) < 20
        and all(len(line) == 1 and len(line[0].text) == 1 for line in lines)
        and all(
            _is_hangul(line[0].text) and line[0].x0 < lines[0][0].x1 and line[0].x1 > lines[0][0].x0 for line in lines
        )
    )


def _upright(lines: list[Line]) -> Line:
    tokens = [line[0] for line in lines]
    text = "".join(token.text for token in tokens)
    left, right = min(token.x0 for token in tokens), max(token.x1 for token in tokens)
    return [Token(left, tokens[0].y0, right, tokens[-1].y1, text, confidence=_least(tokens))]


def group_lines(tokens: Iterable[Token]) -> list[Line]:
    """Tokens that stand at one height, from top to bottom, each line sorted from left to right."""
    lines: list[tuple[float, float, Line]] = []
    last: tuple[float, float, Line] = (0.0, 0.0, [])
    for token in sorted(tokens, key=_twice_middle):
        _, y0, _, y1, *_ = token
        if last[0] == y0 and last[1] == y1:  # nearly always: the same font as the word before
            last[2].append(token)
            continue
        for at in range(len(lines) - 1, max(len(lines) - 4, -1), -1):
            top, bottom, line = lines[at]
            if _same_line(top, bottom, y0, y1):
                line.append(token)
                if y1 - y0 > bottom - top:
                    lines[at] = (y0, y1, line)
                break
        else:
            lines.append((y0, y1, [token]))
        last = lines[-1]
    lines.sort(key=lambda entry: entry[0] + entry[1])
    for _, _, line in lines:
        line.sort()
    return [line for _, _, line in lines]


def _twice_middle(token: Token) -> float:
    return token.y0 + token.y1


def _same_line(top: float, bottom: float, y0: float, y1: float) -> bool:
    height, other = bottom - top, y1 - y0
    small, large = (height, other) if height < other else (other, height)
    if small * 1.8 < large:
        # Text of very different size: the same line only when it stands on the same base line.
        return abs(bottom - y1) < 0.25 * large
    return min(bottom, y1) - max(top, y0) >= 0.5 * small


def sideways_lines(tokens: Sequence[Token]) -> list[Line]:
    """Words that run up or down the page, those in one column as one line. They come in painting order."""
    lines: list[Line] = []
    for token in tokens:
        last = lines[-1][-1] if lines else None
        if last and min(last.x1, token.x1) - max(last.x0, token.x0) >= 0.5 * min(
            last.x1 - last.x0, token.x1 - token.x0
        ):
            lines[-1].append(token)
        else:
            lines.append([token])
    return lines


def separated(line: Line) -> list[tuple[str, Token]]:
    """The words of `line`, each after what stands before it: a space, or a tab where the gap is wide.

    Words that touch become one.
    """
    pieces = [("", line[0])]
    joined = [line[0].text]  # the texts of the words that the last piece is made of
    for token in line[1:]:
        before, left = pieces[-1]
        gap = token.x0 - left.x1
        height = min(left.y1 - left.y0, token.y1 - token.y0)
        if gap <= _WIDE_GAP * height and token.unspaced and gap < _TOUCHING * height:
            pieces[-1] = (before, _together(left, token))
            joined.append(token.text)
            continue
        _close(pieces, joined)
        joined = [token.text]
        if gap > _WIDE_GAP * height:
            near = gap < _SPACED * height and (_are_syllables(left, token) or _is_marker(left, line))
            pieces.append((" " if near else "\t", token))
        else:
            pieces.append((" ", token))
    _close(pieces, joined)
    return pieces


def _close(pieces: list[tuple[str, Token]], joined: list[str]) -> None:
    """Give the last piece its whole text: once, or a line of words that touch is copied for each of them."""
    if len(joined) > 1:
        before, token = pieces[-1]
        pieces[-1] = before, token._replace(text="".join(joined))


def _together(left: Token, right: Token) -> Token:
    """The two as one, but for the text."""
    y0, y1 = min(left.y0, right.y0), max(left.y1, right.y1)
    confidence = _least((left, right))
    return Token(left.x0, y0, max(left.x1, right.x1), y1, left.text, left.unspaced, confidence)


def _least(tokens: Iterable[Token]) -> float | None:
    return min((token.confidence for token in tokens if token.confidence is not None), default=None)


def _are_syllables(left: Token, right: Token) -> bool:
    return len(left.text) == 1 == len(right.text) and _is_hangul(left.text) and _is_hangul(right.text)


def _is_marker(token: Token, line: Line) -> bool:
    return token is line[0] and _MARKER.fullmatch(token.text) is not None


def _is_hangul(character: str) -> bool:
    return "가" <= character <= "힣"
