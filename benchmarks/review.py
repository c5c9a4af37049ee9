"""What a long PDF costs in Review: time to the first page on screen, and the server's memory while pages are turned.

    python benchmarks/review.py

Starts the app with an empty data folder, puts PDFs of 30, 300 and 1,500 pages into its store and opens each by its
address in headless Chromium (needs Chromium). A small PDF is opened first, so that libraries are loaded and the
browser is warm. Memory is the growth of the server process over twenty pages turned.
"""

from __future__ import annotations

import io
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from playwright.sync_api import Page, sync_playwright
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from extractor import create_extractor, load_document_types  # noqa: E402
from extractor.desk.intake import add_file  # noqa: E402
from extractor.store import Store  # noqa: E402

PAGES = (30, 300, 1500)
TURNED = 20
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]


def main() -> None:
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if not chromium:
        sys.exit("Chromium is missing: apt-get install chromium")
    with tempfile.TemporaryDirectory() as folder, socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        free.close()
        hashes = {count: add(Path(folder), count) for count in (2, *PAGES)}
        server = start(Path(folder), port)
        try:
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
                page = browser.new_page(viewport={"width": 1440, "height": 900})
                open_document(page, port, hashes[2])
                print(f"{'pages':>6} {'first page on screen':>22} {f'memory over {TURNED} pages':>24}")
                for count in PAGES:
                    seconds = open_document(page, port, hashes[count])
                    before = resident(server.pid)
                    turn(page)
                    print(f"{count:>6} {seconds * 1000:>19.0f} ms {resident(server.pid) - before:>21.1f} MB")
                browser.close()
        finally:
            server.terminate()
            server.wait(10)


def add(folder: Path, pages: int) -> str:
    """A PDF of so many pages of text in the store, extracted; its hash."""
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=A4, invariant=True)
    for number in range(pages):
        for line in range(45):
            canvas.drawString(
                60, 780 - 16 * line, f"Page {number + 1}, line {line + 1}: the Licensor grants the Licensee a right."
            )
        canvas.showPage()
    canvas.save()
    types = load_document_types()
    store = Store.open(folder=folder)
    row, _new = add_file(store, buffer.getvalue(), f"{pages}.pdf", types)
    kind = types[row.document_type]
    store.save_extraction(row.hash, kind, create_extractor("builtin").extract(store.document(row.hash), kind))
    store.close()
    return row.hash


def start(folder: Path, port: int) -> subprocess.Popen[bytes]:
    settings = {"RIGHTSDESK_DATA": str(folder), "RIGHTSDESK_SAMPLES": "0", "STREAMLIT_SERVER_HEADLESS": "true"}
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port)]
    quiet = subprocess.DEVNULL
    server = subprocess.Popen(command, cwd=ROOT, env=os.environ | settings, stdout=quiet, stderr=quiet)
    for _ in range(120):
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=1).close()
            return server
        except OSError:
            time.sleep(0.25)
    server.terminate()
    sys.exit("The server did not start.")


def open_document(page: Page, port: int, hash: str) -> float:
    """Seconds from the address to the first page's image on screen."""
    started = time.perf_counter()
    page.goto(f"http://127.0.0.1:{port}/review?document={hash}&page=1")
    page.locator('.sheet[data-page="1"] img').wait_for(state="visible")
    return time.perf_counter() - started


def turn(page: Page) -> None:
    for number in range(2, TURNED + 2):
        page.keyboard.press("PageDown")
        page.locator(f'.sheet[data-page="{number}"] img').wait_for(state="visible")


def resident(pid: int) -> float:
    """Resident memory of a process in MB."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) / 1024


if __name__ == "__main__":
    main()
