"""Who may do what at the hub: every route, of its own and of the drills behind it, every role,
every person; and nothing besides."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass

import httpx
import pytest
from fastapi import APIRouter, FastAPI
from fastapi.routing import APIWebSocketRoute
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from starlette.types import Message
from starlette.websockets import WebSocket

from harness.api.access import WEBSOCKET, Access, Policy, policy_of, router_for
from harness.api.app import ROUTERS as DRILL_ROUTERS
from harness.api.static_files import PAGES
from harness.hub.accounts import Accounts, Known
from harness.hub.hub_app import OWN_ROUTERS, ROUTERS
from harness.hub.hub_database import HubDatabase
from harness.hub.hub_gate import HubAddress, HubGate, Presence, Standing, TrustedProxy
from harness.hub.relay import relay_router
from harness.hub.tables import Event, EventTeam, HubRole, Run
from harness.tokens import Caller
from tests.tidy.pages import DOCS, section, spans, table
from tests.unit.hub.conftest import Clock

PORT = 18700
POLICY = policy_of(ROUTERS)
WHO = {
    "everybody": None,
    "person": {Standing.PERSON},
    "manager": {Standing.MANAGER},
    "manager, instructor": {Standing.MANAGER, Standing.INSTRUCTOR},
    "instructor": {Standing.INSTRUCTOR},
    "instructor, participant": {Standing.INSTRUCTOR, Standing.PARTICIPANT},
    "present": {Standing.INSTRUCTOR, Standing.PARTICIPANT, Standing.OBSERVER},
}
"""Audiences as `docs/hub.md` names them."""


def listed() -> dict[tuple[str, str], set[Standing] | None]:
    """Each of the hub's own routes with who may use it, as `docs/hub.md` has them."""
    rows = table(section((DOCS / "hub.md").read_text(), "HTTP of the hub"), "who")
    found = {}
    for row in rows:
        for span in spans(row[1]):
            method, path = span.split()
            found[method, path] = WHO[row[0]]
    return found


def served(routers: tuple[APIRouter, ...]) -> set[tuple[str, str]]:
    return {
        (method, route.path)  # type: ignore[attr-defined]
        for router in routers
        for route in router.routes
        for method in (WEBSOCKET,)
        if isinstance(route, APIWebSocketRoute)
    } | {
        (method, route.path)  # type: ignore[attr-defined]
        for router in routers
        for route in router.routes
        for method in getattr(route, "methods", ())
    }


def expected(method: str, path: str) -> set[Standing] | None:
    """Who may use a route: by the page, or for one behind a drill by the drill's own audience."""
    if not path.startswith("/drills/") or (method, path) in listed():
        return set() if path in PAGES else listed().get((method, path), set())
    return through_the_hub(method, path.removeprefix("/drills/{run}"))


def through_the_hub(method: str, path: str) -> set[Standing] | None:
    policy = policy_of(DRILL_ROUTERS)
    if (method, path) in policy.public:
        return None
    callers = policy.rules[method, path]
    if callers == {Caller.INSTRUCTOR}:
        return {Standing.INSTRUCTOR}
    if callers == {Caller.PARTICIPANT}:
        return {Standing.PARTICIPANT}
    assert callers == {Caller.INSTRUCTOR, Caller.PARTICIPANT}
    reads = {Standing.OBSERVER} if method == "GET" and path != "/v1/password" else set()
    return {Standing.INSTRUCTOR, Standing.PARTICIPANT} | reads


@dataclass(frozen=True)
class Somebody:
    """A person of the matrix, and what they are to the run and the team of the paths."""

    token: str
    standings: frozenset[Standing]


class Hub:
    """The gate before an app that answers every route; `red` has the run."""

    def __init__(self, accounts: Accounts, database: HubDatabase, owner: Known, at: int) -> None:
        self.accounts = accounts
        self.team, self.run = accounts.make_team("red").id, "r-00000001"
        self.event = "e-00000001"
        other = accounts.make_team("blue").id
        with database.transaction() as db:
            db.add(
                Run(id=self.run, team_id=self.team, scenario="deadlock", speed=1.0, port_offset=0,
                    started_by=owner.id, created_ms=at)
            )  # fmt: skip
            db.add(
                Event(id=self.event, title="game day", asked="deadlock", scenario="deadlock",
                      seed=1, speed=1.0, runner="process", counts="score", created_by=owner.id,
                      created_ms=at)
            )  # fmt: skip
            db.flush()
            db.add(EventTeam(event_id=self.event, team_id=self.team, place=0))
        self.people = {
            "owner": Somebody(
                accounts.owner_token(),
                frozenset({Standing.PERSON, Standing.MANAGER, Standing.INSTRUCTOR}),
            )
        }
        for role in HubRole:
            for team, standings in (
                (self.team, {Standing.PERSON, Standing(role.value)}),
                (other, {Standing.PERSON}),
            ):
                name = f"{role} of {'red' if team == self.team else 'blue'}"
                code = accounts.invite(owner, team, role).code
                token = accounts.join(code, name).token
                self.people[name] = Somebody(token, frozenset(standings))
        self.http = self.client(TrustedProxy("X-Webauth-User", "10.1.1.1"))

    def client(
        self,
        proxy: TrustedProxy | None,
        address: str = "127.0.0.1",
        policy: Policy = POLICY,
    ) -> httpx.AsyncClient:
        async def reached(_: object) -> PlainTextResponse:
            return PlainTextResponse("reached")

        app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)

        async def connected(socket: WebSocket) -> None:
            await socket.accept()

        for method, path in sorted(served(ROUTERS) | {("GET", "/v1/unlisted")}):
            if method == WEBSOCKET:
                app.router.routes.append(WebSocketRoute(path, connected))
            else:
                app.router.routes.append(Route(path, reached, methods=[method]))
        self.gate = gate = HubGate(
            app,
            accounts=self.accounts,
            policy=policy,
            presence=Presence(),
            address=HubAddress.at_loopback(PORT),
            proxy=proxy,
        )
        return httpx.AsyncClient(
            transport=httpx.ASGITransport(gate, client=(address, 40_000)),
            base_url=f"http://127.0.0.1:{PORT}",
        )

    def filled(self, path: str) -> str:
        path = path.replace("{run}", self.run).replace("{run_id}", self.run)
        path = path.replace("{event_id}", self.event)
        return re.sub(r"\{[^}]+\}", "abc", path.replace("{team_id}", self.team))

    async def ask(self, method: str, path: str, token: str = "", **headers: str) -> int:
        given = {name.replace("_", "-"): value.encode() for name, value in headers.items()}
        if token:
            given["Authorization"] = f"Bearer {token}".encode("latin-1")
        if method == WEBSOCKET:
            return await self.knock(self.filled(path), given)
        answer = await self.http.request(method, self.filled(path), headers=given)
        return answer.status_code

    async def knock(self, path: str, headers: dict[str, bytes]) -> int:
        """What becomes of a WebSocket: the status of its refusal, or 200."""
        said: list[Message] = []

        async def receive() -> Message:
            return {"type": "websocket.connect"}

        async def send(message: Message) -> None:
            said.append(message)

        named = {"host": f"127.0.0.1:{PORT}".encode(), **headers}
        scope = {
            "type": "websocket",
            "path": path,
            "raw_path": path.encode(),
            "root_path": "",
            "scheme": "ws",
            "query_string": b"",
            "headers": [(name.lower().encode(), value) for name, value in named.items()],
            "client": ("127.0.0.1", 40_000),
            "subprotocols": [],
            "state": {},
            "extensions": {"websocket.http.response": {}},
        }
        await self.gate(scope, receive, send)
        return 200 if said[0]["type"] == "websocket.accept" else int(said[0]["status"])


@pytest.fixture
async def hub(
    accounts: Accounts, database: HubDatabase, owner: Known, clock: Clock
) -> AsyncIterator[Hub]:
    made = Hub(accounts, database, owner, clock())
    async with made.http:
        yield made


@pytest.fixture
def database_url() -> str:
    """The matrix asks one kind of database; both have the tests of what is kept."""
    return ""


def test_the_page_lists_every_route_of_the_hub_and_for_whom() -> None:
    table_of_page = listed()
    for key in served(OWN_ROUTERS) | {("GET", "/drills/{run}/")}:
        assert key in table_of_page, f"{key} is not in docs/hub.md"
    for key, who in table_of_page.items():
        if who is None:
            assert key in POLICY.public, key
        else:
            assert POLICY.rules.get(key) == who, key


def test_a_new_route_without_a_row_is_noticed() -> None:
    more = router_for(Access(Standing.PERSON), prefix="/v1")
    more.add_api_route("/secrets", lambda: "", methods=["GET"])
    assert served((*OWN_ROUTERS, more)) - set(listed()) == {("GET", "/v1/secrets")}


def test_every_route_of_a_drill_that_people_use_is_passed_on_and_no_other() -> None:
    behind = {
        (method, path.removeprefix("/drills/{run}")) for method, path in served((relay_router(),))
    }
    policy = policy_of(DRILL_ROUTERS)
    for_programs = {key for key, callers in policy.rules.items() if callers == {Caller.TELEMETRY}}
    files = {("GET", path) for path in PAGES}
    assert behind == (set(policy.rules) | policy.public) - for_programs - files
    assert for_programs == {("POST", "/webhook/alertmanager")}


async def test_every_person_gets_exactly_what_their_role_is_for(hub: Hub) -> None:
    assert await mismatches(hub) == []


async def mismatches(hub: Hub) -> list[str]:
    """Where somebody gets what is not theirs, or does not get what is."""
    wrong = []
    for method, path in sorted(served(ROUTERS)):
        wanted = expected(method, path) if path not in PAGES else None
        for name, one in hub.people.items():
            is_let = wanted is None or bool(wanted & one.standings)
            status = await hub.ask(method, path, one.token)
            if (status == 200) is not is_let or status not in (200, 403, 404):
                wrong.append(f"{method} {path} {name}: {status}")
    return wrong


async def test_who_shows_nothing_or_something_forged_gets_what_is_open_alone(hub: Hub) -> None:
    forged = ("", "A" * 43, "x" * 5000, "\u00e9" * 20)
    for method, path in sorted(served(ROUTERS)):
        is_open = path in PAGES or expected(method, path) is None
        for token in forged:
            status = await hub.ask(method, path, token)
            assert status == (200 if is_open else 401), f"{method} {path}"


async def test_somebody_elses_drill_looks_like_one_that_there_is_not(hub: Hub) -> None:
    stranger = hub.people["instructor of blue"].token
    answers = [
        await hub.http.get(path, headers={"Authorization": f"Bearer {stranger}"})
        for path in (f"/drills/{hub.run}/v1/status", "/drills/r-none/v1/status", "/v1/runs/r-none")
    ]
    assert len({answer.text for answer in answers}) == 1
    assert answers[0].status_code == 404


async def test_what_no_route_declares_is_nobodys(hub: Hub) -> None:
    for path in ("/v1/unlisted", "/drills/{run}/v1/unlisted", "/drills/{run}/webhook/alertmanager"):
        assert await hub.ask("GET", path, hub.people["owner"].token) in (403, 404)
        assert await hub.ask("POST", path, hub.people["owner"].token) in (403, 404)


async def test_a_revoked_token_opens_nothing(hub: Hub) -> None:
    token = hub.people["participant of red"].token
    assert await hub.ask("GET", "/v1/me", token) == 200
    hub.accounts.revoke_person("participant of red")
    assert await hub.ask("GET", "/v1/me", token) == 401


async def test_a_foreign_host_or_site_is_refused_whatever_it_shows(hub: Hub) -> None:
    token = hub.people["owner"].token
    assert await hub.ask("GET", "/v1/me", token, Host="evil.example") == 421
    assert await hub.ask("GET", "/v1/me", token, Origin="http://evil.example") == 403
    assert await hub.ask("GET", "/v1/me", token, Sec_Fetch_Site="cross-site") == 403
    assert await hub.ask("POST", "/v1/join", Origin="http://evil.example") == 403
    assert await hub.ask("POST", "/v1/join", Content_Length="2000000") == 413
    summary = "/drills/{run}/api/v2/summary.json"
    assert await hub.ask("GET", summary, Origin="http://elsewhere.example") == 200


async def test_a_proxys_header_is_believed_of_that_proxy_alone(hub: Hub) -> None:
    named = {"X-Webauth-User": "participant of red"}
    proxy = TrustedProxy("X-Webauth-User", "10.1.1.1")
    status = f"/drills/{hub.run}/v1/status"
    for client, wanted in (
        (hub.client(proxy, "10.1.1.1"), 200),
        (hub.client(proxy, "10.1.1.2"), 401),
        (hub.client(None, "10.1.1.1"), 401),
    ):
        async with client:
            assert (await client.get(status, headers=named)).status_code == wanted
    async with hub.client(proxy, "10.1.1.1") as client:
        twice = [("X-Webauth-User", "owner"), ("X-Webauth-User", "participant of red")]
        assert (await client.get(status, headers=twice)).status_code == 400
        new = await client.get(status, headers={"X-Webauth-User": "nobody yet"})
        assert new.status_code == 404


async def test_a_gate_that_let_observers_act_would_be_noticed(hub: Hub) -> None:
    """Negative control of the matrix."""
    hub.http = hub.client(None, policy=lets_observers_act())
    async with hub.http:
        assert await mismatches(hub) == [
            "POST /drills/{run}/v1/rollbacks observer of red: 200",
        ]


def lets_observers_act() -> Policy:
    rules = dict(POLICY.rules)
    rules["POST", "/drills/{run}/v1/rollbacks"] |= {Standing.OBSERVER}
    return Policy(rules, POLICY.public, POLICY.any_origin)
