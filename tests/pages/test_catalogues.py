from __future__ import annotations

import re
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po

from config.locale.__main__ import DOMAIN, FOLDER, extracted, messages_in, untranslated
from extractor.core.errors import ReadingError
from extractor.core.messages import explain, translate
from extractor.core.old_sentences import retell

CATALOGUES = sorted(FOLDER.glob(f"*/LC_MESSAGES/{DOMAIN}.po"))
REMEDY = "Run `make catalogues`, translate what it lists, run it again and commit both files."


@pytest.fixture(params=CATALOGUES, ids=lambda path: path.parts[-3])
def catalogue(request: pytest.FixtureRequest) -> Catalog:
    path: Path = request.param
    with path.open("rb") as file:
        return read_po(file)


def test_every_message_of_the_code_is_translated(catalogue: Catalog) -> None:
    assert {message.id for message in extracted() if message.id} == {m.id for m in catalogue if m.id}, REMEDY
    assert untranslated(catalogue) == [], REMEDY


def test_translations_keep_the_named_parts(catalogue: Catalog) -> None:
    def parts(text: object) -> set[str]:
        """Of a text, or of all forms of a plural."""
        return set(re.findall(r"\{\w*(?::[^{}]*)?\}", str(text)))

    assert [m.id for m in catalogue if m.id and parts(m.id) != parts(m.string)] == []


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.parts[-3])
def test_the_compiled_catalogue_is_the_written_one(path: Path) -> None:
    with path.open("rb") as written, path.with_suffix(".mo").open("rb") as compiled:
        texts, shipped = read_po(written), read_mo(compiled)
    assert {m.id: m.string for m in texts if m.id} == {m.id: m.string for m in shipped if m.id}, REMEDY


def test_messages_inside_f_strings_are_found() -> None:
    source = "N_('one')\nf'{_(\"two\")}'\n_(variable)\nother('three')\n_('four' 'five')\n"
    assert {text for _line, text in messages_in(source)} == {"one", "two", "fourfive"}


EMPTY = "{name} is empty (0 bytes). Upload the file again."


def test_errors_are_explained_in_the_language_of_the_reader() -> None:
    error = ReadingError(EMPTY, name="계약서 (최종).pdf")
    assert explain(error, "en") == "계약서 (최종).pdf is empty (0 bytes). Upload the file again."
    assert explain(error, "ko").startswith("계약서 (최종).pdf: 빈 파일")


def test_a_stored_english_message_is_retold() -> None:
    stored = EMPTY.format(name="계약서 {1} is empty.pdf")
    assert retell(stored, "ko") == translate(EMPTY, "ko").format(name="계약서 {1} is empty.pdf")
    assert retell(stored, "en") == stored
    assert retell("Nobody's message", "ko") == "Nobody's message"
    assert retell("", "ko") == ""
    # A label of the pages is no message.
    assert retell("the transfer of 3 files failed", "ko") == "the transfer of 3 files failed"


def test_a_stored_message_with_a_rounded_number_is_retold() -> None:
    template = "{model}: not enough memory. It needs {needed:.1f} GB, {there:.1f} GB are free."
    stored = template.format(model="Qwen3", needed=7.26, there=2.0)
    assert retell(stored, "ko") == translate(template, "ko").format(model="Qwen3", needed=7.26, there=2.0) != stored


def test_a_stored_message_inside_another_is_retold_too() -> None:
    inner = "The model gave an empty answer."
    told = retell(f"It failed: {inner}", "ko")
    assert told == translate("It failed: {reason}", "ko").format(reason=translate(inner, "ko"))
