"""Makes small files to read, and states what holds for every document that was read."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping
from itertools import pairwise

from reportlab.lib.pagesizes import A4
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from extractor.core.documents import Box, Cell, Document, Word

KOREAN = "HYSMyeongJo-Medium"
pdfmetrics.registerFont(UnicodeCIDFont(KOREAN))
WIDTH, HEIGHT = A4


def pdf(*pages: Callable[[Canvas], object], **options: object) -> bytes:
    """A PDF of one page a function, which draws it. A4, Korean font of 10 points."""
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=A4, **options)
    for draw in pages:
        canvas.setFont(KOREAN, 10)
        draw(canvas)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def text_pdf(*lines: tuple[float, float, str]) -> bytes:
    """A PDF of one page with texts at (x, y), y counted from the top, painted in the order given."""

    def draw(canvas: Canvas) -> None:
        for x, y, text in lines:
            canvas.drawString(x, HEIGHT - y, text)

    return pdf(draw)


def turn(canvas: Canvas, angle: int) -> None:
    """Have the page shown turned by `angle`, with all that follows drawn so that it reads upright then."""
    canvas.setPageRotation(angle)
    canvas.translate(*{0: (0, 0), 90: (HEIGHT, 0), 180: (WIDTH, HEIGHT), 270: (0, WIDTH)}[angle])
    canvas.rotate(angle)


def placed(part: Word | Cell) -> Box:
    """The box of what is known to stand somewhere on a page."""
    assert part.box is not None
    return part.box


def archive(members: Mapping[str, bytes | str]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as target:
        for name, content in members.items():
            target.writestr(name, content)
    return buffer.getvalue()


def cell_texts(document: Document) -> list[str]:
    return [document.text[cell.start : cell.end] for cell in document.cells]


def assert_sound(document: Document) -> None:
    """What holds for every document, however odd its file."""
    text = document.text
    assert len(document.content_hash) == 64
    assert not any("\ud800" <= character <= "\udfff" or character == "\x00" for character in text)
    assert document.pages[0].start == 0
    assert document.pages[-1].end == len(text)
    assert [page.number for page in document.pages] == list(range(1, len(document.pages) + 1))
    for page, following in pairwise(document.pages):
        assert page.end == following.start
        assert text[page.end - 1] == "\f"
    assert text.count("\f") == len(document.pages) - 1
    at = 0
    for page in document.pages:
        for word in page.words:
            assert at <= word.start < word.end <= page.end
            assert word.start >= page.start
            content = text[word.start : word.end]
            assert content.split() == [content]
            assert not text[at : word.start].strip()
            if word.box is not None:
                assert 0 <= word.box.x0 <= word.box.x1 <= 1
                assert 0 <= word.box.y0 <= word.box.y1 <= 1
            at = word.end
    assert not text[at:].strip()
    for cell in document.cells:
        page = document.pages[cell.page - 1]
        assert page.start <= cell.start <= cell.end <= page.end
        assert cell.row_span >= 1 <= cell.column_span
