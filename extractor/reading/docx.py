"""DOCX through dochan, guarded: only the parts that hold text are handed over, and never more than fit."""

from __future__ import annotations

import io
import re
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from extractor.core import Cell, Document
from extractor.errors import N_, ReadingError
from extractor.reading.writer import Writer

MAX_MEMBERS = 10_000
MAX_TEXT_BYTES = 64 * 1024 * 1024
# Parsed, each takes some 300 bytes.
MAX_TAGS = 1_000_000

# Pictures, charts, comments and properties are not the document's text.
_LEFT_OUT = re.compile(r"docProps/|customXml/|.*/(media|embeddings|charts|diagrams|fonts|theme)/|.*/comments\w*\.xml")
_CHECK_BOX = re.compile(
    r'(<w14:checked\s+w14:val="(?P<state>\w+)"\s*/>(?:(?!</w:sdt>).)*?<w:sdtContent>(?:(?!</w:sdt>).)*?)'
    r"(?:<w:t(?:\s[^>]*)?>[^<]*</w:t>|<w:sym\s[^>]*/>)",
    re.DOTALL,
)
_SYMBOL = re.compile(r"<w:sym\s[^>]*?w:char=\"(?P<code>[0-9A-Fa-f]{4})\"[^>]*/>")
# Wingdings and Wingdings 2 characters that forms use as check boxes.
_SYMBOLS = {
    **dict.fromkeys(("FE", "FD", "52", "53"), "☑"),
    **dict.fromkeys(("FC", "50"), "✔"),
    **dict.fromkeys(("A8", "6F", "71", "72", "A3"), "☐"),
    **dict.fromkeys(("6E", "A7"), "■"),
    **dict.fromkeys(("6C", "9F"), "●"),
    **dict.fromkeys(("A1", "99"), "○"),
    "E0": "→",
}
_UNREADABLE = re.compile("[\x00-\x08\x0e-\x1f\ud800-\udfff]")
_LINE_END = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")
# A gap between two single syllables (`성      명`) spaces out a word.
_GAP = re.compile(r"(?P<spaced>(?<=\b[가-힣])[ \xa0\u3000]+(?=[가-힣]\b))|[ \t\xa0\u3000]+")
_WIDE_GAP = 6
_FORM_MARKS = {"[x]": "☑", "[ ]": "☐"}
_TRUE = ("1", "true", "on")
_LINK = re.compile(r"<w:hyperlink\s[^>]*(?<!/)>")
_BOOKMARK = re.compile(r"<w:bookmarkStart\s[^>]*/>")


def read(data: bytes, name: str) -> Document:
    """Read a DOCX. Tables become cells; nested tables stand inside the cell that holds them.

    Raises ReadingError when it is damaged, encrypted, too large or without text.
    """
    with tempfile.TemporaryDirectory(prefix="rightsdesk-") as folder:
        copy = Path(folder) / "document.docx"
        _copy_text_parts(data, copy, name)
        content = _parse(copy, name)
    writer = Writer(name)
    _Body(writer).write_blocks([block for section in content.sections for block in section.elements])
    if not writer.has_words:
        raise ReadingError(N_("{name} holds no text. If it is a picture of a document, it is not read yet."), name=name)
    if content.errors:
        writer.warnings.append(N_("Parts of the document could not be read."))
    writer.end_page(last=True)
    return writer.document(data, "docx")


def _copy_text_parts(data: bytes, target: Path, name: str) -> None:
    """Write the parts that hold text to `target`, counting what really comes out, not what the archive claims."""
    budget, tags = MAX_TEXT_BYTES, MAX_TAGS
    try:
        with (
            zipfile.ZipFile(io.BytesIO(data)) as source,
            zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as copy,
        ):
            members = source.infolist()
            if len(members) > MAX_MEMBERS:
                raise _too_large(name)
            seen = set()
            for member in members:
                part = member.filename
                if part in seen or not part.endswith((".xml", ".rels")) or _LEFT_OUT.match(part):
                    continue
                seen.add(part)
                with source.open(member) as stream:
                    content = stream.read(budget + 1)
                budget -= len(content)
                tags -= content.count(b"<")
                if budget < 0 or tags < 0:
                    raise _too_large(name)
                copy.writestr(part, _prepared(content) if part.startswith("word/") else content)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, KeyError, NotImplementedError) as error:
        raise _damaged(name) from error
    except RuntimeError as error:  # zipfile's way of asking for a password
        raise ReadingError(N_("{name} is encrypted. Save it without a password and upload that."), name=name) from error


def _prepared(xml: bytes) -> bytes:
    """Check-box controls and symbol-font characters as plain ☑ and ☐, which dochan drops or leaves as drawn.

    Link targets and bookmark names go, which it would write into the text.
    """
    try:
        text = xml.decode("utf-8")
    except UnicodeDecodeError:
        return xml
    text = _BOOKMARK.sub("", _LINK.sub("<w:hyperlink>", text))
    text = _CHECK_BOX.sub(lambda m: f"{m[1]}<w:t>{'☑' if m['state'].lower() in _TRUE else '☐'}</w:t>", text)
    text = _SYMBOL.sub(lambda m: f"<w:t>{_SYMBOLS.get(m['code'][-2:].upper(), '')}</w:t>", text)
    return text.encode("utf-8")


def _parse(path: Path, name: str) -> Any:
    from dochan import Dochan

    try:
        content = Dochan(str(path)).doc
    except Exception as error:  # a library for hostile files: whatever it raises means that it gave up
        raise _damaged(name) from error
    if not content.sections:
        raise _damaged(name)
    return content


def _damaged(name: str) -> ReadingError:
    return ReadingError(
        N_("{name} is damaged or incomplete. Open it in Word, save it again and upload that."), name=name
    )


def _too_large(name: str) -> ReadingError:
    return ReadingError(
        N_("{name} unpacks to more than a document can hold. Split it and upload the parts."), name=name
    )


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

    def __init__(self, writer: Writer) -> None:
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
            place = (number, cell.row, cell.column, start, writer.length, writer.page_number)
            writer.add_cell(Cell(*place, row_span=cell.row_span, column_span=cell.column_span))

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
    return _plain("".join(_FORM_MARKS.get(run.text, run.text) for run in runs))


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
