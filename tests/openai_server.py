"""A small server that speaks the OpenAI chat protocol over a real socket, with faults on demand.

It answers by reading the document in the prompt: `label: value` lines whose label is a title or printed label that
the prompt gives for a key. So values are true, and a broken prompt gives empty answers.

    with FakeOpenAI(latency=0.2) as server:
        server.fail("429", times=2, retry_after=1)      # the next two calls
        server.fail("truncated", model="tiny")           # every call to this model until `server.heal()`
        server.base_url, server.log                       # what was asked, what was answered
        server.received                                   # calls that came in whole, those being answered included
        server.gate.clear()                               # let calls wait for their answer until `gate.set()`

A model id that ends in `@fault` (`tiny@500`) always has that fault. On its own, for other processes:
`python -m tests.openai_server --port 8099 --latency 0.2 --log requests.jsonl`.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import json
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from extractor.extractors.cloud import extractor as cloud
from extractor.extractors.cloud import rate_limits
from extractor.spending.pricing import count_tokens

from .diligent_reader import answer, document_text

FAULTS = (
    "truncated", "cut_json", "refused", "filtered", "empty", "non_json", "broken_json", "schema_breaking", "html",
    "no_choices", "401", "402", "403", "404", "429", "quota", "400", "too_long", "500", "503", "504", "reset", "half",
    "hang", "slow_drip", "slow_headers", "no_usage", "echo_key",
)  # fmt: skip


@dataclass
class Call:
    """One request as it came in. `document` is the SHA-256 of the document text, `answered` true for a paid answer."""

    model: str
    path: str
    document: str
    fault: str | None
    answered: bool
    response_format: str
    input_tokens: int
    output_tokens: int
    at: float
    body: dict[str, Any] = field(repr=False)
    headers: dict[str, str] = field(repr=False)


@dataclass
class _Planned:
    fault: str
    times: int | None
    model: str | None
    options: dict[str, Any]


class FakeOpenAI:
    """The server. `formats` are the structured outputs it takes; `refuses` are options it answers with 400;
    `once_a_key` makes it charge one answer for each Idempotency-Key, though it gives it again. `script` answers in its
    place: from the request's body and number to a status, a body (bytes as they are) and headers; None lets it be."""

    def __init__(
        self, latency: float = 0.0, port: int = 0, api_key: str | None = None, log: Path | None = None
    ) -> None:
        self.latency = latency
        self.api_key = api_key
        self.formats = {"json_schema", "json_object"}
        self.refuses: set[str] = set()
        self.once_a_key = False
        self.script: Callable[[dict[str, Any], int], tuple[Any, ...] | None] | None = None
        self.models: Any = {"object": "list", "data": [{"id": "tiny", "object": "model"}]}
        self._keys: set[str] = set()
        self.log: list[Call] = []
        self.received = 0
        self.gate = threading.Event()
        self.gate.set()
        self._log_file = log
        self._planned: list[_Planned] = []
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", port), type("Handler", (_Handler,), {"fake": self}))
        self._server.daemon_threads = True
        self._server.request_queue_size = 256
        self._server.socket.listen(256)
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)

    def __enter__(self) -> FakeOpenAI:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._closing.set()
        self.gate.set()
        self._server.shutdown()
        self._server.server_close()

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}/v1"

    @property
    def answered(self) -> list[Call]:
        """The calls that a provider would charge for."""
        return [call for call in self.log if call.answered]

    def fail(self, fault: str, times: int | None = None, model: str | None = None, **options: Any) -> None:
        """Have the next `times` calls (None: all) to `model` (None: any) go wrong. `retry_after` in seconds."""
        assert fault in FAULTS, fault
        with self._lock:
            self._planned.append(_Planned(fault, times, model, options))

    def heal(self) -> None:
        """Forget all planned faults."""
        with self._lock:
            self._planned.clear()

    def _next_fault(self, model: str) -> tuple[str | None, dict[str, Any]]:
        with self._lock:
            for plan in self._planned:
                if plan.model in (None, model) and plan.times != 0:
                    if plan.times is not None:
                        plan.times -= 1
                    return plan.fault, plan.options
        named = model.rpartition("@")[2]
        return (named, {}) if named in FAULTS else (None, {})

    def _note(self, call: Call) -> None:
        with self._lock:
            key = call.headers.get("idempotency-key")
            if self.once_a_key and call.answered and key:
                call.answered = key not in self._keys
                self._keys.add(key)
            self.log.append(call)
            if self._log_file:
                row = {name: value for name, value in asdict(call).items() if name not in ("body", "headers")}
                with self._log_file.open("a", encoding="utf-8") as stream:
                    stream.write(json.dumps(row, ensure_ascii=False) + "\n")


class _Handler(BaseHTTPRequestHandler):
    fake: FakeOpenAI
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1

    def finish(self) -> None:
        with contextlib.suppress(OSError):  # The client has gone.
            super().finish()

    def log_message(self, *_: object) -> None:
        pass

    def handle(self) -> None:
        with contextlib.suppress(OSError):
            super().handle()

    def do_GET(self) -> None:
        self._json(200, self.fake.models)

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))))
        model, fake = str(body.get("model", "")), self.fake
        with fake._lock:
            fake.received += 1
        fault, options = fake._next_fault(model)
        document = document_text(body["messages"])
        text = json.dumps(answer(body), ensure_ascii=False)
        used = (sum(count_tokens(str(message["content"])) for message in body["messages"]), max(len(text) // 3, 1))
        asked = str((body.get("response_format") or {}).get("type", "text"))
        refused = self._refusal(body, asked)
        answered = refused is None and fault in (
            None, "truncated", "cut_json", "refused", "filtered", "empty", "non_json", "broken_json",
            "schema_breaking", "no_usage", "half", "slow_drip", "slow_headers", "no_choices",
        )  # fmt: skip
        digest = hashlib.sha256(document.encode()).hexdigest()
        call = Call(
            model,
            self.path,
            digest,
            fault,
            answered,
            asked,
            *used,
            time.time(),
            body,
            {name.lower(): value for name, value in self.headers.items()},
        )
        if fake.latency:
            time.sleep(fake.latency)
        fake.gate.wait(300)
        scripted = fake.script(body, len(fake.log)) if fake.script else None
        if scripted is not None:
            call.answered = scripted[0] == 200
            fake._note(call)
            status, said, headers = (*scripted, {})[:3]
            kind = {"Content-Type": "application/json", **headers}
            raw = said if isinstance(said, bytes) else json.dumps(said, ensure_ascii=False).encode()
            return self._send(status, raw, kind.pop("Content-Type"), kind)
        fake._note(call)
        if refused is not None:
            return self._json(400, {"error": refused})
        if fault is None or answered:
            return self._answer(fault, text, used, model)
        return self._fault(fault, options)

    def _refusal(self, body: Mapping[str, Any], asked: str) -> dict[str, Any] | None:
        if self.fake.api_key and self.headers.get("Authorization") != f"Bearer {self.fake.api_key}":
            return None
        if asked != "text" and asked not in self.fake.formats:
            return {"message": f"response_format of type {asked} is not supported", "type": "invalid_request_error"}
        for name in sorted(self.fake.refuses & set(body)):
            hint = "Use 'max_completion_tokens' instead." if name == "max_tokens" else "Only the default is supported."
            return {"message": f"Unsupported parameter: '{name}'. {hint}", "param": name, "code": "unsupported"}
        return None

    def _answer(self, fault: str | None, text: str, used: tuple[int, int], model: str) -> None:
        message: dict[str, Any] = {"role": "assistant", "content": text, "refusal": None}
        finish = "stop"
        if fault in ("truncated", "cut_json"):
            message["content"], finish = text[: len(text) * 2 // 3], "length" if fault == "truncated" else "stop"
        elif fault == "refused":
            message |= {"content": None, "refusal": "I cannot help with this document."}
        elif fault == "filtered":
            message["content"], finish = "", "content_filter"
        elif fault == "empty":
            message["content"] = ""
        elif fault == "non_json":
            message["content"] = "Sure! The title of the work is on the first page."
        elif fault == "broken_json":
            message["content"] = "Here you are:\n```json\n" + text[:-1] + ",}\n```"
        elif fault == "schema_breaking":
            message["content"] = json.dumps({key: [{"nested": [1]}] for key in json.loads(text)})
        usage = {"prompt_tokens": used[0], "completion_tokens": used[1], "total_tokens": sum(used)}
        reply = {
            "id": "chatcmpl-1", "object": "chat.completion", "created": int(time.time()), "model": model,
            "choices": [{"index": 0, "message": message, "finish_reason": finish, "logprobs": None}],
            "usage": None if fault == "no_usage" else usage,
        }  # fmt: skip
        if fault == "no_choices":
            reply["choices"] = []
        self._json(200, reply, fault)

    def _fault(self, fault: str, options: Mapping[str, Any]) -> None:
        if fault == "reset":
            linger = struct.pack("ii", 1, 0)
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            self.close_connection = True
            self.connection.close()
        elif fault == "hang":
            self.close_connection = True
            self.fake._closing.wait(60)
        elif fault == "html":
            self._send(200, b"<!DOCTYPE html><html><body>Gateway</body></html>", "text/html", {})
        else:
            status, error = _ERRORS[fault]
            if fault == "echo_key":
                error = error | {"message": f"Incorrect API key provided: {self.headers.get('Authorization')}"}
            after = options.get("retry_after")
            self._json(status, {"error": error}, headers={"Retry-After": str(after)} if after is not None else {})

    def _json(self, status: int, data: Any, fault: str | None = None, headers: Mapping[str, str] | None = None) -> None:
        self._send(status, json.dumps(data, ensure_ascii=False).encode(), "application/json", headers or {}, fault)

    def _send(self, status: int, body: bytes, kind: str, headers: Mapping[str, str], fault: str | None = None) -> None:
        try:
            if fault == "slow_headers":
                self._drip(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n" + b"X-A: b\r\n" * 200)
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            if fault == "half":
                self.wfile.write(body[: len(body) // 2])
                self.close_connection = True
            elif fault == "slow_drip":
                self._drip(body)
            else:
                self.wfile.write(body)
        except OSError:
            self.close_connection = True  # The client has gone.

    def _drip(self, data: bytes) -> None:
        for at in range(len(data)):
            self.wfile.write(data[at : at + 1])
            self.wfile.flush()
            if self.fake._closing.wait(0.05):
                break


_ERRORS: dict[str, tuple[int, dict[str, Any]]] = {
    "401": (401, {"message": "Incorrect API key provided.", "code": "invalid_api_key"}),
    "402": (402, {"message": "Credit limit exceeded."}),
    "403": (403, {"message": "Country not supported.", "code": "unsupported_country"}),
    "404": (404, {"message": "The model does not exist.", "code": "model_not_found"}),
    "429": (429, {"message": "Rate limit reached.", "code": "rate_limit_exceeded"}),
    "quota": (429, {"message": "You exceeded your current quota.", "code": "insufficient_quota"}),
    "400": (400, {"message": "The request is not understood.", "code": "invalid_request"}),
    "too_long": (
        400,
        {"message": "This model's maximum context length is 4096 tokens.", "code": "context_length_exceeded"},
    ),
    "500": (500, {"message": "The server had an error."}),
    "503": (503, {"message": "The server is overloaded."}),
    "504": (504, {"message": "The gateway timed out."}),
    "echo_key": (401, {"message": ""}),
}


@pytest.fixture(autouse=True)
def nothing_learned() -> None:
    """What earlier tests found out about models and providers is forgotten. Whoever imports it has it in every test."""
    cloud._learned.clear()
    rate_limits._paces.clear()


@pytest.fixture
def openai_server() -> Iterator[FakeOpenAI]:
    with FakeOpenAI() as server:
        yield server


CONFIG = """
cloud: {{timeout: {timeout}, retry_attempts: {retries}, limit_wait: {limit_wait}}}
providers:
  fake: {{title: Maru AI, base_url: "{base_url}", api_key_env: FAKE_API_KEY}}
models:
  tiny: {{name: Tiny, provider: fake, model_id: tiny, cost_per_token: {{input: 0.001, output: 0.002}}, max_length: 512}}
performance: {{concurrent_requests: {concurrent}}}
"""


def write_config(
    folder: Path,
    server: FakeOpenAI,
    timeout: float = 5,
    retries: int = 0,
    concurrent: int = 8,
    limit_wait: float = 1.5,
) -> Path:
    """A `cloud_model_config.yaml` with provider `fake` and model `tiny` at `server`; its key is in FAKE_API_KEY."""
    path = folder / "cloud_model_config.yaml"
    text = CONFIG.format(
        base_url=server.base_url, timeout=timeout, retries=retries, concurrent=concurrent, limit_wait=limit_wait
    )
    path.write_text(text, encoding="utf-8")
    return path


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--latency", type=float, default=0.0, help="seconds before each answer")
    parser.add_argument("--log", type=Path, help="a JSONL file that gets one line a request")
    arguments = parser.parse_args()
    with FakeOpenAI(arguments.latency, arguments.port, log=arguments.log) as server:
        print(server.base_url, flush=True)
        threading.Event().wait()


if __name__ == "__main__":
    main()
