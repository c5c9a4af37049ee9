"""Models in memory: one copy, a bound, nobody's model is taken away."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import pytest

from extractor.extractors.local import ModelPool, UnavailableError


class Weights:
    """Something of a size; `closed` and still used would be the fault."""

    def __init__(self, size: int) -> None:
        self.memory_bytes = size
        self.closed = False

    def close(self) -> None:
        self.closed = True


class Machine:
    """A machine with `size` bytes, of which loaded weights take theirs."""

    def __init__(self, size: int, limit: int | None = None) -> None:
        self.size = size
        self.loaded: list[Weights] = []
        self.holder = ModelPool(limit, self.free)

    def free(self, device: str) -> int:
        return self.size - sum(weights.memory_bytes for weights in self.loaded if not weights.closed)

    def loader(self, size: int) -> Callable[[], Weights]:
        def load() -> Weights:
            weights = Weights(size)
            self.loaded.append(weights)
            assert self.free("cpu") >= 0, "more was loaded than there is"
            return weights

        return load

    def use(self, key: str, size: int) -> Weights:
        weights: Weights
        with self.holder.use(key, key, self.loader(size), size) as weights:
            assert not weights.closed
            return weights

    def keys(self) -> list[object]:
        return [model.key for model in self.holder.held()]


def test_a_model_is_loaded_once() -> None:
    machine = Machine(100)
    assert machine.use("a", 40) is machine.use("a", 40)
    assert len(machine.loaded) == 1
    assert machine.holder.memory_bytes("a") == 40


def test_the_longest_unused_leaves_first() -> None:
    machine = Machine(100)
    machine.use("a", 40)
    machine.use("b", 40)
    machine.use("a", 40)
    machine.use("c", 40)
    assert machine.keys() == ["c", "a"]
    assert [weights.closed for weights in machine.loaded] == [False, True, False]


def test_a_limit_bounds_all_together() -> None:
    machine = Machine(1000, limit=100)
    for key in "abc":
        machine.use(key, 40)
    assert machine.keys() == ["c", "b"]
    with pytest.raises(UnavailableError, match="not enough memory"):
        machine.use("large", 101)


def test_what_does_not_fit_is_refused_with_figures() -> None:
    gib = 1024**3
    machine = Machine(2 * gib)
    with pytest.raises(UnavailableError, match=r"It needs 3\.0 GB, 2\.0 GB are free"):
        machine.use("a", 3 * gib)
    assert not machine.loaded


def test_a_model_at_work_is_released_when_its_last_user_is_done() -> None:
    machine = Machine(100)
    with machine.holder.use("a", "a", machine.loader(40), 40) as weights:
        with machine.holder.use("a", "a", machine.loader(40), 40):
            assert machine.holder.held()[0].users == 2
            assert machine.holder.release("a") is False
        assert not weights.closed
    assert weights.closed
    assert machine.keys() == []
    assert machine.holder.release("a") is True


def test_closing_the_holder_releases_all() -> None:
    machine = Machine(100)
    machine.use("a", 40)
    with machine.holder.use("b", "b", machine.loader(40), 40):
        machine.holder.close()
        assert machine.keys() == ["b"]
    assert all(weights.closed for weights in machine.loaded)


def test_a_model_waits_for_one_at_work_that_is_in_its_way() -> None:
    machine = Machine(100)
    loaded = threading.Event()

    def use() -> None:
        machine.use("b", 60)
        loaded.set()

    second = threading.Thread(target=use)
    with machine.holder.use("a", "a", machine.loader(60), 60) as weights:
        second.start()
        assert not loaded.wait(0.2)
        assert not weights.closed
    assert loaded.wait(5)
    assert weights.closed
    second.join()


def test_a_load_that_fails_leaves_nothing_behind() -> None:
    machine = Machine(100)

    def fail() -> Weights:
        raise UnavailableError("broken")

    with pytest.raises(UnavailableError), machine.holder.use("a", "a", fail, 40):
        pass
    assert machine.keys() == []
    assert machine.use("a", 40).memory_bytes == 40


def test_what_can_be_given_back_counts_as_free() -> None:
    machine = Machine(100)
    machine.use("a", 40)
    with machine.holder.use("b", "b", machine.loader(30), 30):
        assert machine.holder.reclaimable() == 40


def test_many_threads_share_safely() -> None:
    machine = Machine(100)
    errors: list[BaseException] = []

    def work(number: int) -> None:
        try:
            for turn in range(20):
                key = "abcd"[(number + turn) % 4]
                with machine.holder.use(key, key, machine.loader(40), 40) as weights:
                    time.sleep(0.001)
                    assert not weights.closed, "taken away while at work"
                if turn % 7 == 0:
                    machine.holder.release(key)
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(300)  # Only a deadlock takes so long.
    assert not errors
    assert not any(thread.is_alive() for thread in threads)
    assert all(model.users == 0 for model in machine.holder.held())
    assert sum(not weights.closed for weights in machine.loaded) == len(machine.holder.held()) <= 2
