"""One picture of a page into tokens, ruled lines and boxes: what `reading.page_writer` writes a page from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from statistics import mean, median
from typing import Any, NamedTuple

import numpy as np
from PIL import Image

from extractor.reading.columns import Token
from extractor.reading.ocr.engines.base import Engine, Piece
from extractor.reading.ocr.hand_drawn_rings import Ring, find_rings, marked
from extractor.reading.ocr.pixel_checkboxes import Found, around, find_boxes
from extractor.reading.ocr.preprocessing import Prepared, ink, prepare
from extractor.reading.ocr.radio_buttons import find_circles, settle
from extractor.reading.ocr.ruled_lines import find_rules, without_long_rules
from extractor.reading.ocr.texture import has_letters, patterns
from extractor.reading.tables.ruled_tables import Rule

# Pieces nearer to each other than this many line heights are one word: the engine's Korean words are syllables, …
_WORD_GAP = 0.27
# … its Latin ones are words.
_LATIN_GAP = 0.15
# A page read less surely than this may lie on its side.
_UNSURE = 0.55
# Points: the side of the part that tells in which direction it can be read.
_PART = 260.0
# The share of a page's contrast that two pixels take at the edges of its print.
_SHARP = 0.25


class Recognised(NamedTuple):
    """A page in points from its top left, upright; `prepared` knows the way back to the picture; `letters` says whether
    there is anything on it that could be read."""

    prepared: Prepared
    tokens: list[Token]
    horizontal: list[Rule]
    vertical: list[Rule]
    confidence: float
    letters: bool = True


def recognise(picture: Image.Image, scale: float, engine: Engine, photographed: bool = False) -> Recognised:
    """Read a picture of `scale` pixels a point, flattened if it was `photographed`. Raises ReadingError.

    A page that is read unsurely may lie on its side: a part of it is then read in all four directions, the whole page
    in the surest of them.
    """
    upright = prepare(picture, scale, photographed=photographed)
    seen = _seen(upright)
    if not has_letters(seen.ink & ~seen.mask, scale):
        return Recognised(upright, [*map(_box_token, seen.boxes)], seen.horizontal, seen.vertical, 0.0, False)
    best = _read(seen, engine)
    if best.confidence >= _UNSURE:
        return best
    quarter = _surest_quarter(upright, engine)
    if quarter:
        other = _read(_seen(prepare(picture, scale, quarter, photographed)), engine)
        if other.confidence > best.confidence:
            return other
    return best


def is_blurred(picture: Image.Image) -> bool:
    """Whether nowhere on a grey page ink turns to paper within a few pixels, as the edges of print do."""
    grey = np.asarray(picture, np.float32)
    if grey.shape[1] < 4:
        return False
    contrast = float(grey.max() - grey.min())
    steepest = float(np.quantile(np.abs(grey[:, 2:] - grey[:, :-2])[::2], 0.999))
    return steepest < _SHARP * contrast


def _surest_quarter(upright: Prepared, engine: Engine) -> int:
    """By how many quarter turns the fullest part of the page has to be turned to be read most surely."""
    from scipy import ndimage

    dark = ink(upright.grey)
    height, width = dark.shape
    side = min(round(_PART * upright.scale), height, width)
    full = ndimage.uniform_filter(dark[::8, ::8].astype(np.float32), max(side // 8, 1), mode="constant")
    row, column = np.unravel_index(int(full.argmax()), full.shape)
    y = min(max(int(row) * 8 - side // 2, 0), height - side)
    x = min(max(int(column) * 8 - side // 2, 0), width - side)
    part = upright.grey[y : y + side, x : x + side]
    sure = [_sure(engine(np.ascontiguousarray(np.rot90(part, quarter)), upright.scale)) for quarter in range(4)]
    return max(range(4), key=lambda quarter: (sure[quarter], -quarter))


def _sure(pieces: Iterable[Piece]) -> float:
    """The letters that were read, each as much as it is sure: what lies on its side gives few and unsure ones."""
    return sum(max(piece.confidence - 0.3, 0) * sum(map(str.isalnum, piece.text)) for piece in pieces)


class _Seen(NamedTuple):
    """What the pixels of a page show before anything is read. `mask` is what no letter stands in: lines, rings,
    patterns; `ink` is without patterns and rings."""

    prepared: Prepared
    ink: Any
    mask: Any
    rings: list[Ring]
    boxes: list[Found]
    circles: list[Found]
    horizontal: list[Rule]
    vertical: list[Rule]


def _seen(prepared: Prepared) -> _Seen:
    scale = prepared.scale
    dark = ink(prepared.grey)
    pattern, black = patterns(dark, scale)
    dark &= ~pattern
    marks = dark & ~black
    rings, strokes = find_rings(without_long_rules(marks, scale), scale)
    dark &= ~strokes
    marks &= ~strokes
    horizontal, vertical, lines = find_rules(dark, scale, wavering=prepared.photographed)
    circles = find_circles(marks & ~lines, scale)
    boxes = find_boxes(marks, scale, filled=not prepared.grainy)
    boxes = [box for box in boxes if not any(_holds(circle, box) for circle in circles)]
    return _Seen(prepared, dark, lines | strokes | pattern, rings, boxes, circles, horizontal, vertical)


def _read(seen: _Seen, engine: Engine) -> Recognised:
    prepared, scale = seen.prepared, seen.prepared.scale
    cleared = _cleared(prepared.grey, seen.mask, seen.boxes, scale)
    circles, pieces = settle(seen.circles, engine(cleared, scale), scale)
    pieces = [piece for piece in pieces if any(c.isalnum() or c in _SIGNS for c in piece.text)]
    words = marked(_words(pieces, ink(cleared), scale), seen.rings)
    tokens = [*words, *(_box_token(box) for box in (*seen.boxes, *circles))]
    sure = mean(piece.confidence for piece in pieces) if pieces else 0.0
    return Recognised(prepared, tokens, seen.horizontal, seen.vertical, sure)


def _holds(circle: Found, box: Found) -> bool:
    return circle.x0 < (box.x0 + box.x1) / 2 < circle.x1 and circle.y0 < (box.y0 + box.y1) / 2 < circle.y1


_SIGNS = set("□■○●◎☑☐✓✔√◯.,:;()[]<>「」『』“”‘’\"'%&@#*+-~·ㆍ※/₩￦")


def _cleared(grey: Any, lines: Any, boxes: Iterable[Found], scale: float) -> Any:
    """The page without ruled lines, rings and boxes, which an engine takes for letters."""
    clean = grey.copy()
    clean[around(lines, 1)] = 255
    margin = round(scale)
    for box in boxes:
        y0, y1 = max(round(box.y0 * scale) - margin, 0), round(box.y1 * scale) + margin + 1
        x0, x1 = max(round(box.x0 * scale) - margin, 0), round(box.x1 * scale) + margin + 1
        clean[y0:y1, x0:x1] = 255
    return clean


def _box_token(box: Found) -> Token:
    empty, ticked = "○●" if box.round else "☐☑"
    return Token(box.x0, box.y0, box.x1, box.y1, ticked if box.ticked else empty)


def _words(pieces: Iterable[Piece], dark: Any, scale: float) -> list[Token]:
    """The pieces of each line joined to words. The engine's Korean words are syllables: white gaps part words."""
    lines: dict[int, list[Piece]] = defaultdict(list)
    for piece in pieces:
        lines[piece.line].append(piece)
    tokens = []
    for line in lines.values():
        line.sort(key=lambda piece: piece.x0)
        # All words of a line stand at one height, whatever their letters: `~` and `가` are read side by side.
        y0, y1 = median(piece.y0 for piece in line), median(piece.y1 for piece in line)
        height = y1 - y0
        line = [piece._replace(y0=min(y0, y1 - 1), y1=y1) if _stands_in(piece, y0, y1) else piece for piece in line]
        word = [line[0]]
        for piece in line[1:]:
            if _white(dark, word[-1], piece) > _gap(word[-1], piece) * height:
                tokens.append(_token(word, scale))
                word = []
            word.append(piece)
        tokens.append(_token(word, scale))
    return tokens


def _gap(left: Piece, right: Piece) -> float:
    around = left.text[-1] + right.text[0]
    return _LATIN_GAP if around.isascii() and around.isalpha() else _WORD_GAP


def _stands_in(piece: Piece, y0: float, y1: float) -> bool:
    """Whether a piece stands at the height of its line: engines join cells whose lines are not level."""
    height, own = y1 - y0, piece.y1 - piece.y0
    return own < 0.6 * height or abs(piece.y0 + piece.y1 - y0 - y1) / 2 < 0.2 * height


def _white(dark: Any, left: Piece, right: Piece) -> int:
    """The widest strip without ink between the middles of two pieces, in pixels."""
    y0, y1 = int(min(left.y0, right.y0)), int(max(left.y1, right.y1))
    start = left.x1 - (left.x1 - left.x0) / len(left.text) / 2
    stop = right.x0 + (right.x1 - right.x0) / len(right.text) / 2
    empty = ~dark[y0:y1, int(start) : max(int(stop), int(start) + 1)].any(axis=0)
    edges = np.flatnonzero(np.diff(np.pad(empty, 1).astype(np.int8)))
    return int(max(edges[1::2] - edges[::2], default=0))


def _token(word: list[Piece], scale: float) -> Token:
    x0, x1 = min(piece.x0 for piece in word), max(piece.x1 for piece in word)
    y0, y1 = min(piece.y0 for piece in word), max(piece.y1 for piece in word)
    return Token(
        x0 / scale,
        y0 / scale,
        x1 / scale,
        y1 / scale,
        "".join(piece.text for piece in word),
        confidence=round(min(piece.confidence for piece in word), 2),
    )
