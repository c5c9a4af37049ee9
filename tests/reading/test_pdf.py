import io
from collections.abc import Callable

import pypdfium2
import pytest
from PIL import Image
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from extractor.core.documents import Document
from extractor.core.errors import ReadingError
from extractor.reading.formats import read_bytes
from extractor.reading.ocr import pages as scans
from extractor.reading.pdf import reader as pdf_reader
from tests.reading.making import HEIGHT, KOREAN, WIDTH, assert_sound, pdf, placed, text_pdf, turn


def read(data: bytes) -> Document:
    document = read_bytes(data, "계약서.pdf")
    assert_sound(document)
    return document


def test_words_stand_where_they_were_painted() -> None:
    document = read(text_pdf((100, 200, "Licensor 홍길동")))
    words = {document.text[word.start : word.end]: placed(word) for word in document.words}
    assert list(words) == ["Licensor", "홍길동"]
    box = words["Licensor"]
    assert box.x0 * WIDTH == pytest.approx(100, abs=1.5)
    # The base line is at 200: the box begins above it and ends just below.
    assert 188 < box.y0 * HEIGHT < 194
    assert 199 < box.y1 * HEIGHT < 204
    assert words["홍길동"].x0 > box.x1


def test_order_is_that_of_people_not_of_painting() -> None:
    data = text_pdf((60, 160, "주소 :"), (60, 100, "성명 :"), (60, 130, "연락처 :"), (110, 130, "010-0000-0000"))
    data2 = text_pdf((110, 130, "010-0000-0000"), (60, 130, "연락처 :"), (60, 160, "주소 :"), (60, 100, "성명 :"))
    assert read(data).text == read(data2).text == "성명 :\n연락처 : 010-0000-0000\n주소 :\n"


def test_wide_gaps_are_tabs() -> None:
    document = read(
        text_pdf((60, 100, "갑"), (300, 100, "을"), (60, 120, "성명 : 홍길동"), (300, 120, "성명 : 박다라"))
    )
    assert document.text == "갑\t을\n성명 : 홍길동\t성명 : 박다라\n"


def test_spaced_heading_stays_one_piece() -> None:
    assert read(text_pdf((200, 100, "계"), (235, 100, "약"), (270, 100, "서"))).text == "계 약 서\n"


def test_number_stays_with_its_item() -> None:
    assert read(text_pdf((60, 100, "1."), (90, 100, "저작물의 제목"), (60, 120, "○"), (90, 120, "기관명"))).text == (
        "1. 저작물의 제목\n○ 기관명\n"
    )


def test_painted_runs_that_touch_are_one_word() -> None:
    def draw(canvas: Canvas) -> None:
        canvas.setFont("Helvetica", 10)
        x = 60.0
        for piece in ("Agree", "ment"):
            text = canvas.beginText(x, 700)
            text.textOut(piece)
            canvas.drawText(text)
            x += canvas.stringWidth(piece, "Helvetica", 10)

    assert read(pdf(draw)).text == "Agreement\n"


KOREAN_COLUMN = [
    "양도인은 아래에 적은 저작물에 관한 권리를",
    "양수인에게 모두 양도하며 양수인은 그 대가",
    "를 지급한다",
] * 3
ENGLISH_COLUMN = [
    "The Assignor assigns to the Assignee all the",
    "rights in the work described below, and the",
    "Assignee pays",
] * 3


def test_columns_of_prose_are_read_one_after_the_other() -> None:
    pairs = zip(KOREAN_COLUMN, ENGLISH_COLUMN, strict=True)
    lines = [line for i, (ko, en) in enumerate(pairs) for line in ((60, 100 + 15 * i, ko), (310, 100 + 15 * i, en))]
    document = read(text_pdf((60, 60, "저작권 양도 계약서"), *lines, (60, 300, "2024년 3월 5일")))
    expected = ["저작권 양도 계약서", *KOREAN_COLUMN, *ENGLISH_COLUMN, "2024년 3월 5일"]
    assert document.text.splitlines() == expected


def test_columns_with_other_line_heights() -> None:
    left = [(60, 100 + 15 * i, text) for i, text in enumerate(KOREAN_COLUMN)]
    right = [(310, 100 + 18.3 * i, text) for i, text in enumerate(ENGLISH_COLUMN)]
    document = read(text_pdf(*left, *right))
    assert document.text.splitlines() == [*KOREAN_COLUMN, *ENGLISH_COLUMN]


def test_two_signature_blocks_stay_side_by_side() -> None:
    left = ["갑", "상호 : 주식회사 가나다", "주소 : 서울특별시 누리구 1", "대표 : 김가나 (인)", "연락처 : 02-000-0000"]
    right = ["을", "성명 : 박다라", "주소 : 다온시 물빛구 24", "생년월일 : 1980. 1. 2.", "연락처 : 010-0000-0000"]
    lines = [
        line
        for i, (a, b) in enumerate(zip(left, right, strict=True))
        for line in ((60, 100 + 15 * i, a), (310, 100 + 15 * i, b))
    ]
    expected = [f"{a}\t{b}" for a, b in zip(left, right, strict=True)]
    assert read(text_pdf(*lines)).text.splitlines() == expected


def test_pages_are_parted_and_counted() -> None:
    def page(text: str) -> Callable[[Canvas], None]:
        return lambda canvas: canvas.drawString(60, 700, text)

    document = read(pdf(page("첫째"), page("둘째"), page("셋째")))
    assert document.text == "첫째\n\f둘째\n\f셋째\n"
    assert [(page.width, page.height) for page in document.pages] == [pytest.approx((WIDTH, HEIGHT), abs=0.1)] * 3


@pytest.mark.parametrize("angle", [90, 180, 270])
def test_turned_pages_read_upright(angle: int) -> None:
    """Printers and scanners turn the page and draw the other way round."""

    def draw(canvas: Canvas) -> None:
        turn(canvas, angle)
        canvas.drawString(100, 700, "주소 : 누리구 1")
        canvas.drawString(100, 730, "성명 : 홍길동")

    document = read(pdf(draw))
    assert document.text == "성명 : 홍길동\n주소 : 누리구 1\n"
    box = placed(document.words[0])
    assert box.x0 * WIDTH == pytest.approx(100, abs=1.5)
    assert box.y0 < (HEIGHT - 730) / HEIGHT < box.y1


@pytest.mark.parametrize("angle", [0, 90, 180, 270])
@pytest.mark.parametrize("slant", [90, -90])
def test_sideways_text_comes_last(angle: int, slant: int) -> None:
    def draw(canvas: Canvas) -> None:
        turn(canvas, angle)
        canvas.saveState()
        canvas.translate(30, 300)
        canvas.rotate(slant)
        canvas.drawString(0, 0, "보 관 용 서류")
        canvas.restoreState()
        canvas.drawString(60, 500, "위 의 글")
        canvas.drawString(60, 100, "아래 글")

    assert read(pdf(draw)).text == "위 의 글\n아래 글\n보 관 용 서류\n"


def test_filled_form_fields_are_read() -> None:
    def draw(canvas: Canvas) -> None:
        canvas.drawString(60, 700, "Name :")
        canvas.acroForm.textfield(name="name", x=120, y=695, width=200, height=18, value="Hong Gildong")
        canvas.drawString(60, 670, "동의함")
        canvas.acroForm.checkbox(name="yes", x=110, y=668, size=12, checked=True)
        canvas.drawString(160, 670, "동의하지 않음")
        canvas.acroForm.checkbox(name="no", x=260, y=668, size=12, checked=False)

    text = read(pdf(draw)).text
    assert text.splitlines()[0].split() == ["Name", ":", "Hong", "Gildong"]
    assert text.splitlines()[1].replace("\t", " ") == "동의함 ☑ 동의하지 않음 ☐"


def test_pictures_without_a_word_are_refused_and_say_so() -> None:
    picture = ImageReader(io.BytesIO(_jpeg()))
    with pytest.raises(ReadingError, match=r"계약서\.pdf: no text was found|계약서\.pdf is a scan"):
        read(pdf(lambda canvas: canvas.drawImage(picture, 0, 0, 100, 100)))


def test_blank_pages_are_pages() -> None:
    document = read(pdf(lambda canvas: canvas.drawString(60, 700, "글"), lambda canvas: None))
    assert [len(page.words) for page in document.pages] == [1, 0]
    assert not document.warnings


def test_scanned_pages_among_others_are_named_where_they_cannot_be_recognised(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scans, "problem", lambda name: ReadingError("{name} is a scan", name=name))
    picture = ImageReader(io.BytesIO(_jpeg()))
    document = read(
        pdf(lambda canvas: canvas.drawString(60, 700, "글"), lambda canvas: canvas.drawImage(picture, 0, 0, 500, 800))
    )
    assert document.warnings == ("No text could be read on these pages: 2",)


def test_encrypted_is_refused() -> None:
    data = pdf(lambda canvas: canvas.drawString(60, 700, "비밀"), encrypt=StandardEncryption("secret"))
    with pytest.raises(ReadingError, match=r"계약서\.pdf is encrypted.*without a password"):
        read(data)


def test_owner_password_alone_does_not_hinder() -> None:
    encryption = StandardEncryption("", ownerPassword="owner", canPrint=0)
    assert read(pdf(lambda canvas: canvas.drawString(60, 700, "열람 가능"), encrypt=encryption)).text == "열람 가능\n"


def test_too_many_pages_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf_reader, "MAX_PAGES", 2)
    page = [lambda canvas: canvas.drawString(60, 700, "글")]
    with pytest.raises(ReadingError, match=r"has 3 pages; up to 2 are read"):
        read(pdf(*page * 3))


def test_text_outside_the_page_is_not_read() -> None:
    assert (
        read(text_pdf((60, 100, "안"), (60, -50, "위"), (60, HEIGHT + 80, "밑"), (WIDTH + 20, 100, "옆"))).text
        == "안\n"
    )


def test_boxes_are_fractions_of_the_visible_page() -> None:
    source = pypdfium2.PdfDocument(text_pdf((100, 200, "글자")))
    source[0].set_cropbox(50, 341.89, 350, 741.89)  # 300 by 400 points, 50 from the left, 100 from the top
    buffer = io.BytesIO()
    source.save(buffer)
    document = read(buffer.getvalue())
    assert (document.pages[0].width, document.pages[0].height) == pytest.approx((300, 400), abs=0.1)
    box = placed(document.words[0])
    assert box.x0 == pytest.approx(50 / 300, abs=0.01)
    assert box.y0 < 100 / 400 < box.y1


def test_latin_font_and_korean_font_share_a_line() -> None:
    def draw(canvas: Canvas) -> None:
        canvas.drawString(60, 700, "저작자")
        canvas.setFont("Times-Roman", 12)
        canvas.drawString(100, 700, "Gildong Hong")
        canvas.setFont(KOREAN, 7)
        canvas.drawString(175, 700, "(인)")

    assert read(pdf(draw)).text == "저작자 Gildong Hong (인)\n"


def _jpeg() -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (50, 50), "white").save(buffer, "JPEG")
    return buffer.getvalue()
