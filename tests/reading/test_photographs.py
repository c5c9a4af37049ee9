"""Photographs of forms: the sheet is found, flattened and read, and boxes stand on the photograph.

Pictures that lie about their size, or show no page at all, cost a bounded time.
"""

from __future__ import annotations

import io
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from extractor import create_extractor, load_document_types
from extractor.core.documents import Box, Document
from extractor.core.errors import ReadingError
from extractor.reading import image as image_reader
from extractor.reading.formats import read, read_bytes
from extractor.reading.ocr import pages as scans
from extractor.reading.ocr.engines import base as engines_base
from extractor.reading.ocr.engines import registry as engines
from extractor.reading.ocr.page import recognise
from extractor.reading.ocr.pixel_checkboxes import find_boxes
from extractor.reading.ocr.radio_buttons import find_circles
from extractor.reading.ocr.sheet_detection import find_sheet
from tests.reading.making import assert_sound
from tests.reading.photographing import LEVELS, TABLES, Camera, jpeg, photograph, sheets, surface
from tests.reading.scanning import pictures

SAMPLES = Path(__file__).parents[2] / "samples"
FORM = SAMPLES / "contract_table_01.pdf"
if scans.problem() is not None:
    pytest.skip("Tesseract is missing: apt-get install tesseract-ocr tesseract-ocr-kor", allow_module_level=True)


@pytest.fixture(autouse=True)
def no_memory(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("RIGHTSDESK_DATA", str(tmp_path / "none"))


@pytest.fixture(scope="module")
def sheet() -> Image.Image:
    return sheets(FORM.read_bytes(), 200)[0]


def unique_words(document: Document) -> dict[str, Box]:
    """The boxes of the words of three letters and more that stand once in the document."""
    texts = [(document.text[word.start : word.end], word.box) for word in document.words]
    counts = Counter(text for text, _ in texts)
    return {text: box for text, box in texts if box and len(text) > 2 and counts[text] == 1}


def saved(image: Image.Image, format: str = "PNG", **more: Any) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, format, **more)
    return buffer.getvalue()


SMALL = replace(LEVELS["hasty"], size=(1800, 2400))


ON_ITS_SIDE = pytest.param(
    90, marks=pytest.mark.xfail(reason="open: the amount is misread (grain falls otherwise than upright)", strict=False)
)


@pytest.mark.parametrize("turned", [0, ON_ITS_SIDE])
def test_a_photographed_form_is_read_and_boxes_stand_on_the_photograph(sheet: Image.Image, turned: int) -> None:
    photo = photograph(sheet, SMALL, seed=5)
    image = photo.image.rotate(turned, expand=True)
    document = read_bytes(jpeg(image), "사진.jpg")
    assert_sound(document)
    found = create_extractor("builtin").extract(document, load_document_types()["contract"])
    assert found.metadata["payment_amount"] == 3_500_000
    assert found.metadata["granted_rights"] == ["복제권", "공연권", "공중송신권"]
    places = unique_words(document)
    compared = 0
    for word, there in unique_words(read(FORM)).items():
        if here := places.get(word):
            u, v = photo.at((there.x0 + there.x1) / 2, (there.y0 + there.y1) / 2)
            expected = {0: (u, v), 90: (v, 1 - u)}[turned]
            assert ((here.x0 + here.x1) / 2, (here.y0 + here.y1) / 2) == pytest.approx(expected, abs=0.012), word
            compared += 1
    assert compared > 15


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("turn", [2, 25])
def test_the_sheet_is_found_on_any_table(sheet: Image.Image, table: str, turn: float) -> None:
    camera = Camera((900, 1200), table, lean=0.08, turn=turn, shadow=0.7, noise=5, fill=0.8)
    photo = photograph(sheet, camera, seed=2)
    found = find_sheet(photo.image)
    assert found is not None
    assert np.abs(found.corners - photo.corners / np.array(photo.image.size)).max() < 0.006
    assert (found.width, found.height) == (595, 842)
    assert not found.others


def test_a_sheet_may_leave_the_picture(sheet: Image.Image) -> None:
    photo = photograph(sheet, Camera((900, 1200), "wood", beyond=0.06), seed=1)
    found = find_sheet(photo.image)
    assert found is not None
    true = photo.corners / np.array(photo.image.size)
    assert np.abs(found.corners[[0, 3]] - true[[0, 3]]).max() < 0.01
    assert found.corners[:, 0].max() == pytest.approx(1, abs=0.02)


@pytest.mark.parametrize("how", [{}, {"tilt": 1.3, "noise": 12.0}, {"tilt": -2.5, "noise": 25.0}])
@pytest.mark.parametrize("name", ["contract_table_01", "public_grid_01", "contract_long_01", "consent_table_02"])
def test_a_scan_holds_no_sheet_to_cut_out(name: str, how: dict[str, Any]) -> None:
    for page in pictures((SAMPLES / f"{name}.pdf").read_bytes(), dpi=100, **how):
        assert find_sheet(page) is None


def test_a_banner_is_part_of_the_page_and_a_window_around_it_is_not(sheet: Image.Image) -> None:
    page = sheet.resize((827, 1169))
    for box in ((60, 40, 767, 140), (0, 0, 827, 120)):
        banner = page.copy()
        ImageDraw.Draw(banner).rectangle(box, fill="#204080")
        assert find_sheet(banner) is None
    window = Image.new("RGB", (1920, 1300), "#505050")
    window.paste(page, (546, 80))
    found = find_sheet(window)
    assert found is not None
    assert found.corners[0] * np.array(window.size) == pytest.approx((546, 80), abs=4)


def test_the_larger_of_two_sheets_is_read_and_the_other_is_told(sheet: Image.Image) -> None:
    table = Image.new("RGB", (1900, 1500), "#403020")
    table.paste(sheet.resize((827, 1169)), (60, 100))
    table.paste(sheet.resize((700, 990)), (1050, 150))
    found = find_sheet(table)
    assert found is not None and found.others
    assert found.corners[:, 0].max() < 0.5
    document = read_bytes(saved(table), "둘.png")
    assert any("several sheets" in warning for warning in document.warnings)


# --- what pictures say of their size


def sized(dpi: Any, pixels: tuple[int, int] = (1654, 2339), format: str = "PNG", **more: Any) -> tuple[float, float]:
    data = saved(Image.new("L", pixels, 255), format, **({"dpi": dpi} if dpi else {}), **more)
    return image_reader.size(image_reader.page_image(data, "a", 1))


A4 = pytest.approx((595, 842), abs=2)


@pytest.mark.parametrize("format", ["PNG", "JPEG", "TIFF"])
@pytest.mark.parametrize("named", [None, 1, 72, 96, 144, 200, 9999])
def test_a_page_is_a4_unless_a_scanner_says_otherwise(named: int | None, format: str) -> None:
    assert sized((named, named) if named else None, format=format) == A4


def test_true_resolutions_are_believed_and_parts_of_a_screen_are_no_page() -> None:
    assert sized((300, 300)) == pytest.approx((397, 561), abs=2)
    assert sized((204, 98), (1728, 1078)) == pytest.approx((610, 792), abs=2)
    assert sized((96, 96), (600, 300)) == pytest.approx((450, 225), abs=1)
    exif = Image.Exif()
    exif[282], exif[283], exif[296] = 78.74, 78.74, 3  # 200 dpi in centimetres
    assert sized((72, 72), format="JPEG", exif=exif) == A4


def blind(asked: list[tuple[int, int]]) -> engines_base.Kind:
    """An engine that keeps the size of every page it is asked for, and sees nothing."""

    def read(choice: object, grey: Any, scale: float) -> list[engines_base.Piece]:
        asked.append(grey.shape)
        return []

    return engines_base.Kind(read, lambda choice, name: None)


def test_a_phone_picture_that_names_72_dpi_is_not_enlarged(monkeypatch: pytest.MonkeyPatch, sheet: Image.Image) -> None:
    asked: list[tuple[int, int]] = []
    monkeypatch.setitem(engines.ENGINES.builtin, "tesseract", blind(asked))
    for dpi in (72, 96, 144):
        read_bytes(saved(sheet, "JPEG", dpi=(dpi, dpi)), "a.jpg")  # its boxes are read without the engine
    assert max(max(shape) for shape in asked) == pytest.approx(2339, abs=2)


def test_16_bits_transparency_and_broken_exif_are_no_hindrance() -> None:
    page = np.full((400, 300), 60_000, np.uint16)
    page[100:200] = 9_000
    seen = image_reader.page_image(saved(Image.fromarray(page)), "a.png", 1)
    light, dark = seen.getpixel((10, 10)), seen.getpixel((10, 150))
    assert isinstance(light, tuple) and isinstance(dark, tuple)
    assert light[0] > 200 and dark[0] < 60
    through = Image.new("RGBA", (300, 400), (0, 0, 0, 0))
    assert image_reader.page_image(saved(through), "a.png", 1).getpixel((5, 5)) == (255, 255, 255)
    data = saved(Image.new("L", (300, 400), 255), "JPEG", exif=b"Exif\x00\x00II*\x00\xff\xff\xff\x7f")
    assert image_reader.page_image(data, "a.jpg", 1).size == (300, 400)


def test_moving_pictures_are_one_page() -> None:
    frames = [Image.new("L", (200, 300), level) for level in (255, 250, 245)]
    data = saved(frames[0], save_all=True, append_images=frames[1:])
    with pytest.raises(ReadingError, match="no text was found"):
        read_bytes(data, "a.png")


# --- pictures of anything


def _pattern(kind: str, size: tuple[int, int], seed: int) -> Image.Image:
    random = np.random.default_rng(seed)
    width, height = size
    across, down = np.arange(width)[None, :], np.arange(height)[:, None]
    step = int(random.integers(1, 40))
    made: dict[str, Callable[[], Any]] = {
        "noise": lambda: random.integers(0, 256, (height, width)),
        "specks": lambda: np.where(random.random((height, width)) < 0.2, 0, 255),
        "black": lambda: np.zeros((height, width)),
        "white": lambda: np.full((height, width), 255),
        "checks": lambda: ((across // step + down // step) % 2) * 255,
        "stripes": lambda: ((across + down * 0) // step % 2) * 255,
        "gradient": lambda: (across + down) * 255 / (width + height),
        "halftone": lambda: (np.sin(across * 1.9) * np.sin(down * 1.9) > (across / width - 0.5)) * 255,
        "rings": lambda: (np.hypot(across % 44 - 22, down % 44 - 22) // 3 % 2) * 255,
        "squares": lambda: np.where(
            (across % 34 < 3) | (down % 34 < 3) | (across % 34 > 28) | (down % 34 > 28), 0, 255
        ),
    }
    if kind in made:
        return Image.fromarray(np.broadcast_to(made[kind](), (height, width)).astype(np.uint8))
    return surface(kind, size, random).convert("L")


KINDS = ("noise", "specks", "black", "white", "checks", "stripes", "gradient", "halftone", "rings", "squares", *TABLES)


def _silent(grey: Any, scale: float) -> list[engines_base.Piece]:
    return []


@pytest.mark.parametrize("kind", KINDS)
def test_a_picture_of_anything_is_looked_through_in_bounded_time(kind: str) -> None:
    """Half a page: a form of this size takes under a second, a pattern may take ten times that; it took minutes."""
    image = _pattern(kind, (1200, 1400), 3)
    start = time.process_time()
    recognise(image, 200 / 72, _silent)
    assert time.process_time() - start < 12


@given(st.sampled_from(KINDS), st.integers(0, 1000), st.integers(1, 700), st.integers(1, 700))
@settings(max_examples=25, deadline=None)
def test_no_size_and_no_pattern_breaks_anything(kind: str, seed: int, width: int, height: int) -> None:
    image = _pattern(kind, (width, height), seed)
    find_sheet(image)
    page = recognise(image, 2.0, _silent)
    assert page.confidence == 0, "nothing was read"


@pytest.mark.parametrize("size", [(1, 1), (1, 20_000), (20_000, 1), (3, 9000)])
def test_slivers_are_no_pages(size: tuple[int, int]) -> None:
    with pytest.raises(ReadingError, match="no text was found"):
        read_bytes(saved(Image.new("L", size, 255)), "a.png")


def test_an_empty_page_is_not_recognised(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[int, int]] = []
    monkeypatch.setitem(engines.ENGINES.builtin, "tesseract", blind(asked))
    grain = np.random.default_rng(1).normal(245, 3, (2339, 1654))
    for page in (Image.new("L", (1654, 2339), 255), Image.fromarray(grain.clip(0, 255).astype(np.uint8))):
        with pytest.raises(ReadingError, match="no text was found"):
            read_bytes(saved(page), "leer.png")
    assert asked == []


def test_noise_is_neither_boxes_nor_circles() -> None:
    ink = np.random.default_rng(2).random((2339, 1654)) < 0.5
    start = time.process_time()
    assert find_boxes(ink, 200 / 72) == []
    assert find_circles(ink, 200 / 72) == []
    assert time.process_time() - start < 15


def test_a_blurred_or_small_photograph_is_told(sheet: Image.Image) -> None:
    from PIL import ImageFilter

    blurred = sheet.resize((1654, 2339)).filter(ImageFilter.GaussianBlur(9))
    with pytest.raises(ReadingError, match="too small or blurred"):
        read_bytes(jpeg(blurred), "흐림.jpg")
    with pytest.raises(ReadingError, match="too small or blurred"):
        read_bytes(jpeg(sheet.resize((200, 283))), "작음.jpg")
