"""An export format: a line a document, its name and how many values it has, set apart by a tab."""

from extractor.export import ExportFormat
from extractor.store import Record


def write(records: list[Record], language: str) -> bytes:
    """The bytes of the file; `record.metadata` is the values as the schema nests them."""
    titles = ("파일", "값") if language == "ko" else ("File", "Values")
    rows = [titles, *((record.row.name, str(len(record.values))) for record in records)]
    return "".join("\t".join(row) + "\n" for row in rows).encode()


EXPORT = ExportFormat("Haneul TSV", "A line a document: its name and its number of values.", "tsv", "text/tsv", write)
