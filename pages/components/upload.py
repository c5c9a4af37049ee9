"""Files in: choose or drop many, see for each whether it was added, was there already, or was refused and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from time import monotonic
from typing import Literal, Protocol

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from extractor.document_types import DocumentType
from extractor.errors import N_, RightsdeskError, StoreError
from extractor.reading import SUFFIXES
from extractor.reading.scans import Progress
from pages.components import binder_desk, desk, guard, ui
from pages.components.i18n import _, explain, language

Outcome = Literal["added", "known", "refused"]
OUTCOMES: dict[Outcome, tuple[str, ui.Color]] = {
    "added": (N_("Added"), "green"),
    "known": (N_("Already there"), "gray"),
    "refused": (N_("Refused"), "red"),
}


class File(Protocol):
    """What Streamlit's uploader gives for a file."""

    name: str

    def getvalue(self) -> bytes: ...


@dataclass(frozen=True)
class Result:
    """What became of one file. `known_as` is the name under which the same content is already there."""

    name: str
    outcome: Outcome
    hash: str | None = None
    reason: str = ""
    known_as: str = ""
    document_type: str = ""


def upload_area(types: Mapping[str, DocumentType]) -> None:
    """The place to drop files, and what became of those dropped last."""
    turn = st.session_state.setdefault("upload_turn", 0)
    limits = _("{formats}, up to {size} MB each").format(formats=", ".join(SUFFIXES).upper(), size=ui.max_upload())
    ui.uploader_texts(_("Drop files here"), limits, _("Choose files"))
    files = st.file_uploader(
        _("Add documents"),
        accept_multiple_files=True,
        key=f"upload_{turn}",
        label_visibility="collapsed",
    )
    if files:
        st.session_state["upload_results"] = _take_in_all(files, types)
        # A new key empties the uploader, so that the next rerun does not take the files in again.
        st.session_state["upload_turn"] = turn + 1
        st.rerun()
    results: list[Result] = st.session_state.get("upload_results", [])
    if results:
        _show(results, types)


def _take_in_all(files: Sequence[File], types: Mapping[str, DocumentType]) -> list[Result]:
    results = []
    progress = st.progress(0.0)
    for number, file in enumerate(files):
        text = _("Reading {name} ({number} of {total})").format(name=file.name, number=number + 1, total=len(files))
        progress.progress(number / len(files), text)
        results.append(take_in(file, types, _Recognition(progress, number, len(files), file.name)))
    progress.empty()
    return results


class _Recognition:
    """Shows how far the text recognition of a scan is, and how long it will still take."""

    def __init__(self, bar: DeltaGenerator, number: int, total: int, name: str) -> None:
        self._bar, self._number, self._total, self._name = bar, number, total, name
        self._started = monotonic()

    def __call__(self, done: int, pages: int) -> None:
        left = (monotonic() - self._started) / done * (pages - done)
        text = _("{name}: page {done} of {pages} recognised, about {seconds} s left")
        text = text.format(name=self._name, done=done, pages=pages, seconds=max(round(left), 1))
        self._bar.progress((self._number + done / pages) / self._total, text)


def take_in(file: File, types: Mapping[str, DocumentType], progress: Progress | None = None) -> Result:
    """Add one file to the store. Whatever is wrong with it ends up in the result; nothing is raised."""
    from extractor.intake import add_file
    from extractor.recognising import FIRST

    try:
        row, new = add_file(desk.get_store(), file.getvalue(), file.name, types, progress, FIRST)
        if row.unread:
            desk.get_recognition().go_on(row.hash)
    except RightsdeskError as error:
        return Result(file.name, "refused", reason=str(error))
    except Exception as error:
        return Result(file.name, "refused", reason=f"{file.name}: {guard.describe(error)}")
    return Result(file.name, "added" if new else "known", row.hash, "", row.name, row.document_type)


def _show(results: Sequence[Result], types: Mapping[str, DocumentType]) -> None:
    counts = {outcome: sum(result.outcome == outcome for result in results) for outcome in OUTCOMES}
    told = " · ".join(f"{_(OUTCOMES[outcome][0])} {count}" for outcome, count in counts.items() if count)
    with st.container(border=True, key="upload-results", gap="xsmall"):
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            st.markdown(f"**{told}**", width="content")
            st.button(_("Close"), type="tertiary", key="upload_close", on_click=_forget)
        # Refused files first: they are what a person has to act on.
        for result in sorted(results, key=lambda result: list(OUTCOMES)[::-1].index(result.outcome))[:50]:
            _show_one(result, types)
        if len(results) > 50:
            st.caption(_("and {count} more").format(count=len(results) - 50))


def _show_one(result: Result, types: Mapping[str, DocumentType]) -> None:
    label, color = OUTCOMES[result.outcome]
    with st.container(horizontal=True, gap="small", wrap=result.hash is not None):
        st.badge(_(label), color=color)
        if result.hash is None:
            st.markdown(ui.plain(explain(result.reason)))
            return
        query = {"document": result.hash, "lang": language()}
        st.page_link(ui.REVIEW, label=ui.plain(result.name), query_params=query)
        if result.outcome == "known" and result.known_as != result.name:
            st.caption(_("as {name}").format(name=ui.plain(result.known_as)), width="content")
        elif result.outcome == "added":
            st.caption(ui.plain(ui.type_name(result.document_type, types)), width="content")
        _offer_to_split(result.hash)


def _offer_to_split(hash: str) -> None:
    """What the document looks like by now: the pages of a long scan come in one after the other."""
    try:
        row = desk.get_store().row(hash)
    except StoreError:  # Deleted since.
        return
    if not binder_desk.seems_binder(row):
        return
    st.caption(binder_desk.told(row), width="content")
    if st.button(_("Split"), key=f"split-upload-{hash[:12]}", type="primary"):
        binder_desk.ask(row)


@guard.callback
def _forget() -> None:
    st.session_state.pop("upload_results", None)
