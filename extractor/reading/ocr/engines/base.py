"""What an OCR engine is: a function from a grey page to pieces of text with boxes."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

from extractor.core.errors import ReadingError

if TYPE_CHECKING:
    from extractor.settings.ocr import TextRecognition


class Piece(NamedTuple):
    """What an engine saw as one word, in pixels; pieces of one `line` (any number) stand in one line of text.

    `confidence` is 0 to 1.
    """

    x0: float
    y0: float
    x1: float
    y1: float
    text: str
    confidence: float
    line: int


Engine = Callable[[Any, float], list[Piece]]
"""Takes a grey page (rows × columns of 0 to 255) and its pixels a point. Raises ReadingError."""


class Kind(NamedTuple):
    """`read` is an engine that is told the settings first; `problem` says of a file why it cannot be used, or None."""

    read: Callable[[TextRecognition, Any, float], list[Piece]]
    problem: Callable[[TextRecognition, str], ReadingError | None]


def overlap(piece: Piece, word: Piece) -> float:
    """Which share of `piece` lies in `word`."""
    across = min(piece.x1, word.x1) - max(piece.x0, word.x0)
    down = min(piece.y1, word.y1) - max(piece.y0, word.y0)
    area = (piece.x1 - piece.x0) * (piece.y1 - piece.y0)
    return across * down / area if across > 0 and down > 0 and area else 0.0
