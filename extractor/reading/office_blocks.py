"""What dochan reads of a DOCX, HWP or HWPX, written into a `Document`: lines, tables, cells, tick controls."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from extractor.core.documents import Cell, Document
from extractor.core.errors import N_, ReadingError
from extractor.core.messages import Message
from extractor.reading.document_writer import DocumentWriter

_UNREADABLE = re.compile("[\x00-\x08\x0e-\x1f\ud800-\udfff]")
_LINE_END = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")
# A gap between two single syllables (`성      명`) spaces out a word.
_GAP = re.compile(r"(?P<spaced>(?<=\b[가-힣])[ \xa0\u3000]+(?=[가-힣]\b))|[ \t\xa0\u3000]+")
_WIDE_GAP = 6
_FORM_MARKS = {"[x]": "☑", "[ ]": "☐"}


def parse(path: Path, damaged: ReadingError) -> Any:
    """dochan's document of the file. Raises `damaged` when it gives up; dochan's own errors are in `.errors`."""
    from dochan import Dochan

    try:
        return Dochan(str(path)).doc
    except Exception as error:  # a library for hostile files: whatever it raises means that it gave up
        raise damaged from error


def document_of(content: Any, data: bytes, name: str, format: str) -> Document:
    """dochan's `content` of the file `data` as a `Document`. Tables become cells; nested tables stand inside the
    cell that holds them. Raises ReadingError when there is no text."""
    writer = DocumentWriter(name)
    _Body(writer).write_blocks([block for section in content.sections for block in section.elements])
    if not writer.has_words:
        raise ReadingError(N_("{name} holds no text. If it is a picture of a document, it is not read yet."), name=name)
    if content.errors:
        writer.warnings.append(Message(N_("Parts of the document could not be read.")))
    writer.end_page(last=True)
    return writer.document(data, format)


@dataclass
class _Placed:
    """A cell with its place in the grid. dochan counts a merged continuation as one column wide."""

    content: Any
    row: int
    column: int
    row_span: int
    column_span: int


class _Body:
    """Writes dochan's blocks. Blocks are told apart by what they have, as dochan itself does."""

    def __init__(self, writer: DocumentWriter) -> None:
        self.writer = writer

    def write_blocks(self, blocks: list[Any]) -> None:
        for block in blocks:
            if hasattr(block, "rows"):
                above = block.caption_side == "TOP"
                self.write_blocks(block.caption if above else [])
                self._write_table(block)
                self.writer.write("\n")
                self.write_blocks([] if above else block.caption)
            elif hasattr(block, "paragraphs"):  # header, footer, note
                self.write_blocks(block.paragraphs)
            else:
                self._write_line(_block_text(block))

    def _write_line(self, text: str) -> None:
        # Empty paragraphs stay as empty lines: they set blocks apart.
        self.writer.add_text(text + "\n")

    def _write_table(self, table: Any) -> None:
        writer = self.writer
        number = writer.new_table()
        row = None
        for cell in _place_cells(table):
            if row is not None:
                writer.write("\t" if cell.row == row else "\n")
            row = cell.row
            start = writer.length
            self._write_cell(cell.content)
            position = (number, cell.row, cell.column, start, writer.length, writer.page_number)
            writer.add_cell(Cell(*position, row_span=cell.row_span, column_span=cell.column_span))

    def _write_cell(self, cell: Any) -> None:
        separator = ""
        for block in cell.paragraphs:
            if hasattr(block, "rows"):
                self.writer.write(separator)
                self._write_table(block)
                separator = "\n"
                continue
            text = block.text if hasattr(block, "paragraphs") else _block_text(block)
            if text.strip():
                self.writer.write(separator)
                self.writer.add_text(text.strip())
                separator = "\n"


def _block_text(block: Any) -> str:
    runs = getattr(block, "runs", None)
    if runs is None:
        return _plain(getattr(block, "latex", "") or getattr(block, "script", "") or "")
    return _plain("".join(_form_mark(run.text) for run in runs))


def _form_mark(text: str) -> str:
    """A tick control, which dochan writes as `[x]` or `[ ]` before its label, as the sign that people print."""
    mark = _FORM_MARKS.get(text[:3])
    return text if mark is None else mark + text[3:]


def _plain(text: str) -> str:
    """The text without what no text can hold, and with its gaps as in other formats: wide ones are tabs."""
    text = _LINE_END.sub("\n", _UNREADABLE.sub("", text))
    return "\n".join(_GAP.sub(_gap, line).strip() for line in text.split("\n"))


def _gap(match: re.Match[str]) -> str:
    wide = "\t" in match[0] or len(match[0]) >= _WIDE_GAP
    return "\t" if wide and not match["spaced"] else " "


def _place_cells(table: Any) -> Iterator[_Placed]:
    """The cells of a table with true columns and spans, row by row."""
    placed: list[_Placed] = []
    above: dict[int, _Placed] = {}
    for row, cells in enumerate(table.rows):
        here: dict[int, _Placed] = {}
        column = fillers = 0
        for content in cells:
            if fillers:
                fillers -= 1
                continue
            if content.row_span == 0 or content.col_span == 0:
                origin = above.get(column)
                if origin is None:
                    column += 1
                    continue
                origin.row_span = row - origin.row + 1
                cell = origin
            else:
                cell = _Placed(content, row, column, 1, max(content.col_span, 1))
                fillers = cell.column_span - 1
                placed.append(cell)
            here.update((column + offset, cell) for offset in range(cell.column_span))
            column += cell.column_span
        above = here
    return iter(placed)
