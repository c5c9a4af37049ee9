"""A store that version 0.1.0 wrote (`data/store_0_1_0.sql`, a dump of its database), beside what it exported then."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from extractor.core.messages import explain
from extractor.export import export
from extractor.store import Store

DATA = Path(__file__).parent / "data"
EMPTY = "The model gave an empty answer."
LATE = "은빛 AI gave no complete answer from eunbit-1 within 30 s. It may charge for it."


@pytest.fixture
def old(tmp_path: Path) -> Iterator[Store]:
    with sqlite3.connect(tmp_path / "rightsdesk.db") as connection:
        connection.executescript((DATA / "store_0_1_0.sql").read_text("utf-8"))
    connection.close()
    store = Store.open(folder=tmp_path, types=dict)
    yield store
    store.close()


@pytest.mark.parametrize("language", ["ko", "en"])
@pytest.mark.parametrize("format", ["jsonl", "csv", "csv_provenance"])
def test_it_exports_what_version_0_1_0_exported(old: Store, format: str, language: str) -> None:
    ending = "jsonl" if format == "jsonl" else "csv"
    kept = (DATA / f"export_0_1_0_{language}_{format}.{ending}").read_bytes()
    assert export(old.records(states=()), format, language) == kept


def test_errors_of_documents_keep_their_text_in_both_languages(old: Store) -> None:
    errors = {row.name: row.error for row in old.find() if row.error is not None}
    said = {name: (explain(error, "en"), explain(error, "ko")) for name, error in errors.items()}
    assert said == {
        "실패.pdf": (EMPTY, "모델이 빈 답변을 보냈습니다."),
        "남의 말.pdf": ("ValueError: nobody foresaw this",) * 2,
    }


def test_warnings_of_documents_keep_their_text_in_both_languages(old: Store) -> None:
    [row] = [row for row in old.find() if row.warnings]
    assert [explain(warning, "en") for warning in row.warnings] == [
        "Page 2 is damaged and was left out.",
        "Text recognition stopped early (the server ended 3 times while it worked on it).",
    ]
    assert [explain(warning, "ko") for warning in row.warnings] == [
        "2쪽이 손상되어 제외했습니다.",
        "글자 인식이 도중에 중단되었습니다(the server ended 3 times while it worked on it).",
    ]


def test_results_and_attempts_keep_their_errors_in_both_languages(old: Store) -> None:
    errors = [result.error for result in old.results() if result.error is not None]
    assert errors == [EMPTY, f"It failed: {EMPTY}", "ValueError: nobody foresaw this"]
    [reasons] = [[a.error for a in result.attempts if a.error] for result in old.results() if result.model == "hybrid"]
    assert [explain(reason, "en") for reason in reasons] == [
        "Missing or not valid: fee. Not certain enough: –.",
        LATE,
    ]
    assert [explain(reason, "ko") for reason in reasons] == [
        "없거나 올바르지 않은 항목: fee. 확신이 부족한 항목: –.",
        "은빛 AI: eunbit-1이(가) 30초 안에 답변을 끝내지 못했습니다. 요금이 청구될 수 있습니다.",
    ]


def test_a_database_of_before_messages_has_its_texts_again_when_the_step_is_taken_back(old: Store) -> None:
    from alembic import command

    from extractor.store.engine import WriteTransactions, alembic_config

    config = alembic_config()
    with WriteTransactions(old.engine).begin() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "v0007")
        errors = connection.exec_driver_sql("SELECT error FROM extractions WHERE error IS NOT NULL ORDER BY id").all()
    assert [error for (error,) in errors] == [EMPTY, f"It failed: {EMPTY}", "ValueError: nobody foresaw this"]
