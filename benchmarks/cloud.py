"""A batch through the whole cloud path against a server that answers after 200 ms, 32 calls at a time.

Whole path: prompt, call, parse, validate, evidence, store; each call is of another document, which has been read
before. The server is `tests/openai_server.py` in a process of its own. Two bounds: at least 85 % of the ideal rate
(32 / 200 ms), and no more than 3 times the CPU time a call of the openai SDK alone with the same messages from the
same number of threads, measured in turns. Beside them stands a run as the app makes it: documents out of the store,
each call set aside in the ledger and settled, progress counted.
"""

from __future__ import annotations

import gc
import itertools
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

CONCURRENT = 32
LATENCY = 0.2
CALLS = 640
ROUNDS = 3
CONFIG = """
cloud: {{timeout: 30, retry_attempts: 0}}
providers: {{fake: {{base_url: "{url}", api_key_env: FAKE_API_KEY}}}}
models: {{tiny: {{provider: fake, model_id: tiny, cost_per_token: 0.001}}}}
performance: {{concurrent_requests: 32}}
"""


def measured(one: Callable[[Any], None], work: Sequence[Any]) -> tuple[float, float]:
    """Calls a second and CPU seconds of this process a call, for `work` on `CONCURRENT` threads."""
    cpu, started = time.process_time(), time.perf_counter()
    with ThreadPoolExecutor(CONCURRENT) as pool:
        list(pool.map(one, work))
    return len(work) / (time.perf_counter() - started), (time.process_time() - cpu) / len(work)


def main() -> int:
    command = [sys.executable, "-m", "tests.openai_server", "--latency", str(LATENCY)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            return compare(server.stdout.readline().strip())
        finally:
            server.terminate()


def compare(url: str) -> int:
    import openai

    from extractor import load_document_types, prompt
    from extractor.budget import Budget, BudgetedExtractor
    from extractor.cloud import create_cloud_extractor
    from extractor.reading import read
    from extractor.runs import Runs
    from extractor.store import Store

    contract = load_document_types()["contract"]
    documents = [read(path) for path in sorted((ROOT / "samples").glob("contract_*.pdf"))]
    schema = {"name": "metadata", "strict": True, "schema": prompt.json_schema(contract)}
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder) / "cloud.yaml"
        config.write_text(CONFIG.format(url=url), encoding="utf-8")
        store = Store.open(folder=Path(folder) / "data")
        extractor = create_cloud_extractor("fake", "sk-benchmark", "tiny", config)
        client = openai.OpenAI(base_url=url, api_key="sk-benchmark", max_retries=0)
        hashes: Iterator[str] = iter(fill(store, documents, CONCURRENT + 2 * ROUNDS * CALLS))
        lock, found = threading.Lock(), list[int]()

        def ours(number: int) -> None:
            document = documents[number % len(documents)]
            result = extractor.extract(document, contract)
            assert result.error is None, result.error
            with lock:
                found.append(len(result.evidence))
                content_hash = next(hashes)
            store.save_extraction(content_hash, contract, result)

        messages = [prompt.build(document, contract) for document in documents]

        def sdk(number: int) -> None:
            shape: Any = {"type": "json_schema", "json_schema": schema}
            body: Any = messages[number % len(messages)]
            client.chat.completions.create(
                model="tiny", messages=body, response_format=shape, max_tokens=2048, temperature=0.0
            )

        def create(model: str, budget: Budget, **_keys: Any) -> BudgetedExtractor:
            return BudgetedExtractor(extractor, budget)

        runs, fresh = Runs(store, CONCURRENT, create=create), iter(hashes)

        def app() -> None:
            run_id = runs.start(list(itertools.islice(fresh, CALLS)), ["cloud_tiny"])
            while not (progress := runs.progress(run_id)).finished:
                time.sleep(0.01)
            assert progress.done == CALLS, progress.items[:1]

        gc.collect()
        gc.freeze()  # As the app does.
        status = report(ours, sdk, app)
        letters = sum(len(document.text) for document in documents) // len(documents)
        print(f"{letters} characters a document, {statistics.mean(found):.1f} values with evidence a result")
        return status


def fill(store: Any, documents: Sequence[Any], count: int) -> list[str]:
    """Put `count` documents of different content into the store; returns their hashes."""
    found = []
    for number in range(count):
        document = documents[number % len(documents)]
        row, _ = store.add(f"{document.text}\n{number}".encode(), document, "contract")
        found.append(row.hash)
    return found


def measured_run(app: Callable[[], None]) -> tuple[float, float]:
    """Like `measured`, for a run of `CALLS` documents on its own threads."""
    cpu, started = time.process_time(), time.perf_counter()
    app()
    return CALLS / (time.perf_counter() - started), (time.process_time() - cpu) / CALLS


def report(ours: Callable[[int], None], sdk: Callable[[int], None], app: Callable[[], None]) -> int:
    for warm in (ours, sdk):
        measured(warm, range(CONCURRENT))
    apps, rounds = [], []
    for _ in range(ROUNDS):
        rounds.append((measured(ours, range(CALLS)), measured(sdk, range(CALLS))))
        apps.append(measured_run(app))
    ideal = CONCURRENT / LATENCY
    rate = statistics.median(mine[0] for mine, _ in rounds) / ideal
    peer = statistics.median(theirs[0] for _, theirs in rounds) / ideal
    cpu = statistics.median(mine[1] for mine, _ in rounds)
    peer_cpu = statistics.median(theirs[1] for _, theirs in rounds)
    ratio = statistics.median(mine[1] / theirs[1] for mine, theirs in rounds)
    print(f"{CALLS} calls x {ROUNDS} rounds, {CONCURRENT} at a time, {LATENCY * 1000:.0f} ms, {os.cpu_count()} cores")
    print(f"{'whole path, share of the ideal rate':<40}{rate:8.1%}   (bound 85 %)")
    print(f"{'a run of the app':<40}{statistics.median(run[0] for run in apps) / ideal:8.1%}")
    print(f"{'openai SDK alone':<40}{peer:8.1%}")
    print(f"{'whole path, CPU a call':<40}{cpu * 1000:8.2f} ms")
    print(f"{'a run of the app, CPU a call':<40}{statistics.median(run[1] for run in apps) * 1000:8.2f} ms")
    print(f"{'openai SDK alone, CPU a call':<40}{peer_cpu * 1000:8.2f} ms")
    print(f"{'ratio of CPU':<40}{ratio:8.2f}     (bound 3)")
    return 0 if rate >= 0.85 and ratio <= 3 else 1


if __name__ == "__main__":
    sys.exit(main())
