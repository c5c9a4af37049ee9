"""The real app in a real browser: a server of its own with a data folder of its own, and a page to drive."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests import stand_in_office

ROOT = Path(__file__).parents[2]
# Not chromium-headless-shell, which costs a fifth less: it ends a tab that is closed without sending what was typed.
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
START_SECONDS = 60
WAIT_MS = 150_000  # Says that something is missing; how fast it comes is not asked here.
expect.set_options(timeout=WAIT_MS)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = [item for item in items if Path(__file__).parent in item.path.parents]
    for item in here:
        item.add_marker(pytest.mark.browser)
        if not CHROMIUM:
            item.add_marker(pytest.mark.skip(reason="Chromium is missing: apt-get install chromium fonts-nanum"))
    # The longest files first (`--no-loadscope-reorder`): of two processes none is left alone with them at the end.
    items.sort(key=lambda item: item not in here)


@dataclass(frozen=True)
class Desk:
    """A running server. `url` ends in a slash; `data` is its data folder, `log` the file of what it printed."""

    url: str
    data: Path
    log: Path


@pytest.fixture(scope="module")
def start_desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Desk]]:
    """Starts fresh servers: `start_desk(samples=False)`. They end with the module."""
    servers: list[subprocess.Popen[bytes]] = []

    def start(samples: bool = False, **environment: str) -> Desk:
        folder = tmp_path_factory.mktemp("desk")
        desk = Desk(f"http://127.0.0.1:{_free_port()}/", folder / "data", folder / "server.log")
        settings = {
            "RIGHTSDESK_DATA": str(desk.data),
            "RIGHTSDESK_SAMPLES": str(int(samples)),
            "RIGHTSDESK_USER": "tester",
            # Whether LibreOffice is installed here must not matter.
            "PATH": stand_in_office.put(folder / "bin", "refuses"),
            "STREAMLIT_SERVER_HEADLESS": "true",
            "STREAMLIT_SERVER_PORT": desk.url.rstrip("/").rpartition(":")[2],
            **environment,
        }
        kept = {name: value for name, value in os.environ.items() if name != "RIGHTSDESK_DATABASE_URL"}
        command = [sys.executable, "-m", "streamlit", "run", "app.py"]
        with desk.log.open("wb") as log:
            server = subprocess.Popen(command, cwd=ROOT, env=kept | settings, stdout=log, stderr=subprocess.STDOUT)
        servers.append(server)
        _wait_until_up(desk, server)
        return desk

    yield start
    for server in servers:
        server.terminate()
    for server in servers:
        server.wait(10)


@pytest.fixture(scope="module")
def desk(start_desk: Callable[..., Desk]) -> Desk:
    """One server for the tests of a module, its queue empty at the start."""
    return start_desk()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield opened
        opened.close()


@pytest.fixture(scope="session")
def kept_contexts(browser: Browser) -> dict[tuple[str, int], BrowserContext]:
    """A context for the first, second … page of a test in a language: it has Streamlit's scripts compiled already."""
    return {}


@pytest.fixture
def new_page(browser: Browser, kept_contexts: dict[tuple[str, int], BrowserContext]) -> Iterator[Callable[..., Page]]:
    """Opens pages: `new_page(locale="ko-KR", width=390, height=844)`. No request may leave this machine.

    Each page of a test is a browser of its own, without cookies and stored data.
    """
    pages: list[Page] = []
    outside: list[str] = []

    def watch(url: str) -> None:
        if not url.startswith(("http://127.0.0.1:", "ws://127.0.0.1:", "data:", "blob:")):
            outside.append(url)

    def fresh(locale: str) -> BrowserContext:
        return browser.new_context(locale=locale, timezone_id="Asia/Seoul", accept_downloads=True)

    def open_page(locale: str = "en-US", width: int = 1440, height: int = 900, dark: bool = False) -> Page:
        key = locale, len(pages)
        if key not in kept_contexts:
            kept_contexts[key] = fresh(locale)
        page = kept_contexts[key].new_page()
        pages.append(page)
        page.set_viewport_size({"width": width, "height": height})
        page.emulate_media(color_scheme="dark" if dark else "light")
        page.set_default_timeout(WAIT_MS)
        page.on("request", lambda request: watch(request.url))
        page.on("websocket", lambda socket: watch(socket.url))
        return page

    yield open_page
    for page in pages:
        _forget(page.context)
    assert outside == []


def _forget(context: BrowserContext) -> None:
    """End what a test did in a context; what is kept of it is the cache."""
    context.clear_cookies()
    for page in context.pages:
        if not page.is_closed() and page.url.startswith("http"):
            page.evaluate("() => localStorage.clear()")
        page.close()


@pytest.fixture
def page(new_page: Callable[..., Page]) -> Page:
    """An English browser at 1440 x 900."""
    return new_page()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_until_up(desk: Desk, server: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        if server.poll() is not None:
            break
        try:
            with urllib.request.urlopen(f"{desk.url}_stcore/health", timeout=2):
                return
        except OSError:
            time.sleep(0.2)
    pytest.fail(f"the server did not start:\n{desk.log.read_text()[-2000:]}")


@pytest.fixture
def contract(desk: Desk, request: pytest.FixtureRequest) -> str:
    """A contract of its own for each test of Review."""
    from tests.browser.reviewing import LINES, add, pdf

    return add(desk, pdf((*LINES, (300, 60, request.node.name[:60]))), f"{request.node.name[:30]}.pdf")
