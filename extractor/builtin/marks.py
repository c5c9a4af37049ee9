"""Check marks: which of the choices that a form prints is ticked, and which question it answers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from ..normalize import squash
from .keys import BULLET
from .layout import Layout, Piece
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
            if match.group()[0].isascii() and (before.isalpha() or text[match.end() : match.end() + 1].isalpha()):
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
    if not marks and (len({tokens[i][2] for i in options}) < 2 or len(piece.text) > 60):
        return None
    first, last = tokens[options[0]], tokens[options[-1]]
    leads = 0 in marks and first[0] - tokens[options[0] - 1][1] <= 3 if options[0] else False
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
    """Marks alone in cells: the choice is named at the head of the row or of the column."""
    for table in layout.tables.values():
        ticks: dict[int, list[Tick]] = {}
        for index in table.indices:
            match = _MARK_ONLY.fullmatch(table.texts[index]) if table.texts[index] else None
            if not match:
                continue
            cell = table.cell(index)
            for axis, heads in enumerate((table.left_of(index), table.above(index))):
                named = next(
                    (value for i in heads for _, _, value in choices.find(table.texts[i]) if len(table.texts[i]) < 30),
                    None,
                )
                if named is None:
                    continue
                other = table.above(index) if axis == 0 else table.left_of(index)
                denied = any(
                    re.search(r"미|부동의|불허|제외|아니|않", table.texts[i]) and len(table.texts[i]) < 12
                    for i in other
                )
                state = match["ticked"] is not None
                if axis == 1 or not denied:
                    ticks.setdefault(cell.row if axis == 1 else -1, []).append(Tick(named, state, cell.start, cell.end))
                break
        for group in ticks.values():
            piece = layout.piece_at(group[0].start)
            if piece:
                yield Answer(group, piece, group[0].start, group[-1].end)


def question(layout: Layout, answer: Answer, previous_end: int) -> list[tuple[str, float]]:
    """The texts that may say what `answer` answers, squashed, with how close they stand (1: on its own line).

    Its own line before the first choice, the cells to its left, then the lines above back to the answer before.
    """
    texts: list[tuple[str, float]] = []
    own = layout.text[answer.piece.start : answer.start]
    if squash(BULLET.sub("", own)):
        texts.append((squash(own), 1.0))
    for other in layout.rows[answer.piece.row][: answer.piece.column]:
        texts.append((squash(other.text), 1.0))
    if answer.piece.cell is not None:
        cell = layout.document.cells[answer.piece.cell]
        table = layout.tables[cell.table]
        texts.extend((squash(table.texts[i]), 1.0) for i in table.left_of(answer.piece.cell))
        texts.append((squash(layout.text[cell.start : answer.start]), 0.9))
    at = layout.index_of(answer.piece) - 1
    distance = 0
    while at >= 0 and distance < 14:
        piece = layout.pieces[at]
        if piece.end <= previous_end:
            break
        heading = bool(BULLET.match(piece.text)) or re.match(r"제?\s?\d", piece.text) is not None
        texts.append((squash(piece.text), (0.95 if heading and len(piece.text) < 50 else 0.8) - 0.02 * distance))
        at, distance = at - 1, distance + 1
    return texts


def relevance(texts: Iterable[tuple[str, float]], labels: dict[str, float], hint: str, avoid: Sequence[str]) -> float:
    """How well a question's texts match a field: its labels within them, weighed by closeness and by the hint.

    `hint` is the field's squashed description; `avoid` are words that belong to other fields' questions.
    """
    best = 0.0
    for text, closeness in texts:
        for label, weight in labels.items():
            if len(label) >= 2 and label in text:
                best = max(best, closeness * weight * min(1.0, 0.6 + len(label) / 10))
        if best and any(word in text for word in avoid):
            best -= 0.25 * closeness
    shared = _shared_bigrams(" ".join(text for text, _ in list(texts)[:4]), hint)
    return best + 0.3 * shared if best else 0.55 * shared


def _shared_bigrams(text: str, hint: str) -> float:
    wanted = {hint[i : i + 2] for i in range(len(hint) - 1)} - {"동의", "에대", "대한", "의동", "한동", "이용"}
    return sum(pair in text for pair in wanted) / len(wanted) if wanted else 0.0
