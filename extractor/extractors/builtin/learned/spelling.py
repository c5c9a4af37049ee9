"""How people write what documents print: words that corrections change again and again, `Incorporated` into `Inc.`."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from extractor.extractors.builtin.learned.options import Option
from extractor.normalize import comparison_key

LEAST = 3
"""Documents that must agree on a change."""


@dataclass(frozen=True)
class Spelling:
    """`changes` maps a printed word, lower case without punctuation, to the word that people write."""

    changes: Mapping[str, str]

    def apply(self, options: Sequence[Option]) -> list[Option]:
        """The options as people would write them; two that become the same stay two."""
        if not self.changes:
            return list(options)
        return [
            replace(option, value=self._written(option.value)) if isinstance(option.value, str) else option
            for option in options
        ]

    def _written(self, value: str) -> str:
        return " ".join(self.changes.get(_bare(word), word) for word in value.split())


def learn_spelling(examples: Iterable[tuple[Sequence[Option], Sequence[str]]]) -> Spelling:
    """The changes that hold in at least `LEAST` documents and against which little speaks.

    `examples` gives for each document the options of a field and its right values.
    """
    changed: Counter[tuple[str, str]] = Counter()
    kept: Counter[str] = Counter()
    for offered, right in examples:
        printed = [option.value for option in offered if isinstance(option.value, str)]
        keys = {comparison_key(value): value for value in printed}
        changes: set[tuple[str, str]] = set()
        for value in right:
            if comparison_key(value) in keys:
                kept.update({_bare(word) for word in keys[comparison_key(value)].split()})
            else:
                changes |= set(_changes(printed, value))
        changed.update(changes)
    best: dict[str, tuple[int, str]] = {}
    for (word, written), times in changed.items():
        if times >= LEAST and times > 4 * kept[word]:
            best[word] = max(best.get(word, (0, "")), (times, written))
    return Spelling({word: written for word, (_, written) in best.items()})


def _changes(printed: Sequence[str], right: str) -> Iterable[tuple[str, str]]:
    """The words in which a printed value differs from the right one, when most words are the same."""
    wanted = right.split()
    for value in printed:
        words = value.split()
        if len(words) != len(wanted) or len(words) < 2:
            continue
        differing = [
            (_bare(word), other) for word, other in zip(words, wanted, strict=True) if _bare(word) != _bare(other)
        ]
        if 0 < len(differing) <= len(words) // 2:
            return differing
    return []


def _bare(word: str) -> str:
    return re.sub(r"[\s.,;:()]+", "", word.lower())
