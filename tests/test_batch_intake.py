"""Many files at once: all taken in, each with what became of it; what the machine is to blame for is tried again."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from extractor import load_document_types
from extractor.core.document_types import DocumentType
from extractor.core.errors import BusyError, ReadingError
from extractor.desk import batch_intake, intake
from extractor.desk.batch_intake import BatchIntake
from extractor.reading import sandbox
from extractor.store import DocumentRow, Store

TYPES = load_document_types()


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    monkeypatch.setenv("RIGHTSDESK_DATA", str(tmp_path))
    opened = Store.open(folder=tmp_path)
    yield opened
    opened.close()


def contract(number: int) -> tuple[str, bytes]:
    return f"{number:02}.txt", f"저작물 이용허락 계약서\n저작물명 : 은빛 {number}\n".encode()


def done(batch: BatchIntake) -> BatchIntake:
    assert batch.wait(120)
    return batch


def test_twenty_five_files_at_once_are_all_taken_in(store: Store) -> None:
    batch = done(BatchIntake(store, TYPES, [contract(number) for number in range(25)]))
    assert [item.state for item in batch.items()] == ["added"] * 25
    assert {row.name for row in store.find(limit=50)} == {f"{number:02}.txt" for number in range(25)}


def test_each_file_has_its_own_outcome_and_equal_ones_are_kept_once(store: Store) -> None:
    (name, data) = contract(1)
    files = [("empty.pdf", b""), (name, data), ("copy.txt", data), ("odd.pdf", b"just text")]
    batch = done(BatchIntake(store, TYPES, files))
    assert [item.state for item in batch.items()] == ["refused", "added", "known", "refused"]
    assert batch.items()[2].known_as == name
    assert "0 bytes" in batch.items()[0].reason
    assert batch.items()[1].document_type == "contract"


def test_no_more_are_read_at_once_than_there_are_places(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox, "places", lambda: 3)
    at_once, most, lock = 0, 0, threading.Lock()
    gate = threading.Barrier(3)
    add = intake.add_file

    def counted(*arguments: Any, **more: Any) -> tuple[DocumentRow, bool]:
        nonlocal at_once, most
        with lock:
            at_once += 1
            most = max(most, at_once)
        gate.wait(60)
        try:
            return add(*arguments, **more)
        finally:
            with lock:
                at_once -= 1

    monkeypatch.setattr(batch_intake, "add_file", counted)
    done(BatchIntake(store, TYPES, [contract(number) for number in range(6)]))
    assert most == 3


def test_what_the_machine_is_to_blame_for_waits_and_is_tried_again(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries: Counter[str] = Counter()
    seen: list[str] = []
    add = intake.add_file

    def busy_at_first(store: Store, data: bytes, name: str, *more: Any) -> tuple[DocumentRow, bool]:
        tries[name] += 1
        if tries[name] < 4:
            raise BusyError("{name}: the server is short of memory.", name=name)
        return add(store, data, name, *more)

    monkeypatch.setattr(batch_intake, "add_file", busy_at_first)
    begun = threading.Event()

    def pause(seconds: float) -> None:
        assert begun.wait(60)
        seen.append(batch.items()[0].state)

    batch = BatchIntake(store, TYPES, [contract(1)], pause=pause)
    begun.set()
    assert done(batch).items()[0].state == "added"
    assert tries == {"01.txt": 4}
    assert seen == ["waiting"] * 3


def test_a_refused_file_can_be_tried_again_by_hand(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    add = intake.add_file

    def broken(*_: object) -> None:
        raise ReadingError("{name} is damaged.", name="01.txt")

    monkeypatch.setattr(batch_intake, "add_file", broken)
    batch = done(BatchIntake(store, TYPES, [contract(1), contract(2)]))
    assert [item.reason for item in batch.items()] == ["01.txt is damaged."] * 2
    assert batch.can_try_again(0)
    monkeypatch.setattr(batch_intake, "add_file", add)
    batch.try_again(0)
    assert [item.state for item in done(batch).items()] == ["added", "refused"]
    assert not batch.can_try_again(0)
    batch.try_again(0)
    assert batch.finished


def test_files_brought_meanwhile_join(store: Store) -> None:
    batch = BatchIntake(store, TYPES, [contract(1)])
    batch.add([contract(2), contract(1)])
    states = [item.state for item in done(batch).items()]
    # Which of the two equal files was read first is the machine's affair.
    assert states[1] == "added" and sorted([states[0], states[2]]) == ["added", "known"]


def test_new_documents_are_told_and_only_these(store: Store) -> None:
    told: list[str] = []
    name, data = contract(1)
    done(BatchIntake(store, TYPES, [(name, data), ("copy.txt", data)], added=lambda row: told.append(row.name)))
    assert told == [name]


def test_pages_are_told_as_they_are_recognised(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    add = intake.add_file
    seen: list[tuple[int, int, bool]] = []

    def slow(
        store: Store,
        data: bytes,
        name: str,
        types: dict[str, DocumentType],
        progress: Callable[[int, int], None],
        *more: Any,
    ) -> tuple[DocumentRow, bool]:
        for page in (1, 2):
            progress(page, 3)
            [item] = batch.items()
            seen.append((item.done, item.pages, (item.seconds_left or -1) >= 0))
        return add(store, data, name, types, progress, *more)

    monkeypatch.setattr(batch_intake, "add_file", slow)
    ready = threading.Event()
    monkeypatch.setattr(BatchIntake, "_work", lambda self, work=BatchIntake._work: (ready.wait(60), work(self)))
    batch = BatchIntake(store, TYPES, [contract(1)])
    ready.set()
    done(batch)
    assert seen == [(1, 3, True), (2, 3, True)]
