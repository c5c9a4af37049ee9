"""Tables as different producers rule them."""

from collections.abc import Callable, Mapping
from itertools import pairwise

import pytest
from reportlab.pdfgen.canvas import Canvas

from extractor.core.documents import Document
from extractor.reading.formats import read_bytes
from tests.reading.making import HEIGHT, assert_sound, cell_texts, pdf, placed

XS = (60, 160, 320, 500)
YS = (700, 670, 640, 610)


def read(draw: Callable[[Canvas], None]) -> Document:
    document = read_bytes(pdf(draw), "표.pdf")
    assert_sound(document)
    return document


def spans(document: Document) -> list[tuple[int, int, int, int]]:
    return [(cell.row, cell.column, cell.row_span, cell.column_span) for cell in document.cells]


def write_cells(canvas: Canvas, texts: Mapping[tuple[int, int], str]) -> None:
    for (row, column), text in texts.items():
        for number, line in enumerate(text.split("\n")):
            canvas.drawString(XS[column] + 5, YS[row] - 12 - 11 * number, line)


def stroked_lines(canvas: Canvas) -> None:
    for y in YS:
        canvas.line(XS[0], y, XS[-1], y)
    for x in XS:
        canvas.line(x, YS[0], x, YS[-1])


def stroked_rectangles(canvas: Canvas) -> None:
    for x0, x1 in pairwise(XS):
        for y1, y0 in pairwise(YS):
            canvas.rect(x0, y0, x1 - x0, y1 - y0)


def thin_filled_rectangles(canvas: Canvas) -> None:
    """As Word and Chromium do: each side of each cell apart."""
    for x0, x1 in pairwise(XS):
        for y in YS:
            canvas.rect(x0, y - 0.25, x1 - x0, 0.5, stroke=0, fill=1)
    for x in XS:
        for y1, y0 in pairwise(YS):
            canvas.rect(x - 0.25, y0, 0.5, y1 - y0, stroke=0, fill=1)


def one_path_for_all(canvas: Canvas) -> None:
    path = canvas.beginPath()
    for y in YS:
        path.moveTo(XS[0], y)
        path.lineTo(XS[-1], y)
    for x in XS:
        path.moveTo(x, YS[0])
        path.lineTo(x, YS[-1])
    canvas.drawPath(path)


def dashed_lines_inside_a_form(canvas: Canvas) -> None:
    canvas.beginForm("grid")
    for y in YS:
        for x in range(XS[0], XS[-1], 6):
            canvas.line(x, y, min(x + 4, XS[-1]), y)
    for x in XS:
        canvas.line(x, YS[0], x, YS[-1])
    canvas.endForm()
    canvas.saveState()
    canvas.translate(0, 0)
    canvas.doForm("grid")
    canvas.restoreState()


def scaled_and_moved(canvas: Canvas) -> None:
    canvas.saveState()
    canvas.translate(10, 20)
    canvas.scale(2, 2)
    for y in YS:
        canvas.line((XS[0] - 10) / 2, (y - 20) / 2, (XS[-1] - 10) / 2, (y - 20) / 2)
    for x in XS:
        canvas.line((x - 10) / 2, (YS[0] - 20) / 2, (x - 10) / 2, (YS[-1] - 20) / 2)
    canvas.restoreState()


def open_at_the_sides(canvas: Canvas) -> None:
    """No lines at the left and right ends, as on many Korean forms."""
    for y in YS:
        canvas.line(XS[0], y, XS[-1], y)
    for x in XS[1:-1]:
        canvas.line(x, YS[0], x, YS[-1])


@pytest.mark.parametrize(
    "rule",
    [
        stroked_lines,
        stroked_rectangles,
        thin_filled_rectangles,
        one_path_for_all,
        dashed_lines_inside_a_form,
        scaled_and_moved,
        open_at_the_sides,
    ],
)
def test_every_way_to_rule_a_table(rule: Callable[[Canvas], None]) -> None:
    texts = {(0, 0): "성명", (0, 1): "홍길동", (0, 2): "(인)", (1, 0): "주소", (1, 1): "누리구 1\n302호", (2, 2): "끝"}

    def draw(canvas: Canvas) -> None:
        canvas.drawString(60, 750, "계약서")
        rule(canvas)
        write_cells(canvas, texts)
        canvas.drawString(60, 500, "2024. 3. 5.")

    document = read(draw)
    assert document.text == "계약서\n성명\t홍길동\t(인)\n주소\t누리구 1\n302호\t\n\t\t끝\n2024. 3. 5.\n"
    assert spans(document) == [(row, column, 1, 1) for row in range(3) for column in range(3)]
    assert cell_texts(document)[4] == "누리구 1\n302호"
    box = placed(document.cells[4])
    assert box.x0 * 595.28 == pytest.approx(XS[1], abs=1)
    assert box.y1 * HEIGHT == pytest.approx(HEIGHT - YS[2], abs=1)


def test_merged_cells() -> None:
    def draw(canvas: Canvas) -> None:
        canvas.rect(XS[0], YS[3], XS[3] - XS[0], YS[0] - YS[3])
        canvas.line(XS[1], YS[0], XS[1], YS[2])
        canvas.line(XS[2], YS[0], XS[2], YS[1])
        canvas.line(XS[1], YS[1], XS[3], YS[1])
        canvas.line(XS[0], YS[2], XS[3], YS[2])
        write_cells(
            canvas,
            {(0, 0): "양도인", (0, 1): "성명", (0, 2): "홍길동", (1, 1): "주소", (2, 0): "이상."},
        )

    document = read(draw)
    assert spans(document) == [(0, 0, 2, 1), (0, 1, 1, 1), (0, 2, 1, 1), (1, 1, 1, 2), (2, 0, 1, 3)]
    assert document.text == "양도인\t성명\t홍길동\n주소\n이상.\n"


@pytest.mark.parametrize("step", [9, 13, 17])
@pytest.mark.parametrize("label", ["권리자", "공급받는자"])
def test_label_written_downwards_is_one_word(label: str, step: int) -> None:
    def draw(canvas: Canvas) -> None:
        for y in (700, 600):
            canvas.line(60, y, 300, y)
        for x in (60, 80, 300):
            canvas.line(x, 700, x, 600)
        for number, syllable in enumerate(label):
            canvas.drawString(65, 688 - step * number, syllable)
        canvas.drawString(90, 688, "성명")

    assert cell_texts(read(draw)) == [label, "성명"]


def test_table_inside_a_cell() -> None:
    def draw(canvas: Canvas) -> None:
        stroked_lines(canvas)
        canvas.drawString(XS[0] + 5, YS[0] - 12, "밖")
        for y in (695, 684, 673):
            canvas.line(330, y, 490, y)
        for x in (330, 400, 490):
            canvas.line(x, 695, x, 673)
        canvas.drawString(335, 686, "안")
        canvas.drawString(405, 675, "속")

    document = read(draw)
    assert {cell.table for cell in document.cells} == {0, 1}
    assert [text for text in cell_texts(document) if text] == ["밖", "안\t\n\t속", "안", "속"]


def test_frame_is_no_table() -> None:
    def draw(canvas: Canvas) -> None:
        canvas.rect(40, 40, 500, 760)
        canvas.drawString(60, 700, "틀 안의 글")

    document = read(draw)
    assert document.cells == ()
    assert document.text == "틀 안의 글\n"


def test_underlines_are_no_tables() -> None:
    def draw(canvas: Canvas) -> None:
        canvas.line(60, 650, 300, 650)
        canvas.line(60, 630, 300, 630)
        canvas.drawString(60, 653, "성명 홍길동")

    assert read(draw).cells == ()


def test_empty_grid_leaves_no_trace() -> None:
    def draw(canvas: Canvas) -> None:
        stroked_lines(canvas)
        canvas.drawString(60, 500, "글")

    document = read(draw)
    assert document.cells == ()
    assert document.text == "글\n"


def test_two_tables_with_text_between() -> None:
    def draw(canvas: Canvas) -> None:
        for top in (700, 500):
            for y in (top, top - 20, top - 40):
                canvas.line(60, y, 300, y)
            for x in (60, 150, 300):
                canvas.line(x, top, x, top - 40)
            canvas.drawString(65, top - 14, f"가{top}")
            canvas.drawString(155, top - 34, f"나{top}")
        canvas.drawString(60, 600, "사이")

    document = read(draw)
    assert document.text == "가700\t\n\t나700\n사이\n가500\t\n\t나500\n"
    assert [cell.table for cell in document.cells] == [0] * 4 + [1] * 4
