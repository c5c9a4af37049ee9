"""Two people at the desk, and a type file with a slip in it: what the pages make of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from shutil import copytree

import pytest
from streamlit.testing.v1 import AppTest

from extractor import create_extractor, load_document_types
from extractor.core import document_types
from extractor.core.document_types import DocumentType
from extractor.store import DocumentRow, Store
from pages.components import desk

from .conftest import CONTRACT, texts
from .test_review import press, widget

Add = Callable[..., DocumentRow]
Open = Callable[..., AppTest]


@pytest.fixture
def contract() -> DocumentType:
    return load_document_types()["contract"]


@pytest.fixture
def rows(store: Store, add: Add, contract: DocumentType) -> list[DocumentRow]:
    """Three extracted contracts, in the order of the queue."""
    rows = [add(f"{number}.txt", f"{CONTRACT}{number}") for number in range(3)]
    for row in rows:
        store.set_type(row.hash, "contract", "tester")
        store.save_extraction(
            row.hash, contract, create_extractor("builtin").extract(store.document(row.hash), contract)
        )
    return [store.row(row.hash) for row in store.find()]


def opened(app: AppTest) -> str:
    found = app.query_params["document"]
    return found if isinstance(found, str) else found[0]


def test_who_asks_for_the_next_document_gets_one_that_nobody_has(open_page: Open, rows: list[DocumentRow]) -> None:
    one, two = open_page("review"), open_page("review")
    assert [opened(one), opened(two)] == [rows[0].hash, rows[1].hash]
    press(one, "review-approve")
    if opened(one) == rows[0].hash:
        press(one, "review-anyway")
    assert opened(one) == rows[2].hash
    press(two, "review-previous")  # Asked for by hand, it may be opened.
    assert opened(two) == rows[0].hash


def test_next_passes_over_what_others_have_open(open_page: Open, rows: list[DocumentRow], store: Store) -> None:
    open_page("review", document=rows[1].hash)
    app = open_page("review", document=rows[0].hash)
    press(app, "review-next")
    assert opened(app) == rows[2].hash
    assert store.row(rows[0].hash).review_by is None


def test_a_document_in_use_says_so_on_the_page_and_in_the_queue(
    open_page: Open, rows: list[DocumentRow], store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "window" not in texts(open_page("review", document=rows[0].hash))
    assert "Open in another window" in texts(open_page("review", document=rows[0].hash))
    monkeypatch.setenv("RIGHTSDESK_USER", "박기록")
    assert "In use by tester" in texts(open_page("review", document=rows[0].hash))
    assert "In use by tester" in "".join(str(table.proto) for table in open_page("documents").get("bidi_component"))


def test_who_goes_to_another_page_gives_the_document_back(
    open_page: Open, rows: list[DocumentRow], store: Store
) -> None:
    app = open_page("review", document=rows[0].hash)
    assert store.row(rows[0].hash).review_by == "tester"
    app.switch_page("desk/export.py").run()
    assert store.row(rows[0].hash).review_by is None


def test_tabs_of_one_browser_share_a_lease_and_the_last_gives_it_back(store: Store, rows: list[DocumentRow]) -> None:
    one, two, other = (desk.Held(store, "tester", session) for session in ("browser", "browser", "another"))
    for tab in (one, two):
        store.lease(rows[0].hash, "tester", "browser")
        tab.keep(rows[0].hash)
    other.keep(rows[0].hash)  # Looks at it, and has no lease.
    one.keep(rows[1].hash)
    assert store.row(rows[0].hash).review_session == "browser"
    other.keep("")
    assert store.row(rows[0].hash).review_session == "browser"
    two.keep("")
    assert store.row(rows[0].hash).review_session is None
    two.keep("")
    one.keep("")
    assert not desk.Held._open


def test_undo_on_the_page_is_ones_own(
    open_page: Open, rows: list[DocumentRow], store: Store, contract: DocumentType
) -> None:
    one, two = (open_page("review", document=rows[0].hash) for _ in range(2))
    widget(one, rows[0], "governing_court").set_value("가람지방법원").run()
    widget(two, rows[0], "licensee").set_value("나래출판").run()
    for _ in range(3):
        press(two, "review-undo")
    values = store.values(rows[0].hash, contract)
    assert values["governing_court"].value == "가람지방법원"
    assert values["licensee"].value == "주식회사 새벽출판"


@pytest.fixture
def slip(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A comma is missing in the type of contracts."""
    folder = tmp_path / "types"
    copytree(document_types.FOLDER, folder)
    text = (folder / "contract.json").read_text(encoding="utf-8")
    (folder / "contract.json").write_text(text.replace(",\n", "\n", 1), encoding="utf-8")
    monkeypatch.setattr(document_types, "FOLDER", folder)


@pytest.mark.parametrize("page", ["documents", "extract", "review", "compare", "export"])
def test_a_malformed_type_file_stops_no_page(open_page: Open, rows: list[DocumentRow], slip: None, page: str) -> None:
    app = open_page(page)
    assert "contract.json, line 3: is not valid JSON" in texts(app)
    assert not app.error


def test_a_document_of_a_damaged_type_is_shown_and_edited_as_it_was(
    open_page: Open, rows: list[DocumentRow], store: Store, contract: DocumentType, slip: None
) -> None:
    app = open_page("review", document=rows[0].hash)
    widget(app, rows[0], "governing_court").set_value("가람지방법원").run()
    assert store.values(rows[0].hash, contract)["governing_court"].value == "가람지방법원"
    assert store.row(rows[0].hash).document_type == "contract"
