"""A drill for browsers: the real API, stream and pages over a session without a running shop."""

from __future__ import annotations

import asyncio
import math
import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from harness.agents.http_door import HttpDoor
from harness.api.console_server import serving
from harness.drill.lifecycle.exercise_clock import tick
from harness.drill.session import Session
from harness.exercise.agenda_files import load_agenda
from harness.model import Alert
from harness.record import events
from harness.telemetry.prometheus import Exemplar, Sample, Series
from harness.tokens import Caller, TokenBook

SCRIPT = "<script>window.owned=1</script><img src=x onerror=window.owned=1>"
TRACE_ID = "ab" * 16
ALERT = events.AlertFired("f1", "PaymentsFailing", "critical", "66% of charges fail", "payments")


class FakePrometheus:
    """One value for every service, and for every call between two of them."""

    def __init__(self, session: Session) -> None:
        self.topology = session.spec.topology
        self.is_silent = False
        """Nothing that is asked for over time is a number."""

    async def query(self, expr: str, at: datetime | None = None) -> list[Sample]:
        now = datetime.now(UTC)
        value = 0.34 if "5.." in expr or "!=" in expr else 1.0 if expr == "up" else 12.5
        if "peer" in expr:
            calls = [(one.name, peer) for one in self.topology for peer in one.calls]
            labels = [{"service": service, "peer": peer} for service, peer in calls]
            return [Sample(one, value, now) for one in labels]
        if "seconds" in expr:
            value = 0.18
        return [Sample({"service": one.name}, value, now) for one in self.topology]

    async def value(self, expr: str, at: datetime | None = None) -> float | None:
        return 12.5

    async def query_range(
        self, expr: str, start: datetime, end: datetime, step_s: float = 1.0
    ) -> list[Series]:
        count = int((end - start).total_seconds() / step_s) + 1
        moments = [start + timedelta(seconds=step_s * index) for index in range(count)]
        samples = tuple(
            Sample({}, math.nan if self.is_silent else float(index % 17), at)
            for index, at in enumerate(moments)
        )
        return [Series({"service": "orders", "version": "5.2.3"}, samples)]

    async def alerts(self) -> list[Alert]:
        """None whose text is newer than the record's."""
        return []

    async def query_exemplars(self, expr: str, start: datetime, end: datetime) -> list[Exemplar]:
        middle = start + (end - start) / 2
        return [Exemplar({"service": "orders"}, TRACE_ID, 12.5, middle)]


class FakeRecorder:
    """No trace, and lines in which somebody left markup."""

    def __init__(self, lines: int = 1) -> None:
        self.lines = lines

    async def logs(
        self, *_: Any, after: str | None, before: str | None, limit: int, **asked: Any
    ) -> list[Mapping[str, Any]]:
        end = int(before or self.lines + 1)
        begin = int(after) + 1 if after and after != "0" else max(1, end - limit)
        line = {"timestamp": "2026-03-01T03:00:00Z", "level": "error", "service": "payments"}
        told = {**line, "message": f"cannot parse {SCRIPT}", "event": SCRIPT, "trace_id": ""}
        return [{**told, "seq": number} for number in range(begin, end)][:limit]

    async def traces(self, **_: Any) -> list[Mapping[str, Any]]:
        return []

    async def operations(self, service: str) -> list[str]:
        return ["POST /charges"]


@dataclass(frozen=True)
class ServedDrill:
    """A drill that can be opened: its session, and a link per role."""

    session: Session
    url: str
    tokens: TokenBook

    def link(self, caller: Caller) -> str:
        """The address with the key in its fragment."""
        return f"{self.url}/#token={self.tokens.token(caller)}"


def play_a_little(session: Session) -> None:
    """Something of everything that the views show, markup in every text that people write."""
    session.spec = replace(session.spec, agenda=load_agenda("workshop-60"))
    session.run.is_scheduled = True
    tick(session)
    session.note(events.RoleJoined("Ada", "on-call"))
    session.note(events.RoleJoined("Bo", "bridge"))
    for number in range(12):
        session.note(events.ImpactSampled(number * 31, number * 412.5, 1 - number / 60))
    session.note(ALERT)
    session.note(events.PageSent("p1", "PaymentsFailing", "critical", "66% of charges fail"))
    session.note(events.NoteAdded(SCRIPT, "Ada"), actor="Ada")
    hypotheses = (
        events.Hypothesis("h1", "the payment provider is slow", 60, "payments", "slow-dependency"),
        events.Hypothesis("h2", SCRIPT, 40, evidence_for=("alert:PaymentsFailing",)),
    )
    session.note(events.HypothesesRevised(hypotheses, "first look", "Ada"), actor="Ada")
    update = events.UpdatePosted(
        status="investigating",
        what_happened="Payments fail.",
        what_we_did="Acknowledged the page.",
        current_state=f"Two of three payments fail. {SCRIPT}",
        confidence_percent=40,
        unknowns=("why",),
        next_steps=("look at the provider",),
        eta_minutes=None,
        readers="all",
        by="Ada",
    )
    session.note(update, actor="Ada")
    session.note(
        events.DiagnosisDeclared("payments", "slow-dependency", 55, (), "", "Bo"), actor="Bo"
    )


@contextmanager
def served(
    session: Session, folder: Path, log_lines: int = 1, recorder: Any = None
) -> Iterator[ServedDrill]:
    """Serve `session` from a thread of its own while the block runs."""
    fake: Any = FakePrometheus(session)
    session.services.prometheus, session.services.recorder = (
        fake,
        recorder or FakeRecorder(log_lines),
    )
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    session.spec = replace(session.spec, places=replace(session.spec.places, api_url=url))
    tokens = TokenBook.create(folder)
    ready, done = threading.Event(), asyncio.Event()
    loops: list[asyncio.AbstractEventLoop] = []

    async def serve() -> None:
        loops.append(asyncio.get_running_loop())
        async with serving(session, tokens, port) as app:
            app.state.agent_door = HttpDoor(session)
            ready.set()
            await done.wait()

    thread = threading.Thread(target=asyncio.run, args=(serve(),))
    thread.start()
    try:
        assert ready.wait(10), "the drill's API did not come up"
        yield ServedDrill(session, url, tokens)
    finally:
        loops[0].call_soon_threadsafe(done.set)
        thread.join(15)
