"""The page one can point at: a Streamlit component of plain HTML, CSS and JavaScript.

Two components make it up. `show_sheet` hands one page (image and words, or text) to the browser, which remembers
it; `show_viewer` draws it with the evidence of all fields, and says what a person pointed at. Both are mounted by
the Review page; the data they take is described in the functions.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import streamlit as st

HERE = Path(__file__).parent
STYLE = HERE / "review.css"
"""The style of the Review page around the viewer."""

# One module in the browser: the parts stand in files of their own because each is about one thing.
PARTS = ("paint.js", "pick.js", "keys.js", "viewer.js")


def _text(*names: str) -> str:
    return "\n".join((HERE / name).read_text(encoding="utf-8") for name in names)


_viewer = st.components.v2.component(
    "rightsdesk.viewer", html=_text("viewer.html"), css=_text("viewer.css"), js=_text(*PARTS)
)
_stamp = st.components.v2.component("rightsdesk.stamp", js=_text("stamp.js"))
_sheet = st.components.v2.component("rightsdesk.sheet", js=_text("sheet.js"))


def show_sheet(data: Mapping[str, Any], key: str) -> None:
    """Hand a page to the browser.

    `data`: `document` (hash), `page` (as the viewer counts), `source` (the document's page), `dpi`; then `image`
    (data URL), `width`, `height` and `words` (`[start, end, x0, y0, x1, y1]` each), or `blocks`
    (`extractor.desk.text_view`).
    """
    _sheet(key=key, data=dict(data), height="content")


def show_stamp(document: str, stamp: str) -> None:
    """Tell the browser how new a document is in the store: another `stamp` after each change."""
    _stamp(key="review-stamp", data={"document": document, "stamp": stamp}, height="content")


def show_viewer(data: Mapping[str, Any], key: str, **callbacks: Callable[[], None]) -> None:
    """Mount the viewer.

    `data`: `document`, `count` (pages), `text` (whether they are text), `page` and `field` (where to begin, again when
    `text` changes), `dpi`, `stamp` (how new the values are), `locked`, `fields` (in order:
    `path`, `key` of its container, `title`, `doubt`, `evidence` as `[page, start, end, [[x0, y0, x1, y1], …]]`),
    `go` (`n`, `field`: choose this field when `n` is new), `note` (`n`, `text`: say this when `n` is new), `labels`.

    Triggers, each to be given as `on_<name>_change`, their value in `st.session_state[key]`:
    `picked` (`field`, `page`, `spans` as `[start, end]` into the document's text, `add`), `turned` (`page`, `sharp`),
    `cleared` and `confirmed` (`field`), `outdated` (the newer stamp; nothing to do but to draw again).
    """
    _viewer(key=key, data=dict(data), **callbacks)  # type: ignore[arg-type]
