"""Who may do what at the drill's API: every route, every caller, and nothing besides."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import httpx
import pytest
from fastapi import APIRouter, Depends, FastAPI
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.types import ASGIApp

from harness.api import app as api_app
from harness.api.access import (
    EVERYBODY,
    INSTRUCTOR,
    TEAM,
    Access,
    Policy,
    policy_of,
    router_for,
)
from harness.api.app import ROUTERS, create_app
from harness.api.auth import MAX_BODY_BYTES, Gatekeeper
from harness.api.routes_instruct import router as instruct
from harness.api.static_files import PAGES
from harness.drill.session import Session
from harness.tokens import Caller, TokenBook
from tests.tidy.architecture import drill_routes_on
from tests.tidy.pages import DOCS

PORT = 18900
POLICY = policy_of(ROUTERS)
CALLERS = {
    "team": {Caller.PARTICIPANT, Caller.INSTRUCTOR},
    "participant": {Caller.PARTICIPANT},
    "instructor": {Caller.INSTRUCTOR},
    "telemetry": {Caller.TELEMETRY},
}


def listed() -> dict[str, set[tuple[str, str]]]:
    """Audience → its (method, path template) as `docs/architecture.md` has them.

    The page is kept by hand, apart from the code, so that a route that moves to another router by
    mistake fails a test.
    """
    table: dict[str, set[tuple[str, str]]] = {}
    for line in drill_routes_on((DOCS / "architecture.md").read_text()):
        audience, method, path = line.split()
        table.setdefault(audience, set()).add((method, path))
    return table


def differences(policy: Policy) -> list[str]:
    """How who may use which route differs from what the page says."""
    table = listed()
    wanted = {key: CALLERS[name] for name in CALLERS for key in table[name]}
    files = {("GET", path) for path in PAGES}
    return [
        *(
            f"{key}: {policy.rules.get(key)} may, and not {wanted.get(key)}"
            for key in sorted(wanted | policy.rules)
            if set(policy.rules.get(key, ())) != wanted.get(key, set())
        ),
        *(f"{key}: open" for key in policy.public - table["everybody"] - files),
        *(f"{key}: not open" for key in table["everybody"] - policy.public),
    ]


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

    def __init__(
        self,
        folder: Path,
        policy: Policy = POLICY,
        unlisted: tuple[str, str] = ("GET", "/v1/unlisted"),
    ) -> None:
        self.refusals: list[tuple[str, str, str]] = []
        self.tokens = TokenBook.create(folder)
        self.token = {c: (folder / f"{c}.token").read_text() for c in Caller}
        app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
        for method, path in served_routes() | {unlisted}:
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


def test_every_route_is_for_whom_the_table_says() -> None:
    assert differences(POLICY) == []
    assert served_routes() == set(POLICY.rules) | POLICY.public
    assert not set(POLICY.rules) & POLICY.public


@pytest.mark.parametrize("access", [TEAM, EVERYBODY])
def test_a_route_on_the_wrong_router_is_noticed(access: Access) -> None:
    """Negative control: the answer, given to others than the instructor."""
    moved = router_for(access, prefix="/v1")
    moved.add_api_route("/answer", _ok, methods=["GET"])
    others = [one for one in ROUTERS if one is not instruct]
    assert any("/v1/answer" in line for line in differences(policy_of([*others, moved])))


def test_a_new_route_is_noticed_until_the_table_has_it() -> None:
    """Negative control."""
    new = router_for(TEAM, prefix="/v1")
    new.add_api_route("/new", _ok, methods=["POST"])
    assert len(differences(policy_of([*ROUTERS, new]))) == 1


def undeclared() -> APIRouter:
    """A router that says nothing of who may use its routes."""
    router = APIRouter(prefix="/v1")
    router.add_api_route("/undeclared", _ok, methods=["GET"])
    return router


def declared_twice() -> APIRouter:
    """A router for the instructor with a route for everybody."""
    router = router_for(INSTRUCTOR, prefix="/v1")
    router.add_api_route("/undeclared", _ok, methods=["GET"], dependencies=[Depends(EVERYBODY)])
    return router


def not_an_api_route() -> APIRouter:
    """A plain route, which carries no declaration."""
    router = router_for(TEAM)
    router.add_route("/v1/undeclared", _ok)
    return router


@pytest.mark.parametrize("make", [undeclared, declared_twice, not_an_api_route])
async def test_a_route_without_one_audience_is_nobodys(
    make: Callable[[], APIRouter], tmp_path: Path
) -> None:
    policy = policy_of([make()])
    assert (policy.rules, policy.public) == ({}, frozenset())
    api = Api(tmp_path / "secrets", policy, ("GET", "/v1/undeclared"))
    for caller in Caller:
        answer = await api.ask("GET", "/v1/undeclared", api.token[caller])
        assert answer.status_code == 403
    assert (await api.ask("GET", "/v1/undeclared")).status_code == 401
    await api.http.aclose()


@pytest.mark.parametrize("make", [undeclared, declared_twice, not_an_api_route])
def test_the_api_does_not_start_with_a_route_without_one_audience(
    make: Callable[[], APIRouter],
    session: Session,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tokens = TokenBook.create(tmp_path / "secrets")
    create_app(session, tokens, PORT)
    monkeypatch.setattr(api_app, "ROUTERS", (*ROUTERS, make()))
    with pytest.raises(TypeError, match=r"/v1/undeclared declares \d times"):
        create_app(session, tokens, PORT)


async def test_a_route_that_is_put_on_the_app_itself_is_nobodys(
    session: Session, tmp_path: Path
) -> None:
    tokens = TokenBook.create(tmp_path / "secrets")
    app = create_app(session, tokens, PORT)
    app.add_api_route("/v1/undeclared", _ok)
    headers = {"Authorization": f"Bearer {tokens.token(Caller.INSTRUCTOR)}"}
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(
        transport=transport, base_url=f"http://127.0.0.1:{PORT}", headers=headers
    ) as http:
        assert (await http.get("/v1/undeclared")).status_code == 403
        assert (await http.get("/v1/roles")).status_code == 200


@pytest.mark.parametrize("caller", list(Caller))
async def test_each_caller_reaches_exactly_what_the_table_says(api: Api, caller: Caller) -> None:
    table = listed()
    mine = {key for name, callers in CALLERS.items() if caller in callers for key in table[name]}
    assert mine
    for method, template in served_routes() - POLICY.public:
        answer = await api.ask(method, filled(template), api.token[caller])
        expected = 200 if (method, template) in mine else 403
        assert answer.status_code == expected, (method, template)


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
        "/api/v2/components.json",
        "/api/v2/incidents.json",
        "/api/v2/incidents/unresolved.json",
        "/api/v2/scheduled-maintenances.json",
        "/api/v2/scheduled-maintenances/upcoming.json",
        "/api/v2/scheduled-maintenances/active.json",
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


async def test_a_route_without_a_rule_is_nobodys(api: Api) -> None:
    answer = await api.ask("GET", "/v1/unlisted", api.token[Caller.INSTRUCTOR])
    assert answer.status_code == 403


async def test_with_a_rule_for_it_the_same_request_would_pass(tmp_path: Path) -> None:
    """Negative control: the refusal above comes from the policy and nothing else."""
    open_policy = Policy({("GET", "/v1/unlisted"): INSTRUCTOR.callers})
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
