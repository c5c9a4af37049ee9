"""Page images of a DOCX: printed once in the background by a stand-in for LibreOffice, kept, bounded, given up."""

from __future__ import annotations

import os
import shutil
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import docx
import psutil
import pytest

from extractor import load_document_types
from extractor.desk import printed_pages
from extractor.desk.intake import add_file
from extractor.desk.printed_pages import PrintedPages
from extractor.reading import sandbox
from extractor.store import DocumentRow, Store
from tests import stand_in_office
from tests.reading.test_docx import saved

LINES = (
    "저작물 이용허락 동의서",
    "저작물명 : 은빛 강가의 노래와 그 밖의 시 열두 편을 모은 책",
    "권리자 : 한가람",
    *(f"제{number}조 이용자는 저작물을 {number}년 동안 이용한다." for number in range(1, 15)),
)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store.open(folder=tmp_path / "data")
    yield opened
    opened.close()


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Path]:
    """Puts a stand-in on the PATH, alone of its name: `office("prints")`; its folder."""

    def put(kind: str) -> Path:
        monkeypatch.setenv("PATH", stand_in_office.put(tmp_path / "bin", kind))
        return tmp_path / "bin"

    return put


def add(store: Store, *lines: str, name: str = "동의서.docx") -> DocumentRow:
    source = docx.Document()
    for line in lines or LINES:
        source.add_paragraph(line)
    return add_file(store, saved(source), name, load_document_types())[0]


def made(pages: PrintedPages, row: DocumentRow) -> PrintedPages:
    """`pages` when the background is done with a document."""
    pages.make(row)
    pages.wait(row.hash, 60)
    assert not pages.coming(row.hash)
    return pages


def test_a_document_gets_pages_and_boxes_and_keeps_its_text(store: Store, office: Callable[[str], Path]) -> None:
    office("prints")
    row = add(store)
    found = made(PrintedPages(store), row).document(row.hash)
    assert found is not None
    before = store.document(row.hash)
    assert (before.pages[0].width, len(before.pages)) == (0, 1)
    assert found.text == before.text
    assert len(found.pages) == 4 and found.pages[0].width > 0
    assert all(word.box for word in found.words)
    start = found.text.index("14년")
    assert found.page_at(start).number == 4
    assert store.row(row.hash) == row


def test_it_is_printed_once_and_read_again_by_others(store: Store, office: Callable[[str], Path]) -> None:
    folder = office("prints")
    row = add(store)
    first = made(PrintedPages(store), row).document(row.hash)
    assert first is not None
    other = made(PrintedPages(store), row)
    assert other.document(row.hash) == first
    assert other.document(row.hash) is other.document(row.hash)
    assert stand_in_office.calls(folder) == 1


@pytest.mark.parametrize("kind", ["refuses", "prints other text"])
def test_what_cannot_be_printed_stays_text_and_is_left_alone_for_a_day(
    store: Store, office: Callable[[str], Path], kind: str
) -> None:
    folder = office(kind)
    row = add(store)
    pages = made(PrintedPages(store), row)
    assert pages.document(row.hash) is None
    assert made(PrintedPages(store), row).document(row.hash) is None
    assert stand_in_office.calls(folder) == 1

    mark = pages.file(row.hash).with_suffix(".failed")
    long_ago = time.time() - printed_pages.TRY_AGAIN_SECONDS - 1
    os.utime(mark, (long_ago, long_ago))
    office("prints")
    assert made(pages, row).document(row.hash) is not None
    assert stand_in_office.calls(folder) == 2


def test_a_program_that_hangs_is_ended_and_costs_its_own_document_the_pages(
    store: Store, office: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = office("hangs")
    monkeypatch.setattr(sandbox, "ASLEEP_SECONDS", 2.0)
    row = add(store)
    assert made(PrintedPages(store), row).document(row.hash) is None
    hung = int((folder / "calls").read_text())
    assert not psutil.pid_exists(hung) or psutil.Process(hung).status() == psutil.STATUS_ZOMBIE
    office("prints")
    monkeypatch.undo()
    monkeypatch.setenv("PATH", stand_in_office.put(folder))
    other = add(store, *LINES, "붙임")
    assert made(PrintedPages(store), other).document(other.hash) is not None


def test_without_the_program_nothing_is_made(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    row = add(store)
    pages = PrintedPages(store)
    pages.make(row)
    assert not pages.coming(row.hash)
    assert pages.document(row.hash) is None
    assert not pages.file(row.hash).parent.exists()


def test_other_formats_are_left_to_their_own_pages_and_texts(store: Store, office: Callable[[str], Path]) -> None:
    folder = office("prints")
    row = add_file(store, "\n".join(LINES).encode(), "동의서.txt", load_document_types())[0]
    assert made(PrintedPages(store), row).document(row.hash) is None
    assert stand_in_office.calls(folder) == 0


def test_what_was_not_used_for_longest_goes_when_it_becomes_too_much(
    store: Store, office: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    office("prints")
    pages = PrintedPages(store)
    rows = [add(store, *LINES, f"붙임 {number}") for number in range(3)]
    for row, ago in zip(rows, (20, 10), strict=False):
        made(pages, row)
        os.utime(pages.file(row.hash), (time.time() - ago,) * 2)
    size = pages.file(rows[0].hash).stat().st_size
    monkeypatch.setattr(printed_pages, "MOST_BYTES", int(size * 2.5))
    assert PrintedPages(store).document(rows[0].hash) is not None
    made(pages, rows[2])
    assert [pages.document(row.hash) is not None for row in rows] == [True, False, True]
    assert made(pages, rows[1]).document(rows[1].hash) is not None


def test_pages_go_with_their_document(store: Store, office: Callable[[str], Path]) -> None:
    office("prints")
    row = add(store)
    pages = made(PrintedPages(store), row)
    assert pages.file(row.hash).exists()
    store.delete(row.hash)
    assert list(pages.file(row.hash).parent.iterdir()) == []


def test_pages_of_a_document_that_was_deleted_meanwhile_are_not_kept(
    store: Store, office: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    office("prints")
    row = add(store)
    pages = PrintedPages(store)
    publish = printed_pages._publish

    def deleted_before(printed: Path, target: Path) -> None:
        store.delete(row.hash)
        publish(printed, target)

    monkeypatch.setattr(printed_pages, "_publish", deleted_before)
    made(pages, row)
    assert list(pages.file(row.hash).parent.iterdir()) == []


def test_a_damaged_print_is_given_up(store: Store, office: Callable[[str], Path]) -> None:
    office("prints")
    row = add(store)
    made(PrintedPages(store), row).file(row.hash).write_bytes(b"%PDF-1.7 and no more")
    pages = PrintedPages(store)
    assert pages.document(row.hash) is None
    assert not pages.file(row.hash).exists()


def test_the_program_gets_nothing_that_acts_or_fetches(store: Store, office: Callable[[str], Path]) -> None:
    folder = office("prints")
    source = docx.Document()
    for line in LINES:
        source.add_paragraph(line)
    relate = source.part.relate_to
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
    relate("http://example.invalid/photo.png", f"{kind}image", is_external=True)
    relate("http://example.invalid/form.dotm", f"{kind}attachedTemplate", is_external=True)
    relate("http://example.invalid/terms", f"{kind}hyperlink", is_external=True)
    data = folder / "source.docx"
    data.write_bytes(saved(source))
    with zipfile.ZipFile(data, "a") as archive:
        archive.writestr("word/vbaProject.bin", b"program")
        archive.writestr("word/embeddings/sheet.xlsx", b"object")
        archive.writestr("word/media/image1.png", b"picture")
    row = add_file(store, data.read_bytes(), "동의서.docx", load_document_types())[0]
    assert made(PrintedPages(store), row).document(row.hash) is not None
    with zipfile.ZipFile(folder / "given.docx") as given:
        names = given.namelist()
        links = given.read("word/_rels/document.xml.rels").decode()
    assert "word/media/image1.png" in names
    assert not [name for name in names if "vba" in name or "embeddings" in name]
    assert "example.invalid" not in links and links.count("about:blank") == 1
    settings = (folder / "settings.xcu").read_text()
    for name, value in (("DisableMacrosExecution", "true"), ("BlockUntrustedRefererLinks", "true"), ("Link", "2")):
        assert f'oor:name="{name}" oor:op="fuse"><value>{value}<' in settings


SAMPLES = [Path(__file__).parents[1] / "samples" / f"{name}.docx" for name in ("contract_table_03", "public_grid_03")]


@pytest.mark.skipif(
    not shutil.which("soffice"), reason="LibreOffice is missing: apt-get install libreoffice-writer-nogui"
)
def test_libreoffice_prints_the_samples_and_nearly_all_words_are_found(store: Store) -> None:
    for path in SAMPLES:
        row = add_file(store, path.read_bytes(), path.name, load_document_types())[0]
        found = made(PrintedPages(store), row).document(row.hash)
        assert found is not None, path.name
        assert found.text == store.document(row.hash).text
        boxes = [word.box for word in found.words]
        assert sum(box is not None for box in boxes) >= 0.99 * len(boxes), path.name
