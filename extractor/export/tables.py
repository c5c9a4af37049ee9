"""Records as tables: one of values, a row a document; one of provenance, a row a value."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from extractor.core.document_types import DocumentType
from extractor.core.errors import N_
from extractor.core.messages import translate
from extractor.core.value_path import ValuePath, compact
from extractor.export.jsonlines import json_line

if TYPE_CHECKING:
    from extractor.store import Record, SetValue

STATES = {"new": N_("New"), "extracted": N_("Extracted"), "in_review": N_("In review"), "approved": N_("Approved")}
ABOUT = (N_("File"), N_("Document type"), N_("State"), N_("Approved by"), N_("Approved at"))
PROVENANCE = (
    N_("File"),
    N_("Document type"),
    N_("Field"),
    N_("Path"),
    N_("Value"),
    N_("Source"),
    N_("Set by"),
    N_("Set at"),
    N_("Confidence"),
    N_("Found as"),
    N_("Page"),
    N_("Start"),
    N_("End"),
    N_("Evidence"),
)
ALIGNMENTS = {
    "exact": N_("letter for letter"),
    "normalized": N_("normalised"),
    "mark": N_("check mark"),
    "fuzzy": N_("approximate"),
    "manual": N_("pointed at"),
}

Column = tuple[str, str]
"""A path and its title."""
CellValue = str | int | float | bool | date | None


@dataclass(frozen=True)
class Table:
    titles: tuple[str, ...]
    rows: tuple[tuple[CellValue, ...], ...]


def values_table(records: Sequence[Record], language: str, provenance: bool = False) -> Table:
    """A row a document; with `provenance`, a column on the origin of each value after all values."""
    values = [_by_column(record, language) for record in records]
    columns = _columns(records, values, language)
    heads = [translate(title, language) for title in ABOUT] + _distinct(columns)
    rows = [
        [*_about(record, language), *(_cell(record.document_type, column, items.get(column)) for column in columns)]
        for record, items in zip(records, values, strict=True)
    ]
    if provenance:
        template = translate(N_("{field}: provenance"), language)
        heads += [template.format(field=title) for title in heads[len(ABOUT) :]]
        for row, items in zip(rows, values, strict=True):
            row += [_origin(items.get(column), language) for column in columns]
    return Table(tuple(heads), tuple(map(tuple, rows)))


def provenance_table(records: Iterable[Record], language: str) -> Table:
    """A row for each value, and for each field that a person left empty on purpose."""
    rows = []
    for record in records:
        document_type = record.document_type
        for path, item in compact(record.values).items():
            if item.value is None and item.set_by is None:
                continue
            column = (path, ValuePath.parse(path).title(document_type, language))
            value = _cell(document_type, column, item)
            spans = item.evidence
            row: tuple[CellValue, ...] = (
                record.row.name,
                document_type.title(language),
                column[1],
                path,
                value,
                item.source,
                item.set_by,
                _time(item.set_at),
                item.confidence,
                _joined(_alignment(evidence.alignment, language) for evidence in spans),
                _joined(evidence.page for evidence in spans),
                _joined(evidence.start for evidence in spans),
                _joined(evidence.end for evidence in spans),
                _joined(evidence.text for evidence in spans),
            )
            rows.append(row)
    return Table(tuple(translate(title, language) for title in PROVENANCE), tuple(rows))


def _by_column(record: Record, language: str) -> dict[Column, SetValue]:
    document_type = record.document_type
    return {
        (path, ValuePath.parse(path).title(document_type, language)): item
        for path, item in compact(record.values).items()
        if not _is_group(document_type, path)
    }


def _columns(records: Sequence[Record], values: Sequence[dict[Column, SetValue]], language: str) -> list[Column]:
    """The columns of all types, each type's in schema order, a column of the same path and title once."""
    by_type: dict[tuple[str, str], tuple[DocumentType, set[str]]] = {}
    for record, items in zip(records, values, strict=True):
        document_type = record.document_type
        plain = {field.path for field in document_type.fields if not _is_group(document_type, field.path)}
        _, paths = by_type.setdefault((document_type.key, document_type.version), (document_type, plain))
        paths.update(path for path, _ in items)
    columns: dict[Column, None] = {}
    for document_type, paths in by_type.values():
        ordered = sorted(paths, key=lambda path: ValuePath.parse(path).order(document_type))
        columns |= dict.fromkeys((path, ValuePath.parse(path).title(document_type, language)) for path in ordered)
    return list(columns)


def _is_group(document_type: DocumentType, path: str) -> bool:
    """Whether the path's value is spread over the columns of its parts."""
    try:
        is_item = ValuePath.parse(path).index is not None
        return document_type.field_at(path).kind in ("objects", "object") and not is_item
    except (KeyError, ValueError):
        return False


def _distinct(columns: Sequence[Column]) -> list[str]:
    """The titles; where two columns have the same one, with their paths."""
    titles = [title for _, title in columns]
    return [title if titles.count(title) == 1 else f"{title} ({path})" for path, title in columns]


def _about(record: Record, language: str) -> tuple[CellValue, ...]:
    state = translate(STATES[record.row.state], language)
    approved_at = _time(record.approved_at) if record.approved_at else None
    return record.row.name, record.document_type.title(language), state, record.approved_by, approved_at


def _cell(document_type: DocumentType, column: Column, item: SetValue | None) -> CellValue:
    value = None if item is None else item.value
    if isinstance(value, list):
        return "; ".join(element if isinstance(element, str) else json_line(element) for element in value) or None
    if isinstance(value, dict):
        return json_line(value)
    if isinstance(value, str) and _is_date(document_type, column[0]):
        try:
            return date.fromisoformat(value)
        except ValueError:
            return value
    return value


def _is_date(document_type: DocumentType, path: str) -> bool:
    try:
        return document_type.field_at(path).kind == "date"
    except KeyError:
        return False


def _origin(item: SetValue | None, language: str) -> str | None:
    """Who or what set the value, when, and where it stands: one cell for a person to read."""
    if item is None or (item.value is None and item.set_by is None):
        return None
    parts = [item.source or item.set_by or "", _time(item.set_at)]
    if item.confidence is not None:
        parts.append(f"{item.confidence:.0%}")
    page = translate(N_("p. {page}"), language)
    parts += [f"{page.format(page=evidence.page)} “{evidence.text}”" for evidence in item.evidence]
    return ", ".join(part for part in parts if part)


def _alignment(alignment: str, language: str) -> str:
    return translate(ALIGNMENTS.get(alignment, alignment), language)


def _joined(values: Iterable[str | int]) -> CellValue:
    """One value as it is, several as a text."""
    parts = list(values)
    if len(parts) <= 1:
        return parts[0] if parts else None
    return "; ".join(map(str, parts))


def _time(time: datetime) -> str:
    return time.isoformat(sep=" ", timespec="seconds")
