"""Errors, warnings and reasons are kept with their code and parameters, not as a finished sentence."""

from __future__ import annotations

import ast
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from extractor.core.extractions import Attempt
from extractor.core.messages import Message, explain, translate
from extractor.store import DocumentRow, Store, migrations
from extractor.store.engine import WriteTransactions, alembic_config
from tests.store.making import LETTER, document, extraction

Add = Callable[..., DocumentRow]
EMPTY = "{name} is empty (0 bytes). Upload the file again."
FAILED = "It failed: {reason}"
DAMAGED = "Page {page} is damaged and was left out."


def failure() -> Message:
    return Message(FAILED, reason=Message(EMPTY, name="가.pdf"))


def kept(store: Store, table: str, column: str) -> Any:
    with store.engine.connect() as connection:
        return json.loads(connection.exec_driver_sql(f"SELECT {column} FROM {table}").scalar_one())


IN_KOREAN = translate(FAILED, "ko").format(reason=translate(EMPTY, "ko").format(name="가.pdf"))
AS_KEPT = {
    "code": "attempt-failed",
    "template": FAILED,
    "parameters": {"reason": {"code": "file-empty", "template": EMPTY, "parameters": {"name": "가.pdf"}}},
}


def test_the_error_of_a_result_is_kept_as_a_message(store: Store, add: Add) -> None:
    row = add()
    store.save_extraction(row.hash, LETTER, extraction(error=failure()))
    assert kept(store, "extractions", "error") == kept(store, "documents", "error") == AS_KEPT
    assert kept(store, "extractions", "data")["error"] == AS_KEPT
    [result] = store.results()
    for error in (store.row(row.hash).error, result.error):
        assert isinstance(error, Message) and (error, error.code) == (failure(), "attempt-failed")
        assert explain(error, "ko") == IN_KOREAN


def test_why_an_attempt_was_left_is_kept_as_a_message(store: Store, add: Add) -> None:
    row = add()
    left = Attempt("cloud_eunbit", "eunbit", failure())
    store.save_extraction(row.hash, LETTER, replace(extraction(work_title="봄"), attempts=(left,)))
    assert kept(store, "extractions", "attempts")[0]["error"] == AS_KEPT
    [result] = store.results()
    of_document = store.extraction(row.hash, LETTER, "builtin")
    for found in (result, of_document):
        assert found is not None
        [attempt] = found.attempts
        assert (attempt, attempt.error_code) == (left, "attempt-failed")
        assert attempt.error is not None and explain(attempt.error, "ko") == IN_KOREAN


def test_the_warnings_of_a_document_are_kept_as_messages(store: Store) -> None:
    warned = replace(document(), warnings=(Message(DAMAGED, page=2), "Somebody's own text."))
    row, _ = store.add(b"warned", warned, "letter", 0.9)
    message = {"code": "page-damaged", "template": DAMAGED, "parameters": {"page": 2}}
    assert kept(store, "documents", "warnings") == [message, "Somebody's own text."]
    assert row.warnings == store.document(row.hash).warnings == warned.warnings
    assert explain(row.warnings[0], "ko") == translate(DAMAGED, "ko").format(page=2)


def test_a_text_of_another_program_is_kept_as_it_is(store: Store, add: Add) -> None:
    row = add()
    store.save_extraction(row.hash, LETTER, extraction(error='{"code": "no message"} \ud800\0'))
    assert store.row(row.hash).error == '{"code": "no message"} \ud800\0'


def test_messages_become_texts_when_the_step_is_taken_back(store: Store, add: Add) -> None:
    from alembic import command

    row = add()
    left = Attempt("cloud_eunbit", "eunbit", failure())
    store.save_extraction(row.hash, LETTER, replace(extraction(error=failure()), attempts=(left,)))
    config = alembic_config()
    with WriteTransactions(store.engine).begin() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "v0007")
        columns = "error, attempts, data"
        error, attempts, data = connection.exec_driver_sql(f"SELECT {columns} FROM extractions").one()
    assert error == json.loads(data)["error"] == json.loads(attempts)[0]["error"] == str(failure())


def test_migrations_are_history_and_import_nothing_of_today() -> None:
    """What the code is today may be changed; what a migration did to a store of then must not."""
    versions = sorted((Path(migrations.__file__).parent / "versions").glob("v*.py"))
    imported: dict[str, set[str]] = {}
    for path in versions:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            names = [node.module or "."] if isinstance(node, ast.ImportFrom) else []
            names += [name.name for name in node.names] if isinstance(node, ast.Import) else []
            relative = isinstance(node, ast.ImportFrom) and bool(node.level)
            for name in names:
                if relative or name.partition(".")[0] in ("extractor", "pages"):
                    imported.setdefault(path.name, set()).add(name)
    assert len(versions) >= 8
    assert imported == {}
