"""Scanned choices that a hand has marked: round boxes, ringed words; and what only looks like them."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

from extractor import create_extractor
from extractor.core.document_types import DocumentType
from extractor.core.documents import Document
from extractor.reading.formats import read_bytes
from extractor.reading.ocr import pages as scans
from extractor.reading.ocr.pixel_checkboxes import find_boxes
from tests.reading import pens
from tests.reading.scanning import saved

if scans.problem() is not None:
    pytest.skip("Tesseract is missing: apt-get install tesseract-ocr tesseract-ocr-kor", allow_module_level=True)

YES, NO = "동의함", "동의하지 않음"
SHEET = (1654, 1170)


@pytest.fixture(autouse=True)
def no_memory(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("RIGHTSDESK_DATA", str(tmp_path / "none"))


class Sheet:
    def __init__(self, seed: int = 1) -> None:
        self.image = Image.new("RGB", SHEET, "white")
        self.draw = ImageDraw.Draw(self.image)
        self.pen = random.Random(seed)

    def write(self, x: int, y: int, text: str, size: int = 30) -> tuple[float, float, float, float]:
        self.draw.text((x, y), text, font=pens.font(size), fill="black")
        return self.draw.textbbox((x, y), text, font=pens.font(size))

    def circle(self, x: int, y: int, ticked: bool, side: int = 28) -> None:
        self.draw.ellipse((x, y + 4, x + side, y + 4 + side), outline="black", width=2)
        if ticked:
            pens.tick(self.draw, self.pen, x, y + 4, side, round=True)

    def read(self, tilt: float = 0.0) -> Document:
        image = self.image.rotate(tilt, resample=Image.Resampling.BICUBIC, fillcolor="white") if tilt else self.image
        return read_bytes(saved([image.convert("L")]), "동의서.pdf")


def consent(document: Document) -> dict[str, object]:
    properties = {
        "portrait": {"type": "string", "enum": [YES, NO], "title": "초상 이용 동의"},
        "transfer": {"type": "string", "enum": [YES, NO], "title": "저작재산권 양도 동의"},
    }
    asked = DocumentType("form", {"title": "동의서", "type": "object", "properties": properties})
    return create_extractor("builtin").extract(document, asked).metadata


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("tilt", [0.0, 1.4])
def test_round_boxes_answer_their_questions(seed: int, tilt: float) -> None:
    sheet = Sheet(seed)
    sheet.write(160, 150, "1. 초상 이용에 동의하십니까?")
    sheet.write(160, 330, "2. 저작재산권 양도에 동의하십니까?")
    for y, ticked in ((210, 0), (390, 1)):
        for column, word in enumerate((YES, NO)):
            sheet.circle(200 + 300 * column, y, column == ticked)
            sheet.write(245 + 300 * column, y, word)
    document = sheet.read(tilt)
    assert document.text.count("●") == document.text.count("○") == 2, document.text
    assert consent(document) == {"portrait": YES, "transfer": NO}


@pytest.mark.parametrize("seed", range(1, 5))
@pytest.mark.parametrize("tilt", [0.0, -1.4])
def test_a_ringed_word_is_the_answer(seed: int, tilt: float) -> None:
    sheet = Sheet(seed)
    sheet.write(160, 150, "1. 초상 이용에 동의하십니까?")
    sheet.write(160, 330, "2. 저작재산권 양도에 동의하십니까?")
    for y, ringed in ((230, 0), (410, 1)):
        for column, word in enumerate((YES, NO)):
            box = sheet.write(200 + 300 * column, y, word)
            if column == ringed:
                pens.ring(sheet.draw, sheet.pen, box)
    document = sheet.read(tilt)
    assert document.text.count("☑") == 2, document.text
    assert consent(document) == {"portrait": YES, "transfer": NO}


def test_rings_in_the_cells_of_a_table_answer_too() -> None:
    sheet = Sheet()
    for y in (200, 280, 360):
        sheet.draw.line((160, y, 1400, y), fill="black", width=3)
    for x in (160, 700, 1050, 1400):
        sheet.draw.line((x, 200, x, 360), fill="black", width=3)
    for y, question, ringed in ((220, "초상 이용 동의", 1), (300, "저작재산권 양도 동의", 0)):
        sheet.write(180, y, question)
        for column, word in enumerate((YES, NO)):
            box = sheet.write(760 + 340 * column, y, word)
            if column == ringed:
                pens.ring(sheet.draw, sheet.pen, box)
    assert consent(sheet.read()) == {"portrait": NO, "transfer": YES}


def test_circled_numbers_bullets_letters_and_seals_are_no_ticks() -> None:
    sheet = Sheet()
    sheet.write(500, 120, "이용 동의 응모 용지", 56)
    for row, number in enumerate("①②③"):
        sheet.write(160, 260 + 70 * row, f"{number} 갑은 을에게 저작물의 이용을 허락한다")
    sheet.write(160, 500, "○ 주소 : 가람시 솔뫼로 12")
    name = sheet.write(160, 600, "성명 : 서예온")
    x, y = name[2] - 20, name[1] - 20
    sheet.draw.ellipse((x, y, x + 76, y + 76), outline="#b02020", width=4)
    text = sheet.read().text
    assert not set(text) & set("☑●"), text
    assert "○ 주소" in text


def frame(stroke: int, side: int = 24) -> np.ndarray:
    """Ink with an empty square frame in its middle; lengths in pixels of 200 dpi."""
    ink = np.zeros((200, 200), bool)
    ink[80 : 80 + side, 80 : 80 + side] = True
    ink[80 + stroke : 80 + side - stroke, 80 + stroke : 80 + side - stroke] = False
    return ink


@pytest.mark.parametrize("stroke", [2, 3, 5, 6])
@pytest.mark.parametrize("side", [24, 28, 36])
def test_a_frame_by_itself_is_a_box_however_thick(stroke: int, side: int) -> None:
    ink = frame(stroke, side)
    ink[80 : 80 + side, 80 + side + 14 :: 9] = True  # A label.
    ink[80 + 2 * side :: 3, 80:] = True  # The next lines.
    (box,) = find_boxes(ink, 200 / 72)
    assert not box.ticked


@pytest.mark.parametrize(
    ("rows", "columns"),
    [((72, 124), (110, 115)), ((90, 95), (110, 122)), ((110, 115), (70, 116)), ((68, 76), (84, 104))],
    ids=["마", "머", "모", "암"],
)
def test_a_thick_square_with_the_rest_of_a_syllable_is_a_letter_of_a_heading(
    rows: tuple[int, ...], columns: tuple[int, ...]
) -> None:
    ink = frame(6)
    ink[slice(*rows), slice(*columns)] = True
    if rows == (90, 95):
        ink[72:124, 118:123] = True
    assert find_boxes(ink, 200 / 72) == []
