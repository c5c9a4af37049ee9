"""The sample documents say what their gold says, and the script makes them as committed."""

from __future__ import annotations

import json
import re
import unicodedata
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from extractor.core.document_types import Field, load_document_types
from extractor.core.value_path import flatten
from extractor.reading.formats import read, read_bytes
from samples import make_samples
from samples.drawing.fonts import missing_fonts
from samples.layouts.values import DATE_STYLES, written

FOLDER = Path(make_samples.__file__).parent
GOLD = [json.loads(line) for line in (FOLDER / "gold.jsonl").read_text("utf-8").splitlines()]
TYPES = load_document_types()
needs_fonts = pytest.mark.skipif(bool(missing_fonts()), reason=f"fonts are missing: {', '.join(missing_fonts())}")


def squeezed(text: str) -> str:
    """Text as compared: NFKC and without white space."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))


@cache
def document_text(file: str) -> str:
    return squeezed(read(FOLDER / file).text)


def printed_forms(field: Field, value: Any, language: str) -> list[str]:
    """How the document may print `value`; empty where it need not print it (a tick, an ISO code)."""
    if field.kind == "date":
        return [written(value, style) for style in DATE_STYLES]
    if field.kind == "number":
        return [f"{value:,}"]
    if field.kind == "choices" and language == "ko":
        return [value.removesuffix("권")]  # prose may say 복제하고 배포하며
    return [value] if field.kind == "string" and "pattern" not in field.schema else []


@pytest.mark.parametrize("entry", GOLD, ids=[entry["file"] for entry in GOLD])
def test_gold_follows_the_schema(entry: dict[str, Any]) -> None:
    schema = TYPES[entry["document_type"]].schema
    checker = jsonschema.Draft202012Validator.FORMAT_CHECKER
    jsonschema.Draft202012Validator(schema, format_checker=checker).validate(entry["metadata"])
    assert list(entry["metadata"]) == list(schema["properties"])


@pytest.mark.parametrize("entry", GOLD, ids=[entry["file"] for entry in GOLD])
def test_document_prints_its_gold(entry: dict[str, Any]) -> None:
    text = document_text(entry["file"])
    checked = 0
    for path, value in flatten(entry["metadata"]).items():
        field = TYPES[entry["document_type"]].field_at(path)
        for one in value if isinstance(value, list) else [value]:
            item = field.item if field.kind == "list" else field
            forms = [] if one is None else printed_forms(item, one, entry["language"])
            assert not forms or any(squeezed(form) in text for form in forms), f"{path}: {one!r}"
            checked += bool(forms)
    assert checked >= 4


def test_every_document_has_gold_and_every_gold_a_document() -> None:
    documents = {path.name for suffix in ("pdf", "docx") for path in FOLDER.glob(f"*.{suffix}")}
    assert documents == {entry["file"] for entry in GOLD}
    assert len(documents) == len(GOLD) >= 30


def test_samples_are_varied() -> None:
    assert len({entry["layout"] for entry in GOLD}) >= 14
    assert {entry["document_type"] for entry in GOLD} == set(TYPES)
    assert {entry["language"] for entry in GOLD} == {"ko", "en"}
    answers = [
        value for entry in GOLD for path, value in flatten(entry["metadata"]).items() if path.endswith("_consent")
    ]
    assert {"동의함", "동의하지 않음", None} <= set(answers)


def test_samples_are_small() -> None:
    sizes = {path.name: path.stat().st_size for suffix in ("pdf", "docx") for path in FOLDER.glob(f"*.{suffix}")}
    assert sum(sizes.values()) < 3_000_000
    assert max(sizes.values()) < 100_000


def test_contact_details_are_invented() -> None:
    for entry in GOLD:
        for path, value in flatten(entry["metadata"]).items():
            if value and path.endswith("email"):
                assert value.endswith(".example")
            if value and path.endswith("phone"):
                assert "000" in value or "555-01" in value
            if value and path.endswith("registration_no"):
                assert value.startswith("000-")


@needs_fonts
def test_script_makes_what_is_committed() -> None:
    made = dict(make_samples.rendered())
    assert made.pop("gold.jsonl").decode() == (FOLDER / "gold.jsonl").read_text("utf-8")
    for name, data in made.items():
        assert squeezed(read_bytes(data, name).text) == document_text(name), name


@needs_fonts
def test_making_twice_gives_the_same_bytes() -> None:
    assert list(make_samples.rendered()) == list(make_samples.rendered())
