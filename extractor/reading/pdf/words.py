"""The words of a PDF page, where they stand on it as it is shown."""

from __future__ import annotations

import ctypes
import math
import re
from collections.abc import Iterator
from typing import Any

import pypdfium2
import pypdfium2.raw as pdfium

from extractor.core.documents import Box
from extractor.reading.columns import Token

# White space as PDF producers write it: Chromium uses \x01 for a space, others NUL, soft hyphens,
# non-breaking and zero-width spaces. PDFium writes a hyphen at the end of a line as \ufffe (as text) or
# \x02 (as a character), with no line end after it.
_BREAKS = "\\s\x00-\x1f\x7f\xad\u200b-\u200f\u2028-\u202e\u2060\ufeff\ufffe\uffff\ud800-\udfff"
_HYPHENS = "\x02\ufffe"
_WORD = re.compile(f"[^{_BREAKS}]+[{_HYPHENS}]?")


class Frame:
    """The visible page: from PDF user space (origin anywhere, possibly turned) to points from the top left."""

    def __init__(self, page: pypdfium2.PdfPage) -> None:
        self.width, self.height = page.get_size()
        self.width = max(self.width, 1.0)
        self.height = max(self.height, 1.0)
        scale = 100_000
        corners = [self._user_space(page, x, y, scale) for x, y in ((0, 0), (scale, 0), (0, scale))]
        (ox, oy), (rx, ry), (dx, dy) = corners
        # The page's right and down directions in user space; inverted, they take user space to the page.
        a, b, c, d = rx - ox, dx - ox, ry - oy, dy - oy
        determinant = a * d - b * c or 1.0
        self.xx, self.xy = d / determinant * self.width, -b / determinant * self.width
        self.yx, self.yy = -c / determinant * self.height, a / determinant * self.height
        self.x, self.y = -(self.xx * ox + self.xy * oy), -(self.yx * ox + self.yy * oy)
        # Nearly every page: neither turned nor in units of its own.
        self._plain = max(abs(self.xx - 1), abs(self.xy), abs(self.yx), abs(self.yy + 1)) < 1e-4
        self.to_top_left = (self.xx, self.xy, self.x, self.yx, self.yy, self.y)

    @staticmethod
    def _user_space(page: pypdfium2.PdfPage, x: int, y: int, scale: int) -> tuple[float, float]:
        px, py = ctypes.c_double(), ctypes.c_double()
        pdfium.FPDF_DeviceToPage(page.raw, 0, 0, scale, scale, 0, x, y, px, py)
        return px.value, py.value

    def rectangle(self, rect: pdfium.FS_RECTF) -> tuple[float, float, float, float]:
        """A rectangle of user space as left, top, right, bottom."""
        left, right, top, bottom = rect.left, rect.right, rect.top, rect.bottom
        if self._plain:
            return left + self.x, self.y - top, right + self.x, self.y - bottom
        x0, y0 = self.xx * left + self.xy * top + self.x, self.yx * left + self.yy * top + self.y
        x1, y1 = self.xx * right + self.xy * bottom + self.x, self.yx * right + self.yy * bottom + self.y
        return min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)

    def is_turned(self, text_page: Any, index: int) -> bool:
        """Whether the character at `index` does not stand upright on the page."""
        angle = pdfium.FPDFText_GetCharAngle(text_page, index)  # clockwise
        right = self.xx * math.cos(angle) - self.xy * math.sin(angle)
        down = self.yx * math.cos(angle) - self.yy * math.sin(angle)
        return bool(right < abs(down))

    def box(self, x0: float, y0: float, x1: float, y1: float) -> Box:
        """Points as fractions of the page."""
        width, height = self.width, self.height
        if x0 < 0.0 or y0 < 0.0 or x1 > width or y1 > height:
            x0, x1 = min(max(x0, 0.0), width), min(max(x1, 0.0), width)
            y0, y1 = min(max(y0, 0.0), height), min(max(y1, 0.0), height)
        return Box(x0 / width, y0 / height, x1 / width, y1 / height)


def _text(text_page: Any) -> str:
    """The text of a page, one character for each that PDFium counts."""
    count = pdfium.FPDFText_CountChars(text_page)
    if count <= 0:
        return ""
    buffer = (ctypes.c_ushort * (count + 1))()
    written = pdfium.FPDFText_GetText(text_page, 0, count, buffer)
    text = bytes(buffer)[: 2 * max(written - 1, 0)].decode("utf-16-le", "surrogatepass")
    if len(text) == count:
        return text
    # Offsets into the text are not character indices on such a page (ligatures, characters outside the BMP).
    codes = (pdfium.FPDFText_GetUnicode(text_page, index) for index in range(count))
    return "".join(chr(code) if code <= 0x10FFFF else "\ufffd" for code in codes)


def page_words(page: pypdfium2.PdfPage, frame: Frame) -> tuple[list[Token], list[Token]]:
    """The words of a page that lie on it: upright ones, and those that run up or down."""
    text_page = pdfium.FPDFText_LoadPage(page.raw)
    if not text_page:
        return [], []
    try:
        placed = list(_placed_words(text_page, frame))
        if all(runs_on for _, _, runs_on in placed):
            return [token for _, token, _ in placed], []
        # Where some words do not run from left to right, boxes alone do not tell how single characters stand.
        upright: list[Token] = []
        sideways: list[Token] = []
        for start, token, runs_on in placed:
            if frame.is_turned(text_page, start):
                sideways.append(token)
            else:
                upright += [token] if runs_on else _unstacked(text_page, frame, start, token)
        return upright, sideways
    finally:
        pdfium.FPDFText_ClosePage(text_page)


def _unstacked(text_page: Any, frame: Frame, start: int, token: Token) -> list[Token]:
    """A word whose characters stand at different heights: a label written downwards, or ends of several lines."""
    rect = pdfium.FS_RECTF()
    pieces: list[Token] = []
    for index, character in enumerate(token.text, start):
        if not pdfium.FPDFText_GetLooseCharBox(text_page, index, rect):
            continue
        x0, y0, x1, y1 = frame.rectangle(rect)
        last = pieces[-1] if pieces else None
        if last and y0 < last.y1 and y1 > last.y0:
            y0, y1 = min(y0, last.y0), max(y1, last.y1)
            pieces[-1] = Token(min(x0, last.x0), y0, max(x1, last.x1), y1, last.text + character)
        else:
            pieces.append(Token(x0, y0, x1, y1, character))
    downwards = all(len(piece.text) == 1 and piece.x0 < pieces[0].x1 and piece.x1 > pieces[0].x0 for piece in pieces)
    return [token] if downwards else pieces


def _placed_words(text_page: Any, frame: Frame) -> Iterator[tuple[int, Token, bool]]:
    """The words that lie on the page: index of the first character, token, whether they run from left to right."""
    first, last = pdfium.FS_RECTF(), pdfium.FS_RECTF()
    get_box, rectangle, width, height = pdfium.FPDFText_GetLooseCharBox, frame.rectangle, frame.width, frame.height
    text = _text(text_page)
    for match in _WORD.finditer(text):
        start, end = match.span()
        if not get_box(text_page, start, first):
            continue
        x0, y0, x1, y1 = rectangle(first)
        runs_on = True
        if end > start + 1 and get_box(text_page, end - 1, last):
            a0, b0, a1, b1 = rectangle(last)
            runs_on = b0 < y1 and b1 > y0
            if b0 != y0 or b1 != y1:
                y0, y1 = min(y0, b0), max(y1, b1)
            if a0 < x0:
                x0 = a0
            if a1 > x1:
                x1 = a1
        if x1 > 0 and y1 > 0 and x0 < width and y0 < height:
            word = match[0]
            if word[-1] in _HYPHENS:
                word = f"{word[:-1]}-"
            yield start, Token(x0, y0, x1, y1, word, text[start - 1] != " "), runs_on
