"""What people added to a PDF without changing its page: filled form fields and typed-on notes."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterator
from typing import Any

import pypdfium2
import pypdfium2.raw as pdfium

from extractor.reading.columns import Token

Rectangle = tuple[float, float, float, float]

_HIDDEN = 0x02 | 0x20  # flags Hidden and NoView
_MOST = 5_000
_LINE_HEIGHT = 14.0
_TYPED = (
    pdfium.FPDF_FORMFIELD_TEXTFIELD,
    pdfium.FPDF_FORMFIELD_COMBOBOX,
    pdfium.FPDF_FORMFIELD_LISTBOX,
)
# Boxes and round buttons as forms print them: ticked, not ticked.
_MARKS = {pdfium.FPDF_FORMFIELD_CHECKBOX: ("☑", "☐"), pdfium.FPDF_FORMFIELD_RADIOBUTTON: ("●", "○")}


def annotation_tokens(page: pypdfium2.PdfPage, rectangle: Callable[[pdfium.FS_RECTF], Rectangle]) -> Iterator[Token]:
    """The words in form fields, boxes as ☑ and ☐, and the words of notes typed on the page.

    `rectangle` takes PDF user space to points from the top left. The caller holds PDFium's lock.
    """
    form = page.formenv.raw if page.formenv else None
    area = pdfium.FS_RECTF()
    for index in range(min(pdfium.FPDFPage_GetAnnotCount(page.raw), _MOST)):
        annotation = pdfium.FPDFPage_GetAnnot(page.raw, index)
        if not annotation:
            continue
        try:
            text = _text(form, annotation)
            if text.strip() and pdfium.FPDFAnnot_GetRect(annotation, area):
                yield from _spread(text, rectangle(area))
        finally:
            pdfium.FPDFPage_CloseAnnot(annotation)


def _text(form: Any, annotation: Any) -> str:
    kind = pdfium.FPDFAnnot_GetSubtype(annotation)
    if kind not in (pdfium.FPDF_ANNOT_WIDGET, pdfium.FPDF_ANNOT_FREETEXT):
        return ""
    if pdfium.FPDFAnnot_GetFlags(annotation) & _HIDDEN:
        return ""
    if kind == pdfium.FPDF_ANNOT_FREETEXT:
        return _string(pdfium.FPDFAnnot_GetStringValue, annotation, b"Contents")
    if form is None:
        return ""
    field = pdfium.FPDFAnnot_GetFormFieldType(form, annotation)
    if field in _MARKS:
        ticked, empty = _MARKS[field]
        return ticked if pdfium.FPDFAnnot_IsChecked(form, annotation) else empty
    return _string(pdfium.FPDFAnnot_GetFormFieldValue, form, annotation) if field in _TYPED else ""


def _string(get: Callable[..., int], *arguments: Any) -> str:
    """A string that PDFium writes into a buffer as UTF-16 with a NUL at its end."""
    size = get(*arguments, None, 0)
    if not 2 < size <= 200_000:
        return ""
    buffer = (ctypes.c_ushort * (size // 2))()
    get(*arguments, buffer, size)
    text = bytes(buffer).decode("utf-16-le", "ignore").rstrip("\x00")
    return "".join(character if character.isprintable() or character in "\r\n\t" else " " for character in text)


def _spread(text: str, area: Rectangle) -> Iterator[Token]:
    """Words where they stand in a field, as nearly as can be told without its font."""
    left, top, right, bottom = area
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    height = min((bottom - top) / len(lines), _LINE_HEIGHT)
    if len(lines) == 1:
        top += (bottom - top - height) / 2
    for number, line in enumerate(lines):
        step = min((right - left) / max(len(line), 1), height)
        y = top + number * height
        at = 0
        for word in line.split():
            at = line.index(word, at)
            yield Token(left + at * step, y, left + (at + len(word)) * step, y + height, word)
            at += len(word)
