"""HWP and HWPX: real files of Hancom Office and invented ones (see hancom/README.md), and hostile ones."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from extractor import create_extractor, load_document_types
from extractor.core.errors import ReadingError
from extractor.reading import hwp as hwp_reader
from extractor.reading.formats import read, read_bytes

HERE = Path(__file__).parent / "hancom"


@pytest.mark.parametrize("format", ["hwp", "hwpx"])
def test_a_file_of_hancom_office(format: str) -> None:
    document = read(HERE / f"sample_document.{format}")
    assert document.format == format
    assert document.text.splitlines()[0] == "동해 물과 백두산이 마르고 닳도록"
    (cell,) = document.cells
    assert document.text[cell.start : cell.end].splitlines()[:2] == ["무궁화 삼천리", "화려 강산"]
    assert not document.warnings


@pytest.mark.parametrize("format", ["hwp", "hwpx"])
def test_tables_and_ticks_lead_to_metadata(format: str) -> None:
    document = read(HERE / f"licence.{format}")
    cells = {(cell.row, cell.column): document.text[cell.start : cell.end] for cell in document.cells}
    assert cells[2, 0] == "이용기간"
    assert cells[2, 1] == "2026. 1. 1. ~ 2028. 12. 31."
    found = create_extractor("builtin").extract(document, load_document_types()["contract"])
    assert found.metadata["work_title"] == "은빛 강가의 노래"
    assert found.metadata["payment_amount"] == 3_000_000
    assert found.metadata["granted_rights"] == ["복제권", "공중송신권"]
    assert all(value.supported for value in found.fields.values())


def test_the_content_decides_which_of_the_two_it_is() -> None:
    data = (HERE / "licence.hwpx").read_bytes()
    assert read_bytes(data, "계약서.hwp").format == "hwpx"
    with pytest.raises(ReadingError, match="not what its name says"):
        read_bytes(data, "계약서.docx")


def test_an_encrypted_file_is_refused_with_the_remedy() -> None:
    with pytest.raises(ReadingError, match=r"protected_document\.hwp is encrypted\. Save it without a password"):
        read(HERE / "protected_document.hwp")


def test_the_hancom_files_of_the_nineties_are_named() -> None:
    with pytest.raises(ReadingError, match=r"HWP 3.*not read yet"):
        read_bytes(b"HWP Document File V3.00 \x1a\x01\x02\x03\x04\x05" + b"\0" * 500, "옛글.hwp")


@pytest.mark.parametrize("format", ["hwp", "hwpx"])
@pytest.mark.parametrize("part", [0.1, 0.5, 0.9])
def test_a_truncated_file_is_refused(format: str, part: float) -> None:
    data = (HERE / f"licence.{format}").read_bytes()
    with pytest.raises(ReadingError, match=r"damaged|holds no text|old Office file"):
        read_bytes(data[: int(len(data) * part)], f"반쪽.{format}")


def test_what_unpacks_to_too_much_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hwp_reader, "MAX_TEXT_BYTES", 1000)
    with pytest.raises(ReadingError, match="unpacks to more"):
        read(HERE / "licence.hwp")


def test_a_zip_bomb_is_refused() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(HERE / "licence.hwpx") as source, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as target:
        for member in source.infolist():
            target.writestr(member.filename, source.read(member))
        target.writestr("Contents/section1.xml", b" " * 100_000_000)
    with pytest.raises(ReadingError, match="unpacks to more"):
        read_bytes(buffer.getvalue(), "폭탄.hwpx")
