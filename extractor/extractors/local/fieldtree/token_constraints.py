"""What a branch of the field tree may say: token paths that lead to places of the document, and nothing else.

An open path begins at a word of the document and follows the document's own tokens; it may end at any end of a word.
A closed path spells one value that was read off a place (a date as ISO, an amount, a choice, null) and ends there.
"""

from __future__ import annotations

import bisect
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

LONGEST = 96
"""The most tokens of a value that is copied from the document."""

_STOP = re.compile(r"\n\s*\n|[\t\f]")
_BEFORE_WORD = " \t\n\f\"'“”‘’«»「」『』<>()[]{}*_:：=·•○●□■-"

Encode = Callable[[str], list[int]]


@dataclass(frozen=True)
class Place:
    """A value and the characters `[start, end)` it was read from; `value` None is null, `end` 0 is nowhere."""

    value: Any
    start: int = 0
    end: int = 0


class Path:
    """A closed path: tokens that spell one value."""

    def __init__(self, tokens: Sequence[int], span: Place) -> None:
        self._tokens, self._place = tokens, span

    @property
    def reach(self) -> tuple[int, int]:
        """The characters that it may say."""
        return self._place.start, self._place.end

    def token(self, at: int) -> int | None:
        """The token after `at` tokens, None where the path is over."""
        return self._tokens[at] if at < len(self._tokens) else None

    def ended(self, at: int) -> Place | None:
        """What it says when it ends after `at` tokens; None where it may not end."""
        return self._place if at == len(self._tokens) else None


class OpenPath(Path):
    """A path along the document, from the word that begins at token `first`."""

    def __init__(self, source: SourceTokens, first: int) -> None:
        self._source = source
        self._start, after, self._opening = source.opening(first)
        self._rest = after - len(self._opening)
        self._limit = source.limit(self._start)

    @property
    def reach(self) -> tuple[int, int]:
        return self._start, self._start + 1

    def token(self, at: int) -> int | None:
        if at < len(self._opening):
            return self._opening[at]
        index = self._rest + at
        if at >= LONGEST or index >= len(self._source.ids) or self._source.spans[index][0] >= self._limit:
            return None
        return self._source.ids[index]

    def ended(self, at: int) -> Place | None:
        if at < len(self._opening):
            return None
        end = self._source.spans[self._rest + at - 1][1]
        # Where no token may follow it ends, even in a word: the last one may reach over the end of its cell.
        if not self._source.may_end(self._rest + at - 1) and self.token(at) is not None:
            return None
        # A token may hold the end of a cell and the letters behind it.
        raw = self._source.text[self._start : min(end, self._limit)].rstrip()
        return Place(raw, self._start, self._start + len(raw))


class SourceTokens:
    """The document as the model reads it. `spans` are the characters `[start, end)` of each token in `text`."""

    def __init__(self, text: str, ids: Sequence[int], spans: Sequence[tuple[int, int]], encode: Encode) -> None:
        self.text, self.ids, self.spans = text, ids, spans
        self._encode = encode
        self._openings: dict[str, list[int]] = {}

    @cached_property
    def open_paths(self) -> list[Path]:
        """One path a word of the document, in its order."""
        return [OpenPath(self, index) for index in range(len(self.ids)) if self._may_start(index)]

    def opening(self, first: int) -> tuple[int, int, list[int]]:
        """Where the word of token `first` begins, the first token after it, and its tokens behind a quotation mark.

        Vocabularies know most words with a space before them; behind the mark there is none, so the tokens differ.
        """
        start, end = self.spans[first]
        after = first + 1
        while after < len(self.ids) and self.spans[after][0] < end:  # tokens that share one character
            end = max(end, self.spans[after][1])
            after += 1
        start += len(self.text[start:end]) - len(self.text[start:end].lstrip(_BEFORE_WORD))
        piece = self.text[start:end]
        if piece not in self._openings:
            self._openings[piece] = self._encode(piece)
        return start, after, self._openings[piece]

    def limit(self, start: int) -> int:
        """Where a value that begins at `start` must be over: an empty line, the end of a cell or page."""
        at = bisect.bisect_left(self._stops, start)
        return self._stops[at] if at < len(self._stops) else len(self.text)

    @cached_property
    def _stops(self) -> list[int]:
        return [match.start() for match in _STOP.finditer(self.text)]

    def may_end(self, index: int) -> bool:
        """Whether a value may end with token `index`: not inside a word (Korean particles are cut off words)."""
        end = self.spans[index][1]
        if index + 1 < len(self.spans) and self.spans[index + 1][0] < end:
            return False
        around = self.text[end - 1 : end + 1]
        return len(around) < 2 or not around.isalnum() or "가" <= around[0] <= "힣"

    def _may_start(self, index: int) -> bool:
        start, end = self.spans[index]
        if index and self.spans[index - 1][1] > start:
            return False
        piece = self.text[start:end]
        word = piece.lstrip(_BEFORE_WORD)
        start += len(piece) - len(word)
        return bool(word) and word[0].isalnum() and not self.text[max(start - 1, 0) : start].isalnum()


def closed_paths(encode: Encode, places: Iterable[tuple[str, Place]]) -> list[Path]:
    """A path for every (spelling, place); of places that are spelt the same the first."""
    first: dict[str, Place] = {}
    for spelling, span in places:
        first.setdefault(spelling, span)
    return [Path(encode(spelling), span) for spelling, span in first.items()]
