"""Check boxes that a PDF draws as shapes: they become ☐ and ☑ (round ones ○ and ●) among the words.

A box is a small square frame or ring with nothing but white in it. It is ticked when something dark
is in it: a tick or cross drawn with lines, a filled shape, or a letter used as a tick.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from extractor.reading.columns import Token

# In points.
SMALLEST = 5.0
LARGEST = 18.0
_TICKS = frozenset("VvXxOo✓✔√∨●■◼☑✕✗×")
# Shapes of at least this share of the frame's side are its border or its background.
_BACKGROUND = 0.8
# Boxes nearer to each other than this are the squares of a grid, as for the digits of a number.
_APART = 2.5
# A page with more small shapes than this is a drawing.
_MOST_SHAPES = 1_000


class Shape(NamedTuple):
    """A small drawn shape. `dark`: filled with a dark colour; `open`: a stroke that does not close."""

    x0: float
    y0: float
    x1: float
    y1: float
    stroked: bool
    dark: bool
    round: bool
    open: bool

    @property
    def side(self) -> float:
        return max(self.x1 - self.x0, self.y1 - self.y0)

    def holds(self, other: Shape | Token) -> bool:
        """Whether the middle of `other` lies in this shape."""
        x, y = (other.x0 + other.x1) / 2, (other.y0 + other.y1) / 2
        return self.x0 <= x <= self.x1 and self.y0 <= y <= self.y1


def with_check_boxes(tokens: list[Token], shapes: Sequence[Shape]) -> list[Token]:
    """`tokens` with one token more for each check box; a letter that ticks a box gives way to it."""
    frames = _frames(shapes) if len(shapes) <= _MOST_SHAPES else []
    for frame, ticked in frames:
        letters = [token for token in tokens if frame.holds(token)]
        if any(token.text not in _TICKS for token in letters):
            continue  # a boxed number or syllable
        tokens = [token for token in tokens if token not in letters]
        marks = "●○" if frame.round else "☑☐"
        tokens.append(Token(frame.x0, frame.y0, frame.x1, frame.y1, marks[0 if ticked or letters else 1]))
    return tokens


def _frames(shapes: Sequence[Shape]) -> list[tuple[Shape, bool]]:
    """The frames of check boxes, and whether something drawn is in them."""
    frames: list[tuple[Shape, bool]] = []
    candidates = sorted((shape for shape in shapes if _is_square(shape)), key=lambda shape: -shape.side)
    for frame in candidates:
        if any(other.holds(frame) for other, _ in frames):
            continue
        inside = [shape for shape in shapes if frame.holds(shape)]
        border = [shape for shape in inside if shape.side >= _BACKGROUND * frame.side and not shape.open]
        ticks = [shape for shape in inside if shape.open or (shape.dark and shape not in border)]
        if ticks or any(shape.stroked for shape in border):
            kind = max(border, key=lambda shape: shape.stroked)
            frames.append((frame._replace(round=kind.round), bool(ticks) or any(shape.dark for shape in border)))
    return [(frame, ticked) for frame, ticked in frames if not _has_neighbour(frame, [other for other, _ in frames])]


def _is_square(shape: Shape) -> bool:
    width, height = shape.x1 - shape.x0, shape.y1 - shape.y0
    return not shape.open and min(width, height) >= SMALLEST and abs(width - height) <= 0.25 * max(width, height)


def _has_neighbour(frame: Shape, others: Sequence[Shape]) -> bool:
    return any(
        other is not frame
        and abs(other.y0 - frame.y0) < _APART
        and min(abs(other.x0 - frame.x1), abs(frame.x0 - other.x1)) < _APART
        for other in others
    )
