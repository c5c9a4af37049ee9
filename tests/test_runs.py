from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from extractor.core.document_types import DocumentType, load_document_types
from extractor.core.documents import Document
from extractor.core.errors import ConfigError, ExtractionError, StoreError
from extractor.core.extractions import FieldValue
from extractor.desk.intake import add_file
from extractor.desk.run_progress import ITEMS_KEPT, Progress
from extractor.desk.runs import RUNS_KEPT, Runs
from extractor.extractors.base import Extractor, Reply
from extractor.reading.text import document_from_text
from extractor.store import Store

LETTER = DocumentType("letter", {"title": "편지", "type": "object", "properties": {"title": {"type": "string"}}})


class FirstLine(Extractor):
    """Takes the first line for the title; refuses and breaks on demand; waits at the gate with what is `held`."""

    provider = "here"

    def __init__(self, model: str) -> None:
        self.model = model
        self.gate = threading.Event()
        self.gate.set()
        self.begun = threading.Event()
        self.held = ""
        self.read: list[str] = []

    def reply(self, document: Document, document_type: DocumentType) -> Reply:
        self.begun.set()
        if self.held in document.text:
            assert self.gate.wait(300)
        self.read.append(document.text)
        if "refuse" in document.text:
            raise ExtractionError("{file}: has no title.", file=document.name)
        if "break" in document.text:
            raise ZeroDivisionError("a bug")
        return Reply({"title": FieldValue(document.text.split("\n")[0], confidence=0.5, source=self.model)})


class Models(dict[str, FirstLine]):
    def __call__(self, key: str, **_: object) -> FirstLine:
        if key.startswith("unknown"):
            raise ConfigError("There is no model “{model}”.", model=key)
        return self.setdefault(key, FirstLine(key))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store.open(folder=tmp_path, types=lambda: {"letter": LETTER, "vanished": LETTER} | load_document_types())
    yield store
    store.close()


@pytest.fixture
def models() -> Models:
    return Models()


@pytest.fixture
def runs(store: Store, models: Models) -> Iterator[Runs]:
    runs = Runs(store, workers=3, types=lambda: {"letter": LETTER}, create=models)
    yield runs
    for model in models.values():
        model.gate.set()
    runs.close()


@pytest.fixture
def add(store: Store) -> Callable[[str], str]:
    return lambda text: store.add(text.encode(), document_from_text(text, f"{text}.txt"), "letter", None)[0].hash


def finished(runs: Runs, run_id: str) -> Progress:
    return until(runs, run_id, lambda progress: progress.finished)


def until(runs: Runs, run_id: str, wanted: Callable[[Progress], bool]) -> Progress:
    limit = time.monotonic() + 300
    while not wanted(progress := runs.progress(run_id)):
        assert time.monotonic() < limit, progress
        time.sleep(0.005)
    return progress


def test_a_run_extracts_and_stores_every_pair(runs: Runs, store: Store, add: Callable[[str], str]) -> None:
    hashes = [add(f"글 {number}") for number in range(10)]
    progress = finished(runs, runs.start([*hashes, hashes[0]], ["one", "two", "one"]))
    assert (progress.total, progress.done, progress.failed, progress.skipped) == (20, 20, 0, 0)
    assert progress.seconds_left == 0.0
    assert {(item.hash, item.model) for item in progress.items} == {(h, m) for h in hashes for m in ("one", "two")}
    assert store.values(hashes[3], LETTER)["title"].value == "글 3"
    assert store.count(states=["extracted"]) == 10


def test_what_is_stored_is_skipped_unless_asked_again(runs: Runs, models: Models, add: Callable[[str], str]) -> None:
    hashes = [add("가"), add("나")]
    finished(runs, runs.start(hashes[:1], ["one"]))
    progress = finished(runs, runs.start(hashes, ["one"]))
    assert (progress.done, progress.skipped) == (1, 1)
    assert [item.name for item in progress.items] == ["나.txt"]
    assert sorted(models["one"].read) == ["가", "나"]
    progress = finished(runs, runs.start(hashes, ["one"], again=True))
    assert (progress.done, progress.skipped) == (2, 0)


def test_one_failing_pair_leaves_the_others_alone(
    runs: Runs, store: Store, add: Callable[[str], str], caplog: pytest.LogCaptureFixture
) -> None:
    good, refused, broken = add("좋음"), add("refuse"), add("break")
    progress = finished(runs, runs.start([refused, broken, "0" * 64, good], ["one"]))
    assert (progress.done, progress.failed) == (1, 3)
    errors = {item.hash: item.error for item in progress.items}
    assert errors[good] is None
    assert errors[refused] == store.row(refused).error == "refuse.txt: has no title."
    assert errors[broken] == store.row(broken).error == "ZeroDivisionError: a bug"
    assert "not in the store" in str(errors["0" * 64])
    assert "Traceback" in caplog.text
    again = finished(runs, runs.start([refused], ["one"]))
    assert again.failed == 1, "a failed pair is tried again"


def test_a_type_that_is_gone_fails_its_documents_only(runs: Runs, store: Store, add: Callable[[str], str]) -> None:
    good, lost = add("가"), add("나")
    store.set_type(lost, "vanished", "kim")
    progress = finished(runs, runs.start([good, lost]))
    assert (progress.done, progress.failed) == (1, 1)
    assert store.row(good).state == "extracted"


def test_cancel_stops_what_has_not_begun(runs: Runs, models: Models, add: Callable[[str], str]) -> None:
    models("one").gate.clear()
    run_id = runs.start([add(str(number)) for number in range(20)], ["one"])
    assert runs.progress(run_id).seconds_left is None
    until(runs, run_id, lambda _: runs._runs[run_id].at_work == 3)
    runs.cancel(run_id)
    assert not runs.progress(run_id).finished
    models["one"].gate.set()
    progress = finished(runs, run_id)
    runs.cancel(run_id)
    assert runs.progress(run_id).cancelled
    assert (progress.done, progress.total) == (3, 20)


def test_the_keys_of_a_session_are_let_go_when_its_run_is_over(
    runs: Runs, models: Models, add: Callable[[str], str]
) -> None:
    """An extractor holds the keys that it was made with."""
    run_id = runs.start([add("가")], ["one"], keys={"near": "maru0123456789"})
    finished(runs, run_id)
    assert not runs._runs[run_id].extractors

    models["one"].gate.clear()
    run_id = runs.start([add(str(number)) for number in range(20)], ["one"], keys={"near": "maru0123456789"})
    until(runs, run_id, lambda _: runs._runs[run_id].at_work == 3)
    runs.cancel(run_id)
    models["one"].gate.set()
    finished(runs, run_id)
    assert not runs._runs[run_id].extractors


def test_a_run_that_is_cancelled_while_it_only_waits_keeps_no_keys(
    runs: Runs, models: Models, add: Callable[[str], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runs, "_start_threads", lambda: None)
    run_id = runs.start([add("가")], ["one"], keys={"near": "maru0123456789"})
    runs.cancel(run_id)
    assert runs.progress(run_id).cancelled and not runs._runs[run_id].extractors


def test_a_small_run_does_not_wait_for_the_end_of_a_large_one(
    runs: Runs, models: Models, add: Callable[[str], str]
) -> None:
    models("one").gate.clear()
    large = runs.start([add(f"많은 {number}") for number in range(40)], ["one"])
    small = runs.start([add("적은")], ["one"])
    models["one"].gate.set()
    finished(runs, small)
    finished(runs, large)
    assert models["one"].read.index("적은") < 10


def test_two_runs_do_not_pay_for_the_same_pair_twice(runs: Runs, models: Models, add: Callable[[str], str]) -> None:
    """The second one waits for the first one's result, and says that it does."""
    models("one").gate.clear()
    hash = add("가")
    first = runs.start([hash], ["one"])
    assert models["one"].begun.wait(300), "at work, and the claim taken"
    second = runs.start([hash], ["one"])
    assert not until(runs, second, lambda progress: progress.elsewhere == 1).finished
    models["one"].gate.set()
    assert finished(runs, first).done == 1
    assert finished(runs, second).skipped == 1
    assert models["one"].read == ["가"]


def test_a_pair_that_fails_elsewhere_is_done_here(runs: Runs, models: Models, add: Callable[[str], str]) -> None:
    models("one").gate.clear()
    hash = add("refuse")
    first = runs.start([hash], ["one"])
    assert models["one"].begun.wait(300), "at work, and the claim taken"
    second = runs.start([hash], ["one"])
    until(runs, second, lambda progress: progress.elsewhere == 1)
    models["one"].gate.set()
    assert finished(runs, first).failed == finished(runs, second).failed == 1
    assert models["one"].read == ["refuse"] * 2


def test_time_left_comes_from_the_pace_so_far(
    runs: Runs, models: Models, add: Callable[[str], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [100.0]
    monkeypatch.setattr("extractor.desk.runs.clock", lambda: now[0])
    hashes = [add("가"), add("나"), *(add(f"wait {number}") for number in range(4))]
    models("one").gate.clear()
    models("one").held = "wait"
    run_id = runs.start(hashes, ["one"])
    assert until(runs, run_id, lambda progress: progress.done == 2).seconds_left == 0.0
    now[0] = 110.0
    assert runs.progress(run_id).seconds_left == 20.0, "two took 10 seconds, four are left"


def test_an_unknown_model_is_refused_at_once(runs: Runs, add: Callable[[str], str]) -> None:
    with pytest.raises(ConfigError, match="unknown-1"):
        runs.start([add("가")], ["one", "unknown-1"])


def test_the_past_is_bounded(runs: Runs, add: Callable[[str], str]) -> None:
    hash = add("가")
    first = runs.start([hash])
    finished(runs, first)
    for _ in range(RUNS_KEPT):
        finished(runs, runs.start([hash]))
    with pytest.raises(StoreError, match="not known any more"):
        runs.progress(first)
    progress = finished(runs, runs.start([add(f"글 {number}") for number in range(ITEMS_KEPT + 5)]))
    assert progress.done == ITEMS_KEPT + 5
    assert len(progress.items) == ITEMS_KEPT


def test_sessions_may_start_runs_at_once(runs: Runs, add: Callable[[str], str]) -> None:
    hashes = [add(str(number)) for number in range(8)]
    ids: list[str] = []
    threads = [threading.Thread(target=lambda: ids.append(runs.start(hashes, ["one"]))) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    results = [finished(runs, run_id) for run_id in ids]
    assert sum(progress.done for progress in results) == 8
    assert sum(progress.skipped for progress in results) == 40


def test_a_stopped_process_does_not_wait_for_a_long_run(tmp_path: Path) -> None:
    code = f"""
import sys, time
from extractor.core.extractions import Extraction
from extractor.reading.text import document_from_text
from extractor.desk.runs import Runs
from extractor.store import Store
from tests.test_runs import LETTER

class Slow:
    model, provider = "slow", "here"
    def extract(self, document, document_type):
        time.sleep(60)

store = Store.open(folder={str(tmp_path)!r}, types=lambda: {{"letter": LETTER}})
added = store.add(b"1", document_from_text("1"), "letter", None)[0]
runs = Runs(store, types=lambda: {{"letter": LETTER}}, create=lambda model, **_: Slow())
run_id = runs.start([added.hash])
while runs._runs[run_id].at_work == 0:
    time.sleep(0.01)
print(runs.progress(run_id).total)
"""
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=30)
    assert (result.returncode, result.stdout.strip()) == (0, "1"), result.stderr


def test_a_closed_desk_of_runs_leaves_no_thread(store: Store, models: Models, add: Callable[[str], str]) -> None:
    runs = Runs(store, workers=4, types=lambda: {"letter": LETTER}, create=models)
    finished(runs, runs.start([add("가")]))
    before = threading.active_count()
    runs.close()
    assert threading.active_count() == before - 4


def test_intake_reads_a_file_once(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    from extractor.core.document_types import load_document_types
    from extractor.desk import intake

    text = "저작재산권 이용허락 계약서\n\n저작물명: 봄날의 기록\n"
    row, new = add_file(store, text.encode("cp949"), "계약.txt", load_document_types())
    assert new
    assert row.document_type == "contract"
    assert store.document(row.hash).text.startswith("저작재산권 이용허락 계약서")
    monkeypatch.setattr(intake, "read_and_look", lambda *_: pytest.fail("read again"))
    assert add_file(store, text.encode("cp949"), "사본.txt", load_document_types()) == (row, False)
