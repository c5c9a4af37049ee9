"""No input is lost on its way: a script in every page, mounted by the frame.

Streamlit keeps what is typed in the browser until the field is left, lets every shortcut act at once wherever it
belongs, and forgets a page's fields the moment another page is asked for. The script brings order into that: leaving a
field or a page commits what stands in the field first, a shortcut acts on the topmost thing only, and a button that is
pressed acts once.
"""

from __future__ import annotations

from pathlib import Path

import streamlit as st

PARTS = ("messages.js", "input_guard.js")

_mount = st.components.v2.component(
    "rightsdesk_input_guard",
    html='<span class="input-guard" hidden></span>',
    js="\n".join((Path(__file__).parent / part).read_text(encoding="utf-8") for part in PARTS),
)


def guard_input() -> None:
    """Mount the script. Once a page, in the frame."""
    _mount(key="input-guard", height="content")
