from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from extractor.core.document_types import DocumentType
from extractor.core.errors import StoreError
from extractor.core.extractions import Evidence, Extraction, FieldValue
from extractor.store import DocumentRow, Edit, Store, overlay
from tests.store.making import FORM, LETTER, extraction

Add = Callable[..., DocumentRow]


def shown(store: Store, row: DocumentRow, document_type: DocumentType = LETTER) -> dict[str, object]:
    return {path: item.value for path, item in store.values(row.hash, document_type).items()}


def test_a_value_survives_a_process_that_dies_right_after(store: Store, add: Add) -> None:
    row = add()
    code = f"""
import os
from extractor.core.extractions import FieldValue
from extractor.store import Store
from tests.store.making import LETTER
Store.open(folder={str(store.folder)!r}).set_value({row.hash!r}, LETTER, "work_title", FieldValue("겨울"), "kim")
os._exit(9)
"""
    assert subprocess.run([sys.executable, "-c", code], timeout=60).returncode == 9
    assert shown(store, row) == {"work_title": "겨울"}
    assert store.row(row.hash).state == "in_review"


def test_a_document_goes_from_new_to_approved_and_back(store: Store, add: Add) -> None:
    row = add()
    store.save_extraction(row.hash, LETTER, extraction(work_title="봄"))
    store.lease(row.hash, "kim", "one")
    assert store.row(row.hash).state == "extracted"  # A look is no work yet.
    store.set_value(row.hash, LETTER, "work_title", FieldValue("봄"), "kim")
    assert store.row(row.hash).state == "in_review"
    store.approve(row.hash, LETTER, "kim")
    assert store.row(row.hash).state == "approved"
    store.reopen(row.hash, "lee")
    assert store.row(row.hash).state == "in_review"


def test_the_values_of_a_person_lie_over_the_extracted_ones(store: Store, add: Add) -> None:
    row = add()
    store.save_extraction(row.hash, LETTER, extraction(fee=5, work_title="봄"))
    evidence = (Evidence(1, 0, 4, "여름", alignment="manual"),)
    store.set_value(row.hash, LETTER, "work_title", FieldValue("여름", "여름", evidence), "kim")
    found = store.set_values(row.hash, LETTER)
    assert list(found) == ["work_title", "fee"]
    assert found["work_title"].field == FieldValue("여름", "여름", evidence, None, "person:kim")
    assert found["work_title"].set_by == "kim"
    assert found["fee"].source == "builtin" and found["fee"].set_by is None
    assert found["fee"].evidence == extraction(fee=5).fields["fee"].evidence


def test_a_new_extraction_leaves_edits_alone(store: Store, add: Add) -> None:
    row = add()
    store.save_extraction(row.hash, LETTER, extraction(work_title="봄", fee=1))
    store.set_value(row.hash, LETTER, "work_title", FieldValue("여름"), "kim")
    store.save_extraction(row.hash, LETTER, extraction(work_title="가을", fee=2))
    assert shown(store, row) == {"work_title": "여름", "fee": 2}
    assert store.row(row.hash).state == "in_review"


def test_a_failed_extraction_hides_nothing(store: Store, add: Add) -> None:
    row = add()
    store.save_extraction(row.hash, LETTER, extraction(error="No answer."))
    assert (store.row(row.hash).state, store.row(row.hash).error) == ("new", "No answer.")
    assert not store.has_extraction(row.hash, LETTER, "builtin")
    failed = store.extraction(row.hash, LETTER)
    assert failed is not None and failed.error == "No answer."
    good = extraction(work_title="봄")
    store.save_extraction(row.hash, LETTER, good)
    assert (store.row(row.hash).state, store.row(row.hash).error) == ("extracted", None)
    store.save_extraction(row.hash, LETTER, extraction(error="No answer."))
    assert store.row(row.hash).error == "No answer."
    assert shown(store, row) == {"work_title": "봄"}
    assert store.extraction(row.hash, LETTER) == good


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0)])
def test_what_is_shown_does_not_depend_on_which_model_came_last(store: Store, add: Add, order: tuple[int, ...]) -> None:
    row = add()
    place = Evidence(1, 0, 1, "봄")
    sure, unsure = (FieldValue("봄", "봄", (place,), confidence) for confidence in (0.9, 0.4))
    results = (
        Extraction("alone", "", "", {"work_title": sure}),
        Extraction("both", "", "", {"work_title": unsure, "fee": FieldValue(7, "7", (place,), 0.8)}),
        Extraction("inventing", "", "", {"work_title": FieldValue("없는 말", confidence=1.0), "fee": unsure}),
    )
    for number in order:
        store.save_extraction(row.hash, LETTER, results[number])
    assert shown(store, row) == {"work_title": "봄", "fee": 7}
    # The same model again: its last word counts.
    store.save_extraction(row.hash, LETTER, Extraction("both", "", "", {"work_title": unsure}))
    assert shown(store, row) == {"work_title": "봄"}
    assert store.row(row.hash).confidence == 0.9
    # Another model's failure is not this document's.
    store.save_extraction(row.hash, LETTER, Extraction("both", "", "", error="No answer."))
    assert store.row(row.hash).error is None


def test_an_extraction_is_known_by_type_version_and_model(store: Store, add: Add) -> None:
    row = add()
    store.save_extraction(row.hash, LETTER, extraction("builtin", work_title="봄"))
    store.save_extraction(row.hash, LETTER, extraction("other", work_title="가을"))
    changed = DocumentType("letter", {**LETTER.schema, "title": "다른 편지"})
    assert store.has_extraction(row.hash, LETTER, "builtin")
    assert not store.has_extraction(row.hash, changed, "builtin")
    assert not store.has_extraction(row.hash, LETTER, "third")
    newest, builtin = store.extraction(row.hash, LETTER), store.extraction(row.hash, LETTER, "builtin")
    assert newest is not None and newest.model == "other"
    assert builtin is not None and builtin.metadata == {"work_title": "봄"}


def test_the_result_for_the_newest_version_of_a_type_counts_whatever_an_older_one_promised(
    store: Store, add: Add
) -> None:
    row = add()
    changed = DocumentType("letter", {**LETTER.schema, "description": "Another version."})
    assert changed.version != LETTER.version
    store.save_extraction(row.hash, LETTER, extraction("sure", 0.99, work_title="봄", fee=1))
    assert shown(store, row) == {"work_title": "봄", "fee": 1}
    store.save_extraction(row.hash, changed, extraction("unsure", 0.2, work_title="가을"))
    assert shown(store, row, changed) == {"work_title": "가을"}


def test_an_item_that_was_removed_under_another_type_is_another_item_here(store: Store, add: Add) -> None:
    other = DocumentType("form", {**LETTER.schema, "title": "서식"})
    row = add()
    store.save_extraction(row.hash, LETTER, extraction(parties__0__name="가람", parties__1__name="나래"))
    store.remove(row.hash, LETTER, "parties[0]", "kim")
    store.set_type(row.hash, "form", "kim")
    store.save_extraction(row.hash, other, extraction(parties__0__name="나래", parties__1__name="가람"))
    assert shown(store, row, other) == {"parties[0].name": "나래", "parties[1].name": "가람"}


def test_an_item_that_is_removed_stays_away(store: Store, add: Add) -> None:
    row = add()
    found = extraction(parties__0__name="가람", parties__0__role="갑", parties__1__name="나래")
    store.save_extraction(row.hash, LETTER, found)
    store.remove(row.hash, LETTER, "parties[0]", "kim")
    assert shown(store, row) == {"parties[1].name": "나래"}
    store.set_value(row.hash, LETTER, "parties[2].name", FieldValue("다솜"), "kim")
    assert shown(store, row) == {"parties[1].name": "나래", "parties[2].name": "다솜"}
    assert store.undo(row.hash, LETTER, "kim") == "parties[2].name"
    assert store.undo(row.hash, LETTER, "kim") == "parties[0]"
    assert shown(store, row) == {"parties[0].name": "가람", "parties[0].role": "갑", "parties[1].name": "나래"}


def test_a_list_worked_on_keeps_its_items_when_a_new_extraction_has_others(store: Store, add: Add) -> None:
    row = add()
    store.save_extraction(row.hash, LETTER, extraction(fee=1, parties__0__name="가람", parties__1__name="나래"))
    store.set_value(row.hash, LETTER, "parties[0].role", FieldValue("갑"), "kim")
    store.save_extraction(row.hash, LETTER, extraction(fee=2, parties__0__name="나래", parties__1__name="가람"))
    wanted = {"fee": 2, "parties[0].name": "가람", "parties[0].role": "갑", "parties[1].name": "나래"}
    assert shown(store, row) == wanted
    store.set_value(row.hash, LETTER, "parties[1].role", FieldValue("을"), "kim")
    assert shown(store, row) == wanted | {"parties[1].role": "을"}
    store.undo(row.hash, LETTER, "kim")
    store.undo(row.hash, LETTER, "kim")
    assert shown(store, row) == {"fee": 2, "parties[0].name": "나래", "parties[1].name": "가람"}


def test_an_empty_list_gives_way_to_its_first_item(store: Store, add: Add) -> None:
    row = add()
    store.save_extraction(row.hash, LETTER, extraction(parties=None))
    store.set_value(row.hash, LETTER, "parties[0].name", FieldValue("가람"), "kim")
    assert shown(store, row) == {"parties[0].name": "가람"}
    store.approve(row.hash, LETTER, "kim")
    assert store.record(row.hash).metadata == {"parties": [{"name": "가람"}]}


def test_undo_takes_back_ones_own_edits_only(store: Store, add: Add) -> None:
    row = add()
    store.save_extraction(row.hash, LETTER, extraction(work_title="봄"))
    store.set_value(row.hash, LETTER, "work_title", FieldValue("여름"), "kim")
    store.set_value(row.hash, LETTER, "fee", FieldValue(3), "lee")
    assert store.undo(row.hash, LETTER, "kim") == "work_title"
    assert store.undo(row.hash, LETTER, "kim") is None
    assert shown(store, row) == {"work_title": "봄", "fee": 3}
    history = store.history(row.hash)
    assert [(edit.path, edit.made_by, edit.undone_at is not None) for edit in history] == [
        ("work_title", "kim", True),
        ("fee", "lee", False),
    ]


def test_what_is_approved_stays_as_it_was(store: Store, add: Add) -> None:
    row = add()
    store.save_extraction(row.hash, LETTER, extraction(work_title="봄", fee=1))
    store.set_value(row.hash, LETTER, "fee", FieldValue(2), "kim")
    store.approve(row.hash, LETTER, "kim")
    before = store.record(row.hash).values
    store.save_extraction(row.hash, LETTER, extraction("better", work_title="가을", fee=9, parties__0__name="가람"))
    record = store.record(row.hash)
    assert record.row.state == "approved" and record.approved_by == "kim" and record.approved_at is not None
    assert record.values == before
    assert before["work_title"].confidence == 0.5 and before["work_title"].evidence
    assert before["fee"].source == "person:kim"
    assert shown(store, row) == {"work_title": "봄", "fee": 2}
    store.reopen(row.hash, "lee")
    assert shown(store, row) == {"work_title": "봄", "fee": 2}
    assert store.undo(row.hash, LETTER, "kim") is None
    store.set_value(row.hash, LETTER, "fee", FieldValue(4), "lee")
    assert shown(store, row) == {"work_title": "봄", "fee": 4}


def test_a_field_that_came_after_approval_is_filled_when_reopened(store: Store, add: Add) -> None:
    row = add()
    store.save_extraction(row.hash, LETTER, extraction(work_title="봄"))
    store.approve(row.hash, LETTER, "kim")
    properties = {**LETTER.schema["properties"], "court": {"type": ["string", "null"]}}
    grown = DocumentType("letter", {**LETTER.schema, "properties": properties})
    store.save_extraction(row.hash, grown, extraction(work_title="가을", fee=3, court="가람지방법원"))
    assert shown(store, row, grown) == {"work_title": "봄"}
    store.reopen(row.hash, "kim")
    assert shown(store, row, grown) == {"work_title": "봄", "court": "가람지방법원"}


def test_an_approved_document_refuses_edits(store: Store, add: Add) -> None:
    row = add()
    store.approve(row.hash, LETTER, "kim")
    changes: tuple[Callable[[], object], ...] = (
        lambda: store.set_value(row.hash, LETTER, "fee", FieldValue(1), "lee"),
        lambda: store.remove(row.hash, LETTER, "parties[0]", "lee"),
        lambda: store.undo(row.hash, LETTER, "lee"),
        lambda: store.set_type(row.hash, "form", "lee"),
    )
    for change in changes:
        with pytest.raises(StoreError, match=r"문서.pdf: is approved"):
            change()
    store.approve(row.hash, LETTER, "lee")
    assert store.record(row.hash).approved_by == "kim"


def test_another_type_keeps_the_edits_that_fit_it(store: Store, add: Add) -> None:
    row = add()
    store.save_extraction(row.hash, LETTER, extraction(work_title="봄", fee=1))
    store.set_value(row.hash, LETTER, "work_title", FieldValue("여름"), "kim")
    store.set_value(row.hash, LETTER, "fee", FieldValue(5), "kim")  # a number here, text there
    store.set_value(row.hash, LETTER, "rights", FieldValue(["복제권", "배포권"]), "kim")  # not a choice there
    store.set_type(row.hash, "form", "kim")
    assert store.row(row.hash).document_type == "form"
    assert store.row(row.hash).state == "in_review"
    assert shown(store, row, FORM) == {"work_title": "여름"}
    store.set_type(row.hash, "letter", "kim")
    assert shown(store, row) == {"work_title": "여름", "fee": 5, "rights": ["복제권", "배포권"]}


@pytest.mark.parametrize(
    ("kind", "value", "fits"),
    [
        ({"type": ["boolean", "null"]}, True, True),
        ({"type": "number"}, True, False),
        ({"type": "number"}, 5, True),
        ({"type": "integer"}, 5.5, False),
        ({"type": "string"}, 5, False),
        ({"type": "string", "enum": ["가", "나"]}, "나", True),
        ({"type": "string", "enum": ["가", "나"]}, "다", False),
        ({"type": "string"}, None, True),
    ],
)
def test_a_value_fits_another_type_when_its_kind_does(kind: object, value: object, fits: bool) -> None:
    other = DocumentType("other", {"properties": {"it": kind}})
    edit = Edit(1, "letter", "it", FieldValue(value), False, "kim", datetime.now(UTC))
    assert bool(overlay.replay({}, [edit], other)) is fits
    assert overlay.replay({}, [replace(edit, document_type="other")], other)


def test_another_type_shows_its_own_extraction_or_starts_anew(store: Store, add: Add) -> None:
    row = add()
    store.save_extraction(row.hash, LETTER, extraction(work_title="봄", confidence=0.3))
    store.set_type(row.hash, "form", "kim")
    changed = store.row(row.hash)
    assert (changed.state, changed.confidence, changed.type_confidence) == ("new", None, None)
    assert shown(store, row, FORM) == {}
    store.set_type(row.hash, "letter", "kim")
    assert (store.row(row.hash).state, store.row(row.hash).confidence) == ("extracted", 0.3)
    assert shown(store, row) == {"work_title": "봄"}


def test_work_on_a_type_that_is_no_longer_the_documents_is_refused(store: Store, add: Add) -> None:
    row = add()
    store.set_type(row.hash, "form", "lee")
    with pytest.raises(StoreError, match="changed in the meantime"):
        store.set_value(row.hash, LETTER, "fee", FieldValue(1), "kim")
    with pytest.raises(StoreError, match="changed in the meantime"):
        store.approve(row.hash, LETTER, "kim")


def test_an_extraction_of_another_type_does_not_touch_the_document(store: Store, add: Add) -> None:
    row = add()
    store.save_extraction(row.hash, FORM, extraction(work_title="봄"))
    assert store.row(row.hash).state == "new"
    assert shown(store, row) == {}
