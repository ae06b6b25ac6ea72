"""The client for calls to other services, for `async def` handlers."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
from fastapi import FastAPI

from services.chassis.metrics import OUTBOUND_RETRIES
from services.chassis.peers import (
    OutgoingCall,
    Params,
    PeerError,
    PeerFailure,
    PeerRejected,
    PeerTimeout,
    PeerUnreachable,
    outgoing_call,
    parse_answer,
    prepare_metrics,
)

__all__ = [
    "PeerClient", "PeerError", "PeerFailure", "PeerRejected", "PeerTimeout", "PeerUnreachable",
]  # fmt: skip

KEEP_ALIVE_S = 4.0
"""Below the five seconds after which our own servers close an idle connection, so that a request
is not sent on a connection that is just being closed."""


class PeerClient:
    """Calls one peer over connections that are kept open.

    The connect timeout covers everything until a request can be sent: address look-up, TCP and
    the TLS handshake. The read timeout bounds each wait for the peer's bytes.
    """

    def __init__(
        self,
        peer: str,
        base_url: str,
        *,
        connect_timeout_ms: int,
        read_timeout_ms: int,
        ssl_ca_file: Path | str | None = None,
        keep_alive_s: float = KEEP_ALIVE_S,
    ) -> None:
        self.peer = peer
        self._keep_alive_s = keep_alive_s
        self._base_url = base_url.rstrip("/")
        self._timeout = aiohttp.ClientTimeout(
            total=(connect_timeout_ms + read_timeout_ms) / 1000,
            connect=connect_timeout_ms / 1000,
            sock_read=read_timeout_ms / 1000,
            ceil_threshold=60,  # keep timeouts exact: aiohttp rounds longer ones up
        )
        self._connect_timeout_ms, self._read_timeout_ms = connect_timeout_ms, read_timeout_ms
        self._ssl = ssl.create_default_context(cafile=ssl_ca_file) if ssl_ca_file else True
        self._session: aiohttp.ClientSession | None = None
        prepare_metrics(peer)

    @asynccontextmanager
    async def resource(self, _app: FastAPI) -> AsyncIterator[None]:
        """For `create_service(resources=…)`: closes the connections at shutdown."""
        try:
            yield
        finally:
            await self.close()

    async def close(self) -> None:
        """Close all connections; a later call opens new ones."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def get(
        self, path: str, *, params: Params | None = None, headers: Mapping[str, str] | None = None
    ) -> Any:
        """GET `path` and return the answer's JSON; raises PeerFailure."""
        return await self._call("GET", path, params, None, headers)

    async def post(
        self, path: str, *, json: Any = None, headers: Mapping[str, str] | None = None
    ) -> Any:
        """POST `json` to `path` and return the answer's JSON; raises PeerFailure."""
        return await self._call("POST", path, None, json, headers)

    async def _call(
        self,
        method: str,
        path: str,
        params: Params | None,
        json: Any,
        headers: Mapping[str, str] | None,
    ) -> Any:
        url = self._base_url + path
        with outgoing_call(self.peer, method, url, headers) as call:
            try:
                try:
                    body = await self._send(call, method, url, params, json)
                except (aiohttp.ServerDisconnectedError, ConnectionResetError, BrokenPipeError):
                    # An open connection that the peer closed as we sent: a deploy, mostly.
                    OUTBOUND_RETRIES.labels(self.peer).inc()
                    body = await self._send(call, method, url, params, json)
            except aiohttp.ConnectionTimeoutError as error:
                waited = f"no connection within {self._connect_timeout_ms} ms"
                raise PeerTimeout(self.peer, f"{self.peer}: {waited}", "connect") from error
            except TimeoutError as error:
                waited = f"no answer within {self._read_timeout_ms} ms"
                raise PeerTimeout(self.peer, f"{self.peer}: {waited}", "read") from error
            except (aiohttp.ClientError, OSError) as error:
                raise PeerUnreachable(self.peer, f"{self.peer}: {error}") from error
            return parse_answer(self.peer, call.status, body)

    async def _send(
        self, call: OutgoingCall, method: str, url: str, params: Params | None, json: Any
    ) -> bytes:
        async with self._open().request(
            method, url, params=params, json=json, headers=call.headers
        ) as response:
            call.status = response.status
            return await response.read()

    def _open(self) -> aiohttp.ClientSession:
        # Opened at the first call, because a session belongs to the loop that it is made in.
        if self._session is None:
            self._session = aiohttp.ClientSession(
                timeout=self._timeout,
                connector=aiohttp.TCPConnector(
                    limit=0, keepalive_timeout=self._keep_alive_s, ssl=self._ssl
                ),
                cookie_jar=aiohttp.DummyCookieJar(),
            )
        return self._session
