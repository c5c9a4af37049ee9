"""Whose turn it is, with workers that are none."""

from __future__ import annotations

import threading
from contextlib import suppress

import pytest

from extractor.core.errors import StoppedError
from extractor.reading.sandbox_pool import Pool
from extractor.reading.sandbox_worker import Worker


class Idler(Worker):
    """A worker without a process; `memory` is what a test says that it holds."""

    alive = True
    memory = 0

    def __init__(self) -> None:
        self.documents = set()
        self.killed = False

    def kill(self) -> None:
        self.killed = True


class Room:
    """A pool, and callers that hold their worker until they are let go."""

    def __init__(self, bulk: int) -> None:
        self.started: list[Idler] = []
        self.pool = Pool(bulk, self._start)
        self.order: list[str] = []
        self._inside: dict[str, threading.Event] = {}
        self._go: dict[str, threading.Event] = {}
        self._threads: dict[str, threading.Thread] = {}

    def _start(self) -> Idler:
        self.started.append(Idler())
        return self.started[-1]

    def enter(
        self, name: str, caller: str = "", wait: bool = True, interactive: bool = False, alone: bool = False
    ) -> None:
        """Ask for a worker. Returns when it has one, or when it waits in the queue."""
        self._inside[name], self._go[name] = threading.Event(), threading.Event()
        before = self.pool.waiting()

        def hold() -> None:
            with self.pool.worker(caller or name, interactive, alone):
                self.order.append(name)
                self._inside[name].set()
                self._go[name].wait(60)

        self._threads[name] = threading.Thread(target=hold, daemon=True)
        self._threads[name].start()
        if wait:
            assert self._inside[name].wait(60), name
        else:
            while self.pool.waiting() <= before:
                assert not self._inside[name].wait(0.01), name

    def leave(self, name: str) -> None:
        self._go[name].set()
        self._threads[name].join(60)

    def entered(self, name: str) -> None:
        assert self._inside[name].wait(60), name


def test_no_more_at_once_than_there_are_places() -> None:
    room = Room(2)
    room.enter("a")
    room.enter("b")
    room.enter("c", wait=False)
    assert len(room.started) == 2
    room.leave("a")
    room.entered("c")
    assert len(room.started) == 2


def test_what_a_person_waits_for_has_a_place_of_its_own_and_goes_first() -> None:
    room = Room(1)
    room.enter("bulk")
    room.enter("page", interactive=True)
    room.enter("more", wait=False)
    room.enter("typed", wait=False, interactive=True)
    room.leave("page")
    room.entered("typed")
    room.leave("bulk")
    room.entered("more")
    assert room.order == ["bulk", "page", "typed", "more"]


def test_callers_take_turns() -> None:
    room = Room(1)
    room.enter("a1", "a")
    for name in ("a2", "a3", "a4"):
        room.enter(name, "a", wait=False)
    room.enter("b1", "b", wait=False)
    for name in ("a1", "b1", "a2", "a3"):
        room.entered(name)
        room.leave(name)
    room.entered("a4")
    assert room.order == ["a1", "b1", "a2", "a3", "a4"]


def test_one_who_must_be_alone_is() -> None:
    room = Room(2)
    room.enter("a")
    room.enter("b")
    room.enter("alone", wait=False, alone=True)
    room.enter("c", wait=False)
    room.leave("a")
    assert room.pool.waiting() == 2
    room.leave("b")
    room.entered("alone")
    assert room.pool.waiting() == 1
    room.leave("alone")
    room.entered("c")


def test_a_worker_is_kept_and_one_that_failed_is_killed() -> None:
    room = Room(1)
    with room.pool.worker("a") as first:
        pass
    with suppress(ZeroDivisionError), room.pool.worker("a") as second:
        assert second is first
        raise ZeroDivisionError
    assert first is room.started[0] and room.started[0].killed
    with room.pool.worker("a") as third:
        assert third is not first


def test_the_worker_that_has_the_document_is_preferred() -> None:
    room = Room(3)
    for name in ("a", "b", "c"):
        room.enter(name)
    for name in ("a", "b", "c"):
        room.leave(name)
    room.started[0].documents.add("key")
    with room.pool.worker("d", key="key") as worker:
        assert worker is room.started[0]


def test_one_who_gives_up_leaves_the_queue() -> None:
    room = Room(1)
    room.enter("a")
    with pytest.raises(StoppedError), room.pool.worker("b", stopped=lambda: True):
        pass
    assert room.pool.waiting() == 0


def test_a_start_that_fails_gives_its_place_back() -> None:
    room = Room(1)

    def none_left() -> Idler:
        raise BlockingIOError

    room.pool._start = none_left
    with pytest.raises(BlockingIOError), room.pool.worker("a"):
        pass
    room.pool._start = room._start
    room.enter("b")


def test_a_worker_that_holds_much_is_not_kept() -> None:
    room = Room(1)
    with room.pool.worker("a"):
        room.started[0].memory = 10**9
    assert room.started[0].killed
