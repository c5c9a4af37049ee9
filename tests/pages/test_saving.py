"""What cannot be saved is said so, in every word true, and stays where it was typed."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from extractor import create_extractor
from extractor.core.document_types import load_document_types
from extractor.core.extractions import FieldValue
from extractor.store import DocumentRow, Store, engine
from tests.store.test_store_faults import FAULTS, held

from .conftest import texts
from .test_review import html, press, widget

CONTRACT = load_document_types()["contract"]
TYPED = "가람지방법원"


@pytest.fixture
def row(store: Store, add: Callable[..., DocumentRow], monkeypatch: pytest.MonkeyPatch) -> DocumentRow:
    """A contract with an edit to undo, and one that is approved."""
    monkeypatch.setattr(engine, "BUSY_SECONDS", 0.2)
    row = add()
    store.set_type(row.hash, "contract", "tester")
    store.save_extraction(row.hash, CONTRACT, create_extractor("builtin").extract(store.document(row.hash), CONTRACT))
    return row


def type_text(app: AppTest, row: DocumentRow) -> None:
    widget(app, row, "governing_court").set_value(TYPED).run()


def key_of(app: AppTest, end: str) -> str:
    """The key of the first button whose key ends so."""
    return next(button.key for button in app.button if button.key and button.key.endswith(end))


def choose(app: AppTest, row: DocumentRow) -> None:
    widget(app, row, "exclusivity").set_value("독점").run()


def choose_some(app: AppTest, row: DocumentRow) -> None:
    widget(app, row, "granted_rights").set_value(["복제권"]).run()


def add_party(app: AppTest, row: DocumentRow) -> None:
    widget(app, row, "parties/add").click().run()


def retype(app: AppTest, row: DocumentRow) -> None:
    box = next(box for box in app.selectbox if str(box.key).startswith(f"review-type-{row.hash[:12]}/en"))
    box.set_value("consent").run()


WRITES: dict[str, Callable[[AppTest, DocumentRow], object]] = {
    "type": type_text,
    "choose": choose,
    "choose_some": choose_some,
    "add": add_party,
    "retype": retype,
    "undo": lambda app, row: press(app, "review-undo"),
    "approve": lambda app, row: press(app, "review-approve"),
}
IN_THEIR_FIELDS: dict[str, tuple[str, object]] = {
    "type": ("governing_court", TYPED),
    "choose": ("exclusivity", "독점"),
    "choose_some": ("granted_rights", ["복제권"]),
}


@pytest.mark.parametrize("write", WRITES)
@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_of_the_database_is_told_and_nothing_is_lost(
    open_page: Callable[..., AppTest], row: DocumentRow, store: Store, fault: str, write: str
) -> None:
    app = open_page("review", document=row.hash)
    widget(app, row, "licensee").set_value("가람출판").run()  # Something to undo.
    before = held(store)
    with FAULTS[fault](store):
        WRITES[write](app, row)
        assert held(store) == before
        said = texts(app) + html(app)
        assert not app.exception
        assert "not saved" in said.lower() or "nothing of it" in said.lower(), said
        assert "Your work is saved" not in said
        if write in IN_THEIR_FIELDS:
            path, entered = IN_THEIR_FIELDS[write]
            assert widget(app, row, path).value == entered
            # Trying again while it still does not work changes nothing of that.
            again = press(app, key_of(app, "/again"))
            assert widget(again, row, path).value == entered
            assert held(store) == before
    if write in IN_THEIR_FIELDS:
        path, entered = IN_THEIR_FIELDS[write]
        press(app, key_of(app, "/again"))
        assert store.values(row.hash, CONTRACT)[path].value == entered
        assert "Not saved yet" not in html(app)
    else:
        WRITES[write](app, row)
        assert held(store) != before


def test_what_is_not_saved_is_not_approved_over(
    open_page: Callable[..., AppTest], row: DocumentRow, store: Store
) -> None:
    app = open_page("review", document=row.hash)
    with FAULTS["read_only"](store):
        type_text(app, row)
    press(app, "review-approve")
    assert store.row(row.hash).state != "approved"
    assert "Not approved" in texts(app)
    assert widget(app, row, "governing_court").value == TYPED
    press(app, key_of(app, "/give-up"))
    assert widget(app, row, "governing_court").value != TYPED
    press(app, "review-approve")
    assert store.row(row.hash).state == "approved" or "required" in html(app)


def test_both_values_are_offered_when_somebody_else_was_faster(
    open_page: Callable[..., AppTest], row: DocumentRow, store: Store
) -> None:
    app = open_page("review", document=row.hash)
    for choice, wanted in (("again", TYPED), ("give-up", "나루지방법원")):
        store.set_value(row.hash, CONTRACT, "governing_court", FieldValue("나루지방법원"), "park", "another browser")
        type_text(app, row)
        assert store.values(row.hash, CONTRACT)["governing_court"].value == "나루지방법원"
        assert widget(app, row, "governing_court").value == TYPED
        labels = {
            button.key.rpartition("/")[2]: button.label
            for button in app.button
            if button.key and "governing_court" in button.key
        }
        assert labels["again"] == "Keep mine"
        assert "나루지방법원" in labels["give-up"] and "park" in labels["give-up"]
        press(app, key_of(app, f"governing_court/{choice}"))
        assert store.values(row.hash, CONTRACT)["governing_court"].value == wanted
        assert widget(app, row, "governing_court").value == wanted
        widget(app, row, "governing_court").set_value("").run()


def test_text_typed_into_a_document_that_was_approved_meanwhile_stays(
    open_page: Callable[..., AppTest], row: DocumentRow, store: Store
) -> None:
    app = open_page("review", document=row.hash)
    store.approve(row.hash, CONTRACT, "park", "another browser")
    type_text(app, row)
    assert widget(app, row, "governing_court").value == TYPED
    assert "approved, by park" in html(app)
    press(app, "review-reopen")
    press(app, key_of(app, "/again"))
    assert store.values(row.hash, CONTRACT)["governing_court"].value == TYPED
