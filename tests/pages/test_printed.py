"""A DOCX on the Review page when its pages are printed: what was stored without pages stands on them."""

from __future__ import annotations

import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import docx
import pytest
from streamlit.testing.v1 import AppTest

from extractor import create_extractor, load_document_types
from extractor.core.extractions import FieldValue
from extractor.desk.intake import add_file
from extractor.store import DocumentRow, Store
from pages.components import desk, review_panel, sheets
from tests import stand_in_office
from tests.reading.test_docx import saved

from .test_review import html

LINES = (
    "저작물 이용허락 계약서",
    "저작물명 : 은빛 강가의 노래와 두루미의 첫 번째 겨울 여행",
    *(f"제{number}조 이용자는 저작물을 {number}년 동안 이용한다." for number in range(1, 8)),
    "계약일 : 2026년 3월 2일",
)


@pytest.fixture
def row(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> DocumentRow:
    """A contract that was extracted before it had pages."""
    source = docx.Document()
    for line in LINES:
        source.add_paragraph(line)
    types = load_document_types()
    row = add_file(store, saved(source), "계약서.docx", types)[0]
    assert row.document_type == "contract"
    store.save_extraction(
        row.hash, types["contract"], create_extractor("builtin").extract(store.document(row.hash), types["contract"])
    )
    monkeypatch.setenv("PATH", stand_in_office.put(tmp_path / "bin"))
    return row


def print_pages(row: DocumentRow) -> None:
    pages = desk.get_renditions()
    pages.make(row)
    pages.wait(row.hash, 60)
    assert not pages.coming(row.hash)


def values(store: Store, row: DocumentRow) -> dict[str, FieldValue]:
    return store.values(row.hash, load_document_types()["contract"])


def test_stored_evidence_stands_on_the_printed_pages(store: Store, row: DocumentRow) -> None:
    value = values(store, row)["signature_date"]
    [[page, start, end, boxes]] = sheets.places(row.hash, value)
    assert (page, boxes, sheets.is_text(row.hash), review_panel.sheet_count(row)) == (1, [], True, 1)

    print_pages(row)
    [[page, *span, boxes]] = sheets.places(row.hash, value)
    assert (page, span, sheets.is_text(row.hash), review_panel.sheet_count(row)) == (2, [start, end], False, 2)
    [[x0, y0, x1, y1]] = boxes
    assert stand_in_office.LEFT / 595 < x0 < x1 < 0.5
    assert y1 - y0 < 0.03


def test_a_page_is_handed_over_with_whole_words(store: Store, row: DocumentRow) -> None:
    print_pages(row)
    sheet = sheets._sheet(row.hash, 1, sharp=False)
    assert sheet["image"].startswith("data:image/jpeg") and sheet["source"] == 1
    text = store.document(row.hash).text
    words = [text[start:end] for start, end, *_box in sheet["words"]]
    # Both lines of a broken word give all of it to who points at them.
    broken = [word for word, following in pairwise(words) if word == following]
    assert broken == ["두루미의"]


def test_the_fields_name_the_printed_page_when_the_document_is_opened(
    open_page: Callable[..., AppTest], row: DocumentRow
) -> None:
    app = open_page("review", document=row.hash)
    assert "p. 2" in html(app)


def test_a_print_that_takes_long_is_not_waited_for(
    open_page: Callable[..., AppTest], row: DocumentRow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand_in_office.put(tmp_path / "bin", "prints when told")
    monkeypatch.setattr(sheets, "PATIENCE", 0.2)
    app = open_page("review", document=row.hash)
    assert "p. 1" in html(app) and "p. 2" not in html(app)
    (tmp_path / "bin" / "go").touch()
    print_pages(row)
    app.run()
    assert not app.exception
    assert "p. 2" in html(app)


def test_opening_a_document_has_it_and_the_next_one_printed(
    open_page: Callable[..., AppTest], store: Store, row: DocumentRow, tmp_path: Path
) -> None:
    source = docx.Document()
    for line in (*LINES, "붙임 1부"):
        source.add_paragraph(line)
    other = add_file(store, saved(source), "다음.docx", load_document_types())[0]
    open_page("review", document=row.hash)
    until = time.monotonic() + 300
    while not all(desk.get_renditions().file(one.hash).exists() for one in (row, other)):
        assert time.monotonic() < until
        time.sleep(0.02)
    assert stand_in_office.calls(tmp_path / "bin") == 2
