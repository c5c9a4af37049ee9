"""Values and their provenance as a file: JSON Lines, CSV, XLSX."""

from extractor.export.formats import FORMATS, Format, export

__all__ = ["FORMATS", "Format", "export"]
