"""A page's words and ruled lines written into a `Document`: free text in lines, tables cell by cell."""

from __future__ import annotations

from typing import NamedTuple, Protocol

from extractor.core.documents import Box, Cell
from extractor.reading.columns import Line, Token
from extractor.reading.document_writer import DocumentWriter
from extractor.reading.layout import lines_in_reading_order, separated, sideways_lines
from extractor.reading.tables.regions import FilledTable, Region, share_out
from extractor.reading.tables.ruled_tables import Rule, tables_from


class Frame(Protocol):
    """The page as it is shown. `width` and `height` are in points."""

    width: float
    height: float

    def box(self, x0: float, y0: float, x1: float, y1: float) -> Box:
        """A rectangle, in points of what `Drawn` is in, as a box on the page as it is shown."""


class Drawn(NamedTuple):
    """What a page shows: words that stand upright, words that run up or down, ruled lines."""

    frame: Frame
    upright: list[Token]
    sideways: list[Token]
    horizontal: list[Rule]
    vertical: list[Rule]


def write_page(writer: DocumentWriter, drawn: Drawn) -> None:
    """Write all of a page but its end."""
    _PageWriter(writer, drawn.frame).write(drawn)


class _PageWriter:
    """Writes the tokens of one page, those inside tables cell by cell."""

    def __init__(self, writer: DocumentWriter, frame: Frame) -> None:
        self.writer = writer
        self.frame = frame

    def write(self, drawn: Drawn) -> None:
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
        for separator, (x0, y0, x1, y1, text, _, confidence) in separated(line):
            add_word(separator, text, box(x0, y0, x1, y1), confidence)

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
