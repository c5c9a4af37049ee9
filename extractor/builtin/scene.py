"""One document prepared for extraction: its pieces, printed labels, blocks, articles and preamble, found once."""

from __future__ import annotations

import re
from functools import cached_property
from typing import Any

from ..core import Document
from ..normalize import clean_name, squash
from . import prose
from .cells import cell_entries
from .entries import Entry, line_entries
from .keys import parse_key
from .layout import Layout, Piece
from .marks import Answer, answers, choices_for
from .profile import Profile, TypeProfile
from .roles import Block, assign_roles, resolve
from .titles import find_title, is_kind
from .values import is_name


class Scene:
    """What the strategies share. Everything is found when first asked for."""

    def __init__(self, document: Document, prepared: TypeProfile) -> None:
        self.document = document
        self.text = document.text
        self.layout = Layout(document)
        self.flow = self.layout.flow
        self.preamble = prose.preamble_parties(document.text, self.flow, self._paragraph_start)
        self.meaning = resolve(self.flow, [(party.alias, party.role) for party in self.preamble])
        self.layout.aliases = {alias: role for alias, role in self.meaning.items() if alias not in ("first", "second")}
        entries = [*line_entries(self.layout, prepared.known), *cell_entries(self.layout, prepared.known)]
        self.entries: list[Entry] = sorted(entries, key=lambda entry: (entry.key_start, entry.start))
        self.blocks: list[Block] = assign_roles(self.layout, self.entries, self.meaning)
        self._answers: dict[tuple[str, ...], list[Answer]] = {}
        self._prepared = prepared
        self._best_names: dict[tuple[str, ...], dict[str, float]] = {}

    @property
    def profiles(self) -> list[Profile]:
        """The fields that are looked for."""
        return self._prepared.fields

    def _paragraph_start(self, offset: int) -> int:
        return max(self.layout.paragraph_start(offset), self.title[1] if self.title and self.title[1] < offset else 0)

    @cached_property
    def articles(self) -> list[prose.Article]:
        return prose.articles(self.text)

    @cached_property
    def ranges(self) -> list[prose.DateRange]:
        return list(prose.date_ranges(self.flow))

    @cached_property
    def title(self) -> tuple[int, int, str, float] | None:
        return find_title(self.layout)

    @cached_property
    def is_korean(self) -> bool:
        """Whether the title is Korean: of a bilingual document the Korean text is taken."""
        return self.title is not None and re.search("[가-힣]", self.title[2]) is not None

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
            titled = self.title is not None and is_kind(self.title[2])
            best: dict[str, float] = {}
            for other in self._prepared.fields:
                if not (titled and other.shape == "title"):
                    best[other.family] = max(best.get(other.family, 0.0), *(other.score(form) for form in forms))
            self._best_names[forms] = best
        return own if self._best_names[forms].get(profile.family, 0.0) <= own + 0.1 else 0.4 * own

    def name_under(self, block: Block) -> Piece | None:
        """The line under a role that heads a signature block, when it is a name and no label."""
        alone = self.text[block.piece.start : block.piece.end].strip(" :：")
        if not parse_key(alone, self.layout.aliases).is_role_alone() or block.start > block.piece.end:
            return None
        below = self.layout.below(block.piece)
        if below is None or any(entry.piece is below for entry in self.entries):
            return None
        if squash(below.text) in self.layout.aliases:
            return None
        return below if is_name(clean_name(below.text)) else None

    def role_of(self, role: str | None) -> str | None:
        """A role with 갑 and 을 replaced by what they stand for here."""
        return self.meaning.get(role or "", role)

    def role_of_party(self, party: prose.Party) -> str | None:
        """What a party of the preamble is: by its own role, else by what its name in the contract stands for."""
        return self.role_of(party.role) or self.meaning.get(party.alias)
