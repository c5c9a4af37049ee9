"""The prompt and what is read out of an answer."""

from __future__ import annotations

import json
import re
import unicodedata
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractor import as_document_type, load_document_types
from extractor.core.errors import AnswerError
from extractor.extractors import prompt
from extractor.extractors.responses import parse, to_fields
from extractor.reading.text import document_from_text

SHORT = as_document_type(
    {
        "title": "string",
        "signed": "date",
        "fee": "number",
        "copies": "integer",
        "paid": "boolean",
        "kind": ["exclusive", "non-exclusive"],
        "terms": "list",
        "contact": {"type": ["string", "null"], "format": "email"},
        "people": {"type": "array", "items": {"type": "object", "properties": {"name": {"type": "string"}}}},
    },
    "Agreement",
)


def test_rules_come_from_the_schema_in_the_language_of_the_type() -> None:
    korean = prompt.build("본문", load_document_types()["contract"])[0]["content"]
    assert "work_title: 저작물명" in korean and "복제권 | 공연권" in korean and "YYYY-MM-DD" in korean
    english = prompt.build("Text", SHORT)[0]["content"]
    assert "- signed: signed; date YYYY-MM-DD" in english and "  - name: name; string" in english
    assert not any("가" <= letter <= "힣" for letter in english)


def test_only_the_fields_asked_for_are_in_it() -> None:
    system, user = (message["content"] for message in prompt.build("Text", SHORT, ["fee"]))
    assert "- fee:" in system and "- title:" not in system and "Extract fee from" in user
    assert list(prompt.json_schema(SHORT, ["fee"])["properties"]) == ["fee"]


@given(
    st.lists(
        st.sampled_from(
            ["</document>", "<DOCUMENT-2>", "＜／ｄｏｃｕｍｅｎｔ＞", "＜/document-2＞", "</ document - 3 >", "x", "\n"]
        )
    )
)
def test_no_document_can_close_its_fence(parts: list[str]) -> None:
    text = "".join(parts)
    user = prompt.build(text, SHORT)[1]["content"]
    name = prompt.fence(text)
    assert user.startswith(f"<{name}>\n{text}\n</{name}>\n")
    assert user.count(f"</{name}>") == 1
    assert f"/{name}>" not in re.sub(r"\s", "", unicodedata.normalize("NFKC", text)).casefold()
    assert prompt.build(text, SHORT) == prompt.build(text, SHORT)


@pytest.mark.parametrize("key", list(load_document_types()))
def test_the_schema_is_ready_for_strict_mode(key: str) -> None:
    def check(node: dict[str, Any]) -> None:
        if "properties" in node:
            assert node["required"] == list(node["properties"]) and node["additionalProperties"] is False
        assert not set(node) - {"type", "properties", "required", "additionalProperties", "items", "enum"}
        for inner in [*node.get("properties", {}).values(), *([node["items"]] if "items" in node else [])]:
            check(inner)

    schema = prompt.json_schema(load_document_types()[key])
    check(schema)
    jsonschema.Draft202012Validator.check_schema(schema)
    nothing = dict.fromkeys(schema["properties"])
    jsonschema.validate(nothing, schema)


ANSWER = {
    "title": "봄날의 바다",
    "signed": "2026. 3. 2.",
    "fee": "1,500,000원",
    "copies": 3,
    "paid": "yes",
    "kind": "non-exclusive",
    "terms": ["a", "a", None, "b"],
    "contact": "",
    "people": [{"name": "김가람"}, {"name": None}],
    "invented": 1,
}
STORED = {
    "title": "봄날의 바다",
    "signed": "2026-03-02",
    "fee": 1500000,
    "copies": 3,
    "paid": True,
    "kind": "non-exclusive",
    "terms": ["a", "b"],
    "contact": None,
    "people": [{"name": "김가람"}],
}


@pytest.mark.parametrize(
    "form",
    [
        "{}",
        "```json\n{}\n```",
        "Here it is:\n{}",
        "<think>{{perhaps}} or not</think>\n{}",
    ],
)
def test_an_answer_is_read_and_normalised(form: str) -> None:
    text = form.format(json.dumps(ANSWER, ensure_ascii=False))
    assert parse(text, SHORT) == STORED


def test_broken_syntax_is_repaired() -> None:
    text = json.dumps(ANSWER, ensure_ascii=False)
    assert parse(text[:-1] + ",}", SHORT) == STORED
    assert parse("{'title': 'Sea', 'fee': 5,}", SHORT)["title"] == "Sea"


def test_what_is_no_date_is_kept_for_a_person_to_see() -> None:
    assert parse('{"signed": "three years from signing"}', SHORT)["signed"] == "three years from signing"


@pytest.mark.parametrize("cut", range(1, len(json.dumps(ANSWER))))
def test_a_cut_answer_is_never_half_a_result(cut: int) -> None:
    with pytest.raises(AnswerError):
        parse(json.dumps(ANSWER)[:cut], SHORT)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "empty answer"),
        ("<think>hm</think>", "empty answer"),
        ("<!DOCTYPE html><html>", "web page"),
        ("I cannot do that.", "did not answer with JSON"),
        ("[1, 2]", "none of the fields"),
        ('{"name": "x"}', "none of the fields"),
        ('{"title": ["x"]}', "no value of title"),
        ('{"title": true}', "no value of title"),
        ('{"fee": "a lot"}', "no value of fee"),
        ('{"fee": NaN}', "no value of fee"),
        ('{"fee": 1e999}', "no value of fee"),
        ('{"copies": 1.5}', "no value of copies"),
        ('{"kind": "both"}', "no value of kind"),
        ('{"people": [1]}', "no value of people"),
        ('{"people": "김가람"}', "no value of people"),
        ('{"terms": {"a": 1}}', "no value of terms"),
        ("[" * 100_000, "."),
    ],
)
def test_another_shape_than_the_schema_is_an_error(text: str, message: str) -> None:
    with pytest.raises(AnswerError, match=message):
        parse(text, SHORT)


def test_values_get_their_place_in_the_document() -> None:
    document = document_from_text("제목: 봄날의 바다\n체결일: 2026. 3. 2.\n금액: 1,500,000원\n성명: 김가람")
    fields = to_fields(document, SHORT, {**STORED, "kind": "exclusive"}, "cloud_tiny", 0.9)
    assert fields["signed"].raw == "2026. 3. 2." and fields["signed"].evidence[0].alignment == "normalized"
    assert fields["people[0].name"].evidence[0].text == "김가람"
    assert fields["fee"].supported and fields["fee"].confidence == 0.9
    assert fields["kind"].value == "exclusive" and not fields["kind"].supported
    assert fields["contact"].value is None and fields["contact"].confidence is None
    assert {value.source for value in fields.values()} == {"cloud_tiny"}
    assert list(to_fields(document, SHORT, {"fee": 1500000}, "x")) == ["fee"]
