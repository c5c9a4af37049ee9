"""Fields down, models across: the table of the Compare page. Works with the viewer beside it.

Its cells carry the class by which the viewer finds the containers of fields, so that choosing a cell by mouse or
keyboard shows its evidence at once, without asking the server.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import streamlit as st

HERE = Path(__file__).parent

_grid = st.components.v2.component(
    "rightsdesk_grid",
    html='<div class="compare-grid" role="region"></div>',
    css=(HERE / "grid.css").read_text(encoding="utf-8"),
    js=(HERE / "grid.js").read_text(encoding="utf-8"),
    isolate_styles=False,  # The viewer listens in the page's own DOM, which no shadow may hide the cells from.
)


def show_grid(data: Mapping[str, Any], key: str, **callbacks: Callable[[], None]) -> None:
    """Mount the table.

    `data`: `locked`, `chosen` (the key of the cell to begin with), `words` (texts), `columns` (`model`, `title`,
    `about`, `facts`), `rows` (`path`, `title`, `group`, `required`, `state`, `consensus`, `votes`, `draft`, `cells`);
    a cell has `key`, `text`, `state`, `diff` (`[kind, text]` each), `page`, `note`, `taken`.

    Triggers, each to be given as `on_<name>_change`, their value in `st.session_state[key]`: `taken` (`path`, `model`),
    `whole` (`model`), `opened` (`path`, `page`).
    """
    _grid(key=key, data=dict(data), **callbacks)  # type: ignore[arg-type]
