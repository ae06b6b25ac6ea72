"""Somebody in the payment provider's place, who only wants to know what they would be sent."""

from __future__ import annotations

import asyncio
import socket
import ssl

HANDSHAKE_TIMEOUT_S = 2.0


class Impostor(asyncio.Protocol):
    """Greets one caller with a certificate of its own, and hangs up at the first thing it is told.

    A caller who checks whom it speaks to leaves before it says anything.
    """

    def __init__(self, certificate: ssl.SSLContext) -> None:
        self._certificate = certificate
        self._believed: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._transport: asyncio.BaseTransport | None = None

    async def meet(self, connection: socket.socket) -> None:
        """Answer a caller whose TCP connection stands."""
        try:
            await asyncio.get_running_loop().connect_accepted_socket(
                lambda: self,
                connection,
                ssl=self._certificate,
                ssl_handshake_timeout=HANDSHAKE_TIMEOUT_S,
            )
        except (OSError, TimeoutError):  # the caller refused the certificate, or went away
            self._learn(believed=False)
            connection.close()

    async def was_believed(self, within_s: float) -> bool:
        """Whether the caller sent it anything; not, where nobody called in that time."""
        try:
            async with asyncio.timeout(within_s):
                return await self._believed
        except TimeoutError:
            return False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        del data
        self._learn(believed=True)
        if self._transport is not None:
            self._transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        del exc
        self._learn(believed=False)

    def _learn(self, *, believed: bool) -> None:
        if not self._believed.done():
            self._believed.set_result(believed)
