"""Requests that are never finished: they take nobody else's way in, and they end."""

from __future__ import annotations

import select
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx
import pytest

from harness import bounded_http as protocol
from harness.drill.session import Session
from harness.tokens import Caller
from harness.waiting import wait_until_sync
from tests.browser.drill import ServedDrill, served

pytestmark = [pytest.mark.alone, pytest.mark.timeout(120)]

MAX = 40
HEAD = b"GET /v1/status HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Never: "
SOON_MS = 20_000


@pytest.fixture
def drill(
    trouble: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[ServedDrill]:
    monkeypatch.setattr(protocol, "STRANGERS_MAX", MAX)
    with served(trouble, tmp_path / "secrets") as found:
        yield found


@contextmanager
def half_open(
    drill: ServedDrill, count: int, sent: bytes = HEAD, address: str = "127.0.0.1"
) -> Iterator[list[socket.socket]]:
    """So many connections, each with the beginning of a request."""
    host, port = drill.url.removeprefix("http://").split(":")
    with ExitStack() as stack:
        found = []
        for _ in range(count):
            one = socket.create_connection((host, int(port)), 20, source_address=(address, 0))
            found.append(stack.enter_context(one))
            one.sendall(sent)
        yield found


def is_over(connection: socket.socket, within_ms: float) -> bool:
    """Whether the server ends the connection, after whatever it says."""
    poll, end = select.poll(), time.monotonic() + within_ms / 1000
    poll.register(connection, select.POLLIN)
    while poll.poll(max(0, (end - time.monotonic()) * 1000)):
        try:
            if not connection.recv(65_536):
                return True
        except ConnectionResetError:
            return True
    return False


def statuses(drill: ServedDrill) -> dict[Caller, int]:
    """What each caller is answered now."""
    paths = {Caller.TELEMETRY: ("POST", "/webhook/alertmanager")}
    found = {}
    with httpx.Client(base_url=drill.url, timeout=30, trust_env=False) as http:
        for caller in Caller:
            method, path = paths.get(caller, ("GET", "/v1/roles"))
            headers = {"Authorization": f"Bearer {drill.tokens.token(caller)}"}
            body = b"[]" if method == "POST" else None
            found[caller] = http.request(method, path, headers=headers, content=body).status_code
    return found


ALL_WELL = dict.fromkeys(Caller, 200)


def test_whoever_finishes_a_request_comes_in_however_many_do_not(drill: ServedDrill) -> None:
    with half_open(drill, 3 * MAX) as waiting:
        assert statuses(drill) == ALL_WELL
        assert all(is_over(one, SOON_MS) for one in waiting[:MAX]), "the oldest are let go"
        assert not is_over(waiting[-1], 0)


def test_without_the_bound_all_would_stay(
    drill: ServedDrill, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Negative control."""
    monkeypatch.setattr(protocol, "STRANGERS_MAX", 10**6)
    with half_open(drill, 3 * MAX) as waiting:
        assert statuses(drill) == ALL_WELL
        assert not any(is_over(one, 0) for one in waiting)


def test_the_address_that_has_most_loses_its_own(drill: ServedDrill) -> None:
    with half_open(drill, 1) as (first,), half_open(drill, 3 * MAX, address="127.0.0.2") as many:
        assert statuses(drill) == ALL_WELL
        assert is_over(many[0], SOON_MS)
        assert not is_over(first, 0), "although it is older than all of them"


@pytest.mark.parametrize("part", ["nothing", "head", "body", "body of a stranger"])
@pytest.mark.parametrize("is_bounded", [True, False], ids=["bounded", "control"])
def test_a_request_that_does_not_come_to_an_end_is_ended(
    drill: ServedDrill, monkeypatch: pytest.MonkeyPatch, part: str, is_bounded: bool
) -> None:
    for name in ("HEAD_S", "BODY_S"):
        monkeypatch.setattr(protocol, name, 0.3 if is_bounded else 60)
    token = drill.tokens.token(Caller.PARTICIPANT) if part == "body" else "wrong"
    host = drill.url.removeprefix("http://")
    begun = (
        f"POST /v1/notes HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {token}\r\n"
        "Content-Type: application/json\r\nContent-Length: 500\r\n\r\n{"
    ).encode()
    sent = {"nothing": b"", "head": HEAD}.get(part, begun)
    with half_open(drill, 1, sent) as (waiting,):
        assert is_over(waiting, SOON_MS if is_bounded else 1000) is is_bounded


@pytest.mark.parametrize(
    ("sent", "status"), [(HEAD, 408), (b"\x00\x01\r\n\r\n", 400), (b"GET / HTTP/9.9\r\n\r\n", 400)]
)
def test_what_the_protocol_refuses_is_a_problem_too(
    drill: ServedDrill, monkeypatch: pytest.MonkeyPatch, sent: bytes, status: int
) -> None:
    monkeypatch.setattr(protocol, "HEAD_S", 0.3)
    with half_open(drill, 1, sent) as (waiting,):
        answer = waiting.recv(65_536)
        assert answer.startswith(b"HTTP/1.1 %d " % status)
        assert b"content-type: application/problem+json" in answer


def test_no_caller_takes_the_connections_of_another(
    drill: ServedDrill, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(protocol, "CALLERS_MAX", {**protocol.CALLERS_MAX, Caller.PARTICIPANT: 3})
    host, token = drill.url.removeprefix("http://"), drill.tokens.token(Caller.PARTICIPANT)
    stream = (
        f"GET /v1/stream HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {token}\r\n\r\n"
    ).encode()
    with half_open(drill, 3, stream) as open_streams:
        assert all(one.recv(100).startswith(b"HTTP/1.1 200") for one in open_streams)
        assert statuses(drill) == {**ALL_WELL, Caller.PARTICIPANT: 503}
    # Negative control: once those have gone, there is room.
    wait_until_sync(
        lambda: statuses(drill) == ALL_WELL, timeout_s=20, what="room for the participant"
    )
