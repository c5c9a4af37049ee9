"""A type file with a slip in it: it is left out, told of with its line, and stops nothing else."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from extractor.cli.app import main
from extractor.core import document_types
from extractor.core.document_types import load_document_type, load_document_types, read_document_types
from extractor.core.errors import SchemaError

GOOD = '{\n "title": "편지",\n "properties": {\n  "work_title": {"type": "string"}\n }\n}\n'


def with_field(field: str) -> str:
    return GOOD.replace('{"type": "string"}', field)


# What is in the file, and what the notice says.
SLIPS: dict[str, tuple[str | bytes, str]] = {
    "comma": (GOOD.replace('"편지",', '"편지"'), r"bad\.json, line 3: is not valid JSON"),
    "cut off": (GOOD[:-6], r"bad\.json, line \d: is not valid JSON"),
    "empty": ("", r"bad\.json, line 1: is not valid JSON"),
    "key twice": (
        GOOD.replace('"work_title"', '"work_title": {"type": "number"},\n  "work_title"'),
        r"bad\.json, line 5: “work_title” stands twice",
    ),
    "not UTF-8": (b"{\n\n" + "편지".encode("cp949"), r"bad\.json, line 3: is not UTF-8"),
    "a list": ("[1]", "must be a JSON object"),
    "nothing to extract": ('{"title": "편지"}', "no “properties”"),
    "deep": ("[" * 100_000, r"bad\.json"),
    "no type": (with_field('{"type": "strng"}'), r"bad\.json, line 4: .*at \$\.properties\.work_title\.type"),
    "no schema": (with_field("7"), r"line 4: .*at \$\.properties\.work_title"),
    "true": (with_field("true"), r"line 4: .*a field must be a JSON object"),
    "title": (GOOD.replace('"편지"', '"편지", "x-title-en": 5'), r"line 2: .*at \$\.x-title-en \(must be a text"),
    "labels": (with_field('{"x-labels": "제목"}'), r"line 4: .*must be a list of texts"),
    "pattern": (with_field('{"type": "string", "pattern": "("}'), r"line 4: .*at \$\.properties\.work_title\.pattern"),
    "items": (with_field('{"type": "array", "items": true}'), r"line 4: .*at \$\.properties\.work_title\.items"),
    "choices": (with_field('{"enum": [{}]}'), r"line 4: .*a choice must be"),
    "reference": (with_field('{"$ref": "#/$defs/nothing"}'), r"bad\.json"),
    "dotted": (GOOD.replace("work_title", "work.title"), r"line 4: .*a name must not"),
    "in an item": (
        with_field('{"type": "array", "items": {"properties": {"a": {"x-title-en": []}}}}'),
        r"at \$\.properties\.work_title\.items\.properties\.a\.x-title-en",
    ),
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of types in which two are well."""
    for name in ("letter", "other"):
        (tmp_path / f"{name}.json").write_text(GOOD, encoding="utf-8")
    monkeypatch.setattr(document_types, "FOLDER", tmp_path)
    return tmp_path


@pytest.mark.parametrize("slip", SLIPS)
def test_a_file_with_a_slip_is_left_out_and_told_of(folder: Path, slip: str) -> None:
    content, notice = SLIPS[slip]
    path = folder / "bad.json"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    found = read_document_types()
    assert list(found.types) == list(load_document_types()) == ["letter", "other"]
    (problem,) = found.problems
    with pytest.raises(SchemaError, match=notice):
        raise problem
    with pytest.raises(SchemaError, match=notice):
        load_document_type(path)
    path.write_text(GOOD, encoding="utf-8")
    assert list(load_document_types()) == ["bad", "letter", "other"], "mended, it counts at once"


UNREADABLE: dict[str, Callable[[Path], object]] = {
    "a folder": lambda path: path.mkdir(),
    "a link to nothing": lambda path: path.symlink_to("nowhere.json"),
    "a link to itself": lambda path: path.symlink_to(path),
}


@pytest.mark.parametrize("kind", UNREADABLE)
def test_what_cannot_be_read_is_left_out(folder: Path, kind: str) -> None:
    UNREADABLE[kind](folder / "bad.json")
    found = read_document_types()
    assert list(found.types) == ["letter", "other"]
    assert [str(problem).startswith("bad.json: cannot be read") for problem in found.problems] == [True]


def test_files_that_did_not_change_are_not_read_again(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = load_document_types()
    monkeypatch.setattr(document_types, "load_document_type", lambda path: pytest.fail(f"{path} is read again"))
    assert load_document_types()["letter"] is before["letter"]


def test_a_change_of_the_same_length_counts(folder: Path) -> None:
    path = folder / "letter.json"
    seen = path.stat()
    assert load_document_types()["letter"].title() == "편지"
    path.write_text(GOOD.replace("편지", "서신"), encoding="utf-8")
    os.utime(path, ns=(seen.st_atime_ns, seen.st_mtime_ns))
    assert load_document_types()["letter"].title() == "서신"


def test_the_types_of_the_product_are_well() -> None:
    assert read_document_types().problems == ()


def test_the_command_line_goes_on_and_says_what_it_left_out(folder: Path, tmp_path: Path) -> None:
    (folder / "bad.json").write_text(str(SLIPS["comma"][0]), encoding="utf-8")
    result = CliRunner().invoke(main, ["types"])
    assert result.exit_code == 0
    assert [line.split("\t")[0] for line in result.stdout.splitlines()] == ["letter", "other"]
    assert "bad.json, line 3" in result.stderr
    text = tmp_path / "letter.txt"
    text.write_text("편지\nwork title: 봄날\n", encoding="utf-8")
    result = CliRunner().invoke(main, ["extract", str(text), "--type", "letter"])
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout.splitlines()[0])["document_type"]
    assert "bad.json, line 3" in result.stderr
