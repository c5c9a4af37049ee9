"""What a busy machine and a hostile text cost: files refused, health answers missed, CPU added by the workers.

python benchmarks/busy.py scans     # 12 busy processes, 25 one-page scans and photographs brought at once
python benchmarks/busy.py text      # 10 MB of one letter and blanks through the real server, /_stcore/health asked
python benchmarks/busy.py overhead  # CPU a document of the samples, extracted in this process and in a worker
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections import Counter
from dataclasses import replace
from pathlib import Path

import psutil

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from extractor import create_extractor, load_document_types  # noqa: E402
from extractor.core.documents import Document  # noqa: E402
from extractor.core.packing import PackedWords, pack_document, unpack_document  # noqa: E402
from extractor.desk.batch_intake import BatchIntake  # noqa: E402
from extractor.desk.intake import add_file  # noqa: E402
from extractor.extractors.builtin.extractor import BuiltinExtractor  # noqa: E402
from extractor.quality.evaluation import load_gold  # noqa: E402
from extractor.reading import sandbox  # noqa: E402
from extractor.reading.formats import read  # noqa: E402
from extractor.reading.sandbox_limits import own_cpu  # noqa: E402
from extractor.store import Store  # noqa: E402
from extractor.store.pack import pack_pages  # noqa: E402

BUSY, FILES, ROUNDS = 12, 25, 5
SPIN = [sys.executable, "-c", "while True: pass"]


def scans(count: int, busy: int) -> None:
    """Bring scans and photographs (half of them 12 megapixels) at once while other processes take the machine."""
    from tests.reading.photographing import LEVELS, jpeg, photograph, sheets
    from tests.reading.scanning import pictures, saved

    samples = sorted((ROOT / "samples").glob("*.pdf"))
    files = []
    for number in range(count):
        data = samples[number % len(samples)].read_bytes()
        if number % 2:
            camera = LEVELS["careful" if number % 4 == 1 else "messenger"]
            files.append((f"photo-{number:02}.jpg", jpeg(photograph(sheets(data)[0], camera, seed=number).image)))
        else:
            picture = pictures(data, dpi=150, tilt=0.3 * (number % 5))[:1]
            files.append((f"scan-{number:02}.pdf", saved(picture, dpi=150)))
    spinning = [subprocess.Popen(SPIN) for _ in range(busy)]
    try:
        with tempfile.TemporaryDirectory() as folder:
            os.environ["RIGHTSDESK_DATA"] = folder
            store = Store.open(folder=Path(folder))
            started = time.monotonic()
            batch = BatchIntake(store, load_document_types(), files)
            while not batch.wait(20):
                print(dict(Counter(item.state for item in batch.items())), f"load {os.getloadavg()[0]:.1f}", flush=True)
            items = batch.items()
            letters = [len(store.document(item.hash).text) for item in items if item.hash]
            states = dict(Counter(item.state for item in items))
            print(f"{busy} busy processes, {count} scans and photographs: {states}")
            print(f"{time.monotonic() - started:.0f} s, letters read {min(letters)} to {max(letters)}")
            print(*(item.reason for item in items if item.state == "refused"), sep="\n")
            store.close()
    finally:
        for process in spinning:
            process.kill()


def text(megabytes: float, seconds: float) -> None:
    """Extract a long text in the real server; the slowest answer to a health check before and meanwhile."""
    from playwright.sync_api import TimeoutError as StillAtWork
    from playwright.sync_api import sync_playwright

    from tests.browser.conftest import CHROMIUM, FLAGS, _free_port

    unit = "저작물명: 가람\n갑: " + " " * 500 + "\t" * 200 + ":" * 100 + "A" * 200 + "\n"
    content = "저작물 이용허락 계약서\n" + unit * int(megabytes * 1e6 / len(unit))
    with tempfile.TemporaryDirectory() as folder:
        url = f"http://127.0.0.1:{_free_port()}"
        settings = {"RIGHTSDESK_DATA": f"{folder}/data", "RIGHTSDESK_SAMPLES": "0", "STREAMLIT_SERVER_HEADLESS": "true",
                    "STREAMLIT_SERVER_PORT": url.rpartition(":")[2]}  # fmt: skip
        os.environ["RIGHTSDESK_DATA"] = f"{folder}/data"
        store = Store.open(folder=Path(folder) / "data")
        started = time.monotonic()
        row, _ = add_file(store, content.encode(), "long.txt", load_document_types())
        print(f"{len(content):,} letters read in {time.monotonic() - started:.0f} s, taken for {row.document_type}")
        store.close()
        server = subprocess.Popen(
            [sys.executable, "-m", "streamlit", "run", "app.py"],
            cwd=ROOT,
            env=os.environ | settings,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            watched = psutil.Process(server.pid)
            waits = Health(f"{url}/_stcore/health")
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
                page = browser.new_page(locale="en-US")
                page.set_default_timeout(600_000)
                waits.up.wait(600)
                page.goto(f"{url}/")
                page.get_by_role("button", name="Extract 1 new").click()
                page.get_by_role("button", name="Extract 1 documents").or_(
                    page.get_by_role("button", name="Extract 1 document")
                ).first.wait_for()
                before = waits.slowest()
                used, started = own_cpu(watched), time.monotonic()
                page.keyboard.press("Control+Enter")
                try:
                    page.get_by_text("Finished: 1 document").wait_for(timeout=1000 * seconds)
                except StillAtWork:
                    print(f"still at work after {seconds:.0f} s")
                print(f"extracted, given up or left after {time.monotonic() - started:.0f} s, "
                      f"of the server's own CPU {own_cpu(watched) - used:.1f} s")  # fmt: skip
                print(f"slowest health answer: {before:.2f} s before, {waits.slowest():.2f} s during")
                print(page.locator("main").inner_text()[-600:])
                browser.close()
        finally:
            server.terminate()
            server.wait(30)


class Health:
    """Asks an address ten times a second, from another thread."""

    def __init__(self, url: str) -> None:
        self._url, self._waits, self._lock = url, [0.0], threading.Lock()
        self.up = threading.Event()
        threading.Thread(target=self._ask, daemon=True).start()

    def slowest(self) -> float:
        """Seconds of the slowest answer since the last time."""
        with self._lock:
            found, self._waits = max(self._waits), [0.0]
            return found

    def _ask(self) -> None:
        while True:
            started = time.monotonic()
            try:
                urllib.request.urlopen(self._url, timeout=600).read()
                self.up.set()
            except OSError:
                if not self.up.is_set():
                    time.sleep(0.1)
                    continue
            with self._lock:
                self._waits.append(time.monotonic() - started)
            time.sleep(0.1)


def overhead() -> None:
    """CPU of the samples extracted here, and in a worker with all that sending takes, in turns."""
    types = load_document_types()
    golds = load_gold(ROOT / "samples" / "gold.jsonl")
    documents = [_stored(read(gold.path)) for gold in golds]
    known = [types[gold.document_type] for gold in golds]
    here, there = BuiltinExtractor(), create_extractor("builtin")
    ratios, used = [], []
    for number in range(ROUNDS + 1):
        # As a run gets them from the store, nothing unpacked.
        cases = [(unpack_document(packed), one) for packed, one in zip(documents, known, strict=True)]
        before = _cpu()
        for document, document_type in cases:
            here.extract(document, document_type)
        between = _cpu()
        cases = [(unpack_document(packed), one) for packed, one in zip(documents, known, strict=True)]
        for document, document_type in cases:
            there.extract(document, document_type)
        if number:  # The first round makes everybody warm.
            after = _cpu()
            ratios.append((after - between) / (between - before))
            used.append((between - before) / len(cases))
    print(f"{len(cases)} samples, {ROUNDS} rounds: {1000 * statistics.median(used):.1f} ms CPU a document here, "
          f"{statistics.median(ratios):.2f} times that in a worker")  # fmt: skip


def _stored(document: Document) -> tuple[object, ...]:
    """The document packed as the store keeps it."""
    rows = pack_pages(document)
    pages = tuple(
        replace(page, words=PackedWords(row["words"])) for page, row in zip(document.pages, rows, strict=True)
    )
    return pack_document(replace(document, pages=pages))


def _cpu() -> float:
    return time.process_time() + sum(own_cpu(worker.watched) for worker in sandbox._pool()._idle)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["scans", "text", "overhead"])
    parser.add_argument("--busy", type=int, default=BUSY)
    parser.add_argument("--files", type=int, default=FILES)
    parser.add_argument("--megabytes", type=float, default=9.9)
    parser.add_argument("--seconds", type=float, default=1800, help="how long the text is waited for")
    options = parser.parse_args()
    if options.what == "scans":
        scans(options.files, options.busy)
    elif options.what == "text":
        text(options.megabytes, options.seconds)
    else:
        overhead()
