"""The one way into a page: who may enter, and what is shown when something goes wrong."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import streamlit as st

from extractor.errors import RightsdeskError
from pages.components import desk
from pages.components.i18n import _, explain

log = logging.getLogger("rightsdesk.pages")


def run(page: Callable[[], None]) -> None:
    """Run the body of a page for a person who may see it. Every page file ends with this call.

    It needs nothing of `app.py`, so that a page opened by a deep link is guarded as well.
    """
    if not desk.signed_in():
        _ask_to_sign_in()
        return
    for notice in st.session_state.pop("notices", []):
        st.error(notice)
    with failures():
        desk.prepare()
        page()


@contextmanager
def failures() -> Iterator[None]:
    """Show what goes wrong inside as a message in its place; the log keeps what was not foreseen."""
    try:
        yield
    except Exception as error:
        st.error(describe(error))


@contextmanager
def notices() -> Iterator[None]:
    """The same for callbacks, which have no place on the page: the message is shown above the page that follows."""
    try:
        yield
    except Exception as error:
        st.session_state.setdefault("notices", []).append(describe(error))


def describe(error: Exception) -> str:
    """What an error says to a person; one that was not foreseen is logged, and the text names it."""
    if isinstance(error, RightsdeskError):
        return explain(error)
    reference = secrets.token_hex(4)
    log.error("unexpected error %s", reference, exc_info=error)
    return _(
        "Something went wrong. Your work is saved. Reload the page; if it happens again, "
        "look for {reference} in the log of the server."
    ).format(reference=reference)


def _ask_to_sign_in() -> None:
    st.title("Rightsdesk")
    st.write(_("Sign in to work with documents."))
    st.button(_("Sign in"), type="primary", on_click=st.login)


def told_uncaught(error: Exception) -> bool:
    """The last net, for what nothing else has caught: our words in place of Streamlit's. True: nothing more is shown."""
    st.error(describe(error))
    return True
