"""The way out: to the places that it is for, and to no other."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from harness.errors import UsageError
from harness.host.container_files import tls_address
from harness.runtime.compose.tunnel import Tunnel

Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@pytest.fixture(autouse=True)
def no_proxy_here(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("https_proxy", "HTTPS_PROXY", "no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
async def serve() -> AsyncIterator[Callable[[Handler], Awaitable[int]]]:
    """Serve connections on 127.0.0.1; the port."""
    servers: list[asyncio.Server] = []

    async def start(handler: Handler) -> int:
        server = await asyncio.start_server(handler, "127.0.0.1", 0)
        servers.append(server)
        port: int = server.sockets[0].getsockname()[1]
        return port

    yield start
    for server in servers:
        server.close()


async def shout(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answer in capitals, once."""
    writer.write((await reader.read(100)).upper())
    await writer.drain()
    writer.close()


async def said(port: int, request: str, then: bytes = b"") -> bytes:
    """All that comes back for a request, and for what is sent after its head was answered."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(request.encode())
    head = await reader.readuntil(b"\r\n\r\n")
    writer.write(then)
    rest = await reader.read()
    writer.close()
    return head + rest


Serve = Callable[[Handler], Awaitable[int]]


async def test_a_place_that_is_named_is_reached(serve: Serve) -> None:
    place = f"127.0.0.1:{await serve(shout)}"
    port = await serve(Tunnel([place]).carry)
    answer = await said(port, f"CONNECT {place} HTTP/1.1\r\nHost: {place}\r\n\r\n", b"page")
    assert answer == b"HTTP/1.1 200 OK\r\n\r\nPAGE"


@pytest.mark.parametrize(
    ("request_line", "status"),
    [
        ("CONNECT 127.0.0.1:{other} HTTP/1.1", b"403"),
        ("CONNECT 127.0.0.1.evil:{port} HTTP/1.1", b"403"),
        ("CONNECT 127.0.0.1 HTTP/1.1", b"403"),
        ("POST https://127.0.0.1:{port}/ HTTP/1.1", b"405"),
        ("hello", b"400"),
    ],
)
async def test_nothing_else_is(serve: Serve, request_line: str, status: bytes) -> None:
    reached: list[int] = []

    async def note(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        reached.append(1)
        writer.close()

    port, other = await serve(note), await serve(note)
    tunnel = await serve(Tunnel([f"127.0.0.1:{port}"]).carry)
    line = request_line.format(port=port, other=other)
    answer = await said(tunnel, f"{line}\r\n\r\n")
    assert answer.split()[1] == status
    assert reached == []


async def test_a_place_where_nobody_is_gives_an_error_and_not_silence(serve: Serve) -> None:
    tunnel = await serve(Tunnel(["127.0.0.1:1"]).carry)
    assert (await said(tunnel, "CONNECT 127.0.0.1:1 HTTP/1.1\r\n\r\n")).split()[1] == b"502"


@pytest.mark.parametrize(("grants", "status"), [(b"200 OK", b"200"), (b"407 No", b"502")])
async def test_this_machines_own_proxy_is_asked_in_turn(
    serve: Serve, monkeypatch: pytest.MonkeyPatch, grants: bytes, status: bytes
) -> None:
    heads: list[bytes] = []

    async def proxy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heads.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(b"HTTP/1.1 " + grants + b"\r\n\r\n")
        await writer.drain()
        writer.close()

    port = await serve(proxy)
    monkeypatch.setenv("https_proxy", f"http://me:pass%40word@127.0.0.1:{port}")
    tunnel = await serve(Tunnel(["pager.example:443"]).carry)
    answer = await said(tunnel, "CONNECT pager.example:443 HTTP/1.1\r\n\r\n")
    assert answer.split()[1] == status
    assert heads[0].startswith(b"CONNECT pager.example:443 HTTP/1.1\r\n")
    assert b"Proxy-Authorization: Basic bWU6cGFzc0B3b3Jk\r\n" in heads[0]


def test_the_place_of_a_webhook_is_known_and_its_secret_is_not_shown() -> None:
    assert tls_address("X", "https://hooks.example/services/T0/secret") == "hooks.example:443"
    assert tls_address("X", "https://localhost:8443/v2") == "localhost:8443"
    with pytest.raises(UsageError, match="SLACK_WEBHOOK_URL is not an https") as refused:
        tls_address("SLACK_WEBHOOK_URL", "http://hooks.example/services/T0/secret")
    assert "secret" not in str(refused.value)
