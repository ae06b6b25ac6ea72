"""A running drill through the hub: asked as the person who asks, and nobody else."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import uvicorn

from harness.bounded_http import protocol_of_server
from harness.catalog.reader import Catalog
from harness.drill.session import Session
from harness.errors import EnvironmentMissing
from harness.hub.accounts import Accounts, Known
from harness.hub.hub_app import create_hub_app
from harness.hub.hub_database import HubDatabase
from harness.hub.hub_gate import HubAddress
from harness.hub.reviews import Reviews
from harness.hub.run_registry import Ended, Target
from harness.hub.tables import HubRole, Run
from harness.paths import REPO
from harness.record import events
from harness.runtime.port_check import listen
from harness.waiting import wait_until
from tests.browser.drill import ServedDrill, served
from tests.unit.drill.conftest import hand, session
from tests.unit.hub.conftest import Clock

__all__ = ["hand", "session"]

RUN = "r-00000001"
BOUND_S = 30.0


@dataclass
class OneDrill:
    """A registry with one run, which answers as long as it has a target."""

    known: Target | None

    def whereabouts(self, run: str) -> Target | Ended:
        if self.known is None:
            raise EnvironmentMissing("the drill is over", "see the list of runs")
        return self.known


@dataclass
class Hub:
    """A hub that is served, with somebody of each role in the drill behind it."""

    url: str
    drill: ServedDrill
    runs: OneDrill
    tokens: dict[str, str]
    secrets: Path
    http: aiohttp.ClientSession

    def ask(self, who: str, method: str, path: str, **given: Any) -> Any:
        headers = {"Authorization": f"Bearer {self.tokens[who]}", **given.pop("headers", {})}
        url = f"{self.url}/drills/{RUN}{path}"
        return self.http.request(method, url, headers=headers, **given)

    def written(self, kind: type[events.Event]) -> list[Any]:
        record = self.drill.session.services.record
        return [one for one in record.events() if isinstance(one.event, kind)]


@pytest.fixture
def database_url() -> str:
    """What is passed on does not depend on the database."""
    return ""


@pytest.fixture
def drill(session: Session, tmp_path: Path) -> Iterator[ServedDrill]:
    known = Session(replace(session.spec, people_known=True), session.services, session.run)
    with served(known, tmp_path / "secrets") as found:
        yield found


@pytest.fixture
async def hub(
    drill: ServedDrill,
    accounts: Accounts,
    database: HubDatabase,
    owner: Known,
    clock: Clock,
    tmp_path: Path,
) -> AsyncIterator[Hub]:
    team = accounts.make_team("red").id
    with database.transaction() as db:
        db.add(
            Run(id=RUN, team_id=team, scenario="healthy", speed=1.0, port_offset=0,
                started_by=owner.id, created_ms=clock())
        )  # fmt: skip
    tokens = {
        name: accounts.join(accounts.invite(owner, team, role).code, name).token
        for name, role in (
            ("lea", HubRole.INSTRUCTOR),
            ("ada", HubRole.PARTICIPANT),
            ("ben", HubRole.PARTICIPANT),
            ("otto", HubRole.OBSERVER),
        )
    }
    tokens["owner"] = accounts.owner_token()
    runs = OneDrill(Target(drill.url, tmp_path / "secrets"))
    async with serving(accounts, runs, tmp_path) as url, aiohttp.ClientSession() as http:
        yield Hub(url, drill, runs, tokens, tmp_path / "secrets", http)


@asynccontextmanager
async def serving(
    accounts: Accounts, runs: Any, home: Path, reviews: Reviews | None = None
) -> AsyncIterator[str]:
    listener = listen(0)
    port = listener.getsockname()[1]
    address = HubAddress.at_loopback(port)
    app = create_hub_app(accounts, runs, Catalog(REPO), home=home, address=address, reviews=reviews)
    config = uvicorn.Config(
        app,
        access_log=False,
        log_config=None,
        http=protocol_of_server(),
        ws="none",
        lifespan="off",
        timeout_graceful_shutdown=1,
    )
    server = uvicorn.Server(config)
    task = asyncio.create_task(server._serve([listener]))

    async def started() -> bool | None:
        return server.started or None

    try:
        await wait_until(started, timeout_s=BOUND_S, what="the hub")
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        await task
        await app.state.relay.close()


async def test_a_question_is_answered_by_the_drill_for_each_role(hub: Hub) -> None:
    for who in ("lea", "ada", "otto", "owner"):
        async with hub.ask(who, "GET", "/v1/status") as answer:
            assert answer.status == 200
            assert (await answer.json())["drill_id"] == "d-test"
            assert answer.headers["Content-Security-Policy"]


async def test_who_acts_is_known_and_what_they_claim_is_dropped(hub: Hub) -> None:
    claims = {"X-Person": "ben"}
    async with hub.ask("ada", "POST", "/v1/notes", json={"text": "hm"}, headers=claims) as answer:
        assert answer.status == 200
    async with hub.ask("lea", "POST", "/v1/notes", json={"text": "so"}) as answer:
        assert answer.status == 200
    assert [one.actor for one in hub.written(events.NoteAdded)] == ["ada", "lea"]


async def test_a_role_is_taken_under_ones_own_name_alone(hub: Hub) -> None:
    for person, wanted in (("ben", 403), ("ada", 200)):
        body = {"person": person, "role": "on-call"}
        async with hub.ask("ada", "POST", "/v1/roles/join", json=body) as answer:
            assert answer.status == wanted, await answer.text()
    assert [one.event.person for one in hub.written(events.RoleJoined)] == ["ada"]


async def test_an_observer_sees_and_does_not_act(hub: Hub) -> None:
    async with hub.ask("otto", "POST", "/v1/notes", json={"text": "hm"}) as answer:
        assert answer.status == 403
        assert "observer" in (await answer.json())["detail"]
    async with hub.ask("otto", "GET", "/v1/password") as answer:
        assert answer.status == 403
    assert hub.written(events.NoteAdded) == []


async def test_the_answer_is_for_the_instructor_alone(hub: Hub) -> None:
    for who, wanted in (("lea", 200), ("ada", 403), ("otto", 403)):
        async with hub.ask(who, "GET", "/v1/instructor/plan") as answer:
            assert answer.status == wanted


async def test_the_stream_goes_on_from_the_last_event_that_was_heard(hub: Hub) -> None:
    async with hub.ask("ada", "POST", "/v1/notes", json={"text": "first"}):
        pass
    newest = hub.written(events.NoteAdded)[-1].seq
    heard: list[int] = []
    headers = {"Last-Event-ID": str(newest - 1)}
    async with hub.ask("otto", "GET", "/v1/stream", headers=headers) as answer:
        assert answer.headers["Content-Type"].startswith("text/event-stream")
        async with asyncio.timeout(BOUND_S):
            async for line in answer.content:
                if line.startswith(b"id: "):
                    heard.append(int(line[4:]))
                    if len(heard) == 1:
                        async with hub.ask("ada", "POST", "/v1/notes", json={"text": "next"}):
                            pass
                if len(heard) == 2:
                    break
    assert heard == [newest, newest + 1]


async def test_who_is_revoked_hears_nothing_more(hub: Hub) -> None:
    async with hub.ask("ada", "GET", "/v1/stream") as answer:
        await answer.content.readany()
        revoke = hub.http.post(
            f"{hub.url}/v1/people/ada/revoke",
            headers={"Authorization": f"Bearer {hub.tokens['owner']}"},
        )
        async with revoke as revoked:
            assert revoked.status == 200
        with pytest.raises(aiohttp.ClientError):
            async with asyncio.timeout(BOUND_S):
                await answer.content.read()
    async with hub.ask("ada", "GET", "/v1/status") as answer:
        assert answer.status == 401


async def test_the_status_page_is_for_everybody(hub: Hub) -> None:
    for path in ("/status", "/api/v2/summary.json"):
        async with hub.http.get(f"{hub.url}/drills/{RUN}{path}") as answer:
            assert answer.status == 200
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


async def test_the_status_page_is_named_as_people_call_it_whoever_claims_what(hub: Hub) -> None:
    told = {"X-Public-Url": "https://elsewhere.example"}
    async with hub.http.get(f"{hub.url}/drills/{RUN}/api/v2/status.json", headers=told) as answer:
        page = (await answer.json())["page"]
    assert page["url"] == f"{hub.url}/drills/{RUN}/status"


async def test_a_status_names_that_page_as_its_reader_reaches_it(hub: Hub) -> None:
    headers = {"Authorization": f"Bearer {hub.tokens['ada']}"}
    async with hub.http.get(f"{hub.url}/drills/{RUN}/v1/status", headers=headers) as answer:
        places = (await answer.json())["places"]
    assert places["status page"] == f"{hub.url}/drills/{RUN}/status"


async def test_a_drill_without_a_hub_believes_no_address(hub: Hub) -> None:
    told = {"X-Public-Url": "https://elsewhere.example"}

    async def page_url() -> str:
        path = f"{hub.drill.url}/api/v2/status.json"
        async with hub.http.get(path, headers=told) as answer:
            return str((await answer.json())["page"]["url"])

    assert await page_url() == "https://elsewhere.example/status"  # negative control: it has one
    session = hub.drill.session
    session.spec = replace(session.spec, people_known=False)
    assert await page_url() == f"{hub.drill.url}/status"


async def test_no_path_leads_past_the_route_that_was_decided_on(hub: Hub) -> None:
    from yarl import URL

    headers = {"Authorization": f"Bearer {hub.tokens['ada']}"}
    for path in ("/v1/traces/..", "/v1/traces/%2e%2e", "/v1/traces/..%2Finstructor", "//v1/answer"):
        url = URL(f"{hub.url}/drills/{RUN}{path}", encoded=True)
        async with hub.http.get(url, headers=headers) as answer:
            assert answer.status in (403, 404), path


async def test_the_drills_own_words_come_back(hub: Hub) -> None:
    async with hub.ask("ada", "POST", "/v1/rollbacks", json={"service": "paymnts"}) as answer:
        text = await answer.text()
    assert "payments" in text
    async with hub.ask("ada", "POST", "/v1/notes", json={"texte": "hm"}) as answer:
        assert (answer.status, (await answer.json())["title"]) == (422, "UsageError")


async def test_a_drill_that_is_over_or_gone_is_said_to_be_so(hub: Hub) -> None:
    hub.runs.known = None
    async with hub.ask("ada", "GET", "/v1/status") as answer:
        assert (await answer.json())["detail"] == "the drill is over"
    closed = listen(0)
    port = closed.getsockname()[1]
    closed.close()
    hub.runs.known = Target(f"http://127.0.0.1:{port}", hub.secrets)
    async with hub.ask("ada", "GET", "/v1/status") as answer:
        assert "does not answer" in (await answer.json())["detail"]


async def test_the_console_of_a_run_is_there_for_whoever_has_the_address(hub: Hub) -> None:
    async with hub.http.get(f"{hub.url}/drills/{RUN}/") as answer:
        assert answer.status == 200
        assert "<title>3AM</title>" in await answer.text()
