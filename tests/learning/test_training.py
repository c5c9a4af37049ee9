"""What approved documents teach, and that the promised gain is that of documents nobody learned from."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from extractor import create_extractor
from extractor.core.errors import LearningError
from extractor.extractors.builtin.learned import library
from extractor.extractors.builtin.learned.model import TypeModel
from extractor.learning.training import LEAST_DOCUMENTS, _without, train

from .making import RECEIPT, document, examples, receipt


@pytest.fixture(scope="module")
def learned() -> TypeModel:
    return train(RECEIPT, examples(20))


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RIGHTSDESK_LEARNED", str(tmp_path / "learned"))


def right_fields(number: int) -> set[str]:
    extraction = create_extractor("builtin").extract(document(number), RECEIPT)
    right = receipt(number)[1]
    return {path for path, value in extraction.fields.items() if value.value == right[path]}


def test_new_documents_are_read_as_promised(learned: TypeModel) -> None:
    before = {number: right_fields(number) for number in range(20, 30)}
    library.take_over(RECEIPT.key, library.keep(learned))
    after = {number: right_fields(number) for number in range(20, 30)}
    rules, promised = learned.f1
    assert promised > rules + 0.3
    assert all(before[number] <= after[number] for number in before)
    reached = sum(map(len, after.values())) / 40
    assert reached > promised - 0.1


def test_learned_values_have_their_place_and_a_probability(learned: TypeModel) -> None:
    library.take_over(RECEIPT.key, library.keep(learned))
    found = document(25)
    for path, value in create_extractor("builtin").extract(found, RECEIPT).fields.items():
        if path in learned.fields:
            [place] = value.evidence
            assert found.text[place.start : place.end] == value.raw
            assert value.raw in receipt(25)[0]
            assert value.confidence and 0 < value.confidence < 1


def test_fields_that_the_rules_read_well_stay_with_the_rules(learned: TypeModel) -> None:
    assert not learned.measured["item"].used
    assert "item" not in learned.fields
    assert learned.measured["giver"].used


def test_the_gain_is_measured_on_documents_held_back() -> None:
    """Answers that follow no rule cannot be learned, so nothing may be promised and nothing taken over."""
    shuffled = [(found, receipt((number * 7 + 3) % 20)[1]) for number, (found, _right) in enumerate(examples(20))]
    model = train(RECEIPT, shuffled)
    rules, promised = model.f1
    assert promised <= rules + 0.05
    assert model.measured["giver"].learned[0] <= 2


def test_too_few_documents_are_refused() -> None:
    with pytest.raises(LearningError, match=f"at least {LEAST_DOCUMENTS}"):
        train(RECEIPT, examples(LEAST_DOCUMENTS - 1))


def test_progress_counts_documents() -> None:
    told = []
    train(RECEIPT, examples(6), lambda done, of: told.append((done, of)))
    assert told == [(number, 6) for number in range(1, 7)]


def test_a_model_survives_its_file(learned: TypeModel) -> None:
    again = TypeModel.from_json(learned.to_json())
    assert again == learned or again.to_json() == learned.to_json()
    assert again.version == learned.version
    assert json.loads(learned.to_json())["document_type"] == "receipt"


def test_a_field_that_changed_its_kind_is_left_to_the_rules(learned: TypeModel) -> None:
    from extractor.core.document_types import DocumentType

    library.take_over(RECEIPT.key, library.keep(learned))
    properties = {**RECEIPT.schema["properties"], "giver": {"type": ["number", "null"], "title": "giver"}}
    changed = DocumentType("receipt", {**RECEIPT.schema, "properties": properties})
    assert create_extractor("builtin").extract(document(21), changed).fields["giver"].value is None


def test_a_document_does_not_know_its_own_answer() -> None:
    """Else every held-back document would be read with its own approved value among the known ones."""
    known = {"한가람": ("한가람", 1), "남나루": ("남나루", 2), "궁다솜": ("궁다솜", 1)}
    assert _without(known, ["한가람", "남나루"]) == {"남나루": ("남나루", 1), "궁다솜": ("궁다솜", 1)}
