"""Text recognition engines. An engine is a function from a grey page to words, and one line in `ENGINES`."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable
from typing import Any, NamedTuple

from extractor.errors import N_, ReadingError

# A page takes a second or two; one that takes this long never ends.
_SECONDS = 120
_SOME_HANGUL = 0.1
_HANGUL = re.compile("[가-힣]")
_LATIN = re.compile("[A-Za-z]{2,}|@")


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


def tesseract(grey: Any, scale: float) -> list[Piece]:
    """Tesseract in its one column mode, which drops the fewest lines of forms.

    Its Korean and English models together take Hangul for Latin letters now and then, its Korean model alone
    cannot read English: where there is Hangul both read, and of what overlaps the surer one counts.
    """
    both = _tesseract(grey, scale, "kor+eng")
    letters = [letter for piece in both for letter in piece.text if letter.isalpha()]
    if sum("가" <= letter <= "힣" for letter in letters) < _SOME_HANGUL * len(letters):
        return both
    latin = [piece for piece in both if _LATIN.search(piece.text) and not _HANGUL.search(piece.text)]
    return _surer(_tesseract(grey, scale, "kor"), latin)


def _surer(korean: list[Piece], latin: list[Piece]) -> list[Piece]:
    """The Korean reading, with Latin words in place of what was read there less surely."""
    kept = list(korean)
    for word in latin:
        under = [piece for piece in kept if _overlap(piece, word) > 0.5]
        if all(piece.confidence < word.confidence for piece in under):
            line = under[0].line if under else -1 - word.line
            kept = [piece for piece in kept if piece not in under] + [word._replace(line=line)]
    return kept


def _overlap(piece: Piece, word: Piece) -> float:
    """Which share of `piece` lies in `word`."""
    across = min(piece.x1, word.x1) - max(piece.x0, word.x0)
    down = min(piece.y1, word.y1) - max(piece.y0, word.y0)
    area = (piece.x1 - piece.x0) * (piece.y1 - piece.y0)
    return across * down / area if across > 0 and down > 0 and area else 0.0


def _tesseract(grey: Any, scale: float, languages: str) -> list[Piece]:
    import pytesseract
    from PIL import Image

    # One thread a page, a page a core: measured 2.2 times faster than the other way round.
    os.environ.setdefault("OMP_THREAD_LIMIT", "1")
    config = f"--psm 4 --dpi {round(scale * 72)}"
    output = pytesseract.Output.DICT
    try:
        found = pytesseract.image_to_data(
            Image.fromarray(grey), lang=languages, config=config, timeout=_SECONDS, output_type=output
        )
    except pytesseract.TesseractError as error:
        raise ReadingError(N_("Text recognition failed ({reason})."), reason=str(error.message)[:200]) from error
    except RuntimeError as error:
        raise ReadingError(N_("Text recognition took too long.")) from error
    pieces = []
    for at, text in enumerate(found["text"]):
        if text.strip():
            x0, y0 = found["left"][at], found["top"][at]
            line = (found["block_num"][at] * 1000 + found["par_num"][at]) * 1000 + found["line_num"][at]
            box = (x0, y0, x0 + found["width"][at], y0 + found["height"][at])
            pieces.append(Piece(*box, text.strip(), max(float(found["conf"][at]), 0.0) / 100, line))
    return pieces


def tesseract_problem() -> str | None:
    """Why Tesseract cannot be used here and what to do, of a file `{name}`; None when it can."""
    if shutil.which("tesseract") is None:
        return N_("{name} is a scan, and Tesseract is not installed. Install tesseract-ocr and tesseract-ocr-kor.")
    if not {"kor", "eng"} <= set(_installed()):
        return N_("{name} is a scan, and Tesseract lacks a model. Install tesseract-ocr-kor and tesseract-ocr-eng.")
    return None


_known: list[str] = []


def _installed() -> list[str]:
    import pytesseract

    if not _known:
        _known.extend(pytesseract.get_languages())
    return _known


ENGINES: dict[str, tuple[Engine, Callable[[], str | None]]] = {"tesseract": (tesseract, tesseract_problem)}
"""By name: the engine, and what says why it cannot be used."""
