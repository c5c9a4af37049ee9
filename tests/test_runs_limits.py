"""Runs under a provider's limits: documents are put off, their threads do something else, and none is lost."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from extractor.core.document_types import DocumentType, as_document_type
from extractor.core.documents import Document
from extractor.core.extractions import Attempt
from extractor.desk.run_progress import Progress
from extractor.desk.runs import Runs
from extractor.extractors.base import Extractor, Reply
from extractor.extractors.builtin.extractor import BuiltinExtractor
from extractor.extractors.cloud import extractor as cloud
from extractor.extractors.cloud import rate_limits
from extractor.reading.text import document_from_text
from extractor.store import Store

from .openai_server import FakeOpenAI, nothing_learned, openai_server
from .provider_bodies import GOOD, SCHEMA, TEXT, completion, desk, error, good

__all__ = ["nothing_learned", "openai_server"]

TYPE = as_document_type(SCHEMA, "letter")


class FellBack(Extractor):
    """A hybrid model whose cloud models gave nothing."""

    model = provider = "hybrid"

    def reply(self, document: Document, document_type: DocumentType) -> Reply:
        attempts = (Attempt("cloud_tiny", "fake", "It has no credit."), Attempt("builtin", "builtin"))
        return Reply(attempts=attempts, provider="builtin")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store.open(folder=tmp_path / "desk", types=lambda: {TYPE.key: TYPE})
    yield store
    store.close()


Start = Callable[..., Runs]


@pytest.fixture
def start(tmp_path: Path, store: Store, openai_server: FakeOpenAI) -> Iterator[Start]:
    made: list[Runs] = []

    def start(workers: int = 2, limit_wait: float = 600) -> Runs:
        def create(key: str, **_: object) -> Extractor:
            if key == "cloud_tiny":
                return desk(tmp_path, openai_server, limit_wait=limit_wait)
            return FellBack() if key == "hybrid" else BuiltinExtractor()

        made.append(Runs(store, workers=workers, types=lambda: {TYPE.key: TYPE}, create=create))
        return made[-1]

    yield start
    for runs in made:
        runs.close()


@pytest.fixture
def add(store: Store) -> Callable[[int], list[str]]:
    def add(count: int) -> list[str]:
        texts = [f"{TEXT}{number}\n" for number in range(count)]
        return [
            store.add(text.encode(), document_from_text(text, f"{number}.txt"), TYPE.key, None)[0].hash
            for number, text in enumerate(texts)
        ]

    return add


def until(runs: Runs, run_id: str, wanted: Callable[[Progress], bool]) -> Progress:
    limit = time.monotonic() + 300
    while not wanted(progress := runs.progress(run_id)):
        assert time.monotonic() < limit, progress
        time.sleep(0.01)
    return progress


def limited(seconds: float) -> tuple[Any, ...]:
    return 429, error("Rate limit reached"), {"Retry-After": f"{seconds:g}"}


def test_a_run_that_waits_for_a_limit_holds_no_thread(
    start: Start, add: Callable[[int], list[str]], openai_server: FakeOpenAI
) -> None:
    """Six documents wait half an hour; with two threads another run is done meanwhile. A cancel ends the wait."""
    openai_server.script = lambda _body, _number: limited(500)
    runs, hashes = start(workers=2), add(6)
    waits = runs.start(hashes, ["cloud_tiny"])
    until(runs, waits, lambda progress: progress.limited == 6 and not progress.at_work)
    other = until(runs, runs.start(hashes, ["builtin"]), lambda progress: progress.finished)
    assert (other.done, other.failed) == (6, 0)
    stands = runs.progress(waits)
    assert (stands.done, stands.failed, stands.limited, stands.finished) == (0, 0, 6, False)
    asked = len(openai_server.log)
    assert asked <= 2, "only what was sent before the first answer"
    runs.cancel(waits)
    ended = runs.progress(waits)
    assert ended.finished and ended.cancelled and len(openai_server.log) == asked


def test_documents_that_were_put_off_are_all_answered_once(
    start: Start, add: Callable[[int], list[str]], openai_server: FakeOpenAI, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every third call runs into a limit, as a bucket that is nearly empty gives it."""
    monkeypatch.setattr(rate_limits, "HELD", 0.2)
    openai_server.script = lambda _body, number: limited(0.5) if number % 3 == 0 else completion(good())
    runs = start(workers=4)
    progress = until(runs, runs.start(add(12), ["cloud_tiny"]), lambda progress: progress.finished)
    assert (progress.done, progress.failed, progress.limited) == (12, 0, 0)
    assert len(openai_server.answered) == 12, "no document is paid twice"
    assert progress.cost_usd == pytest.approx(12 * (0.4 * 0.001 + 0.06 * 0.002))


def test_a_provider_that_answers_nobody_ends_the_run(
    start: Start, add: Callable[[int], list[str]], openai_server: FakeOpenAI, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rate_limits, "HELD", 0.1)
    openai_server.script = lambda _body, _number: limited(0.3)
    runs = start(limit_wait=1)
    progress = until(runs, runs.start(add(3), ["cloud_tiny"]), lambda progress: progress.finished)
    assert (progress.done, progress.failed) == (0, 3)
    assert all("takes no more calls for now" in str(item.error) for item in progress.items)


def test_calls_that_wait_for_their_turn_let_other_runs_go_on(
    start: Start, add: Callable[[int], list[str]], openai_server: FakeOpenAI, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server that takes one call at a time, and takes long for it."""
    monkeypatch.setattr(rate_limits, "HELD", 0.1)
    monkeypatch.setattr(cloud.CloudExtractor, "_at_once", lambda _self: 1)
    openai_server.gate.clear()
    openai_server.script = lambda _body, _number: completion(good())
    runs, hashes = start(workers=2), add(4)
    slow = runs.start(hashes, ["cloud_tiny"])
    until(runs, slow, lambda _progress: openai_server.received == 1)
    other = until(runs, runs.start(hashes, ["builtin"]), lambda progress: progress.finished)
    assert other.done == 4 and openai_server.received == 1
    openai_server.gate.set()
    assert until(runs, slow, lambda progress: progress.finished).done == 4


def test_a_run_says_how_many_fell_back_and_why(start: Start, add: Callable[[int], list[str]]) -> None:
    runs = start()
    progress = until(runs, runs.start(add(3), ["hybrid", "builtin"]), lambda progress: progress.finished)
    assert progress.fallbacks == (("It has no credit.", 3),)
    assert {item.fell_back for item in progress.items if item.model == "builtin"} == {None}


def test_what_was_paid_is_not_asked_again_for_a_limit_of_the_next_model(
    tmp_path: Path, openai_server: FakeOpenAI, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first model's answer is of no use and paid; the second one's provider takes no calls for a moment: this
    document waits in its place, put off or not."""
    from extractor.extractors.hybrid.extractor import HybridExtractor
    from extractor.settings.cloud import load_cloud
    from extractor.spending.budget import Budget, MemoryLedger

    monkeypatch.setattr(rate_limits, "HELD", 0.1)
    path = tmp_path / "two.yaml"
    path.write_text(
        f"""
cloud: {{timeout: 20, retry_attempts: 0, limit_wait: 60, strategy: cloud}}
providers: {{fake: {{base_url: "{openai_server.base_url}"}}}}
models:
  first: {{provider: fake, model_id: first, cost_per_token: 0.001, max_length: 512}}
  second: {{provider: fake, model_id: second, cost_per_token: 0.002, max_length: 512}}
""",
        encoding="utf-8",
    )
    config = load_cloud(path)
    told = threading.Event()

    def script(body: dict[str, Any], _number: int) -> tuple[Any, ...]:
        if body["model"] == "first":
            return completion("I do not know.")
        if not told.is_set():
            told.set()
            return limited(0.5)
        return completion(good())

    openai_server.script = script
    clouds = [cloud.CloudExtractor(config.providers["fake"], model, "", config) for model in config.models.values()]
    hybrid = HybridExtractor(BuiltinExtractor(), clouds, config, Budget(config.cost, MemoryLedger()))
    with rate_limits.put_off():
        result = hybrid.extract_metadata(TEXT, SCHEMA, "계약서")
    assert result.error is None and result.metadata == GOOD
    assert [call.model for call in openai_server.log] == ["first", "second", "second"]
