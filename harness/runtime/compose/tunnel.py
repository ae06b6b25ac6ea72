"""A way out of the shop's network for one container, and to named places only.

It is an HTTP proxy that knows CONNECT alone: what goes through is encrypted from end to end. Where
this machine itself reaches the world by a proxy, that one is asked in turn.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
from collections.abc import Collection
from http import HTTPStatus
from urllib.parse import unquote, urlsplit
from urllib.request import getproxies, proxy_bypass

PIECE_BYTES = 1 << 16
HEAD_BYTES_MAX = 8192
PATIENCE_S = 10.0
END_OF_HEAD = b"\r\n\r\n"

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Refused(Exception):
    """The answer to a request that leads nowhere."""

    def __init__(self, status: HTTPStatus) -> None:
        super().__init__(status.phrase)
        self.status = status


class Tunnel:
    """Carries connections to `places`, each `host:port`."""

    def __init__(self, places: Collection[str]) -> None:
        self._places = frozenset(places)

    async def carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection to its end; for asyncio.start_server."""
        try:
            inner_reader, inner_writer = await self._opened(reader)
        except Refused as refused:
            writer.write(_head(refused.status))
            with contextlib.suppress(OSError):
                await writer.drain()
            writer.close()
            return
        writer.write(_head(HTTPStatus.OK))
        await asyncio.gather(pump(reader, inner_writer), pump(inner_reader, writer))

    async def _opened(self, reader: asyncio.StreamReader) -> Streams:
        """The other end of what is asked for. Raises Refused."""
        method, place = await _asked(reader)
        if method != "CONNECT":
            raise Refused(HTTPStatus.METHOD_NOT_ALLOWED)
        if place not in self._places:
            raise Refused(HTTPStatus.FORBIDDEN)
        try:
            async with asyncio.timeout(PATIENCE_S):
                return await _reach(place)
        except (OSError, TimeoutError, ValueError) as error:
            raise Refused(HTTPStatus.BAD_GATEWAY) from error


async def pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Carry bytes one way until either side ends."""
    with contextlib.suppress(OSError):
        while data := await reader.read(PIECE_BYTES):
            writer.write(data)
            await writer.drain()
    writer.close()


async def _asked(reader: asyncio.StreamReader) -> tuple[str, str]:
    """Method and target of a request. Raises Refused."""
    words = (await _read_head(reader)).partition(b"\r\n")[0].decode("latin-1").split(" ")
    if len(words) != 3:
        raise Refused(HTTPStatus.BAD_REQUEST)
    return words[0], words[1]


async def _read_head(reader: asyncio.StreamReader) -> bytes:
    try:
        async with asyncio.timeout(PATIENCE_S):
            head = await reader.readuntil(END_OF_HEAD)
    except (asyncio.IncompleteReadError, asyncio.LimitOverrunError, TimeoutError, OSError) as error:
        raise Refused(HTTPStatus.BAD_REQUEST) from error
    if len(head) > HEAD_BYTES_MAX:
        raise Refused(HTTPStatus.BAD_REQUEST)
    return head


async def _reach(place: str) -> Streams:
    """A connection to `place`, by this machine's own proxy where it has one."""
    host, _, port = place.rpartition(":")
    proxy = getproxies().get("https")
    if not proxy or proxy_bypass(host):
        return await asyncio.open_connection(host, int(port))
    by = urlsplit(proxy)
    reader, writer = await asyncio.open_connection(by.hostname, by.port or 3128)
    known = ""
    if by.username:
        pair = f"{unquote(by.username)}:{unquote(by.password or '')}".encode()
        known = f"Proxy-Authorization: Basic {base64.b64encode(pair).decode()}\r\n"
    writer.write(f"CONNECT {place} HTTP/1.1\r\nHost: {place}\r\n{known}\r\n".encode())
    answer = (await _read_head(reader)).split(b" ", 2)
    if len(answer) < 2 or answer[1] != b"200":
        writer.close()
        raise Refused(HTTPStatus.BAD_GATEWAY)
    return reader, writer


def _head(status: HTTPStatus) -> bytes:
    return f"HTTP/1.1 {status.value} {status.phrase}\r\n\r\n".encode()
