"""For clients that speak plain HTTP on this machine only."""

from __future__ import annotations

import ssl
from types import TracebackType
from typing import Any, Self

import httpx

TRUSTING_NOBODY = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""What such a client gives as `verify`. By itself httpx loads the certificates of all public
authorities for each client, which takes 70 ms; with none, TLS to anybody would be refused."""
REQUEST_TIMEOUT_S = 10.0


def local_client(
    base_url: str = "",
    *,
    token: str | None = None,
    timeout_s: float = REQUEST_TIMEOUT_S,
    transport: httpx.AsyncBaseTransport | None = None,
    **options: Any,
) -> httpx.AsyncClient:
    """A client of this machine's servers: no proxy, no TLS, `token` as the bearer; what else
    `options` say, as httpx has them."""
    return httpx.AsyncClient(
        base_url=base_url,
        headers=bearer(token),
        timeout=timeout_s,
        trust_env=False,
        verify=TRUSTING_NOBODY,
        transport=transport,
        **options,
    )


def bearer(token: str | None) -> dict[str, str]:
    """The headers of whoever carries `token`."""
    return {"Authorization": f"Bearer {token}"} if token else {}


class LocalClient:
    """One server of this machine, asked by `_http`. Close it, or use it as a context manager."""

    def __init__(
        self,
        base_url: str,
        *,
        token: str | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._http = local_client(base_url, token=token, transport=transport)

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
