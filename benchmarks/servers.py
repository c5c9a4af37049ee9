"""The cloud path against servers that nobody here wrote, on loopback: `python -m benchmarks.servers llmock --url …`.

Start the server yourself, in an environment of its own (docs/providers.md says how). The documents are invented and all
different; the figures are how many were answered by the model asked for, how long it took, and how often it was asked.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from extractor.extractors.cloud.extractor import create_cloud_extractor

FILE = """
cloud: {{timeout: {timeout}, retry_attempts: 2, limit_wait: {limit_wait}}}
providers:
  server: {{title: Server, base_url: "{url}", concurrent_requests: {at_once}}}
models:
  model: {{provider: server, model_id: "{model}", max_length: {max_length}, cost_per_token: 0}}
"""
TEXT = "저작물명: 봄날의 바다 {number}\n권리자: 김가람\n계약일: 2026. 3. {day}.\n이용료: {number},500,000원\n"
SCHEMA = {"work_title": "string", "signature_date": "date", "payment_amount": "number"}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name")
    parser.add_argument("--url", required=True, help="with /v1")
    parser.add_argument("--model", default="gpt-4o-mini")
    parser.add_argument("--documents", type=int, default=30)
    parser.add_argument("--at-once", type=int, default=8)
    parser.add_argument("--timeout", type=float, default=60)
    parser.add_argument("--limit-wait", type=float, default=600)
    parser.add_argument("--max-length", type=int, default=512)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "cloud.yaml"
        path.write_text(
            FILE.format(
                url=given.url,
                model=given.model,
                timeout=given.timeout,
                limit_wait=given.limit_wait,
                at_once=given.at_once,
                max_length=given.max_length,
            ),
            encoding="utf-8",
        )
        one = create_cloud_extractor("server", "", "model", path)
    texts = [TEXT.format(number=number + 1, day=number % 28 + 1) for number in range(given.documents)]
    started = time.monotonic()
    with ThreadPoolExecutor(given.at_once) as pool:
        results = list(pool.map(lambda text: one.extract_metadata(text, SCHEMA, "계약서"), texts))
    seconds = time.monotonic() - started
    answered = [result for result in results if result.error is None]
    whole = [result for result in answered if all(value is not None for value in result.metadata.values())]
    print(f"| {given.name} | {len(answered)} of {len(results)} | {len(whole)} | {seconds:.0f} s |")
    for error in sorted({str(result.error) for result in results if result.error}):
        print(" ", sum(str(result.error) == error for result in results), error)


if __name__ == "__main__":
    main()
