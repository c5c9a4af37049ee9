"""The figures of results, the ledger, and the migration that brought them."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import event, select

from extractor.core.errors import StoreError
from extractor.core.extractions import Attempt, FieldValue, Usage
from extractor.store import DocumentRow, Store
from extractor.store.base import now
from extractor.store.engine import WriteTransactions, alembic_config
from extractor.store.tables import months
from tests.store.making import LETTER, extraction

Add = Callable[..., DocumentRow]
PAID = replace(
    extraction("cloud_a", work_title="봄날의 기록"),
    provider="maru",
    processing_time=1.5,
    usage=Usage(100, 20),
    cost_usd=0.25,
    attempts=(Attempt("cloud_b", "maru", "No answer.", 0.5, None), Attempt("cloud_a", "maru", None, 1.0, 0.25)),
)


def test_results_are_figures_without_values(store: Store, add: Add) -> None:
    row = add(pages=3)
    store.save_extraction(row.hash, LETTER, PAID)
    store.save_extraction(row.hash, LETTER, extraction("builtin", error="No text."))
    first, second = store.results()
    assert (first.model, first.provider, first.document_hash, first.pages) == ("cloud_a", "maru", row.hash, 3)
    assert (first.input_tokens, first.output_tokens, first.cost_usd, first.seconds) == (100, 20, 0.25, 1.5)
    assert (first.error, first.attempts) == (None, PAID.attempts)
    assert (second.model, second.error, second.input_tokens, second.cost_usd) == ("builtin", "No text.", None, None)
    assert first.created_at <= second.created_at
    assert store.results(since=now() - timedelta(minutes=1)) == [first, second]
    assert store.results(since=now() + timedelta(minutes=1)) == []


def test_the_ledger_never_passes_the_month(store: Store) -> None:
    """Twenty threads want a cent each, twelve cents are allowed."""
    other = Store.open(folder=store.folder)
    granted: list[int] = []

    def want(from_store: Store) -> None:
        if (id := from_store.reserve("cloud_a", 0.01, 0.1201)) is not None:
            granted.append(id)

    threads = [threading.Thread(target=want, args=(one,)) for one in (store, other) * 10]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(granted) == len(set(granted)) == 12
    assert round(store.spent_this_month(), 6) == 0.12
    store.settle(granted[0], 0.002)
    store.settle(granted[1], None)
    assert round(other.spent_this_month(), 6) == 0.112
    assert store.reserve("cloud_a", None, 0.1201) is not None, "a price that nobody knows"
    assert store.reserve("cloud_a", 5.0, None) is not None, "no limit"


def test_last_month_does_not_count_and_is_settled_where_it_was_counted(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("extractor.store.results.now", lambda: datetime(2026, 1, 31, 23, 59, 59, tzinfo=UTC))
    id = store.reserve("cloud_a", 3.0, 5.0)
    assert id is not None and store.reserve("cloud_a", 3.0, 5.0) is None
    monkeypatch.setattr("extractor.store.results.now", lambda: datetime(2026, 2, 1, tzinfo=UTC))
    assert store.spent_this_month() == 0.0
    assert store.reserve("cloud_a", 4.0, 5.0) is not None
    store.settle(id, 0.5)
    store.settle(id, 0.5)
    assert store.spent_this_month() == 4.0
    with store.engine.connect() as connection:
        spent = dict(connection.execute(select(months.c.month, months.c.usd)).tuples().all())
    assert spent == {"2026-01": 0.5, "2026-02": 4.0}


def test_a_clock_set_back_opens_no_new_month(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor does a call made under such a clock count in a month that nobody looks at."""
    monkeypatch.setattr("extractor.store.results.now", lambda: datetime(2026, 11, 27, tzinfo=UTC))
    assert store.reserve("cloud_a", 3.0, 5.0) is not None
    monkeypatch.setattr("extractor.store.results.now", lambda: datetime(2026, 10, 18, tzinfo=UTC))
    assert store.spent_this_month() == 3.0
    assert store.reserve("cloud_a", 3.0, 5.0) is None
    id = store.reserve("cloud_a", 2.0, 5.0)
    assert id is not None
    store.settle(id, 1.0)
    assert store.spent_this_month() == 4.0


def test_the_migration_adds_the_months_up(store: Store) -> None:
    from alembic import command

    for most, usd in ((1.0, 0.25), (2.0, None), (None, None)):
        id = store.reserve("cloud_a", most, None)
        assert id is not None
        store.settle(id, usd)
    assert store.spent_this_month() == 2.25
    config = alembic_config()
    for step, to in ((command.downgrade, "v0003"), (command.upgrade, "head")):
        with WriteTransactions(store.engine).begin() as connection:
            config.attributes["connection"] = connection
            step(config, to)
    assert store.spent_this_month() == 2.25


def test_threads_share_a_transaction_and_one_that_fails_spoils_it_for_no_other(store: Store, add: Add) -> None:
    """While one writes, ten wait; they are done in one go, and the one whose document is gone alone fails."""
    rows = [add(f"{number}.pdf") for number in range(9)]
    begun: list[int] = []
    failed: list[str] = []
    event.listen(store.engine, "commit", lambda _connection: begun.append(1))

    def save(hash: str) -> None:
        try:
            store.save_extraction(hash, LETTER, PAID)
        except StoreError as error:
            failed.append(str(error))

    def saved(hashes: list[str]) -> int:
        begun.clear()
        threads = [threading.Thread(target=save, args=(hash,)) for hash in hashes]
        with store._writer.begin():
            for thread in threads:
                thread.start()
            end = time.monotonic() + 300
            while len(store._writer._waiting) < len(threads):
                assert time.monotonic() < end
                time.sleep(0.005)
        for thread in threads:
            thread.join(30)
        return len(begun) - 1

    assert saved([row.hash for row in rows]) == 1
    assert failed == [] and len(store.results()) == 9
    saved([rows[0].hash, "0" * 64, *(row.hash for row in rows[1:])])
    assert len(failed) == 1 and "0" * 12 in failed[0]
    assert len(store.results()) == 18


def test_the_migration_fills_in_what_is_stored_and_keeps_what_edits_refer_to(store: Store, add: Add) -> None:
    from alembic import command

    row = add()
    store.save_extraction(row.hash, LETTER, PAID)
    store.set_value(row.hash, LETTER, "work_title", FieldValue("다른 제목"), "kim")
    (base,) = {edit.extraction_id for edit in store.history(row.hash)}
    assert base is not None
    before = store.results()
    config = alembic_config()
    for step, to in ((command.downgrade, "v0001"), (command.upgrade, "head")):
        with WriteTransactions(store.engine).begin() as connection:
            config.attributes["connection"] = connection
            step(config, to)
            columns = connection.exec_driver_sql("SELECT * FROM extractions").keys()
            assert ("cost_usd" in columns) == (to == "head")
    assert store.results() == before
    assert [edit.extraction_id for edit in store.history(row.hash)] == [base]
    assert store.values(row.hash, LETTER)["work_title"].value == "다른 제목"
    with store.engine.connect() as connection:
        kept = connection.exec_driver_sql("SELECT data, attempts FROM extractions").one()
    assert json.loads(kept.attempts) == json.loads(kept.data)["attempts"]
