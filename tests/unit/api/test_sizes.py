"""Requests without end, or without sense: refused early, and nothing of them is kept."""

from __future__ import annotations

import ctypes
import gc
import json
import socket
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from itertools import repeat
from pathlib import Path

import httpx
import pytest
from fastapi.routing import APIRoute

from harness import bounded_http as protocol
from harness.api import auth
from harness.api.app import ROUTERS, create_app
from harness.api.static_files import PAGES
from harness.drill.session import Session
from harness.tokens import Caller, TokenBook
from tests.browser.drill import ServedDrill, served

pytestmark = [pytest.mark.alone, pytest.mark.timeout(120)]

PORT = 18900
MB = 1_000_000
BODY_BYTES = 100 * MB
GROWTH_MAX_BYTES = 32 * MB
HEAD_BYTES = 100 * MB
STATED = f"Content-Length: {BODY_BYTES}"
CHUNK = b"x" * 100_000
DEEP = 100_000
MANY = 10_000
HOSTILE = {
    "deep": b"[" * DEEP + b"]" * DEEP,
    "deep in a field": b'{"text": ' + b"[" * DEEP + b"]" * DEEP + b"}",
    "many fields": json.dumps({f"field{number}": 1 for number in range(MANY)}).encode(),
    "many in a list": json.dumps({"evidence": ["x"] * MANY, "hypotheses": [{}] * MANY}).encode(),
    "half a character": b'{"text": "\\ud800"}',
    "no UTF-8": b'{"text": "\xff"}',
    "no number": b'{"within_s": NaN, "probability": Infinity}',
    "a number without end": b'{"probability": ' + b"9" * 5000 + b"}",
    "nothing": b"",
}


@pytest.fixture
def drill(trouble: Session, tmp_path: Path) -> Iterator[ServedDrill]:
    with served(trouble, tmp_path / "secrets") as found:
        yield found


@pytest.fixture
async def http(trouble: Session, tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    """An instructor's client, who may try everything."""
    tokens = TokenBook.create(tmp_path / "secrets")
    transport = httpx.ASGITransport(create_app(trouble, tokens, PORT), raise_app_exceptions=False)
    headers = {"Authorization": f"Bearer {tokens.token(Caller.INSTRUCTOR)}"}
    url = f"http://127.0.0.1:{PORT}"
    async with httpx.AsyncClient(transport=transport, base_url=url, headers=headers) as client:
        yield client


def peak_bytes() -> int:
    """The most memory that this process, the server's, had since `reset_peak`."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return 1024 * next(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))


def reset_peak() -> int:
    """Forget the peak; what is used now, without what earlier requests left to be used again."""
    gc.collect()
    ctypes.CDLL(None).malloc_trim(0)
    Path("/proc/self/clear_refs").write_text("5")
    return peak_bytes()


def answered(drill: ServedDrill, head: Sequence[str], then: Iterable[bytes]) -> bytes:
    """The first line of the answer to these lines of a head and what is sent after them."""
    host, port = drill.url.removeprefix("http://").split(":")
    key = drill.tokens.token(Caller.PARTICIPANT)
    lines = (*head, f"Host: {host}:{port}", f"Authorization: Bearer {key}", "")
    with socket.create_connection((host, int(port)), timeout=60) as connection:
        try:
            connection.sendall("\r\n".join(lines).encode())
            for chunk in then:
                connection.sendall(chunk)
            return connection.recv(4096).split(b"\r\n")[0]
        except (BrokenPipeError, ConnectionResetError):
            return b"hung up"


def note_of_a_hundred_megabytes(drill: ServedDrill, framing: str) -> bytes:
    head = ("POST /v1/notes HTTP/1.1", "Content-Type: application/json", framing)
    chunk = CHUNK if framing == STATED else b"%x\r\n%b\r\n" % (len(CHUNK), CHUNK)
    return answered(drill, head, (b"\r\n", *repeat(chunk, BODY_BYTES // len(CHUNK))))


def head_of_a_hundred_megabytes(drill: ServedDrill) -> bytes:
    lines = repeat(b"X-Filling: " + CHUNK + b"\r\n", HEAD_BYTES // len(CHUNK))
    return answered(drill, ("GET / HTTP/1.1",), (*lines, b"\r\n"))


@pytest.mark.parametrize("framing", [STATED, "Transfer-Encoding: chunked"])
def test_a_hundred_megabytes_are_refused_and_take_no_memory(
    drill: ServedDrill, framing: str
) -> None:
    before = reset_peak()
    assert b"413" in note_of_a_hundred_megabytes(drill, framing)
    assert peak_bytes() - before <= GROWTH_MAX_BYTES


def test_without_the_bound_they_would_be_kept(
    drill: ServedDrill, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Negative control: it is the bound that keeps them out, and the measure would tell."""
    monkeypatch.setattr(auth, "MAX_BODY_BYTES", BODY_BYTES)
    before = reset_peak()
    assert b"422" in note_of_a_hundred_megabytes(drill, STATED)
    assert peak_bytes() - before > GROWTH_MAX_BYTES


def test_a_head_without_end_is_hung_up_on(drill: ServedDrill) -> None:
    before = reset_peak()
    answer = head_of_a_hundred_megabytes(drill)
    assert b"431" in answer or answer == b"hung up"
    assert peak_bytes() - before <= GROWTH_MAX_BYTES


def test_without_the_bound_it_would_be_read_to_its_end(
    drill: ServedDrill, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Negative control, as above."""
    monkeypatch.setattr(protocol, "HEAD_MAX_BYTES", 10 * HEAD_BYTES)
    before = reset_peak()
    assert b"200" in head_of_a_hundred_megabytes(drill)
    assert peak_bytes() - before > GROWTH_MAX_BYTES


async def test_a_range_is_no_way_to_more_than_the_file(http: httpx.AsyncClient) -> None:
    for asked in ("0-", f"0-{10**18}", ",".join(["0-"] * MANY)):
        answer = await http.get("/", headers={"Range": f"bytes={asked}"})
        assert answer.status_code in (200, 206, 416)
        assert len(answer.content) <= len(PAGES["/"].body)


def routes_with_a_body() -> list[str]:
    """Every address of the API that reads what it is sent."""
    routes = [one for router in ROUTERS for one in router.routes if isinstance(one, APIRoute)]
    return sorted(one.path for one in routes if one.dependant.body_params)


@pytest.mark.parametrize("what", sorted(HOSTILE))
async def test_no_body_makes_the_api_fail_or_leaves_anything_behind(
    http: httpx.AsyncClient, trouble: Session, what: str
) -> None:
    assert len(routes_with_a_body()) > 20
    before = trouble.services.record.last_seq()
    for path in routes_with_a_body():
        headers = {"Content-Type": "application/json"}
        answer = await http.post(path, content=HOSTILE[what], headers=headers)
        assert answer.status_code in (400, 401, 403, 404, 409, 413, 422), (path, answer.text)
        assert len(answer.content) < MB, path
    assert trouble.services.record.last_seq() == before


async def test_a_body_that_makes_sense_is_written_down(
    http: httpx.AsyncClient, trouble: Session
) -> None:
    """Negative control: it is the content that was refused."""
    before = trouble.services.record.last_seq()
    assert (await http.post("/v1/notes", json={"text": "half a character"})).status_code == 200
    assert trouble.services.record.last_seq() == before + 1


@pytest.mark.parametrize("number", ["-1", "9" * 30, "9" * 5000, "1e3", ""])
async def test_a_number_that_no_event_can_have_is_refused(
    http: httpx.AsyncClient, number: str
) -> None:
    for path in ("/v1/events", "/v1/stream"):
        assert (await http.get(f"{path}?after={number}")).status_code == 422, path
