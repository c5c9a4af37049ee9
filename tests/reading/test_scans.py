"""Scans: what is read of pictures of pages, and whether boxes stand on the right words of the picture."""

from __future__ import annotations

import io
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageFilter
from reportlab.pdfgen.canvas import Canvas

from extractor import create_extractor, load_document_types
from extractor.core.document_types import as_document_type
from extractor.core.documents import Box, Document
from extractor.core.errors import ReadingError
from extractor.desk.page_images import render_page
from extractor.reading import image as image_reader
from extractor.reading import sandboxed
from extractor.reading.formats import read, read_bytes
from extractor.reading.ocr import pages as scans
from extractor.reading.ocr.engines import base as engines_base
from extractor.reading.ocr.engines import registry as engines
from extractor.reading.ocr.engines import tesseract
from extractor.reading.ocr.pixel_checkboxes import find_boxes
from extractor.reading.ocr.preprocessing import ink, prepare
from extractor.settings.ocr import TextRecognition
from tests.reading.making import assert_sound, pdf, text_pdf
from tests.reading.scanning import pictures, saved, scanned

SAMPLES = Path(__file__).parents[2] / "samples"
if scans.problem() is not None:
    pytest.skip("Tesseract is missing: apt-get install tesseract-ocr tesseract-ocr-kor", allow_module_level=True)

ENGLISH = text_pdf((90, 100, "Title of Work: The Silver Orchard"), (90, 140, "Licensor: Mina Harrow"))


@pytest.fixture(autouse=True)
def no_memory(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("RIGHTSDESK_DATA", str(tmp_path / "none"))


def box_of(document: Document, word: str) -> Box:
    return next(w.box for w in document.words if w.box and document.text[w.start : w.end] == word)


def inside(inner: Box, outer: Box, slack: float = 0.01) -> bool:
    x, y = (inner.x0 + inner.x1) / 2, (inner.y0 + inner.y1) / 2
    return outer.x0 - slack <= x <= outer.x1 + slack and outer.y0 - slack <= y <= outer.y1 + slack


def test_a_korean_form_is_read_with_its_table_and_its_boxes() -> None:
    printed = read(SAMPLES / "contract_table_01.pdf")
    document = read_bytes(scanned((SAMPLES / "contract_table_01.pdf").read_bytes(), tilt=1.2, noise=10), "스캔.pdf")
    assert_sound(document)
    assert "☑ 복제권" in document.text
    assert "☐ 전시권" in document.text
    assert len(document.cells) > 30
    for word in ("음악저작물", "류한결", "백산들"):
        assert inside(box_of(document, word), box_of(printed, word)), word
    found = create_extractor("builtin").extract(document, load_document_types()["contract"])
    assert found.metadata["payment_amount"] == 3_500_000
    assert found.metadata["granted_rights"] == ["복제권", "공연권", "공중송신권"]


def test_words_tell_how_sure_recognition_is_and_values_follow() -> None:
    scan = scanned(ENGLISH)
    clear = read_bytes(scan, "a.pdf")
    assert all(0.5 < word.confidence <= 1 for word in clear.words if word.confidence is not None)
    assert any(word.confidence for word in clear.words)
    assert all(word.confidence is None for word in read_bytes(ENGLISH, "a.pdf").words)
    assert sandboxed.read_bytes_sandboxed(scan, "a.pdf") == clear
    blurred = [picture.filter(ImageFilter.GaussianBlur(3.2)) for picture in pictures(ENGLISH)]
    unclear = read_bytes(saved(blurred), "a.pdf")
    assert min(word.confidence or 0 for word in unclear.words) < min(word.confidence or 0 for word in clear.words)
    schema = {"type": "object", "properties": {"title": {"type": "string", "x-labels": ["Title of Work"]}}}
    read_of = create_extractor("builtin").fields(clear, as_document_type(schema)).get("title")
    printed = create_extractor("builtin").fields(read_bytes(ENGLISH, "a.pdf"), as_document_type(schema)).get("title")
    assert read_of and printed and read_of.value == printed.value
    assert (read_of.confidence or 0) < (printed.confidence or 0)


def test_latin_words_that_are_set_tight_stay_apart() -> None:
    scan = scanned((SAMPLES / "contract_english_03.pdf").read_bytes())
    assert read_bytes(scan, "a.pdf").text.startswith("COPYRIGHT ASSIGNMENT\n")


@pytest.mark.parametrize("turned", [90, 180, 270])
def test_a_page_that_lies_on_its_side_is_read_and_boxes_stand_on_the_picture(turned: int) -> None:
    document = read_bytes(scanned(ENGLISH, turned=turned), "a.pdf")
    assert "Silver Orchard" in document.text
    title, licensor = box_of(document, "Silver"), box_of(document, "Licensor:")
    upright = read_bytes(ENGLISH, "a.pdf")
    x, y = (box_of(upright, "Silver").x0 + box_of(upright, "Silver").x1) / 2, box_of(upright, "Silver").y0
    expected = {90: (y, 1 - x), 180: (1 - x, 1 - y), 270: (1 - y, x)}[turned]
    assert ((title.x0 + title.x1) / 2, (title.y0 + title.y1) / 2) == pytest.approx(expected, abs=0.02)
    assert title != licensor


def test_only_pages_that_are_pictures_are_recognised(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def read(choice: TextRecognition, grey: Any, scale: float) -> list[engines_base.Piece]:
        asked.append(grey.shape)
        return tesseract.tesseract(choice, grey, scale)

    kind = engines_base.Kind(read, lambda choice, name: None)
    monkeypatch.setitem(engines.ENGINES.builtin, "tesseract", kind)
    (picture,) = pictures(ENGLISH)
    from reportlab.lib.utils import ImageReader

    def text(canvas: Canvas) -> None:
        canvas.drawString(60, 700, "Printed words")

    def scan(canvas: Canvas) -> None:
        canvas.drawImage(ImageReader(picture), 0, 0, 595, 842)
        canvas.drawString(60, 20, "Page 2")

    heard = []
    data = pdf(text, scan, lambda canvas: None)
    document = read_bytes(data, "a.pdf", progress=lambda done, pages: heard.append((done, pages)))
    pages = document.text.split("\f")
    assert pages[0] == "Printed words\n"
    assert "Mina Harrow" in pages[1]
    assert pages[2] == ""
    assert (len(asked), heard) == (1, [(1, 1)])
    assert not document.warnings


@pytest.mark.parametrize(("format", "name"), [("PNG", "a.png"), ("TIFF", "a.tif")])
def test_pictures_are_documents_with_pages_that_can_be_shown(format: str, name: str, tmp_path: Path) -> None:
    data = saved(pictures(ENGLISH) * 2, format)
    document = read_bytes(data, name)
    assert_sound(document)
    count = 2 if format == "TIFF" else 1
    assert (document.format, len(document.pages)) == ("image", count)
    assert document.text.count("Mina Harrow") == count
    assert (document.pages[0].width, document.pages[0].height) == pytest.approx((595, 842), abs=1)
    (tmp_path / "kept").write_bytes(data)
    shown = Image.open(io.BytesIO(render_page(tmp_path / "kept", count, dpi=72)))
    assert shown.size == pytest.approx((595, 842), abs=2)
    assert np.asarray(shown.convert("L")).min() < 100


def test_a_photo_says_nothing_of_its_size() -> None:
    (picture,) = pictures(ENGLISH)
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG")
    document = read_bytes(buffer.getvalue(), "photo.jpg")
    assert "Licensor: Mina Harrow" in document.text
    assert document.pages[0].height == pytest.approx(842, abs=1)


def test_a_page_is_recognised_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("RIGHTSDESK_DATA", str(tmp_path))
    data = saved(pictures(ENGLISH), "PNG")
    first = read_bytes(data, "a.png")
    monkeypatch.setattr(tesseract, "_tesseract", lambda *_: pytest.fail("asked again"))
    assert read_bytes(data, "a.png") == first


def test_photos_of_telephones_are_read(tmp_path: Path) -> None:
    from pillow_heif import register_heif_opener

    register_heif_opener()
    buffer = io.BytesIO()
    pictures(ENGLISH)[0].convert("RGB").save(buffer, "HEIF", quality=90)
    document = read_bytes(buffer.getvalue(), "IMG_0001.HEIC")
    assert_sound(document)
    assert "Mina Harrow" in document.text
    (tmp_path / "photo").write_bytes(buffer.getvalue())
    assert render_page(tmp_path / "photo", 1).startswith(b"\xff\xd8")
    with pytest.raises(ReadingError, match=r"half\.heic is damaged"):
        read_bytes(buffer.getvalue()[: len(buffer.getvalue()) // 2], "half.heic")


def test_without_tesseract_the_message_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    which = shutil.which
    monkeypatch.setattr(shutil, "which", lambda name, *_: None if name == "tesseract" else which(name))
    for data, name in ((scanned(ENGLISH), "a.pdf"), (saved(pictures(ENGLISH), "PNG"), "a.png")):
        with pytest.raises(ReadingError, match=r"a\.p.. is a scan.*Install tesseract-ocr and tesseract-ocr-kor"):
            read_bytes(data, name)


def test_bad_pictures_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    data = saved(pictures(ENGLISH), "PNG")
    with pytest.raises(ReadingError, match=r"a\.png is damaged"):
        read_bytes(data[: len(data) // 2], "a.png")
    with pytest.raises(ReadingError, match="no text was found"):
        read_bytes(saved([Image.new("L", (600, 800), 255)], "PNG"), "blank.png")
    monkeypatch.setattr(image_reader, "MAX_PIXELS", 1000)
    with pytest.raises(ReadingError, match=r"a\.png has more than"):
        read_bytes(data, "a.png")


@given(st.floats(-4, 4).map(lambda angle: round(angle, 1)))
@settings(max_examples=8, deadline=None)
def test_the_tilt_is_found(angle: float) -> None:
    (image,) = pictures(ENGLISH, dpi=100, tilt=angle)
    assert prepare(image, 100 / 72).tilt == pytest.approx(-angle, abs=0.3)


@given(st.integers(0, 3), st.floats(-3, 3), st.floats(0.1, 0.8), st.floats(0.1, 0.8))
@settings(max_examples=50, deadline=None)
def test_boxes_find_the_way_back_to_the_picture(quarter: int, tilt: float, u: float, v: float) -> None:
    """A dark spot at (u, v) of the picture, found on the upright page, has its box at (u, v) again."""
    page = np.full((420, 300), 255, np.uint8)
    y, x = int(v * 420), int(u * 300)
    page[y : y + 8, x : x + 8] = 0
    picture = Image.fromarray(page)
    turned = picture.rotate(90 * quarter, expand=True)
    prepared = prepare(picture, 1.0, quarter)._replace(tilt=round(tilt, 1))
    grey = np.asarray(turned.rotate(prepared.tilt, resample=Image.Resampling.BICUBIC, fillcolor=255))
    rows, columns = np.nonzero(grey < 128)
    if not len(rows):
        return  # turned out of the page
    box = prepared.box(columns.min(), rows.min(), columns.max() + 1, rows.max() + 1)
    assert ((box.x0 + box.x1) / 2 * 300, (box.y0 + box.y1) / 2 * 420) == pytest.approx((x + 4, y + 4), abs=3)


def _box_page(draw: Callable[[Canvas, int, float, float], None]) -> bytes:
    def page(canvas: Canvas) -> None:
        canvas.setLineWidth(0.8)
        for number in range(6):
            canvas.drawString(120, 700 - 40 * number, f"Item number {number}")
            canvas.rect(100, 698 - 40 * number, 10, 10)
            draw(canvas, number, 100, 698 - 40 * number)

    return pdf(page)


def _tick(canvas: Canvas, number: int, x: float, y: float) -> None:
    """Every second box is ticked, each in another way; the third tick leaves its box."""
    canvas.setLineWidth(1.2)
    if number == 0:
        canvas.lines([(x + 2, y + 5, x + 4, y + 2), (x + 4, y + 2, x + 8, y + 8)])
    elif number == 2:
        canvas.lines([(x + 2, y + 2, x + 8, y + 8), (x + 2, y + 8, x + 8, y + 2)])
    elif number == 4:
        canvas.lines([(x + 2, y + 6, x + 5, y + 2), (x + 5, y + 2, x + 14, y + 15)])


@pytest.mark.parametrize(("tilt", "noise"), [(0.0, 0.0), (1.5, 12.0), (-2.0, 20.0)])
def test_ticks_are_seen_in_the_pixels(tilt: float, noise: float) -> None:
    (image,) = pictures(_box_page(_tick), tilt=tilt, noise=noise)
    prepared = prepare(image, 200 / 72)
    boxes = find_boxes(ink(prepared.grey), prepared.scale)
    assert [box.ticked for box in boxes] == [True, False, True, False, True, False]


def test_hangul_and_tables_are_no_boxes() -> None:
    (image, *_) = pictures((SAMPLES / "other_donation_01.pdf").read_bytes())
    prepared = prepare(image, 200 / 72)
    assert find_boxes(ink(prepared.grey), prepared.scale) == []
