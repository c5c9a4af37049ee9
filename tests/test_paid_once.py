"""Nothing is paid twice: several processes on one store, killed at any moment, and commands beside them."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from extractor.store import Store

from .openai_server import FakeOpenAI
from .paying import Desk, environment, fill, keys_of, text

WAIT = 300
"""Seconds. A process that begins needs 2 of a processor, of which a busy machine gives it a tenth."""


@pytest.fixture
def server() -> Iterator[FakeOpenAI]:
    with FakeOpenAI() as server:
        yield server


@pytest.fixture
def variables(server: FakeOpenAI, tmp_path: Path) -> dict[str, str]:
    return environment(tmp_path, server)


@pytest.fixture
def store(variables: dict[str, str]) -> Iterator[Store]:
    store = Store.open(folder=variables["RIGHTSDESK_DATA"])
    yield store
    store.close()


def together(*desks: Desk) -> list[tuple[int, int, int]]:
    for desk in desks:
        desk.wait_until_ready()
    for desk in desks:
        desk.go()
    return [desk.finish(WAIT) for desk in desks]


@pytest.mark.parametrize("model", ["cloud_one", "hybrid"])
def test_two_servers_on_one_store_buy_each_answer_once(
    server: FakeOpenAI, variables: dict[str, str], store: Store, model: str
) -> None:
    fill(store, 6)
    server.latency = 0.2
    counts = together(Desk(variables, model), Desk(variables, model))
    assert len(server.answered) == len(store.results()) == 6
    assert sum(done for done, _, _ in counts) == sum(skipped for _, _, skipped in counts) == 6


def test_two_servers_asked_anew_at_once_buy_one_new_answer_each(
    server: FakeOpenAI, variables: dict[str, str], store: Store
) -> None:
    fill(store, 5)
    together(Desk(variables))
    server.latency = 0.5
    together(Desk(variables, "cloud_one", "again"), Desk(variables, "cloud_one", "again"))
    assert len(server.answered) == len(store.results()) == 10
    assert all(len(keys) == 2 for keys in keys_of(server).values()), "a new answer has a key of its own"


def test_killed_at_any_moment_no_stored_answer_is_bought_again(
    server: FakeOpenAI, variables: dict[str, str], store: Store
) -> None:
    """Two processes over 60 documents; five times one of them is killed and begun again. What was at work when it was
    killed is asked again under the same key, so a provider that heeds keys charges each document once."""
    fill(store, 60)
    server.latency, server.once_a_key = 0.05, True
    chance = random.Random(11)
    desks = [Desk(variables), Desk(variables)]
    for desk in desks:
        desk.wait_until_ready()
        desk.go()
    in_flight = 0
    for _ in range(5):
        wanted = server.received + chance.randrange(1, 6)
        while server.received < wanted and any(desk.process.poll() is None for desk in desks):
            time.sleep(0.002)
        time.sleep(chance.uniform(0.0, 0.1))
        place = chance.randrange(2)
        desks[place].kill()
        in_flight += 4
        desks[place] = Desk(variables)
        desks[place].wait_until_ready()
        desks[place].go()
    assert all(failed == 0 for _, failed, _ in (desk.finish(WAIT) for desk in desks))
    keys = keys_of(server)
    assert len(keys) == 60, "no document is missing"
    assert all(len(of) == 1 for of in keys.values()), "asked again under another key"
    assert len(server.answered) == 60
    assert len(server.log) <= 60 + in_flight
    rows = [(row.model, row.document_hash) for row in store.results() if not row.error]
    assert len(rows) == len(set(rows)) == 60


def command(variables: dict[str, str], folder: Path, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "extractor", "extract", "--type", "contract", "--model", "cloud_one", *arguments],
        cwd=folder,
        env=variables,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


@pytest.fixture
def files(tmp_path: Path) -> list[str]:
    folder = tmp_path / "in"
    folder.mkdir()
    for number in range(4):
        (folder / f"{number:04d}.txt").write_text(text(number), encoding="utf-8")
    return [str(path) for path in sorted(folder.iterdir())]


def outputs(*commands: subprocess.Popen[str]) -> list[tuple[int, list[str], str]]:
    found = []
    for one in commands:
        out, errors = one.communicate(timeout=WAIT)
        found.append((one.returncode, out.splitlines(), errors))
    return found


def test_two_shells_on_one_store_buy_each_answer_once(
    server: FakeOpenAI, variables: dict[str, str], store: Store, files: list[str], tmp_path: Path
) -> None:
    """Documents that the desk does not have."""
    server.latency = 0.5
    both = outputs(command(variables, tmp_path, *files), command(variables, tmp_path, *files))
    assert [(status, len(lines)) for status, lines, _ in both] == [(0, 4), (0, 4)], both
    assert len(server.answered) == 4
    (third,) = outputs(command(variables, tmp_path, *files))
    assert third[0] == 0 and third[2].count("from the desk") == 4 and len(server.answered) == 4
    (fourth,) = outputs(command(variables, tmp_path, *files, "--again"))
    assert fourth[0] == 0 and len(server.answered) == 8
    assert all(len(keys) == 2 for keys in keys_of(server).values())


def test_app_and_shell_on_one_store_buy_each_answer_once(
    server: FakeOpenAI, variables: dict[str, str], store: Store, files: list[str], tmp_path: Path
) -> None:
    fill(store, 4)
    server.latency = 0.3
    desk, shell = Desk(variables), command(variables, tmp_path, *files)
    desk.wait_until_ready()
    desk.go()
    (said,) = outputs(shell)
    done, failed, skipped = desk.finish(WAIT)
    assert said[0] == 0 and len(said[1]) == 4, said
    assert (failed, done + skipped) == (0, 4)
    assert len(server.answered) == 4 == len(store.results()), "the desk has what the shell bought"


def test_a_command_is_alone_with_its_file(server: FakeOpenAI, files: list[str], tmp_path: Path) -> None:
    """No store here: two shells that go on with one file."""
    variables = environment(tmp_path, server, timeout=WAIT)
    server.gate.clear()
    first = command(variables, tmp_path, *files, "--out", "o.jsonl", "--resume")
    end = time.monotonic() + WAIT
    while not server.received:
        assert time.monotonic() < end and first.poll() is None, first.communicate()
        time.sleep(0.02)
    (second,) = outputs(command(variables, tmp_path, *files, "--out", "o.jsonl", "--resume"))
    assert second[0] == 2 and "another command is writing" in second[2]
    server.gate.set()
    assert outputs(first)[0][0] == 0
    assert len(server.answered) == 4 == len((tmp_path / "o.jsonl").read_text("utf-8").splitlines())


def test_paid_lines_survive_a_command_that_is_killed(server: FakeOpenAI, files: list[str], tmp_path: Path) -> None:
    """Begun anew without --resume on a file that is whole, and killed in the middle."""
    variables = environment(tmp_path, server, concurrent=1)
    out, part = tmp_path / "o.jsonl", tmp_path / "o.jsonl.part"
    assert outputs(command(variables, tmp_path, *files, "--out", str(out)))[0][0] == 0
    whole = out.read_text("utf-8")
    server.latency = 0.5
    again = command(variables, tmp_path, *files, "--out", str(out))
    end = time.monotonic() + WAIT
    while not (part.exists() and part.read_text("utf-8").count("\n") >= 2):
        assert time.monotonic() < end and again.poll() is None, again.communicate()
        time.sleep(0.02)
    again.kill()
    again.communicate()
    assert out.read_text("utf-8") == whole
    (refused,) = outputs(command(variables, tmp_path, *files, "--out", str(out)))
    assert refused[0] == 2 and "Add --resume" in refused[2] and out.read_text("utf-8") == whole
    bought = part.read_text("utf-8").count("\n")
    before = len(server.log)
    assert outputs(command(variables, tmp_path, *files, "--out", str(out), "--resume"))[0][0] == 0
    assert not part.exists() and out.read_text("utf-8").count("\n") == 4
    assert before + 4 - bought <= len(server.log) <= before + 4 - bought + 1
