"""The choice of the engine that reads scans, and RapidOCR as one: its words, their places, and what it lacks."""

from __future__ import annotations

import time
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from extractor.core.documents import Box, Document
from extractor.core.errors import ConfigError, ReadingError
from extractor.reading import sandboxed
from extractor.reading.formats import read_bytes
from extractor.reading.ocr import pages as scans
from extractor.reading.ocr.engines import rapidocr
from extractor.reading.ocr.engines import registry as engines
from extractor.reading.ocr.engines.base import Kind, Piece
from extractor.settings import ocr
from extractor.settings.ocr import TextRecognition
from tests.reading.making import assert_sound, text_pdf
from tests.reading.scanning import pictures, saved, scanned

needs_rapidocr = pytest.mark.skipif(
    not (find_spec("rapidocr") and find_spec("onnxruntime")), reason="RapidOCR is missing: see requirements-dev.txt"
)
ENGLISH = text_pdf(
    (90, 100, "Title of Work: The Silver Orchard"), (90, 140, "Licensor: Mina Harrow"), (90, 600, "Fee: USD 12,400")
)
SCAN = saved(pictures(ENGLISH), "PNG")


@pytest.fixture(autouse=True)
def fresh(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("RIGHTSDESK_DATA", str(tmp_path / "none"))
    monkeypatch.setattr(rapidocr, "_loadings", dict(rapidocr._loadings))
    monkeypatch.setattr(rapidocr, "_PATIENCE", 600.0)  # On a busy machine importing the library alone takes long.


def choose(monkeypatch: pytest.MonkeyPatch, folder: Path, text: str) -> None:
    path = folder / "chosen.yaml"
    path.write_text(f"text_recognition: {text}\n", encoding="utf-8")
    monkeypatch.setenv("RIGHTSDESK_MODEL_CONFIG", str(path))


def words(document: Document) -> dict[str, Box]:
    return {document.text[word.start : word.end]: word.box for word in document.words if word.box}


def as_list(box: Box) -> list[float]:
    return [box.x0, box.y0, box.x1, box.y1]


def telling(told: list[TextRecognition], name: str) -> Kind:
    """An engine that keeps how it was asked, and reads its name on every page."""

    def read(asked: TextRecognition, grey: object, scale: float) -> list[Piece]:
        told.append(asked)
        return [Piece(100, 100, 300, 130, name, 0.9, 1)]

    return Kind(read, lambda asked, name: None)


def test_the_engine_that_the_configuration_chooses_reads(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    told: list[TextRecognition] = []
    for name in ("tesseract", "rapidocr"):
        monkeypatch.setitem(engines.ENGINES.builtin, name, telling(told, name))
    # What one engine read of a page is not taken for what another reads.
    monkeypatch.setenv("RIGHTSDESK_DATA", str(tmp_path))
    for text in ("{engine: tesseract}", "{engine: rapidocr}", "{engine: rapidocr, rapidocr: {language: english}}"):
        choose(monkeypatch, tmp_path, text)
        assert read_bytes(SCAN, "a.png").text.strip() == text.strip("{}").split(", ")[0].removeprefix("engine: ")
        assert read_bytes(scanned(ENGLISH), "a.pdf").pages
    assert [one.name for one in dict.fromkeys(told)] == ["tesseract", "rapidocr-korean", "rapidocr-english"]


def test_an_engine_that_there_is_not_is_named_with_its_line(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    choose(monkeypatch, tmp_path, "{engine: rapidorc}")
    for data, name in ((SCAN, "a.png"), (scanned(ENGLISH), "a.pdf")):
        with pytest.raises(ConfigError, match=r"chosen\.yaml, line 1: .*engine” must be tesseract \| rapidocr"):
            sandboxed.read_bytes_sandboxed(data, name)


def test_what_is_no_scan_asks_for_no_configuration(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ocr, "load", lambda path: pytest.fail("read"))
    assert "Mina Harrow" in read_bytes(ENGLISH, "a.pdf").text


@pytest.mark.parametrize("package", ["rapidocr", "onnxruntime"])
def test_without_the_package_the_message_says_what_to_install(
    package: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    choose(monkeypatch, tmp_path, "{engine: rapidocr}")
    monkeypatch.setattr(rapidocr, "find_spec", lambda name: None if name == package else find_spec("json"))
    with pytest.raises(ReadingError, match=r"a\.png is a scan, and RapidOCR.*pip install rapidocr onnxruntime"):
        read_bytes(SCAN, "a.png")


def test_a_slow_download_goes_on_while_the_file_gets_its_message(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def reader(asked: TextRecognition) -> str:
        time.sleep(0.4)
        return "here"

    monkeypatch.setattr(rapidocr, "find_spec", lambda name: find_spec("json"))
    monkeypatch.setattr(rapidocr, "_Reader", reader)
    monkeypatch.setattr(rapidocr, "_PATIENCE", 0.1)
    slow = TextRecognition("rapidocr", "korean", tmp_path)
    told = rapidocr.problem(slow, "a.pdf")
    assert "a.pdf is a scan, and RapidOCR is still downloading" in str(told)
    rapidocr._loadings[slow].engine.result(5)
    assert rapidocr.problem(slow, "a.pdf") is None


@needs_rapidocr
def test_without_a_network_the_message_says_what_to_do_and_nobody_waits_for_it_twice(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    import requests

    asked = []

    def get(url: str, **how: object) -> None:
        asked.append(how["timeout"])
        raise requests.ConnectionError("no route")

    monkeypatch.setattr(requests, "get", get)
    choose(monkeypatch, tmp_path, f"{{engine: rapidocr, rapidocr: {{models: {tmp_path / 'models'}}}}}")
    for data, name in ((SCAN, "a.png"), (scanned(ENGLISH), "a.pdf")):
        with pytest.raises(ReadingError) as raised:
            read_bytes(data, name)
        assert str(raised.value).startswith(f"{name} is a scan, and RapidOCR cannot download its model.")
        assert "korean_PP-OCRv5_rec_mobile.onnx into " + str(tmp_path / "models") in str(raised.value)
    assert asked == [rapidocr._CONNECT]
    monkeypatch.setattr(rapidocr, "_AGAIN", 0)
    assert scans.problem("a.pdf") is not None
    assert len(asked) == 2


@needs_rapidocr
def test_a_model_that_cannot_be_loaded_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "models").write_text("a file where the folder should be")
    choose(monkeypatch, tmp_path, f"{{engine: rapidocr, rapidocr: {{models: {tmp_path / 'models'}}}}}")
    with pytest.raises(ReadingError, match=r"a\.png is a scan, and RapidOCR cannot be started \(.*exists"):
        read_bytes(SCAN, "a.png")


@needs_rapidocr
@pytest.mark.parametrize(("tilt", "noise"), [(0.0, 0.0), (1.2, 10.0)])
def test_words_of_a_scan_stand_on_their_places(
    tilt: float, noise: float, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """In a worker, as files are read: the choice goes there, and the engine fits into its memory."""
    choose(monkeypatch, tmp_path, "{engine: rapidocr, rapidocr: {language: english}}")
    document = sandboxed.read_bytes_sandboxed(scanned(ENGLISH, tilt=tilt, noise=noise), "a.pdf")
    assert_sound(document)
    assert [line for line in document.text.splitlines() if line.strip()] == [
        "Title of Work: The Silver Orchard",
        "Licensor: Mina Harrow",
        "Fee: USD 12,400",
    ]
    if not tilt:
        printed, found = words(read_bytes(ENGLISH, "a.pdf")), words(document)
        for word in ("Title", "Silver", "Orchard", "Licensor:", "Mina", "12,400"):
            # A letter is 0.01 of the page wide.
            assert as_list(found[word]) == pytest.approx(as_list(printed[word]), abs=0.005), word


@needs_rapidocr
@pytest.mark.parametrize("turned", [90, 180, 270])
def test_a_page_that_lies_on_its_side_is_turned(turned: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    choose(monkeypatch, tmp_path, "{engine: rapidocr, rapidocr: {language: english}}")
    document = read_bytes(scanned(ENGLISH, turned=turned), "a.pdf")
    assert "The Silver Orchard" in document.text
    upright, found = words(read_bytes(ENGLISH, "a.pdf"))["Silver"], words(document)["Silver"]
    x, y = (upright.x0 + upright.x1) / 2, (upright.y0 + upright.y1) / 2
    expected = {90: (y, 1 - x), 180: (1 - x, 1 - y), 270: (1 - y, x)}[turned]
    assert ((found.x0 + found.x1) / 2, (found.y0 + found.y1) / 2) == pytest.approx(expected, abs=0.01)


@needs_rapidocr
def test_a_blank_page_has_no_text(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    choose(monkeypatch, tmp_path, "{engine: rapidocr, rapidocr: {language: english}}")
    with pytest.raises(ReadingError, match="no text was found"):
        read_bytes(saved([pictures(ENGLISH)[0].point(lambda _: 255)], "PNG"), "blank.png")


def test_syllables_and_words_are_cut_where_the_ink_is_apart() -> None:
    """Letters of 8 columns, 2 apart; the middles that the engine tells are off by up to 3 columns."""
    dark = np.zeros((30, 100), bool)
    for start in (4, 14, 34, 44, 54, 74):
        dark[5:25, start : start + 8] = True
    dark[10:25, 74:82] = False
    middles = [5.0, 20.0, 35.0, 46.0, 60.0, 77.0]
    assert list(rapidocr.placed("갑을 AB1 -", middles, dark)) == [
        ("갑", 4, 5, 12, 25),
        ("을", 14, 5, 22, 25),
        ("AB1", 34, 5, 62, 25),
        ("-", 74, 5, 82, 10),
    ]


def test_a_word_without_ink_keeps_its_share_of_the_line() -> None:
    dark = np.zeros((20, 40), bool)
    dark[4:16, 2:10] = True
    assert list(rapidocr.placed("가 나", [6.0, 30.0], dark)) == [("가", 2, 4, 10, 16), ("나", 20, 0, 40, 20)]
