"""Marks by a hand that is never steady: ticks in boxes and circles, rings around words."""

from __future__ import annotations

import math
import random
from pathlib import Path

from PIL import ImageDraw, ImageFont

COLOURS = ("black", "#1b2f8a", "#9a1c1c", "#333333")


def font(size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(next(Path("/usr/share/fonts").rglob("NanumGothic.ttf"))), size)


def tick(draw: ImageDraw.ImageDraw, pen: random.Random, x: float, y: float, side: float, round: bool = False) -> None:
    """A tick, cross, slash or filling in the box (or circle) at `x`, `y`; ticks may leave it."""
    colour, width = pen.choice(COLOURS), pen.choice((3, 4, 5))

    def at(u: float, v: float) -> tuple[float, float]:
        wobble = 0.08 * side
        return x + u * side + pen.uniform(-wobble, wobble), y + v * side + pen.uniform(-wobble, wobble)

    kind = pen.choice(("tick", "cross", "long tick", "fill", "slash"))
    if kind == "fill":
        shape = draw.ellipse if round else draw.rectangle
        shape((x + 0.2 * side, y + 0.2 * side, x + 0.8 * side, y + 0.8 * side), fill=colour)
    if kind in ("cross", "slash"):
        draw.line([at(0.15, 0.85), at(0.85, 0.15)], fill=colour, width=width)
    if kind == "cross":
        draw.line([at(0.15, 0.15), at(0.85, 0.85)], fill=colour, width=width)
    if kind in ("tick", "long tick"):
        out = 1.5 if kind == "long tick" else 0.9
        draw.line([at(0.2, 0.5), at(0.45, 0.8), at(out, 1 - out)], fill=colour, width=width)


def ring(draw: ImageDraw.ImageDraw, pen: random.Random, box: tuple[float, float, float, float]) -> None:
    """A ring around `box`: a wavering ellipse whose ends miss each other a little or overlap."""
    colour, width = pen.choice(COLOURS), pen.choice((3, 4, 5))
    x0, y0, x1, y1 = box
    a, b = (x1 - x0) / 2 * pen.uniform(1.15, 1.4) + 6, (y1 - y0) / 2 * pen.uniform(1.25, 1.6) + 6
    x, y = (x0 + x1) / 2 + pen.uniform(-5, 5), (y0 + y1) / 2 + pen.uniform(-3, 3)
    start, turn, lean = pen.uniform(0, 2 * math.pi), pen.uniform(-0.05, 0.4), pen.uniform(-0.06, 0.06)
    waver, phase = pen.uniform(0, 0.05), pen.uniform(0, 6)
    points = []
    for step in range(91):
        angle = start + (2 * math.pi + turn) * step / 90
        swell = 1 + waver * math.sin(3 * angle + phase) + 0.06 * step / 90
        u, v = a * swell * math.cos(angle), b * swell * math.sin(angle)
        points.append((x + u - lean * v, y + v + lean * u))
    draw.line(points, fill=colour, width=width, joint="curve")
