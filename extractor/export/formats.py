"""Values and their provenance as a file: JSON Lines, CSV, XLSX.

JSON Lines has everything. XLSX has a sheet a document type and a sheet `provenance` with a row a value.
CSV has a row a document, the values first and a provenance column for each of them after; the format
`csv_provenance` is the same as the sheet `provenance`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from extractor.core.errors import N_
from extractor.core.registry import Registry
from extractor.export import spreadsheets
from extractor.export.jsonlines import json_line, json_lines

if TYPE_CHECKING:
    from extractor.store import Record

__all__ = ["FORMATS", "ExportFormat", "export", "json_line"]


@dataclass(frozen=True)
class ExportFormat:
    """`write` makes the bytes of a file `.<suffix>` from records, with titles in a language (ko, en).

    `title` and `about` (what is in the file) are for a person; `media_type` is the file's MIME type.
    """

    title: str
    about: str
    suffix: str
    media_type: str
    write: Callable[[list[Record], str], bytes]


FORMATS: Registry[ExportFormat] = Registry(
    "rightsdesk.exports",
    ExportFormat,
    {
        "xlsx": ExportFormat(
            "Excel (XLSX)",
            N_("A sheet for each document type, and one that says where every value comes from."),
            "xlsx",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            spreadsheets.xlsx,
        ),
        "csv": ExportFormat(
            "CSV",
            N_("A row a document: the values, then who set each one and where it stands."),
            "csv",
            "text/csv",
            spreadsheets.csv_values,
        ),
        "csv_provenance": ExportFormat(
            N_("CSV, a row a value"),
            N_("A row a value with its source, time, confidence and evidence."),
            "csv",
            "text/csv",
            spreadsheets.csv_provenance,
        ),
        "jsonl": ExportFormat(
            "JSON Lines",
            N_("Everything, one document a line: metadata, sources, evidence with page and boxes."),
            "jsonl",
            "application/x-ndjson",
            json_lines,
        ),
    },
)


def export(records: Iterable[Record], format: str, language: str = "ko") -> bytes:
    """The records as the bytes of a file, titles in `language` (ko, en). Raises KeyError for an unknown format."""
    return FORMATS[format].write(list(records), language)
