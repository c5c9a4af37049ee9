"""How long a local model took for a document: its own work, not what went on before its turn."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from extractor.core.cancellation import acquired
from extractor.core.errors import AnswerError
from extractor.core.extractions import Extraction, Usage
from extractor.extractors import base
from extractor.extractors.local import LocalExtractor, ModelPool
from extractor.extractors.local import extractor as local
from extractor.settings.local_models import LocalModel

from ..fake_clock import FakeClock

LOADING, ANOTHER, READING = 30.0, 60.0, 2.0
"""Seconds that the model is loaded, that another document is read before, and that this one is read."""


class Weights:
    """A model in memory that one thread at a time may ask."""

    memory_bytes = 10
    is_tree = False

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.asked = threading.Event()

    @contextmanager
    def turn(self) -> Iterator[None]:
        self.asked.set()
        with acquired(self.lock):
            yield

    def close(self) -> None:
        pass


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> FakeClock:
    clock = FakeClock()
    for module in (base, local):
        monkeypatch.setattr(module, "time", SimpleNamespace(perf_counter=clock))
    return clock


@pytest.fixture
def weights(clock: FakeClock, monkeypatch: pytest.MonkeyPatch) -> Weights:
    weights = Weights()

    def load(*_: Any) -> Weights:
        clock.sleep(LOADING)
        return weights

    monkeypatch.setattr(local, "make_plan", lambda *_: SimpleNamespace(needed=10, device="cpu"))
    monkeypatch.setattr("extractor.extractors.local.loading.load", load)
    return weights


def extracted(
    clock: FakeClock, weights: Weights, monkeypatch: pytest.MonkeyPatch, error: Exception | None = None
) -> Extraction:
    """One document's result. Its turn comes when another document has been read, which the clock shows."""

    def read(*_: Any) -> tuple[Mapping[str, Any], Usage]:
        clock.sleep(READING)
        if error:
            raise error
        return {}, Usage(5, 5)

    monkeypatch.setattr(LocalExtractor, "_by_answers", read)
    model = LocalModel(name="tiny", title="Tiny", path="", device="cpu")
    reader = LocalExtractor(model, Path("nowhere"), ModelPool(limit_bytes=100, free=lambda _: 100))
    results: list[Extraction] = []
    weights.lock.acquire()
    thread = threading.Thread(
        target=lambda: results.append(reader.extract_metadata("Title: Blue River", {"title": "string"}))
    )
    thread.start()
    assert weights.asked.wait(60)
    clock.sleep(ANOTHER)
    weights.lock.release()
    thread.join(60)
    return results[0]


def test_waiting_for_the_model_is_no_time_of_the_document(
    clock: FakeClock, weights: Weights, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It would count again in the forecast of every run: eight threads, one model, eight times its latency."""
    result = extracted(clock, weights, monkeypatch)
    assert result.error is None and result.processing_time == READING
    assert clock.slept == [LOADING, ANOTHER, READING]


def test_nor_is_it_when_the_document_fails(clock: FakeClock, weights: Weights, monkeypatch: pytest.MonkeyPatch) -> None:
    result = extracted(clock, weights, monkeypatch, AnswerError("Nothing."))
    assert result.error == "Nothing." and result.processing_time == READING
