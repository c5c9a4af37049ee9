"""Where one person's form ends and the next begins, and that a part is what its pages were."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from PIL.TiffImagePlugin import TiffImageFile

from extractor.classification.binders import Part, cut_file, cut_out, parts_of, propose_parts
from extractor.core.document_types import load_document_types
from extractor.core.errors import ReadingError, StoreError
from extractor.desk.intake import add_file, split
from extractor.reading.formats import read, read_bytes
from extractor.store import Store
from samples.drawing.fonts import missing_fonts
from tests.reading.scanning import pictures, saved

from .making import SIGNERS, binder, cuts, together, two_pages, whole

if missing_fonts():
    pytest.skip("Fonts are missing: apt-get install fonts-nanum fonts-dejavu-core", allow_module_level=True)

SAMPLES = Path(__file__).parents[2] / "samples"


def proposed(data: bytes) -> list[int]:
    return [part.first for part in propose_parts(read_bytes(data, "binder.pdf"))][1:]


@pytest.mark.parametrize("count", [2, 9, 22])
def test_every_person_is_found(count: int) -> None:
    assert proposed(binder(whole(count))) == cuts(whole(count))


def test_one_persons_form_is_no_binder() -> None:
    assert proposed(two_pages(0)) == []


def test_swapped_pages_stay_with_their_person() -> None:
    pages = whole(6)
    pages[4], pages[5] = pages[5], pages[4]
    assert proposed(binder(pages)) == cuts(pages)


@pytest.mark.parametrize("missing", [1, 2, 3, 6, 9])
def test_missing_pages_move_no_cut(missing: int) -> None:
    pages = [page for number, page in enumerate(whole(5)) if number != missing]
    assert proposed(binder(pages)) == cuts(pages)


def test_two_people_whose_pages_are_all_swapped_are_left_to_a_person() -> None:
    """What the pages print says no more: 2 1 2 1 may be 2 | 1 2 | 1. The person sees it and moves the cuts."""
    pages = [(0, 1), (0, 2), (1, 2), (1, 1), (2, 2), (2, 1)]
    assert len(proposed(binder(pages))) >= 2


def test_different_papers_are_cut_at_their_titles() -> None:
    papers = ["consent_table_01.pdf", "contract_table_01.pdf", "public_grid_01.pdf"]
    read_apart = [len(read(SAMPLES / name).pages) for name in papers]
    assert read_apart == [1, 1, 1]
    assert proposed(together(*((SAMPLES / name).read_bytes() for name in papers))) == [2, 3]


@pytest.mark.parametrize("path", sorted(SAMPLES.glob("*.pdf")), ids=lambda path: path.stem)
def test_no_sample_is_taken_for_a_binder(path: Path) -> None:
    assert len(propose_parts(read(path))) == 1


def test_a_part_reads_as_its_file_would() -> None:
    data = binder(whole(3))
    document = read_bytes(data, "binder.pdf")
    part = Part(3, 4)
    cut = cut_out(document, part)
    again = read_bytes(two_pages(1), "again.pdf")
    assert cut.text == again.text
    assert [page.number for page in cut.pages] == [1, 2]
    assert [(word.start, word.end) for word in cut.words] == [(word.start, word.end) for word in again.words]
    assert cut.cells == again.cells
    assert cut.name == "binder (3-4).pdf"


@given(st.sets(st.integers(-2, 30)), st.integers(1, 25))
@settings(max_examples=200)
def test_parts_cover_every_page_once(wanted: set[int], pages: int) -> None:
    parts = parts_of(sorted(wanted), pages)
    assert [page for part in parts for page in range(part.first, part.last + 1)] == list(range(1, pages + 1))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store.open(folder=tmp_path)
    yield opened
    opened.close()


def test_split_puts_the_parts_in_the_place_of_the_binder(store: Store) -> None:
    types = load_document_types()
    row, _ = add_file(store, binder(whole(3)), "동의서.pdf", types)
    assert row.forms == 3
    kept = split(store, row.hash, propose_parts(store.document(row.hash)), types)
    assert [one.name for one in kept] == ["동의서 (1-2).pdf", "동의서 (3-4).pdf", "동의서 (5-6).pdf"]
    assert [one.document_type for one in kept] == ["transfer_consent"] * 3
    assert store.count() == 3
    for number, one in enumerate(kept):
        assert SIGNERS[number].name in store.document(one.hash).text
        assert SIGNERS[number].name in read(store.file(one.hash)).text


def test_an_approved_binder_is_not_split(store: Store) -> None:
    types = load_document_types()
    row, _ = add_file(store, binder(whole(2)), "동의서.pdf", types)
    store.approve(row.hash, types["transfer_consent"], "tester")
    with pytest.raises(StoreError, match="Reopen it"):
        split(store, row.hash, [Part(1, 2), Part(3, 4)], types)
    assert store.count() == 1


def test_a_binder_that_is_its_own_part_stays(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Cutting out all pages may give the same bytes again: the part is the document that is there already."""
    types = load_document_types()
    row, _ = add_file(store, binder(whole(1)), "동의서.pdf", types)
    monkeypatch.setattr("extractor.desk.intake.sandbox.run", lambda _cut, path, *_given, **_options: path.read_bytes())
    kept = split(store, row.hash, [Part(1, 2)], types)
    assert [one.hash for one in kept] == [row.hash]
    assert store.count() == 1 and store.file(row.hash).is_file()


def test_a_tiff_is_cut_between_its_frames(tmp_path: Path) -> None:
    path = tmp_path / "scan.tif"
    path.write_bytes(saved(pictures(binder(whole(2)), dpi=60), "TIFF", dpi=60))
    with Image.open(io.BytesIO(cut_file(path, "scan.tif", Part(3, 4)))) as cut, Image.open(path) as binder_picture:
        assert isinstance(cut, TiffImageFile) and cut.n_frames == 2
        binder_picture.seek(2)
        assert cut.size == binder_picture.size
        assert cut.convert("L").tobytes() == binder_picture.convert("L").tobytes()


def test_a_file_without_pages_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "letter.txt"
    path.write_text("text")
    with pytest.raises(ReadingError, match="Only PDF and TIFF"):
        cut_file(path, "letter.txt", Part(1, 1))
