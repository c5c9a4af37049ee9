"""Red seals, stamped as pictures over the text, so that they leave nothing in the text layer."""

from __future__ import annotations

from math import ceil, sqrt
from typing import Any

from PIL import Image, ImageDraw, ImageFont
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from .fonts import FILES, FONTS

RED = (196, 32, 38, 215)
PIXELS = 96


def sealing_canvas(*args: Any, **options: Any) -> Canvas:
    """A canvas on which reportlab's `<onDraw name="seal" label="…"/>` stamps a seal."""
    canvas = Canvas(*args, **options)
    canvas.setNamedCB("seal", _stamp)
    return canvas


def _stamp(canvas: Canvas, kind: str, characters: str) -> None:
    """Stamp a seal where the text has come to."""
    place = canvas._curr_tx_info
    size, shift = (23, -2) if len(characters) <= 4 else (35, 6)
    picture_of = ImageReader(picture(characters))
    canvas.drawImage(picture_of, place["cur_x"] + shift, place["cur_y"] - size * 0.36, size, size, mask="auto")


def picture(characters: str) -> Image.Image:
    """A seal: round for a person's name, square for an institution's; read from the top right downwards."""
    side = ceil(sqrt(len(characters)))
    image = Image.new("RGBA", (PIXELS, PIXELS), (255, 255, 255, 0))
    draw = ImageDraw.Draw(image)
    frame = (3, 3, PIXELS - 4, PIXELS - 4)
    if side <= 2:
        draw.ellipse(frame, outline=RED, width=5)
    else:
        draw.rectangle(frame, outline=RED, width=6)
    room = PIXELS * (0.66 if side <= 2 else 0.84)
    step, edge = room / side, (PIXELS - room) / 2
    font = ImageFont.truetype(FONTS / FILES["myeongjo-bold"], int(step * 0.98))
    for number, character in enumerate(characters):
        column, row = divmod(number, side)
        place = (PIXELS - edge - step * (column + 0.5), edge + step * (row + 0.5))
        draw.text(place, character, RED, font, anchor="mm")
    return image
