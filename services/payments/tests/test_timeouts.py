"""The timeouts file, and that the connect timeout covers the TLS handshake."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest
import trustme
from aiohttp import web

from services.chassis.http import PeerClient, PeerTimeout
from services.payments.tests.conftest import Direction
from services.payments.timeouts import BadTimeouts, Timeouts, read_timeouts


def test_the_shipped_file_is_sound() -> None:
    timeouts = read_timeouts()
    assert timeouts.provider_connect_timeout_ms > 0
    assert timeouts.provider_read_timeout_ms > 0


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("provider_connect_timeout_ms = 5000", "provider_read_timeout_ms"),
        ("provider_connect_timeout_ms = 0\nprovider_read_timeout_ms = 1", "above 0"),
        ("provider_connect_timeout_ms = 1\nprovider_read_timeout_ms = 1\nx = 1", "x"),
        ('provider_connect_timeout_ms = "5 s"\nprovider_read_timeout_ms = 1', "whole number"),
        ("provider_connect_timeout_ms 5", "timeouts.toml"),
    ],
)
def test_a_malformed_file_is_refused(tmp_path: Path, content: str, says: str) -> None:
    file = tmp_path / "timeouts.toml"
    file.write_text(content)
    with pytest.raises(BadTimeouts, match=says):
        read_timeouts(file)


def test_the_file_is_in_milliseconds(tmp_path: Path) -> None:
    file = tmp_path / "timeouts.toml"
    file.write_text("provider_connect_timeout_ms = 5000\nprovider_read_timeout_ms = 30000\n")
    assert read_timeouts(file) == Timeouts(5000, 30000)


@asynccontextmanager
async def slow_to_shake_hands(context: ssl.SSLContext, delay_s: float) -> AsyncIterator[str]:
    """A provider that takes a connection at once, and begins its TLS handshake after a while."""
    app = web.Application()
    app.router.add_post("/v1/charges", Direction().answer)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
    await runner.setup()
    loop = asyncio.get_running_loop()
    listener = socket.create_server(("127.0.0.1", 0))
    listener.setblocking(False)

    async def welcome(connection: socket.socket) -> None:
        transport = None
        try:
            await asyncio.sleep(delay_s)
            with suppress(OSError):  # the caller may have gone
                transport, _ = await loop.connect_accepted_socket(
                    runner.server,  # type: ignore[arg-type]  # it is a protocol factory
                    connection,
                    ssl=context,
                )
        finally:
            if transport is None:
                connection.close()

    async def accept() -> None:
        async with asyncio.TaskGroup() as group:
            while True:
                connection, _address = await loop.sock_accept(listener)
                group.create_task(welcome(connection))

    accepting = asyncio.create_task(accept())
    try:
        yield f"https://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        accepting.cancel()
        await asyncio.gather(accepting, return_exceptions=True)
        listener.close()
        await runner.cleanup()


@pytest.mark.parametrize(("connect_timeout_ms", "succeeds"), [(150, False), (5000, True)])
async def test_the_connect_timeout_covers_the_tls_handshake(
    tmp_path: Path, connect_timeout_ms: int, succeeds: bool
) -> None:
    authority = trustme.CA()
    server_side = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("127.0.0.1").configure_cert(server_side)
    ca_file = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(ca_file)
    async with slow_to_shake_hands(server_side, delay_s=0.4) as url:
        client = PeerClient(
            "payment-provider", url, ssl_ca_file=ca_file,
            connect_timeout_ms=connect_timeout_ms, read_timeout_ms=200,
        )  # fmt: skip
        headers = {"Idempotency-Key": "k"}
        try:
            if succeeds:
                for _ in range(2):  # the second one goes over the open connection
                    answer = await client.post("/v1/charges", json={"amount": "1"}, headers=headers)
                    assert answer["id"] == "ch_k"
            else:
                with pytest.raises(PeerTimeout) as caught:
                    await client.post("/v1/charges", json={"amount": "1"}, headers=headers)
                assert caught.value.phase == "connect"
        finally:
            await client.close()
