"""From words on a page to lines in reading order. Pure geometry, in points, origin at the top left.

PDFium gives words in the order in which they were painted, which need not be the order in which
people read: forms are filled in after they are drawn, and columns are interleaved.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from statistics import median
from typing import NamedTuple

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
# Columns of prose: an empty strip of this many text heights …
_GUTTER = 0.8
# … over this many lines that have text on both sides.
_GUTTER_LINES = 4
# A page of more lines than this holds data, not prose.
_MOST_LINES = 500


class Token(NamedTuple):
    """A word as painted. `unspaced`: no space stands before it, only the end of what was painted at once.

    `confidence` is that of text recognition, see `core.Word`.
    """

    x0: float
    y0: float
    x1: float
    y1: float
    text: str
    unspaced: bool = False
    confidence: float | None = None


Line = list[Token]


def lines_in_reading_order(tokens: Sequence[Token]) -> list[Line]:
    """Lines from top to bottom, columns of prose one after the other; each line from left to right."""
    lines = group_lines(tokens)
    if _is_stacked(lines):
        return [_upright(lines)]
    if not _GUTTER_LINES <= len(lines) <= _MOST_LINES:
        return lines
    ordered: list[Line] = []
    index = 0
    while index < len(lines):
        end, gutter = _column_run(lines, index)
        if gutter is None:
            ordered.append(lines[index])
            index += 1
            continue
        run = [token for line in lines[index:end] for token in line]
        ordered += lines_in_reading_order([token for token in run if token.x1 <= gutter])
        ordered += lines_in_reading_order([token for token in run if token.x1 > gutter])
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
    return token[1] + token[3]


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
    for token in line[1:]:
        before, left = pieces[-1]
        gap = token[0] - left[2]
        height = min(left[3] - left[1], token[3] - token[1])
        if gap > _WIDE_GAP * height:
            near = gap < _SPACED * height and (_are_syllables(left, token) or _is_marker(left, line))
            pieces.append((" " if near else "\t", token))
        elif token.unspaced and gap < _TOUCHING * height:
            pieces[-1] = (before, _together(left, token))
        else:
            pieces.append((" ", token))
    return pieces


def _together(left: Token, right: Token) -> Token:
    y0, y1 = min(left.y0, right.y0), max(left.y1, right.y1)
    confidence = _least((left, right))
    return Token(left.x0, y0, max(left.x1, right.x1), y1, left.text + right.text, left.unspaced, confidence)


def _least(tokens: Iterable[Token]) -> float | None:
    return min((token.confidence for token in tokens if token.confidence is not None), default=None)


def _are_syllables(left: Token, right: Token) -> bool:
    return len(left.text) == 1 == len(right.text) and _is_hangul(left.text) and _is_hangul(right.text)


def _is_marker(token: Token, line: Line) -> bool:
    return token is line[0] and _MARKER.fullmatch(token.text) is not None


def _is_hangul(character: str) -> bool:
    return "가" <= character <= "힣"


def _column_run(lines: list[Line], start: int) -> tuple[int, float | None]:
    """Where columns of prose that begin at line `start` end, and the x that parts them; None if there are none."""
    best: tuple[int, float | None] = (start, None)
    for low, high in _gaps(lines[start]):
        end, gutter = _follow(lines, start, low, high)
        if end > best[0] and _is_prose(lines[start:end], gutter):
            best = (end, gutter)
    return best


def _gaps(line: Line) -> list[tuple[float, float]]:
    found = []
    reach = line[0].x1
    for x0, y0, x1, y1, *_ in line[1:]:
        if x0 - reach > _GUTTER * (y1 - y0):
            found.append((reach, x0))
        if x1 > reach:
            reach = x1
    return found


def _follow(lines: list[Line], start: int, low: float, high: float) -> tuple[int, float]:
    """Follow the empty strip `low`–`high` down the page, narrowing it, as far as it stays open."""
    end = last_both = start
    for index in range(start, len(lines)):
        line = lines[index]
        height = line[0].y1 - line[0].y0
        if index > start and line[0].y0 - lines[index - 1][0].y1 > 2.5 * height:
            break
        left = [token.x1 for token in line if token.x0 < (low + high) / 2]
        right = [token.x0 for token in line if token.x0 >= (low + high) / 2]
        new_low = max([low, *left])
        new_high = min([high, *right])
        if new_high - new_low < _GUTTER * height:
            break
        low, high = new_low, new_high
        if left and right:
            last_both = index
        end = index + 1
    while end > last_both + 1 and not _continues(lines, start, end - 1, (low + high) / 2):
        end -= 1
    return end, (low + high) / 2


def _continues(lines: list[Line], start: int, index: int, gutter: float) -> bool:
    """Whether line `index`, with text on one side only, goes on with the column that began at `start`.

    It does where it or the line before it fills the column and no gap parts them.
    """
    line = lines[index]
    side = [
        part
        for other in lines[start:index]
        if (part := [token for token in other if (token.x1 <= gutter) == (line[0].x1 <= gutter)])
    ]
    left, right = min(part[0].x0 for part in side), max(part[-1].x1 for part in side)
    before = side[-1]
    close = line[0].y0 - before[0].y1 <= 0.8 * (line[0].y1 - line[0].y0)
    return close and max(before[-1].x1, line[-1].x1) >= left + 0.85 * (right - left)


def _is_prose(lines: list[Line], gutter: float) -> bool:
    """Both sides are filled with running text: not labels beside values, not two blocks of signatures."""
    sides = (
        [[token for token in line if token.x1 <= gutter] for line in lines],
        [[token for token in line if token.x1 > gutter] for line in lines],
    )
    if sum(1 for left, right in zip(*sides, strict=True) if left and right) < _GUTTER_LINES:
        return False
    return all(_side_is_prose([line for line in side if line]) for side in sides)


def _side_is_prose(lines: list[Line]) -> bool:
    """Most lines run to the end of their column, without gaps, and few begin with a label."""
    width = max(line[-1].x1 for line in lines) - min(line[0].x0 for line in lines)
    height = median(line[0].y1 - line[0].y0 for line in lines)
    filled = median((line[-1].x1 - line[0].x0) / width for line in lines)
    letters = median(sum(character.isalnum() for token in line for character in token.text) for line in lines)
    broken = sum(_has_gap_or_label(line) for line in lines)
    return filled >= 0.7 and width * filled >= 12 * height and letters >= 10 and broken <= 0.4 * len(lines)


def _has_gap_or_label(line: Line) -> bool:
    labelled = any(":" in token.text or "：" in token.text for token in line[:3])
    return labelled or any(before == "\t" for before, _ in separated(line))
