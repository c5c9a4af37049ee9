"""Files that cannot be read: every one gets a message that names it and says what to do, never a traceback."""

import io
from pathlib import Path

import docx
import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from PIL.TiffImagePlugin import TiffImageFile

from extractor.core.errors import ReadingError
from extractor.reading import document_writer, image
from extractor.reading import formats as reading
from extractor.reading.formats import read, read_bytes, suffixes
from tests.reading.making import archive, assert_sound, pdf

PDF = pdf(*[lambda canvas: [canvas.drawString(60, 700 - 15 * line, f"제{line}조 내용") for line in range(9)]] * 2)


def _docx() -> bytes:
    source = docx.Document()
    source.add_paragraph("저작물 이용허락 계약서")
    source.add_table(rows=2, cols=2).cell(0, 0).text = "성명"
    buffer = io.BytesIO()
    source.save(buffer)
    return buffer.getvalue()


def _xlsx() -> bytes:
    buffer = io.BytesIO()
    openpyxl.Workbook().save(buffer)
    return buffer.getvalue()


DOCX = _docx()
HWPX = archive({"mimetype": "application/hwp+zip", "Contents/section0.xml": "<x/>"})
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(1000)
ENCRYPTED_DOCX = OLE + "EncryptedPackage".encode("utf-16-le") + bytes(500)


def test_suffixes_for_the_uploader() -> None:
    assert suffixes() == ("pdf", "docx", "hwp", "hwpx", "png", "jpg", "jpeg", "heic", "tif", "tiff", "txt", "md")


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("a.pdf", b"", r"a\.pdf is empty"),
        ("a.docx", PDF, r"a\.docx is not what its name says: inside it is a PDF"),
        ("a.pdf", DOCX, r"a\.pdf is not what its name says: inside it is a Word document"),
        ("a.pdf", b"just words", r"a\.pdf is not what its name says: inside it is plain text"),
        ("a.txt", PDF, r"a\.txt is not what its name says: inside it is a PDF"),
        ("a.docx", _xlsx(), r"a\.docx is an Excel workbook, which is not read yet"),
        ("a.docx", HWPX, r"a\.docx is not what its name says: inside it is a Hancom document"),
        ("a.docx", archive({"a.txt": "글"}), r"a\.docx is a ZIP archive"),
        ("a.docx", ENCRYPTED_DOCX, r"a\.docx is encrypted"),
        ("a.hwp", OLE, r"a\.hwp is an old Office file"),
        ("a.png", b"\x89PNG\r\n\x1a\n" + bytes(100), r"a\.png is damaged"),
        ("a.txt", bytes(range(256)) * 20, r"a\.txt is not a text file"),
        ("a.pdf", b"%PDF-1.7\nnothing more", r"a\.pdf is damaged"),
        ("a.pdf", PDF[: len(PDF) // 10], r"a\.pdf is damaged"),
        ("a.docx", DOCX[: len(DOCX) // 2], r"a\.docx is damaged"),
    ],
)
def test_refusals_name_the_file_and_the_remedy(name: str, data: bytes, message: str) -> None:
    with pytest.raises(ReadingError, match=message) as caught:
        read_bytes(data, name)
    # Template and params let the app say it in Korean.
    assert caught.value.template.format(**caught.value.params) == str(caught.value)
    assert caught.value.params["name"] == name


def test_too_large(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(reading, "MAX_BYTES", 1000)
    path = tmp_path / "크다.txt"
    path.write_text("가" * 1000)
    with pytest.raises(ReadingError, match=r"크다\.txt is larger than"):
        read(path)
    with pytest.raises(ReadingError, match=r"크다\.txt is larger than"):
        read_bytes(path.read_bytes(), "크다.txt")


@pytest.mark.parametrize("name", ["a.pdf", "a.docx", "a.txt"])
def test_more_text_than_memory_should_hold(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setattr(document_writer, "MAX_CHARACTERS", 8)
    data = {"a.pdf": PDF, "a.docx": DOCX}.get(name, "저작물 이용허락 계약서".encode())
    with pytest.raises(ReadingError, match="holds more text than a document can"):
        read_bytes(data, name)


def test_missing_file(tmp_path: Path) -> None:
    with pytest.raises(ReadingError, match=r"none\.pdf cannot be opened"):
        read(tmp_path / "none.pdf")


def test_a_file_without_a_suffix_is_read_by_its_content(tmp_path: Path) -> None:
    path = tmp_path / "계약서"
    path.write_bytes(PDF)
    document = read(path, "받은 파일")
    assert (document.name, document.format) == ("받은 파일", "pdf")
    assert read_bytes(DOCX, "upload").format == "docx"


def _damage(data: bytes, cut: float, spots: list[tuple[float, int]]) -> bytes:
    damaged = bytearray(data[: int(len(data) * cut)])
    for place, value in spots:
        if damaged:
            damaged[int(len(damaged) * place * 0.999)] = value
    return bytes(damaged)


DAMAGE = {
    "cut": st.one_of(st.just(1.0), st.floats(0, 1)),
    "spots": st.lists(st.tuples(st.floats(0, 1), st.integers(0, 255)), max_size=8),
}


@pytest.mark.parametrize(("data", "name"), [(PDF, "a.pdf"), (DOCX, "a.docx")])
@given(**DAMAGE)
@settings(max_examples=150, deadline=None)
def test_damaged_files_are_read_or_refused(data: bytes, name: str, cut: float, spots: list[tuple[float, int]]) -> None:
    try:
        document = read_bytes(_damage(data, cut, spots), name)
    except ReadingError as error:
        assert name in str(error)
    else:
        assert_sound(document)


def test_a_tiff_whose_second_page_has_no_size_is_refused() -> None:
    """Pillow raises TypeError there, found by benchmarks/fuzz.py."""
    buffer = io.BytesIO()
    Image.new("L", (40, 30), 255).save(buffer, "TIFF", save_all=True, append_images=[Image.new("L", (40, 30), 255)])
    data = bytearray(buffer.getvalue())
    assert data[:2] == b"II"
    at = int.from_bytes(data[4:8], "little")
    at = int.from_bytes(data[at + 2 + 12 * int.from_bytes(data[at : at + 2], "little") :][:4], "little")
    entries = [at + 2 + 12 * number for number in range(int.from_bytes(data[at : at + 2], "little"))]
    width = next(entry for entry in entries if int.from_bytes(data[entry : entry + 2], "little") == 256)
    data[width : width + 2] = (253).to_bytes(2, "little")
    with pytest.raises(ReadingError, match=r"a\.tif is damaged"):
        image.page_image(bytes(data), "a.tif", 2)
    with pytest.raises(ReadingError, match=r"a\.tif is damaged"), image.opened(bytes(data), "a.tif") as picture:
        assert isinstance(picture, TiffImageFile) and picture.n_frames
