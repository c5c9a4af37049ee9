from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from extractor.core import document_types
from extractor.store import DocumentRow, Store

from .conftest import CONTRACT, ROOT, control, texts

TEXT = "text/plain"
Open = Callable[..., AppTest]
Add = Callable[..., DocumentRow]


def upload(app: AppTest, *files: tuple[str, bytes]) -> AppTest:
    app.file_uploader[0].set_value([(name, data, TEXT) for name, data in files]).run()
    while not app.session_state["upload_batch"].wait(60):
        pass
    app.run()
    assert not app.exception
    return app


def test_an_empty_desk_says_what_to_do(open_page: Open) -> None:
    app = open_page()
    assert "Add the first documents" in texts(app)
    assert [button.label for button in app.button] == []


def test_files_are_taken_in_and_bad_ones_do_not_stop_the_others(open_page: Open, store: Store) -> None:
    app = upload(
        open_page(),
        ("empty.pdf", b""),
        ("contract.txt", CONTRACT.encode()),
        ("copy of contract.txt", CONTRACT.encode()),
        ("not really.pdf", b"just text"),
        ("consent.md", "개인정보 수집·이용 동의서\n성명 : 문해솔\n".encode()),
    )
    assert {row.name for row in store.find()} == {"contract.txt", "consent.md"}
    said = texts(app)
    assert "Added 2 · Already there 1 · Refused 2" in said
    assert "empty" in said and "0 bytes" in said
    assert "as contract" in said
    # Once taken in, the uploader is empty: another rerun must not take the files in again.
    assert app.file_uploader[0].value == []
    app.button(key="upload_close").click().run()
    assert "Refused" not in texts(app)


def test_an_error_nobody_foresaw_refuses_one_file_only(
    open_page: Open, store: Store, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    from extractor.desk import intake
    from extractor.extractors import sandboxed_text

    read = sandboxed_text.read_and_look

    def fragile(data: bytes, name: str, *more: Any) -> object:
        if name == "cursed.txt":
            raise ZeroDivisionError("a secret detail")
        return read(data, name, *more)

    monkeypatch.setattr(intake, "read_and_look", fragile)
    with caplog.at_level(logging.ERROR):
        app = upload(open_page(), ("cursed.txt", b"something"), ("contract.txt", CONTRACT.encode()))
    assert [row.name for row in store.find()] == ["contract.txt"]
    assert "Added 1 · Refused 1" in texts(app)
    assert "a secret detail" not in texts(app)
    assert "a secret detail" in caplog.text


def test_the_next_thing_to_do_is_the_primary_button(open_page: Open, add: Add, store: Store) -> None:
    row = add()
    new = open_page()
    assert new.button(key="extract_new").proto.type == "primary"
    assert new.button(key="open_next").proto.type == "secondary"
    extract(store, row)
    extracted = open_page()
    assert extracted.button(key="open_next").proto.type == "primary"
    assert extracted.button(key="open_next").proto.shortcut.lower() == "ctrl+enter"
    store.approve(row.hash, document_types.load_document_types()[row.document_type], "tester")
    assert open_page().button(key="to_export").proto.type == "primary"


def extract(store: Store, row: DocumentRow) -> None:
    from extractor import create_extractor

    document_type = document_types.load_document_types()[row.document_type]
    store.save_extraction(row.hash, document_type, create_extractor().extract(store.document(row.hash), document_type))


def test_search_and_filters_narrow_the_queue(open_page: Open, add: Add) -> None:
    add("contract.txt")
    add("letter.txt", "안녕하십니까. 문의드립니다.\n감사합니다.\n")
    app = open_page()
    assert "2 documents" in texts(app)
    app.text_input(key="queue_search").set_value("은빛 강가").run()
    assert "1 documents" in texts(app)
    app.text_input(key="queue_search").set_value("no such thing").run()
    assert "No document matches" in texts(app)
    app.text_input(key="queue_search").set_value("").run()
    control(app, "queue_state/en").set_value("approved").run()
    assert "No document matches" in texts(app)


def test_a_long_queue_comes_in_pages(open_page: Open, add: Add) -> None:
    for number in range(27):
        add(f"{number}.txt", f"문서 {number}\n본문입니다.\n")
    app = open_page()
    app.pagination(key="queue_page").set_value(2).run()
    assert not app.exception
    # Searching starts at the first page again: what is found may have only one.
    app.text_input(key="queue_search").set_value("26.txt").run()
    assert "1 documents" in texts(app)


def test_korean(open_page: Open) -> None:
    app = open_page(language="ko")
    assert app.title[0].value == "문서"
    assert "첫 문서를 추가하십시오" in texts(app)


def test_the_browser_decides_on_the_first_visit() -> None:
    for locale, title in (("ko-KR", "문서"), ("en-GB", "Documents"), ("fr-FR", "Documents")):
        app = AppTest.from_file(str(ROOT / "pages" / "navigation.py"), default_timeout=30)
        app.context["locale"] = locale
        app.run()
        assert app.title[0].value == title


def test_the_switch_changes_the_language_and_the_address(open_page: Open) -> None:
    app = open_page()
    control(app, "lang").set_value("ko").run()
    assert app.title[0].value == "문서"
    assert app.query_params["lang"] in ("ko", ["ko"])


def test_what_goes_wrong_is_said_without_its_insides(
    open_page: Open, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(store: Store) -> dict[str, int]:
        raise ZeroDivisionError("a secret detail")

    monkeypatch.setattr(Store, "count_by_state", broken)
    app = open_page()
    (message,) = (error.value for error in app.error)
    assert "Something went wrong" in message and "a secret detail" not in message
    arguments = next(record.args for record in caplog.records if "unexpected error" in record.message)
    assert isinstance(arguments, tuple) and str(arguments[0]) in message


def test_a_damaged_document_type_is_named(open_page: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "damaged.json").write_text("{", encoding="utf-8")
    monkeypatch.setattr(document_types, "FOLDER", tmp_path)
    app = open_page()
    assert "damaged.json, line 1" in app.warning[0].value
    assert not app.error
