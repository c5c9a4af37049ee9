"""The OCR engines by the name that the configuration uses."""

from __future__ import annotations

from typing import Any

from extractor.core.errors import ReadingError
from extractor.core.registry import Registry
from extractor.reading.ocr.engines.base import Kind, Piece
from extractor.reading.ocr.engines.tesseract import tesseract, tesseract_problem
from extractor.settings.ocr import PLUGINS, TextRecognition


def _rapidocr(choice: TextRecognition, grey: Any, _scale: float) -> list[Piece]:
    from extractor.reading.ocr.engines.rapidocr import read

    return read(choice, grey)


def _rapidocr_problem(choice: TextRecognition, name: str) -> ReadingError | None:
    from extractor.reading.ocr.engines.rapidocr import problem

    return problem(choice, name)


ENGINES: Registry[Kind] = Registry(
    PLUGINS,
    Kind,
    {
        "tesseract": Kind(tesseract, tesseract_problem),
        "rapidocr": Kind(_rapidocr, _rapidocr_problem),
    },
)
