from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from extractor import create_extractor
from extractor.core.document_types import load_document_types
from extractor.core.extractions import Extraction, FieldValue, Usage
from extractor.quality import comparison
from extractor.store import DocumentRow, Store
from pages.components import compare_place, guard, models

from .conftest import texts

Open = Callable[..., AppTest]
Add = Callable[..., DocumentRow]
TYPES = load_document_types()


@pytest.fixture
def row(add: Add, store: Store) -> DocumentRow:
    """A document read by the built-in extractor and by a model that writes the title otherwise and misses a field."""
    row = add()
    document_type = TYPES[row.document_type]
    first = create_extractor("builtin").extract(store.document(row.hash), document_type)
    store.save_extraction(row.hash, document_type, first)
    fields = {path: replace(value, source="cloud_other") for path, value in first.fields.items()}
    fields["work_title"] = replace(fields["work_title"], value="「은빛강가의 노래」")
    fields["rights_holder"] = FieldValue("문해솔", source="cloud_other")
    fields["licensee"] = FieldValue(None, source="cloud_other")
    other = replace(
        first,
        model="cloud_other",
        provider="other",
        fields=fields,
        usage=Usage(900, 100),
        cost_usd=0.0123,
        processing_time=1.5,
    )
    store.save_extraction(row.hash, document_type, other)
    return store.row(row.hash)


def compared(store: Store, row: DocumentRow) -> list[comparison.Row]:
    document_type = TYPES[row.document_type]
    found = {model: store.extraction(row.hash, document_type, model) for model in ("builtin", "cloud_other")}
    answers: dict[str, Extraction] = {model: result for model, result in found.items() if result}
    return comparison.compare(answers, document_type, store.values(row.hash, document_type))


def test_nothing_to_compare_leads_to_extract(open_page: Open) -> None:
    assert "No document was read by two models" in texts(open_page("compare"))


def test_the_page_opens_the_last_compared_document_and_counts(open_page: Open, row: DocumentRow) -> None:
    app = open_page("compare")
    assert not app.error
    assert app.query_params["document"] in (row.hash, [row.hash])
    assert "Conflict **2** · " in texts(app)
    assert "Written differently **1** · " in texts(app)


def test_models_stand_in_the_same_order_for_every_document() -> None:
    asked = ["cloud_other", "hybrid", "builtin"]
    assert models.in_order(asked) == models.in_order(asked[::-1])
    assert models.in_order(asked)[0] == "builtin", "as on the Models page"
    assert models.in_order(asked)[-1] == "cloud_other", "what the configuration does not know comes last"


def test_one_result_asks_for_another(open_page: Open, add: Add, store: Store) -> None:
    row = add()
    result = create_extractor("builtin").extract(store.document(row.hash), TYPES[row.document_type])
    store.save_extraction(row.hash, TYPES[row.document_type], result)
    app = open_page("compare", document=row.hash)
    assert "Only one model has read this document" in texts(app)


def test_a_failed_model_is_named_with_its_reason(open_page: Open, row: DocumentRow, store: Store) -> None:
    document_type = TYPES[row.document_type]
    failed = Extraction("cloud_failed", "other", document_type.title(), error="The model gave an empty answer.")
    store.save_extraction(row.hash, document_type, failed)
    assert "The model gave an empty answer" in texts(open_page("compare"))


def test_a_taken_value_keeps_its_evidence_and_source(row: DocumentRow, store: Store) -> None:
    document_type = TYPES[row.document_type]
    line = next(line for line in compared(store, row) if line.path == "work_title")
    taken = line.cells["cloud_other"].field
    assert store.values(row.hash, document_type)["work_title"].source == "builtin"
    compare_place.take(row, document_type, "work_title", taken)
    assert store.values(row.hash, document_type)["work_title"] == taken
    assert taken.evidence
    assert store.set_values(row.hash, document_type)["work_title"].set_by == "tester"
    compare_place.undo(row, document_type)
    assert store.values(row.hash, document_type)["work_title"].source == "builtin"


def test_a_whole_answer_and_back(row: DocumentRow, store: Store) -> None:
    document_type = TYPES[row.document_type]
    before = store.values(row.hash, document_type)
    compare_place.take_whole(row, document_type, compared(store, row), "builtin")
    after = store.values(row.hash, document_type)
    builtin = store.extraction(row.hash, document_type, "builtin")
    assert builtin is not None
    assert {path: value.value for path, value in after.items() if value.value is not None} == {
        path: value.value for path, value in builtin.fields.items() if value.value is not None
    }
    compare_place.undo(row, document_type)
    assert store.values(row.hash, document_type) == before


@pytest.mark.parametrize("model", ["builtin", "cloud_other"])
def test_a_whole_answer_stays_whatever_other_models_say_later(model: str, row: DocumentRow, store: Store) -> None:
    """Also what was the same in the draft, and what the model left empty."""
    document_type = TYPES[row.document_type]
    compare_place.take_whole(row, document_type, compared(store, row), model)
    chosen = store.values(row.hash, document_type)
    answer = store.extraction(row.hash, document_type, model)
    assert answer is not None
    better = {
        path: replace(value, value=f"다른 {path}", confidence=1.0, evidence=chosen["work_title"].evidence)
        for path, value in answer.fields.items()
    }
    store.save_extraction(row.hash, document_type, replace(answer, model="cloud_best", fields=better))
    assert store.values(row.hash, document_type) == chosen
    compare_place.undo(row, document_type)
    assert store.values(row.hash, document_type)["work_title"].value == "다른 work_title"


def test_an_approved_document_is_left_alone(row: DocumentRow, store: Store) -> None:
    document_type = TYPES[row.document_type]
    store.approve(row.hash, document_type, "tester")
    before = store.values(row.hash, document_type)
    take = guard.callback(compare_place.take)
    take(row, document_type, "work_title", FieldValue("다른 제목", source="builtin"))
    assert store.values(row.hash, document_type) == before
    assert "Reopen" in st.session_state[guard.NOTICES][0]
