"""Blocks as a PDF with a text layer. Needs the Nanum and DejaVu fonts."""

from __future__ import annotations

import html
import io
import re
from collections.abc import Sequence

from reportlab.lib import colors
from reportlab.lib.enums import TA_CENTER, TA_JUSTIFY, TA_LEFT, TA_RIGHT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, HRFlowable, Paragraph, SimpleDocTemplate, Spacer
from reportlab.platypus import PageBreak as NextPage
from reportlab.platypus import Table as Grid

from .blocks import LEFT, MARKS, SEAL_END, SEAL_START, UP, Block, Cell, Look, PageBreak, Rule, Space, Table, Text
from .fonts import register_fonts
from .seal import sealing_canvas

ALIGN = {"left": TA_LEFT, "center": TA_CENTER, "right": TA_RIGHT, "justify": TA_JUSTIFY}
INK = colors.HexColor("#1c1c1c")
SHADE = colors.HexColor("#ececec")


def render(blocks: Sequence[Block], look: Look, name: str) -> bytes:
    """The PDF file's bytes, the same for the same input."""
    register_fonts()
    buffer = io.BytesIO()
    template = SimpleDocTemplate(
        buffer,
        pagesize=A4,
        leftMargin=look.margin,
        rightMargin=look.margin,
        topMargin=look.margin,
        bottomMargin=look.margin,
        invariant=1,
        title=name,
        author="Rightsdesk samples (invented)",
    )
    width = A4[0] - 2 * look.margin - 12  # 6 points of padding on each side of reportlab's frame
    flowables = [_flowable(block, look, width) for block in blocks]
    template.afterPage = lambda: _draw_furniture(template.canv, look)
    template.build(flowables, canvasmaker=sealing_canvas)
    return buffer.getvalue()


def _draw_furniture(canvas: Canvas, look: Look) -> None:
    canvas.setFont(look.font, look.size * 0.85)
    canvas.setFillColor(INK)
    if look.header:
        canvas.drawString(look.margin + 6, A4[1] - look.margin * 0.6, look.header)
    if look.footer:
        canvas.drawCentredString(A4[0] / 2, look.margin * 0.55, look.footer.format(page=canvas.getPageNumber()))


def _flowable(block: Block, look: Look, width: float) -> Flowable:
    if isinstance(block, Text):
        return _paragraph(block, look)
    if isinstance(block, Table):
        return _grid(block, look, width)
    if isinstance(block, Space):
        return Spacer(1, block.ems * look.size)
    if isinstance(block, Rule):
        return HRFlowable("100%", block.thickness, color=INK, spaceBefore=3, spaceAfter=5)
    if isinstance(block, PageBreak):
        return NextPage()
    raise TypeError(block)


def _paragraph(block: Text, look: Look) -> Paragraph:
    size = look.size * block.size
    style = ParagraphStyle(
        "text",
        fontName=look.font + ("-bold" if block.bold else ""),
        fontSize=size,
        leading=size * look.leading,
        alignment=ALIGN[block.align],
        leftIndent=block.indent * size,
        firstLineIndent=-block.hang * size,
        spaceBefore=block.before,
        wordWrap="CJK" if look.wrap == "character" else None,
        textColor=INK,
    )
    return Paragraph(_markup(block.text), style)


def _markup(text: str) -> str:
    """Plain text as reportlab markup: kept runs of spaces, line breaks, marks in a font that has them."""
    escaped = html.escape(text, quote=False).replace("\n", "<br/>")
    stamped = re.sub(f"{SEAL_START}(.+?){SEAL_END}", r'<onDraw name="seal" label="\1"/>', escaped)
    spaced = re.sub(r" {2,}", lambda run: "\u00a0" * len(run[0]), stamped)
    return re.sub(f"[{MARKS}]", lambda mark: f'<font name="marks">{mark[0]}</font>', spaced)


def _grid(block: Table, look: Look, width: float) -> Grid:
    style: list[tuple[object, ...]] = [("VALIGN", (0, 0), (-1, -1), "MIDDLE" if block.ruled else "TOP")]
    if block.ruled:
        style += [("GRID", (0, 0), (-1, -1), 0.5, INK), ("BOX", (0, 0), (-1, -1), 1.0, INK)]
        style += [("TOPPADDING", (0, 0), (-1, -1), 4), ("BOTTOMPADDING", (0, 0), (-1, -1), 5)]
    else:
        style += [("TOPPADDING", (0, 0), (-1, -1), 1), ("BOTTOMPADDING", (0, 0), (-1, -1), 1)]
        style += [("LEFTPADDING", (0, 0), (-1, -1), 2)]
    content: list[list[Paragraph | str]] = []
    for r, row in enumerate(block.rows):
        content.append([])
        for c, item in enumerate(row):
            if item in (LEFT, UP):
                content[-1].append("")
                continue
            cell = item if isinstance(item, Cell) else Cell(item)
            content[-1].append(_paragraph(Text(cell.text, cell.align, 0.95), look))
            end = span_end(block, r, c)
            if end != (r, c):
                style.append(("SPAN", (c, r), (end[1], end[0])))
            if cell.label and block.ruled:
                style.append(("BACKGROUND", (c, r), (end[1], end[0]), SHADE))
    total = sum(block.widths)
    return Grid(content, [width * share / total for share in block.widths], style=style, spaceBefore=4, spaceAfter=4)


def span_end(block: Table, row: int, column: int) -> tuple[int, int]:
    """The last row and column that the cell at `row`, `column` covers."""
    last_row, last_column = row, column
    while last_column + 1 < len(block.rows[row]) and block.rows[row][last_column + 1] == LEFT:
        last_column += 1
    while last_row + 1 < len(block.rows) and block.rows[last_row + 1][column] == UP:
        last_row += 1
    return last_row, last_column
