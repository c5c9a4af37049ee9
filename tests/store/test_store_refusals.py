"""What the store refuses, whoever asks: types, paths and shapes that there are not."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import replace

import pytest

from extractor.core.document_types import DocumentType
from extractor.core.errors import StoreError
from extractor.core.extractions import FieldValue
from extractor.store import DocumentRow, Store
from extractor.store.allowed import check_prefix, check_value
from tests.store.making import FORM, LETTER, document, extraction, types

Add = Callable[..., DocumentRow]

KINDS = DocumentType(
    "kinds",
    {
        "properties": {
            "text": {"type": ["string", "null"]},
            "date": {"type": ["string", "null"], "format": "date"},
            "amount": {"type": ["number", "null"]},
            "count": {"type": "integer"},
            "yes": {"type": ["boolean", "null"]},
            "one": {"type": ["string", "null"], "enum": ["가", "나", None]},
            "either": {"type": ["string", "number"]},
            "level": {"enum": [1, 2]},
            "lines": {"type": "array", "items": {"type": "string"}},
            "some": {"type": "array", "items": {"enum": ["가", "나"]}},
            "sums": {"type": "array", "items": {"type": "number"}},
            "people": {
                "type": "array",
                "items": {"type": "object", "properties": {"name": {"type": "string"}, "age": {"type": "integer"}}},
            },
            "place": {"type": "object", "properties": {"city": {"type": "string"}}},
        }
    },
)


@pytest.mark.parametrize(
    ("path", "values"),
    [
        ("text", ["봄", "", None]),
        ("date", ["2026-03-01", "봄에", None]),  # What is no date is kept as typed, and told.
        ("amount", [3, 2.5, "삼만", None]),
        ("count", [3, "셋", None]),
        ("yes", [True, False, "예", None]),
        ("one", ["가", "다", None]),
        ("either", ["봄", 3, None]),
        ("level", [1, "2", None]),
        ("lines", [["봄", "여름"], [], None]),
        ("some", [["가"], ["다"], None]),
        ("sums", [[1, 2.5], ["일"], None]),
        ("people", [None]),
        ("people[0].name", ["가람", None]),
        ("people[12].age", [7, None]),
        ("place.city", ["가람시", None]),
        ("place", [None]),
    ],
)
def test_what_a_field_can_hold_is_kept(path: str, values: list[object]) -> None:
    for value in values:
        check_value(KINDS, path, value)


@pytest.mark.parametrize(
    ("path", "values"),
    [
        ("text", [3, 2.5, True, ["봄"], {"a": 1}, b"x"]),
        ("date", [20260301, ["2026-03-01"], False]),
        ("amount", [True, [3], {"won": 3}, float("nan"), float("inf")]),
        ("count", [2.5, True, [1]]),
        ("yes", [1, 0, [True], {}]),
        ("one", [["가"], 1, True]),
        ("level", [3, True, [1]]),
        ("lines", ["봄", [3], [None], [["봄"]], {"0": "봄"}, 3]),
        ("some", ["가", [1], [["가"]]]),
        ("sums", [[True], 3, [float("nan")]]),
        ("people", [[], [{"name": "가람"}], "가람"]),
        ("place", ["가람시", {"city": "가람시"}]),
    ],
)
def test_a_value_that_a_field_cannot_hold_is_refused(path: str, values: list[object]) -> None:
    for value in values:
        with pytest.raises(StoreError, match=r"cannot stand in|has no field"):
            check_value(KINDS, path, value)


NO_PATHS = ["", "nothing", "Text", "text.a", "text[0]", "lines[0]", "people.name", "people[0]", "people[0].nothing",
            "people[x].name", "people[-1].name", "people[0][1].name", "people[0].name[0]", "place[0].city",
            "place.nothing", ".text", "text.", "people[0]..name", "people[99999999].name", "$.text"]  # fmt: skip


@pytest.mark.parametrize("path", NO_PATHS)
def test_a_path_that_no_value_can_have_is_refused(path: str) -> None:
    with pytest.raises(StoreError, match="has no field"):
        check_value(KINDS, path, None)
    if path not in ("people[0]",):
        with pytest.raises(StoreError, match="has no field"):
            check_prefix(KINDS, path)


@pytest.mark.parametrize("prefix", ["text", "lines", "people", "people[3]", "people[3].name", "place", "place.city"])
def test_what_can_be_taken_away(prefix: str) -> None:
    check_prefix(KINDS, prefix)


def test_nothing_is_changed_by_what_is_refused(store: Store, add: Add) -> None:
    row = add()
    store.save_extraction(row.hash, LETTER, extraction(work_title="봄", parties__0__name="가람"))
    before = store.row(row.hash), store.values(row.hash, LETTER)
    refused: list[Callable[[], object]] = [
        lambda: store.set_type(row.hash, "편지", "kim"),
        lambda: store.set_type(row.hash, "", "kim"),
        lambda: store.set_value(row.hash, LETTER, "works_title", FieldValue("여름"), "kim"),
        lambda: store.set_value(row.hash, LETTER, "work_title", FieldValue(["여름"]), "kim"),
        lambda: store.set_value(row.hash, LETTER, "parties", FieldValue("가람"), "kim"),
        lambda: store.remove(row.hash, LETTER, "parties[0].nothing", "kim"),
        lambda: store.set_value(row.hash, FORM, "signed", FieldValue("2026-03-01"), "kim"),
        lambda: store.approve(row.hash, FORM, "kim"),
        lambda: store.add(b"new", document(name="new.pdf"), "편지"),
        lambda: store.read_on(replace(document(), content_hash=row.hash), None, ("편지", 0.9)),
    ]
    for ask in refused:
        with pytest.raises(StoreError):
            ask()
    assert (store.row(row.hash), store.values(row.hash, LETTER)) == before
    assert store.history(row.hash) == [] and store.count() == 1
    with pytest.raises(StoreError, match=r"문서.pdf: there is no document type “편지”. Nothing was changed"):
        store.set_type(row.hash, "편지", "kim")


def test_a_binder_that_was_approved_meanwhile_is_not_split_away(store: Store, add: Add) -> None:
    row = add()
    store.approve(row.hash, LETTER, "lee")
    with pytest.raises(StoreError, match="approved in the meantime"):
        store.delete(row.hash, unapproved=True)
    assert store.file(row.hash).exists() and store.row(row.hash).state == "approved"
    store.delete(row.hash)
    assert store.count() == 0


@pytest.mark.parametrize("title", ["편지", "Letter"])
def test_a_store_with_titles_in_place_of_types_is_mended_when_opened(store: Store, add: Add, title: str) -> None:
    """Changing the language wrote the title of the other one (users.md B1)."""
    touched, plain, other, strange = add("1.pdf"), add("2.pdf"), add("3.pdf", key="form"), add("4.pdf")
    for row in (touched, plain, strange):
        store.save_extraction(row.hash, LETTER, extraction(work_title="봄", confidence=0.4))
    store.set_value(touched.hash, LETTER, "work_title", FieldValue("여름"), "kim")
    before = {row.hash: store.row(row.hash) for row in (touched, plain, other)}
    with sqlite3.connect(store.folder / "rightsdesk.db") as connection:
        damage = "UPDATE documents SET document_type = ?, state = 'new', confidence = NULL WHERE hash IN (?, ?)"
        connection.execute(damage, (title, touched.hash, plain.hash))
        connection.execute("UPDATE documents SET document_type = '없는 유형' WHERE hash = ?", (strange.hash,))
    connection.close()
    letter = DocumentType("letter", {**LETTER.schema, "x-title-en": "Letter"})
    again = Store.open(folder=store.folder, types=lambda: {**types(), "letter": letter})
    for hash, row in before.items():
        found = again.row(hash)
        assert (found.document_type, found.state, found.confidence) == (row.document_type, row.state, row.confidence)
    assert again.values(touched.hash, LETTER)["work_title"].value == "여름"
    assert [row.name for row in again.find("여름")] == ["1.pdf"]
    assert again.row(strange.hash).document_type == "없는 유형"
    again.close()


def test_a_title_that_two_types_have_says_nothing(store: Store, add: Add) -> None:
    row = add()
    with sqlite3.connect(store.folder / "rightsdesk.db") as connection:
        connection.execute("UPDATE documents SET document_type = '편지'")
    connection.close()
    twin = DocumentType("twin", LETTER.schema)
    again = Store.open(folder=store.folder, types=lambda: {**types(), "twin": twin})
    assert again.row(row.hash).document_type == "편지"
    again.close()
