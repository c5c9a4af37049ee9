"""What the base class does for every extractor: time, cost, errors, who was asked."""

import time
from pathlib import Path
from typing import Any

import pytest

from extractor import create_extractor
from extractor.core.document_types import DocumentType, as_document_type, load_document_types
from extractor.core.documents import Document
from extractor.core.errors import ExtractionError, SchemaError, StoppedError
from extractor.core.extractions import Attempt, Extraction, FieldValue, Usage
from extractor.extractors.base import Extractor, Reply
from extractor.reading.text import document_from_text

TYPE = as_document_type({"title": "string"}, "계약서")
DOCUMENT = document_from_text("은빛 강가의 노래")
VALUES = {"title": FieldValue("은빛 강가의 노래", confidence=0.9, source="cloud_brook")}


class Brook(Extractor):
    """Gives the reply, or raises the error, that it is made with."""

    model, provider, paid = "cloud_brook", "brook", True

    def __init__(self, reply: Reply | Exception) -> None:
        self.made = reply

    def reply(self, document: Document, document_type: DocumentType) -> Reply:
        time.sleep(0.01)
        if isinstance(self.made, Exception):
            raise self.made
        return self.made


class Stream(Brook):
    paid = False


def test_a_reply_becomes_an_extraction_with_the_time_it_took() -> None:
    result = Brook(Reply(VALUES, Usage(10, 2), 0.5, "v7")).extract(DOCUMENT, TYPE)
    assert (result.model, result.provider, result.error) == ("cloud_brook", "brook", None)
    assert (result.fields, result.usage, result.cost_usd, result.prompt_version) == (VALUES, Usage(10, 2), 0.5, "v7")
    assert result.processing_time >= 0.01
    assert result.attempts == (Attempt("cloud_brook", "brook", None, result.processing_time, 0.5),)


def test_what_was_asked_for_free_is_no_attempt() -> None:
    assert Stream(Reply(VALUES)).extract(DOCUMENT, TYPE).attempts == ()


def test_a_reply_that_knows_its_own_time_attempts_and_provider_is_believed() -> None:
    attempts = (Attempt("builtin", "rightsdesk"),)
    result = Brook(Reply(VALUES, attempts=attempts, provider="rightsdesk", seconds=7.0)).extract(DOCUMENT, TYPE)
    assert (result.attempts, result.provider, result.processing_time) == (attempts, "rightsdesk", 7.0)
    assert Brook(Reply(VALUES, attempts=())).extract(DOCUMENT, TYPE).attempts == ()


def test_an_error_ends_up_in_the_result_with_what_was_charged() -> None:
    result = Brook(ExtractionError("no JSON", spent=Usage(10, 2))).extract(DOCUMENT, TYPE)
    assert (result.error, result.fields, result.usage) == ("no JSON", {}, Usage(10, 2))
    assert result.processing_time >= 0.01
    assert result.attempts[0].error == "no JSON"
    assert Brook(SchemaError("no schema")).extract(DOCUMENT, TYPE).error == "no schema"


def test_a_stop_and_a_bug_are_no_results() -> None:
    for error in (StoppedError(), ZeroDivisionError()):
        with pytest.raises(type(error)):
            Brook(error).extract(DOCUMENT, TYPE)


def test_the_fields_alone_are_those_of_the_reply_or_its_error() -> None:
    assert Brook(Reply(VALUES)).fields(DOCUMENT, TYPE) == VALUES
    with pytest.raises(ExtractionError, match="no JSON"):
        Brook(ExtractionError("no JSON")).fields(DOCUMENT, TYPE)
    with pytest.raises(ExtractionError, match="took too much"):
        Brook(Reply(error="took too much")).fields(DOCUMENT, TYPE)


@pytest.mark.parametrize(
    ("schema", "name", "title", "key"),
    [
        (load_document_types()["contract"], "", "계약서", "contract"),
        ({"work_title": "string"}, "Letter", "Letter", "Letter"),
        ({"$id": "letter", "title": "편지", "properties": {"work_title": {"type": "string"}}}, "", "편지", "letter"),
    ],
)
def test_a_result_says_its_type_by_title_and_by_key(schema: Any, name: str, title: str, key: str) -> None:
    result = create_extractor("builtin").extract_metadata("저작물명: 봄날의 바다\n", schema, name)
    assert (result.document_type, result.document_type_key) == (title, key)
    assert Extraction.from_dict(result.to_dict()) == result


def test_a_file_that_cannot_be_read_says_its_type_too(tmp_path: Path) -> None:
    (tmp_path / "empty.pdf").write_bytes(b"")
    result = create_extractor("builtin").extract_file(tmp_path / "empty.pdf", load_document_types()["contract"])
    assert result.error and result.document_type_key == "contract"


def test_a_result_that_was_stored_without_a_key_is_read() -> None:
    stored = create_extractor("builtin").extract_metadata("Title: Blue River", {"title": "string"}).to_dict()
    del stored["document_type_key"]
    assert Extraction.from_dict(stored).document_type_key == ""
