from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from extractor.core.document_types import load_document_types
from extractor.store import DocumentRow, Store
from pages.components import samples


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "samples"
    folder.mkdir()
    for path in sorted(samples.FOLDER.glob("*.pdf"))[:2]:
        (folder / path.name).write_bytes(path.read_bytes())
    return folder


def test_samples_are_loaded_once(store: Store, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("RIGHTSDESK_SAMPLES")
    assert samples.wanted(store)
    assert samples.load(store, load_document_types(), folder) == 2
    assert {row.state for row in store.find()} == {"new"}
    for row in store.find():
        store.delete(row.hash)
    # Who deletes the samples does not want them back at the next start.
    assert not samples.wanted(store)


def test_a_damaged_sample_is_left_out(store: Store, folder: Path) -> None:
    (folder / "damaged.pdf").write_bytes(b"%PDF-1.7 nothing")
    (folder / "README.md").write_text("About the samples", encoding="utf-8")
    assert samples.load(store, load_document_types(), folder) == 2


def test_missing_samples_do_not_stop_the_desk(store: Store, tmp_path: Path) -> None:
    assert samples.load(store, load_document_types(), tmp_path / "nowhere") == 0


def test_they_can_be_turned_off(store: Store) -> None:
    assert not samples.wanted(store)


def test_a_desk_in_use_gets_no_samples(
    store: Store, add: Callable[..., DocumentRow], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("RIGHTSDESK_SAMPLES")
    add()
    assert not samples.wanted(store)
