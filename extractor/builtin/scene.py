"""One document prepared for extraction: its pieces, printed labels, blocks, articles and preamble, found once."""

from __future__ import annotations

from functools import cached_property

from ..core import Document
from . import prose
from .entries import Entry, find_entries
from .layout import Layout
from .marks import Answer, Choices, answers
from .profile import TypeProfile
from .roles import Block, assign_roles, resolve
from .titles import find_title


class Scene:
    """What the strategies share. Everything is found when first asked for."""

    def __init__(self, document: Document, prepared: TypeProfile) -> None:
        self.document = document
        self.text = document.text
        self.flow = prose.flowing(document.text)
        self.layout = Layout(document)
        self.entries: list[Entry] = find_entries(self.layout, prepared.known)
        self.preamble = prose.preamble_parties(document.text)
        self.meaning = resolve(self.flow, [(party.alias, party.role) for party in self.preamble])
        self.blocks: list[Block] = assign_roles(self.layout, self.entries, self.meaning)
        self._answers: dict[tuple[str, ...], list[Answer]] = {}

    @cached_property
    def articles(self) -> list[prose.Article]:
        return prose.articles(self.text)

    @cached_property
    def ranges(self) -> list[prose.DateRange]:
        return list(prose.date_ranges(self.text))

    @cached_property
    def title(self) -> tuple[int, int, str, float] | None:
        return find_title(self.layout)

    def answers(self, values: tuple[object, ...]) -> list[Answer]:
        key = tuple(str(value) for value in values)
        if key not in self._answers:
            self._answers[key] = answers(self.layout, Choices(values))
        return self._answers[key]

    def role_of(self, role: str | None) -> str | None:
        """A role with 갑 and 을 replaced by what they stand for here."""
        return self.meaning.get(role or "", role)
