"""Check marks: which of the choices that a form prints is ticked, and which question it answers."""

from __future__ import annotations

import bisect
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any, NamedTuple

from extractor.classification.layout import EMPTY, TICKED, Layout, Piece, Table
from extractor.extractors.builtin.lexicon import CHOICE_WORDS
from extractor.normalize import match_key

_MARK_ONLY = re.compile(rf"\s*(?:(?P<ticked>{TICKED}|예|Y|Yes)|(?P<empty>{EMPTY}))\s*")


_SCRAWL = re.compile(r"\s*(?![-–—×xX무부불])(?:[^\s\d]|[^\s\d가-힣][^\s\d])\s*")
"""A tick by hand as text recognition reads it: one letter or sign of any kind, or two that are no Korean word."""


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
            for word in (match_key(str(value)), *known):
                words.setdefault(match_key(word), value)
        self.words = words
        self.values = set(values)
        ordered = sorted(words, key=len, reverse=True)
        loose = r"[\s·・ㆍ\-]*+"
        self.pattern = re.compile("|".join(loose.join(map(re.escape, word)) for word in ordered), re.IGNORECASE)
        self.misread = _misread_pattern(words)

    def is_printed(self, text: str) -> bool:
        """Whether a mention is letter for letter a word for its value; else text recognition misread one letter."""
        return match_key(text) in self.words

    def find(self, text: str) -> Iterator[tuple[int, int, Any]]:
        """Every mention of a value: `(start, end, value)`. Words in which one letter was misread are among them."""
        mentions = list(self._printed(text))
        if self.misread is not None:
            ends = [end for _, end, _ in mentions]
            near = []
            for mention in self._misread(text):
                at = bisect.bisect_right(ends, mention[0])
                if at == len(mentions) or mentions[at][0] >= mention[1]:
                    near.append(mention)
            mentions = sorted([*mentions, *near], key=lambda mention: mention[0]) if near else mentions
        yield from mentions

    def _misread(self, text: str) -> Iterator[tuple[int, int, Any]]:
        assert self.misread is not None
        for match in self.misread.finditer(text):
            said = match_key(match.group())
            for word, value in self.words.items():
                if len(word) == len(said) and _one_stroke_apart(word, said):
                    yield match.start(), match.end(), value
                    break

    def _printed(self, text: str) -> Iterator[tuple[int, int, Any]]:
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
            yield match.start(), match.end(), self.words[match_key(match.group())]


_SYLLABLE = "[가-힣]"


def _misread_pattern(words: Mapping[str, Any]) -> re.Pattern[str] | None:
    """Whole words that differ in one syllable from a Korean word of three or more."""
    spelt = [word for word in words if len(word) >= 3 and re.fullmatch(f"{_SYLLABLE}+", word)]
    shapes = {r"\s?".join([*word[:at], _SYLLABLE, *word[at + 1 :]]) for word in spelt for at in range(len(word))}
    if not shapes:
        return None
    particle = "(?=[을를은는이가과와의및]?(?![가-힣]))"
    return re.compile(f"(?<![가-힣])(?:{'|'.join(sorted(shapes, key=len, reverse=True))}){particle}")


def _one_stroke_apart(word: str, said: str) -> bool:
    """Whether the one syllable that differs shares all but one of its letters: 승 for 송, 목 for 복."""
    differing = [(a, b) for a, b in zip(word, said, strict=True) if a != b]
    if len(differing) != 1:
        return False
    letters, other = (unicodedata.normalize("NFD", syllable) for syllable in differing[0])
    return len(letters) == len(other) and sum(a != b for a, b in zip(letters, other, strict=True)) == 1


@lru_cache(maxsize=256)
def choices_for(values: tuple[Any, ...]) -> Choices:
    """The prepared choices of an enum, made once."""
    return Choices(values)


def answers(layout: Layout, choices: Choices) -> list[Answer]:
    """All places where choices stand next to marks, one an answer line or cell."""
    units = list(_units(layout, choices))
    before = _marks_stand_before(units)
    line_answers = [answer for piece, tokens, end in units if (answer := _answer(layout, piece, tokens, end, before))]
    return [*line_answers, *_grid_answers(layout, choices), *_column_answers(layout, choices)]


class Token(NamedTuple):
    """A choice (its state is None), or a mark (its choice is None)."""

    start: int
    end: int
    choice: Any
    state: bool | None


def _units(layout: Layout, choices: Choices) -> Iterator[tuple[Piece, list[Token], int]]:
    """The tokens of each line; lines are one unit where a word or a box and its word are torn between them."""
    options = list(choices.find(layout.flat_text))
    taken = [(start, end) for start, end, _ in options]
    tokens: list[Token] = [Token(start, end, value, None) for start, end, value in options]
    at = 0
    for start, end, ticked in layout.marks:
        while at < len(taken) and taken[at][1] <= start:
            at += 1
        if at == len(taken) or taken[at][0] >= end:
            tokens.append(Token(start, end, None, ticked))
    tokens.sort(key=lambda token: token.start)
    unit: list[Token] = []
    first = last = None
    for token in tokens:
        piece = layout.piece_at(token.start)
        if piece is None:
            continue
        if unit and last is not None and piece is not last and not _torn(unit, last, token, piece):
            if first is not None:
                yield first, unit, last.end
            unit = []
        if not unit:
            first = piece
        unit.append(token)
        last = layout.piece_at(token.end - 1) or piece
    if unit and first is not None and last is not None:
        yield first, unit, last.end


def _torn(unit: list[Token], last: Piece, token: Token, piece: Piece) -> bool:
    """Whether `token` on the next line belongs to the box that ends the line before: `□` / `대여권`."""
    if piece.cell != last.cell or piece.row != last.row + 1:
        return False
    lone_mark = unit[-1].choice is None and token.choice is not None and unit[-1].end >= last.end - 1
    began_with_mark = unit[0].choice is None and unit[0].start - last.start <= 1
    return lone_mark and began_with_mark and token.start - piece.start <= 1


def _marks_stand_before(units: list[tuple[Piece, list[Token], int]]) -> bool:
    """Whether this form prints its boxes before the words, by the lines that leave no doubt."""
    votes = 0
    for _, tokens, _ in units:
        if len(tokens) > 1 and any(token.choice is None for token in tokens):
            leads = tokens[0].choice is None and tokens[1].choice is not None and tokens[1].start - tokens[0].end <= 3
            trails = (
                tokens[-1].choice is None and tokens[-2].choice is not None and tokens[-1].start - tokens[-2].end <= 3
            )
            votes += leads - trails
    return votes > 0


def _answer(layout: Layout, piece: Piece, tokens: list[Token], end: int, before: bool) -> Answer | None:
    options = [i for i, token in enumerate(tokens) if token.choice is not None]
    if not options:
        return None
    # `○ 허락하는 권리 : 복제권`: a bullet, no box.
    colon = max(layout.flat_text.rfind(sign, tokens[0].end, tokens[options[0]].start) for sign in ":：")
    bullets = sum(token.end <= colon for token in tokens[: options[0]])
    if bullets:
        tokens = tokens[bullets:]
        options = [i - bullets for i in options]
    marks = {i for i, token in enumerate(tokens) if token.choice is None}
    first, last = tokens[options[0]], tokens[options[-1]]
    rest = layout.flat_text[last.end : end]
    loose = not match_key(layout.flat_text[last.start : last.end]).startswith(match_key(str(last.choice)))
    if len(match_key(rest)) > 2 and (not marks or (len(options) == 1 and loose)) and not re.match(r"\s*[(（\[]", rest):
        return None
    if not marks and len({tokens[i].choice for i in options}) < 2:
        return None
    lead_gap = first.start - tokens[options[0] - 1].end if options[0] and options[0] - 1 in marks else 99
    leads = lead_gap <= (24 if options[0] == 1 else 3)
    trails = len(tokens) - 1 in marks and tokens[-1].start - last.end <= 3 and options[-1] == len(tokens) - 2
    mark_first = leads and not trails if leads != trails else before
    if len(marks) < len(options) and all(
        layout.flat_text[token.start : token.end] in _CIRCLES for token in tokens if token.choice is None
    ):
        tokens = [token._replace(state=True if token.choice is None else None) for token in tokens]
    ticks = [_tick(layout, tokens, i, mark_first) for i in options]
    return Answer(ticks, piece, first.start, last.end)


_CIRCLES = ("○", "◯")
"""An empty box where every choice has one; where only some have it, a circle drawn around or beside the choice."""


def _tick(layout: Layout, tokens: list[Token], at: int, mark_first: bool) -> Tick:
    start, end, value, _ = tokens[at]
    neighbour = at - 1 if _is_before(tokens, at, mark_first) else at + 1
    state = None
    if 0 <= neighbour < len(tokens) and tokens[neighbour].choice is None:
        mark = tokens[neighbour]
        gap = layout.flat_text[mark[1] : start] if neighbour < at else layout.flat_text[end : mark[0]]
        if len(gap) <= 28 and "다." not in gap and not (gap and _touches_another(tokens, neighbour, at)):
            state = mark[3]
            start, end = min(start, mark[0]), max(end, mark[1])
    return Tick(value, state, start, end)


def _touches_another(tokens: list[Token], mark: int, at: int) -> bool:
    """Whether a mark stands right at the choice on its other side."""
    other = 2 * mark - at
    if not 0 <= other < len(tokens) or tokens[other].choice is None:
        return False
    first, last = sorted((mark, other))
    return tokens[first].end == tokens[last].start


def _is_before(tokens: list[Token], at: int, mark_first: bool) -> bool:
    """Whether a choice's mark stands before it: as everywhere on the form, unless a mark touches it on one side only."""
    start, end = tokens[at][:2]
    before = at > 0 and tokens[at - 1].choice is None and tokens[at - 1].end == start
    after = at + 1 < len(tokens) and tokens[at + 1].choice is None and tokens[at + 1].start == end
    return before if before != after else mark_first


def _grid_answers(layout: Layout, choices: Choices) -> Iterator[Answer]:
    """Marks alone in cells: the choice is named beside the cell, or at the head of its column."""
    for table in layout.tables.values():
        heads = _Heads(table, choices)
        rows: dict[int, list[Tick]] = {}
        circled = not any(re.fullmatch(r"\s*[●◉☑■✔✓]\s*", text) for text in table.texts.values())
        for index in table.indices:
            text = table.texts[index]
            match = _MARK_ONLY.fullmatch(text) if text else None
            scrawl = match is None and _SCRAWL.fullmatch(text) is not None
            named = heads.beside(index) if match or scrawl else None
            if scrawl and (named is None or (named[0] < 0 and not _is_answer_beside(table, index, choices))):
                continue  # Only under or beside the word of an answer can it be nothing else.
            if named:
                cell = table.cell(index)
                row, choice = named
                ticked = scrawl or bool(match and match["ticked"]) or (circled and text.strip() in _CIRCLES)
                rows.setdefault(row, []).append(Tick(choice, ticked, cell.start, cell.end))
        for group in rows.values():
            if piece := layout.piece_at(group[0].start):
                yield Answer(group, piece, group[0].start, group[-1].end)


def _is_answer_beside(table: Table, index: int, choices: Choices) -> bool:
    """Whether the cell to the left holds the word of an answer, and nothing else."""
    left = next(table.left_of(index), None)
    return left is not None and choices.is_printed(table.texts[left])


def _heading_choice(text: str, choices: Choices) -> Any | None:
    """The choice that a heading cell is about: at its start, or all but a few letters of it."""
    length = len(match_key(text))
    for start, end, value in choices.find(text):
        if start <= 2 or length - len(match_key(text[start:end])) <= 6:
            return value
    return None


def _column_answers(layout: Layout, choices: Choices) -> Iterator[Answer]:
    """A mark at the end of a line, under a line of choices, in a form that sets columns without rules."""
    named_in: dict[int, list[tuple[float, Any]]] = {}
    for piece in layout.pieces:
        match = _MARK_ONLY.fullmatch(piece.text) if piece.cell is None else None
        if match is None or match["ticked"] is None or piece.column == 0 or piece.box is None:
            continue
        middle = piece.box.x0 + piece.box.x1
        for row in range(piece.row - 1, max(piece.row - 12, -1), -1):
            if row not in named_in:
                named_in[row] = _heads_of(layout.rows.get(row, []), choices)
            if len(named_in[row]) >= 2:
                choice = min(named_in[row], key=lambda pair: abs(pair[0] - middle))[1]
                yield Answer([Tick(choice, True, piece.start, piece.end)], piece, piece.start, piece.end)
                break


def _heads_of(row: Sequence[Piece], choices: Choices) -> list[tuple[float, Any]]:
    """The choices that the pieces of a line are about, each with twice the middle of its piece."""
    short = [(piece.box, piece.text) for piece in row[:_MOST_HEADS] if piece.box and len(piece.text) < 20]
    named = [(box.x0 + box.x1, _heading_choice(text, choices)) for box, text in short]
    return [(middle, choice) for middle, choice in named if choice is not None]


_DENIES = re.compile(r"미|부동의|불허|제외|아니|않|×")
_MOST_HEADS = 60
"""Pieces of a line that can be the heads of columns."""


class _Heads:
    """The cells of a table that are about a choice, by their rows and columns."""

    def __init__(self, table: Table, choices: Choices) -> None:
        self.table, self.choices = table, choices

    @cached_property
    def _places(self) -> tuple[dict[int, list[tuple[int, Any]]], dict[int, list[tuple[int, Any]]], dict[int, int]]:
        """What each column and each row names, in order, and the first row of a column that says no."""
        columns: dict[int, list[tuple[int, Any]]] = defaultdict(list)
        rows: dict[int, list[tuple[int, Any]]] = defaultdict(list)
        denied: dict[int, int] = {}
        named = {index: _heading_choice(text, self.choices) for index, text in self.table.texts.items() if text}
        for (row, column), index in sorted(self.table.grid.items()):
            text = self.table.texts[index]
            if (choice := named.get(index)) is not None:
                columns[column].append((row, choice))
                rows[row].append((column, choice))
            if len(text) < 12 and _DENIES.search(text):
                denied.setdefault(column, row)
        return columns, rows, denied

    def beside(self, index: int) -> tuple[int, Any] | None:
        """`(row, choice)` of a mark in a cell; the row is -1 for a list with one choice a row.

        A mark in a column that says no (불허, 제외) ticks nothing.
        """
        cell = self.table.cell(index)
        columns, rows, denied = self._places
        if above := _last_before(columns.get(cell.column, ()), cell.row):
            return cell.row, above[1]
        right = self.table.right(index)
        named = _last_before(rows.get(cell.row, ()), cell.column)
        choice = named[1] if named else None
        if choice is None and right is not None:
            choice = _heading_choice(self.table.texts[right], self.choices)
        return None if choice is None or denied.get(cell.column, cell.row) < cell.row else (-1, choice)


def _last_before(places: Sequence[tuple[int, Any]], limit: int) -> tuple[int, Any] | None:
    at = bisect.bisect_left(places, limit, key=lambda pair: pair[0])
    return places[at - 1] if at else None
