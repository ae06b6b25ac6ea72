"""Hostile bytes at each port of ours that participants or their releases reach: every connection is
answered or ended, nothing of ours fails, and whoever comes next is served."""

from __future__ import annotations

import asyncio
import gzip
import logging
import socket
import ssl
from base64 import b64encode
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import uvicorn

from harness import bounded_http
from harness.aigate import gate_server
from harness.aigate.gate_settings import GateSettings
from harness.api.console_server import serving, serving_alertmanager
from harness.drill.lifecycle.home import TRACEBACK
from harness.drill.session import Session
from harness.runtime.port_check import listen
from harness.telemetry.recorder_app import Memory, create_app
from harness.thirdparty import bounded_server
from harness.thirdparty.profiles import Profile, Span
from harness.thirdparty.providers import Options, ThirdParties
from harness.thirdparty.spec import CA_FILE_NAME
from harness.tokens import Caller, TokenBook
from harness.waiting import wait_until
from tests.unit.aigate.bench import Switch
from tests.unit.drill.conftest import hand, session, trouble

__all__ = ["hand", "session", "trouble"]

pytestmark = [pytest.mark.live, pytest.mark.timeout(120)]

ANSWER_S = 10.0
SOON_S = 0.3
"""What a head and a body may take in these tests."""
STRANGERS_MAX = 20
NO_TIME = Span(0, 0)
AT_ONCE = Profile("at once", handshake=NO_TIME, response=NO_TIME, look_up=NO_TIME)
"""Of third parties: how long they take to answer is not what is asked here."""


@dataclass(frozen=True)
class Port:
    """Where one of them listens, and a request that it must answer with this status."""

    port: int
    path: str
    """What takes a body."""
    probe: str
    status: int
    token: str = ""
    context: ssl.SSLContext | None = None
    scheme: str = "Bearer"

    def head(self, method: str, target: str, *more: str) -> bytes:
        lines = [f"{method} {target} HTTP/1.1", f"Host: 127.0.0.1:{self.port}"]
        lines += [f"Authorization: {self.scheme} {self.token}"] if self.token else []
        return "\r\n".join([*lines, *more, "", ""]).encode("latin-1")

    def post(self, body: bytes, *more: str) -> bytes:
        given = more or ("Content-Type: application/json",)
        return self.head("POST", self.path, f"Content-Length: {len(body)}", *given) + body


NAMES = (
    *("api", "alertmanager", "status page", "ai gate", "recorder", "recorder's queries"),
    *("provider", "provider status", "logistics", "model", "model status"),
)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@asynccontextmanager
async def the_api(name: str, session: Session, folder: Path) -> AsyncIterator[Port]:
    port, tokens = free_port(), TokenBook.create(folder / "secrets")
    kind = serving_alertmanager if name == "alertmanager" else serving
    async with kind(session, tokens, port):
        if name == "alertmanager":
            login = b64encode(":".join(tokens.login("oncall")).encode()).decode()
            yield Port(port, "/api/v2/silences", "/api/v2/status", 200, login, scheme="Basic")
        elif name == "status page":
            yield Port(port, "/api/v2/status.json", "/status", 200)
        else:
            yield Port(port, "/v1/notes", "/v1/roles", 200, tokens.token(Caller.PARTICIPANT))


@asynccontextmanager
async def the_gate(folder: Path) -> AsyncIterator[Port]:
    tokens, listener = TokenBook.create(folder / "secrets"), listen(0)
    port = listener.getsockname()[1]
    async with gate_server.serving(Switch(), GateSettings(), tokens, listener):
        token = tokens.token(Caller.PARTICIPANT)
        yield Port(port, "/v1/chat/completions", "/v1/models", 403, token)


@asynccontextmanager
async def the_recorder(name: str) -> AsyncIterator[Port]:
    port = free_port()
    config = uvicorn.Config(
        create_app(Memory(), "secret"),
        port=port,
        log_config=None,
        http=bounded_http.protocol_of_server(asks_for_token=False),
        ws="none",
        lifespan="off",
        access_log=False,
    )
    server = uvicorn.Server(config)
    task = asyncio.create_task(server._serve())

    async def started() -> bool | None:
        return server.started or None

    await wait_until(started, timeout_s=10, what="the recorder")
    try:
        if name == "recorder":
            yield Port(port, "/v1/traces", "/healthz", 200)
        else:
            yield Port(port, "/api/traces", "/api/services", 200, "secret")
    finally:
        server.should_exit = True
        await task


@asynccontextmanager
async def the_parties(name: str, folder: Path) -> AsyncIterator[Port]:
    parties = ThirdParties(Options(0, 0, 0, folder / "control.sock", folder, "normal", seed=7))
    await parties.start()
    await parties.apply_profile(AT_ONCE)
    context = ssl.create_default_context(cafile=str(folder / CA_FILE_NAME))
    status = "/api/v2/status.json"
    try:
        yield {
            "provider": Port(parties.provider_port, "/v1/charges", "/none", 404, context=context),
            "provider status": Port(parties.status_port, status, status, 200),
            "logistics": Port(
                parties.logistics_port, "/carriers/v1/rates", "/carriers/v1/rates?sku=a", 200
            ),
            "model": Port(parties.model_port, "/v1/chat/completions", "/none", 404),
            "model status": Port(parties.model_status_port, status, status, 200),
        }[name]
    finally:
        await parties.stop()


def served(name: str, session: Session, folder: Path) -> AbstractAsyncContextManager[Port]:
    if name in ("api", "alertmanager", "status page"):
        return the_api(name, session, folder)
    if name == "ai gate":
        return the_gate(folder)
    return the_recorder(name) if name.startswith("recorder") else the_parties(name, folder)


@pytest.fixture
async def port(
    request: pytest.FixtureRequest, trouble: Session, tmp_path: Path
) -> AsyncIterator[Port]:
    async with served(request.param, trouble, tmp_path) as found:
        yield found
        mistakes = trouble.spec.run_dir / TRACEBACK
        assert not mistakes.exists(), mistakes.read_text()


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Heads and bodies are waited for only shortly, and few strangers at a time."""
    for place, names in (
        (bounded_http, ("HEAD_S", "BODY_S")),
        (bounded_server, ("HEAD_S", "BODY_S")),
        (gate_server, ("HEADERS_S",)),
    ):
        for name in names:
            monkeypatch.setattr(place, name, SOON_S)
    monkeypatch.setattr("harness.aigate.connection.BODY_S", SOON_S)
    monkeypatch.setattr("harness.aigate.connection.DISCARD_S", SOON_S)
    monkeypatch.setattr("harness.telemetry.recorder_app.BODY_TIMEOUT_S", SOON_S)
    return


async def opened(port: Port) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    async with asyncio.timeout(ANSWER_S):
        return await asyncio.open_connection("127.0.0.1", port.port, ssl=port.context)


async def answer(port: Port, sent: bytes, *, ends: bool = False) -> bytes:
    """What comes back until the connection ends or says no more. Raises TimeoutError for one that
    hangs: neither answered nor ended."""
    reader, writer = await opened(port)
    found = b""
    try:
        writer.write(sent)
        if ends:
            writer.write_eof()
        async with asyncio.timeout(ANSWER_S):
            while part := await reader.read(65_536):
                found += part
                if b"\r\n\r\n" in found and not ends:
                    break
    except (ConnectionError, ssl.SSLError):
        pass
    finally:
        writer.transport.abort()
    return found


def wrong(found: bytes) -> list[str]:
    """What no answer to hostile bytes may be."""
    said = []
    if found.startswith((b"HTTP/1.1 5", b"HTTP/1.0 5")):
        said.append(f"a failure: {found[:300]!r}")
    if b"Traceback (most recent call last)" in found:
        said.append(f"a traceback: {found[:300]!r}")
    return said


async def is_served(port: Port) -> bool:
    """Whether an ordinary request is answered as it should be."""
    found = await answer(port, port.head("GET", port.probe, "Connection: close"))
    return found.startswith(b"HTTP/1.1 %d " % port.status)


DEEP = b"[" * 100_000 + b"]" * 100_000
BOMB = gzip.compress(bytes(50_000_000), 6)
Hostile = Callable[[Port], bytes]
WHOLE: Mapping[str, Hostile] = {
    "no HTTP": lambda _: b"\x00\x01\x02\xff\r\n\r\n",
    "TLS": lambda _: b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(200),
    "an old version": lambda port: f"GET {port.probe} HTTP/1.0\r\n\r\n".encode(),
    "a version of its own": lambda port: f"GET {port.probe} HTTP/9.9\r\n\r\n".encode(),
    "no target": lambda _: b"GET  HTTP/1.1\r\nHost: x\r\n\r\n",
    "another target": lambda port: port.head("CONNECT", "example.com:443"),
    "a star": lambda port: port.head("OPTIONS", "*"),
    "a method of its own": lambda port: port.head("BREW", port.probe),
    "a long target": lambda port: port.head("GET", "/" + "x" * 200_000),
    "odd characters": lambda port: port.head("GET", "/%00%ff%2e%2e/\xe9?a=%zz&b=%ff"),
    "a huge header": lambda port: port.head("GET", port.probe, "X-Big: " + "x" * 2_000_000),
    "many headers": lambda port: port.head(
        "GET", port.probe, *(f"X-{number}: 1" for number in range(30_000))
    ),
    "a header that goes on": lambda port: port.head("GET", port.probe, "X-A: 1", " folded"),
    "two lengths": lambda port: port.head(
        "POST", port.path, "Content-Length: 1", "Content-Length: 2"
    ),
    "a length without end": lambda port: port.head(
        "POST", port.path, "Content-Length: " + "9" * 4_290
    ),
    "a length below nothing": lambda port: port.head("POST", port.path, "Content-Length: -1"),
    "both framings": lambda port: (
        port.head("POST", port.path, "Content-Length: 4", "Transfer-Encoding: chunked")
        + b"0\r\n\r\nGET / HTTP/1.1\r\n\r\n"
    ),
    "a chunk of no size": lambda port: (
        port.head("POST", port.path, "Transfer-Encoding: chunked", "Content-Type: application/json")
        + b"zz\r\n"
    ),
    "a huge body": lambda port: port.post(b"x" * 12_000_000),
    "deep JSON": lambda port: port.post(DEEP),
    "deep JSON in a field": lambda port: port.post(b'{"model": ' + DEEP + b"}"),
    "no UTF-8": lambda port: port.post(b'{"text": "\xff\xfe"}'),
    "half a character": lambda port: port.post(b'{"model": "\\ud800", "reference": "\\udfff"}'),
    "a long number": lambda port: port.post(b'{"max_tokens": ' + b"9" * 4_290 + b"}"),
    "a longer number": lambda port: port.post(b'{"max_tokens": ' + b"9" * 5_000 + b"}"),
    "a long number in the address": lambda port: port.head(
        "GET", port.probe + "?limit=" + "9" * 4_290 + "&lookback=1&start=" + "9" * 4_290
    ),
    "no number": lambda port: port.post(b'{"amount": NaN, "currency": Infinity}'),
    "a bomb": lambda port: port.post(
        BOMB, "Content-Type: application/json", "Content-Encoding: gzip"
    ),
    "a bomb of spans": lambda port: port.post(
        BOMB, "Content-Type: application/x-protobuf", "Content-Encoding: gzip"
    ),
    "no gzip": lambda port: port.post(
        b"x" * 50, "Content-Type: application/json", "Content-Encoding: gzip"
    ),
    "another encoding": lambda port: port.post(
        b"x" * 50, "Content-Type: application/json", "Content-Encoding: br"
    ),
    "another charset": lambda port: port.post(b"{}", "Content-Type: application/json; charset=x"),
    "another type": lambda port: port.post(b"<a/>", "Content-Type: application/xml"),
    "a form": lambda port: port.post(b"a=b", "Content-Type: application/x-www-form-urlencoded"),
    "half a form": lambda port: port.post(
        b"--x\r\nContent-Disposition: x", "Content-Type: multipart/form-data; boundary=x"
    ),
    "no protobuf": lambda port: port.post(
        b"\x0a\xff\xff\xff\xff\x0f", "Content-Type: application/x-protobuf"
    ),
    "pipelined": lambda port: port.head("GET", port.probe) * 500,
    "an upgrade": lambda port: port.head(
        "GET", port.probe, "Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Key: eA=="
    ),
    "HTTP/2": lambda _: b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + bytes(9),
    "an expectation": lambda port: port.head(
        "POST", port.path, "Content-Length: 0", "Expect: 100-continue"
    ),
    "another host": lambda port: port.head("GET", port.probe).replace(b"127.0.0.1", b"evil.test"),
}
HALF: Mapping[str, Hostile] = {
    "nothing": lambda _: b"",
    "half a head": lambda port: port.head("GET", port.probe)[:-3],
    "half a body": lambda port: port.post(b"{" * 500)[:-100],
    "half a chunk": lambda port: (
        port.head("POST", port.path, "Transfer-Encoding: chunked", "Content-Type: application/json")
        + b"ff\r\n{"
    ),
    "a second half": lambda port: port.head("GET", port.probe) + port.head("GET", port.probe)[:-3],
}
ALL = {**WHOLE, **HALF}


async def said_after(port: Port, name: str) -> list[str]:
    """What is wrong with how `port` takes these bytes, and whoever comes after them."""
    try:
        said = wrong(await answer(port, ALL[name](port)))
    except TimeoutError:
        said = ["neither answered nor ended"]
    if not await is_served(port):
        said.append("nobody is served after it")
    return [f"{name}: {one}" for one in said]


@pytest.mark.parametrize("port", NAMES, indirect=True)
async def test_hostile_bytes_are_refused_and_the_next_request_is_served(
    port: Port, impatient: None, caplog: pytest.LogCaptureFixture
) -> None:
    assert await is_served(port)
    said = [one for name in WHOLE for one in await said_after(port, name)]
    # Each of these waits until its time is up; together they wait once.
    together = await asyncio.gather(*(said_after(port, name) for name in HALF))
    said += [one for found in together for one in found]
    # aiohttp itself logs what it refuses as an error of its own.
    logged = [
        one.getMessage()
        for one in caplog.records
        if one.levelno >= logging.ERROR and one.name != "aiohttp.server"
    ]
    assert [*said, *logged] == []


@pytest.mark.parametrize("port", NAMES, indirect=True)
@pytest.mark.parametrize("is_bounded", [True, False], ids=["bounded", "control"])
async def test_connections_that_show_nothing_make_room(
    port: Port, monkeypatch: pytest.MonkeyPatch, is_bounded: bool
) -> None:
    for place in (bounded_http, bounded_server, gate_server):
        monkeypatch.setattr(place, "STRANGERS_MAX", STRANGERS_MAX if is_bounded else 10_000)
    waiting = [await opened(port) for _ in range(3 * STRANGERS_MAX)]
    for _, writer in waiting:
        writer.write(b"GET /never HTTP/1.1\r\nX-Never: ")
    assert await is_served(port), "whoever finishes a request comes in"
    over = await asyncio.gather(*(is_over(reader) for reader, _ in waiting[:STRANGERS_MAX]))
    assert all(over) if is_bounded else not any(over), "the oldest are let go"
    assert not await is_over(waiting[-1][0])
    for _, writer in waiting:
        writer.transport.abort()


async def is_over(reader: asyncio.StreamReader) -> bool:
    """Whether the connection was ended from the other side."""
    try:
        async with asyncio.timeout(0.02):
            return not await reader.read(65_536)
    except TimeoutError:
        return False
    except (ConnectionError, ssl.SSLError):
        return True


async def test_without_a_bound_on_its_time_half_a_head_stays(
    trouble: Session, tmp_path: Path
) -> None:
    """Negative control: it is the bound that ends it, within the time of the other test."""
    async with AsyncExitStack() as stack:
        ports = []
        for number, name in enumerate(NAMES):
            folder = tmp_path / str(number)
            folder.mkdir()
            ports.append(await stack.enter_async_context(served(name, trouble, folder)))
        ended = await asyncio.gather(*(ends_half_a_head(port) for port in ports))
    assert [name for name, is_ended in zip(NAMES, ended, strict=True) if is_ended] == []


async def ends_half_a_head(port: Port) -> bool:
    """Whether the port answers or ends half a head before long."""
    reader, writer = await opened(port)
    writer.write(HALF["half a head"](port))
    try:
        async with asyncio.timeout(3 * SOON_S):
            await reader.read(1)
    except TimeoutError:
        return False
    finally:
        writer.transport.abort()
    return True


def test_each_kind_of_wrong_answer_is_found() -> None:
    assert wrong(b"HTTP/1.1 500 Internal Server Error\r\n\r\n")
    assert wrong(b"HTTP/1.1 200 OK\r\n\r\nTraceback (most recent call last):")
    assert not wrong(b"HTTP/1.1 400 Bad Request\r\n\r\n")
