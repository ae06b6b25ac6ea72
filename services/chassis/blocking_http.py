"""The client for calls to other services, for blocking (`def`) handlers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import urllib3
from fastapi import FastAPI
from urllib3.exceptions import (
    ConnectTimeoutError,
    HTTPError,
    NewConnectionError,
    ProtocolError,
    ReadTimeoutError,
)

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
    "BlockingPeerClient", "PeerError", "PeerFailure", "PeerRejected", "PeerTimeout",
    "PeerUnreachable",
]  # fmt: skip


class BlockingPeerClient:
    """Calls one peer over connections that are kept open; safe to share between threads.

    `pool_size` is the number of threads that call at once: the service's worker slots.
    """

    def __init__(
        self,
        peer: str,
        base_url: str,
        *,
        connect_timeout_ms: int,
        read_timeout_ms: int,
        ssl_ca_file: Path | str | None = None,
        pool_size: int = 10,
    ) -> None:
        self.peer = peer
        self._base_url = base_url.rstrip("/")
        self._connect_timeout_ms, self._read_timeout_ms = connect_timeout_ms, read_timeout_ms
        self._pool = urllib3.PoolManager(
            num_pools=1,
            maxsize=pool_size,
            timeout=urllib3.Timeout(connect=connect_timeout_ms / 1000, read=read_timeout_ms / 1000),
            retries=False,
            ca_certs=str(ssl_ca_file) if ssl_ca_file else None,
        )
        prepare_metrics(peer)

    @asynccontextmanager
    async def resource(self, _app: FastAPI) -> AsyncIterator[None]:
        """For `create_service(resources=…)`: closes the connections at shutdown."""
        try:
            yield
        finally:
            await asyncio.to_thread(self._pool.clear)

    def get(
        self, path: str, *, params: Params | None = None, headers: Mapping[str, str] | None = None
    ) -> Any:
        """GET `path` and return the answer's JSON; raises PeerFailure."""
        return self._call("GET", path, params, None, headers)

    def post(self, path: str, *, json: Any = None, headers: Mapping[str, str] | None = None) -> Any:
        """POST `json` to `path` and return the answer's JSON; raises PeerFailure."""
        return self._call("POST", path, None, json, headers)

    def _call(
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
                    response = self._send(call, method, url, params, json)
                except ProtocolError:
                    # An open connection that the peer closed as we sent: a deploy, mostly.
                    OUTBOUND_RETRIES.labels(self.peer).inc()
                    response = self._send(call, method, url, params, json)
            except NewConnectionError as error:  # refused: for urllib3, a kind of the next one
                raise PeerUnreachable(self.peer, f"{self.peer}: {error}") from error
            except ConnectTimeoutError as error:
                waited = f"no connection within {self._connect_timeout_ms} ms"
                raise PeerTimeout(self.peer, f"{self.peer}: {waited}", "connect") from error
            except ReadTimeoutError as error:
                waited = f"no answer within {self._read_timeout_ms} ms"
                raise PeerTimeout(self.peer, f"{self.peer}: {waited}", "read") from error
            except HTTPError as error:
                raise PeerUnreachable(self.peer, f"{self.peer}: {error}") from error
            call.status = response.status
            return parse_answer(self.peer, response.status, response.data)

    def _send(
        self, call: OutgoingCall, method: str, url: str, params: Params | None, json: Any
    ) -> urllib3.BaseHTTPResponse:
        if params:
            url = f"{url}?{urlencode(params, doseq=True)}"
        return self._pool.request(method, url, json=json, headers=call.headers)
