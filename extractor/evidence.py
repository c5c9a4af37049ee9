"""From a value to the place in the document that says it: page, character span, boxes.

`evidence_at` turns a span into evidence; `align` finds the spans of a value that came without one (typed by a
person, answered by a model), also when the stored value is normalised.
"""

from __future__ import annotations

import bisect
import math
import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Any

from extractor.core.document_types import Field
from extractor.core.documents import Box, Document, Page, Word
from extractor.core.extractions import Alignment, Evidence
from extractor.normalize import FoundDate, find_amounts, find_dates, match_key, normalize, parse_boolean

_LEAST_ITEMS, _MOST_SEARCHED = 200, 500_000_000
"""Items of a list whose places are looked for in any document, and characters that are searched for more of them."""
_LONGEST_FUZZY, _MOST_SEEDS = 2_000, 200
"""Letters of a value that is looked for approximately, pieces of it that are searched."""
FUZZY_LEAST = 0.82
"""The least similarity (0 to 1) of an approximate place; below it a value counts as unsupported."""


def evidence_at(page: Page, text: str, start: int, end: int, alignment: Alignment = "exact") -> Evidence:
    """The evidence for `[start, end)`, offsets into `Document.text`; `text` is the text of `page` alone.

    One box a line of text, empty without page images.
    """
    return _evidence(page, text[start - page.start : end - page.start], start, end, alignment)


def _evidence(page: Page, said: str, start: int, end: int, alignment: Alignment) -> Evidence:
    boxes = _line_boxes(_overlapping(page.words, start, end))
    return Evidence(page.number, start, end, said, boxes, alignment)


def span_evidence(document: Document, start: int, end: int, alignment: Alignment = "exact") -> tuple[Evidence, ...]:
    """The evidence for `document.text[start:end]`, one for each page it touches."""
    evidence = []
    while start < end:
        page = document.page_at(start)
        stop = max(min(end, page.end), start + 1)
        if document.text[start:stop].strip():
            evidence.append(_evidence(page, document.text[start : min(stop, page.end)], start, stop, alignment))
        start = stop
    return tuple(evidence)


def legibility(document: Document, places: Iterable[Evidence]) -> float:
    """The factor, 0 to 1, for the confidence of a value that stands at `places`: 1 where the text was given.

    On scans the square root of what text recognition says of the least sure word: of several measures the one that
    best told right values of scanned samples from wrong ones without hiding what the model is sure of (docs/scans.md).
    """
    words = (word for evidence in places for word in document.words_in(evidence.start, evidence.end))
    least = min((word.confidence for word in words if word.confidence is not None), default=1.0)
    return math.sqrt(least)


def most_items(length: int) -> int:
    """How many items of a list are looked for in a text of `length` characters: each means a search through it."""
    return max(_LEAST_ITEMS, _MOST_SEARCHED // max(length, 1))


def align(document: Document, field: Field, value: Any) -> tuple[Evidence, ...]:
    """Where `value` of `field` stands in the document; empty when nothing there supports it.

    Looked for in turn: the value letter for letter (white space, case and punctuation aside), a date,
    amount or choice that normalises to it, and for longer strings an approximate place.
    A list is aligned item by item. Of several places the first counts.
    """
    if value is None or value == "" or value == []:
        return ()
    if isinstance(value, (list, tuple)):
        return tuple(
            evidence
            for item in value[: most_items(len(document.text))]
            for evidence in align(document, field.item, item)
        )
    if field.kind == "date":
        spans = [(s, e) for s, e, iso in _dates(document.text) if iso == value]
        return span_evidence(document, *spans[0], "normalized") if spans else ()
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return _align_number(document, value)
    if isinstance(value, bool):
        return _align_boolean(document, field, value)
    return _align_string(document, field, str(value))


def _align_number(document: Document, value: float) -> tuple[Evidence, ...]:
    for amount in find_amounts(document.text):
        if amount.value == value:
            return span_evidence(document, amount.start, amount.end, "normalized")
    for match in re.finditer(r"(?<![\d.,])\d[\d,]*(?:\.\d+)?(?![\d])", document.text):
        if float(match.group().replace(",", "")) == value:
            return span_evidence(document, *match.span(), "normalized")
    return ()


def _align_boolean(document: Document, field: Field, value: bool) -> tuple[Evidence, ...]:
    """A line that names the field and says yes or no."""
    labels = [match_key(label) for label in field.labels]
    for match in re.finditer(r"[^\n\f]+", document.text):
        line = match_key(match.group())
        if any(label in line for label in labels) and parse_boolean(match.group()) is value:
            return span_evidence(document, *match.span(), "normalized")
    return ()


def _align_string(document: Document, field: Field, value: str) -> tuple[Evidence, ...]:
    squashed, offsets = squashed_text(document.text)
    wanted = match_key(value)
    if not wanted:
        return ()
    for at in _occurrences(squashed, wanted):
        start, end = offsets[at], offsets[at + len(wanted) - 1] + 1
        alignment: Alignment = "exact" if value in document.text[start : end + 1] else "normalized"
        return span_evidence(document, start, end, alignment)
    for word_start, word_end in _typed_spans(document.text, field):
        if normalize(field, document.text[word_start:word_end]) == value:
            return span_evidence(document, word_start, word_end, "normalized")
    return _align_fuzzy(document, squashed, offsets, wanted)


def _occurrences(squashed: str, wanted: str) -> Iterable[int]:
    at = squashed.find(wanted)
    while at >= 0:
        yield at
        at = squashed.find(wanted, at + 1)


def _typed_spans(text: str, field: Field) -> Iterable[tuple[int, int]]:
    """Spans that may normalise to a value of `field` though they are written otherwise."""
    if field.kind == "choice":
        return (match.span() for match in re.finditer(r"[^\t\n\f]+", text))
    return _numbers_and_addresses(text)


_OF_NUMBERS = re.compile(r"[\d\s().·-]{8,}+")
_FIRST_OF_NUMBER = re.compile(r"[\d(]")


def _numbers_and_addresses(text: str) -> Iterator[tuple[int, int]]:
    """Runs of digits as phone and registration numbers are spelt, and words with an @ inside."""
    for run in _OF_NUMBERS.finditer(text):
        first = _FIRST_OF_NUMBER.search(text, run.start(), run.end())
        last = run.end()
        while last > run.start() and not text[last - 1].isdecimal():
            last -= 1
        if first and last - first.start() >= 8:
            yield first.start() - (text[first.start() - 1 : first.start()] == "+"), last
    for word in re.finditer(r"\S++", text):
        if "@" in word.group()[1:-1]:
            yield word.span()


def _align_fuzzy(document: Document, squashed: str, offsets: Sequence[int], wanted: str) -> tuple[Evidence, ...]:
    """The window most like `wanted` (Indel similarity) among those that share four letters with it in their place."""
    if not 6 <= len(wanted) <= _LONGEST_FUZZY or len(squashed) > 400_000:
        return ()
    from rapidfuzz.distance import Indel

    step = max(2, len(wanted) // _MOST_SEEDS)
    seeds = {wanted[i : i + 4] for i in range(0, len(wanted) - 3, step)}
    starts = sorted(
        {max(at - wanted.index(seed), 0) for seed in seeds for at in _first(_occurrences(squashed, seed), 20)}
    )
    best, best_span = FUZZY_LEAST, (0, 0)
    for start in starts:
        window = squashed[start : start + len(wanted)]
        if (similarity := Indel.normalized_similarity(window, wanted, score_cutoff=best)) > best:
            best, best_span = similarity, (start, start + len(window))
    if best_span == (0, 0):
        return ()
    return span_evidence(document, offsets[best_span[0]], offsets[best_span[1] - 1] + 1, "fuzzy")


def _first(items: Iterable[int], most: int) -> list[int]:
    return [item for _, item in zip(range(most), items, strict=False)]


@lru_cache(maxsize=8)
def _dates(text: str) -> list[FoundDate]:
    return list(find_dates(text))


@lru_cache(maxsize=8)
def squashed_text(text: str) -> tuple[str, list[int]]:
    """`text` as `normalize.squash` leaves it, and for each letter of that its offset in `text`."""
    letters: list[str] = []
    offsets: list[int] = []
    for offset, letter in enumerate(text):
        for part in match_key(letter):
            letters.append(part)
            offsets.append(offset)
    return "".join(letters), offsets


def _overlapping(words: Sequence[Word], start: int, end: int) -> list[Word]:
    first = bisect.bisect_right(words, start, key=lambda word: word.end)
    last = bisect.bisect_left(words, end, key=lambda word: word.start)
    return list(words[first:last])


def _line_boxes(words: Iterable[Word]) -> tuple[Box, ...]:
    """The boxes of words joined into one a line: a word belongs to the line whose middle it shares."""
    lines: list[Box] = []
    for word in words:
        if word.box is None:
            continue
        if lines and _same_line(lines[-1], word.box):
            lines[-1] = lines[-1].union(word.box)
        else:
            lines.append(word.box)
    return tuple(lines)


def _same_line(line: Box, box: Box) -> bool:
    overlap = min(line.y1, box.y1) - max(line.y0, box.y0)
    return overlap > 0.5 * min(line.y1 - line.y0, box.y1 - box.y0) and box.x0 > line.x0
