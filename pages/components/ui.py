"""Shared pieces of the pages: the frame around them, state names, ways from one page to another."""

from __future__ import annotations

from pathlib import Path
from typing import NoReturn

import streamlit as st

from extractor.errors import N_
from pages.components import desk
from pages.components.i18n import _, language_switch

HERE = Path(__file__).parent
DOCUMENTS = "pages/desk/documents.py"
EXTRACT = "pages/desk/extract.py"
REVIEW = "pages/desk/review.py"
EXPORT = "pages/desk/export.py"

STATES = {
    "new": N_("New"),
    "extracted": N_("Extracted"),
    "in_review": N_("In review"),
    "approved": N_("Approved"),
}
"""The states of a document in the order they are passed through, each with its name."""


def frame() -> None:
    """What stands around every page: style, mark, language, and who is working."""
    st.html(HERE / "desk.css")
    st.logo(str(HERE / "logo.svg"), icon_image=str(HERE / "mark.svg"), size="large")
    with st.container(key="desk-bar", horizontal=True, width="content", gap="small"):
        if desk.signed_in():
            st.caption(desk.current_user(), width="content")
        language_switch()


def state_name(state: str) -> str:
    """The name of a state in the language of the person at the screen."""
    return _(STATES[state])


def open_review(document: str) -> NoReturn:
    """Go to the Review page of a document, given its content hash."""
    st.switch_page(REVIEW, query_params={"document": document})
