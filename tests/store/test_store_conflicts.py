from __future__ import annotations

from collections.abc import Callable

import pytest

from extractor.core.errors import ApprovedError, ConflictError
from extractor.core.extractions import FieldValue
from extractor.core.leaves import EMPTY
from extractor.store import DocumentRow, Store
from tests.store.making import LETTER, extraction

Add = Callable[..., DocumentRow]
Shown = dict[str, FieldValue]


@pytest.fixture
def row(store: Store, add: Add) -> DocumentRow:
    row = add()
    store.save_extraction(row.hash, LETTER, extraction(work_title="봄", fee=1, parties__0__name="가람"))
    return row


def shown(store: Store, row: DocumentRow) -> Shown:
    return store.values(row.hash, LETTER)


def put(store: Store, row: DocumentRow, path: str, value: object, who: str, seen: Shown | None = None) -> None:
    user, _, session = who.partition("/")
    was = None if seen is None else seen.get(path, EMPTY)
    store.set_value(row.hash, LETTER, path, FieldValue(value), user, session, was)


@pytest.mark.parametrize("other", ["lee/two", "kim/two", "lee", "lee/one"])
@pytest.mark.parametrize("path", ["work_title", "parties[0].role"])
def test_what_another_changed_meanwhile_is_not_overwritten(
    store: Store, row: DocumentRow, other: str, path: str
) -> None:
    seen = shown(store, row)
    put(store, row, path, "여름", other, seen)
    with pytest.raises(ConflictError, match="Your change is not saved") as caught:
        put(store, row, path, "가을", "kim/one", seen)
    error = caught.value
    assert (error.path, error.theirs.value, error.by) == (path, "여름", other.partition("/")[0])
    assert store.values(row.hash, LETTER)[path].value == "여름"
    # Having seen both, the person decides.
    put(store, row, path, "가을", "kim/one", shown(store, row))
    assert store.values(row.hash, LETTER)[path].value == "가을"


def test_another_field_ones_own_edits_and_a_model_are_no_conflict(store: Store, row: DocumentRow) -> None:
    seen = shown(store, row)
    put(store, row, "fee", 2, "lee/two", seen)
    put(store, row, "work_title", "여름", "kim/one", seen)
    put(store, row, "work_title", "늦여름", "kim/one", seen)  # Typed faster than the page was drawn.
    store.save_extraction(row.hash, LETTER, extraction("better", confidence=0.9, parties__0__name="나래"))
    put(store, row, "work_title", "가을", "kim/one", seen)
    assert store.values(row.hash, LETTER)["work_title"].value == "가을"
    assert store.values(row.hash, LETTER)["fee"].value == 2


def test_the_same_value_by_two_is_kept(store: Store, row: DocumentRow) -> None:
    seen = shown(store, row)
    put(store, row, "fee", 2, "lee/two", seen)
    put(store, row, "fee", 2, "kim/one", seen)
    assert store.values(row.hash, LETTER)["fee"].value == 2


def test_what_another_took_back_is_a_change_too(store: Store, row: DocumentRow) -> None:
    put(store, row, "work_title", "여름", "lee/two")
    seen = shown(store, row)
    store.undo(row.hash, LETTER, "lee", "two")
    with pytest.raises(ConflictError) as caught:
        put(store, row, "work_title", "여름날", "kim/one", seen)
    assert (caught.value.theirs.value, caught.value.by) == ("봄", "lee")


def test_an_item_that_another_took_away_does_not_come_back_in_part(store: Store, row: DocumentRow) -> None:
    seen = shown(store, row)
    store.remove(row.hash, LETTER, "parties[0]", "lee", "two", seen)
    with pytest.raises(ConflictError) as caught:
        put(store, row, "parties[0].name", "나래", "kim/one", seen)
    assert (caught.value.theirs, caught.value.by) == (FieldValue(None), "lee")
    assert "parties[0].name" not in shown(store, row)


def test_an_item_that_another_is_filling_in_is_not_taken_away(store: Store, row: DocumentRow) -> None:
    seen = shown(store, row)
    put(store, row, "parties[0].role", "갑", "lee/two", seen)
    put(store, row, "fee", 3, "lee/two", seen)
    with pytest.raises(ConflictError) as caught:
        store.remove(row.hash, LETTER, "parties[0]", "kim", "one", seen)
    assert caught.value.path == "parties[0].role"
    store.remove(row.hash, LETTER, "parties[0]", "kim", "one", shown(store, row))
    assert list(shown(store, row)) == ["work_title", "fee"]


def test_values_that_were_not_seen_are_not_approved(store: Store, row: DocumentRow) -> None:
    seen = shown(store, row)
    put(store, row, "fee", 2, "lee/two")
    with pytest.raises(ConflictError, match=r"changed after they were shown to you \(lee\).*not approved") as caught:
        store.approve(row.hash, LETTER, "kim", "one", seen)
    assert (caught.value.path, caught.value.theirs.value) == ("fee", 2)
    assert store.row(row.hash).state == "in_review"
    seen = shown(store, row)
    put(store, row, "work_title", "여름", "kim/one", seen)  # One's own typing just before is seen.
    store.save_extraction(row.hash, LETTER, extraction("better", confidence=0.9, fee=9, rights=["복제권"]))
    with pytest.raises(ConflictError) as caught:
        store.approve(row.hash, LETTER, "kim", "one", seen)
    assert caught.value.path in ("rights", "parties[0].name")
    assert caught.value.by in ("better", "")
    store.approve(row.hash, LETTER, "kim", "one", shown(store, row))
    assert store.row(row.hash).state == "approved"


def test_an_edit_of_what_another_approved_says_who_and_when(store: Store, row: DocumentRow) -> None:
    seen = shown(store, row)
    store.approve(row.hash, LETTER, "lee", "two")
    at = store.record(row.hash).approved_at
    for change in (
        lambda: put(store, row, "fee", 3, "kim/one", seen),
        lambda: store.remove(row.hash, LETTER, "parties[0]", "kim", "one", seen),
        lambda: store.undo(row.hash, LETTER, "kim", "one"),
        lambda: store.approve(row.hash, LETTER, "kim", "one", seen),
    ):
        with pytest.raises(ApprovedError, match=f"by lee at {at:%Y-%m-%d %H:%M} UTC") as caught:
            change()
        assert (caught.value.by, caught.value.at) == ("lee", at)
    store.approve(row.hash, LETTER, "lee", "two", seen)  # Pressed twice.


def test_undo_takes_back_what_this_person_did_in_this_session(store: Store, row: DocumentRow) -> None:
    put(store, row, "work_title", "여름", "kim/one")
    put(store, row, "fee", 2, "kim/two")
    put(store, row, "work_title", "가을", "lee/one")
    assert store.undo(row.hash, LETTER, "kim", "two") == "fee"
    assert store.undo(row.hash, LETTER, "kim", "two") is None
    assert store.undo(row.hash, LETTER, "kim", "three") is None
    assert store.undo(row.hash, LETTER, "lee", "one") == "work_title"
    assert {path: item.value for path, item in shown(store, row).items()}["work_title"] == "여름"
    put(store, row, "fee", 7, "kim")  # As edits were kept before there were sessions.
    assert store.undo(row.hash, LETTER, "kim", "two") == "fee"
    assert store.undo(row.hash, LETTER, "kim", "one") == "work_title"


def test_the_stamp_changes_with_the_document_and_with_who_has_it_open(store: Store, row: DocumentRow, add: Add) -> None:
    other = add("other.pdf")
    stamps = [store.changed(row.hash)]

    def changes() -> bool:
        stamps.append(store.changed(row.hash))
        return stamps[-1] != stamps[-2]

    assert not changes()
    put(store, other, "fee", 2, "kim/one")
    assert not changes()
    put(store, row, "fee", 2, "kim/one")
    assert changes()
    store.lease(row.hash, "kim", "one")
    assert not changes()  # Kept alive: nothing to be drawn anew.
    store.release(row.hash, "kim", "one")
    assert changes()
    store.approve(row.hash, LETTER, "lee", "two")
    assert changes()
