"""The document on the desk: what Review reads and what its callbacks change. One for each session."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from dataclasses import field as member

import streamlit as st

from extractor import review
from extractor.core import Document, FieldValue, Page
from extractor.document_types import DocumentType
from extractor.errors import RightsdeskError, SchemaError
from extractor.store.rows import DocumentRow
from pages.components import desk
from pages.components.i18n import _, explain

DPI, SHARP_DPI = 108, 200
KEY = "review"


@dataclass
class Place:
    """Where a session is: document, page, and what the viewer is asked to do."""

    document: str = ""
    page: int = 1
    chosen: str | None = None
    sharp: bool = False
    asked_to_approve: bool = False
    go: dict[str, object] = member(default_factory=lambda: {"n": 0, "field": None})
    note: dict[str, object] = member(default_factory=lambda: {"n": 0, "text": ""})
    queue: list[str] = member(default_factory=list)

    def choose(self, path: str | None) -> None:
        """Have the viewer choose a field."""
        self.go = {"n": int(str(self.go["n"])) + 1, "field": path}

    def say(self, text: str) -> None:
        """Have the viewer show a short message."""
        self.note = {"n": int(str(self.note["n"])) + 1, "text": text}


def place() -> Place:
    """This session's place."""
    found: Place = st.session_state.setdefault(KEY, Place())
    return found


@dataclass(frozen=True)
class Desk:
    """A document with its type and values as they are now."""

    row: DocumentRow
    type: DocumentType
    values: Mapping[str, FieldValue]

    @property
    def locked(self) -> bool:
        return self.row.state == "approved"

    @property
    def problems(self) -> dict[str, SchemaError]:
        return review.problems(self.type, self.values)

    def value(self, path: str) -> FieldValue:
        return self.values.get(path, review.EMPTY)

    def save(self, path: str, value: FieldValue) -> None:
        """Keep a value a person set; on disk when this returns. Raises StoreError."""
        desk.get_store().set_value(self.row.hash, self.type, path, value, desk.current_user())


def current() -> Desk:
    """The document of this session's place, read afresh. Raises StoreError when it is gone."""
    store, types = desk.get_store(), desk.get_types()
    row = store.row(place().document)
    document_type = types.get(row.document_type) or next(iter(types.values()))
    return Desk(row, document_type, store.values(row.hash, document_type))


@st.cache_resource(show_spinner=False, max_entries=8)
def text_document(hash: str) -> Document | None:
    """A document without page images, whole; None for one that has them. Kept for the few that are open."""
    store = desk.get_store()
    if store.page(hash, 1)[0].width:
        return None
    return store.document(hash)


@st.cache_resource(show_spinner=False, max_entries=8)
def text_parts(hash: str) -> list[tuple[int, int]]:
    """The pieces in which a document without pages is shown; empty for one that has pages."""
    document = text_document(hash)
    return review.parts(document.text, document.cells) if document else []


def sheet_count(row: DocumentRow) -> int:
    """How many pages the viewer turns: pages of the document, or pieces of a text."""
    return len(text_parts(row.hash)) or row.page_count


def sheet_of(hash: str, page: int, offset: int) -> int:
    """The viewer's page that shows the character at `offset`."""
    parts = text_parts(hash)
    if not parts:
        return page
    return next((number for number, (_start, end) in enumerate(parts, 1) if offset < end), len(parts))


def pages_from(row: DocumentRow, number: int) -> Iterator[tuple[Page, str]]:
    """All pages with their texts, page `number` first, then from the front, each read when it is asked for."""
    store = desk.get_store()
    number = min(max(number, 1), row.page_count)
    yield store.page(row.hash, number)
    for other in range(1, row.page_count + 1):
        if other != number:
            yield store.page(row.hash, other)


def edit_failed(error: RightsdeskError) -> None:
    """Tell the person why an edit was not kept (approved elsewhere in the meantime, for instance)."""
    place().say(explain(error))


def pick(path: str, page_number: int, spans: list[list[int]], add: bool) -> None:
    """Put what a person pointed at into a field. `spans` are offsets into the document's text."""
    from extractor.evidence import evidence_at

    now = current()
    known = now.type.field_at(path)
    page, text = desk.get_store().page(now.row.hash, page_number)
    spans = [[max(start, page.start), min(end, page.end)] for start, end in spans]
    raw = " ".join(text[start - page.start : end - page.start] for start, end in spans)
    if len(spans) == 1 and known.kind in ("choice", "choices", "boolean"):
        raw = review.beside_tick(text, spans[0][0] - page.start, spans[0][1] - page.start)
    evidence = tuple(evidence_at(page, text, start, end, "manual") for start, end in spans)
    value = review.picked(known, now.value(path), raw, evidence, add)
    if value is None:
        message = _("“{text}” cannot be read as a value of this field.")
        place().say(message.format(text=raw if len(raw) < 60 else f"{raw[:60]}…"))
    elif value != now.value(path):
        now.save(path, value)
