"""What every page works with: the store, the document types, the runs, and who is at the screen."""

from __future__ import annotations

import gc
import getpass
import os
import time
from typing import TYPE_CHECKING

import streamlit as st

from extractor import document_types
from extractor.document_types import DocumentType
from pages.components import samples
from pages.components.i18n import _

if TYPE_CHECKING:
    from extractor.learning.background import Trainings
    from extractor.recognising import Recognition
    from extractor.renditions import Renditions
    from extractor.runs import Runs
    from extractor.store import Store


@st.cache_resource(show_spinner=False, on_release=lambda store: store.close())
def get_store() -> Store:
    """The one store of this server. Raises StoreError when it cannot be opened."""
    from extractor.store import Store

    return Store.open()


@st.cache_resource(show_spinner=False, on_release=lambda runs: runs.close())
def get_runs() -> Runs:
    """The one background worker of this server."""
    from extractor.runs import Runs

    # What is loaded by now stays. Collecting garbage through all of it again and again slows runs and reruns.
    gc.collect()
    gc.freeze()
    return Runs(get_store())


@st.cache_resource(show_spinner=False)
def get_recognition() -> Recognition:
    """The one worker of this server that recognises long scans to their end."""
    from extractor.recognising import Recognition

    recognition = Recognition(get_store(), get_types)
    recognition.resume()
    return recognition


@st.cache_resource(show_spinner=False)
def get_renditions() -> Renditions:
    """The page images of documents without pages, and the one worker of this server that makes them."""
    from extractor.renditions import Renditions

    return Renditions(get_store())


@st.cache_resource(show_spinner=False)
def get_trainings() -> Trainings:
    """What is being learned on this server."""
    from extractor.learning.background import Trainings

    return Trainings()


def prepare() -> None:
    """Open the store, with the samples in it when it is new. Shows a message while that takes long."""
    store = get_store()
    get_recognition()
    if samples.wanted(store):
        with st.spinner(_("Putting the sample documents in the queue…")):
            _load_samples()


@st.cache_resource(show_spinner=False)
def _load_samples() -> int:
    # The cache makes sessions that start together wait for one of them instead of loading twice.
    return samples.load(get_store(), get_types())


def get_types() -> dict[str, DocumentType]:
    """All document types by key; a file that is added or changed counts at once. Raises SchemaError."""
    files = document_types.FOLDER.glob("*.json")
    return _load_types(tuple(sorted((str(path), path.stat().st_mtime_ns) for path in files)))


@st.cache_resource(show_spinner=False, max_entries=2)
def _load_types(seen: tuple[tuple[str, int], ...]) -> dict[str, DocumentType]:
    return document_types.load_document_types()


def signed_in() -> bool:
    """False when a login is set up (`[auth]` in the secrets) and nobody is logged in, or the login has expired."""
    if not hasattr(st.user, "is_logged_in"):
        return True
    expires = st.user.get("exp")
    return bool(st.user.is_logged_in) and not (isinstance(expires, int | float) and expires < time.time())


def current_user() -> str:
    """Whose name stands on edits: the login, else RIGHTSDESK_USER, else the user of the operating system."""
    if getattr(st.user, "is_logged_in", False):
        return str(st.user.get("email") or st.user.get("name") or st.user.get("sub"))
    try:
        return os.environ.get("RIGHTSDESK_USER") or getpass.getuser()
    except (KeyError, OSError):
        return "local"
