"""Check marks: which of the choices that a form prints is ticked, and which question it answers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from ..normalize import squash
from .layout import Layout, Piece, Table
from .lexicon import CHOICE_WORDS

TICKED = r"[☑☒■▣●◉✔✓✅√◼⬛🗹ⓥⓋ⊙]|[\[(〔（]\s*[vVxXoO○●✓✔√■∨ⅴⅤ☑0]\s*[\])〕）]|(?<![A-Za-z])[VvO∨ⅴⅤ](?![A-Za-z.])"
EMPTY = r"[□☐○◯◻⬜◇]|[\[(〔（]\s*[\])〕）]"
MARK = re.compile(rf"(?P<ticked>{TICKED})|(?P<empty>{EMPTY})")
_MARK_ONLY = re.compile(rf"\s*(?:(?P<ticked>{TICKED}|예|Y|Yes)|(?P<empty>{EMPTY}))\s*")


@dataclass(slots=True)
class Tick:
    """One printed choice: `state` True ticked, False empty, None without any mark beside it."""

    choice: Any
    state: bool | None
    start: int
    end: int


@dataclass(slots=True)
class Answer:
    """A line (or a cell, or a column of lines) of choices that answer one question."""

    ticks: list[Tick]
    piece: Piece
    start: int
    end: int

    def chosen(self) -> list[Tick]:
        return [tick for tick in self.ticks if tick.state]

    def is_marked(self) -> bool:
        return any(tick.state is not None for tick in self.ticks)


class Choices:
    """The words for an enum's values, ready to be looked for."""

    def __init__(self, values: Sequence[Any]) -> None:
        words: dict[str, Any] = {}
        for value in values:
            known = CHOICE_WORDS.get(str(value).replace(" ", ""), ()) or CHOICE_WORDS.get(str(value), ())
            for word in (squash(str(value)), *known):
                words.setdefault(squash(word), value)
        self.words = words
        ordered = sorted(words, key=len, reverse=True)
        loose = r"[\s·・ㆍ\-]*"
        self.pattern = re.compile("|".join(loose.join(map(re.escape, word)) for word in ordered), re.IGNORECASE)

    def find(self, text: str) -> Iterator[tuple[int, int, Any]]:
        """Every mention of a value: `(start, end, value)`."""
        for match in self.pattern.finditer(text):
            before = text[match.start() - 1 : match.start()]
            if before in ("비", "미", "부", "불") and match.start():
                continue
            if len(match.group()) == 1 and re.match(r"\w", before + text[match.end() : match.end() + 1]):
                continue
            if (
                match.group()[0].isascii()
                and match.group()[-1].isascii()
                and (before.isalpha() or text[match.end() : match.end() + 1].isalpha())
            ):
                continue
            yield match.start(), match.end(), self.words[squash(match.group())]


def answers(layout: Layout, choices: Choices) -> list[Answer]:
    """All places where choices stand next to marks, one an answer line or cell."""
    before = _marks_stand_before(layout, choices)
    found = [answer for piece in layout.pieces if (answer := _answer(piece, choices, before))]
    return [*found, *_grid_answers(layout, choices)]


def _tokens(piece: Piece, choices: Choices) -> list[tuple[int, int, Any, bool | None]]:
    """Choices and marks of a piece in order: `(start, end, choice or None, state of a mark)`."""
    options = list(choices.find(piece.text))
    tokens = [(start, end, value, None) for start, end, value in options]
    for match in MARK.finditer(piece.text):
        if any(start < match.end() and match.start() < end for start, end, _ in options):
            continue
        tokens.append((match.start(), match.end(), None, match["ticked"] is not None))
    return sorted(tokens, key=lambda token: token[0])


def _marks_stand_before(layout: Layout, choices: Choices) -> bool:
    """Whether this form prints its boxes before the words, by the lines that leave no doubt."""
    votes = 0
    for piece in layout.pieces:
        tokens = _tokens(piece, choices)
        options = [i for i, token in enumerate(tokens) if token[2] is not None]
        marks = [i for i, token in enumerate(tokens) if token[2] is None]
        if not options or not marks:
            continue
        leads = tokens[marks[0]][0] < tokens[options[0]][0] and tokens[options[0]][0] - tokens[marks[0]][1] <= 3
        trails = (
            tokens[marks[-1]][0] > tokens[options[-1]][1] - 1 and tokens[marks[-1]][0] - tokens[options[-1]][1] <= 3
        )
        votes += leads - trails
    return votes > 0


def _answer(piece: Piece, choices: Choices, before: bool) -> Answer | None:
    tokens = _tokens(piece, choices)
    options = [i for i, token in enumerate(tokens) if token[2] is not None]
    if not options:
        return None
    marks = {i for i, token in enumerate(tokens) if token[2] is None}
    around = len(squash(piece.text)) - sum(len(squash(piece.text[tokens[i][0] : tokens[i][1]])) for i in options)
    if not marks and (len({tokens[i][2] for i in options}) < 2 or around > 6):
        return None
    if len(options) == 1 and re.match(r"[가-힣]{2}", piece.text[tokens[options[0]][1] :]):
        return None
    first, last = tokens[options[0]], tokens[options[-1]]
    leads = 0 in marks and options[0] == 1 and first[0] - tokens[0][1] <= 24
    trails = (
        len(tokens) - 1 in marks and tokens[options[-1] + 1][0] - last[1] <= 3
        if options[-1] + 1 < len(tokens)
        else False
    )
    mark_first = leads and not trails if leads != trails else before
    ticks = [_tick(piece, tokens, i, mark_first) for i in options]
    return Answer(ticks, piece, piece.start + first[0], piece.start + last[1])


def _tick(piece: Piece, tokens: list[tuple[int, int, Any, bool | None]], at: int, mark_first: bool) -> Tick:
    start, end, value, _ = tokens[at]
    neighbour = at - 1 if mark_first else at + 1
    state = None
    if 0 <= neighbour < len(tokens) and tokens[neighbour][2] is None:
        gap = piece.text[tokens[neighbour][1] : start] if mark_first else piece.text[end : tokens[neighbour][0]]
        if len(gap) <= 28 and not re.search(r"다\.", gap):
            state = tokens[neighbour][3]
            start, end = min(start, tokens[neighbour][0]), max(end, tokens[neighbour][1])
    return Tick(value, state, piece.start + start, piece.start + end)


def _grid_answers(layout: Layout, choices: Choices) -> Iterator[Answer]:
    """Marks alone in cells: the choice is named beside the cell, or at the head of its column."""
    for table in layout.tables.values():
        rows: dict[int, list[Tick]] = {}
        for index in table.indices:
            match = _MARK_ONLY.fullmatch(table.texts[index]) if table.texts[index] else None
            named = _named_beside(table, index, choices) if match else None
            if match and named:
                cell = table.cell(index)
                row, choice = named
                rows.setdefault(row, []).append(Tick(choice, match["ticked"] is not None, cell.start, cell.end))
        for group in rows.values():
            if piece := layout.piece_at(group[0].start):
                yield Answer(group, piece, group[0].start, group[-1].end)


_DENIES = re.compile(r"미|부동의|불허|제외|아니|않|×")


def _named_beside(table: Table, index: int, choices: Choices) -> tuple[int, Any] | None:
    """`(row, choice)` of a mark in a cell; the row is -1 for a list with one choice a row.

    A mark in a column that says no (불허, 제외) ticks nothing.
    """
    right = table.right(index)
    above, left = table.above(index), table.left_of(index)
    for heads, row, other in (
        (above, table.cell(index).row, ()),
        (left, -1, above),
        ([right] if right is not None else [], -1, above),
    ):
        for i in heads:
            named = next((value for _, _, value in choices.find(table.texts[i])), None)
            if named is not None and len(table.texts[i]) < 40:
                denied = any(_DENIES.search(table.texts[j]) and len(table.texts[j]) < 12 for j in other)
                return None if denied else (row, named)
    return None
