"""One document prepared for extraction: its pieces, printed labels, blocks, articles and preamble, found once."""

from __future__ import annotations

import bisect
import heapq
import re
from functools import cached_property
from typing import Any

from extractor.classification.layout import Layout, Piece
from extractor.classification.titles import Title, find_title, is_kind
from extractor.core.documents import Document
from extractor.extractors.builtin import prose
from extractor.extractors.builtin.cells import cell_entries
from extractor.extractors.builtin.check_marks import Answer, answers, choices_for
from extractor.extractors.builtin.entries import Entry, line_entries
from extractor.extractors.builtin.printed_label import SYMBOL, bullet_style, parse_label
from extractor.extractors.builtin.profile import Profile, TypeProfile
from extractor.extractors.builtin.roles import Block, assign_roles, resolve
from extractor.extractors.builtin.values import is_name
from extractor.normalize import Amount, FoundDate, clean_name, find_amounts, find_dates, match_key

_MOST_COUNTED = 100
MOST_ENTRIES = 60_000
"""Printed labels of a document that are looked at, half of them from its beginning and half from its end."""


class PreparedDocument:
    """What the strategies share. Everything is found when first asked for."""

    def __init__(self, document: Document, prepared: TypeProfile) -> None:
        self.document = document
        self.text = document.text
        self.layout = Layout(document)
        self.flat_text = self.layout.flat_text
        self.preamble = prose.preamble_parties(document.text, self.flat_text, self._paragraph_start)
        self.meaning = resolve(self.flat_text, [(party.alias, party.role) for party in self.preamble])
        self.layout.aliases = {alias: role for alias, role in self.meaning.items() if alias not in ("first", "second")}
        entries = [*line_entries(self.layout, prepared.known), *cell_entries(self.layout, prepared.known)]
        entries.sort(key=lambda entry: (entry.key_start, entry.start))
        if len(entries) > MOST_ENTRIES:
            entries[MOST_ENTRIES // 2 : -MOST_ENTRIES // 2] = []
        self.entries: list[Entry] = entries
        self.blocks: list[Block] = assign_roles(self.layout, self.entries, self.meaning)
        self._answers: dict[tuple[str, ...], list[Answer]] = {}
        self._prepared = prepared
        self._best_names: dict[tuple[str, ...], dict[str, float]] = {}
        self._counts: dict[str, int] = {}
        self._names_under: dict[tuple[int, int], Piece | None] = {}

    @property
    def profiles(self) -> list[Profile]:
        """The fields that are looked for."""
        return self._prepared.fields

    def _paragraph_start(self, offset: int, least: int) -> int:
        title_end = self.title.end if self.title and self.title.end < offset else 0
        return max(self.layout.paragraph_start(offset, least), title_end)

    @cached_property
    def articles(self) -> list[prose.Article]:
        return prose.articles(self.text)

    def article_at(self, offset: int) -> prose.Article | None:
        """The article whose heading or body holds the character at `offset`."""
        at = bisect.bisect_right(self.articles, offset, key=lambda article: article.start) - 1
        return self.articles[at] if at >= 0 and offset < self.articles[at].end else None

    @cached_property
    def ranges(self) -> list[prose.DateRange]:
        return list(prose.date_ranges(self.flat_text, self.dates))

    @cached_property
    def dates(self) -> list[FoundDate]:
        """All dates of `flat_text`, see `normalize.find_dates`."""
        return list(find_dates(self.flat_text))

    @cached_property
    def amounts(self) -> list[Amount]:
        """All amounts of `flat_text`, see `normalize.find_amounts`."""
        return list(find_amounts(self.flat_text))

    @cached_property
    def squashed(self) -> str:
        """`flat_text` squashed: what is not in it is nowhere in the text, however it is spaced."""
        return match_key(self.flat_text)

    def times(self, word: str) -> int:
        """How often `word`, which has no white space, stands in the text, white space aside.

        Each word means a search through the whole text: after `_MOST_COUNTED` words it is 0.
        """
        if word not in self._counts:
            if len(self._counts) >= _MOST_COUNTED:
                return 0
            self._counts[word] = self._unspaced.count(word)
        return self._counts[word]

    @cached_property
    def _unspaced(self) -> str:
        return "".join(self.flat_text.split())

    @cached_property
    def title(self) -> Title | None:
        return find_title(self.layout)

    @cached_property
    def is_korean(self) -> bool:
        """Whether the title is Korean: of a bilingual document the Korean text is taken."""
        return self.title is not None and re.search("[가-힣]", self.title.text) is not None

    def answers(self, values: tuple[Any, ...]) -> list[Answer]:
        key = tuple(str(value) for value in values)
        if key not in self._answers:
            self._answers[key] = answers(self.layout, choices_for(values))
        return self._answers[key]

    def naming(self, entry: Entry, profile: Profile) -> float:
        """How well a printed label names a field; half of it where it names another field of the kind better."""
        own = self._named(entry.key.forms, profile)
        if entry.section and own < 0.9:
            own = max(own, 0.9 * self._named(tuple(entry.section + form for form in entry.key.forms), profile))
        return own

    def naming_title(self, title: str, profile: Profile) -> float:
        """The same for the title of an article (squashed), which may hold more than the label."""
        own = self._named((title,), profile)
        if own:
            return own
        return max(
            (0.8 * weight for label, weight in profile.labels.items() if len(label) >= 2 and label in title),
            default=0.0,
        )

    def _named(self, forms: tuple[str, ...], profile: Profile) -> float:
        own = max((profile.score(form) for form in forms), default=0.0)
        if own < 0.45:
            return 0.0
        if forms not in self._best_names:
            titled = self.title is not None and is_kind(self.title.text)
            best: dict[str, float] = {}
            for other in self._prepared.fields:
                if not (titled and other.shape == "title"):
                    best[other.family] = max(best.get(other.family, 0.0), *(other.score(form) for form in forms))
            self._best_names[forms] = best
        return own if self._best_names[forms].get(profile.family, 0.0) <= own + 0.1 else 0.4 * own

    def name_under(self, block: Block) -> Piece | None:
        """The line under a role that heads a signature block, when it is a name and no label."""
        key = block.start, block.piece.start
        if key not in self._names_under:
            self._names_under[key] = self._name_under(block)
        return self._names_under[key]

    def _name_under(self, block: Block) -> Piece | None:
        alone = self.text[block.piece.start : block.piece.end].strip(" :：")
        if not parse_label(alone, self.layout.aliases).is_role_alone() or block.start > block.piece.end:
            return None
        below = self.layout.below(block.piece)
        if below is None or below.start in self._labelled:
            return None
        if match_key(below.text) in self.layout.aliases:
            return None
        return below if is_name(clean_name(below.text)) else None

    @cached_property
    def _labelled(self) -> set[int]:
        """Where the pieces begin that hold a printed label."""
        return {entry.piece.start for entry in self.entries}

    def bulleted_until(self, piece: Piece) -> int:
        """The end of the list, one bulleted piece an item in one style, that goes on with `piece`."""
        return self._bulleted[self.layout.index_of(piece)]

    @cached_property
    def _bulleted(self) -> list[int]:
        ends: list[int] = []
        after: tuple[int | None, str] | None = None
        for piece in reversed(self.layout.pieces):
            own = piece.cell, bullet_style(SYMBOL.match(piece.text))
            ends.append(ends[-1] if own == after else piece.end)
            after = own
        return ends[::-1]

    def entry_over(self, offset: int) -> Entry | None:
        """The first of `entries` whose value holds the character at `offset`."""
        at = bisect.bisect_right(self._holders[0], offset) - 1
        return self._holders[1][at] if at >= 0 else None

    @cached_property
    def _holders(self) -> tuple[list[int], list[Entry | None]]:
        """Where in the text another entry begins to be the first that holds it, and which one (None for none)."""
        edges = sorted({edge for entry in self.entries for edge in (entry.start, entry.end)})
        starting = sorted(range(len(self.entries)), key=lambda number: self.entries[number].start)
        open_entries: list[int] = []
        holders: list[Entry | None] = []
        at = 0
        for edge in edges:
            while at < len(starting) and self.entries[starting[at]].start <= edge:
                heapq.heappush(open_entries, starting[at])
                at += 1
            while open_entries and self.entries[open_entries[0]].end <= edge:
                heapq.heappop(open_entries)
            holders.append(self.entries[open_entries[0]] if open_entries else None)
        return edges, holders

    def role_of(self, role: str | None) -> str | None:
        """A role with 갑 and 을 replaced by what they stand for here."""
        return self.meaning.get(role or "", role)

    def role_of_party(self, party: prose.Party) -> str | None:
        """What a party of the preamble is: by its own role, else by what its name in the contract stands for."""
        return self.role_of(party.role) or self.meaning.get(party.alias)
