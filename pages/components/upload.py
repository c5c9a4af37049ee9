"""Files in: choose or drop many, see for each whether it was added, was there already, or was refused and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import streamlit as st

from extractor.core.document_types import DocumentType
from extractor.core.errors import N_, StoreError
from extractor.reading.formats import suffixes
from pages.components import binder_panel, desk, guard, ui
from pages.components.i18n import _, explain, language

if TYPE_CHECKING:
    from streamlit.runtime.uploaded_file_manager import UploadedFile

    from extractor.desk.batch_intake import BatchIntake, Item, State
    from extractor.store import DocumentRow

OUTCOMES: dict[State, tuple[str, ui.Color]] = {
    "added": (N_("Added"), "green"),
    "known": (N_("Already there"), "gray"),
    "reading": (N_("Reading"), "blue"),
    "waiting": (N_("Waiting"), "gray"),
    "refused": (N_("Refused"), "red"),
}
FIRST_SHOWN: tuple[State, ...] = ("refused", "reading", "added", "known", "waiting")
"""Refused files first: they are what a person has to act on."""
MOST_SHOWN = 50
PATIENCE = 1.5
"""Seconds that the page waits for small files, so that they are simply there."""


def upload_area(types: Mapping[str, DocumentType]) -> None:
    """The place to drop files, and what became of those dropped last."""
    turn = st.session_state.setdefault("upload_turn", 0)
    limits = _("{formats}, up to {size} MB each").format(formats=", ".join(suffixes()).upper(), size=ui.max_upload())
    ui.uploader_texts(_("Drop files here"), limits, _("Choose files"))
    files = st.file_uploader(
        _("Add documents"),
        accept_multiple_files=True,
        key=f"upload_{turn}",
        label_visibility="collapsed",
    )
    if files:
        _take_in(files, types)
        # A new key empties the uploader, so that the next rerun does not take the files in again.
        st.session_state["upload_turn"] = turn + 1
        st.rerun()
    batch: BatchIntake | None = st.session_state.get("upload_batch")
    if batch is not None:
        _show_batch(batch, types)


def _take_in(files: Sequence[UploadedFile], types: Mapping[str, DocumentType]) -> None:
    """Begin to read the files. They go on by themselves when this page is left."""
    from extractor.desk import batch_intake
    from extractor.desk.background_ocr import FIRST

    recognition = desk.get_recognition()

    def added(row: DocumentRow) -> None:
        if row.unread:
            recognition.go_on(row.hash)

    brought = [(file.name, file.getvalue()) for file in files]
    batch: BatchIntake | None = st.session_state.get("upload_batch")
    if batch is None or batch.finished:
        st.session_state["upload_batch"] = batch_intake.BatchIntake(desk.get_store(), types, brought, FIRST, added)
    else:
        batch.add(brought)


def _show_batch(batch: BatchIntake, types: Mapping[str, DocumentType]) -> None:
    """What becomes of the files; while some are on their way it looks again by itself."""
    if batch.wait(PATIENCE):
        ended = (id(batch), tuple(item.state for item in batch.items()))
        if st.session_state.get("upload_ended") != ended:
            st.session_state["upload_ended"] = ended
            st.rerun()  # What stands around it was drawn before the last of them came in.
        _show(batch, types)
        return

    @st.fragment(run_every=1.0)
    def going_on() -> None:
        with guard.failures():
            if batch.finished:
                st.rerun()  # The list below has new documents.
            _show(batch, types)

    going_on()


def _show(batch: BatchIntake, types: Mapping[str, DocumentType]) -> None:
    items = batch.items()
    counts = {state: sum(item.state == state for item in items) for state in OUTCOMES}
    summary = " · ".join(f"{_(OUTCOMES[state][0])} {count}" for state, count in counts.items() if count)
    with st.container(border=True, key="upload-results", gap="xsmall"):
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            st.markdown(f"**{summary}**", width="content")
            going_on = bool(counts["reading"] or counts["waiting"])
            st.button(_("Close"), type="tertiary", key="upload_close", on_click=_forget, disabled=going_on)
        if going_on:
            st.progress(1 - (counts["reading"] + counts["waiting"]) / len(items))
        shown = sorted(enumerate(items), key=lambda entry: FIRST_SHOWN.index(entry[1].state))
        for number, item in shown[:MOST_SHOWN]:
            _show_one(batch, number, item, types)
        if len(items) > MOST_SHOWN:
            st.caption(_("and {count} more").format(count=len(items) - MOST_SHOWN))


def _show_one(batch: BatchIntake, number: int, item: Item, types: Mapping[str, DocumentType]) -> None:
    label, color = OUTCOMES[item.state]
    with st.container(horizontal=True, gap="small", wrap=bool(item.hash)):
        st.badge(_(label), color=color)
        if not item.hash:
            st.markdown(ui.plain(_told(item)))
            if batch.can_try_again(number):
                st.button(
                    _("Try again"),
                    key=f"upload-again-{number}",
                    on_click=guard.callback(batch.try_again),
                    args=(number,),
                )
            return
        query = {"document": item.hash, "lang": language()}
        st.page_link(ui.REVIEW, label=ui.plain(item.name), query_params=query)
        if item.state == "known" and item.known_as != item.name:
            st.caption(_("as {name}").format(name=ui.plain(item.known_as)), width="content")
        elif item.state == "added":
            st.caption(ui.plain(ui.type_name(item.document_type, types)), width="content")
        _offer_to_split(item.hash)


def _told(item: Item) -> str:
    """What is said of a file that is no document yet."""
    if item.reason:
        return explain(item.reason)
    if item.state == "reading" and item.seconds_left is not None:
        text = _("{name}: page {done} of {pages} recognised, about {seconds} s left")
        left = max(round(item.seconds_left), 1)
        return text.format(name=item.name, done=item.done, pages=item.pages, seconds=left)
    return item.name


def _offer_to_split(hash: str) -> None:
    """What the document looks like by now: the pages of a long scan come in one after the other."""
    try:
        row = desk.get_store().row(hash)
    except StoreError:  # Deleted since.
        return
    if not binder_panel.seems_binder(row):
        return
    st.caption(binder_panel.told(row), width="content")
    if st.button(_("Split"), key=f"split-upload-{hash[:12]}", type="primary"):
        binder_panel.ask(row)


@guard.callback
def _forget() -> None:
    st.session_state.pop("upload_batch", None)
