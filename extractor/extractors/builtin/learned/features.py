"""What speaks for an option: the rules' score, the words and the label around it, where it stands, how it looks.

Every feature has a name that a person can read and a value from 0 to 1; the weights of a trained model are listed
under these names.
"""

from __future__ import annotations

import bisect
import itertools
import math
import re
from collections.abc import Sequence

from extractor.extractors.builtin.entries import Entry
from extractor.extractors.builtin.learned.options import Option
from extractor.extractors.builtin.prepared_document import PreparedDocument
from extractor.normalize import match_key

Features = dict[str, float]
_WORD = re.compile(r"\w+|[^\w\s]")
_NEAR, _FAR = 3, 12
"""Words on either side: by their distance, and as a heap."""


class Surroundings:
    """What the features of one document are read from; made once a document."""

    def __init__(self, scene: PreparedDocument) -> None:
        self.scene = scene
        self.length = max(len(scene.flat_text), 1)
        self.pages = len(scene.document.pages)
        self._entries = sorted(scene.entries, key=lambda entry: entry.start)
        self._entry_starts = [entry.start for entry in self._entries]
        self._reach = list(itertools.accumulate((entry.end for entry in self._entries), max))
        self._words = [(match.start(), match.end(), _plain(match.group())) for match in _WORD.finditer(scene.flat_text)]
        self._starts = [start for start, _, _ in self._words]

    def entry_at(self, start: int, end: int) -> Entry | None:
        """The printed label whose value holds the place."""
        best: Entry | None = None
        at = bisect.bisect_right(self._entry_starts, start) - 1
        while at >= 0 and self._reach[at] >= end:  # further back none reaches so far
            entry = self._entries[at]
            if end <= entry.end and (best is None or entry.end - entry.start <= best.end - best.start):
                best = entry
            at -= 1
        return best

    def words(self, start: int, end: int) -> tuple[list[str], list[str]]:
        """The words before a place, the nearest first, and those behind it."""
        first = bisect.bisect_left(self._starts, start)
        last = bisect.bisect_left(self._starts, end)
        before = [word for _, _, word in self._words[max(first - _FAR, 0) : first]]
        return before[::-1], [word for _, _, word in self._words[last : last + _FAR]]


def features(surroundings: Surroundings, options: Sequence[Option]) -> list[Features]:
    """One dict an option, in order."""
    best = max((option.score for option in options), default=0.0)
    order = sorted(range(len(options)), key=lambda index: options[index].places[0])
    place_of = {index: number for number, index in enumerate(order)}
    return [
        _of_rules(option, best)
        | _of_order(place_of[index], len(options))
        | _of_value(option)
        | _of_places(surroundings, option)
        for index, option in enumerate(options)
    ]


def _of_rules(option: Option, best: float) -> Features:
    named = {"rules": option.score, "rules found nothing": float(best == 0.0)}
    if option.score:
        named |= {f"rules {math.floor(option.score * 10) / 10:.1f}": 1.0, "best of rules": float(option.score == best)}
    else:
        named["not of rules"] = 1.0
    if option.known:
        named |= {"known value": 1.0, "known often": min(option.known / 10, 1.0)}
    return named


def _of_order(number: int, count: int) -> Features:
    return {f"number {min(number, 5)}": 1.0, f"last but {min(count - 1 - number, 3)}": 1.0, "alone": float(count == 1)}


def _of_value(option: Option) -> Features:
    text = str(option.value)
    words = text.split()
    looks = re.sub(r"[A-Z]+", "A", re.sub(r"[a-z]+", "a", re.sub(r"\d+", "9", re.sub(r"[가-힣]+", "가", text))))
    return {
        f"looks {looks[:16]}": 1.0,
        f"words {min(len(words), 8)}": 1.0,
        f"length {min(len(text) // 6, 10)}": 1.0,
        f"ends {_plain(words[-1]) if words else ''}": 1.0,
        f"begins {_plain(words[0]) if words else ''}": 1.0,
        f"stands {min(len(option.places), 6)} times": 1.0,
        "capitals": float(text.isupper()),
    }


def _of_places(surroundings: Surroundings, option: Option) -> Features:
    scene = surroundings.scene
    values: Features = {}
    for number, (start, end) in enumerate(option.places):
        before, after = surroundings.words(start, end)
        values |= {f"before {distance}: {word}": 1.0 for distance, word in enumerate(before[:_NEAR])}
        values |= {f"behind {distance}: {word}": 1.0 for distance, word in enumerate(after[:_NEAR])}
        values |= {f"near before: {word}": 1.0 for word in before} | {f"near behind: {word}": 1.0 for word in after}
        if len(before) > 1:
            values[f"before: {before[1]} {before[0]}"] = 1.0
        if len(after) > 1:
            values[f"behind: {after[0]} {after[1]}"] = 1.0
        if entry := surroundings.entry_at(start, end):
            values |= {f"label {form}": 1.0 for form in entry.key.forms} | {f"label by {entry.relation}": 1.0}
            if entry.role:
                values[f"role {scene.role_of(entry.role)}"] = 1.0
        piece = scene.layout.piece_at(start)
        if piece is not None:
            values[f"column {min(piece.column, 3)}"] = 1.0
            values["begins its line"] = max(values.get("begins its line", 0.0), float(piece.start == start))
            values["is its line"] = max(
                values.get("is its line", 0.0), float(piece.start == start and piece.end == end)
            )
            values[f"line begins {match_key(piece.text)[:6]}"] = 1.0
        if number == 0:
            page = scene.document.page_at(start)
            values[f"page {min(page.number, 3)}"] = 1.0
            values["last page"] = float(page.number == surroundings.pages)
            values[f"at {math.floor(10 * start / surroundings.length)} tenths"] = 1.0
            values[f"first characters {min(start // 250, 12)}"] = 1.0
            if piece is not None and piece.box:
                values[f"height {math.floor(10 * piece.box.y0)} tenths of the page"] = 1.0
    return values


def _plain(word: str) -> str:
    """A word for comparison: lower case, numbers alike."""
    return re.sub(r"\d+", "9", word.lower())
