from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from extractor.store import DocumentRow, Store
from tests.store.making import document, types


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store.open(folder=tmp_path / "data", types=types)
    yield store
    store.close()


@pytest.fixture
def add(store: Store) -> Callable[..., DocumentRow]:
    """Adds an invented document to the store; each name is another content."""

    def add(
        name: str = "문서.pdf", text: str = "저작물명: 봄날의 기록", pages: int = 1, key: str = "letter"
    ) -> DocumentRow:
        row, new = store.add(f"{name} {text}".encode(), document(text, name, pages), key, 0.9)
        assert new
        return row

    return add
