"""Shared pieces of the pages: the frame around them, state names, ways from one page to another."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from string import Template
from typing import Literal, NoReturn

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from extractor.core.document_types import DocumentType
from extractor.core.errors import N_
from extractor.desk.review import LOW_CONFIDENCE
from pages.components import desk
from pages.components.i18n import _, language, language_switch
from pages.components.input_guard import guard_input

HERE = Path(__file__).parent
# Pages as Streamlit names them: by their files, whichever script leads to them.
DOCUMENTS = str(HERE.parent / "desk" / "documents.py")
EXTRACT = str(HERE.parent / "desk" / "extract.py")
REVIEW = str(HERE.parent / "desk" / "review.py")
COMPARE = str(HERE.parent / "desk" / "compare.py")
EXPORT = str(HERE.parent / "desk" / "export.py")
INSIGHTS = str(HERE.parent / "lead" / "insights.py")
MODELS = str(HERE.parent / "lead" / "models.py")
LEARNING = str(HERE.parent / "lead" / "learning.py")

Color = Literal["red", "orange", "yellow", "blue", "green", "violet", "gray", "grey", "primary"]
ButtonType = Literal["primary", "secondary", "tertiary"]
UPLOADER_CSS = Template((HERE / "uploader.css").read_text(encoding="utf-8"))

STATES = {
    "new": N_("New"),
    "extracted": N_("Extracted"),
    "in_review": N_("In review"),
    "approved": N_("Approved"),
}
"""The states of a document in the order they are passed through, each with its name."""
STATE_COLORS: dict[str, Color] = {"new": "gray", "extracted": "blue", "in_review": "yellow", "approved": "green"}


def frame() -> None:
    """What stands around every page: style, mark, language, and who is working."""
    st.html(HERE / "desk.css")
    st.logo(str(HERE / "logo.svg"), icon_image=str(HERE / "mark.svg"), size="large")
    with st.container(key="desk-bar", horizontal=True, width="content", gap="small"):
        if desk.signed_in():
            st.caption(desk.current_user(), width="content")
        language_switch()
        guard_input()


def open_documents() -> NoReturn:
    """The page `/documents`: leads on to where Documents stands, with all that the link says."""
    query = {key: st.query_params.get_all(key) for key in st.query_params}
    st.switch_page(DOCUMENTS, query_params=query)


def heading(title: str) -> DeltaGenerator:
    """The title of a page. Returns the place to its right, for what can be done here."""
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute", key="heading"):
        st.title(title, anchor=False, width="content")
        return st.container(horizontal=True, width="content", vertical_alignment="center")


def state_name(state: str) -> str:
    """The name of a state in the language of the person at the screen."""
    return _(STATES[state])


def open_review(document: str) -> NoReturn:
    """Go to the Review page of a document, given its content hash."""
    st.switch_page(REVIEW, query_params={"document": document})


def type_name(key: str, types: Mapping[str, DocumentType]) -> str:
    """The title of a document type; its key when the type has been removed."""
    return types[key].title(language()) if key in types else key


def level(confidence: float | None) -> str:
    """`high`, `middle` or `low`: how much a person has to look; empty when not known."""
    if confidence is None:
        return ""
    return "high" if confidence >= LOW_CONFIDENCE else "middle" if confidence >= 0.5 else "low"


def plain(text: str) -> str:
    """`text` with Markdown's own characters escaped: a file name is never formatting."""
    return re.sub(r"([\\`*_{}\[\]()#+\-.!~|<>$:&])", r"\\\1", text)


def max_upload() -> int:
    """The largest file that the server takes, in megabytes."""
    return int(st.get_option("server.maxUploadSize"))


def uploader_texts(drop: str, limits: str, choose: str) -> None:
    """Put texts of ours in place of the uploader's own ones, which Streamlit has in English only."""
    quoted = [json.dumps(text, ensure_ascii=False).replace("<", "\\3c ") for text in (drop, limits, choose)]
    style = UPLOADER_CSS.substitute(drop=quoted[0], limits=quoted[1], choose=quoted[2])
    st.html(f"<style>{style}</style>")


def open_review_or_documents(document: str | None) -> NoReturn:
    """Go to the Review page of the next document, or to the queue when nothing is left to review."""
    if document:
        open_review(document)
    st.switch_page(DOCUMENTS)
