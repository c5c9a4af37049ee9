"""A store of documents, a provider that logs each call, and processes that run over both and may be killed."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

from extractor.core.document_types import load_document_types
from extractor.desk.intake import add_file
from extractor.store import Store

from .openai_server import FakeOpenAI

ROOT = Path(__file__).parents[1]
CONFIG = """
cloud: {{timeout: {timeout}, retry_attempts: {retries}}}
providers:
  fake: {{base_url: "{url}", api_key_env: FAKE_API_KEY}}
models:
  one: {{provider: fake, model_id: one, cost_per_token: 0.01, max_length: 1024}}
performance: {{concurrent_requests: {concurrent}}}
cost_optimization: {{budget_limit: {limit}}}
"""
RUN = """
import sys, time
from extractor.desk.runs import Runs
from extractor.store import Store
store = Store.open()
runs = Runs(store)
print("ready", flush=True)
sys.stdin.readline()
run = runs.start([row.hash for row in store.find(limit=100000, order="name")], [sys.argv[1]], again="again" in sys.argv)
while not (progress := runs.progress(run)).finished:
    time.sleep(0.02)
print(progress.done, progress.failed, progress.skipped, flush=True)
"""


def text(number: int) -> str:
    return f"저작물 이용허락 계약서\n\n저작물명: 봄날의 기록 {number}\n권리자: 한가람\n"


def environment(
    folder: Path,
    server: FakeOpenAI,
    timeout: float = 30,
    retries: int = 0,
    concurrent: int = 4,
    limit: str = "null",
) -> dict[str, str]:
    """The variables for a process whose store and configuration are in `folder`."""
    path = folder / "cloud.yaml"
    values = {"timeout": timeout, "retries": retries, "concurrent": concurrent, "limit": limit, "url": server.base_url}
    path.write_text(CONFIG.format(**values), encoding="utf-8")
    mine = {
        "RIGHTSDESK_CLOUD_CONFIG": str(path),
        "RIGHTSDESK_DATA": str(folder / "data"),
        "FAKE_API_KEY": "sk-maru-0123456789",
        "PYTHONPATH": str(ROOT),
    }
    return {name: value for name, value in os.environ.items() if name != "RIGHTSDESK_DATABASE_URL"} | mine


def fill(store: Store, count: int, first: int = 0) -> list[str]:
    """Put documents in the store; their hashes."""
    types = load_document_types()
    return [add_file(store, text(n).encode(), f"{n:04d}.txt", types)[0].hash for n in range(first, first + count)]


class Desk:
    """A process with a run over all documents of the store; it begins when `go` is called."""

    def __init__(self, variables: dict[str, str], model: str = "cloud_one", *options: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", RUN, model, *options],
            cwd=ROOT,
            env=variables,
            text=True,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )

    def wait_until_ready(self) -> None:
        assert self.process.stdout
        if self.process.stdout.readline() != "ready\n":
            raise AssertionError(self.process.communicate(timeout=30)[1])

    def go(self) -> None:
        assert self.process.stdin
        self.process.stdin.write("\n")
        self.process.stdin.flush()

    def kill(self) -> None:
        self.process.kill()
        self.process.communicate()

    def finish(self, seconds: float) -> tuple[int, int, int]:
        """Done, failed, skipped."""
        out, errors = self.process.communicate(timeout=seconds)
        assert self.process.returncode == 0, errors
        done, failed, skipped = out.split()
        return int(done), int(failed), int(skipped)


def keys_of(server: FakeOpenAI) -> dict[tuple[str, str], Counter[str]]:
    """By model and document of all answered calls: how often under which idempotency key."""
    found: dict[tuple[str, str], Counter[str]] = {}
    for call in server.log:
        if call.fault is None:
            found.setdefault((call.model, call.document), Counter())[call.headers["idempotency-key"]] += 1
    return found
