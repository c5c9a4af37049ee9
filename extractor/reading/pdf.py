"""PDFs with a text layer: words with boxes in reading order, ruled tables as cells."""

from __future__ import annotations

from typing import NamedTuple

import pypdfium2

from extractor.core import Cell, Document
from extractor.errors import N_, ReadingError
from extractor.reading.annotations import annotation_tokens
from extractor.reading.boxes import with_check_boxes
from extractor.reading.drawing import page_drawing
from extractor.reading.layout import Line, Token, lines_in_reading_order, separated, sideways_lines
from extractor.reading.pdfium import LOCK, damaged, open_pdf
from extractor.reading.regions import FilledTable, Region, share_out
from extractor.reading.ruling import Rule, tables_from
from extractor.reading.words import Frame, page_words
from extractor.reading.writer import Writer

MAX_PAGES = 2_000


def read(data: bytes, name: str) -> Document:
    """Read a PDF.

    Raises ReadingError when it is damaged, encrypted, longer than `MAX_PAGES`, or has no text layer.
    """
    writer = Writer(name)
    with LOCK:
        pdf = open_pdf(data, name)
    try:
        without_text = _read_pages(pdf, writer, name)
    finally:
        with LOCK:
            pdf.close()
    if not writer.has_words:
        raise ReadingError(
            N_("{name} has no text layer: it is a scan or a drawing. Run text recognition on it, then upload that."),
            name=name,
        )
    if without_text:
        writer.warnings.append(
            N_("No text layer on these pages: {pages}").format(pages=", ".join(map(str, without_text)))
        )
    return writer.document(data, "pdf")


def _read_pages(pdf: pypdfium2.PdfDocument, writer: Writer, name: str) -> list[int]:
    """Write all pages; gives the numbers of those without text."""
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
    without_text = []
    for number in range(1, count + 1):
        with LOCK:  # page by page, so that others get their turn while a long document is read
            drawn = _drawn(pdf, number)
        if drawn is None:
            writer.warnings.append(N_("Page {page} is damaged and was left out.").format(page=number))
            writer.end_page(last=number == count)
            continue
        if not drawn.upright and not drawn.sideways:
            without_text.append(number)
        _PageWriter(writer, drawn.frame).write(drawn)
        writer.end_page(drawn.frame.width, drawn.frame.height, last=number == count)
    return without_text


class _Drawn(NamedTuple):
    """What a page shows: words that stand upright, words that run up or down, ruled lines."""

    frame: Frame
    upright: list[Token]
    sideways: list[Token]
    horizontal: list[Rule]
    vertical: list[Rule]


def _drawn(pdf: pypdfium2.PdfDocument, number: int) -> _Drawn | None:
    """Everything of page `number` that is needed of PDFium; None when the page is damaged."""
    try:
        page = pdf[number - 1]
    except pypdfium2.PdfiumError:
        return None
    try:
        frame = Frame(page)
        upright, sideways = page_words(page, frame)
        upright += annotation_tokens(page, frame.rectangle)
        horizontal, vertical, shapes = page_drawing(page.raw, frame.to_top_left)
        return _Drawn(frame, with_check_boxes(upright, shapes), sideways, horizontal, vertical)
    finally:
        page.close()


class _PageWriter:
    """Writes the tokens of one page, those inside tables cell by cell."""

    def __init__(self, writer: Writer, frame: Frame) -> None:
        self.writer = writer
        self.frame = frame

    def write(self, drawn: _Drawn) -> None:
        self._write_region(share_out(drawn.upright, tables_from(drawn.horizontal, drawn.vertical)))
        for line in sideways_lines(drawn.sideways):
            self.writer.write("\n" if self.writer.length > self.writer.page_start else "")
            self._write_line(line)
        if self.writer.length > self.writer.page_start:
            self.writer.write("\n")

    def _write_region(self, region: Region) -> None:
        """Write lines and tables from top to bottom, with line ends between them."""
        first = True
        for part in region.parts():
            if isinstance(part, FilledTable):
                self.writer.write("" if first else "\n")
                self._write_table(part)
                first = False
                continue
            for line in lines_in_reading_order(part):
                self.writer.write("" if first else "\n")
                self._write_line(line)
                first = False

    def _write_line(self, line: Line) -> None:
        add_word, box = self.writer.add_word, self.frame.box
        for separator, (x0, y0, x1, y1, text, _) in separated(line):
            add_word(separator, text, box(x0, y0, x1, y1))

    def _write_table(self, table: FilledTable) -> None:
        writer = self.writer
        number = writer.new_table()
        row = None
        for cell, content in zip(table.grid.cells, table.contents, strict=True):
            if row is not None:
                writer.write("\t" if cell.row == row else "\n")
            row = cell.row
            start = writer.length
            self._write_region(content)
            box = self.frame.box(cell.x0, cell.y0, cell.x1, cell.y1)
            spans = (cell.row_span, cell.column_span)
            writer.add_cell(
                Cell(number, cell.row, cell.column, start, writer.length, writer.page_number, *spans, box=box)
            )
