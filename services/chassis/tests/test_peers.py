"""Both clients for peers, against peers that really listen: one contract for the two."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import web
from fastapi import FastAPI

from services.chassis.blocking_http import BlockingPeerClient
from services.chassis.context import RequestContext, serving
from services.chassis.http import PeerClient
from services.chassis.metrics import OUTBOUND_REQUESTS
from services.chassis.peers import PeerError, PeerTimeout, PeerUnreachable
from services.chassis.testing import FakePeer, fake_peer

Call = Callable[..., Awaitable[Any]]


async def answer_json(_request: web.Request) -> web.Response:
    return web.json_response({"total": "19.99"})


async def answer_problem(_request: web.Request) -> web.Response:
    return web.json_response({"title": "Not found", "detail": "no order 7"}, status=404)


async def answer_text(_request: web.Request) -> web.Response:
    return web.Response(text="<html>", status=int(_request.query.get("status", "200")))


async def answer_late(_request: web.Request) -> web.Response:
    await asyncio.sleep(1)
    return web.json_response({})


@pytest.fixture
async def peer() -> AsyncIterator[FakePeer]:
    routes = {
        ("GET", "/json"): answer_json,
        ("POST", "/json"): answer_json,
        ("GET", "/problem"): answer_problem,
        ("GET", "/text"): answer_text,
        ("GET", "/late"): answer_late,
    }
    async with fake_peer(routes) as peer:
        yield peer


@pytest.fixture(params=["async", "blocking"])
async def make_call(request: pytest.FixtureRequest) -> AsyncIterator[Callable[[str], Call]]:
    """Makes a function `call(method, path, **options)` for a peer at a URL."""
    app, closing = FastAPI(), []

    def make(base_url: str) -> Call:
        if request.param == "async":
            client = PeerClient("peer", base_url, connect_timeout_ms=500, read_timeout_ms=200)
            closing.append(client.resource(app))
            return lambda method, path, **options: getattr(client, method)(path, **options)
        blocking = BlockingPeerClient("peer", base_url, connect_timeout_ms=500, read_timeout_ms=200)
        closing.append(blocking.resource(app))
        return lambda method, path, **options: asyncio.to_thread(
            getattr(blocking, method), path, **options
        )

    yield make
    for resource in closing:
        async with resource:
            pass


def count(outcome: str) -> float:
    value: float = OUTBOUND_REQUESTS.labels("peer", outcome)._value.get()
    return value


async def test_an_answer_is_its_json(peer: FakePeer, make_call: Callable[[str], Call]) -> None:
    before = count("ok")
    call = make_call(peer.url)
    assert await call("get", "/json", params=[("sku", "a"), ("sku", "b")]) == {"total": "19.99"}
    assert await call("post", "/json", json={"a": 1}, headers={"Idempotency-Key": "k"})
    assert peer.seen[0].query == (("sku", "a"), ("sku", "b"))
    assert peer.seen[1].body == {"a": 1}
    assert peer.seen[1].headers["Idempotency-Key"] == "k"
    assert count("ok") - before == 2


async def test_the_request_id_goes_with_every_call(
    peer: FakePeer, make_call: Callable[[str], Call]
) -> None:
    with serving(RequestContext("r-1")):
        await make_call(peer.url)("get", "/json")
    assert peer.seen[0].headers["X-Request-ID"] == "r-1"


async def test_an_error_status_carries_the_problem(
    peer: FakePeer, make_call: Callable[[str], Call]
) -> None:
    before = count("error")
    with pytest.raises(PeerError, match="peer answered 404: no order 7") as caught:
        await make_call(peer.url)("get", "/problem")
    assert (caught.value.status, caught.value.problem["title"]) == (404, "Not found")
    assert count("error") - before == 1


@pytest.mark.parametrize("status", [200, 500])
async def test_an_answer_that_is_not_json_is_an_error(
    peer: FakePeer, make_call: Callable[[str], Call], status: int
) -> None:
    with pytest.raises(PeerError) as caught:
        await make_call(peer.url)("get", "/text", params={"status": status})
    assert caught.value.status == status


async def test_a_late_answer_is_a_timeout(peer: FakePeer, make_call: Callable[[str], Call]) -> None:
    before = count("timeout")
    with pytest.raises(PeerTimeout, match="no answer within 200 ms") as caught:
        await make_call(peer.url)("get", "/late")
    assert caught.value.phase == "read"
    assert count("timeout") - before == 1


async def test_a_refused_connection_is_unreachable(make_call: Callable[[str], Call]) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{probe.getsockname()[1]}"  # bound, and nobody listens
        with pytest.raises(PeerUnreachable):
            await make_call(url)("get", "/json")


async def test_connections_are_kept_open(make_call: Callable[[str], Call]) -> None:
    ports: set[Any] = set()

    async def note_port(request: web.Request) -> web.Response:
        assert request.transport is not None
        ports.add(request.transport.get_extra_info("peername"))
        return web.json_response({})

    async with fake_peer({("GET", "/"): note_port}) as peer:
        call = make_call(peer.url)
        for _ in range(3):
            await call("get", "/")
    assert len(ports) == 1


class HangsUp(asyncio.Protocol):
    """Takes a request for each of `answers`, and closes the connection where it is False."""

    def __init__(self, answers: list[bool]) -> None:
        self._answers = answers
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, _data: bytes) -> None:
        assert self._transport is not None
        if self._answers.pop(0):
            self._transport.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
        else:
            self._transport.close()


@asynccontextmanager
async def hanging_up(answers: list[bool]) -> AsyncIterator[str]:
    """The url of a server that hangs up as `answers` say."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: HangsUp(answers), "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"


async def test_a_connection_that_closes_as_we_send_is_replaced_once_and_no_more(
    make_call: Callable[[str], Call],
) -> None:
    answers = [True, False, True, False, False]
    async with hanging_up(answers) as url:
        call = make_call(url)
        assert await call("post", "/") == {}
        assert await call("post", "/") == {}
        with pytest.raises(PeerUnreachable):
            await call("post", "/")  # hung up on twice
    assert answers == []
