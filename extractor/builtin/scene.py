"""One document prepared for extraction: its pieces, printed labels, blocks, articles and preamble, found once."""

from __future__ import annotations

from functools import cached_property

from ..core import Document
from ..normalize import clean_name
from . import prose
from .entries import Entry, find_entries
from .keys import parse_key
from .layout import Layout, Piece
from .marks import Answer, Choices, answers
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
        self.entries: list[Entry] = find_entries(self.layout, prepared.known)
        self.preamble = prose.preamble_parties(document.text, self.flow, self._paragraph_start)
        self.meaning = resolve(self.flow, [(party.alias, party.role) for party in self.preamble])
        self.blocks: list[Block] = assign_roles(self.layout, self.entries, self.meaning)
        self._answers: dict[tuple[str, ...], list[Answer]] = {}
        self._prepared = prepared
        self._best_names: dict[int, dict[str, float]] = {}

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

    def answers(self, values: tuple[object, ...]) -> list[Answer]:
        key = tuple(str(value) for value in values)
        if key not in self._answers:
            self._answers[key] = answers(self.layout, Choices(values))
        return self._answers[key]

    def naming(self, entry: Entry, profile: Profile) -> float:
        """How well a printed label names a field; half of it where it names another field of the kind better."""
        own = max((profile.score(form) for form in entry.key.forms), default=0.0)
        if own < 0.45:
            return 0.0
        if id(entry) not in self._best_names:
            best: dict[str, float] = {}
            titled = self.title is not None and is_kind(self.title[2])
            for other in self._prepared.fields:
                if titled and other.shape == "title":
                    continue
                score = max(other.score(form) for form in entry.key.forms)
                best[other.family] = max(best.get(other.family, 0.0), score)
            self._best_names[id(entry)] = best
        return own if self._best_names[id(entry)].get(profile.family, 0.0) <= own + 0.1 else 0.5 * own

    def name_under(self, block: Block) -> Piece | None:
        """The line under a role that heads a signature block, when it is a name and no label."""
        alone = self.text[block.piece.start : block.piece.end].strip(" :：")
        if not parse_key(alone).is_role_alone() or block.start > block.piece.end:
            return None
        below = self.layout.below(block.piece)
        if below is None or any(entry.piece is below for entry in self.entries):
            return None
        return below if is_name(clean_name(below.text)) else None

    def role_of(self, role: str | None) -> str | None:
        """A role with 갑 and 을 replaced by what they stand for here."""
        return self.meaning.get(role or "", role)
