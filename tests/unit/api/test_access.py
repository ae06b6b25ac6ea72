"""Who may do what at the drill's API: every route, every caller, and nothing besides."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.types import ASGIApp

from harness.api.app import ROUTERS
from harness.api.auth import MAX_BODY_BYTES, Gatekeeper, Policy
from harness.api.policy import BOTH, INSTRUCTOR, POLICY, TELEMETRY
from harness.api.static_files import PAGES
from harness.tokens import Caller, TokenBook

PORT = 18900
EXPECTED = {
    Caller.PARTICIPANT: BOTH,
    Caller.TELEMETRY: TELEMETRY,
    Caller.INSTRUCTOR: BOTH | INSTRUCTOR,
}


def served_routes() -> set[tuple[str, str]]:
    """Every (method, path template) that the API really has."""
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    found = set()
    for router in ROUTERS:
        for route in router.routes:
            for method in getattr(route, "methods", ()) or ():
                found.add((method, route.path))  # type: ignore[attr-defined]
    assert app.routes == []
    return found


def filled(template: str) -> str:
    """The path with something in place of its parameters."""
    return re.sub(r"\{[^}]+\}", "abc", template)


async def _ok(_: object) -> PlainTextResponse:
    return PlainTextResponse("reached")


class Api:
    """The gatekeeper before an app that answers every listed route."""

    def __init__(self, folder: Path, policy: Policy = POLICY) -> None:
        self.refusals: list[tuple[str, str, str]] = []
        self.tokens = TokenBook.create(folder)
        self.token = {c: (folder / f"{c}.token").read_text() for c in Caller}
        app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
        for method, path in served_routes() | {("GET", "/v1/unlisted")}:
            app.router.routes.append(Route(path, _ok, methods=[method]))
        guarded: ASGIApp = Gatekeeper(
            app,
            tokens=self.tokens,
            policy=policy,
            port=PORT,
            on_refused=lambda *what: self.refusals.append(what),
        )
        self.http = httpx.AsyncClient(
            transport=httpx.ASGITransport(guarded), base_url=f"http://127.0.0.1:{PORT}"
        )

    async def ask(self, method: str, path: str, token: str = "", **headers: str) -> httpx.Response:
        if token:
            headers["Authorization"] = f"Bearer {token}"
        return await self.http.request(method, path, headers=headers)


@pytest.fixture
async def api(tmp_path: Path) -> AsyncIterator[Api]:
    made = Api(tmp_path / "secrets")
    yield made
    await made.http.aclose()


def test_every_route_is_in_the_table_and_the_table_has_no_other() -> None:
    assert served_routes() == set(POLICY.rules) | POLICY.public
    assert not set(POLICY.rules) & POLICY.public


def test_a_route_outside_the_table_would_be_noticed() -> None:
    assert served_routes() | {("POST", "/v1/new")} != set(POLICY.rules)


@pytest.mark.parametrize("caller", list(Caller))
async def test_each_caller_reaches_exactly_what_the_table_says(api: Api, caller: Caller) -> None:
    for (method, template), callers in POLICY.rules.items():
        path = filled(template)
        answer = await api.ask(method, path, api.token[caller])
        assert answer.status_code == (200 if caller in callers else 403), (method, path)


async def test_without_a_token_or_with_a_wrong_one_nothing_is_reached(api: Api) -> None:
    for method, template in POLICY.rules:
        path = filled(template)
        for token in ("", "wrong", api.token[Caller.PARTICIPANT][:-1]):
            assert (await api.ask(method, path, token)).status_code == 401


async def test_the_status_page_and_the_consoles_own_files_alone_need_no_token(api: Api) -> None:
    assert {path for _, path in POLICY.public} - set(PAGES) == {
        "/status",
        "/api/v2/status.json",
        "/api/v2/summary.json",
        "/api/v2/incidents.json",
    }
    for method, path in POLICY.public:
        assert (await api.ask(method, path)).status_code == 200
        assert (await api.ask("POST", path)).status_code == 401
        assert (await api.ask(method, path, Host="evil.example")).status_code == 421


@pytest.mark.parametrize("path", ["/status/", "/status//", "/status/../v1/answer", "/status?x=/v1"])
async def test_no_spelling_of_a_public_path_opens_another(api: Api, path: str) -> None:
    answer = await api.ask("GET", path)
    assert answer.status_code == (200 if path == "/status?x=/v1" else 401)


async def test_a_refusal_says_nothing_of_what_is_behind_it(api: Api) -> None:
    token = api.token[Caller.PARTICIPANT]
    others = [key for key, callers in POLICY.rules.items() if Caller.PARTICIPANT not in callers]
    asked = [*others, ("GET", "/v1/unlisted"), ("GET", "/v1/never/was"), ("DELETE", "/v1/notes")]
    answers = [await api.ask(method, path, token) for method, path in asked]
    assert {(one.status_code, one.content) for one in answers} == {
        (403, answers[0].content),
    }
    strangers = [await api.ask(method, path, "wrong") for method, path in asked]
    assert {(one.status_code, one.content) for one in strangers} == {(401, strangers[0].content)}


async def test_a_key_of_another_drill_opens_nothing(api: Api, tmp_path: Path) -> None:
    other = TokenBook.create(tmp_path / "other")
    for caller in Caller:
        for method, template in POLICY.rules:
            answer = await api.ask(method, filled(template), other.token(caller))
            assert answer.status_code == 401


async def test_each_refusal_is_told_to_the_drill_with_its_reason(api: Api) -> None:
    own, wrong = api.token[Caller.PARTICIPANT], api.token[Caller.PARTICIPANT][:-1] + "x"
    await api.ask("GET", "/v1/answer", own)
    await api.ask("GET", "/v1/answer", wrong)
    await api.ask("GET", "/v1/answer", own, Host="evil.example")
    assert [why for _, _, why in api.refusals] == [
        "a participant may not do this",
        "a token is needed",
        "this host name is not served here",
    ]


async def test_a_route_that_the_table_does_not_list_is_nobodys(api: Api) -> None:
    answer = await api.ask("GET", "/v1/unlisted", api.token[Caller.INSTRUCTOR])
    assert answer.status_code == 403


async def test_with_the_table_open_the_same_request_would_pass(tmp_path: Path) -> None:
    """Negative control: the refusal above comes from the table and nothing else."""
    open_policy = Policy({("GET", "/v1/unlisted"): INSTRUCTOR})
    api = Api(tmp_path / "secrets", open_policy)
    answer = await api.ask("GET", "/v1/unlisted", api.token[Caller.INSTRUCTOR])
    assert answer.status_code == 200
    await api.http.aclose()


@pytest.mark.parametrize(
    "path", ["//v1/answer", "/v1/answer/", "/v1//answer", "/v1/status/../answer", "/v1/%61nswer"]
)
async def test_other_spellings_of_a_path_open_nothing(api: Api, path: str) -> None:
    answer = await api.ask("GET", path, api.token[Caller.PARTICIPANT])
    assert answer.status_code == 403


async def test_foreign_hosts_and_origins_are_refused(api: Api) -> None:
    token = api.token[Caller.PARTICIPANT]
    assert (await api.ask("GET", "/v1/status", token, Host="evil.example")).status_code == 421
    foreign = await api.ask("GET", "/v1/status", token, Origin="https://evil.example")
    assert foreign.status_code == 403
    own = await api.ask("GET", "/v1/status", token, Origin=f"http://127.0.0.1:{PORT}")
    assert own.status_code == 200


async def test_large_bodies_and_bodies_of_unknown_size_are_refused(api: Api) -> None:
    token = api.token[Caller.PARTICIPANT]
    size = {"Content-Length": str(MAX_BODY_BYTES + 1)}
    assert (await api.ask("POST", "/v1/notes", token, **size)).status_code == 413
    chunked = await api.ask("POST", "/v1/notes", token, **{"Transfer-Encoding": "chunked"})
    assert chunked.status_code == 413


def test_token_files_are_readable_by_their_owner_alone(tmp_path: Path) -> None:
    TokenBook.create(tmp_path / "secrets")
    modes = {path.stat().st_mode & 0o777 for path in (tmp_path / "secrets").iterdir()}
    assert modes == {0o600}
    assert (tmp_path / "secrets").stat().st_mode & 0o777 == 0o700
