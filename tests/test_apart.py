"""Files that hang, crash or grow cost themselves a message, and nobody else anything; a busy machine costs nobody."""

from __future__ import annotations

import functools
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest

from extractor.core import machine
from extractor.core.errors import BusyError, ReadingError, StoppedError
from extractor.reading import sandbox, sandbox_worker
from extractor.reading import sandboxed as reading_apart
from extractor.reading.formats import read_bytes
from extractor.reading.sandbox_worker import Worker
from tests.reading.making import pdf


def sleep() -> None:
    time.sleep(600)


def sleep_with_a_child(mark: str) -> None:
    subprocess.run(["sleep", mark], check=True)


def compute() -> None:
    while True:
        pass


def compute_in_children() -> None:
    """Each child takes little, all together much, as text recognition page by page does."""
    while True:
        subprocess.run([sys.executable, "-c", "sum(range(3_000_000))"], check=True)


def compute_for(seconds: float, progress: sandbox_worker.Progress | None = None) -> float:
    until = time.process_time() + seconds
    steps = 0
    while time.process_time() < until:
        steps += 1
        if progress is not None and steps % 1000 == 0:
            progress(steps, 0)
    return seconds


def crash() -> None:
    os.kill(os.getpid(), signal.SIGSEGV)


def end_unless(marks: str, times: int, how: int) -> int:
    """Ends its process the first `times` times it is called; then how often it was."""
    path = Path(marks) / str(os.getpid())
    path.touch()
    count = len(list(Path(marks).iterdir()))
    if count <= times:
        os.kill(os.getpid(), how)
    return count


def grow() -> int:
    held = []
    while True:
        held.append(bytearray(16 * 1024 * 1024))
        time.sleep(0.005)


def grow_at_once() -> int:
    return len(bytearray(8 * sandbox.MOST_MEMORY))


def recurse(depth: int = 0) -> int:
    return recurse(depth + 1)


def stumble() -> None:
    raise ZeroDivisionError("secret of the parser")


def refuse() -> None:
    raise ReadingError("{name} is not liked.", name="a.pdf")


def echo(value: object) -> object:
    print("a library that talks")
    return value


def setting(name: str) -> str | None:
    return os.environ.get(name)


def count(progress: sandbox_worker.Progress) -> int:
    for done in range(1, 4):
        progress(done, 3)
    return 3


def keys() -> list[str]:
    return [name for name in os.environ if name.endswith(("_KEY", "_TOKEN", "_SECRET"))]


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    yield
    sandbox._pool().close()


def test_threads_that_come_first_at_once_share_one_pool(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[object] = []

    class SlowPool:
        def __init__(self, _most: int) -> None:
            made.append(self)
            time.sleep(0.2)

        def end(self) -> None:
            pass

    monkeypatch.setattr(sandbox, "Pool", SlowPool)
    monkeypatch.setattr(sandbox, "_the_pool", functools.cache(sandbox._the_pool.__wrapped__))
    with ThreadPoolExecutor(4) as threads:
        pools = [future.result() for future in [threads.submit(sandbox._pool) for _ in range(4)]]
    assert made == [pools[0]]
    assert len(set(pools)) == 1
    monkeypatch.undo()


def test_the_result_comes_back_and_the_worker_is_used_again() -> None:
    value = {"글": [1, 2.5, None], "bytes": b"\x00"}
    assert sandbox.run(echo, value, name="a.pdf") == value
    pid = sandbox.run(os.getpid, name="a.pdf")
    assert pid != os.getpid()
    assert sandbox.run(os.getpid, name="a.pdf") == pid


@pytest.mark.parametrize(
    ("function", "message"),
    [
        (crash, r"^a\.pdf made the program that reads it crash twice"),
        (grow, r"^a\.pdf needs too much memory"),
        (grow_at_once, r"^a\.pdf needs too much memory"),
        (recurse, r"^a\.pdf is damaged in a way"),
    ],
)
def test_a_worker_that_dies_or_grows_is_a_message(function: Callable[[], None], message: str) -> None:
    with pytest.raises(ReadingError, match=message) as told:
        sandbox.run(function, name="a.pdf")
    assert not isinstance(told.value, BusyError)
    assert sandbox.run(echo, 1, name="b.pdf") == 1


@pytest.mark.parametrize("function", [compute, compute_in_children])
def test_computing_for_ever_ends_at_the_limit_of_cpu_time(
    function: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sandbox, "CPU_SECONDS", 1.5)
    with pytest.raises(ReadingError, match=r"a\.pdf took more than 2 s of computing to read"):
        sandbox.run(function, name="a.pdf")


def test_a_drip_of_progress_does_not_make_it_endless(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox, "MOST_CPU_SECONDS", 1.5)
    with pytest.raises(ReadingError, match="took more than 2 s of computing"):
        sandbox.run(compute_for, 600.0, name="a.pdf", progress=lambda done, of: None)


def test_each_sign_of_progress_begins_the_limit_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox, "CPU_SECONDS", 1.0)
    monkeypatch.setattr(machine, "threads_a_worker", lambda: 1)
    assert sandbox.run(compute_for, 3.0, name="a.pdf", progress=lambda done, of: None) == 3.0
    with pytest.raises(ReadingError, match="took more than 1 s of computing"):
        sandbox.run(compute_for, 3.0, name="a.pdf")


def test_a_worker_that_sleeps_for_ever_is_ended_with_what_it_started(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox, "ASLEEP_SECONDS", 1.0)
    with pytest.raises(ReadingError, match=r"a\.pdf: reading came to a standstill"):
        sandbox.run(sleep, name="a.pdf")
    mark = "611.25"
    with pytest.raises(ReadingError, match="came to a standstill"):
        sandbox.run(sleep_with_a_child, mark, name="a.pdf")
    running = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True).stdout
    assert f"sleep {mark}" not in running


def test_a_worker_that_is_stopped_and_goes_on_later_is_not_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """As when the machine is suspended, or others take all of its cores."""
    monkeypatch.setattr(sandbox, "ASLEEP_SECONDS", 0.5)
    looks, enough = [], threading.Event()
    see = sys.modules["extractor.reading.sandbox_worker"].seen

    def seen(worker: psutil.Process) -> object:
        looks.append(see(worker))
        if len(looks) == 1:
            os.kill(worker.pid, signal.SIGSTOP)
        if len(looks) == 5:  # More than two seconds of standing still.
            os.kill(worker.pid, signal.SIGCONT)
            enough.set()
        return looks[-1]

    monkeypatch.setattr("extractor.reading.sandbox_worker.seen", seen)
    assert sandbox.run(compute_for, 1.5, name="a.pdf") == 1.5
    assert enough.is_set()


def test_a_scan_is_read_while_others_take_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """The limit leaves little more than what is needed alone; the clock on the wall passes it several times."""
    monkeypatch.setattr(sandbox, "CPU_SECONDS", 3.0)
    spinning = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(6)]
    started = time.monotonic()
    try:
        assert sandbox.run(compute_for, 1.5, name="a.pdf") == 1.5
    finally:
        for process in spinning:
            process.kill()
            process.wait()
    assert time.monotonic() - started > 1.5


@pytest.mark.parametrize(("how", "times"), [(signal.SIGKILL, 2), (signal.SIGSEGV, 1)])
def test_what_ended_for_the_machines_reasons_or_once_by_a_crash_is_tried_again(
    how: signal.Signals, times: int, tmp_path: Path
) -> None:
    assert sandbox.run(end_unless, str(tmp_path), times, how, name="a.pdf") == times + 1


def test_a_machine_without_memory_is_not_the_files_fault(tmp_path: Path) -> None:
    with pytest.raises(BusyError, match=r"^a\.pdf: the server is short of memory .* Try again"):
        sandbox.run(end_unless, str(tmp_path), 99, signal.SIGKILL, name="a.pdf")
    assert len(list(tmp_path.iterdir())) == sandbox.TRIES["machine"]


def test_a_machine_that_starts_no_process_is_not_the_files_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    sandbox._pool().close()

    def none_left() -> Worker:
        raise BlockingIOError("no more processes")

    monkeypatch.setattr(sandbox._pool(), "_start", none_left)
    with pytest.raises(BusyError):
        sandbox.run(echo, 1, name="a.pdf")


def backstop() -> tuple[int, float]:
    """The kernel's limit of CPU seconds for this worker, and what it used."""
    import resource

    return resource.getrlimit(resource.RLIMIT_CPU)[0], time.process_time()


def lower_backstop() -> None:
    import resource

    resource.setrlimit(resource.RLIMIT_CPU, (int(time.process_time()) + 1, resource.RLIM_INFINITY))
    compute()


def test_the_kernel_ends_a_worker_that_nobody_watches(monkeypatch: pytest.MonkeyPatch) -> None:
    limit, used = sandbox.run(backstop, name="a.pdf")
    assert sandbox.CPU_SECONDS < limit <= used + sandbox.CPU_SECONDS + 61
    monkeypatch.setattr("extractor.reading.sandbox_worker.LOOK", 1e9)
    with pytest.raises(ReadingError, match="took more than 60 s of computing"):
        sandbox.run(lower_backstop, name="a.pdf")


ORPHAN = """
import sys, threading, time
from extractor.reading import sandbox as apart
from tests.test_apart import compute
threading.Thread(target=lambda: apart.run(compute, name="a.pdf"), daemon=True).start()
while not apart._pool()._busy:
    time.sleep(0.01)
print(apart._pool()._busy[0].process.pid, flush=True)
sys.stdin.read()
"""


@pytest.mark.parametrize("how", [signal.SIGKILL, None], ids=["killed", "ended"])
def test_no_worker_goes_on_when_its_parent_is_gone(how: int | None) -> None:
    parent = subprocess.Popen(
        [sys.executable, "-c", ORPHAN],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[1],
    )
    assert parent.stdout and parent.stdin
    worker = psutil.Process(int(parent.stdout.readline()))
    if how is None:
        parent.stdin.close()
    else:
        parent.send_signal(how)
    parent.wait()
    worker.wait(300)


def test_nobody_waits_for_what_nobody_wants() -> None:
    stop = threading.Event()
    begun = threading.Event()

    def wanted() -> bool:
        begun.set()
        return stop.is_set()

    def read() -> None:
        with pytest.raises(StoppedError):
            sandbox.run(sleep, name="a.pdf", stopped=wanted)
        over.set()

    over = threading.Event()
    threading.Thread(target=read).start()
    assert begun.wait(60)
    stop.set()
    assert over.wait(60)


def test_progress_arrives() -> None:
    told: list[tuple[int, int]] = []
    assert sandbox.run(count, name="a.pdf", progress=lambda done, of: told.append((done, of))) == 3
    assert told == [(1, 3), (2, 3), (3, 3)]


def test_errors_keep_their_kind_and_message_and_unforeseen_ones_get_one(caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(ReadingError, match=r"a\.pdf is not liked") as told:
        sandbox.run(refuse, name="a.pdf")
    assert told.value.template == "{name} is not liked."
    with pytest.raises(ReadingError, match=r"b\.pdf is damaged in a way") as told:
        sandbox.run(stumble, name="b.pdf")
    assert "secret" not in str(told.value)
    assert "ZeroDivisionError" in caplog.text


def test_the_log_names_the_file(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    monkeypatch.setattr(sandbox, "CPU_SECONDS", 0.5)
    with pytest.raises(ReadingError):
        sandbox.run(compute, name="a.pdf")
    assert "a.pdf took more than" in caplog.text
    assert "{name}" not in caplog.text


def test_keys_of_providers_do_not_reach_a_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    sandbox._pool().close()
    monkeypatch.setenv("OPENAI_API_KEY", "sk-apart-0123456789")
    assert sandbox.run(keys, name="a.pdf") == []


def test_a_document_is_the_same_from_next_door() -> None:
    data = pdf(lambda canvas: [canvas.drawString(60, 700, "저작물명: 봄날의 기록")])
    assert reading_apart.read_bytes_sandboxed(data, "a.pdf") == read_bytes(data, "a.pdf")
    text = "제목: 가람\n".encode()
    assert reading_apart.read_bytes_sandboxed(text, "a.txt") == read_bytes(text, "a.txt")


def test_a_setting_that_is_gone_is_gone_in_kept_workers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RIGHTSDESK_MODEL_CONFIG", "a.yaml")
    assert sandbox.run(setting, "RIGHTSDESK_MODEL_CONFIG", name="a.pdf") == "a.yaml"
    monkeypatch.delenv("RIGHTSDESK_MODEL_CONFIG")
    assert sandbox.run(setting, "RIGHTSDESK_MODEL_CONFIG", name="a.pdf") is None
