"""When a drill is over, its review takes its place: at the same address, for the same tokens."""

from __future__ import annotations

import asyncio
import json
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import httpx
import pytest

from harness.drill.session import Session
from harness.host import lifecycle
from harness.host.lifecycle import Afterwards, Outcome
from harness.paths import ACTIVE
from harness.plain_http import local_client
from harness.record.events import DrillCreated, DrillTriggered
from harness.settings import HostSettings
from harness.signals import Received
from harness.tokens import Caller
from tests.unit.host.test_ending import Drill

pytestmark = [pytest.mark.live, pytest.mark.timeout(120)]


class Watched:
    """A drill that is ended as soon as it is served, and what came of it."""

    def __init__(
        self,
        session: Session,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
        linger_s: float,
        *,
        has_begun: bool = True,
    ) -> None:
        session.note(DrillCreated("healthy", 1, "local", "honour", "solo", {}))
        if has_begun:
            session.note(DrillTriggered("payments", "2.4.2"))
        self.drill, self.home = Drill(session, tmp_path / "secrets"), tmp_path
        self.drill.serve_by(monkeypatch)
        self.session, self.linger_s = session, linger_s
        session.services.runtime = _Ended(session.services.runtime)  # type: ignore[assignment]
        self.said: list[str] = []
        self.opened: list[str] = []
        self.told: list[Outcome] = []

        async def live(*_: Any) -> None:
            session.run.end("finished by Ada")

        monkeypatch.setattr(lifecycle, "_start_and_play", live)

    async def serve(self) -> Outcome:
        prepared: Any = type("Ready", (), {"session": self.session, "tokens": self.drill.tokens})()
        settings, nobody = HostSettings(home=self.home), None
        look_back = lifecycle._looking_back(
            prepared,
            settings,
            Afterwards(self.told.append, self.linger_s, self.opened.append),
            Received(),
            self.said.append,
        )
        return await lifecycle._serve(
            prepared,
            settings,
            nobody,  # type: ignore[arg-type]
            nullcontext(),
            self.said.append,
            look_back,
        )

    def client(self, caller: Caller = Caller.PARTICIPANT) -> httpx.AsyncClient:
        return local_client(self.drill.url, token=self.drill.tokens.token(caller))

    async def until_reviewed(self, serving: asyncio.Task[Outcome]) -> None:
        while not self.opened:
            assert not serving.done(), (self.said, serving)
            await asyncio.wait({serving}, timeout=0.05)


class _Ended:
    """A runtime that goes down at once."""

    def __init__(self, runtime: Any) -> None:
        self.runtime = runtime

    def __getattr__(self, name: str) -> Any:
        return getattr(self.runtime, name)

    async def down(self) -> None:
        """Nothing runs."""


def test_links_go_on_working_until_somebody_closes_the_review(
    session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    watched = Watched(session, tmp_path, monkeypatch, linger_s=60)

    async def look() -> None:
        serving = asyncio.create_task(watched.serve())
        await watched.until_reviewed(serving)
        assert [one.reason for one in watched.told] == ["finished by Ada"]
        link = f"{watched.drill.url}/#token={watched.drill.tokens.token(Caller.PARTICIPANT)}"
        assert watched.opened == [link]
        assert any(link in one for one in watched.said)
        assert json.loads((watched.home / ACTIVE).read_text())["is_review"]
        async with watched.client() as http:
            status = (await http.get("/v1/status")).json()
            assert (status["phase"], status["review"] is not None) == ("finished", True)
            paper = {"text": "why", "base_version": ""}
            assert (await http.post("/v1/postmortem/text", json=paper)).status_code == 200
            assert (await http.post("/v1/notes", json={"text": "late"})).status_code == 403
            assert (await http.post("/v1/finish")).status_code == 200
        async with asyncio.timeout(30):
            await serving

    asyncio.run(look())
    assert (session.spec.run_dir / "postmortem.md").read_text() == "why"
    assert not (session.spec.run_dir / "secrets").exists()


@pytest.mark.parametrize("linger_s", [0.0, 0.5])
def test_one_that_nobody_watches_ends_by_itself(
    session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, linger_s: float
) -> None:
    watched = Watched(session, tmp_path, monkeypatch, linger_s)

    async def look() -> None:
        async with asyncio.timeout(60):
            await watched.serve()

    asyncio.run(look())
    assert bool(watched.opened) == (linger_s > 0)
    assert any("closes in 0.5 s" in one for one in watched.said) == (linger_s > 0)


def test_one_in_which_nothing_had_happened_says_why_its_links_end(
    session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    watched = Watched(session, tmp_path, monkeypatch, linger_s=60, has_begun=False)

    async def look() -> None:
        async with asyncio.timeout(60):
            await watched.serve()

    asyncio.run(look())
    assert watched.opened == []
    assert any("there is no review" in one for one in watched.said)
