"""The one way into a page: who may enter, and what is shown when something goes wrong."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import ParamSpec

import streamlit as st

from extractor.core import registry
from extractor.core.errors import RightsdeskError
from pages.components import desk
from pages.components.i18n import _, explain

log = logging.getLogger("rightsdesk.pages")
P = ParamSpec("P")
NOTICES = "notices"


def run(page: Callable[[], None], holds: bool = False) -> None:
    """Run the body of a page for a person who may see it. Every page file ends with this call.

    A page that `holds` works on the document that this session has open; on any other the document is let go.
    It needs nothing of `navigation.py`, so that a page opened by a deep link is guarded as well.
    """
    if not desk.signed_in():
        _ask_to_sign_in()
        return
    for problem in desk.type_problems():
        st.warning(
            _("A document type is left out until its file is mended. {problem}").format(problem=explain(problem))
        )
    for left_out in registry.problems():
        st.warning(explain(left_out))
    with failures():
        desk.prepare()
        if not holds:
            desk.let_go()
        page()


@contextmanager
def failures() -> Iterator[None]:
    """Show what goes wrong inside as a message in its place; the log keeps what was not foreseen.

    What went wrong in the callbacks before is shown first. Every page and every fragment draws in here.
    """
    for notice in st.session_state.pop(NOTICES, []):
        st.error(notice)
    try:
        yield
    except Exception as error:
        st.error(describe(error))


@contextmanager
def notices() -> Iterator[None]:
    """The same for callbacks, which have no place on the page: the message is shown above what is drawn next."""
    try:
        yield
    except Exception as error:
        notice(describe(error))


def notice(text: str) -> None:
    """Have `text` shown above what is drawn next."""
    st.session_state.setdefault(NOTICES, []).append(text)


def callback(function: Callable[P, object]) -> Callable[P, None]:
    """`function` as a callback of a widget: what goes wrong in it is told in our words. All callbacks go through here.

    Streamlit would show an English text of its own in place of the page.
    """

    @wraps(function)
    def told(*args: P.args, **kwargs: P.kwargs) -> None:
        with notices():
            function(*args, **kwargs)

    return told


def describe(error: Exception) -> str:
    """What an error says to a person; one that was not foreseen is logged, and the text names it."""
    if isinstance(error, RightsdeskError):
        return explain(error)
    reference = secrets.token_hex(4)
    log.error("unexpected error %s", reference, exc_info=error)
    return _(
        "Something went wrong, and what you did last may not be saved. Reload the page and look; if it happens again, "
        "look for {reference} in the log of the server."
    ).format(reference=reference)


def told_uncaught(error: Exception) -> bool:
    """The last net, for what nothing else has caught: our words, in place of Streamlit's (which True leaves out)."""
    st.error(describe(error))
    return True


def _ask_to_sign_in() -> None:
    st.title("Rightsdesk")
    st.write(_("Sign in to work with documents."))
    st.button(_("Sign in"), type="primary", on_click=callback(st.login))
