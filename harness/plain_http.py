"""For clients that speak plain HTTP on this machine only.

What answers may be code that we did not write: an answer has a bound of bytes and of time, as a
whole. One that is packed is not unpacked, since its size would be anybody's guess.
"""

from __future__ import annotations

import asyncio
import ssl
import time
from collections.abc import AsyncIterator
from types import TracebackType
from typing import Self

import httpx

DEFAULT_LIMITS = httpx.Limits(max_connections=100, max_keepalive_connections=20)
TRUSTING_NOBODY = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""What such a client gives as `verify`. By itself httpx loads the certificates of all public
authorities for each client, which takes 70 ms; with none, TLS to anybody would be refused."""
REQUEST_TIMEOUT_S = 10.0
ANSWER_BYTES_MAX = 32 * 1024 * 1024
WHOLE_FACTOR = 2
"""An answer must be there, whole, within so many times what its server may keep silent for."""


def local_client(
    base_url: str = "",
    *,
    token: str | None = None,
    timeout_s: float = REQUEST_TIMEOUT_S,
    transport: httpx.AsyncBaseTransport | None = None,
    limits: httpx.Limits = DEFAULT_LIMITS,
    answer_bytes_max: int = ANSWER_BYTES_MAX,
) -> httpx.AsyncClient:
    """A client of this machine's servers: no proxy, no TLS, `token` as the bearer.

    An answer beyond its bounds raises httpx.ReadTimeout or httpx.ReadError.
    """
    inner = transport or httpx.AsyncHTTPTransport(
        verify=TRUSTING_NOBODY, trust_env=False, limits=limits
    )
    return httpx.AsyncClient(
        base_url=base_url,
        headers={"Accept-Encoding": "identity", **bearer(token)},
        timeout=timeout_s,
        trust_env=False,
        transport=_Bounded(inner, WHOLE_FACTOR * timeout_s, answer_bytes_max),
    )


class _Bounded(httpx.AsyncBaseTransport):
    """Passes answers on as they come, up to their bounds."""

    def __init__(self, inner: httpx.AsyncBaseTransport, whole_s: float, bytes_max: int) -> None:
        self._inner, self._whole_s, self._bytes_max = inner, whole_s, bytes_max

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """The answer's head; its body is counted as it is read."""
        deadline = time.monotonic() + self._whole_s
        try:
            async with asyncio.timeout(self._whole_s):
                answer = await self._inner.handle_async_request(request)
        except TimeoutError as error:
            raise httpx.ReadTimeout(f"no answer within {self._whole_s:g} s") from error
        answer.headers.pop("Content-Encoding", None)
        if isinstance(answer.stream, httpx.AsyncByteStream):
            answer.stream = _BoundedBody(answer.stream, deadline, self._bytes_max)
        return answer

    async def aclose(self) -> None:
        """Close the connections."""
        await self._inner.aclose()


class _BoundedBody(httpx.AsyncByteStream):
    def __init__(self, inner: httpx.AsyncByteStream, deadline: float, bytes_max: int) -> None:
        self._inner, self._deadline, self._bytes_max = inner, deadline, bytes_max

    async def __aiter__(self) -> AsyncIterator[bytes]:
        read = 0
        async for piece in self._inner:
            read += len(piece)
            if read > self._bytes_max:
                raise httpx.ReadError(f"the answer has more than {self._bytes_max} bytes")
            if time.monotonic() > self._deadline:
                raise httpx.ReadTimeout("the answer goes on and on")
            yield piece
            await asyncio.sleep(0)  # pieces that are there already come without waiting

    async def aclose(self) -> None:
        await self._inner.aclose()


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
        login: tuple[str, str] | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._http = local_client(base_url, token=token, transport=transport)
        if login is not None:
            self._http.auth = login

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
