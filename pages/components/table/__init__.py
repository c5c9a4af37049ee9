"""Documents as a table that people can click open, select in, and use with the keyboard. A card each on a phone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlencode

import streamlit as st

from pages.components import ui
from pages.components.i18n import KEY, _, language

HERE = Path(__file__).parent

_mount = st.components.v2.component(
    "rightsdesk_table",
    html='<div class="table"></div>',
    css=(HERE / "table.css").read_text(encoding="utf-8"),
    js=(HERE / "table.js").read_text(encoding="utf-8"),
)


@dataclass(frozen=True)
class Column:
    """A column. `link` opens the row's document; `badge` and `meter` take what `badge` and `meter` make.

    `width` is a CSS length; `unit` stands behind the number where there is no room for a heading.
    """

    key: str
    label: str
    kind: Literal["text", "number", "badge", "meter", "link"] = "text"
    width: str | None = None
    unit: str = ""


@dataclass(frozen=True)
class Line:
    """A row about one document: finished texts by column key. `id` tells it apart, `note` stands below its name."""

    id: str
    document: str
    name: str
    cells: Mapping[str, Any]
    note: str = ""
    failed: bool = False
    hints: Mapping[str, str] = field(default_factory=dict)


def table(
    columns: Sequence[Column], lines: Sequence[Line], key: str, selectable: bool = False
) -> tuple[list[str], str | None]:
    """Show `lines`. Returns the ids of the selected ones, and the id of the one just clicked, if any.

    A new `key` clears the selection.
    """
    shown = _mount(
        data={
            "columns": [asdict(column) for column in columns],
            "rows": [
                asdict(line) | {"link": "review?" + urlencode({"document": line.document, KEY: language()})}
                for line in lines
            ],
            "selectable": selectable,
            "words": {"all": _("Select all on this page"), "select": _("Select")},
        },
        default={"selected": []},
        key=key,
        on_selected_change=lambda: None,
        on_opened_change=lambda: None,
    )
    here = {line.id for line in lines}
    return [id for id in shown.selected or [] if id in here], shown.opened


def badge(state: str) -> dict[str, str]:
    """A document state for a `badge` column."""
    return {"text": ui.state_name(state), "color": ui.STATE_COLORS[state]}


def meter(confidence: float | None) -> dict[str, Any] | None:
    """A confidence from 0 to 1 for a `meter` column."""
    if confidence is None:
        return None
    return {"percent": round(confidence * 100), "level": ui.level(confidence)}
