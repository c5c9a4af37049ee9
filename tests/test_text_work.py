"""What reads a document's text does so in a worker: the same results, and no text holds anybody up."""

from __future__ import annotations

import ast
import json
import os
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from extractor import create_extractor, load_document_types
from extractor.classification.document_type import propose_type
from extractor.core.documents import Document
from extractor.core.errors import AnswerError, ReadingError
from extractor.core.extractions import Evidence, FieldValue
from extractor.desk import review, sandboxed_values
from extractor.evidence import align
from extractor.extractors import confidence_curves, responses, sandboxed_text
from extractor.extractors.builtin import extractor as builtin
from extractor.extractors.builtin.extractor import BuiltinExtractor
from extractor.extractors.builtin.prepared_document import PreparedDocument
from extractor.extractors.builtin.profile import type_profile
from extractor.extractors.estimates import estimate_usage
from extractor.reading import sandbox
from extractor.reading.formats import read, read_bytes
from extractor.reading.sandbox import Source
from extractor.reading.text import document_from_text

ROOT = Path(__file__).parents[1]
SAMPLES = [ROOT / "samples" / f"{name}" for name in ("contract_table_01.pdf", "consent_table_01.pdf")]
TYPES = load_document_types()
CONTRACT = TYPES["contract"]


@pytest.fixture(scope="module", params=SAMPLES, ids=lambda path: path.stem)
def document(request: pytest.FixtureRequest) -> Document:
    return read(request.param)


def spin(*_: object) -> None:
    """Stands for an expression that never ends: one call that computes and lets go of nothing."""
    sum(range(10**12))


def test_each_is_the_same_as_in_this_process(document: Document) -> None:
    key, sure = propose_type(document, TYPES)
    known = TYPES[key]
    assert sandboxed_text.propose_type(document, TYPES) == (key, sure)
    looked = sandboxed_text.read_and_look(SAMPLES[0], "a.pdf", TYPES)
    assert (looked.document.text, looked.document_type, looked.forms) == (read(SAMPLES[0]).text, "contract", 1)
    assert sandboxed_text.count_tokens(document, known) == estimate_usage(document, known)
    prepared = type_profile(known)
    assert sandboxed_text.ranked_candidates(document, known) == builtin.ranked_candidates(
        PreparedDocument(document, prepared), prepared
    )
    here = BuiltinExtractor().extract(document, known)
    there = create_extractor("builtin").extract(document, known)
    assert there.fields == here.fields
    assert (there.model, there.provider, there.document_type, there.cost_usd, there.error) == (
        here.model, here.provider, here.document_type, here.cost_usd, None
    )  # fmt: skip
    metadata = here.metadata
    assert sandboxed_text.to_fields(document, known, metadata, "m", 0.5) == responses.to_fields(
        document, known, metadata, "m", 0.5
    )
    said = json.dumps(metadata, ensure_ascii=False)
    assert sandboxed_text.answered(document, known, [said], None, "m") == responses.to_fields(
        document, known, responses.parse(said, known), "m"
    )


def test_a_binder_is_cut_the_same_way() -> None:
    from extractor.classification.binders import propose_parts
    from tests.binders.making import binder, whole

    document = read_bytes(binder(whole(3)), "binder.pdf")
    assert sandboxed_text.propose_parts(document) == propose_parts(document)
    assert len(propose_parts(document)) > 1


def test_uncalibrated_reaches_the_worker(document: Document, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("RIGHTSDESK_LEARNED", str(tmp_path))
    confidence_curves.keep("builtin", ((0.0, 0.0), (1.0, 0.5)))
    extractor = create_extractor("builtin")
    by_curve = extractor.extract(document, CONTRACT).confidence
    with confidence_curves.uncalibrated():
        by_itself = extractor.extract(document, CONTRACT).confidence
    assert by_curve is not None and by_itself is not None
    assert by_curve < by_itself


@pytest.mark.parametrize("name", ["work_title", "contract_date", "amount"])
def test_a_typed_value_finds_its_place_in_the_worker(name: str) -> None:
    document = read(SAMPLES[0])
    field = next((one for one in CONTRACT.fields if one.name == name), CONTRACT.fields[0])
    found = BuiltinExtractor().extract(document, CONTRACT).fields[field.path].value
    old = FieldValue("x", "x", (Evidence(1, 0, 1, "x"),), source="person:kim")
    source = Source("k", lambda: document)
    typed = sandboxed_values.typed_value(source, "a.pdf", field, old, found, 1)
    pages = [(page, document.text[page.start : page.end]) for page in document.pages]
    assert typed == review.typed_value(field, old, found, pages)
    assert (align(document, field, found) == ()) == (typed.evidence == ())


def test_a_document_goes_to_the_worker_once() -> None:
    sandbox._pool().close()
    loaded: list[int] = []
    document = read(SAMPLES[0])

    def load() -> Document:
        loaded.append(1)
        return document

    for number in range(3):
        sandboxed_values.typed_value(
            Source("once", load), "a.pdf", CONTRACT.fields[0], FieldValue(None), f"v{number}", 1
        )
    assert len(loaded) == 1


def test_a_document_that_the_worker_dropped_is_sent_again() -> None:
    sandbox._pool().close()
    for number in range(12):
        document = document_from_text(f"제목 {number}")
        sandboxed_text.propose_parts(document)
    first = document_from_text("제목 0")
    assert sandbox.run(length, name="a", source=Source.of(first)) == len(first.text)


def length(document: Document) -> int:
    return len(document.text)


ENTRIES = {
    "extract": lambda document: create_extractor("builtin").extract(document, CONTRACT).error or "",
    "propose_type": lambda document: refused(sandboxed_text.propose_type, document, TYPES),
    "propose_parts": lambda document: refused(sandboxed_text.propose_parts, document),
    "count_tokens": lambda document: refused(sandboxed_text.count_tokens, document, CONTRACT),
    "ranked_candidates": lambda document: refused(sandboxed_text.ranked_candidates, document, CONTRACT),
    "to_fields": lambda document: refused(sandboxed_text.to_fields, document, CONTRACT, {}, "m"),
}
INSIDE = ("_extract", "_propose_type", "_propose_parts", "_count_tokens", "_ranked_candidates", "_to_fields",
          "_answered", "_typed_value")  # fmt: skip


def refused(function: Callable[..., object], *arguments: object) -> str:
    with pytest.raises(ReadingError) as told:
        function(*arguments)
    return str(told.value)


@pytest.fixture
def endless(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every text takes for ever in the worker."""
    for name in INSIDE:
        monkeypatch.setattr(sandboxed_values if name == "_typed_value" else sandboxed_text, name, spin)
    monkeypatch.setattr(sandbox, "CPU_SECONDS", 1.0)


@pytest.mark.parametrize("entry", ENTRIES)
def test_a_text_that_takes_for_ever_is_given_up_with_a_message(entry: str, endless: None) -> None:
    document = document_from_text("저작물 이용허락 계약서", "endless.txt")
    message = ENTRIES[entry](document)
    assert message.startswith("endless.txt: its text took more than 1 s of computing")


def test_this_process_goes_on_while_a_text_takes_for_ever(endless: None) -> None:
    """The worker holds its own interpreter lock, not this one: other threads here get their turn all the time."""
    document = document_from_text("저작물", "endless.txt")
    turns, over = 0, threading.Event()

    def extract() -> None:
        create_extractor("builtin").extract(document, CONTRACT)
        over.set()

    threading.Thread(target=extract, daemon=True).start()
    used = time.process_time()
    while not over.wait(0.001):
        turns += 1
    # What this process computed meanwhile is next to nothing beside the second of the worker.
    assert turns > 100
    assert time.process_time() - used < 0.9


def test_what_was_typed_is_kept_whatever_its_text_does(endless: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandboxed_values, "TYPED_CPU_SECONDS", 0.5)
    source = Source("endless", lambda: document_from_text("저작물"))
    kept = sandboxed_values.typed_value(source, "a.txt", CONTRACT.fields[0], FieldValue(None), "은빛", 1)
    assert (kept.value, kept.raw, kept.evidence) == ("은빛", "은빛", ())


def test_a_paid_answer_is_kept_without_places_when_its_document_takes_too_much(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(sandbox, "CPU_SECONDS", 1.0)
    monkeypatch.setattr(sandboxed_text, "_answered", answered_or_spin)
    document = document_from_text("저작물명 은빛")
    said = json.dumps({"work_title": "은빛"})
    found = sandboxed_text.answered(document, CONTRACT, [said], None, "m")
    assert (found["work_title"].value, found["work_title"].evidence) == ("은빛", ())
    with pytest.raises(AnswerError):
        sandboxed_text.answered(document, CONTRACT, ["no JSON at all"], None, "m")


def answered_or_spin(document: Document, *arguments: Any) -> str:
    if document.text:
        spin()
    return answered_here(document, *arguments)


answered_here = sandboxed_text._answered


def pid_of(document: Document, *_: object) -> str:
    return json.dumps({"pid": {"value": os.getpid()}})


def test_nothing_of_it_happens_in_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandboxed_text, "_to_fields", pid_of)
    document = document_from_text("저작물")
    assert sandboxed_text.to_fields(document, CONTRACT, {}, "m")["pid"].value != os.getpid()


IN_PROCESS = {
    "extractor.reading.formats": {"read", "read_bytes"},
    "extractor.reading.text": {"document_from_text", "read"},
    "extractor.classification.document_type": {"propose_type"},
    "extractor.classification.binders": {"propose_parts"},
    "extractor.extractors.builtin.extractor": {"BuiltinExtractor", "ranked_candidates"},
    "extractor.evidence": {"align"},
    "extractor.extractors.responses": {"to_fields"},
    "extractor.desk.review": {"typed_value", "find_evidence"},
    "extractor.learning.training": {"train"},
    "extractor.extractors.estimates": {"estimate_usage"},
}
FACES = [
    *ROOT.glob("pages/**/*.py"),
    *ROOT.glob("extractor/cli/*.py"),
    *ROOT.glob("extractor/serverless/*.py"),
    *(ROOT / "extractor" / name for name in (
        "desk/intake.py", "desk/batch_intake.py", "desk/background_ocr.py", "desk/runs.py", "desk/forecast.py",
        "extractors/cloud/extractor.py",
    )),
]  # fmt: skip


@pytest.mark.parametrize("path", FACES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_face_reads_in_its_own_process(path: Path) -> None:
    package = ".".join(path.relative_to(ROOT).with_suffix("").parts[:-1])
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            parents = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            module = ".".join([*parents, *filter(None, [node.module])])
            taken = {alias.name for alias in node.names} & IN_PROCESS.get(module, set())
            assert not taken, f"{path.name}, line {node.lineno}: {module}.{taken} reads in this process"


def test_files_of_the_python_interface_are_read_in_a_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("extractor.reading.formats.read", lambda *_: pytest.fail("read here"))
    monkeypatch.setattr("extractor.reading.formats.read_bytes", lambda *_: pytest.fail("read here"))
    found = create_extractor("builtin").extract_file(SAMPLES[0], CONTRACT)
    assert found.error is None and found.metadata["work_title"]
