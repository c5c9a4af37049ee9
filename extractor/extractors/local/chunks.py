"""A document in pieces that fit a model, by pages where it can be, and the way back.

Each piece begins a little before the end of the last one, so that a sentence across the border is whole in one
of them. Together they hold every character of the document.
"""

from __future__ import annotations

import bisect
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import accumulate

from extractor.core.documents import Document, concat
from extractor.core.extractions import Evidence, FieldValue

OVERLAP = 0.1
"""How much of a piece repeats the end of the one before."""

FILLED = 0.4
"""A border of a page is kept where the piece is at least so full; else a long page would leave slivers."""


def spans(document: Document, token_starts: Sequence[int], budget: int) -> list[tuple[int, int]]:
    """The document's text cut into `[start, end)` pieces of at most `budget` tokens.

    `token_starts` are the offsets at which the tokens of `Document.text` begin. Cut at the end of a page where
    one is near, else of a line, else of a word, else anywhere (one word longer than a piece).
    """
    text = document.text
    pages = [page.end for page in document.pages]
    lines = [match.end() for match in re.finditer(r"[\n\f]", text)]
    words = [match.end() for match in re.finditer(r"\s+", text)]
    pieces: list[tuple[int, int]] = []
    start = done = 0
    while True:
        first = bisect.bisect_left(token_starts, start)
        if len(token_starts) - first <= budget:
            pieces.append((start, len(text)))
            return pieces
        most = token_starts[first + budget]
        wanted = token_starts[first + int(budget * FILLED)]
        end = _last(pages, wanted, most) or _last(lines, done, most) or _last(words, done, most) or most
        pieces.append((start, end))
        start, done = _overlap(token_starts, lines, end, int(budget * OVERLAP)), end


def _last(cuts: Sequence[int], after: int, most: int) -> int | None:
    """The last of `cuts` in (after, most]."""
    index = bisect.bisect_right(cuts, most) - 1
    return cuts[index] if index >= 0 and cuts[index] > after else None


def _overlap(token_starts: Sequence[int], lines: Sequence[int], end: int, most: int) -> int:
    """The start of the line that begins at most `most` tokens before `end`; `end` itself when there is none."""
    index = bisect.bisect_left(token_starts, end) - most
    earliest = token_starts[max(index, 0)]
    following = bisect.bisect_left(lines, earliest)
    return min(lines[following], end) if following < len(lines) else end


BETWEEN = "\n\n"
"""What stands between two spans of an excerpt: no value reaches over an empty line."""


def excerpt(
    document: Document, spans: Sequence[tuple[int, int]]
) -> tuple[Document, Callable[[FieldValue], FieldValue]]:
    """Some spans of a document as one of its own, and what takes a value of that to the whole document."""
    if list(spans) == [(0, len(document.text))]:
        return document, lambda value: value
    passages = [document.slice(start, end) for start, end in spans]
    *starts, _end = accumulate((len(passage.text) + len(BETWEEN) for passage in passages), initial=0)

    def back(value: FieldValue) -> FieldValue:
        return replace(value, evidence=tuple(_moved(evidence, _way(evidence.start)) for evidence in value.evidence))

    def _way(at: int) -> int:
        index = bisect.bisect_right(starts, at) - 1
        return spans[index][0] - starts[index]

    return concat(passages, after=BETWEEN), back


def moved(value: FieldValue, offset: int) -> FieldValue:
    """A value of a slice of a document that begins at `offset`, as a value of the whole document."""
    return replace(value, evidence=tuple(_moved(evidence, offset) for evidence in value.evidence))


def _moved(evidence: Evidence, offset: int) -> Evidence:
    return replace(evidence, start=evidence.start + offset, end=evidence.end + offset)
