"""Long scans: workable from their first pages on, recognised to the end in the background."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from reportlab.pdfgen.canvas import Canvas

from extractor import create_extractor, load_document_types
from extractor.core.document_types import DocumentType
from extractor.core.documents import Document
from extractor.core.errors import BusyError, ReadingError
from extractor.core.extractions import Extraction, FieldValue
from extractor.desk import background_ocr
from extractor.desk.background_ocr import FIRST, BackgroundOcr
from extractor.desk.intake import add_file
from extractor.desk.runs import Runs
from extractor.extractors import sandboxed_text
from extractor.extractors.base import Extractor, Reply
from extractor.reading.formats import read_bytes
from extractor.reading.ocr import pages as scans
from extractor.store import DocumentRow, Store
from tests.reading.making import pdf
from tests.reading.scanning import pictures, saved, scanned

if scans.problem() is not None:
    pytest.skip("Tesseract is missing: apt-get install tesseract-ocr tesseract-ocr-kor", allow_module_level=True)

PAGES = 5
TYPES = load_document_types()


def page(number: int) -> Callable[[Canvas], None]:
    def draw(canvas: Canvas) -> None:
        canvas.setFont("Helvetica", 16)
        lines = ("LICENSE AGREEMENT", "Title of Work: Silver Orchard", "Licensor: Mina Harrow") if number == 1 else ()
        for place, line in enumerate((*lines, f"This is sheet number {number} of the agreement.")):
            canvas.drawString(72, 740 - 40 * place, line)
        if number == PAGES:
            canvas.drawString(72, 500, "Licensee: Northlight Press Ltd.")

    return draw


@pytest.fixture(scope="module")
def scan() -> bytes:
    return scanned(pdf(*[page(number) for number in range(1, PAGES + 1)]), dpi=110)


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    monkeypatch.setenv("RIGHTSDESK_DATA", str(tmp_path))
    opened = Store.open(folder=tmp_path)
    yield opened
    opened.close()


def finished(store: Store, hash: str) -> None:
    until = time.monotonic() + 900
    while store.row(hash).unread or store.unread():
        assert time.monotonic() < until
        time.sleep(0.05)


def test_the_first_pages_are_there_at_once_and_keep_their_places(scan: bytes, store: Store) -> None:
    row, _ = add_file(store, scan, "scan.pdf", TYPES, at_first=FIRST)
    assert (row.page_count, row.unread, row.document_type) == (PAGES, PAGES - FIRST, "contract")
    first = store.document(row.hash)
    assert "sheet number 2" in first.text and "sheet number 3" not in first.text
    assert first.pages[-1].width == first.pages[0].width > 0

    # Somebody extracts and corrects while the rest is recognised.
    store.save_extraction(row.hash, TYPES["contract"], create_extractor("builtin").extract(first, TYPES["contract"]))
    store.set_value(
        row.hash, TYPES["contract"], "work_title", FieldValue("Silver Orchard II", source="person:kim"), "kim"
    )
    BackgroundOcr(store, lambda: TYPES).go_on(row.hash)
    finished(store, row.hash)
    whole = store.document(row.hash)
    assert whole.text.startswith(first.text[: first.pages[FIRST - 1].end].rstrip("\f"))
    assert whole.pages[1].words == first.pages[1].words
    assert f"sheet number {PAGES}" in whole.text
    assert (whole.text, whole.pages) == ((read := read_bytes(scan, "scan.pdf")).text, read.pages)

    values = store.values(row.hash, TYPES["contract"])
    assert values["licensee"].value == "Northlight Press Ltd."
    assert (values["work_title"].value, values["work_title"].source) == ("Silver Orchard II", "person:kim")


def test_what_a_stopped_process_left_is_gone_on_with(scan: bytes, store: Store) -> None:
    row, _ = add_file(store, scan, "scan.pdf", TYPES, at_first=FIRST)
    assert store.unread() == [row.hash]
    BackgroundOcr(store, lambda: TYPES).resume()
    finished(store, row.hash)
    assert f"sheet number {PAGES}" in store.document(row.hash).text


def test_a_document_counts_as_read_only_when_its_extraction_is_kept(
    scan: bytes, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    row, _ = add_file(store, scan, "scan.pdf", TYPES, at_first=FIRST)
    first = create_extractor("builtin").extract(store.document(row.hash), TYPES["contract"])
    store.save_extraction(row.hash, TYPES["contract"], first)
    kept, read_on = [], store.read_on

    def last_step(document: Document, *more: Any) -> DocumentRow:
        if not document.unread:
            kept.append(store.values(row.hash, TYPES["contract"])["licensee"].value)
        return read_on(document, *more)

    monkeypatch.setattr(store, "read_on", last_step)
    BackgroundOcr(store, lambda: TYPES).go_on(row.hash)
    finished(store, row.hash)
    assert kept == ["Northlight Press Ltd."]


def test_nobody_pays_for_half_a_document(scan: bytes, store: Store) -> None:
    row, _ = add_file(store, scan, "scan.pdf", TYPES, at_first=FIRST)

    class Dear(Extractor):
        model, provider = "cloud_dear", "there"

        def extract(self, document: Document, document_type: DocumentType) -> Extraction:
            pytest.fail("asked")

        def reply(self, document: Document, document_type: DocumentType) -> Reply:
            pytest.fail("asked")

    runs = Runs(store, types=lambda: TYPES, create=lambda model, **_: Dear())
    run_id = runs.start([row.hash], ["cloud_dear"])
    while not (progress := runs.progress(run_id)).finished:
        time.sleep(0.02)
    runs.close()
    assert f"{PAGES - FIRST} pages are left" in str(progress.items[0].error)


def test_a_deleted_document_ends_it_and_a_tiff_works_as_well(scan: bytes, store: Store) -> None:
    gone, _ = add_file(store, scan, "gone.pdf", TYPES, at_first=FIRST)
    tiff = saved(pictures(pdf(*[page(number) for number in (1, 2, 3)]), dpi=110), "TIFF", dpi=110)
    row, _ = add_file(store, tiff, "scan.tif", TYPES, at_first=FIRST)
    assert row.unread == 1
    recognition = BackgroundOcr(store, lambda: TYPES)
    store.delete(gone.hash)
    recognition.go_on(gone.hash)
    recognition.go_on(row.hash)
    finished(store, row.hash)
    assert "sheet number 3" in store.document(row.hash).text


def test_recognition_that_breaks_off_leaves_what_was_read_and_says_why(
    scan: bytes, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    row, _ = add_file(store, scan, "scan.pdf", TYPES, at_first=FIRST)

    def broken(*_: object) -> None:
        raise ReadingError("{name} took too long.", name="scan.pdf")

    monkeypatch.setattr(background_ocr, "read_and_look", broken)
    BackgroundOcr(store, lambda: TYPES).go_on(row.hash)
    finished(store, row.hash)
    assert not (store.folder / "recognising" / row.hash).exists()
    assert "Text recognition stopped early (scan.pdf took too long.)" in str(store.row(row.hash).warnings)
    assert "sheet number 2" in store.document(row.hash).text


def test_what_the_machine_is_to_blame_for_is_tried_again(
    scan: bytes, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    row, _ = add_file(store, scan, "scan.pdf", TYPES, at_first=FIRST)
    read = sandboxed_text.read_and_look
    paused: list[float] = []

    def busy_at_first(*arguments: Any) -> sandboxed_text.Looked:
        if len(paused) < 3:
            raise BusyError("{name}: the server is short of memory.", name="scan.pdf")
        return read(*arguments)

    monkeypatch.setattr(background_ocr, "read_and_look", busy_at_first)
    BackgroundOcr(store, lambda: TYPES, pause=paused.append).go_on(row.hash)
    finished(store, row.hash)
    assert len(paused) == 3
    assert f"sheet number {PAGES}" in store.document(row.hash).text
    assert store.row(row.hash).warnings == ()


KILLED = """
import os, signal, sys
from pathlib import Path
from extractor import load_document_types
from extractor.desk import background_ocr
from extractor.store import Store

def end_of_the_server(*_):
    os.kill(os.getpid(), signal.SIGKILL)

background_ocr.read_and_look = end_of_the_server
recognition = background_ocr.BackgroundOcr(Store.open(folder=Path(sys.argv[1])), load_document_types)
recognition.resume()
recognition._background._thread.join()
"""


def test_a_document_that_ends_the_server_again_and_again_is_given_up_with_a_message(scan: bytes, store: Store) -> None:
    row, _ = add_file(store, scan, "scan.pdf", TYPES, at_first=FIRST)
    for _ in range(background_ocr.MOST_TRIES):
        ended = subprocess.run([sys.executable, "-c", KILLED, str(store.folder)], check=False, timeout=120)
        assert ended.returncode == -signal.SIGKILL
        assert store.unread() == [row.hash]
    BackgroundOcr(store, lambda: TYPES).resume()
    finished(store, row.hash)
    told = "Text recognition stopped early (the server ended 3 times while it worked on it)."
    assert store.row(row.hash).warnings == (told,)
    assert "sheet number 2" in store.document(row.hash).text
    assert list((store.folder / "recognising").iterdir()) == []


STOPPED = KILLED.replace("os.kill(os.getpid(), signal.SIGKILL)", "begun.set(); threading.Event().wait()").replace(
    "recognition._background._thread.join()", "begun.wait()"
)


def test_a_server_that_is_stopped_in_good_order_is_no_try(scan: bytes, store: Store) -> None:
    row, _ = add_file(store, scan, "scan.pdf", TYPES, at_first=FIRST)
    program = "import threading\nbegun = threading.Event()\n" + STOPPED
    for _ in range(background_ocr.MOST_TRIES + 1):
        subprocess.run([sys.executable, "-c", program, str(store.folder)], check=True, timeout=120)
    assert list((store.folder / "recognising").iterdir()) == []
    BackgroundOcr(store, lambda: TYPES).resume()
    finished(store, row.hash)
    assert store.row(row.hash).warnings == ()
