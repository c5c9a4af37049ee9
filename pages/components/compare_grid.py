"""The table of the Compare page as data: columns with their figures, a line a field, a cell a model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from extractor.core.document_types import DocumentType
from extractor.core.extractions import Extraction, FieldValue
from extractor.core.value_path import ValuePath, closing_holes
from extractor.quality import comparison
from extractor.quality.comparison import Cell, Row
from extractor.store import DocumentRow
from pages.components import fields, models, sheets
from pages.components.compare_place import place
from pages.components.i18n import _, language


def grid_data(
    row: DocumentRow,
    document_type: DocumentType,
    answers: Mapping[str, Extraction],
    rows: Sequence[Row],
    draft: Mapping[str, FieldValue],
) -> dict[str, Any]:
    """What `grid.show_grid` takes, for the rows to be shown. `answers` are the extractions by model."""
    shown = list(rows[0].cells) if rows else []
    # Items are numbered as Review numbers them.
    closed = closing_holes((*draft, *(line.path for line in rows)))
    return {
        "locked": row.state == "approved",
        "chosen": fields.container_key(place().chosen or ""),
        "columns": [_column(model, answers[model]) for model in shown],
        "rows": [_line(row.hash, document_type, line, draft, closed(line.path)) for line in rows],
        "words": state_words()
        | {
            "label": _("Fields and what each model says"),
            "field": _("Field"),
            "consensus": _("Consensus"),
            "draft": _("Draft"),
            "none": _("Not stated"),
            "tie": _("No majority"),
            "take": _("Take"),
            "open": _("In Review"),
            "taken": _("in the draft"),
            "sure": _("Confidence"),
            "whole": _("Take all"),
            "wholeHint": _("Make the draft this model's answer, empty fields included"),
        },
    }


def state_words() -> dict[str, str]:
    """What each state of a field is called."""
    return {
        "agree": _("Same"),
        "near": _("Written differently"),
        "conflict": _("Conflict"),
        "empty": _("Nothing found"),
    }


def _column(model: str, result: Extraction) -> dict[str, Any]:
    seconds, tokens = models.seconds(result.processing_time), models.tokens(model, result.usage)
    provider, id = models.about(model)
    return {
        "model": model,
        "title": models.title(model),
        "about": id,
        "provider": provider,
        "facts": f"{seconds} · {tokens}\n{models.money(result.cost_usd)}",
    }


def _line(
    hash: str, document_type: DocumentType, row: Row, draft: Mapping[str, FieldValue], numbered: ValuePath
) -> dict[str, Any]:
    """`numbered` is the row's path with the numbers that its items are shown under."""
    now = draft.get(row.path, FieldValue(None))
    cells = [_cell(hash, row, model, cell, now) for model, cell in row.cells.items()]
    votes = _("{agree} of {all} agree").format(agree=row.agree, all=len(cells)) if len(cells) > 1 else ""
    return {
        "path": row.path,
        "title": row.field.title(language()),
        "group": numbered.parent.title(document_type, language(), " · ") if numbered.parent else "",
        "required": row.field.required,
        "state": row.state,
        "consensus": _text(row.consensus),
        "decided": row.decided,
        "votes": votes,
        "draft": _text(now.value),
        "cells": cells,
    }


def _cell(hash: str, row: Row, model: str, cell: Cell, now: FieldValue) -> dict[str, Any]:
    places = sheets.places(hash, cell.field)
    return {
        "key": cell_key(row.path, model),
        "text": _text(cell.value),
        "state": cell.state,
        "diff": [list(piece) for piece in cell.diff],
        "page": _("p. {page}").format(page=places[0][0]) if places else "",
        "sure": _sure(cell.field),
        "sheet": places[0][0] if places else None,
        "note": "" if cell.field.supported else _("not in the document"),
        "taken": cell.value is not None and (now.value, now.source) == (cell.value, cell.field.source),
    }


def _sure(field: FieldValue) -> str:
    """The model's confidence in a value; empty where it says none."""
    return f"{field.confidence:.0%}" if field.value is not None and field.confidence is not None else ""


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, int | float):
        return f"{value:,}".removesuffix(".0")
    return comparison.text_of(value)


def cell_key(path: str, model: str) -> str:
    """The key by which the viewer finds a cell."""
    return fields.container_key(f"{path}@{model}")
