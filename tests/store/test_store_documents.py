from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from extractor.core.documents import Box, Cell, Document, Page, Word
from extractor.core.errors import StoreError
from extractor.store import DocumentRow, Store, files, tables
from extractor.store.pack import pack_cells, pack_pages, unpack_cells, unpack_page
from tests.store.making import LETTER, document, extraction

Add = Callable[..., DocumentRow]


def test_a_document_comes_back_as_it_was_read(store: Store) -> None:
    data = b"%PDF of three pages"
    read = document(pages=3)
    row, new = store.add(data, read, "letter", 0.75)
    assert new
    assert row.hash == hashlib.sha256(data).hexdigest()
    assert (row.name, row.state, row.page_count, row.size, row.type_confidence) == ("문서.pdf", "new", 3, 19, 0.75)
    assert row.warnings == read.warnings
    assert row.created_at.utcoffset() is not None
    assert store.document(row.hash) == replace(read, content_hash=row.hash)
    assert store.file(row.hash).read_bytes() == data


def test_one_page_comes_with_its_own_text(store: Store, add: Add) -> None:
    row = add(pages=3)
    whole = store.document(row.hash)
    for page in whole.pages:
        assert store.page(row.hash, page.number) == (page, whole.text[page.start : page.end])
    with pytest.raises(StoreError, match=r"문서.pdf.*no page 4"):
        store.page(row.hash, 4)


def test_a_page_is_read_without_the_others(store: Store, add: Add) -> None:
    """Damage to every other page goes unnoticed: only the asked one is touched."""
    row = add(pages=3)
    with store.engine.begin() as connection:
        connection.execute(tables.pages.update().where(tables.pages.c.number != 2).values(text=b"x", words=b"x"))
        connection.execute(tables.cells.update().values(data=b"x"))
    assert store.page(row.hash, 2)[0].number == 2


def test_the_same_content_is_kept_once(store: Store, add: Add) -> None:
    first = add()
    again, new = store.add("문서.pdf 저작물명: 봄날의 기록".encode(), document(name="사본.pdf"), "form", None)
    assert not new
    assert again == first
    assert store.lookup("문서.pdf 저작물명: 봄날의 기록".encode()) == first
    assert store.lookup(b"something else") is None


def test_text_that_databases_refuse_is_kept(store: Store) -> None:
    read = document(text="널\0과 반쪽 \ud800 글자", name="이름\0\udcff.pdf")
    row, _ = store.add(b"1", read, "letter", None)
    assert store.document(row.hash).text == read.text
    assert row.name == "이름?.pdf"
    store.save_extraction(row.hash, LETTER, extraction(work_title="\0 \ud800"))
    assert store.values(row.hash, LETTER)["work_title"].value == "\0 \ud800"


def test_deleting_takes_everything_along(store: Store, add: Add) -> None:
    row = add(pages=2)
    store.save_extraction(row.hash, LETTER, extraction(work_title="봄"))
    store.set_value(row.hash, LETTER, "work_title", extraction(work_title="여름").fields["work_title"], "kim")
    store.approve(row.hash, LETTER, "kim")
    path = store.file(row.hash)
    store.delete(row.hash)
    assert not path.exists()
    with store.engine.connect() as connection:
        for table in (tables.documents, tables.pages, tables.cells, tables.extractions, tables.edits, tables.approvals):
            assert connection.scalar(select(func.count()).select_from(table)) == 0
    with pytest.raises(StoreError, match="not in the store"):
        store.row(row.hash)


def test_a_missing_file_is_named_and_comes_back_with_an_upload(store: Store, add: Add) -> None:
    row = add()
    store.file(row.hash).unlink()
    with pytest.raises(StoreError, match=r"문서.pdf: its content is missing.*Upload it again"):
        store.file(row.hash)
    content = "문서.pdf 저작물명: 봄날의 기록".encode()
    assert store.lookup(content) == row
    assert store.file(row.hash).read_bytes() == content


def test_a_file_that_cannot_be_kept_leaves_nothing_behind(store: Store) -> None:
    (store.folder / "files").write_text("in the way")
    with pytest.raises(StoreError, match="cannot be kept"):
        store.add(b"1", document(), "letter", None)
    assert store.count() == 0


def test_the_data_folder_cannot_be_a_file(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("")
    with pytest.raises(StoreError, match="RIGHTSDESK_DATA"):
        Store.open(folder=tmp_path / "data")


numbers = st.floats(0, 1)
boxes = st.none() | st.builds(Box, numbers, numbers, numbers, numbers)
seen = st.tuples(boxes, st.none() | numbers).map(lambda one: one if one[0] else (None, None))


@given(
    texts=st.lists(st.text(st.characters(codec=None)), min_size=1, max_size=4),
    word=seen,
    cell_box=boxes,
)
def test_packing_loses_nothing(texts: list[str], word: tuple[Any, Any], cell_box: Box | None) -> None:
    pages, start = [], 0
    for number, text in enumerate(texts, 1):
        pages.append(Page(number, start, start + len(text), (Word(start, start + len(text), *word),), 1.5, 0.1))
        start += len(text) + 1
    cells = (Cell(1, 2, 3, 4, 5, 6, 7, 8, cell_box),)
    whole = Document("a", "h", "text", "\f".join(texts), tuple(pages), cells)
    rows = [type("Row", (), packed) for packed in pack_pages(whole)]
    assert [unpack_page(row)[0] for row in rows] == pages
    assert "".join(unpack_page(row)[1] for row in rows) == whole.text
    assert unpack_cells(pack_cells(cells)) == cells


def test_a_deletion_that_was_cut_off_leaves_the_file_where_it_is_found(store: Store, add: Add) -> None:
    row = add()
    kept = store.file(row.hash).read_bytes()
    files.set_aside(store.folder, row.hash)  # The process died before the database knew.
    assert store.file(row.hash).read_bytes() == kept


def test_a_path_is_no_hash(store: Store) -> None:
    for hash in ("../../etc/passwd", "/etc/passwd", "a" * 63):
        for ask in (store.file, store.rendition):
            with pytest.raises(StoreError, match="not in the store"):
                ask(hash)
