"""Where a session is on the Compare page, and what taking a value does. Callbacks only; the page draws."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as member

import streamlit as st

from extractor.core.document_types import DocumentType
from extractor.core.extractions import FieldValue
from extractor.core.leaves import EMPTY
from extractor.quality import comparison
from extractor.quality.comparison import Row
from extractor.store import DocumentRow
from pages.components import desk, review_panel
from pages.components.i18n import _

KEY = "compare"


@dataclass
class Place:
    """Document, page, the models shown, and what the viewer is asked to say.

    `draft` are the values as the page last showed them. `taken` counts the edits of each step, for undo; `leave` is
    where on the Review page to go on, once.
    """

    document: str = ""
    page: int = 1
    sharp: bool = False
    chosen: str | None = None
    taken: list[int] = member(default_factory=list)
    models: list[str] = member(default_factory=list)
    draft: Mapping[str, FieldValue] = member(default_factory=dict)
    leave: dict[str, str] = member(default_factory=dict)
    note: dict[str, object] = member(default_factory=lambda: {"n": 0, "text": ""})

    def open(self, row: DocumentRow) -> None:
        """Put a document on the page, at the page and cell that the address names."""
        wanted = st.query_params.get("page", "1")
        desk.hold(row.hash)
        desk.get_renditions().make(row)
        self.document = row.hash
        self.page = min(max(int(wanted) if wanted.isdecimal() else 1, 1), review_panel.sheet_count(row))
        self.chosen = st.query_params.get("field")
        self.sharp, self.taken = False, []

    def say(self, text: str) -> None:
        """Have the viewer show a short message."""
        self.note = {"n": int(str(self.note["n"])) + 1, "text": text}


def place() -> Place:
    """This session's place."""
    here: Place = st.session_state.setdefault(KEY, Place())
    return here


def take(row: DocumentRow, document_type: DocumentType, path: str, value: FieldValue) -> None:
    """Put one model's value into the draft, with its evidence and source."""
    store, user, session = desk.get_store(), desk.current_user(), desk.current_session()
    store.set_value(row.hash, document_type, path, value, user, session, place().draft.get(path, EMPTY))
    place().taken.append(1)
    place().say(_("Taken into the draft. Alt+Z takes it back."))


def take_whole(row: DocumentRow, document_type: DocumentType, rows: list[Row], model: str) -> None:
    """Make the draft the answer of one model."""
    store, user, session = desk.get_store(), desk.current_user(), desk.current_session()
    draft = store.set_values(row.hash, document_type)
    firm = {path for path, item in draft.items() if item.set_by is not None}
    values, removed = comparison.take_all(rows, model, {path: item.field for path, item in draft.items()}, firm)
    steps = len(values) + len(removed)
    if not steps:
        place().say(_("The draft is this answer already."))
        return
    place().taken.append(0)
    for prefix in removed:
        store.remove(row.hash, document_type, prefix, user, session, place().draft)
        place().taken[-1] += 1
    for path, value in values.items():
        store.set_value(row.hash, document_type, path, value, user, session, place().draft.get(path, EMPTY))
        place().taken[-1] += 1
    place().say(_("{count} values taken into the draft. Alt+Z takes them back.").format(count=steps))


def undo(row: DocumentRow, document_type: DocumentType) -> None:
    """Take back the last step made here."""
    here, store = place(), desk.get_store()
    while here.taken and here.taken[-1]:
        store.undo(row.hash, document_type, desk.current_user(), desk.current_session())
        here.taken[-1] -= 1
    here.taken = here.taken[:-1]
