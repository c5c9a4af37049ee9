"""Which models have read a document, and which documents several models have read."""

from __future__ import annotations

from collections.abc import Callable

from extractor.store import DocumentRow, Store
from tests.store.making import FORM, LETTER, extraction

Add = Callable[..., DocumentRow]


def test_models_of_a_document_in_the_order_they_came(store: Store, add: Add) -> None:
    row = add()
    for model, error in (("b", None), ("a", "no answer"), ("b", None)):
        store.save_extraction(row.hash, LETTER, extraction(model, error=error, work_title="가"))
    store.save_extraction(row.hash, FORM, extraction("c", work_title="가"))
    assert store.models_of(row.hash, LETTER) == ["b", "a"]
    assert store.models_of(row.hash, FORM) == ["c"]


def test_only_documents_with_two_answers_can_be_compared(store: Store, add: Add) -> None:
    row = add()
    store.save_extraction(row.hash, LETTER, extraction("a", work_title="가"))
    store.save_extraction(row.hash, LETTER, extraction("a", work_title="가"))
    store.save_extraction(row.hash, LETTER, extraction("b", error="no answer"))
    store.save_extraction(row.hash, FORM, extraction("c", work_title="가"))
    assert store.compared() == []
    store.save_extraction(row.hash, LETTER, extraction("b", work_title="가"))
    assert store.compared() == [row.hash]
