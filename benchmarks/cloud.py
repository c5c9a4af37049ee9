"""A batch through the whole cloud path against a server that answers after 200 ms, 32 calls at a time.

Whole path: prompt, call, parse, validate, evidence, store; each call is of another document, which has been read
before. The server is `tests/openai_server.py` in a process of its own. Two bounds: at least 85 % of the ideal rate
(32 / 200 ms), and no more than 3 times the CPU time a call of the openai SDK alone with the same messages from the
same number of threads, measured in turns. Both hold for the bare path and for a run as the app makes it: documents out
of the store, each call set aside in the ledger under a monthly limit and settled, progress counted.
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
LEAST_RATE = 0.85
MOST_CPU = 3
CONFIG = """
cloud: {{timeout: 30, retry_attempts: 0}}
providers: {{fake: {{base_url: "{url}", api_key_env: FAKE_API_KEY}}}}
models: {{tiny: {{provider: fake, model_id: tiny, cost_per_token: 0.001}}}}
performance: {{concurrent_requests: 32}}
cost_optimization: {{monthly_limit: 1000}}
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

    from extractor import load_document_types
    from extractor.desk.runs import Runs
    from extractor.extractors import prompt
    from extractor.extractors.cloud.budgeted import BudgetedExtractor
    from extractor.extractors.cloud.extractor import create_cloud_extractor
    from extractor.reading.formats import read
    from extractor.spending.budget import Budget
    from extractor.store import Store

    contract = load_document_types()["contract"]
    documents = [read(path) for path in sorted((ROOT / "samples").glob("contract_*.pdf"))]
    schema = {"name": "metadata", "strict": True, "schema": prompt.json_schema(contract)}
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder) / "cloud.yaml"
        config.write_text(CONFIG.format(url=url), encoding="utf-8")
        os.environ["RIGHTSDESK_CLOUD_CONFIG"] = str(config)
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
    print(f"{CALLS} calls x {ROUNDS} rounds, {CONCURRENT} at a time, {LATENCY * 1000:.0f} ms, {os.cpu_count()} cores")
    print(f"{'':<24}{'of the ideal rate':>18}{'CPU a call':>14}{'of the SDK':>12}")
    good = True
    paths, peers = ([pair[which] for pair in rounds] for which in (0, 1))
    for name, found in (("whole path", paths), ("a run of the app", apps), ("openai SDK", peers)):
        rate = statistics.median(rate for rate, _ in found) / ideal
        cpu = statistics.median(cpu for _, cpu in found)
        ratio = statistics.median(mine[1] / theirs[1] for mine, theirs in zip(found, peers, strict=True))
        good &= found is peers or (rate >= LEAST_RATE and ratio <= MOST_CPU)
        print(f"{name:<24}{rate:18.1%}{cpu * 1000:11.2f} ms{ratio:12.2f}")
    print(f"bounds: at least {LEAST_RATE:.0%} of the ideal rate, at most {MOST_CPU} times the SDK's CPU")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
