"""Files that hang, crash or grow cost themselves a message, and nobody else anything."""

from __future__ import annotations

import os
import signal
import subprocess
import time

import pytest

from extractor import apart
from extractor.errors import ReadingError
from extractor.reading import apart as reading_apart
from extractor.reading import read_bytes
from tests.reading.making import pdf


def hang() -> None:
    time.sleep(600)


def hang_with_a_child(mark: str) -> None:
    subprocess.run(["sleep", mark], check=True)


def crash() -> None:
    os.kill(os.getpid(), signal.SIGSEGV)


def grow() -> int:
    held = []
    while True:
        held.append(bytearray(16 * 1024 * 1024))
        time.sleep(0.005)


def grow_at_once() -> int:
    return len(bytearray(8 * apart.MOST_MEMORY))


def stumble() -> None:
    raise ZeroDivisionError("secret of the parser")


def refuse() -> None:
    raise ReadingError("{name} is not liked.", name="a.pdf")


def echo(value: object) -> object:
    print("a library that talks")
    return value


def setting(name: str) -> str | None:
    return os.environ.get(name)


def count(progress: apart.Progress) -> int:
    for done in range(1, 4):
        time.sleep(0.4)
        progress(done, 3)
    return 3


def keys() -> list[str]:
    return [name for name in os.environ if name.endswith(("_KEY", "_TOKEN", "_SECRET"))]


@pytest.fixture(autouse=True)
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apart, "SILENCE", 5.0)


def test_the_result_comes_back_and_the_worker_is_used_again() -> None:
    value = {"글": [1, 2.5, None], "bytes": b"\x00"}
    assert apart.run(echo, value, name="a.pdf") == value
    pid = apart.run(os.getpid, name="a.pdf")
    assert pid != os.getpid()
    assert apart.run(os.getpid, name="a.pdf") == pid


@pytest.mark.parametrize(
    ("function", "message"),
    [(crash, "a.pdf is damaged"), (grow, "a.pdf needs too much memory"), (grow_at_once, "a.pdf needs too much memory")],
)
def test_a_worker_that_dies_or_grows_is_a_message(function, message) -> None:
    with pytest.raises(ReadingError, match=message):
        apart.run(function, name="a.pdf")
    assert apart.run(echo, 1, name="b.pdf") == 1


def test_a_worker_that_hangs_is_killed_with_what_it_started(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apart, "SILENCE", 1.0)
    started = time.monotonic()
    with pytest.raises(ReadingError, match=r"a\.pdf took too long"):
        apart.run(hang, name="a.pdf")
    mark = "611.25"
    with pytest.raises(ReadingError, match="took too long"):
        apart.run(hang_with_a_child, mark, name="a.pdf")
    assert time.monotonic() - started < 10
    running = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True).stdout
    assert f"sleep {mark}" not in running


def test_progress_arrives_and_keeps_a_slow_worker_alive(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apart, "SILENCE", 0.9)
    told: list[tuple[int, int]] = []
    apart.run(echo, 1, name="a.pdf")  # A worker that has started.
    assert apart.run(count, name="a.pdf", progress=lambda done, of: told.append((done, of))) == 3
    assert told == [(1, 3), (2, 3), (3, 3)]


def test_errors_keep_their_kind_and_message_and_unforeseen_ones_get_one(caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(ReadingError, match=r"a\.pdf is not liked") as told:
        apart.run(refuse, name="a.pdf")
    assert told.value.template == "{name} is not liked."
    with pytest.raises(ReadingError, match=r"b\.pdf is damaged in a way") as told:
        apart.run(stumble, name="b.pdf")
    assert "secret" not in str(told.value)
    assert "ZeroDivisionError" in caplog.text


def test_keys_of_providers_do_not_reach_a_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    for worker in apart._idle:
        worker.kill()
    monkeypatch.setenv("OPENAI_API_KEY", "sk-apart-0123456789")
    assert apart.run(keys, name="a.pdf") == []


def test_a_document_is_the_same_from_next_door() -> None:
    data = pdf(lambda canvas: [canvas.drawString(60, 700, "저작물명: 봄날의 기록")])
    assert reading_apart.read_bytes(data, "a.pdf") == read_bytes(data, "a.pdf")
    text = "제목: 가람\n".encode()
    assert reading_apart.read_bytes(text, "a.txt") == read_bytes(text, "a.txt")


def test_a_setting_that_is_gone_is_gone_in_kept_workers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RIGHTSDESK_MODEL_CONFIG", "a.yaml")
    assert apart.run(setting, "RIGHTSDESK_MODEL_CONFIG", name="a.pdf") == "a.yaml"
    monkeypatch.delenv("RIGHTSDESK_MODEL_CONFIG")
    assert apart.run(setting, "RIGHTSDESK_MODEL_CONFIG", name="a.pdf") is None
