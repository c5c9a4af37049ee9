"""A small local model and cloud models at one fake server, put together as hybrid, for the tests."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from extractor.core.document_types import DocumentType
from extractor.core.documents import Document
from extractor.core.errors import ExtractionError
from extractor.core.extractions import FieldValue
from extractor.evidence import align
from extractor.extractors.base import Extractor, Reply
from extractor.extractors.cloud import extractor as cloud
from extractor.extractors.cloud.extractor import CloudExtractor
from extractor.extractors.hybrid.extractor import HybridExtractor
from extractor.settings.cloud import CloudConfig, load_cloud
from extractor.spending.budget import Budget, MemoryLedger

from .openai_server import FakeOpenAI

CONFIG = """
cloud: {{timeout: 5, retry_attempts: 0, fallback_to_local: {fallback}}}
providers:
  near: {{base_url: "{url}"}}
  dear: {{base_url: "{url}"}}
  last: {{base_url: "{url}"}}
models:
  big: {{provider: near, model_id: big, cost_per_token: 0.02, max_length: 512}}
  small: {{provider: near, model_id: small, cost_per_token: 0.01, max_length: 512}}
  spare: {{provider: last, model_id: spare, cost_per_token: 0.001, max_length: 512}}
  other: {{provider: dear, model_id: other, cost_per_token: 0.03, max_length: 512}}
cost_optimization:
  budget_limit: {limit}
  preferred_providers: [near, dear]
  fallback_providers: [last]
"""
LETTER = DocumentType(
    "letter",
    {
        "title": "편지",
        "type": "object",
        "properties": {
            "work_title": {"type": ["string", "null"], "title": "저작물명"},
            "author": {"type": ["string", "null"], "title": "저작자"},
            "signed": {"type": ["string", "null"], "format": "date", "title": "계약일"},
            "fee": {"type": ["number", "null"], "title": "이용료"},
        },
        "required": ["work_title", "author"],
    },
)
TEXT = "저작물명: 봄날의 기록\n저작자: 한가람\n계약일: 2026-03-02\n이용료: 1,000원\n"
RIGHT = {"work_title": "봄날의 기록", "author": "한가람", "signed": "2026-03-02", "fee": 1000}


class Reader(Extractor):
    """A small local model: gives what it is told to give, with evidence where the document has it."""

    model, provider = "local_reader", "local"

    def __init__(self, values: Mapping[str, Any] = RIGHT, sure: Mapping[str, float] | None = None, error: str = ""):
        self.values, self.sure, self.error = values, sure or {}, error

    def reply(self, document: Document, document_type: DocumentType) -> Reply:
        if self.error:
            raise ExtractionError(self.error)
        values = {
            field.path: FieldValue(
                self.values.get(field.name),
                None,
                align(document, field, self.values.get(field.name)),
                self.sure.get(field.name, 0.9),
                self.model,
            )
            for field in document_type.fields
        }
        return Reply(values)


@pytest.fixture
def server() -> Iterator[FakeOpenAI]:
    cloud._learned.clear()
    with FakeOpenAI() as server:
        yield server


class Make:
    def __init__(self, folder: Path, server: FakeOpenAI) -> None:
        self.folder, self.server = folder, server

    def config(self, fallback: bool = True, limit: float | None = 100) -> CloudConfig:
        path = self.folder / "cloud.yaml"
        text = CONFIG.format(
            url=self.server.base_url, fallback=str(fallback).lower(), limit="null" if limit is None else limit
        )
        path.write_text(text, encoding="utf-8")
        return load_cloud(path)

    def __call__(self, local: Extractor, ledger: MemoryLedger | None = None, **options: Any) -> HybridExtractor:
        config = self.config(**options)
        clouds = [
            CloudExtractor(config.providers[model.provider], model, "", config) for model in config.models.values()
        ]
        return HybridExtractor(local, clouds, config, Budget(config.cost, ledger or MemoryLedger()))


@pytest.fixture
def make(tmp_path: Path, server: FakeOpenAI) -> Make:
    return Make(tmp_path, server)


def tried(result: Any) -> list[tuple[str, bool]]:
    """The models that were asked in order, and whether they were left."""
    return [(attempt.model, attempt.error is not None) for attempt in result.attempts]


def sources(result: Any) -> dict[str, str]:
    return {path: value.source for path, value in result.fields.items()}
