"""What a value could be: everything in a document that has the shape of a field, and where it stands.

The rules of the built-in extractor say what they found with their scores; beside it stand all other places of that
shape, and the values that approved documents had, where this document prints them too.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from extractor.extractors.builtin import agreements
from extractor.extractors.builtin.prepared_document import PreparedDocument
from extractor.extractors.builtin.profile import Profile
from extractor.extractors.builtin.values import SPANS, Candidate, quoted_titles, value_at
from extractor.normalize import comparison_key

MOST = 80
"""Options of a field in one document; what the rules like and what stands early is kept."""
MOST_PLACES = 6
_LONGEST = 120


@dataclass(slots=True)
class Option:
    """One value and its places, in the order of the text. `score` is the rules' own, 0 where they did not find it."""

    value: Any
    score: float = 0.0
    places: list[tuple[int, int]] = field(default_factory=list)
    known: int = 0
    source: Candidate | None = None

    def add(self, start: int, end: int) -> None:
        if (start, end) not in self.places and len(self.places) < MOST_PLACES:
            self.places.append((start, end))


def options(
    scene: PreparedDocument, profile: Profile, ranked: Sequence[Candidate], known: Mapping[str, tuple[str, int]]
) -> list[Option]:
    """The options of a field, those the rules like best first.

    `ranked` is what the rules found. `known` are values of approved documents by their `comparable` form: as they
    were printed, and in how many documents.
    """
    by_key: dict[str, Option] = {}

    def option(value: Any) -> Option:
        return by_key.setdefault(comparison_key(value), Option(value))

    for candidate in ranked:
        for value, (start, end) in _single(candidate):
            item = option(value)
            if candidate.score > item.score:
                item.score, item.source = candidate.score, candidate
            item.add(start, end)
    for value, start, end in _shaped(scene, profile):
        option(value).add(start, end)
    for key, (printed, times) in known.items():
        places = _places(scene.flat_text, printed) if key not in by_key else []
        for start, end in places:
            option(printed).add(start, end)
        if key in by_key:
            by_key[key].known = times
    kept = sorted(by_key.values(), key=lambda item: (-item.score, -item.known, item.places[0]))[:MOST]
    for item in kept:
        item.places.sort()
    return kept


def _single(candidate: Candidate) -> Iterator[tuple[Any, tuple[int, int]]]:
    """A list's values one by one, with the place of each."""
    if not isinstance(candidate.value, list):
        yield candidate.value, (candidate.start, candidate.end)
        return
    spans = candidate.spans if len(candidate.spans) == len(candidate.value) else ()
    for number, value in enumerate(candidate.value):
        yield value, spans[number] if spans else (candidate.start, candidate.end)


def _shaped(scene: PreparedDocument, profile: Profile) -> Iterator[tuple[Any, int, int]]:
    shape = profile.shape
    if shape == "date":
        for start, end, iso in scene.dates:
            yield iso, start, end
    elif shape in ("amount", "number"):
        for amount in scene.amounts:
            yield amount.value, amount.start, amount.end
    elif shape in SPANS:
        for start, end in SPANS[shape](scene.flat_text):
            if extraction := value_at(profile, scene.text, start, end):
                yield extraction
    elif shape == "list" and "parties" in profile.groups and not scene.is_korean:
        yield from agreements.names_in(scene)
    elif shape not in ("law", "list") and not agreements.asks_number_and_unit(profile):
        yield from _written(scene, profile)


def _written(scene: PreparedDocument, profile: Profile) -> Iterator[tuple[Any, int, int]]:
    """What stands beside any printed label, in any cell or on any short line, and titles in quotation marks."""
    for entry in scene.entries:
        short = not entry.blank and entry.end - entry.start <= _LONGEST
        if short and (extraction := value_at(profile, scene.text, entry.start, entry.end)):
            yield extraction
    for piece in scene.layout.pieces:
        if len(piece.text) <= _LONGEST // 2 and (extraction := value_at(profile, scene.text, piece.start, piece.end)):
            yield extraction
    if profile.shape in ("work", "title", "text"):
        yield from quoted_titles(scene.text)


def _places(flat_text: str, printed: str) -> list[tuple[int, int]]:
    words = [re.escape(word) for word in printed.split()]
    if not words or len(printed) < 2:
        return []
    pattern = re.compile(r"(?<!\w)" + r"[\s,]++".join(words) + r"(?![A-Za-z0-9])")
    return [match.span() for match in itertools.islice(pattern.finditer(flat_text), MOST_PLACES)]
