from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractor.core.document_types import as_document_type
from extractor.core.extractions import Evidence, Extraction, FieldValue
from extractor.quality.comparison import Row, compare, difference, same, take_all

PARTY = {
    "type": "object",
    "properties": {
        "role": {"type": ["string", "null"], "enum": ["갑", "을", None]},
        "name": {"type": ["string", "null"]},
    },
}
TYPE = as_document_type(
    {
        "title": "계약서",
        "type": "object",
        "properties": {
            "work_title": {"type": ["string", "null"], "title": "저작물명"},
            "signed": {"type": ["string", "null"], "format": "date"},
            "amount": {"type": ["number", "null"]},
            "rights": {"type": ["array", "null"], "items": {"type": "string"}},
            "parties": {"type": ["array", "null"], "items": PARTY},
        },
    }
)


def answer(model: str, error: str | None = None, **values: object) -> Extraction:
    fields = {
        path.replace("__", ".").replace("_0", "[0]").replace("_1", "[1]").replace("_2", "[2]"): FieldValue(
            value, str(value), (Evidence(1, 3, 5, str(value)),) if value is not None else (), 0.9, model
        )
        for path, value in values.items()
    }
    return Extraction(model, "here", TYPE.title(), fields, error=error)


def rows(*answers: Extraction, draft: dict[str, FieldValue] | None = None) -> dict[str, Row]:
    return {row.path: row for row in compare({found.model: found for found in answers}, TYPE, draft)}


def states(row: Row) -> dict[str, str]:
    return {model: cell.state for model, cell in row.cells.items()}


def test_the_same_letters_agree() -> None:
    row = rows(answer("a", work_title="은빛 노래"), answer("b", work_title="은빛 노래"))["work_title"]
    assert (row.state, row.consensus, row.agree) == ("agree", "은빛 노래", 2)
    assert states(row) == {"a": "agree", "b": "agree"}


def test_the_same_after_normalisation_is_near_with_its_difference() -> None:
    row = rows(
        answer("a", work_title="은빛 노래"),
        answer("b", work_title="은빛 노래"),
        answer("c", work_title="「은빛노래」"),
    )["work_title"]
    assert (row.state, row.consensus, row.agree) == ("near", "은빛 노래", 3)
    assert states(row) == {"a": "agree", "b": "agree", "c": "near"}
    assert row.cells["c"].diff == (
        ("added", "「"),
        ("same", "은빛"),
        ("missing", " "),
        ("same", "노래"),
        ("added", "」"),
    )


@pytest.mark.parametrize(
    ("field", "one", "other"),
    [
        ("signed", "2026-03-02", "2026. 3. 2."),
        ("amount", 6100000, 6100000.0),
        ("rights", ["복제권", "배포권"], ["배포권", "복제권"]),
        ("work_title", "Silver River", "silver  river"),
        ("work_title", "", None),
    ],
)
def test_what_means_the_same(field: str, one: object, other: object) -> None:
    assert same(TYPE.field_at(field), one, other)


@pytest.mark.parametrize(
    ("field", "one", "other"),
    [
        ("signed", "2026-03-02", "2026-03-03"),
        ("amount", 6100000, 6100001),
        ("rights", ["복제권"], ["복제권", "배포권"]),
        ("work_title", "은빛 노래", "금빛 노래"),
        ("work_title", "은빛 노래", None),
    ],
)
def test_what_does_not(field: str, one: object, other: object) -> None:
    assert not same(TYPE.field_at(field), one, other)


def test_a_majority_is_the_consensus_and_the_other_value_a_conflict() -> None:
    row = rows(answer("a", signed="2026-03-02"), answer("b", signed="2026-03-03"), answer("c", signed="2026-03-02"))[
        "signed"
    ]
    assert (row.state, row.consensus, row.agree, row.decided) == ("conflict", "2026-03-02", 2, True)
    assert states(row) == {"a": "agree", "b": "conflict", "c": "agree"}
    assert ("added", "3") in row.cells["b"].diff


def test_a_tie_has_no_consensus() -> None:
    row = rows(answer("a", amount=100), answer("b", amount=200))["amount"]
    assert (row.state, row.consensus, row.decided, row.agree) == ("conflict", None, False, 1)
    assert states(row) == {"a": "conflict", "b": "conflict"}


def test_nothing_is_an_answer_too() -> None:
    found = rows(answer("a", amount=100), answer("b", amount=None), answer("c"))
    assert (found["amount"].consensus, found["amount"].agree, found["amount"].decided) == (None, 2, True)
    assert states(found["amount"]) == {"a": "conflict", "b": "empty", "c": "empty"}
    assert found["amount"].state == "conflict"
    assert found["work_title"].state == "empty"


def test_a_failed_model_has_no_column() -> None:
    row = rows(answer("a", amount=1), answer("b", "no answer"))["amount"]
    assert states(row) == {"a": "agree"}
    assert row.state == "agree"


def test_parties_are_matched_by_what_they_hold() -> None:
    found = rows(
        answer("a", parties_0__role="갑", parties_0__name="한가람", parties_1__role="을", parties_1__name="새벽출판"),
        answer("b", parties_0__role="을", parties_0__name="새벽출판", parties_1__role="갑", parties_1__name="한가람"),
    )
    assert [found[f"parties[{n}].name"].consensus for n in (0, 1)] == ["한가람", "새벽출판"]
    assert {row.state for path, row in found.items() if path.startswith("parties")} == {"agree"}
    assert found["parties[0].name"].cells["b"].path == "parties[1].name"


def test_an_item_only_one_model_found_gets_a_row_of_its_own() -> None:
    found = rows(
        answer("a", parties_0__name="한가람"),
        answer("b", parties_0__name="문해솔", parties_1__name="한가람"),
    )
    assert states(found["parties[0].name"]) == {"a": "agree", "b": "agree"}
    assert states(found["parties[1].name"]) == {"a": "empty", "b": "conflict"}


def test_items_get_the_paths_of_the_draft() -> None:
    draft = {"parties[2].name": FieldValue("한가람")}
    found = rows(answer("a", parties_0__name="한가람", parties_1__name="문해솔"), draft=draft)
    assert found["parties[2].name"].cells["a"].path == "parties[0].name"
    assert found["parties[3].name"].cells["a"].value == "문해솔"


def test_taking_all_of_a_model_makes_the_draft_its_answer() -> None:
    draft = {
        "work_title": FieldValue("옛 제목", source="person:a"),
        "amount": FieldValue(5),
        "parties[0].name": FieldValue("새벽출판"),
        "parties[1].name": FieldValue("아무개"),
    }
    model = answer("a", work_title="은빛 노래", amount=None, parties_0__name="문해솔", parties_1__name="새벽출판")
    compared = compare({"a": model, "b": answer("b", work_title="다른 제목")}, TYPE, draft)
    values, removed = take_all(compared, "a", draft)
    after = {path: value for path, value in draft.items() if not path.startswith(tuple(f"{r}." for r in removed))}
    after |= values
    assert after["work_title"] == model.fields["work_title"]
    assert after["amount"].value is None
    assert sorted(v.value for path, v in after.items() if path.startswith("parties") and v.value) == [
        "문해솔",
        "새벽출판",
    ]
    assert values["work_title"].source == "a"
    assert values["work_title"].evidence


def test_items_that_the_model_does_not_have_are_removed() -> None:
    draft = {"parties[0].name": FieldValue("한가람"), "parties[1].name": FieldValue("문해솔")}
    values, removed = take_all(compare({"a": answer("a", parties_0__name="한가람")}, TYPE, draft), "a", draft)
    assert removed == ["parties[1]"]
    assert list(values) == ["parties[0].name"]


def test_a_whole_answer_that_is_the_draft_changes_nothing() -> None:
    model = answer("a", work_title="은빛 노래")
    draft = dict(model.fields)
    assert take_all(compare({"a": model}, TYPE, draft), "a", draft) == ({}, [])


def test_what_no_person_set_is_taken_though_it_is_the_same() -> None:
    model = answer("a", work_title="은빛 노래", amount=None)
    values, _ = take_all(compare({"a": model}, TYPE, model.fields), "a", model.fields, firm={"work_title"})
    assert "work_title" not in values and values["amount"].value is None
    values, _ = take_all(compare({"a": model}, TYPE, model.fields), "a", model.fields, firm=())
    assert values["work_title"] == model.fields["work_title"]


@given(st.text(max_size=60), st.text(max_size=60))
def test_a_difference_holds_both_texts(one: str, other: str) -> None:
    diff = difference(one, other)
    assert "".join(text for kind, text in diff if kind != "missing") == one
    assert "".join(text for kind, text in diff if kind != "added") == other


def test_long_texts_are_compared_by_words() -> None:
    base = "단어 " * 300
    assert ("added", "다른") in difference(base + "다른", base)


def test_a_result_is_not_changed_by_comparing() -> None:
    model = answer("a", parties_0__name="한가람")
    before = replace(model)
    rows(model, answer("b", parties_0__name="한가람"))
    assert model == before
