"""PDFs: words with boxes in reading order, ruled tables as cells; scanned pages through text recognition."""

from __future__ import annotations

import unicodedata
from functools import partial

import pypdfium2

from extractor.core.documents import Document
from extractor.core.errors import N_, ReadingError
from extractor.core.messages import Message
from extractor.reading.columns import Token
from extractor.reading.document_writer import DocumentWriter
from extractor.reading.ocr import pages as scans
from extractor.reading.ocr.pages import Progress
from extractor.reading.page_writer import Drawn, write_page
from extractor.reading.pdf.annotations import annotation_tokens
from extractor.reading.pdf.drawing import page_drawing
from extractor.reading.pdf.pdfium import LOCK, damaged, open_pdf
from extractor.reading.pdf.vector_checkboxes import with_check_boxes
from extractor.reading.pdf.words import Frame, page_words

# A page with a picture over this share of it and no more words than this is a scan.
_MOST_OF_PAGE, _FEW = 0.6, 15
_NO_TEXT = ("Co", "Cn", "Cc", "Cs", "So")
MAX_PAGES = 2_000


def read(data: bytes, name: str, progress: Progress | None = None, most: int | None = None) -> Document:
    """Read a PDF. Pages that are pictures go through text recognition, `most` of them; `progress` hears of each.

    Raises ReadingError when it is damaged, encrypted, longer than `MAX_PAGES`, or holds no text.
    """
    writer = DocumentWriter(name)
    with LOCK:
        pdf = open_pdf(data, name)
    try:
        _read_pages(pdf, writer, name, progress, most)
    finally:
        with LOCK:
            pdf.close()
    if not writer.has_words and not writer.unread:
        raise ReadingError(
            N_("{name}: no text was found on its pages. Scan it again, straight and at 300 dpi."), name=name
        )
    return writer.document(data, "pdf")


def _read_pages(
    pdf: pypdfium2.PdfDocument, writer: DocumentWriter, name: str, progress: Progress | None, most: int | None
) -> None:
    with LOCK:
        count = len(pdf)
    if not count:
        raise damaged(name)
    if count > MAX_PAGES:
        raise ReadingError(
            N_("{name} has {pages} pages; up to {limit} are read. Split it and upload the parts."),
            name=name,
            pages=count,
            limit=MAX_PAGES,
        )
    pages: list[Drawn | None] = []
    pictures: list[int] = []
    for number in range(1, count + 1):
        with LOCK:  # page by page, so that others get their turn while a long document is read
            drawn, is_picture = _drawn(pdf, number)
        pages.append(drawn)
        if is_picture:
            pictures.append(number)
    now = pictures[:most]
    seen = _recognised(pdf, pages, now, name, progress)
    writer.unread = pictures[len(now) :] if seen else []
    for number, drawn in enumerate(pages, 1):
        drawn = seen.get(number, drawn)
        if drawn is None:
            writer.warnings.append(Message(N_("Page {page} is damaged and was left out."), page=number))
            writer.end_page(last=number == count)
            continue
        if number not in writer.unread:
            write_page(writer, drawn)
            if isinstance(drawn.frame, scans.ScanFrame):
                writer.warnings += drawn.frame.warnings(number)
        writer.end_page(drawn.frame.width, drawn.frame.height, last=number == count)
    failed = [number for number in pictures if number not in seen and number not in writer.unread]
    if failed:
        page_numbers = ", ".join(map(str, failed))
        writer.warnings.append(Message(N_("No text could be read on these pages: {pages}"), pages=page_numbers))


def _recognised(
    pdf: pypdfium2.PdfDocument, pages: list[Drawn | None], pictures: list[int], name: str, progress: Progress | None
) -> dict[int, Drawn]:
    """The pages that are pictures, as text recognition reads them.

    Raises ReadingError when there is none of it here and no page could be read without.
    """
    if not pictures:
        return {}
    problem = scans.problem(name)
    if problem is not None:
        if len(pictures) == len(pages):
            raise problem
        return {}
    recognised = scans.recognise_all([partial(_picture, pdf, number) for number in pictures], progress)
    return {number: drawn for number, drawn in zip(pictures, recognised, strict=True) if drawn is not None}


def _picture(pdf: pypdfium2.PdfDocument, number: int) -> scans.Picture:
    with LOCK:
        page = pdf[number - 1]
        try:
            width, height = page.get_size()
            scale = scans.scale_for(width, height)
            bitmap = page.render(scale=scale, grayscale=True)
            image = bitmap.to_pil().copy()
            bitmap.close()
        finally:
            page.close()
    return scans.Picture(image, width, height)


def _drawn(pdf: pypdfium2.PdfDocument, number: int) -> tuple[Drawn | None, bool]:
    """Everything of page `number` that is needed of PDFium, and whether it is a picture; None for a damaged page."""
    try:
        page = pdf[number - 1]
    except pypdfium2.PdfiumError:
        return None, False
    try:
        frame = Frame(page)
        upright, sideways = page_words(page, frame)
        upright += annotation_tokens(page, frame.rectangle)
        horizontal, vertical, shapes = page_drawing(page.raw, frame.to_top_left)
        words = upright + sideways
        is_picture = (not words and pypdfium2.raw.FPDFPage_CountObjects(page) > 0) or (
            bool(words) and (not _is_text(words) or (len(words) <= _FEW and _is_covered(page, frame)))
        )
        return Drawn(frame, with_check_boxes(upright, shapes), sideways, horizontal, vertical), is_picture
    finally:
        page.close()


def _is_text(words: list[Token]) -> bool:
    """False for what fonts without a true encoding leave: private signs, replacement characters, control codes."""
    letters = [letter for word in words for letter in word.text]
    known = sum(unicodedata.category(letter) not in _NO_TEXT for letter in letters)
    return known >= 0.6 * len(letters)


def _is_covered(page: pypdfium2.PdfPage, frame: Frame) -> bool:
    """Whether one image fills most of the page: a scan with a stamp or a page number printed on it."""
    area = frame.width * frame.height
    for item in page.get_objects(filter=(pypdfium2.raw.FPDF_PAGEOBJ_IMAGE,), max_depth=2):
        left, bottom, right, top = item.get_bounds()
        if (right - left) * (top - bottom) >= _MOST_OF_PAGE * area:
            return True
    return False
