"""What real servers said, word for word (sources: docs/providers.md), and a desk that hears it over a socket."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from extractor.core.extractions import Extraction
from extractor.extractors.cloud.extractor import CloudExtractor, create_cloud_extractor

from .openai_server import FakeOpenAI

KEY = "sk-maru-0123456789"
TEXT = (
    "저작물명: 봄날의 바다\n권리자: 김가람\n이용기간: 3년\n계약일: 2026. 3. 2.\n"
    "이용료: 1,500,000원\n독점 여부: 비독점\n"
)
SCHEMA = {"work_title": "string", "signature_date": "date", "payment_amount": "number"}
GOOD = {"work_title": "봄날의 바다", "signature_date": "2026-03-02", "payment_amount": 1500000}
DRAFT = {"work_title": "권리자", "signature_date": "2025-01-01", "payment_amount": 1}
USAGE = {"prompt_tokens": 400, "completion_tokens": 60, "total_tokens": 460}
CONFIG = """
cloud: {{timeout: {timeout}, retry_attempts: {retries}, limit_wait: {limit_wait}}}
providers:
  fake: {{title: Maru AI, base_url: "{url}", api_key_env: FAKE_API_KEY{provider}}}
models:
  tiny: {{name: Tiny, provider: fake, model_id: tiny, cost_per_token: {{input: 0.001, output: 0.002}}, max_length: 512{model}}}
performance: {{concurrent_requests: {concurrent}}}
"""


def completion(content: Any, finish: str | None = "stop", usage: Any = USAGE, **message: Any) -> tuple[int, Any]:
    """Status and body of a chat completion."""
    whole = {"role": "assistant", "content": content, **message}
    choice = {"index": 0, "finish_reason": finish, "message": whole}
    return 200, {
        "id": "chatcmpl-1", "object": "chat.completion", "created": 1, "model": "tiny", "usage": usage,
        "choices": [choice],
    }  # fmt: skip


def error(message: str, **more: Any) -> dict[str, Any]:
    return {"error": {"message": message, **more}}


def good() -> str:
    return json.dumps(GOOD, ensure_ascii=False)


def draft() -> str:
    return json.dumps(DRAFT, ensure_ascii=False)


def desk(
    folder: Path,
    server: FakeOpenAI,
    *,
    timeout: float = 20,
    retries: int = 0,
    limit_wait: float = 5,
    concurrent: int = 8,
    provider: str = "",
    model: str = "",
    key: str = KEY,
) -> CloudExtractor:
    """Model tiny of provider fake at `server`; `provider` and `model` are further keys of the file (`, name: value`)."""
    path = folder / "cloud.yaml"
    text = CONFIG.format(
        url=server.base_url, timeout=timeout, retries=retries, limit_wait=limit_wait, concurrent=concurrent,
        provider=provider, model=model,
    )  # fmt: skip
    path.write_text(text, encoding="utf-8")
    return create_cloud_extractor("fake", key, "tiny", path)


def read(one: CloudExtractor, text: str = TEXT, schema: Any = SCHEMA) -> Extraction:
    return one.extract_metadata(text, schema, "계약서")


def asked(server: FakeOpenAI) -> list[str]:
    """How JSON was asked for, call by call."""
    return [call.response_format for call in server.log]
