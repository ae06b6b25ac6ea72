"""For clients that speak plain HTTP on this machine only."""

from __future__ import annotations

import ssl
from types import TracebackType
from typing import Self

import httpx

TRUSTING_NOBODY = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""What such a client gives as `verify`. By itself httpx loads the certificates of all public
authorities for each client, which takes 70 ms; with none, TLS to anybody would be refused."""
REQUEST_TIMEOUT_S = 10.0


class LocalClient:
    """One server of this machine, asked by `_http`. Close it, or use it as a context manager."""

    def __init__(
        self,
        base_url: str,
        *,
        token: str | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._http = httpx.AsyncClient(
            base_url=base_url,
            headers={"Authorization": f"Bearer {token}"} if token else {},
            timeout=REQUEST_TIMEOUT_S,
            trust_env=False,
            verify=TRUSTING_NOBODY,
            transport=transport,
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()
