"""A kept drill, opened again: everything that was to be seen, as of its end or of a moment."""

from __future__ import annotations

import asyncio
import hashlib
import shutil
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from harness.api.app import create_app
from harness.plain_http import bearer
from harness.record.store import Record
from harness.review.opening import ReviewPorts, opened
from harness.review.processes import REVIEWS, free_port, work_folder
from harness.runtime.procfs import port_is_free
from harness.tokens import Caller, TokenBook
from tests.unit.review.kept import LENGTH_S, TRACE, at, kept_drill

pytestmark = [pytest.mark.live, pytest.mark.timeout(180)]

EVERYBODYS = Caller.PARTICIPANT


class Asked:
    """The console's way to a review."""

    def __init__(self, http: httpx.AsyncClient, tokens: TokenBook) -> None:
        self.http, self.tokens = http, tokens

    async def get(self, path: str, caller: Caller = EVERYBODYS, **params: Any) -> Any:
        answer = await self.http.get(path, params=params, headers=self._as(caller))
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def post(
        self, path: str, body: Mapping[str, Any], caller: Caller = EVERYBODYS
    ) -> httpx.Response:
        return await self.http.post(path, json=body, headers=self._as(caller))

    def _as(self, caller: Caller) -> dict[str, str]:
        return bearer(self.tokens.token(caller))


@asynccontextmanager
async def asking(run_dir: Path) -> AsyncIterator[Asked]:
    ports = ReviewPorts(free_port(), free_port(), free_port())
    with work_folder(run_dir.parent.parent) as work:
        tokens = TokenBook.create(work / "secrets")
        async with opened(run_dir, work, tokens, ports) as session:
            app = create_app(session, tokens, ports.api)
            transport = httpx.ASGITransport(app)
            url = f"http://127.0.0.1:{ports.api}"
            async with httpx.AsyncClient(transport=transport, base_url=url) as http:
                yield Asked(http, tokens)
            await app.state.feed.close()
    assert all(map(port_is_free, (ports.prometheus, ports.recorder)))
    assert list((run_dir.parent.parent / REVIEWS / "runs").iterdir()) == []


def moment(seconds: float) -> float:
    return at(seconds).timestamp()


def test_at_its_end_a_drill_shows_all_that_was_there(finished: Path) -> None:
    async def look() -> None:
        async with asking(finished) as drill:
            status = await drill.get("/v1/status")
            assert (status["phase"], status["elapsed_s"]) == ("finished", LENGTH_S)
            assert status["review"]["end_s"] == status["review"]["at_s"] == moment(LENGTH_S)
            orders = await drill.get("/v1/metrics", query="orders_total")
            assert orders["series"][0]["values"] == [LENGTH_S]
            assert (await drill.get("/v1/traces"))["traces"][0]["start_ms"] == moment(110) * 1000
            assert (await drill.get(f"/v1/traces/{TRACE}"))["logs"][0]["event"] == "second 50"
            newest = (await drill.get("/v1/logs"))["records"][-1]
            assert (newest["event"], newest["seq"]) == ("second 110", 111)
            assert "timeouts" in (await drill.get("/v1/diff", service="payments"))["diff"]
            assert (await drill.get("/v1/score"))["total_max"] > 0
            assert (await drill.get("/v1/answer", Caller.INSTRUCTOR))["scenario"] == "bad-timeouts"
            assert (await drill.get("/v1/instructor/deck", Caller.INSTRUCTOR))["phases"]
            assert [one["drill_id"] for one in (await drill.get("/v1/history"))["drills"]]
            assert {flag["enabled"] for flag in await drill.get("/v1/flags")} == {True}

    asyncio.run(look())


def test_at_a_moment_it_shows_what_could_be_seen_then(finished: Path) -> None:
    async def look() -> None:
        async with asking(finished) as drill:
            then = {"at": moment(50)}
            status = await drill.get("/v1/status", **then)
            assert (status["phase"], status["elapsed_s"]) == ("paged", 50)
            assert [alert["name"] for alert in status["alerts"]] == ["PaymentsFailing"]
            assert status["review"]["at_s"] == moment(50)
            orders = await drill.get("/v1/metrics", query="orders_total", **then)
            assert orders["series"][0]["values"] == [50]
            recent = await drill.get("/v1/metrics", query="orders_total", minutes=0.5, **then)
            assert (recent["times"][-1], recent["series"][0]["values"][-1]) == (moment(50), 50)
            newest = (await drill.get("/v1/logs", **then))["records"][-1]
            assert newest["event"] == "second 50"
            assert (await drill.get("/v1/logs", since="15s", **then))["records"] == [
                one for one in (await drill.get("/v1/logs", **then))["records"] if one["seq"] >= 41
            ]
            shown = {one["type"] for one in await drill.get("/v1/events", **then)}
            assert "page.sent" in shown
            assert "note.added" not in shown

    asyncio.run(look())


def test_nothing_of_later_is_shown(finished: Path) -> None:
    async def look() -> None:
        async with asking(finished) as drill:
            # The request of second 50 took half a second: its span had not arrived.
            then = {"at": moment(50.2)}
            assert TRACE not in {
                one["trace_id"] for one in (await drill.get("/v1/traces", **then))["traces"]
            }
            half = await drill.get("/v1/traces", at=moment(50.6))
            assert half["traces"][0]["trace_id"] == TRACE
            later = await drill.get(
                "/v1/metrics", query="orders_total", begin=moment(60), end=moment(90), **then
            )
            assert later["series"] == []
            before = await drill.get("/v1/deploys", at=moment(20))
            assert len(before) == len(await drill.get("/v1/deploys")) - 1

    asyncio.run(look())


def test_before_the_deploy_the_former_version_ran(finished: Path) -> None:
    async def version(drill: Asked, **then: float) -> str:
        status = await drill.get("/v1/status", **then)
        return next(one["version"] for one in status["services"] if one["name"] == "payments")

    async def look() -> None:
        async with asking(finished) as drill:
            assert await version(drill, at=moment(20)) != await version(drill, at=moment(40))

    asyncio.run(look())


def test_what_looking_back_is_about_can_be_written_and_all_else_is_refused(tmp_path: Path) -> None:
    run_dir = kept_drill(tmp_path)

    async def write() -> None:
        async with asking(run_dir) as drill:
            saved = await drill.post("/v1/postmortem/text", {"text": "why", "base_version": ""})
            assert (saved.status_code, saved.json()["text"]) == (200, "why")
            went_well = {"kind": "went-well", "text": "we looked at the diff"}
            assert (await drill.post("/v1/reflections", went_well)).status_code == 200
            judged = {"line": "structured_triage", "points": 1, "note": "seen"}
            answer = await drill.post("/v1/instructor/judge", judged, Caller.INSTRUCTOR)
            assert answer.status_code == 200, answer.text
            refused = await drill.post("/v1/restarts", {"service": "payments"})
            assert refused.status_code == 403
            assert "its shop is gone" in refused.json()["detail"]
            assert (await drill.post("/v1/notes", {"text": "late"})).status_code == 403
            status = await drill.get("/v1/status")
            assert status["elapsed_s"] == LENGTH_S

    asyncio.run(write())
    assert (run_dir / "postmortem.md").read_text() == "why"
    with Record(run_dir / "record.db") as record:
        added = [one for one in record.events() if one.type == "postmortem.saved"]
    assert [one.drill_time_ms for one in added] == [LENGTH_S * 1000]


def test_a_review_leaves_what_was_kept_as_it_was(finished: Path) -> None:
    def digest() -> dict[str, str]:
        return {
            str(path): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in sorted((finished / "kept").rglob("*"))
            if path.is_file()
        }

    before = digest()

    async def look() -> None:
        async with asking(finished) as drill:
            await drill.get("/v1/status")

    asyncio.run(look())
    assert digest() == before


def test_a_drill_of_which_nothing_was_kept_shows_what_it_has(tmp_path: Path) -> None:
    run_dir = kept_drill(tmp_path, is_kept=False)
    shutil.rmtree(run_dir / "shop.git")

    async def look() -> None:
        async with asking(run_dir) as drill:
            assert (await drill.get("/v1/status"))["phase"] == "finished"
            assert (await drill.get("/v1/score"))["total_max"] > 0
            answer = await drill.http.get(
                "/v1/metrics",
                params={"query": "up"},
                headers=bearer(drill.tokens.token(EVERYBODYS)),
            )
            assert "no metrics of this drill were kept" in answer.json()["detail"]

    asyncio.run(look())
