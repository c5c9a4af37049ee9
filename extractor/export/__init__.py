"""Values and their provenance as a file: JSON Lines, CSV, XLSX."""

from extractor.export.formats import FORMATS, ExportFormat, export

__all__ = ["FORMATS", "ExportFormat", "export"]
