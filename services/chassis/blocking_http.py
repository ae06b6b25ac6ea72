"""The client for calls to other services, for blocking (`def`) handlers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import requests
from fastapi import FastAPI
from requests.adapters import HTTPAdapter
from urllib3.exceptions import ProtocolError

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
        self._timeout_s = (connect_timeout_ms / 1000, read_timeout_ms / 1000)
        self._connect_timeout_ms, self._read_timeout_ms = connect_timeout_ms, read_timeout_ms
        self._session = requests.Session()
        self._session.trust_env = False  # peers are called directly: no proxy, no netrc
        if ssl_ca_file:
            self._session.verify = str(ssl_ca_file)
        adapter = HTTPAdapter(pool_connections=1, pool_maxsize=pool_size)
        self._session.mount("http://", adapter)
        self._session.mount("https://", adapter)
        prepare_metrics(peer)

    @asynccontextmanager
    async def resource(self, _app: FastAPI) -> AsyncIterator[None]:
        """For `create_service(resources=…)`: closes the connections at shutdown."""
        try:
            yield
        finally:
            await asyncio.to_thread(self._session.close)

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
                except requests.ConnectionError as error:
                    if not error.args or not isinstance(error.args[0], ProtocolError):
                        raise
                    # An open connection that the peer closed as we sent: a deploy, mostly.
                    OUTBOUND_RETRIES.labels(self.peer).inc()
                    response = self._send(call, method, url, params, json)
            except requests.ConnectTimeout as error:
                waited = f"no connection within {self._connect_timeout_ms} ms"
                raise PeerTimeout(self.peer, f"{self.peer}: {waited}", "connect") from error
            except requests.Timeout as error:
                waited = f"no answer within {self._read_timeout_ms} ms"
                raise PeerTimeout(self.peer, f"{self.peer}: {waited}", "read") from error
            except requests.RequestException as error:
                raise PeerUnreachable(self.peer, f"{self.peer}: {error}") from error
            call.status = response.status_code
            return parse_answer(self.peer, response.status_code, response.content)

    def _send(
        self, call: OutgoingCall, method: str, url: str, params: Params | None, json: Any
    ) -> requests.Response:
        return self._session.request(
            method,
            url,
            params=params,
            json=json,
            headers=call.headers,
            timeout=self._timeout_s,
        )
