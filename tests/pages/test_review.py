from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Widget

from extractor import create_extractor, load_document_types
from extractor.core import leaves
from extractor.core.document_types import DocumentType
from extractor.core.extractions import Evidence, Extraction, FieldValue
from extractor.store import DocumentRow, Store
from pages.components import desk, fields, review_panel

from .conftest import texts

USER = "tester"


@pytest.fixture
def contract() -> DocumentType:
    return load_document_types()["contract"]


@pytest.fixture
def row(store: Store, add: Callable[..., DocumentRow], contract: DocumentType) -> DocumentRow:
    """An extracted contract."""
    row = add()
    store.set_type(row.hash, "contract", USER)
    store.save_extraction(row.hash, contract, create_extractor("builtin").extract(store.document(row.hash), contract))
    return row


def widget(app: AppTest, row: DocumentRow, path: str) -> Widget:
    key = f"{row.hash[:12]}/contract/{path}"
    keys = (key, f"{key}/en", f"{key}/few/en", f"{key}/many/en")  # Each with the number of its changes.
    kinds = ("text_area", "button_group", "selectbox", "button")
    return next(
        element
        for kind in kinds
        for element in app.get(kind)
        if isinstance(element, Widget) and str(element.key).partition("#")[0] in keys
    )


def html(app: AppTest) -> str:
    return "\n".join(str(element.proto.body) for element in app.get("html"))


def press(app: AppTest, key: str) -> AppTest:
    return next(button for button in app.button if button.key == key).click().run()


def test_an_empty_desk_leads_to_the_documents(open_page: Callable[..., AppTest]) -> None:
    assert "There is no document to review" in texts(open_page("review"))


@pytest.mark.parametrize(("pages", "shown"), [((1,), "1"), ((1, 2), "1–2"), ((2, 1, 1), "1–2"), ((1, 3), "1, 3")])
def test_evidence_names_every_page_it_stands_on(
    monkeypatch: pytest.MonkeyPatch, pages: tuple[int, ...], shown: str
) -> None:
    monkeypatch.setattr(review_panel, "place", lambda: SimpleNamespace(document="abc"))
    monkeypatch.setattr(review_panel, "sheet_of", lambda hash, page, start: page)
    evidence = tuple(Evidence(page, 0, 1, "줄", alignment="manual") for page in pages)
    assert fields._sheets(FieldValue("두 쪽", evidence=evidence)) == shown


def test_fields_stand_in_schema_order_with_what_was_extracted(
    open_page: Callable[..., AppTest], row: DocumentRow, contract: DocumentType
) -> None:
    app = open_page("review", document=row.hash)
    assert widget(app, row, "work_title").value == "은빛 강가의 노래"
    assert widget(app, row, "signature_date").value == "2026-03-02"
    shown = html(app)
    titles = [field.title("en") for field in contract.fields if field.kind != "objects"]
    places = [shown.index(f">{title}<") for title in titles]
    assert places == sorted(places)
    assert "“2026년 3월 2일”" in shown


def test_a_document_is_held_when_opened_and_in_review_from_the_first_edit_on(
    open_page: Callable[..., AppTest], row: DocumentRow, store: Store
) -> None:
    app = open_page("review", document=row.hash)
    opened = store.row(row.hash)
    assert (opened.state, opened.review_by) == ("extracted", USER)
    widget(app, row, "governing_court").set_value("가람지방법원").run()
    assert store.row(row.hash).state == "in_review"


def test_what_is_typed_is_in_the_store_at_once_normalised_and_with_its_place(
    open_page: Callable[..., AppTest], row: DocumentRow, store: Store, contract: DocumentType
) -> None:
    app = open_page("review", document=row.hash)
    widget(app, row, "effective_date").set_value("2026년 3월 2일").run()
    assert widget(app, row, "effective_date").value == "2026-03-02"
    kept = store.values(row.hash, contract)["effective_date"]
    assert (kept.value, kept.source) == ("2026-03-02", f"person:{USER}")
    assert kept.evidence[0].text.startswith("2026년 3월 2일")


def test_a_value_the_document_does_not_say_is_kept_and_marked(
    open_page: Callable[..., AppTest], row: DocumentRow, store: Store, contract: DocumentType
) -> None:
    app = open_page("review", document=row.hash)
    widget(app, row, "governing_court").set_value("없는법원").run()
    assert store.values(row.hash, contract)["governing_court"].value == "없는법원"
    assert "not in the document" in html(app)


def test_a_value_against_the_schema_is_kept_explained_and_not_approved(
    open_page: Callable[..., AppTest], row: DocumentRow, store: Store, contract: DocumentType
) -> None:
    app = open_page("review", document=row.hash)
    widget(app, row, "effective_date").set_value("봄").run()
    assert store.values(row.hash, contract)["effective_date"].value == "봄"
    assert "Not a date" in html(app)
    press(app, "review-approve")
    assert store.row(row.hash).state == "in_review"
    assert not [button for button in app.button if button.key == "review-anyway"]


def test_a_missing_field_is_approved_only_when_said_twice(
    open_page: Callable[..., AppTest], row: DocumentRow, store: Store
) -> None:
    app = open_page("review", document=row.hash)
    widget(app, row, "licensee").set_value("").run()
    press(app, "review-approve")
    assert "Some required fields are empty." in html(app)
    assert store.row(row.hash).state == "in_review"
    press(app, "review-anyway")
    assert store.row(row.hash).state == "approved"


def test_approving_goes_on_to_the_next_document_and_drops_empty_parties(
    open_page: Callable[..., AppTest],
    row: DocumentRow,
    store: Store,
    contract: DocumentType,
    add: Callable[..., DocumentRow],
) -> None:
    other = add("other.txt", "계약서\n저작물명 : 다른 노래\n")
    app = open_page("review", document=row.hash)
    press(app, f"{row.hash[:12]}/contract/parties/add")
    assert leaves.empty_items(contract, store.values(row.hash, contract))
    press(app, "review-approve")
    assert store.row(row.hash).state == "approved"
    assert not leaves.empty_items(contract, store.values(row.hash, contract))
    assert app.query_params["document"] == other.hash


def test_undo_shows_the_value_from_before(open_page: Callable[..., AppTest], row: DocumentRow) -> None:
    app = open_page("review", document=row.hash)
    widget(app, row, "work_title").set_value("다른 제목").run()
    press(app, "review-undo")
    assert widget(app, row, "work_title").value == "은빛 강가의 노래"


def test_an_edit_of_what_was_approved_elsewhere_is_refused_without_a_traceback(
    open_page: Callable[..., AppTest], row: DocumentRow, store: Store, contract: DocumentType
) -> None:
    app = open_page("review", document=row.hash)
    store.approve(row.hash, contract, "someone else")
    widget(app, row, "work_title").set_value("다른 제목").run()
    assert not app.exception
    assert store.values(row.hash, contract)["work_title"].value == "은빛 강가의 노래"
    assert [button for button in app.button if button.key == "review-reopen"]


def test_another_type_is_extracted_at_once(open_page: Callable[..., AppTest], row: DocumentRow, store: Store) -> None:
    app = open_page("review", document=row.hash)
    next(box for box in app.selectbox if str(box.key).startswith("review-type")).set_value("other").run()
    assert store.row(row.hash).document_type == "other"
    assert store.has_extraction(row.hash, load_document_types()["other"], "builtin")


def test_a_choice_can_be_set_and_taken_back_to_not_stated(
    open_page: Callable[..., AppTest], row: DocumentRow, store: Store, contract: DocumentType
) -> None:
    app = open_page("review", document=row.hash)
    widget(app, row, "exclusivity").set_value("독점").run()
    assert store.values(row.hash, contract)["exclusivity"].value == "독점"
    widget(app, row, "exclusivity").set_value("").run()
    assert store.values(row.hash, contract)["exclusivity"].value is None


def test_pointing_saves_the_words_with_their_place(
    open_page: Callable[..., AppTest],
    row: DocumentRow,
    store: Store,
    contract: DocumentType,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from pages.components import review_panel

    here = review_panel.Place(document=row.hash)
    monkeypatch.setattr(review_panel, "place", lambda: here)
    monkeypatch.setattr(desk, "current_user", lambda: USER)
    text = store.document(row.hash).text
    start = text.index("주식회사 새벽출판")
    review_panel.pick("purpose", 1, [[start, start + len("주식회사 새벽출판")]], add=False)
    kept: FieldValue = store.values(row.hash, contract)["purpose"]
    assert (kept.value, kept.source) == ("주식회사 새벽출판", f"person:{USER}")
    assert [(place.start, place.alignment) for place in kept.evidence] == [(start, "manual")]
    review_panel.pick("payment_amount", 1, [[start, start + 4]], add=False)
    assert "주식회사" in str(here.note["text"])
    assert store.values(row.hash, contract).get("payment_amount", FieldValue(None)).value is None


def test_an_unknown_document_is_said_to_be_unknown(open_page: Callable[..., AppTest]) -> None:
    app = open_page("review", document="0" * 64)
    assert app.error or "no document" in texts(app).lower()


def test_a_suggestion_is_taken_with_one_click_and_keeps_its_place(
    open_page: Callable[..., AppTest], store: Store, add: Callable[..., DocumentRow], contract: DocumentType
) -> None:
    row = add("unsure.txt")
    store.set_type(row.hash, "contract", USER)
    text = store.document(row.hash).text
    at = text.index("2026년")
    place = Evidence(1, at, at + 12, text[at : at + 12])
    fields = {"signature_date": FieldValue(None, "2026년 3월 2일", (place,), 0.3, "local_small")}
    store.save_extraction(row.hash, contract, Extraction("local_small", "local", "계약서", fields, 0.1))
    app = open_page("review", document=row.hash)
    assert widget(app, row, "signature_date").value == ""
    button = widget(app, row, "signature_date/suggestion")
    assert button.label == "Suggestion: 2026년 3월 2일 · 30%"
    button.click().run()
    assert widget(app, row, "signature_date").value == "2026-03-02"
    kept = store.values(row.hash, contract)["signature_date"]
    assert (kept.value, kept.source, kept.evidence) == ("2026-03-02", f"person:{USER}", (place,))
    assert not [button for button in app.button if str(button.key).endswith("/suggestion")]


@pytest.mark.parametrize(
    ("path", "first", "then"),
    [
        ("governing_court", "가람지방법원", "나루지방법원"),
        ("exclusivity", "독점", "비독점"),
        ("granted_rights", ["복제권"], ["배포권"]),
        ("effective_date", "2026-03-02", "2026-04-01"),
    ],
)
def test_what_the_browser_still_shows_is_no_entry(
    open_page: Callable[..., AppTest],
    row: DocumentRow,
    store: Store,
    contract: DocumentType,
    path: str,
    first: object,
    then: object,
) -> None:
    """A message that the browser sent before it had drawn a new value holds the old one of every widget."""
    app = open_page("review", document=row.hash)
    widget(app, row, path).set_value(first).run()
    before = app._tree
    widget(app, row, path).set_value(first)  # As it stands in the browser, whatever the server has by then.
    store.set_value(row.hash, contract, path, FieldValue(then), "park", "another browser")
    app.run()
    assert widget(app, row, path).value == then
    app._tree = before
    app.run()
    assert store.values(row.hash, contract)[path].value == then
    assert widget(app, row, path).value == then
    assert "Not saved" not in html(app)
