"""Values and their provenance as a file: JSON Lines, CSV, XLSX.

JSON Lines has everything. XLSX has a sheet a document type and a sheet `provenance` with a row a value.
CSV has a row a document, the values first and a provenance column for each of them after; the format
`csv_provenance` is the same as the sheet `provenance`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Literal

from extractor.export import spreadsheets
from extractor.export.jsonlines import json_line, json_lines

if TYPE_CHECKING:
    from extractor.store import Record

Format = Literal["jsonl", "csv", "csv_provenance", "xlsx"]
FORMATS: dict[str, str] = {
    "jsonl": "application/x-ndjson",
    "csv": "text/csv",
    "csv_provenance": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
"""The media type of each format."""

__all__ = ["FORMATS", "Format", "export", "json_line"]


def export(records: Iterable[Record], format: Format, language: str = "ko") -> bytes:
    """The records as the bytes of a file, titles in `language` (ko, en). Raises KeyError for an unknown format."""
    writers = {
        "jsonl": json_lines,
        "csv": spreadsheets.csv_values,
        "csv_provenance": spreadsheets.csv_provenance,
        "xlsx": spreadsheets.xlsx,
    }
    return writers[format](list(records), language)
