"""Drills that are over, opened at the hub: for whom, for how long, and how many at once."""

from __future__ import annotations

import asyncio
import json
import os
import sqlite3
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from harness.errors import EnvironmentMissing
from harness.hub.accounts import Accounts, Known
from harness.hub.hub_database import HubDatabase
from harness.hub.reviews import ReviewBounds, Reviews
from harness.hub.run_registry import Ended
from harness.hub.tables import HubRole, Run
from harness.record.store import Record
from harness.review.processes import REVIEWS
from harness.waiting import wait_until
from tests.unit.hub.conftest import Clock
from tests.unit.hub.test_relay import serving
from tests.unit.review.kept import LENGTH_S, at, kept_drill

pytestmark = [pytest.mark.live, pytest.mark.timeout(180)]

RUN = "r-00000001"
BOUND_S = 60.0
NOT_A_REAL_ONE = """
import json, signal, sys
print(json.dumps({"api_url": "http://127.0.0.1:9", "secrets": sys.argv[1]}), flush=True)
signal.pause()
"""
REFUSING = """
import json
print(json.dumps({"message": "its record is damaged", "hint": "import it again"}))
"""
"""A process that announces a review, and waits for its end."""


@dataclass
class PastRuns:
    """A registry of drills that are over."""

    ended: Ended
    asked: list[str] = field(default_factory=list)

    def whereabouts(self, run: str) -> Ended:
        return self.ended


@dataclass
class Hub:
    """A hub with a drill that is over, and somebody of each role in it."""

    url: str
    ended: Ended
    runs: PastRuns
    reviews: Reviews
    tokens: dict[str, str]
    http: aiohttp.ClientSession

    def ask(self, who: str, method: str, path: str, **given: Any) -> Any:
        headers = {"Authorization": f"Bearer {self.tokens[who]}"} if who else {}
        url = f"{self.url}/drills/{RUN}{path}"
        return self.http.request(method, url, headers=headers, **given)

    async def status(self, who: str, method: str, path: str, **given: Any) -> int:
        async with self.ask(who, method, path, **given) as answer:
            return int(answer.status)

    @property
    def works(self) -> list[Path]:
        """The folders in which reviews work just now."""
        return list((self.ended.home / REVIEWS / "runs").glob("*"))


@pytest.fixture
def database_url() -> str:
    """What is shown of a drill does not depend on the database."""
    return ""


@pytest.fixture
async def hub(
    accounts: Accounts, database: HubDatabase, owner: Known, clock: Clock, tmp_path: Path
) -> AsyncIterator[Hub]:
    async with looking_back(accounts, database, owner, clock, tmp_path) as found:
        yield found


@asynccontextmanager
async def looking_back(
    accounts: Accounts,
    database: HubDatabase,
    owner: Known,
    clock: Clock,
    folder: Path,
    bounds: ReviewBounds | None = None,
    *,
    is_kept: bool = True,
) -> AsyncIterator[Hub]:
    team = accounts.make_team("red").id
    with database.transaction() as db:
        db.add(
            Run(id=RUN, team_id=team, scenario="bad-timeouts", speed=1.0, port_offset=0,
                started_by=owner.id, created_ms=clock())
        )  # fmt: skip
    tokens = {
        name: accounts.join(accounts.invite(owner, team, role).code, name).token
        for name, role in (
            ("lea", HubRole.INSTRUCTOR),
            ("ada", HubRole.PARTICIPANT),
            ("otto", HubRole.OBSERVER),
        )
    }
    others = accounts.make_team("blue").id
    invite = accounts.invite(owner, others, HubRole.INSTRUCTOR)
    tokens["eva"] = accounts.join(invite.code, "eva").token
    run_dir = await asyncio.to_thread(kept_drill, folder / "red", is_kept=is_kept)
    runs = PastRuns(Ended(folder / "red", run_dir, may_be_reviewed=True))
    reviews = Reviews(bounds)
    async with (
        serving(accounts, runs, folder, reviews) as url,
        aiohttp.ClientSession() as http,
    ):
        yield Hub(url, runs.ended, runs, reviews, tokens, http)


async def test_each_role_sees_of_a_review_what_it_sees_of_a_drill(hub: Hub) -> None:
    for who in ("lea", "ada", "otto"):
        async with hub.ask(who, "GET", "/v1/status") as answer:
            found = await answer.json()
            assert (answer.status, found["phase"]) == (200, "finished"), found
            assert found["review"]["end_s"] == at(LENGTH_S).timestamp()
    assert await hub.status("lea", "GET", "/v1/instructor/deck") == 200
    for who in ("ada", "otto"):
        assert await hub.status(who, "GET", "/v1/instructor/deck") == 403
    async with hub.ask("ada", "GET", "/v1/metrics", params={"query": "orders_total"}) as answer:
        assert (await answer.json())["series"][0]["values"] == [LENGTH_S]


async def test_who_has_no_role_in_a_drill_opens_nothing(hub: Hub) -> None:
    for who, wanted in (("eva", 404), ("", 401)):
        for method, path in (
            ("GET", "/v1/status"),
            ("GET", "/v1/stream"),
            ("GET", "/v1/instructor/deck"),
            ("POST", "/v1/reflections"),
        ):
            assert await hub.status(who, method, path) == wanted, (who, path)
    assert hub.reviews.are_open == ()
    assert hub.works == []


async def test_score_and_postmortem_go_on_being_written_under_ones_own_name(hub: Hub) -> None:
    well = {"kind": "went-well", "text": "we looked at the diff"}
    text = {"text": "why", "base_version": ""}
    judged = {"line": "structured_triage", "points": 1, "note": "seen"}
    for path, body in (("/v1/reflections", well), ("/v1/postmortem/text", text)):
        assert await hub.status("otto", "POST", path, json=body) == 403
        assert await hub.status("ada", "POST", path, json=body) == 200
    assert await hub.status("ada", "POST", "/v1/instructor/judge", json=judged) == 403
    assert await hub.status("lea", "POST", "/v1/instructor/judge", json=judged) == 200
    assert await hub.status("ada", "POST", "/v1/restarts", json={"service": "payments"}) == 403
    assert await hub.status("ada", "POST", "/v1/finish") == 422
    await hub.reviews.close()
    with Record(hub.ended.run_dir / "record.db") as record:
        by = {one.type: one.actor for one in record.events()}
    assert by["reflection.written"] == "ada"
    assert "service.restarted" not in by


async def test_the_status_page_needs_no_token_and_opens_no_review(hub: Hub) -> None:
    for path in ("/status", "/api/v2/summary.json", "/api/v2/incidents.json"):
        assert await hub.status("", "GET", path) == 200, path
    async with hub.ask("", "GET", "/api/v2/summary.json") as answer:
        found = await answer.json()
        assert found["page"]["url"] == f"{hub.url}/drills/{RUN}/status"
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert await hub.status("", "POST", "/status") in (401, 405)
    assert hub.reviews.are_open == ()


async def test_a_drill_that_died_shows_its_status_page_and_no_more(hub: Hub) -> None:
    hub.runs.ended = Ended(hub.ended.home, hub.ended.run_dir, may_be_reviewed=False)
    assert await hub.status("", "GET", "/status") == 200
    async with hub.ask("lea", "GET", "/v1/status") as answer:
        assert "died" in (await answer.json())["detail"]
    assert hub.reviews.are_open == ()


async def test_a_review_that_is_left_ends_and_is_opened_again(
    accounts: Accounts, database: HubDatabase, owner: Known, clock: Clock, tmp_path: Path
) -> None:
    bounds = ReviewBounds(left_s=0.2)
    async with looking_back(accounts, database, owner, clock, tmp_path, bounds) as hub:
        async with hub.ask("ada", "GET", "/v1/stream") as stream:
            await stream.content.readany()
            (work,) = hub.works
            assert await hub.status("ada", "GET", "/v1/status") == 200
            assert hub.works == [work]

        async def gone() -> bool | None:
            return hub.works == [] or None

        await wait_until(gone, timeout_s=BOUND_S, what="the end of the review")
        assert hub.reviews.are_open == ()
        assert await hub.status("otto", "GET", "/v1/status") == 200


async def test_of_an_old_drill_what_there_is_can_be_seen(
    accounts: Accounts, database: HubDatabase, owner: Known, clock: Clock, tmp_path: Path
) -> None:
    async with looking_back(accounts, database, owner, clock, tmp_path, is_kept=False) as hub:
        async with hub.ask("ada", "GET", "/v1/status") as answer:
            assert (await answer.json())["phase"] == "finished"
        assert await hub.status("ada", "GET", "/v1/score") == 200
        assert await hub.status("", "GET", "/status") == 200


async def test_a_drill_of_a_newer_version_is_said_to_be_one_and_is_not_changed(hub: Hub) -> None:
    """A record of a newer format is shown as far as it is understood; a kept drill is not."""
    record, kept = hub.ended.run_dir / "record.db", hub.ended.run_dir / "kept" / "drill.json"
    with closing(sqlite3.connect(record)) as db:
        db.execute("PRAGMA user_version=999")
    assert await hub.status("ada", "GET", "/v1/score") == 200
    well = {"kind": "went-well", "text": "we looked at the diff"}
    async with hub.ask("ada", "POST", "/v1/reflections", json=well) as answer:
        problem = (await answer.json())["detail"]
    assert answer.status >= 400
    assert "the record was written by a newer version (format 999" in problem
    await hub.reviews.close()
    kept.write_text(json.dumps(json.loads(kept.read_text()) | {"format": 999}))
    async with hub.ask("ada", "GET", "/v1/score") as answer:
        problem = (await answer.json())["detail"]
    assert answer.status == 409
    assert "the drill was kept by a newer version (format 999)" in problem


@pytest.fixture
def ended(tmp_path: Path) -> Ended:
    return Ended(tmp_path, tmp_path / "secrets", may_be_reviewed=True)


def pretending(**bounds: float) -> Reviews:
    return Reviews(ReviewBounds(**bounds), (sys.executable, "-c", NOT_A_REAL_ONE))  # type: ignore[arg-type]


async def test_no_more_than_so_many_are_open_and_those_in_use_stay(ended: Ended) -> None:
    reviews = pretending(open_max=2)
    first, second = await reviews.use("r-1", ended), await reviews.use("r-2", ended)
    with pytest.raises(EnvironmentMissing, match="2 reviews are open"):
        await reviews.use("r-3", ended)
    assert list(reviews.are_open) == ["r-1", "r-2"]
    first.end()
    third = await reviews.use("r-3", ended)
    assert list(reviews.are_open) == ["r-2", "r-3"]
    for use in (second, third):
        use.end()
    await reviews.close()
    assert list(reviews.are_open) == []


async def test_many_who_ask_at_once_get_one_review(ended: Ended) -> None:
    reviews = pretending(open_max=1)
    uses = await asyncio.gather(*(reviews.use("r-1", ended) for _ in range(20)))
    assert len({id(one.target) for one in uses}) == 1
    await reviews.close()


async def test_a_forgotten_tab_holds_no_review_and_its_stream_opens_none(ended: Ended) -> None:
    reviews = pretending(idle_s=0.1)
    stream = await reviews.use("r-1", ended, is_stream=True)
    question = await reviews.use("r-1", ended)
    question.end()

    async def closed() -> bool | None:
        return reviews.are_open == () or None

    await wait_until(closed, timeout_s=BOUND_S, what="the end of the review")
    stream.end()
    with pytest.raises(EnvironmentMissing, match="nobody had asked"):
        await reviews.use("r-1", ended, is_stream=True)
    (await reviews.use("r-1", ended)).end()
    (await reviews.use("r-1", ended, is_stream=True)).end()
    await reviews.close()


async def test_one_whose_process_was_killed_is_opened_again(ended: Ended) -> None:
    reviews = pretending()
    (await reviews.use("r-1", ended)).end()
    process = reviews._open["r-1"].result().process
    os.kill(process.pid, 9)
    await process.wait()
    (await reviews.use("r-1", ended)).end()
    assert reviews._open["r-1"].result().process.pid != process.pid
    await reviews.close()


async def test_why_a_drill_cannot_be_opened_is_said_and_is_asked_again(ended: Ended) -> None:
    reviews = Reviews(command=(sys.executable, "-c", REFUSING))
    for _ in range(2):
        with pytest.raises(EnvironmentMissing, match="its record is damaged"):
            await reviews.use("r-1", ended)
    await reviews.close()
