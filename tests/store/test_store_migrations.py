from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect

from extractor.core.errors import StoreError
from extractor.store import Store, tables
from extractor.store.engine import WriteTransactions, alembic_config


def test_migrations_lead_to_the_tables_of_the_code(store: Store) -> None:
    with store.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, tables.metadata) == []


def test_migrations_can_be_taken_back(store: Store) -> None:
    from alembic import command

    config = alembic_config()
    with WriteTransactions(store.engine).begin() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "base")
    assert inspect(store.engine).get_table_names() == ["alembic_version"]


def test_opening_again_changes_nothing(store: Store) -> None:
    again = Store.open(folder=store.folder)
    assert again.count() == 0
    with again.engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1


def test_processes_may_open_a_fresh_store_at_once(tmp_path: Path) -> None:
    code = f"from extractor.store import Store; print(Store.open(folder={str(tmp_path)!r}).count())"
    processes = [
        subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(4)
    ]
    results = [process.communicate(timeout=60) for process in processes]
    assert [out.strip() for out, _ in results] == ["0"] * 4, results


def test_threads_may_open_a_fresh_store_at_once(tmp_path: Path) -> None:
    counts: list[int] = []
    threads = [threading.Thread(target=lambda: counts.append(Store.open(folder=tmp_path).count())) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert counts == [0] * 6


def test_a_database_of_a_newer_version_is_left_alone(store: Store) -> None:
    with store.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = 'v9999'")
    with pytest.raises(StoreError, match="newer Rightsdesk"):
        Store.open(folder=store.folder)


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    (tmp_path / "rightsdesk.db").write_bytes(b"not a database " * 100)
    with pytest.raises(StoreError, match=r"^The database .*rightsdesk\.db is damaged"):
        Store.open(folder=tmp_path)


@pytest.mark.parametrize("url", ["nonsense", "nosuch://host/db"])
def test_a_wrong_url_says_where_it_comes_from(url: str, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="RIGHTSDESK_DATABASE_URL"):
        Store.open(url, tmp_path)


def test_the_environment_says_where_the_store_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RIGHTSDESK_DATA", str(tmp_path / "here"))
    monkeypatch.setenv("RIGHTSDESK_DATABASE_URL", f"sqlite:///{tmp_path}/other.db")
    store = Store.open()
    assert store.folder == tmp_path / "here"
    assert (tmp_path / "other.db").exists()


def test_the_tables_compile_for_postgresql() -> None:
    from sqlalchemy import make_url
    from sqlalchemy.schema import CreateIndex, CreateTable

    dialect = make_url("postgresql://").get_dialect()()
    for table in tables.metadata.sorted_tables:
        assert "CREATE TABLE" in str(CreateTable(table).compile(dialect=dialect))
        for index in table.indexes:
            # PostgreSQL cuts longer names, and then they no longer match.
            assert len(str(index.name)) <= 63, CreateIndex(index)
