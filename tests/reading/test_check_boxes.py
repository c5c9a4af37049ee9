"""Check boxes that are drawn, not written, in the ways in which producers draw them."""

from collections.abc import Callable

import pytest
from reportlab.lib.colors import black, white
from reportlab.pdfgen.canvas import Canvas

from extractor.reading.formats import read_bytes
from tests.reading.making import assert_sound, pdf


def empty_square(canvas: Canvas, x: float, y: float) -> None:
    canvas.rect(x, y, 10, 10)


def filled_white_square(canvas: Canvas, x: float, y: float) -> None:
    canvas.setFillColor(white)
    canvas.rect(x, y, 10, 10, fill=1)
    canvas.setFillColor(black)


def round_cornered_square(canvas: Canvas, x: float, y: float) -> None:
    canvas.roundRect(x, y, 10, 10, 2)


def ticked_with_lines(canvas: Canvas, x: float, y: float) -> None:
    canvas.rect(x, y, 10, 10)
    canvas.line(x + 2, y + 5, x + 4.5, y + 1)
    canvas.line(x + 4.5, y + 1, x + 11, y + 9)


def ticked_with_one_path(canvas: Canvas, x: float, y: float) -> None:
    canvas.rect(x, y, 10, 10)
    path = canvas.beginPath()
    path.moveTo(x + 2, y + 5)
    path.lineTo(x + 4, y + 2)
    path.lineTo(x + 9, y + 9)
    canvas.drawPath(path)


def crossed(canvas: Canvas, x: float, y: float) -> None:
    canvas.rect(x, y, 10, 10)
    canvas.line(x + 1, y + 1, x + 9, y + 9)
    canvas.line(x + 1, y + 9, x + 9, y + 1)


def filled_inside(canvas: Canvas, x: float, y: float) -> None:
    canvas.rect(x, y, 10, 10)
    canvas.rect(x + 3, y + 3, 4, 4, stroke=0, fill=1)


def filled_black(canvas: Canvas, x: float, y: float) -> None:
    canvas.rect(x, y, 10, 10, fill=1)


def letter_inside(canvas: Canvas, x: float, y: float) -> None:
    canvas.rect(x, y, 10, 10)
    canvas.drawString(x + 1.5, y + 1.5, "V")


def circle(canvas: Canvas, x: float, y: float) -> None:
    canvas.circle(x + 5, y + 5, 5)


def dotted_circle(canvas: Canvas, x: float, y: float) -> None:
    canvas.circle(x + 5, y + 5, 5)
    canvas.circle(x + 5, y + 5, 2.5, stroke=0, fill=1)


@pytest.mark.parametrize(
    ("box", "mark"),
    [
        (empty_square, "☐"),
        (filled_white_square, "☐"),
        (round_cornered_square, "☐"),
        (ticked_with_lines, "☑"),
        (ticked_with_one_path, "☑"),
        (crossed, "☑"),
        (filled_inside, "☑"),
        (filled_black, "☑"),
        (letter_inside, "☑"),
        (circle, "○"),
        (dotted_circle, "●"),
    ],
)
def test_drawn_boxes_become_marks(box: Callable[[Canvas, float, float], None], mark: str) -> None:
    def draw(canvas: Canvas) -> None:
        box(canvas, 60, 698)
        canvas.drawString(74, 700, "동의함")
        empty_square(canvas, 130, 698)
        canvas.drawString(144, 700, "동의하지 않음")

    document = read_bytes(pdf(draw), "동의서.pdf")
    assert_sound(document)
    assert document.text.replace("\t", " ") == f"{mark} 동의함 ☐ 동의하지 않음\n"
    assert document.cells == ()


def test_squares_of_a_number_grid_are_no_boxes() -> None:
    def draw(canvas: Canvas) -> None:
        for place, digit in enumerate("8001"):
            canvas.rect(60 + 14 * place, 697, 14, 14)
            canvas.drawString(64 + 14 * place, 700, digit)
        canvas.rect(200, 697, 14, 14)
        canvas.rect(214, 697, 14, 14)

    assert not set(read_bytes(pdf(draw), "a.pdf").text) & set("☐☑")


def test_bullets_and_boxed_numbers_are_no_boxes() -> None:
    def draw(canvas: Canvas) -> None:
        canvas.rect(60, 702, 5, 5, stroke=0, fill=1)
        canvas.drawString(70, 700, "항목")
        canvas.rect(60, 677, 14, 14)
        canvas.drawString(64, 680, "1")
        canvas.drawString(80, 680, "번")

    assert read_bytes(pdf(draw), "a.pdf").text == "항목\n1 번\n"


def test_boxes_in_cells_stay_in_their_cells() -> None:
    def draw(canvas: Canvas) -> None:
        for y in (700, 680, 660):
            canvas.line(60, y, 300, y)
        for x in (60, 180, 300):
            canvas.line(x, 700, x, 660)
        ticked_with_lines(canvas, 65, 684)
        canvas.drawString(80, 686, "복제권")
        empty_square(canvas, 185, 664)
        canvas.drawString(200, 666, "전송권")

    assert read_bytes(pdf(draw), "a.pdf").text == "☑ 복제권\t\n\t☐ 전송권\n"
