"""Blocks as a DOCX file. The fonts are named, not embedded."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Sequence
from datetime import datetime

from docx import Document
from docx.document import Document as WordDocument
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_BREAK
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Pt
from docx.table import Table as WordTable
from docx.text.paragraph import Paragraph

from .blocks import LEFT, SEAL_END, SEAL_START, UP, Block, Cell, Look, PageBreak, Rule, Space, Table, Text
from .pdf import span_end

NAMES = {"gothic": "나눔고딕", "myeongjo": "나눔명조", "barun": "나눔바른고딕"}
ALIGN = {
    "left": WD_ALIGN_PARAGRAPH.LEFT,
    "center": WD_ALIGN_PARAGRAPH.CENTER,
    "right": WD_ALIGN_PARAGRAPH.RIGHT,
    "justify": WD_ALIGN_PARAGRAPH.JUSTIFY,
}
MOMENT = datetime(2024, 1, 1)  # noqa: DTZ001 - Word's times have no zone


def render(blocks: Sequence[Block], look: Look, name: str) -> bytes:
    """The DOCX file's bytes, the same for the same input."""
    document = Document()
    properties = document.core_properties
    properties.title, properties.author, properties.comments = name, "Rightsdesk samples (invented)", ""
    properties.created = properties.modified = MOMENT
    section = document.sections[0]
    section.page_width, section.page_height = Pt(595.3), Pt(841.9)
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = Pt(look.margin)
    if look.header:
        section.header.paragraphs[0].text = look.header
    _set_normal(document, look)
    width = 595.3 - 2 * look.margin
    for block in blocks:
        _add(document, block, look, width)
    buffer = io.BytesIO()
    document.save(buffer)
    return _without_times(buffer.getvalue())


def _set_normal(document: WordDocument, look: Look) -> None:
    style = document.styles["Normal"]
    style.font.name, style.font.size = NAMES[look.font], Pt(look.size)
    style.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), NAMES[look.font])
    style.paragraph_format.line_spacing = look.leading * 0.82
    style.paragraph_format.space_after = Pt(0)


def _add(document: WordDocument, block: Block, look: Look, width: float) -> None:
    if isinstance(block, Text):
        _write(document.add_paragraph(), block, look)
    elif isinstance(block, Table):
        _add_table(document, block, look, width)
    elif isinstance(block, Space):
        document.add_paragraph().paragraph_format.line_spacing = Pt(max(block.ems * look.size, 1))
    elif isinstance(block, Rule):
        _add_rule(document.add_paragraph(), block.thickness)
    elif isinstance(block, PageBreak):
        document.add_paragraph().add_run().add_break(WD_BREAK.PAGE)
    else:
        raise TypeError(block)


def _write(paragraph: Paragraph, block: Text, look: Look) -> None:
    size = look.size * block.size
    paragraph.alignment = ALIGN[block.align]
    paragraph.paragraph_format.left_indent = Pt(block.indent * size)
    paragraph.paragraph_format.first_line_indent = Pt(-block.hang * size)
    paragraph.paragraph_format.space_before = Pt(block.before)
    text = re.sub(f"{SEAL_START}.+?{SEAL_END}", "", block.text)
    run = paragraph.add_run(text)  # a line break in the text becomes <w:br/>
    run.bold, run.font.size = block.bold or None, Pt(size)


def _add_rule(paragraph: Paragraph, thickness: float) -> None:
    borders, bottom = OxmlElement("w:pBdr"), OxmlElement("w:bottom")
    for key, value in {"val": "single", "sz": str(int(thickness * 8)), "space": "1", "color": "1C1C1C"}.items():
        bottom.set(qn(f"w:{key}"), value)
    borders.append(bottom)
    paragraph._p.get_or_add_pPr().append(borders)


def _add_table(document: WordDocument, block: Table, look: Look, width: float) -> None:
    table: WordTable = document.add_table(len(block.rows), len(block.widths))
    if block.ruled:
        table.style = "Table Grid"
    table.autofit = False
    for r, row in enumerate(block.rows):
        for c, item in enumerate(row):
            table.cell(r, c).width = Pt(width * block.widths[c] / sum(block.widths))
            if item in (LEFT, UP):
                continue
            end = span_end(block, r, c)
            target = table.cell(r, c).merge(table.cell(*end)) if end != (r, c) else table.cell(r, c)
            cell = item if isinstance(item, Cell) else Cell(item)
            _write(target.paragraphs[0], Text(cell.text, cell.align), look)
            if cell.label and block.ruled:
                shade = OxmlElement("w:shd")
                shade.set(qn("w:val"), "clear")
                shade.set(qn("w:fill"), "ECECEC")
                target._tc.get_or_add_tcPr().append(shade)


def _without_times(data: bytes) -> bytes:
    """The same package with every member dated 1980, so that the bytes do not depend on the clock."""
    result = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(result, "w", zipfile.ZIP_DEFLATED) as new:
        for info in old.infolist():
            new.writestr(zipfile.ZipInfo(info.filename), old.read(info), zipfile.ZIP_DEFLATED)
    return result.getvalue()
