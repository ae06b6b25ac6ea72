"""Whatever goes wrong is problem+json, and nothing of it stands at anybody's screen."""

from __future__ import annotations

import asyncio
import errno
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from fastapi.responses import StreamingResponse
from fastapi.routing import APIRoute

from harness.api import app as api_app
from harness.api import protection, routes_read, strict_json
from harness.api.access import TEAM, router_for
from harness.api.app import ROUTERS, create_app
from harness.drill.lifecycle.home import TRACEBACK
from harness.drill.session import Session
from harness.record.counted_events import SINGLE_MAX
from harness.record.events import AccessRefused, HarnessProblem
from harness.tokens import Caller, TokenBook

PORT = 18900
URL = f"http://127.0.0.1:{PORT}"
PROBLEM = "application/problem+json"
SECRET = "deadlock in payments"


class Api:
    """The API, asked as it is served: an error that came through would be raised here."""

    def __init__(self, session: Session, folder: Path) -> None:
        self.tokens = TokenBook.create(folder)
        self.app: FastAPI = create_app(session, self.tokens, PORT)
        self.http = httpx.AsyncClient(transport=httpx.ASGITransport(self.app), base_url=URL)
        token = self.tokens.token(Caller.INSTRUCTOR)
        self.http.headers["Authorization"] = f"Bearer {token}"


@pytest.fixture
async def api(trouble: Session, tmp_path: Path) -> AsyncIterator[Api]:
    made = Api(trouble, tmp_path / "secrets")
    yield made
    await made.http.aclose()


def failing(*_: Any, **__: Any) -> Any:
    raise KeyError(SECRET)


async def test_a_mistake_of_ours_is_a_problem_and_its_traceback_is_in_a_file(
    api: Api, trouble: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(routes_read.trace_search, "trace", failing)
    answer = await api.http.get("/v1/traces/abc")
    assert (answer.status_code, answer.headers["content-type"]) == (500, PROBLEM)
    assert answer.json()["hint"].startswith(f"its traceback is in {TRACEBACK}")
    assert answer.headers["x-content-type-options"] == "nosniff"
    kept = (trouble.spec.run_dir / TRACEBACK).read_text()
    assert "Traceback (most recent call last)" in kept
    assert SECRET in kept
    assert "GET /v1/traces/abc" in kept
    (noted,) = [one.event.what for one in trouble.story().of(HarnessProblem)]
    for told in (answer.text, noted):
        assert SECRET not in told
        assert "Traceback" not in told


async def test_what_the_machine_refuses_is_told_without_the_name_of_a_file(
    api: Api, trouble: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any) -> Any:
        raise OSError(errno.ENOSPC, "No space left on device", f"faults/{SECRET}")

    monkeypatch.setattr(routes_read.trace_search, "trace", full)
    answer = await api.http.get("/v1/traces/abc")
    assert (answer.status_code, answer.headers["content-type"]) == (503, PROBLEM)
    assert "No space left" in answer.json()["detail"]
    (noted,) = [one.event.what for one in trouble.story().of(HarnessProblem)]
    assert SECRET not in answer.text + noted


async def test_without_the_last_resort_it_would_come_through(
    trouble: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Negative control: it is the middleware that answers."""
    monkeypatch.setattr(protection, "LastResort", lambda app, **_: app)
    monkeypatch.setattr(routes_read.trace_search, "trace", failing)
    with pytest.raises(KeyError):
        await Api(trouble, tmp_path / "secrets").http.get("/v1/traces/abc")


async def test_an_answer_that_has_begun_is_cut_off(
    trouble: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    router, hung_up = router_for(TEAM), []

    @router.get("/v1/half")
    async def half() -> Any:
        async def lines() -> AsyncIterator[bytes]:
            yield b"one\n"
            raise KeyError(SECRET)

        return StreamingResponse(lines())

    monkeypatch.setattr(api_app, "ROUTERS", (*ROUTERS, router))
    api = Api(trouble, tmp_path / "secrets")
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        return await asyncio.Future()

    bearer = b"Bearer " + api.tokens.token(Caller.PARTICIPANT).encode()
    scope = {
        "type": "http", "method": "GET", "path": "/v1/half", "raw_path": b"/v1/half",
        "query_string": b"", "http_version": "1.1", "scheme": "http",
        "headers": [(b"host", f"127.0.0.1:{PORT}".encode()), (b"authorization", bearer)],
        "state": {"hang_up": lambda: hung_up.append(True)},
    }  # fmt: skip
    await api.app(scope, receive, send)
    assert sent[0]["type"] == "http.response.start"
    assert not any(one.get("more_body") is False for one in sent)
    assert hung_up == [True]
    await api.http.aclose()


def numbers_of(route: APIRoute) -> list[str]:
    """Its parameters in the query that are numbers."""
    return [
        one.alias
        for one in route.dependant.query_params
        if any(kind in str(one.field_info.annotation) for kind in ("int", "float"))
    ]


ABSURD = ["nan", "inf", "-inf", "1e999", "9" * 4290, "-" + "9" * 4290, "½", "0x1"]


async def test_no_number_in_an_address_is_too_absurd_to_be_refused(api: Api) -> None:
    tried = 0
    for router in ROUTERS:
        for route in (one for one in router.routes if isinstance(one, APIRoute)):
            for name in numbers_of(route):
                for value in ABSURD:
                    answer = await api.http.get(
                        route.path, params={"query": "up", "service": "orders", name: value}
                    )
                    assert answer.status_code == 422, (route.path, name, value)
                    assert answer.headers["content-type"] == PROBLEM
                    tried += 1
    assert tried > 100


@pytest.mark.parametrize(
    ("number", "is_taken"),
    [
        ("50", True),
        ("9007199254740993", True),
        ("9" * 21, False),
        ("9" * 4290, False),
        ("-" + "9" * 4290, False),
        ("1e999", False),
        ("1." + "0" * 4290, False),
        ("NaN", False),
        ("-Infinity", False),
    ],
)
def test_a_number_in_a_body_is_bounded(number: str, is_taken: bool) -> None:
    for body in (f'{{"a": {number}}}', f"[[{number}]]", number):
        if is_taken:
            assert strict_json.strict_json(body.encode()) == json.loads(body)
        else:
            with pytest.raises(json.JSONDecodeError):
                strict_json.strict_json(body.encode())


async def test_every_route_reads_its_body_so(api: Api, trouble: Session) -> None:
    before = trouble.services.record.last_seq()
    paths = [
        one.path
        for router in ROUTERS
        for one in router.routes
        if isinstance(one, APIRoute) and one.dependant.body_params
    ]
    assert len(paths) > 20
    for path in paths:
        body = b'{"extra_s": ' + b"9" * 4290 + b"}"
        headers = {"Content-Type": "application/json"}
        answer = await api.http.post(path, content=body, headers=headers)
        assert answer.status_code == 422, path
        assert "a number of 4290 digits" in answer.json()["detail"], path
    assert trouble.services.record.last_seq() == before


async def test_half_a_character_in_the_name_of_a_field_breaks_no_answer(api: Api) -> None:
    headers = {"Content-Type": "application/json"}
    answer = await api.http.post("/v1/sql", content=b'{"\\ud800": 1}', headers=headers)
    assert (answer.status_code, answer.headers["content-type"]) == (422, PROBLEM)


@pytest.mark.parametrize("name", ["Host", "Authorization", "Origin", "X-Person", "Content-Length"])
async def test_a_header_that_decides_is_sent_once(api: Api, name: str) -> None:
    given = {
        "Host": f"127.0.0.1:{PORT}",
        "Authorization": api.http.headers["Authorization"],
        "Origin": URL,
        "X-Person": "Ada",
        "Content-Length": "0",
    }[name]
    needed = {"Host": f"127.0.0.1:{PORT}", "Authorization": api.http.headers["Authorization"]}
    once = [(one, value) for one, value in needed.items() if one != name]
    assert await asked(api, [*once, (name, given)]) == 200
    assert await asked(api, [*once, (name, given), (name.lower(), given)]) == 400


async def asked(api: Api, headers: list[tuple[str, str]]) -> int:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(api.app), base_url=URL) as bare:
        bare.headers.clear()
        return (await bare.get("/v1/roles", headers=headers)).status_code


@pytest.mark.parametrize("length", ["²", "-1", "+1", "1_0", "9" * 4290, " ", "0x1"])
async def test_a_length_that_is_no_number_is_refused(api: Api, length: str) -> None:
    headers = [
        (b"Content-Length", length.encode("latin-1")),
        (b"Content-Type", b"application/json"),
    ]
    answer = await api.http.post("/v1/notes", headers=headers)
    assert (answer.status_code, answer.headers["content-type"]) == (413, PROBLEM)


async def test_two_thousand_refused_requests_are_counted_and_take_few_rows(
    api: Api, trouble: Session
) -> None:
    before = trouble.services.record.last_seq()
    for number in range(2000):
        await api.http.get(f"/v1/status?{number}", headers={"Authorization": "Bearer wrong"})
    await api.http.get("/v1/answer", headers=participant(api))
    api.app.state.refusals.flush()
    refused = [one.event for one in trouble.story().of(AccessRefused)]
    assert trouble.services.record.last_seq() - before == SINGLE_MAX + 2
    assert sum(one.count for one in refused) == 2001
    assert any("GET /v1/answer: a participant may not" in one.what for one in refused)


def participant(api: Api) -> dict[str, str]:
    return {"Authorization": f"Bearer {api.tokens.token(Caller.PARTICIPANT)}"}


async def test_without_the_bound_each_would_be_a_row(
    api: Api, trouble: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Negative control."""
    monkeypatch.setattr("harness.record.counted_events.SINGLE_MAX", 10**9)
    before = trouble.services.record.last_seq()
    for _ in range(100):
        await api.http.get("/v1/status", headers={"Authorization": "Bearer wrong"})
    assert trouble.services.record.last_seq() - before == 100
