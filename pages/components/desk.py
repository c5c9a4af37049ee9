"""What every page works with: the store, the document types, the runs, and who is at the screen."""

from __future__ import annotations

import gc
import getpass
import hashlib
import os
import time
import uuid
from collections import Counter
from contextlib import suppress
from datetime import timedelta
from threading import Lock
from typing import TYPE_CHECKING, ClassVar

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from extractor.core import document_types
from extractor.core.document_types import DocumentType
from extractor.core.errors import SchemaError, StoreError
from pages.components import samples
from pages.components.i18n import _

if TYPE_CHECKING:
    from extractor.desk.background_ocr import BackgroundOcr
    from extractor.desk.printed_pages import PrintedPages
    from extractor.desk.runs import Runs
    from extractor.desk.training_process import Trainings
    from extractor.store import DocumentRow, QueuePlace, Store

COOKIE = "_streamlit_xsrf"


@st.cache_resource(show_spinner=False, on_release=lambda store: store.close())
def get_store() -> Store:
    """The one store of this server. Raises StoreError when it cannot be opened."""
    from extractor.store import Store

    return Store.open()


@st.cache_resource(show_spinner=False, on_release=lambda runs: runs.close())
def get_runs() -> Runs:
    """The one background worker of this server."""
    from extractor.desk.runs import Runs

    # What is loaded by now stays. Collecting garbage through all of it again and again slows runs and reruns.
    gc.collect()
    gc.freeze()
    return Runs(get_store())


@st.cache_resource(show_spinner=False)
def get_recognition() -> BackgroundOcr:
    """The one worker of this server that recognises long scans to their end."""
    from extractor.desk.background_ocr import BackgroundOcr

    recognition = BackgroundOcr(get_store(), get_types)
    recognition.resume()
    return recognition


@st.cache_resource(show_spinner=False)
def get_renditions() -> PrintedPages:
    """The page images of documents without pages, and the one worker of this server that makes them."""
    from extractor.desk.printed_pages import PrintedPages

    return PrintedPages(get_store())


@st.cache_resource(show_spinner=False)
def get_trainings() -> Trainings:
    """What is being learned on this server."""
    from extractor.desk.training_process import Trainings

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
    """All usable document types by key; a file that is added or changed counts at once."""
    return document_types.load_document_types()


def type_of(row: DocumentRow) -> DocumentType:
    """A document's type; where its file is gone or damaged, as it was when the document was last worked on."""
    return get_types().get(row.document_type) or get_store().record(row.hash).document_type


def type_problems() -> tuple[SchemaError, ...]:
    """What is wrong with the files of types that are left out of `get_types`."""
    return document_types.read_document_types().problems


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


def current_session() -> str:
    """The browser session at the screen. With the user it says whose edit and whose lease something is."""
    if "session" not in st.session_state:
        # Streamlit's own cookie against forged requests stays with the browser: after a reload the edits are still
        # one's own, to be undone. Only a digest of it is kept.
        cookie = st.context.cookies.get(COOKIE)
        digest = hashlib.sha256(cookie.encode()).hexdigest()[:32] if isinstance(cookie, str) and cookie else None
        st.session_state["session"] = digest or uuid.uuid4().hex
    return str(st.session_state["session"])


RENEWED_BELOW = timedelta(minutes=5)
"""What is left of a lease when whoever works on the document gets it anew."""


class Held:
    """The document that one tab has open.

    The tabs of a browser share its lease, and a reloaded tab is for some minutes two: the last one gives it back.
    """

    _open: ClassVar[Counter[tuple[str, str, str]]] = Counter()
    _lock = Lock()

    def __init__(self, store: Store, user: str, session: str) -> None:
        self._store, self._user, self._session, self._hash = store, user, session, ""

    def keep(self, hash: str) -> None:
        """Have this document open, and not the one before; none with an empty `hash`."""
        before, self._hash = self._hash, hash
        if before == hash:
            return
        with self._lock:
            if hash:
                self._open[self._user, self._session, hash] += 1
            is_last = before and self._open[self._user, self._session, before] == 1
            if is_last:
                del self._open[self._user, self._session, before]
            elif before:
                self._open[self._user, self._session, before] -= 1
        if is_last:
            # It may be deleted; and a lease that cannot be given back runs out by itself.
            with suppress(StoreError):
                self._store.release(before, self._user, self._session)


def _made(user: str, session: str) -> Held:
    return Held(get_store(), user, session)


# Released when the browser goes away: a closed tab gives its document back. When it comes back, it begins anew.
_held = st.cache_resource(show_spinner=False, scope="session", on_release=lambda held: held.keep(""))(_made)


def _keep_held(hash: str) -> None:
    # Without a browser there is none that could go away.
    if get_script_run_ctx():
        _held(current_user(), current_session()).keep(hash)


def hold(hash: str) -> DocumentRow:
    """Make a document the one that this session works on; `DocumentRow.in_use` says who else does.

    Raises StoreError when it is unknown.
    """
    row = get_store().lease(hash, current_user(), current_session())
    _keep_held(hash)
    return row


def keep_hold(row: DocumentRow) -> DocumentRow:
    """The document as it is, with the lease of this session prolonged when it is about to run out, or is free."""
    left = row.review_until - get_store().clock() if row.review_until else timedelta()
    mine = row.in_use(current_user(), current_session()) is None
    if mine and row.state != "approved" and left < RENEWED_BELOW:
        # A store that takes nothing can still be read: who saves something is told.
        with suppress(StoreError):
            return hold(row.hash)
    return row


def hold_next(after: QueuePlace | str | None = None) -> str | None:
    """Make the next document that needs a person the one of this session, unless there is none (see `take_next`)."""
    hash = get_store().take_next(current_user(), current_session(), after)
    if hash:
        _keep_held(hash)
    return hash


def let_go() -> None:
    """This session works on no document any more."""
    _keep_held("")
