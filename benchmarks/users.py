"""Many people reviewing at once: does anybody get another's document, is anything lost that was typed?

    python benchmarks/users.py --users 20 --seconds 120 [--documents 2000] [--think 2] [--link]

Starts the app on a store of its own, filled with invented contracts. Each person is a client that speaks Streamlit's
websocket protocol, without a browser, so that the server is what is measured: open the next document in Review, type
unique texts into three fields, approve, go on. All begin with what the queue gives them at the same moment; with
`--link` all open one document by its address, which is allowed and where their edits may meet. At the end the store is
compared with what was typed.

`lost` are texts that are not in the history of their document; `meetings` are documents that two people had open.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import re
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections import defaultdict
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import websockets
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from extractor import create_extractor, load_document_types  # noqa: E402
from extractor.core.document_types import DocumentType  # noqa: E402
from extractor.core.documents import Document  # noqa: E402
from extractor.reading.text import document_from_text  # noqa: E402
from extractor.store import Store  # noqa: E402

FORM = """저작물 이용허락 계약서

저작물명 : {title}
권리자 : {owner}
이용자 : 주식회사 새벽출판
이용 목적 : 전자책 출판
관할 법원 : 가람지방법원
계약일 : 2026년 3월 {day}일
"""
WIDGETS = ("text_input", "text_area", "button")


def fill(store: Store, count: int, contract: DocumentType) -> None:
    """Put extracted contracts in the store, each with a confidence of its own, so that the queue has an order."""
    pen, builtin = random.Random(1), create_extractor("builtin")
    for number in range(count):
        text = FORM.format(title=f"노래 {number}", owner=f"한가람{number}", day=number % 28 + 1)
        document: Document = document_from_text(text, f"contract_{number:05d}.txt")
        row, _new = store.add(text.encode(), document, contract.key, 0.9)
        found = builtin.extract(document, contract)
        sure = {path: replace(value, confidence=round(pen.random(), 4)) for path, value in found.fields.items()}
        store.save_extraction(row.hash, contract, replace(found, fields=sure))


class Client:
    """One browser tab, as the server sees it."""

    def __init__(self, url: str) -> None:
        self.url, self.query, self.page = url, "lang=en", ""
        self.cache: dict[str, ForwardMsg] = {}
        self.texts: dict[str, str] = {}
        self.ids: dict[str, tuple[str, str, str]] = {}
        self.errors: list[str] = []
        self.note = ""

    async def open(self) -> float:
        self.socket = await websockets.connect(
            self.url,
            subprotocols=[websockets.Subprotocol("streamlit")],
            max_size=None,
            ping_interval=None,
            open_timeout=120,
        )
        return await self.run()

    async def run(self, fragment: str = "", pressed: str = "") -> float:
        """Run the page, or a fragment of it, with what stands in the widgets; seconds until it has finished."""
        message = BackMsg()
        asked = message.rerun_script
        asked.query_string, asked.fragment_id = self.query, fragment
        asked.page_script_hash, asked.page_name = self.page, "" if self.page else "review"
        asked.context_info.timezone, asked.context_info.locale = "UTC", "en-US"
        asked.context_info.url = "http://127.0.0.1/review"
        asked.cached_message_hashes.extend(self.cache)
        for id, text in self.texts.items():
            state = asked.widget_states.widgets.add()
            state.id, state.string_value = id, text
        if pressed:
            state = asked.widget_states.widgets.add()
            state.id, state.trigger_value = pressed, True
        if not fragment:
            self._forget()
        began = time.perf_counter()
        await self.socket.send(message.SerializeToString())
        while not self._heard(await asyncio.wait_for(self.socket.recv(), 300)):
            pass
        return time.perf_counter() - began

    def _heard(self, data: Any) -> bool:
        """Take in one message; whether it is the last of a run."""
        message = ForwardMsg()
        message.ParseFromString(data)
        kind = message.WhichOneof("type")
        if kind == "ref_hash":
            message = self.cache.get(message.ref_hash, message)
            kind = message.WhichOneof("type")
        elif message.metadata.cacheable:
            self.cache[message.hash] = message
        if kind == "new_session" and not message.metadata.run.fragment_ids:
            self._forget()
        elif kind == "delta":
            self._element(message.delta)
        elif kind == "navigation":
            self.page = message.navigation.page_script_hash
        elif kind == "page_info_changed":
            self.query = message.page_info_changed.query_string
        ends = (ForwardMsg.FINISHED_SUCCESSFULLY, ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY)
        return kind == "script_finished" and message.script_finished in ends

    def _forget(self) -> None:
        self.ids, self.texts = {}, {}

    def _element(self, delta: Any) -> None:
        element = delta.new_element
        kind = element.WhichOneof("type")
        if kind in WIDGETS:
            widget = getattr(element, kind)
            self.ids[re.sub(r"^\$\$ID-[0-9a-f]+-", "", widget.id)] = (widget.id, kind, delta.fragment_id)
            if kind != "button":
                self.texts[widget.id] = widget.value if widget.set_value else widget.default
        elif kind == "bidi_component":
            found = re.search(
                r'"note": ?\{"n": ?\d+, ?"text": ?"([^"]+)',
                element.bidi_component.json or element.bidi_component.mixed.json,
            )
            self.note = found[1] if found else self.note
        elif kind == "exception":
            self.errors.append(element.exception.message[:120])
        elif kind == "alert" and element.alert.format == 1:
            self.errors.append(element.alert.body[:120])

    @property
    def document(self) -> str:
        found = re.search(r"document=([0-9a-f]{64})", self.query)
        return found[1] if found else ""

    async def press(self, key: str) -> float:
        id, _kind, fragment = self.ids[key]
        return await self.run(fragment, pressed=id)

    async def type(self, key: str, text: str) -> float:
        id, _kind, fragment = self.ids[key]
        self.texts[id] = text
        return await self.run(fragment)


@dataclass
class Log:
    times: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    typed: list[tuple[str, str, str]] = field(default_factory=list)
    open: dict[int, str] = field(default_factory=dict)
    meetings: set[tuple[str, int, int]] = field(default_factory=set)
    approved: int = 0
    stuck: int = 0
    failures: list[str] = field(default_factory=list)
    notes: dict[str, str] = field(default_factory=dict)


async def person(
    number: int, url: str, options: argparse.Namespace, contract: DocumentType, link: str, log: Log
) -> None:
    pen, client = random.Random(number), Client(url)
    if link:
        client.query = f"document={link}&lang=en"
    until, serial = time.monotonic() + options.seconds, 0
    try:
        log.times["open"].append(await client.open())
        while time.monotonic() < until:
            # A fresh server has its first link loaded a second time, by a script that this client does not run.
            while len(fields := _fields(client, contract)) < 3:
                await client.run()
            here = log.open[number] = client.document
            log.meetings |= {
                (here, min(number, other), max(number, other))
                for other, there in log.open.items()
                if there == here and other != number
            }
            for key in pen.sample(fields, 3):
                await asyncio.sleep(options.think * pen.uniform(0.5, 1.5))
                serial += 1
                text = f"person {number} edit {serial}"
                log.times["edit"].append(await client.type(key, text))
                log.typed.append((here, key.rpartition("/")[2], text))
                log.notes[text] = client.note
            await asyncio.sleep(options.think * pen.uniform(0.5, 1.5))
            took = await client.press("review-approve")
            if client.document == here and "review-anyway" in client.ids:
                took += await client.press("review-anyway")
            if client.document == here:
                log.stuck += 1
                client.query = "lang=en"
                await client.run()
            else:
                log.approved += 1
                log.times["approve and next"].append(took)
    except Exception as error:
        log.failures.append(f"{type(error).__name__}: {error}"[:160])
    log.failures += client.errors
    await client.socket.close()


def _fields(client: Client, contract: DocumentType) -> list[str]:
    """The free text fields of the document that is open, by their widgets' keys."""
    own = f"{client.document[:12]}/{contract.key}/"
    texts = {
        one.path for one in contract.fields if one.kind == "string" and not one.schema.keys() & {"pattern", "format"}
    }
    return [key for key in client.ids if key.startswith(own) and key.removeprefix(own) in texts]


def report(options: argparse.Namespace, store: Store, log: Log, cpu: float) -> dict[str, Any]:
    histories: dict[str, set[tuple[str, Any]]] = {}
    lost: list[tuple[str, str, str]] = []
    for hash, path, text in log.typed:
        if hash not in histories:
            histories[hash] = {(edit.path, edit.value.value) for edit in store.history(hash) if edit.value}
        if (path, text) not in histories[hash]:
            lost.append((path, text, log.notes[text]))
    figures: dict[str, Any] = {"users": options.users, "load": round(os.getloadavg()[0], 1)}
    for what, took in log.times.items():
        took.sort()
        figures[what] = {
            "n": len(took),
            "p50_s": round(took[len(took) // 2], 2),
            "p95_s": round(took[int(len(took) * 0.95)], 2),
        }
    actions = sum(map(len, log.times.values()))
    return figures | {
        "cpu_ms_an_action": round(cpu * 1000 / max(actions, 1)),
        "edits": len(log.typed),
        "lost": len(lost),
        "lost_ones": lost[:5],
        "meetings": len(log.meetings),
        "approved": log.approved,
        "stuck": log.stuck,
        "failures": sorted(set(log.failures))[:5],
    }


def _cpu(pid: int) -> float:
    parts = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(parts[11]) + int(parts[12])) / os.sysconf("SC_CLK_TCK")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--users", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=120)
    parser.add_argument("--documents", type=int, default=2000)
    parser.add_argument("--think", type=float, default=2.0, help="seconds between two actions, on average")
    parser.add_argument("--link", action="store_true", help="all open one document by its address")
    options = parser.parse_args()
    contract = load_document_types()["contract"]
    with tempfile.TemporaryDirectory() as folder:
        store = Store.open(folder=folder)
        fill(store, options.documents, contract)
        link = str(store.next_document()) if options.link else ""
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        env = os.environ | {"RIGHTSDESK_DATA": folder, "RIGHTSDESK_SAMPLES": "0", "RIGHTSDESK_USER": "tester"}
        command = [
            sys.executable,
            "-m",
            "streamlit",
            "run",
            "app.py",
            "--server.port",
            str(port),
            "--server.headless=true",
        ]
        with subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.DEVNULL) as server:
            try:
                _wait_for(f"http://127.0.0.1:{port}/_stcore/health")
                log, before = Log(), _cpu(server.pid)
                url = f"ws://127.0.0.1:{port}/_stcore/stream"
                asyncio.run(_all(url, options, contract, link, log))
                print(json.dumps(report(options, store, log, _cpu(server.pid) - before), indent=1))
            finally:
                server.terminate()
        store.close()


async def _all(url: str, options: argparse.Namespace, contract: DocumentType, link: str, log: Log) -> None:
    await asyncio.gather(*(person(n, url, options, contract, link, log) for n in range(options.users)))


def _wait_for(url: str) -> None:
    for _ in range(400):
        try:
            urllib.request.urlopen(url, timeout=5).close()
            return
        except OSError:
            time.sleep(0.25)
    raise SystemExit("the app did not start")


if __name__ == "__main__":
    main()
