"""Where a model's answer ends, and which of its characters say which value."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractor.core.value_path import flatten
from extractor.extractors.local.json_stream import JsonStream, json_object, value_spans

TEXTS = st.text(max_size=12)
LEAVES = st.one_of(st.none(), st.booleans(), st.integers(-999, 999), TEXTS)
OBJECTS = st.dictionaries(
    st.text("abcdef_", min_size=1, max_size=6),
    st.one_of(
        LEAVES,
        st.lists(TEXTS, max_size=3),
        st.lists(st.dictionaries(st.text("xyz", min_size=1, max_size=3), LEAVES, min_size=1), min_size=1, max_size=3),
    ),
    min_size=1,
)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ('{"a": 1} and more', '{"a": 1}'),
        ('```json\n{"a": {"b": "}"}}\n```', '```json\n{"a": {"b": "}"}}'),
        (r'{"a": "\"}"} x', r'{"a": "\"}"}'),
        ('<think>{not this}</think>{"a": 1}!', '<think>{not this}</think>{"a": 1}'),
        ('{"a": [1, 2', None),
        ('{"a": "open}', None),
        ("no object", None),
        ("<think>{}", None),
    ],
)
def test_the_first_object_ends_the_answer(text: str, wanted: str | None) -> None:
    assert json_object(text) == wanted


@given(OBJECTS, TEXTS, st.booleans())
def test_any_object_ends_at_its_last_bracket(data: dict[str, object], tail: str, ascii_only: bool) -> None:
    text = json.dumps(data, ensure_ascii=ascii_only)
    assert json_object(text + tail) == text
    end = JsonStream()
    assert not any(end.feed(letter) for letter in text[:-1])
    assert end.feed(text[-1])


@given(OBJECTS, st.sampled_from([None, 1]))
def test_every_value_has_its_characters(data: dict[str, object], indent: int | None) -> None:
    text = json.dumps(data, indent=indent)
    spans = value_spans(f"Here: {text}")
    assert {path: json.loads(f"Here: {text}"[a:b]) for path, (a, b) in spans.items()} == flatten(data)


def test_what_is_no_strict_json_has_no_spans() -> None:
    assert value_spans("{'a': 1}") == {}
    assert value_spans('{"a": 1') == {}
    assert value_spans("none") == {}
