from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from extractor.core.document_types import DocumentType
from extractor.core.extractions import FieldValue
from extractor.store import DocumentRow, Store, records
from tests.store.making import FORM, LETTER, document, extraction, types

Add = Callable[..., DocumentRow]


def test_records_are_the_approved_documents_by_name(store: Store, add: Add, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(records, "_BATCH", 2)
    rows = [add(f"{name}.pdf") for name in "edcba"]
    for row in rows[:-1]:
        store.save_extraction(row.hash, LETTER, extraction(work_title=row.name))
        store.approve(row.hash, LETTER, "kim")
    found = list(store.records())
    assert [record.metadata["work_title"] for record in found] == ["b.pdf", "c.pdf", "d.pdf", "e.pdf"]
    assert all(record.approved_by == "kim" for record in found)
    assert len(list(store.records(states=()))) == 5
    assert list(store.records(types=["form"])) == []


def test_documents_under_review_give_their_values_of_now(store: Store, add: Add) -> None:
    row = add()
    store.save_extraction(row.hash, LETTER, extraction(work_title="봄", fee=1))
    store.set_value(row.hash, LETTER, "work_title", FieldValue("여름"), "kim")
    (record,) = store.records(states=["in_review"])
    assert record.metadata == {"work_title": "여름", "fee": 1}
    assert record.approved_by is None
    assert record.values["work_title"].set_at > record.values["fee"].set_at


def test_a_record_has_the_type_as_it_was_approved(store: Store, add: Add) -> None:
    row = add()
    store.save_extraction(row.hash, LETTER, extraction(work_title="봄"))
    store.approve(row.hash, LETTER, "kim")
    renamed = DocumentType("letter", {**LETTER.schema, "title": "다른 편지"})
    store.save_extraction(row.hash, renamed, extraction(work_title="봄"))
    assert store.record(row.hash).document_type == LETTER


def test_a_type_that_is_gone_does_not_stop_an_export(store: Store, add: Add) -> None:
    store._types = lambda: {"vanished": LETTER}
    add(key="vanished")
    store._types = types
    (record,) = store.records(states=())
    assert record.document_type.key == "vanished"
    assert record.metadata == {}


def test_an_approval_under_an_earlier_type_does_not_leak(store: Store, add: Add) -> None:
    row = add()
    store.set_value(row.hash, LETTER, "fee", FieldValue(5), "kim")
    store.approve(row.hash, LETTER, "kim")
    store.reopen(row.hash, "kim")
    store.set_type(row.hash, "form", "kim")
    store.save_extraction(row.hash, FORM, extraction(signed="2026-01-02"))
    store.approve(row.hash, FORM, "lee")
    record = store.record(row.hash)
    assert record.document_type == FORM
    assert record.metadata == {"signed": "2026-01-02"}
    assert record.approved_by == "lee"


def test_approved_results_are_the_last_of_each_model_with_what_is_right(store: Store, add: Add) -> None:
    row, other = add("a.pdf"), add("b.pdf")
    for model, title in (("builtin", "옛"), ("builtin", "봄"), ("cloud_a", "여름")):
        store.save_extraction(row.hash, LETTER, extraction(model, work_title=title))
    store.save_extraction(row.hash, LETTER, extraction("cloud_b", error="no answer"))
    store.save_extraction(other.hash, LETTER, extraction(work_title="가을"))
    store.set_value(row.hash, LETTER, "work_title", FieldValue("봄"), "kim")
    store.approve(row.hash, LETTER, "kim")
    found = list(store.approved_results())
    said = {one.result.model: one.result.metadata["work_title"] for one in found}
    assert said == {"builtin": "봄", "cloud_a": "여름"}
    assert all(one.metadata["work_title"] == "봄" and one.name == "a.pdf" for one in found)


def test_an_export_reads_no_type_file_for_each_document(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = Store.open(folder=tmp_path)
    for number in range(5):
        store.add(str(number).encode(), document(name=f"{number}.pdf"), "contract")
    list(store.records(states=()))
    monkeypatch.setattr(Path, "read_bytes", lambda path: pytest.fail(f"{path} is read again"))
    monkeypatch.setattr(Path, "read_text", lambda path, **_: pytest.fail(f"{path} is read again"))
    assert len(list(store.records(states=()))) == 5
    store.close()
