"""The language of the person at the screen, and texts in it."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import streamlit as st

from extractor.core import messages

KEY = "lang"
"""The name of the language in the session and in the address."""


def language() -> str:
    """`ko` or `en`: what the person chose, else what the address says, else what the browser prefers."""
    for wanted in (st.session_state.get(KEY), st.query_params.get(KEY)):
        if wanted in messages.LANGUAGES:
            return str(wanted)
    return preferred()


def preferred() -> str:
    """Korean when the browser says so, English otherwise."""
    return "ko" if (st.context.locale or "").lower().startswith("ko") else "en"


def _(message: str) -> str:
    """`message` in the language of the person at the screen."""
    return messages.translate(message, language())


def explain(error: BaseException | str) -> str:
    """An error, or an error message kept in the store, in the language of the person at the screen."""
    return messages.explain(error, language())


def language_switch() -> None:
    """The switch between the languages. Its choice stands in the address, so that reload and links keep it."""
    chosen = language()
    if st.session_state.get(KEY) != chosen:
        st.session_state[KEY] = chosen
    if chosen != preferred() or KEY in st.query_params:
        st.query_params[KEY] = chosen
    st.segmented_control(
        "Language · 언어",
        list(messages.LANGUAGES),
        required=True,
        format_func=lambda code: messages.LANGUAGES[code],
        key=KEY,
        label_visibility="collapsed",
    )


def local(moment: datetime) -> datetime:
    """An aware time in the time zone of the browser; UTC where it does not say."""
    try:
        return moment.astimezone(ZoneInfo(st.context.timezone or "UTC"))
    except (KeyError, ValueError, TypeError):
        return moment.astimezone(UTC)


def ago(moment: datetime, now: datetime | None = None) -> str:
    """How long ago an aware time was: minutes and hours for today, then the local date."""
    seconds = ((now or datetime.now(UTC)) - moment).total_seconds()
    if seconds < 60:
        return _("just now")
    if seconds < 3600:
        return _("{count} min ago").format(count=int(seconds // 60))
    if seconds < 86400:
        return _("{count} h ago").format(count=int(seconds // 3600))
    return local(moment).strftime("%Y-%m-%d")
