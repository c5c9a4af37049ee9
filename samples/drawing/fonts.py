"""The fonts of the PDFs, embedded as subsets without hinting: half the size, and looked at on screens anyway."""

from __future__ import annotations

import struct
from functools import cache
from itertools import pairwise
from pathlib import Path

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont, TTFontMaker

FONTS = Path("/usr/share/fonts/truetype")
FILES = {
    "gothic": "nanum/NanumGothic.ttf",
    "gothic-bold": "nanum/NanumGothicBold.ttf",
    "myeongjo": "nanum/NanumMyeongjo.ttf",
    "myeongjo-bold": "nanum/NanumMyeongjoBold.ttf",
    "barun": "nanum/NanumBarunGothic.ttf",
    "barun-bold": "nanum/NanumBarunGothicBold.ttf",
    "marks": "dejavu/DejaVuSans.ttf",
}
HINTING = {"cvt ", "fpgm", "prep"}


def missing_fonts() -> list[str]:
    """The font files that are not on this machine."""
    return [name for name in FILES.values() if not (FONTS / name).exists()]


@cache
def register_fonts() -> None:
    """Make the fonts known to reportlab."""
    for name, file in FILES.items():
        font = TTFont(name, FONTS / file)
        make_subset = font.face.makeSubset
        font.face.makeSubset = lambda subset, make=make_subset: unhinted(make(subset))
        pdfmetrics.registerFont(font)


def unhinted(font: bytes) -> bytes:
    """A TrueType font file without its hinting programs."""
    tables = {}
    for number in range(struct.unpack_from(">H", font, 4)[0]):
        tag, _, start, length = struct.unpack_from(">4sLLL", font, 12 + 16 * number)
        tables[tag.decode()] = font[start : start + length]
    long_offsets = struct.unpack_from(">h", tables["head"], 50)[0]
    size, code, unit = (4, "L", 1) if long_offsets else (2, "H", 2)
    count = len(tables["loca"]) // size
    offsets = [offset * unit for offset in struct.unpack(f">{count}{code}", tables["loca"])]
    glyphs = [_bare(tables["glyf"][a:b]) for a, b in pairwise(offsets)]
    places = [0]
    for glyph in glyphs:
        places.append(places[-1] + len(glyph))
    tables["glyf"] = b"".join(glyphs)
    tables["loca"] = struct.pack(f">{count}L", *places)
    tables["head"] = tables["head"][:50] + b"\0\1" + tables["head"][52:]
    maker = TTFontMaker()
    for tag, data in tables.items():
        if tag not in HINTING:
            maker.add(tag, data)
    made: bytes = maker.makeStream()
    return made


def _bare(glyph: bytes) -> bytes:
    """A simple glyph without instructions, padded to four bytes; a composite one as it is."""
    if glyph and (contours := struct.unpack_from(">h", glyph)[0]) >= 0:
        at = 10 + 2 * contours
        length = struct.unpack_from(">H", glyph, at)[0]
        glyph = glyph[:at] + b"\0\0" + glyph[at + 2 + length :]
    return glyph + bytes(-len(glyph) % 4)
