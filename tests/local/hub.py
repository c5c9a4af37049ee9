"""A small server that answers as the hub does, for downloads over a real socket."""

from __future__ import annotations

import contextlib
import hashlib
import json
import threading
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType

COMMIT = "0123456789abcdef0123456789abcdef01234567"
LARGE = 100_000
"""Files from this size are kept as the hub keeps large ones: named by SHA-256."""


def etag(data: bytes) -> str:
    if len(data) >= LARGE:
        return hashlib.sha256(data).hexdigest()
    return hashlib.sha1(b"blob %d\0" % len(data) + data).hexdigest()


class Hub:
    """`files` of the one repository `invented/model`. `status` other than 200 is what every call is answered with.

    `break_after` bytes of a file the connection is cut, once.
    """

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self.files = dict(files)
        self.status = 200
        self.error_code = ""
        self.break_after = 0
        self.requests: list[tuple[str, str, str | None]] = []
        hub = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_HEAD(self) -> None:
                self.do_GET()

            def do_GET(self) -> None:
                hub.requests.append((self.command, self.path, self.headers.get("Range")))
                hub.answer(self)

            def log_message(self, *args: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Hub:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self._server.shutdown()
        self._server.server_close()

    def answer(self, call: BaseHTTPRequestHandler) -> None:
        path = call.path.partition("?")[0]
        if self.status != 200:
            extra = {"X-Error-Code": self.error_code} if self.error_code else {}
            return self._send(call, self.status, b"{}", extra)
        if path == "/api/models/invented/model/revision/main":
            return self._json(call, {"id": "invented/model", "sha": COMMIT, "siblings": []})
        if path.startswith(f"/api/models/invented/model/tree/{COMMIT}"):
            return self._json(call, [self._entry(name, data) for name, data in self.files.items()])
        prefix = f"/invented/model/resolve/{COMMIT}/"
        if path.startswith(prefix) and (name := path.removeprefix(prefix)) in self.files:
            return self._file(call, self.files[name])
        return self._send(call, 404, b"{}", {"X-Error-Code": "RepoNotFound"})

    def _entry(self, name: str, data: bytes) -> dict[str, object]:
        entry: dict[str, object] = {"type": "file", "path": name, "size": len(data), "oid": etag(data)[:40]}
        if len(data) >= LARGE:
            entry["lfs"] = {"oid": etag(data), "size": len(data), "pointerSize": 130}
        return entry

    def _file(self, call: BaseHTTPRequestHandler, data: bytes) -> None:
        headers = {"ETag": f'"{etag(data)}"', "X-Repo-Commit": COMMIT, "Accept-Ranges": "bytes"}
        status, start = 200, 0
        if (wanted := call.headers.get("Range")) and call.command == "GET":
            start = int(wanted.removeprefix("bytes=").partition("-")[0])
            status = 206
            headers["Content-Range"] = f"bytes {start}-{len(data) - 1}/{len(data)}"
        body = data[start:]
        if call.command == "GET" and 0 < self.break_after < len(body):
            cut, self.break_after = self.break_after, 0
            self._head(call, status, len(body), headers)
            call.wfile.write(body[:cut])
            call.wfile.flush()
            call.close_connection = True
            call.connection.shutdown(2)
            return
        self._send(call, status, body, headers)

    def _json(self, call: BaseHTTPRequestHandler, data: object) -> None:
        self._send(call, 200, json.dumps(data).encode(), {"Content-Type": "application/json"})

    def _send(self, call: BaseHTTPRequestHandler, status: int, body: bytes, headers: Mapping[str, str]) -> None:
        self._head(call, status, len(body), headers)
        if call.command != "HEAD":
            with contextlib.suppress(ConnectionError):  # a download that was stopped
                call.wfile.write(body)

    def _head(self, call: BaseHTTPRequestHandler, status: int, length: int, headers: Mapping[str, str]) -> None:
        call.send_response(status)
        for name, value in {**headers, "Content-Length": str(length)}.items():
            call.send_header(name, value)
        call.end_headers()
