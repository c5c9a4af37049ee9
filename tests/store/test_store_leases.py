from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from extractor.core.errors import StoreError
from extractor.core.extractions import FieldValue
from extractor.store import DocumentRow, Store
from extractor.store.leases import LEASE
from tests.store.making import LETTER, extraction

Add = Callable[..., DocumentRow]


class Clock:
    """A clock that goes when it is told to."""

    def __init__(self) -> None:
        self.time = datetime(2026, 11, 27, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.time


@pytest.fixture
def clock(store: Store) -> Clock:
    clock = Clock()
    store.clock = clock
    return clock


def ready(store: Store, add: Add, count: int) -> list[DocumentRow]:
    """Extracted documents, the least certain first."""
    rows = [add(f"{number}.pdf") for number in range(count)]
    for number, row in enumerate(rows):
        store.save_extraction(row.hash, LETTER, extraction(confidence=0.1 + number / 1000, work_title="봄"))
    return rows


def test_an_opened_document_is_somebodys_until_the_lease_runs_out(store: Store, add: Add, clock: Clock) -> None:
    row = add()
    held = store.lease(row.hash, "kim", "one")
    assert (held.review_by, held.review_session, held.review_until) == ("kim", "one", clock.time + LEASE)
    assert held.in_use("kim", "one") is None
    # Without a login everybody has one name: another browser is another holder all the same.
    assert store.lease(row.hash, "kim", "two").in_use("kim", "two") == "kim"
    assert store.lease(row.hash, "lee", "two").in_use("lee", "two") == "kim"
    assert [found.review_by for found in store.find()] == ["kim"]
    clock.time += LEASE - timedelta(seconds=1)
    assert store.row(row.hash).review_by == "kim"
    clock.time += timedelta(seconds=1)
    assert store.row(row.hash).review_by is store.find()[0].review_by is None
    assert store.lease(row.hash, "lee", "two").review_by == "lee"


def test_an_edit_keeps_the_lease_alive_takes_a_free_one_and_leaves_anothers_alone(
    store: Store, add: Add, clock: Clock
) -> None:
    row = add()
    store.lease(row.hash, "kim", "one")
    clock.time += timedelta(minutes=6)
    store.set_value(row.hash, LETTER, "fee", FieldValue(1), "kim", "one")
    assert store.row(row.hash).review_until == clock.time + LEASE
    store.set_value(row.hash, LETTER, "work_title", FieldValue("봄"), "lee", "two")
    assert store.row(row.hash).review_by == "kim"
    clock.time += LEASE
    store.remove(row.hash, LETTER, "work_title", "lee", "two")
    assert store.row(row.hash).review_by == "lee"
    clock.time += LEASE
    store.set_value(row.hash, LETTER, "fee", FieldValue(2), "script")  # A script opens no document.
    assert store.row(row.hash).review_by is None


def test_a_lease_is_given_back_by_its_holder_and_by_approving(store: Store, add: Add, clock: Clock) -> None:
    row = add()
    store.lease(row.hash, "kim", "one")
    store.release(row.hash, "kim", "two")
    store.release(row.hash, "lee", "one")
    assert store.row(row.hash).review_by == "kim"
    store.release(row.hash, "kim", "one")
    assert store.row(row.hash).review_by is None
    store.lease(row.hash, "kim", "one")
    store.approve(row.hash, LETTER, "kim", "one")
    assert store.row(row.hash).review_by is None
    assert store.lease(row.hash, "lee", "two").review_by is None  # Nothing is edited in it.
    store.delete(row.hash)
    store.release(row.hash, "kim", "one")
    with pytest.raises(StoreError, match="not in the store"):
        store.lease(row.hash, "kim", "one")


def test_next_passes_over_what_somebody_has_open(store: Store, add: Add, clock: Clock) -> None:
    rows = ready(store, add, 4)
    assert store.take_next("kim", "one") == rows[0].hash
    assert store.take_next("lee", "two") == rows[1].hash
    assert store.next_document() == rows[2].hash
    # Going on from one's own document without approving it does not give it again.
    assert store.take_next("kim", "one", after=rows[0].hash) == rows[2].hash
    clock.time += LEASE
    assert store.next_document() == rows[0].hash


def test_who_approves_goes_on_from_where_they_were(store: Store, add: Add) -> None:
    """Approved, a document stands at the end of the queue: what came next was the first of all, for everybody."""
    rows = ready(store, add, 9)
    following = []
    for number in (7, 4, 1):
        place = store.approve(rows[number].hash, LETTER, "kim", f"session {number}")
        following.append(store.take_next("kim", f"session {number}", after=place))
    assert following == [rows[8].hash, rows[5].hash, rows[2].hash]
    for row in rows:
        store.approve(row.hash, LETTER, "kim")
    assert store.take_next("kim", "one") is None


def test_twenty_sessions_that_ask_at_once_get_twenty_documents(store: Store, add: Add) -> None:
    rows = ready(store, add, 20)
    again = Store.open(folder=store.folder)  # Another process would be the same to the database.
    start, got = threading.Barrier(20), []

    def ask(number: int) -> None:
        start.wait(30)
        got.append((store if number % 2 else again).take_next("kim", f"session {number}"))

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(map(str, got)) == sorted(row.hash for row in rows)
    assert store.take_next("kim", "late") is None
    again.close()
