"""The openai client as the cloud path needs it: credentials as the provider wants them, retries of what passes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import httpx2
import openai

from extractor.extractors.cloud import http_client
from extractor.extractors.cloud.retries import with_retries
from extractor.settings.cloud import Provider


class ChatClient:
    """One provider with one key. `key` "" is sent nowhere."""

    def __init__(self, provider: Provider, key: str, timeout: float, retries: int) -> None:
        headers = dict(provider.headers)
        if provider.key_header and key:
            headers[provider.key_header] = key
        self._bearer = bool(key) and (not provider.key_header or provider.bearer)
        self._retries = retries
        self._openai = openai.OpenAI(
            base_url=provider.base_url,
            api_key=key or "none",
            timeout=httpx2.Timeout(timeout, connect=min(timeout, http_client.CONNECT)),
            max_retries=0,
            default_headers=headers or None,
            default_query=dict(provider.query) or None,
            http_client=http_client.client(),
        )

    def send(self, path: str, body: Mapping[str, Any] | None = None, headers: Mapping[str, str] | None = None) -> Any:
        """The HTTP response to `body` (None: to a GET). Raises exceptions of the SDK.

        `chat.completions.create` would walk through messages and schema to rename what needs no renaming, a quarter
        of all the SDK does in a call, and hide what a server says beside the protocol.
        """

        def once(tried: int) -> Any:
            sent: dict[str, Any] = {**(headers or {}), "x-stainless-retry-count": str(tried)}
            if not self._bearer:
                sent["Authorization"] = openai.Omit()
            options: Any = {"security": {"bearer_auth": self._bearer}, "headers": sent}
            if body is None:
                return self._openai.get(path, cast_to=httpx2.Response, options=options)
            return self._openai.post(path, cast_to=httpx2.Response, body=dict(body), options=options)

        return with_retries(once, self._retries)
