"""Tells the browser where the server is, so that it does not have to guess.

Streamlit's client takes the path of a link for a place where a server might answer: opened at `/review`, it asks for
`/review/_stcore/health` first, is told 404, and tries again one folder up. A page that says where its server is spares
it that.
"""

from __future__ import annotations

import json

from starlette.types import ASGIApp, Message, Receive, Scope, Send

MARK = b"<head>"


class RootUrl:
    """ASGI middleware: puts the address of the server into the app's own HTML page. `base` is `server.baseUrlPath`."""

    def __init__(self, app: ASGIApp, base: str = "") -> None:
        self._app = app
        path = json.dumps(f"/{base.strip('/')}".rstrip("/")).replace("<", "\\u003c")
        self._script = f"<script>window.__streamlit={{BACKEND_BASE_URL:location.origin+{path}}}</script>".encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request. Everything that is no HTML page passes through as it is."""
        if scope["type"] != "http" or b"text/html" not in dict(scope["headers"]).get(b"accept", b""):
            await self._app(scope, receive, send)
            return
        # The page has to be readable here; it is some 3 kB, and compressed by nobody.
        headers = [(name, value) for name, value in scope["headers"] if name != b"accept-encoding"]
        await self._app({**scope, "headers": headers}, receive, _Rewriter(send, self._script))


class _Rewriter:
    """Passes a response on, an HTML page with the script in it."""

    def __init__(self, send: Send, script: bytes) -> None:
        self._send, self._script = send, script
        self._start: Message | None = None
        self._body = b""

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start" and _is_page(message):
            self._start = message
        elif message["type"] == "http.response.body" and self._start is not None:
            self._body += message.get("body", b"")
            if not message.get("more_body"):
                await self._finish(self._start)
        else:
            await self._send(message)

    async def _finish(self, start: Message) -> None:
        page = self._body.replace(MARK, MARK + self._script, 1)
        others = [(name, value) for name, value in start["headers"] if name not in (b"content-length", b"etag")]
        await self._send({**start, "headers": [*others, (b"content-length", str(len(page)).encode())]})
        await self._send({"type": "http.response.body", "body": page})


def _is_page(message: Message) -> bool:
    headers = dict(message["headers"])
    return bool(message["status"] == 200 and headers.get(b"content-type", b"").startswith(b"text/html"))
