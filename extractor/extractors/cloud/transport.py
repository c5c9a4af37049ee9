"""HTTP through a network backend of our own, by the public classes of httpx2 and httpcore2 alone.

httpx2's own `HTTPTransport` is the same pool of httpcore2 behind the same interface, but takes no backend. And a
client that is given a transport leaves the environment's proxies out: `mounts` has them.
"""

from __future__ import annotations

import ipaddress
import ssl
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.request import getproxies

import httpcore2
import httpx2

_ERRORS: dict[type[Exception], type[httpx2.RequestError]] = {
    httpcore2.ConnectTimeout: httpx2.ConnectTimeout,
    httpcore2.ReadTimeout: httpx2.ReadTimeout,
    httpcore2.WriteTimeout: httpx2.WriteTimeout,
    httpcore2.PoolTimeout: httpx2.PoolTimeout,
    httpcore2.TimeoutException: httpx2.TimeoutException,
    httpcore2.ConnectError: httpx2.ConnectError,
    httpcore2.ReadError: httpx2.ReadError,
    httpcore2.WriteError: httpx2.WriteError,
    httpcore2.NetworkError: httpx2.NetworkError,
    httpcore2.ProxyError: httpx2.ProxyError,
    httpcore2.UnsupportedProtocol: httpx2.UnsupportedProtocol,
    httpcore2.LocalProtocolError: httpx2.LocalProtocolError,
    httpcore2.RemoteProtocolError: httpx2.RemoteProtocolError,
    httpcore2.ProtocolError: httpx2.ProtocolError,
}
"""httpx2's error for each of httpcore2's, a subclass before its base."""


class Transport(httpx2.BaseTransport):
    """Connections by `backend`, kept for further requests; all through `proxy` when given."""

    def __init__(
        self,
        backend: httpcore2.NetworkBackend,
        ssl_context: ssl.SSLContext,
        limits: httpx2.Limits,
        proxy: str | None = None,
    ) -> None:
        self._pool = httpcore2.ConnectionPool(
            ssl_context=ssl_context,
            proxy=None if proxy is None else _proxy(httpx2.Proxy(proxy)),
            max_connections=limits.max_connections,
            max_keepalive_connections=limits.max_keepalive_connections,
            keepalive_expiry=limits.keepalive_expiry,
            network_backend=backend,
        )

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """See BaseTransport. Raises httpx2's errors, and what the backend raises of its own."""
        content: Any = request.stream
        sent = httpcore2.Request(
            method=request.method,
            url=_url(request.url),
            headers=request.headers.raw,
            content=content,
            extensions=request.extensions,
        )
        with _as_httpx2():
            response = self._pool.handle_request(sent)
        return httpx2.Response(
            response.status, headers=response.headers, stream=_Body(response.stream), extensions=response.extensions
        )

    def close(self) -> None:
        """Close all connections."""
        self._pool.close()


class _Body(httpx2.SyncByteStream):
    def __init__(self, stream: Any) -> None:
        self._stream = stream

    def __iter__(self) -> Iterator[bytes]:
        with _as_httpx2():
            yield from self._stream

    def close(self) -> None:
        self._stream.close()


@contextmanager
def _as_httpx2() -> Iterator[None]:
    try:
        yield
    except Exception as error:
        for theirs, ours in _ERRORS.items():
            if isinstance(error, theirs):
                raise ours(str(error)) from error
        raise


def mounts(
    backend: httpcore2.NetworkBackend, ssl_context: ssl.SSLContext, limits: httpx2.Limits
) -> dict[str, httpx2.BaseTransport | None]:
    """The transports for the proxies of the environment (HTTP_PROXY, HTTPS_PROXY, ALL_PROXY), and None for what
    NO_PROXY has go without, by httpx2's own rules. Raises ValueError for a proxy of an unknown scheme."""
    proxies = getproxies()
    direct = [host.strip() for host in proxies.get("no", "").split(",")]
    if "*" in direct:
        return {}
    made: dict[str, httpx2.BaseTransport | None] = {}
    for scheme in ("http", "https", "all"):
        if proxy := proxies.get(scheme):
            address = proxy if "://" in proxy else f"http://{proxy}"
            made[f"{scheme}://"] = Transport(backend, ssl_context, limits, address)
    return made | dict.fromkeys(_patterns(direct))


def _patterns(direct: Iterable[str]) -> Iterator[str]:
    """httpx2's patterns of the hosts that no proxy is asked for. What is no host is left out."""
    for host in direct:
        pattern = _pattern(host) if host else None
        try:
            if pattern is not None and httpx2.URL(pattern):
                yield pattern
        except httpx2.InvalidURL:
            continue


def _pattern(host: str) -> str | None:
    if "://" in host:
        return host
    try:
        network = ipaddress.ip_network(host, strict=False)
    except ValueError:
        if host.lower() == "localhost" or host.startswith("["):
            return f"all://{host}"
        if "/" in host:
            return None
        return f"all://{host}" if host.startswith("*.") else f"all://*{host}"
    address, slash, prefix = host.partition("/")
    if slash and not prefix.isdigit():
        return None
    return f"all://{f'[{address}]' if network.version == 6 else address}{slash}{prefix}"


def _proxy(proxy: httpx2.Proxy) -> httpcore2.Proxy:
    return httpcore2.Proxy(_url(proxy.url), proxy.raw_auth, proxy.headers.raw, proxy.ssl_context)


def _url(url: httpx2.URL) -> httpcore2.URL:
    return httpcore2.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)
