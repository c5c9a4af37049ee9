"""Messages: a code for each, kept as such, said in the reader's language."""

from __future__ import annotations

import copy
import json
import pickle
import re
from pathlib import Path

import pytest

from config.locale.__main__ import ROOT, messages_in
from extractor.core.errors import ReadingError, RightsdeskError
from extractor.core.message_codes import CODES
from extractor.core.messages import OTHER, Message, as_json, code_of, explain, from_json, translate

EMPTY = "{name} is empty (0 bytes). Upload the file again."
LATER = "Text recognition stopped early ({reason})."
NAMES = [ROOT / "extractor" / "export" / name for name in ("tables.py", "formats.py")]


def templates() -> set[str]:
    """What the package says to a person. Headings, names of formats and words in a sentence (`a PDF`) are none."""
    found: set[str] = set()
    for path in sorted((ROOT / "extractor").rglob("*.py")):
        if path not in NAMES:
            found |= {text for _line, text in messages_in(path.read_text(encoding="utf-8"))}
    return {text for text in found if "{" in text or not text[0].islower()}


def test_every_message_has_a_code_and_every_code_a_message() -> None:
    assert sorted(templates() - set(CODES.values())) == [], "Give them codes in extractor/core/message_codes.py."
    assert sorted(set(CODES.values()) - templates()) == [], "Its wording changed, or nobody says it any more."


def test_no_two_messages_have_one_code_and_no_two_codes_one_message() -> None:
    written = re.findall(r'^    "([^"]+)": ', (ROOT / "extractor/core/message_codes.py").read_text("utf-8"), re.M)
    assert sorted(written) == sorted(CODES)
    assert len(set(CODES.values())) == len(CODES)
    assert [code for code in CODES if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", code) or code == OTHER] == []


def test_a_message_is_its_english_text_with_a_code() -> None:
    message = Message(EMPTY, name="계약서 {1}.pdf")
    assert message == "계약서 {1}.pdf is empty (0 bytes). Upload the file again."
    assert type(str(message)) is str
    assert (message.code, message.template, message.parameters) == ("file-empty", EMPTY, {"name": "계약서 {1}.pdf"})
    with pytest.raises(AttributeError):
        message.code = "another"


def test_a_message_stays_one_between_processes_and_in_copies() -> None:
    message = Message(LATER, reason=Message(EMPTY, name="가.pdf"))
    for again in (pickle.loads(pickle.dumps(message)), copy.deepcopy(message)):
        assert (again, again.code, again.parameters["reason"].code) == (message, "ocr-stopped-early", "file-empty")


def test_a_message_stays_one_in_json_with_those_inside() -> None:
    message = Message(LATER, reason=Message(EMPTY, name=Path("가.pdf")))
    again = from_json(json.loads(json.dumps(as_json(message))))
    assert (again, again.code) == (message, message.code)
    inner = translate(EMPTY, "ko").format(name="가.pdf")
    assert translate(again, "ko") == translate(message, "ko") == translate(LATER, "ko").format(reason=inner)


def test_nothing_is_kept_that_is_not_said() -> None:
    """What is known besides, such as an address with a password in it, is not for the store."""
    kept = as_json(Message(EMPTY, name="가.pdf", address="https://han:secret@eunbit.example/v1"))
    assert kept == {"code": "file-empty", "template": EMPTY, "parameters": {"name": "가.pdf"}}


def test_a_number_is_written_as_its_template_says_after_json() -> None:
    template = "{model}: not enough memory. It needs {needed:.1f} GB, {there:.1f} GB are free."
    again = from_json(json.loads(json.dumps(as_json(Message(template, model="Qwen3", needed=7.26, there=2.0)))))
    assert "7.3" in again and "7.3" in translate(again, "ko")


@pytest.mark.parametrize(("text", "code"), [("Nobody's text.", OTHER), (None, None)])
def test_what_is_no_message_stays_what_it_is(text: str | None, code: str | None) -> None:
    assert from_json(json.loads(json.dumps(text))) == text
    assert code_of(text) == code


def test_a_message_in_a_wording_of_before_keeps_its_text_and_is_translated_by_its_code() -> None:
    kept = {"code": "file-empty", "template": "{name}: nothing in it.", "parameters": {"name": "가.pdf"}}
    message = from_json(kept)
    assert explain(message, "en") == "가.pdf: nothing in it."
    assert explain(message, "ko") == translate(EMPTY, "ko").format(name="가.pdf")
    # The wording of today names something that was not kept.
    other = from_json({**kept, "code": "file-too-large"})
    assert explain(other, "ko") == explain(other, "en") == "가.pdf: nothing in it."


def test_an_error_carries_its_message() -> None:
    error = ReadingError(EMPTY, name="가.pdf")
    assert (error.code, error.template, error.params) == ("file-empty", EMPTY, {"name": "가.pdf"})
    assert str(error) == error.message and type(error.message) is Message


def test_an_error_of_an_extractor_of_somebody_else_needs_no_code() -> None:
    error = RightsdeskError("{what} is not in our dictionary.", what="저작물")
    assert (str(error), error.code) == ("저작물 is not in our dictionary.", OTHER)
    assert explain(error, "ko") == "저작물 is not in our dictionary."
