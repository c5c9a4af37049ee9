"""The openai client as the cloud path needs it: credentials as the provider wants them, retries of what passes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import httpx2
import openai

from extractor.extractors.cloud.http_client import CONNECT, Client
from extractor.settings.cloud import Provider

PASSING = (424, 425, 498)
"""The server's own failures beside 408, 409 and 5xx: a worker that failed, too early, no capacity for now."""


class ChatClient(Client):
    """One provider with one key. `key` "" is sent nowhere."""

    def __init__(self, provider: Provider, key: str, timeout: float, retries: int) -> None:
        headers = dict(provider.headers)
        if provider.key_header and key:
            headers[provider.key_header] = key
        self._bearer = bool(key) and (not provider.key_header or provider.bearer)
        super().__init__(
            base_url=provider.base_url,
            api_key=key or "none",
            timeout=httpx2.Timeout(timeout, connect=min(timeout, CONNECT)),
            max_retries=retries,
            default_headers=headers or None,
            default_query=dict(provider.query) or None,
        )

    def _should_retry(self, response: Any) -> bool:
        # A limit is not this call's alone: `rate_limits` has all calls of the provider wait for it.
        if response.status_code == 429:
            return False
        if response.status_code in PASSING:
            response.headers["x-should-retry"] = "true"
        return super()._should_retry(response)

    def send(self, path: str, body: Mapping[str, Any] | None = None, headers: Mapping[str, str] | None = None) -> Any:
        """The HTTP response to `body` (None: to a GET). Raises exceptions of the SDK.

        `chat.completions.create` would walk through messages and schema to rename what needs no renaming, a quarter
        of all the SDK does in a call, and hide what a server says beside the protocol.
        """
        sent: dict[str, Any] = dict(headers or {})
        if not self._bearer:
            sent["Authorization"] = openai.Omit()
        options: Any = {"security": {"bearer_auth": self._bearer}, "headers": sent}
        if body is None:
            return self.get(path, cast_to=httpx2.Response, options=options)
        return self.post(path, cast_to=httpx2.Response, body=dict(body), options=options)
