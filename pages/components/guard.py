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
    with failures():
        page()


@contextmanager
def failures() -> Iterator[None]:
    """Show what went wrong inside as a message; what was not foreseen goes to the log under the id shown."""
    try:
        yield
    except RightsdeskError as error:
        st.error(explain(error))
    except Exception:
        reference = secrets.token_hex(4)
        log.exception("unexpected error %s", reference)
        st.error(
            _(
                "Something went wrong. Your work is saved. Reload the page; if it happens again, "
                "look for {reference} in the log of the server."
            ).format(reference=reference)
        )


def _ask_to_sign_in() -> None:
    st.title("Rightsdesk")
    st.write(_("Sign in to work with documents."))
    st.button(_("Sign in"), type="primary", on_click=st.login)
