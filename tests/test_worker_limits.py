"""What counts against a worker, looked at without any clock."""

from __future__ import annotations

import subprocess
import sys
import time

import psutil
import pytest

from extractor.reading.sandbox_limits import EndedError, Limits, Seen, Watch, seen

LIMITS = Limits(cpu=10, cpu_in_all=100, memory=1000, asleep=60)


def ended(looks: list[tuple[Seen, float]], limits: Limits = LIMITS) -> str | None:
    watch = Watch(limits, 5.0)
    try:
        for one, elapsed in looks:
            watch.look(one, elapsed)
    except EndedError as error:
        return error.reason
    return None


def test_an_hour_on_the_wall_is_nothing_while_it_waits_for_a_core_or_is_stopped() -> None:
    assert ended([(Seen(5.0, 0, asleep=False), 3600.0)] * 1000) is None


def test_a_little_work_now_and_then_is_no_standstill() -> None:
    assert ended([(Seen(5.0 + number / 50, 0, asleep=True), 0.5) for number in range(400)]) is None


def test_looking_now_and_then_whether_something_came_is_sleep() -> None:
    polling = [(Seen(5.0 + number / 2000, 0, asleep=True), 0.5) for number in range(122)]
    assert ended(polling) == "stalled"


def test_sleep_alone_is_a_standstill() -> None:
    assert ended([(Seen(5.0, 0, asleep=True), 0.5)] * 119) is None
    assert ended([(Seen(5.0, 0, asleep=True), 0.5)] * 122) == "stalled"


def test_a_look_that_comes_late_tells_of_who_looks() -> None:
    assert ended([(Seen(5.0, 0, asleep=True), 3600.0)] * 50) is None


def test_what_was_used_before_the_call_does_not_count() -> None:
    assert ended([(Seen(15.0, 0, False), 0.5)]) is None
    assert ended([(Seen(15.1, 0, False), 0.5)]) == "slow"


def test_progress_begins_a_step_anew_and_ends_a_sleep_but_not_the_whole() -> None:
    watch = Watch(LIMITS, 0.0)
    for number in range(1, 11):
        watch.progressed()
        watch.look(Seen(10.0 * number, 0, True), 30.0)
    watch.progressed()
    with pytest.raises(EndedError) as told:
        watch.look(Seen(100.1, 0, True), 0.5)
    assert (told.value.reason, told.value.seconds) == ("slow", 100)


def test_memory_counts_at_once() -> None:
    assert ended([(Seen(5.0, 1001, False), 0.0)]) == "large"


def test_a_look_counts_children_that_have_ended_and_those_that_have_not() -> None:
    program = """if True:
        import subprocess, sys
        work = [sys.executable, "-c", "import time\\nwhile time.process_time() < 0.6: pass"]
        subprocess.run(work)
        rest = [sys.executable, "-c", "import time\\nwhile time.process_time() < 0.6: pass\\ntime.sleep(600)"]
        child = subprocess.Popen(rest)
        print("ready", flush=True)
        child.wait()"""
    process = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
    watched = psutil.Process(process.pid)
    try:
        assert process.stdout and process.stdout.readline() == "ready\n"
        while (found := seen(psutil.Process(process.pid))).cpu < 1.2 or not found.asleep:
            time.sleep(0.05)
        assert found.memory > 10_000_000
    finally:
        for one in [*psutil.Process(process.pid).children(), process]:
            one.kill()
        process.wait()
    assert seen(watched) == Seen(0.0, 0, False)
