"""Every fault of the database at every write of the store: what is said is so."""

from __future__ import annotations

import resource
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Connection

from extractor.core.errors import NotSavedError, StoreError
from extractor.core.extractions import FieldValue
from extractor.store import DocumentRow, Store, engine
from tests.store.making import LETTER, document, extraction

Add = Callable[..., DocumentRow]
Do = Callable[[Store, str], object]

# More than what a log has room for, so that a full disk is felt by each.
LONG = "가나다라마바사" * 3000


def read_on(store: Store, hash: str) -> object:
    return store.read_on(replace(document(LONG), content_hash=hash), forms=2)


WRITES: dict[str, Do] = {
    "add": lambda store, hash: store.add(b"another", document(LONG, "another.pdf"), "letter"),
    "read_on": read_on,
    "delete": lambda store, hash: store.delete(hash),
    "save_extraction": lambda store, hash: store.save_extraction(hash, LETTER, extraction("other", work_title=LONG)),
    "set_value": lambda store, hash: store.set_value(hash, LETTER, "work_title", FieldValue("가을"), "kim", "one"),
    "remove": lambda store, hash: store.remove(hash, LETTER, "work_title", "kim", "one"),
    "undo": lambda store, hash: store.undo(hash, LETTER, "kim", "one"),
    "set_type": lambda store, hash: store.set_type(hash, "form", "kim"),
    "approve": lambda store, hash: store.approve(hash, LETTER, "kim", "one"),
    "reopen": lambda store, hash: store.reopen(store.find("done.pdf")[0].hash, "kim"),
    "lease": lambda store, hash: store.lease(hash, "lee", "two"),
    "release": lambda store, hash: store.release(store.find("held.pdf")[0].hash, "lee", "two"),
    "take_next": lambda store, hash: store.take_next("lee", "two"),
    "reserve": lambda store, hash: store.reserve("gpt", 0.5, 10.0),
    "settle": lambda store, hash: store.settle(1, 0.25),
}


@pytest.fixture
def hash(store: Store, add: Add, monkeypatch: pytest.MonkeyPatch) -> str:
    """A store in which each of the writes has something to do; the document that they work on."""
    monkeypatch.setattr(engine, "BUSY_SECONDS", 0.2)
    row, done, held = add(), add("done.pdf"), add("held.pdf")
    store.save_extraction(row.hash, LETTER, extraction(work_title="봄"))
    store.set_value(row.hash, LETTER, "work_title", FieldValue("여름"), "kim", "one")
    store.approve(done.hash, LETTER, "kim")
    store.lease(held.hash, "lee", "two")
    store.release(row.hash, "kim", "one")
    assert store.reserve("gpt", 0.5, 10.0) == 1
    return row.hash


def held(store: Store) -> list[str]:
    """All that the database holds, as another program sees it, and the files beside it."""
    with sqlite3.connect(store.folder / "rightsdesk.db") as connection:
        rows = list(connection.iterdump())
    connection.close()
    return rows


def files(store: Store) -> list[Path]:
    return sorted(path for path in (store.folder / "files").rglob("*") if path.is_file())


@contextmanager
def locked(store: Store) -> Iterator[None]:
    """Another process is in the middle of writing."""
    code = (
        "import sqlite3, sys\n"
        "c = sqlite3.connect(sys.argv[1], isolation_level=None); c.execute('begin immediate'); print('has it')\n"
        "sys.stdout.flush(); sys.stdin.read()"
    )
    command = [sys.executable, "-c", code, str(store.folder / "rightsdesk.db")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin and process.stdout and process.stdout.readline() == "has it\n"
        yield
        process.stdin.close()


@contextmanager
def full(store: Store) -> Iterator[None]:
    """No file of the database may grow any more: what a quota or a full disk does."""
    with sqlite3.connect(store.folder / "rightsdesk.db") as connection:
        connection.execute("pragma wal_checkpoint(truncate)")
    connection.close()
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    # The log begins at its start again: not even its first page fits.
    resource.setrlimit(resource.RLIMIT_FSIZE, (1024, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@contextmanager
def read_only(store: Store) -> Iterator[None]:
    """As on a file or a folder without the right to write (which root has always)."""
    from sqlalchemy import event

    def forbid(connection: sqlite3.Connection, _record: object, _proxy: object) -> None:
        connection.execute("PRAGMA query_only = ON")

    event.listen(store.engine, "checkout", forbid)
    yield
    event.remove(store.engine, "checkout", forbid)
    store.engine.dispose()


FAULTS = {"locked": locked, "full": full, "read_only": read_only}
SAYS = {"locked": "busy", "full": r"disk with the database", "read_only": "cannot be written"}


@pytest.mark.parametrize("write", WRITES)
@pytest.mark.parametrize("fault", FAULTS)
def test_what_is_said_not_to_be_saved_is_not_and_works_afterwards(
    store: Store, hash: str, fault: str, write: str
) -> None:
    before, kept = held(store), files(store)
    with FAULTS[fault](store):
        with pytest.raises(NotSavedError, match=SAYS[fault]) as caught:
            WRITES[write](store, hash)
        assert "rightsdesk.db" in str(caught.value)
        if fault != "full":  # Nothing may look into a database whose log cannot be made.
            assert held(store) == before
    assert held(store) == before
    assert set(kept) <= set(files(store)), "the file of a document that is not deleted"
    WRITES[write](store, hash)
    assert held(store) != before, "what is said to be saved is seen by another connection"


@pytest.mark.parametrize("write", WRITES)
def test_a_damaged_database_is_called_so(store: Store, hash: str, write: str) -> None:
    damage(store)
    with pytest.raises(StoreError, match=r"rightsdesk\.db is damaged"):
        WRITES[write](store, hash)


READS: dict[str, Do] = {
    "row": lambda store, hash: store.row(hash),
    "find": lambda store, hash: store.find(),
    "count": lambda store, hash: store.count("봄"),
    "count_by_state": lambda store, hash: store.count_by_state(),
    "next_document": lambda store, hash: store.next_document(),
    "document": lambda store, hash: store.document(hash),
    "page": lambda store, hash: store.page(hash, 1),
    "values": lambda store, hash: store.values(hash, LETTER),
    "history": lambda store, hash: store.history(hash),
    "records": lambda store, hash: list(store.records()),
    "results": lambda store, hash: store.results(),
    "spent_this_month": lambda store, hash: store.spent_this_month(),
    "changed": lambda store, hash: store.changed(hash),
}


@pytest.mark.parametrize("read", READS)
def test_a_read_of_a_damaged_database_claims_nothing_about_saving(store: Store, hash: str, read: str) -> None:
    damage(store)
    with pytest.raises(StoreError, match=r"^The database .*rightsdesk.db is damaged") as caught:
        READS[read](store, hash)
    assert not isinstance(caught.value, NotSavedError)


@pytest.mark.parametrize("read", READS)
def test_who_only_reads_does_not_wait_for_who_writes(store: Store, hash: str, read: str) -> None:
    before = READS[read](store, hash)
    with locked(store):
        assert READS[read](store, hash) == before


def damage(store: Store) -> None:
    """Every page but the first is overwritten, as a failing disk or a careless copy does."""
    path = store.folder / "rightsdesk.db"
    with sqlite3.connect(path) as connection:
        connection.execute("pragma wal_checkpoint(truncate)")
    connection.close()
    store.engine.dispose()
    data = bytearray(path.read_bytes())
    data[4096:] = b"\xa5" * (len(data) - 4096)
    path.write_bytes(data)


def test_a_database_that_is_gone_is_told_of(store: Store, hash: str) -> None:
    store.engine.dispose()
    for path in store.folder.glob("rightsdesk.db*"):
        path.unlink()
    store.folder.joinpath("rightsdesk.db").mkdir()
    with pytest.raises(NotSavedError, match=r"cannot be written \(unable to open"):
        WRITES["set_value"](store, hash)
    with pytest.raises(StoreError, match=r"^The database .* cannot be opened"):
        store.row(hash)


def test_those_who_wait_for_another_program_wait_together(
    store: Store, hash: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One after the other, twenty would wait twenty times as long, and with them their pages."""
    monkeypatch.setattr(engine, "BUSY_SECONDS", 3.0)
    waits: list[float] = []
    real = engine._begin_sqlite

    said: list[BaseException] = []

    def write(number: int) -> None:
        try:
            WRITES["lease" if number % 2 else "set_value"](store, hash)
        except NotSavedError as error:
            said.append(error)

    def noted(connection: Connection) -> None:
        waits.append(connection.info.get("patience", 0.0))
        real(connection)

    from sqlalchemy import event

    event.remove(store.engine, "begin", real)
    event.listen(store.engine, "begin", noted)
    threads = [threading.Thread(target=write, args=(number,)) for number in range(20)]
    with locked(store):
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(120)
    assert len(said) == 20
    assert sum(waits) < 3 * 3.0, waits


def test_one_that_fails_in_a_shared_transaction_says_nothing_about_the_others(store: Store, hash: str) -> None:
    """What several threads write shares a commit; each hears of its own alone."""
    writer = store._writer
    outcomes: dict[int, int | None] = {}
    start = threading.Barrier(8)

    def work(number: int) -> None:
        def call(connection: Connection) -> int:
            connection.exec_driver_sql(f"UPDATE spending SET model = model || '{number}' WHERE id = 1")
            if number % 2:
                connection.exec_driver_sql("SELECT * FROM nowhere")
            return number

        start.wait(30)
        try:
            outcomes[number] = writer.together(call)
        except NotSavedError:
            outcomes[number] = None

    with writer._turn:  # So that they all wait for one.
        threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
        for thread in threads:
            thread.start()
        while len(writer._waiting) < 8:
            pass
    for thread in threads:
        thread.join(60)
    assert outcomes == {number: None if number % 2 else number for number in range(8)}
    with store.engine.connect() as connection:
        model = connection.exec_driver_sql("SELECT model FROM spending WHERE id = 1").scalar()
    assert sorted(str(model).removeprefix("gpt")) == ["0", "2", "4", "6"]
