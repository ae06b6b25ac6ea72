"""The end of a drill with people still asking: all are answered, by a host that still knows."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from harness.drill.lifecycle import finish
from harness.drill.session import Session
from harness.host import lifecycle
from harness.host.host_log import HOST_LOG, logged_to
from harness.plain_http import local_client
from harness.record.events import DrillTriggered
from harness.settings import HostSettings
from harness.tokens import Caller, TokenBook
from harness.waiting import wait_until
from tests.browser.drill import FakePrometheus, FakeRecorder
from tests.unit.telemetry.conftest import free_port

pytestmark = [pytest.mark.live, pytest.mark.timeout(120)]

ASKERS = 20
BROKEN = re.compile("closed database|has been closed|Exception|Traceback|check that the disk")


class Closing:
    """A client that, like httpx's, raises once it is closed."""

    def __init__(self, client: Any) -> None:
        self.client, self.is_closed = client, False

    def __getattr__(self, name: str) -> Any:
        if self.is_closed:
            raise RuntimeError("Cannot send a request, as the client has been closed.")
        return getattr(self.client, name)

    async def close(self) -> None:
        self.is_closed = True


class Falling:
    """A runtime that is down once everybody has asked again."""

    def __init__(self, runtime: Any, drill: Drill) -> None:
        self.runtime, self.drill = runtime, drill

    def __getattr__(self, name: str) -> Any:
        return getattr(self.runtime, name)

    async def down(self) -> None:
        seen = len(self.drill.answers)

        async def asked_again() -> bool:
            return len(self.drill.answers) >= seen + 2 * ASKERS

        await wait_until(asked_again, timeout_s=30, what="more answers")


class Drill:
    """What a host serves, and what those who ask were answered."""

    def __init__(self, session: Session, folder: Path) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.session, self.tokens = session, TokenBook.create(folder)
        session.services.prometheus = Closing(FakePrometheus(session))  # type: ignore[assignment]
        session.services.recorder = Closing(FakeRecorder())  # type: ignore[assignment]
        places = replace(session.spec.places, api_url=self.url)
        session.spec = replace(session.spec, places=places, runtime="none")
        session.services.runtime = Falling(session.services.runtime, self)  # type: ignore[assignment]
        self.answers: list[httpx.Response] = []
        self.began = asyncio.Event()

    def serve_by(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Let the host serve it on ports that no other test has."""
        monkeypatch.setattr(lifecycle.ports, "API", self.port)
        monkeypatch.setattr(lifecycle.ports, "ALERTMANAGER", free_port())

    async def ask(self, method: str, path: str) -> None:
        token = self.tokens.token(Caller.PARTICIPANT)
        async with local_client(self.url, token=token) as http:
            with suppress(httpx.TransportError):
                while True:
                    body = {"text": "still here"} if method == "POST" else None
                    self.answers.append(await http.request(method, path, json=body))
                    self.began.set()


@asynccontextmanager
async def asked(drill: Drill) -> AsyncIterator[None]:
    """People who ask without end, and some who watch."""
    paths = [("GET", "/v1/status"), ("GET", "/v1/events"), ("POST", "/v1/notes")]
    kinds = [*paths, ("GET", "/v1/stream")]
    tasks = [asyncio.create_task(drill.ask(*kinds[at % 4])) for at in range(ASKERS)]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def ended(
    session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> tuple[Drill, list[str]]:
    """A drill that was ended while all of them asked, and what was printed to the terminal."""
    drill = Drill(session, tmp_path / "secrets")
    session.note(DrillTriggered("payments", "2.4.2"))
    drill.serve_by(monkeypatch)
    printed: list[str] = []
    screen = logging.Handler(logging.WARNING)
    screen.emit = lambda record: printed.append(record.getMessage())  # type: ignore[method-assign]
    monkeypatch.setattr(logging, "lastResort", screen)
    monkeypatch.setattr(logging.getLogger(), "handlers", [])
    prepared: Any = type("Ready", (), {"session": session, "tokens": drill.tokens})()

    async def live(*_: Any) -> None:
        async with asyncio.timeout(30):
            await drill.began.wait()
        session.run.end("finished by Ada")

    monkeypatch.setattr(lifecycle, "_start_and_play", live)
    settings = HostSettings(home=tmp_path)
    nobody: Any = None
    async with asked_once_served(drill):
        await lifecycle._serve(prepared, settings, nobody, nullcontext(), printed.append)
    return drill, printed


@asynccontextmanager
async def asked_once_served(drill: Drill) -> AsyncIterator[None]:
    async def begin() -> None:
        async with local_client(drill.url) as http:

            async def is_served() -> bool:
                try:
                    return (await http.get("/status")).status_code == 200
                except httpx.TransportError:
                    return False

            await wait_until(is_served, timeout_s=30, what="the API")
        async with asked(drill):
            await asyncio.Future()

    task = asyncio.create_task(begin())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def complaints(drill: Drill, printed: list[str]) -> list[str]:
    """Whatever nobody should have seen."""
    return [
        *(one.text for one in drill.answers if one.status_code >= 500),
        *(one.text for one in drill.answers if BROKEN.search(one.text)),
        *(one for one in printed if BROKEN.search(one)),
        *(path.read_text() for path in drill.session.spec.run_dir.glob("traceback*")),
    ]


async def test_everybody_is_answered_until_nobody_is_served_any_more(
    trouble: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drill, printed = await ended(trouble, tmp_path, monkeypatch)
    assert complaints(drill, printed) == []
    assert {one.status_code for one in drill.answers} <= {200, 409}
    assert any("the drill is over" in one.text for one in drill.answers)
    assert "stopping everything" in printed


async def test_were_it_put_away_first_they_would_meet_what_is_closed(
    trouble: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Negative control: the order of before."""
    true_end = lifecycle.finish

    async def finish_and_put_away(session: Session, **options: Any) -> Any:
        card = await true_end(session, **options)
        await finish.put_away(session, **options)
        await asyncio.sleep(0.5)  # what came after it: the server's own end
        return card

    async def nothing(*_: Any, **__: Any) -> None:
        """It was done already."""

    monkeypatch.setattr(lifecycle, "finish", finish_and_put_away)
    monkeypatch.setattr(lifecycle, "put_away", nothing)
    drill, printed = await ended(trouble, tmp_path, monkeypatch)
    assert complaints(drill, printed)


def test_what_libraries_say_is_in_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    printed: list[str] = []
    screen = logging.Handler(logging.WARNING)
    screen.emit = lambda record: printed.append(record.getMessage())  # type: ignore[method-assign]
    monkeypatch.setattr(logging, "lastResort", screen)
    monkeypatch.setattr(logging.getLogger(), "handlers", [])
    log = logging.getLogger("uvicorn.error")
    with logged_to(tmp_path / "logs"):
        log.warning("Invalid HTTP request received.")
    assert printed == []
    assert "Invalid HTTP request" in (tmp_path / "logs" / HOST_LOG).read_text()
    log.warning("Invalid HTTP request received.")
    assert printed == ["Invalid HTTP request received."], "negative control: else it is printed"
