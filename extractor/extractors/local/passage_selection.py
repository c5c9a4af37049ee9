"""What of a long document a model reads: the lines where the built-in rules see something for a field.

A cheap first pass. Reading is what a long document costs (a forward over every token); the rules look through all of
it in some hundredths of that. Each field gets its likeliest place first, then places that print its label, then the
beginning and the end of the document, then less likely places, until the budget is spent.
"""

from __future__ import annotations

import bisect
import re
import threading
from collections.abc import Iterable, Iterator, Sequence
from itertools import zip_longest

from extractor.core.document_types import DocumentType, Field
from extractor.core.documents import Document
from extractor.extractors.builtin.profile import type_profile
from extractor.extractors.sandboxed_text import ranked_candidates

MOST_READ = 1200
"""Tokens of a document that are read, measured (docs/local-extraction.md); one that is little longer is read whole."""

_LITTLE = 1.2
_LONG_LINE = 120
_FIRST_LINES, _LAST_LINES = 4, 8
_MOST_LABELS = 3
_MOST_KEPT = 64
_SENTENCE_END = re.compile(r"(?<=[.;:])\s+|(?<=다\.)")

Span = tuple[int, int]


class PassageSelection:
    """What was read of the documents read last; safe to share between threads."""

    def __init__(self) -> None:
        self._read: dict[tuple[str, int], list[Span]] = {}
        self._lock = threading.Lock()

    def choose(
        self, document: Document, document_type: DocumentType, token_starts: Sequence[int], budget: int
    ) -> list[Span]:
        """The spans to be read now, see `worth_reading`: those of the last time first, which need not be read again."""
        key = document.content_hash, len(document.text)  # Of a scan more may be known by now.
        with self._lock:
            before = self._read.pop(key, ())
        spans = worth_reading(document, document_type, token_starts, budget, before)
        with self._lock:
            self._read[key] = spans
            if len(self._read) > _MOST_KEPT:
                del self._read[next(iter(self._read))]
        return spans


def worth_reading(
    document: Document, document_type: DocumentType, token_starts: Sequence[int], budget: int, read: Sequence[Span] = ()
) -> list[Span]:
    """The spans `[start, end)` of the text to be read, in its order, of at most `budget` tokens together.

    `token_starts` are the offsets at which the tokens of the text begin. `read` are spans that a model has read
    before: they come first and as they were, what they lack for these fields behind them, within twice the budget.
    """
    if len(token_starts) <= _LITTLE * budget:
        return [(0, len(document.text))]
    lines = _Lines(document.text, token_starts, min(_LONG_LINE, max(budget // 4, 1)))
    needed, useful = _wanted(document, document_type, lines)
    if read:
        taken = lines.within(read)
        missing = [line for line in needed if line not in taken]
        if lines.tokens(taken) + lines.tokens(missing) <= 2 * budget:
            return [*read, *lines.spans(missing)]
    chosen: set[int] = set()
    spent = 0
    for line in dict.fromkeys((*needed, *useful, *range(len(lines)))):
        if spent + lines.cost(line) <= budget:
            chosen.add(line)
            spent += lines.cost(line)
    return lines.spans(chosen)


def _wanted(document: Document, document_type: DocumentType, lines: _Lines) -> tuple[list[int], list[int]]:
    """The lines that the fields need, and those that may hold them as well, both the likeliest first."""
    prepared = type_profile(document_type)
    ranked, chosen = ranked_candidates(document, document_type)
    best = [lines.around(candidate.start, candidate.end) for candidate in chosen.values() if candidate]
    rounds = [
        [lines.around(candidate.start, candidate.end) for candidate in candidates[:8]] for candidates in ranked.values()
    ]
    first = [places[0] for places in rounds if places]
    named: list[Iterable[str]] = [profile.labels for profile in prepared.fields]
    named += [labels for field in document_type.fields for labels in _nested_labels(field)]
    labels = [list(_labelled(document.text, own, lines)) for own in named]
    edges = [*range(_FIRST_LINES), *range(max(len(lines) - _LAST_LINES, 0), len(lines))]
    needed = [*_flat(best), *_flat(first), *_flat(passage for places in labels for passage in places[:1])]
    useful = [*edges, *_flat(passage for turn in zip_longest(*labels) for passage in turn if passage)]
    useful += _flat(passage for turn in zip_longest(*rounds) for passage in turn if passage)
    return list(dict.fromkeys(needed)), useful


def _nested_labels(field: Field) -> list[tuple[str, ...]]:
    """What an object or a list of objects is called, and each of its parts; nothing for other fields."""
    if field.kind not in ("object", "objects"):
        return []
    named = (field, *field.fields)
    return [(*part.labels, part.title(), part.title("ko"), part.name.replace("_", " ")) for part in named]


def _labelled(text: str, labels: Iterable[str], lines: _Lines) -> Iterator[list[int]]:
    """The lines around the first places that print a label."""
    spellings = [r"\s?".join(map(re.escape, label)) for label in labels if len(label) >= 2]
    if spellings:
        either = "|".join(sorted(spellings, key=len, reverse=True))
        matches = re.finditer(f"(?<![A-Za-z])(?:{either})(?![A-Za-z])", text, re.IGNORECASE)
        for match, _ in zip(matches, range(_MOST_LABELS), strict=False):
            yield lines.around(*match.span())


def _flat(places: Iterable[list[int]]) -> list[int]:
    return [line for passage in places for line in passage]


class _Lines:
    """The lines of a text, long ones in sentences or less, and how many tokens each has."""

    def __init__(self, text: str, token_starts: Sequence[int], longest: int) -> None:
        self._token_starts = token_starts
        starts = {0, *(match.end() for match in re.finditer(r"[\n\f]", text))}
        for cuts in (_SENTENCE_END, re.compile(r"\s+"), re.compile("")):
            starts |= self._further(text, sorted(starts - {len(text)}), longest, cuts)
        self._starts = sorted(starts - {len(text)})
        self._ends = [*self._starts[1:], len(text)]

    def _further(self, text: str, starts: Sequence[int], longest: int, cuts: re.Pattern[str]) -> set[int]:
        """Where to cut what is longer than `longest` tokens: at `cuts`, as few of them as will do."""
        offsets = set()
        for start, end in zip(starts, [*starts[1:], len(text)], strict=True):
            while self._count(start, end) > longest:
                most = self._token_starts[bisect.bisect_left(self._token_starts, start) + longest]
                places = [match.end() for match in cuts.finditer(text, start, most) if start < match.end() <= most]
                if not places:
                    break
                start = places[-1]
                offsets.add(start)
        return offsets

    def __len__(self) -> int:
        return len(self._starts)

    def _count(self, start: int, end: int) -> int:
        return bisect.bisect_left(self._token_starts, end) - bisect.bisect_left(self._token_starts, start)

    def cost(self, line: int) -> int:
        return self._count(self._starts[line], self._ends[line])

    def tokens(self, lines: Iterable[int]) -> int:
        return sum(map(self.cost, lines))

    def around(self, start: int, end: int) -> list[int]:
        """The lines of a place, then the line before and the line after."""
        first = max(bisect.bisect_right(self._starts, start) - 1, 0)
        last = max(bisect.bisect_left(self._starts, max(end, start + 1)) - 1, first)
        return [*range(first, last + 1), *(line for line in (first - 1, last + 1) if 0 <= line < len(self))]

    def within(self, spans: Iterable[Span]) -> set[int]:
        return {
            line
            for start, end in spans
            for line in range(bisect.bisect_left(self._starts, start), bisect.bisect_left(self._starts, end))
            if self._ends[line] <= end
        }

    def spans(self, lines: Iterable[int]) -> list[Span]:
        """The lines in order, neighbours as one span."""
        spans: list[Span] = []
        for line in sorted(lines):
            if spans and spans[-1][1] == self._starts[line]:
                spans[-1] = (spans[-1][0], self._ends[line])
            else:
                spans.append((self._starts[line], self._ends[line]))
        return spans
