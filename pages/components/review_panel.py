"""The document on the desk: what Review reads and what its callbacks change. One for each session."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from dataclasses import field as member
from functools import cached_property
from typing import Any

import streamlit as st

from extractor.core import leaves
from extractor.core.document_types import DocumentType, Field
from extractor.core.documents import Document, Page
from extractor.core.errors import SchemaError, StoreError
from extractor.core.extractions import FieldValue
from extractor.core.value_path import ValuePath, closing_holes
from extractor.desk import review, text_view
from extractor.store.rows import DocumentRow
from pages.components import desk, guard
from pages.components.i18n import _, language

DPI, SHARP_DPI = 108, 200
KEY = "review"
QUEUE_LENGTH = 500


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
    drawn: Desk | None = None

    @property
    def seen(self) -> Mapping[str, FieldValue]:
        """The values of the document as the page last showed them."""
        return self.drawn.values if self.drawn and self.drawn.row.hash == self.document else {}

    def choose(self, path: str | None) -> None:
        """Have the viewer choose a field."""
        self.go = {"n": int(str(self.go["n"])) + 1, "field": path}

    def say(self, text: str) -> None:
        """Have the viewer show a short message."""
        self.note = {"n": int(str(self.note["n"])) + 1, "text": text}


def place() -> Place:
    """This session's place."""
    here: Place = st.session_state.setdefault(KEY, Place())
    return here


@dataclass(frozen=True)
class Desk:
    """A document with its type and values as they are now."""

    row: DocumentRow
    type: DocumentType
    values: Mapping[str, FieldValue]
    stamp: str = ""

    @property
    def locked(self) -> bool:
        return self.row.state == "approved"

    def full_title(self, path: str) -> str:
        """The title of the field at `path`, with those of the items and objects it stands in: `Parties 2 · Name`.

        Items count as the page shows them: without the holes that removed ones left.
        """
        return self._closed(path).title(self.type, language(), " · ")

    @cached_property
    def _closed(self) -> Callable[[str], ValuePath]:
        return closing_holes(self.values)

    @property
    def problems(self) -> dict[str, SchemaError]:
        return review.problems(self.type, self.values)

    def value(self, path: str) -> FieldValue:
        return self.values.get(path, leaves.EMPTY)

    def save(self, path: str, value: FieldValue) -> None:
        """Keep a value a person set; on disk when this returns. Raises StoreError, also a ConflictError when somebody
        else changed what the page had shown.
        """
        store, user = desk.get_store(), desk.current_user()
        store.set_value(self.row.hash, self.type, path, value, user, desk.current_session(), seen(path))
        if here := place().drawn:
            place().drawn = replace(here, values={**here.values, path: value})


def seen(path: str) -> FieldValue:
    """The value at `path` as the page last showed it."""
    return place().seen.get(path, leaves.EMPTY)


def to_draw() -> Desk:
    """The document as it is now, remembered as what the page shows.

    When the store cannot be read: as it was shown last, so that what is being typed keeps its field; with a message.
    """
    here = place()
    try:
        here.drawn = current()
    except Exception as error:
        if here.drawn is None or here.drawn.row.hash != here.document:
            raise
        st.error(guard.describe(error))
    return here.drawn


def current() -> Desk:
    """The document of this session's place, read afresh. Raises StoreError when it is gone."""
    store = desk.get_store()
    row = desk.keep_hold(store.row(place().document))
    stamp = store.changed(row.hash)  # Before the values that it stands for: too old, they are only read once more.
    document_type = desk.type_of(row)
    return Desk(row, document_type, store.values(row.hash, document_type), stamp)


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
    return text_view.parts(document.text, document.cells) if document else []


def rendition(hash: str) -> Document | None:
    """A document without pages as it was printed; None where it was not, and for one that has pages."""
    return desk.get_renditions().document(hash) if text_document(hash) else None


def sheet_count(row: DocumentRow) -> int:
    """How many pages the viewer turns: pages of the document, printed ones, or pieces of a text."""
    printed = rendition(row.hash)
    return len(printed.pages if printed else text_parts(row.hash)) or row.page_count


def sheet_of(hash: str, page: int, offset: int) -> int:
    """The viewer's page that shows the character at `offset`."""
    if printed := rendition(hash):
        return printed.page_at(offset).number
    parts = text_parts(hash)
    if not parts:
        return page
    return next((number for number, (_start, end) in enumerate(parts, 1) if offset < end), len(parts))


def page_of(hash: str, number: int) -> tuple[Page, str]:
    """One page and its text, without reading the others."""
    document = text_document(hash)
    return (document.pages[0], document.text) if document else desk.get_store().page(hash, number)


def typed_value(row: DocumentRow, field: Field, old: FieldValue, value: Any) -> FieldValue:
    """The value that a person typed with the places that support it, those near the old one or the open page first."""
    from extractor.desk import sandboxed_values
    from extractor.reading.sandbox import Source, for_caller

    # Of a long scan more is known later on.
    source = Source(f"{row.hash}/{row.unread}/{row.created_at}", lambda: desk.get_store().document(row.hash))
    page = old.evidence[0].page if old.evidence else place().page
    with for_caller("review", interactive=True):
        return sandboxed_values.typed_value(source, row.name, field, old, value, page)


def open_document(hash: str) -> None:
    """Put a document on the desk, at the page and field that the address names."""
    store, here = desk.get_store(), place()
    row = desk.hold(hash)
    desk.get_renditions().make(row)
    here.document = hash
    here.chosen = st.query_params.get("field")
    wanted = st.query_params.get("page", "")
    # A link may name a field alone: its evidence says which page.
    page = int(wanted) if wanted.isdecimal() else _page_of_field(here.chosen)
    here.page = min(max(page, 1), sheet_count(row))
    here.sharp, here.asked_to_approve = False, False
    if hash not in here.queue:
        here.queue = [known.hash for known in store.find(order="needs_person", limit=QUEUE_LENGTH)]
    _make_ready(here.queue[here.queue.index(hash) + 1 :] if hash in here.queue else [])


def _make_ready(following: list[str]) -> None:
    """Have the page images of the document that comes next made while a person is at this one."""
    with suppress(StoreError):  # It was deleted meanwhile.
        for hash in following[:1]:
            desk.get_renditions().make(desk.get_store().row(hash))


def _page_of_field(path: str | None) -> int:
    """The viewer's page with the evidence of a field of the document on the desk; the first one without any."""
    evidence = current().value(path).evidence if path else ()
    return sheet_of(place().document, evidence[0].page, evidence[0].start) if evidence else 1


def write_address(hash: str) -> None:
    """Write the document into the address. Page and field are written by the viewer, without a rerun."""
    others = {key: value for key, value in st.query_params.items() if key not in ("document", "page", "field")}
    st.query_params.from_dict({**others, "document": hash})


def go(hash: str | None) -> None:
    """Turn to another document, or say that there is none. To be called in a callback; reruns the page."""
    if hash is None:
        place().say(_("No other document needs a person."))
        return
    write_address(hash)
    open_document(hash)
    st.rerun()


def pick(path: str, page_number: int, spans: list[list[int]], add: bool) -> None:
    """Put what a person pointed at into a field. `spans` are offsets into the document's text."""
    from extractor.evidence import evidence_at

    now = current()
    known = now.type.field_at(path)
    page, text = page_of(now.row.hash, page_number)
    spans = [[max(start, page.start), min(end, page.end)] for start, end in spans]
    if known.kind in ("string", "list"):
        spans = _tidy(spans, page, text)
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


def _tidy(spans: list[list[int]], page: Page, text: str) -> list[list[int]]:
    """The spans without what hangs on to the first and the last word."""
    (first, _end), (_start, last) = spans[0], spans[-1]
    begin, end = review.tidy(text[first - page.start : last - page.start])
    first, last = first + begin, first + end
    return [[max(start, first), min(end, last)] for start, end in spans if end > first and start < last]
