"""A session whose parts are fakes: enough for the use cases that need no running shop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from harness.catalog.reader import Catalog
from harness.drill.lifecycle import healthy_baseline
from harness.drill.lifecycle.seal import sealed
from harness.drill.services import Services
from harness.drill.session import Session
from harness.drill.spec import DrillSpec, Pace, Places
from harness.errors import DeployFailed
from harness.exercise.agenda_files import load_agenda
from harness.model import Alert, BuiltRelease, MachineLoad
from harness.paths import REPO
from harness.record.events import (
    AlertFired,
    AnswerSealed,
    DeployKind,
    DeploySucceeded,
    PageSent,
)
from harness.record.store import Clock, Record
from harness.workspace.shop import ReleaseNotes


class FakeRuntime:
    """Runs nothing; remembers what it was asked, and refuses the versions it is told to."""

    mode = "honour"

    def __init__(self, releases: Mapping[str, BuiltRelease]) -> None:
        self.releases = dict(releases)
        self.refused: set[str] = set()
        self.restarted: list[str] = []
        self.down: set[str] = set()
        self.gate = asyncio.Event()
        """No deploy is through before it is set."""
        self.collapsed = ""
        """The part whose end ended the stack."""
        self.gate.set()

    def running(self) -> Mapping[str, BuiltRelease]:
        return {name: it for name, it in self.releases.items() if name not in self.down}

    def deployed(self) -> Mapping[str, BuiltRelease]:
        return self.releases

    async def deploy(self, service: str, release: BuiltRelease, progress: Any) -> None:
        await self.gate.wait()
        if release.version in self.refused:
            raise DeployFailed(f"{service} {release.version} never became ready")
        self.releases[service] = release
        self.down.discard(service)

    async def collapse(self) -> str:
        return self.collapsed

    async def prepare(self, release: BuiltRelease) -> None:
        """Nothing to do ahead."""

    async def restart(self, service: str, progress: Any) -> None:
        self.restarted.append(service)


class FakeThirdParties:
    """Remembers the profiles that were put in force."""

    def __init__(self) -> None:
        self.profiles: list[str] = []

    async def set_profile(self, name: str) -> None:
        self.profiles.append(name)

    async def set_model_profile(self, name: str) -> None:
        self.profiles.append(f"models {name}")

    async def renew_certificate(self) -> None:
        self.profiles.append("another certificate")


class CalmPrometheus:
    """Of a healthy, silent shop; `figures` says otherwise of a query."""

    def __init__(self) -> None:
        self.figures: dict[str, float | None] = {
            healthy_baseline.ALERTS: 0.0,
            healthy_baseline.DOWN: 0.0,
            healthy_baseline.TRAFFIC: 30.0,
        }
        self.listed: tuple[Alert, ...] = ()

    async def value(self, expression: str) -> float | None:
        return self.figures.get(expression, 1.0)

    async def alerts(self) -> tuple[Alert, ...]:
        return self.listed


class FakeCustomers:
    """Remember the load profiles that they were asked to come by."""

    def __init__(self) -> None:
        self.profiles: list[str] = []

    def set_profile(self, name: str) -> None:
        self.profiles.append(name)


class FakeMachine:
    """Has nothing to do but what a test gives it."""

    FREE = MachineLoad(cores=2, waiting_share=0.2, stolen_share=0.0, others_cores=0.1)

    def __init__(self) -> None:
        self.load: MachineLoad | None = self.FREE

    def look(self) -> MachineLoad | None:
        return self.load


class FakeWorkspace:
    """Knows every version of everything, and one difference."""

    AUTHOR = "Samuel Adeyemi"
    shop = SimpleNamespace(log=())
    """Nothing was deployed before the drill."""
    DIFF = (
        "diff --git a/services/payments/timeouts.toml b/services/payments/timeouts.toml\n"
        "-provider_connect_timeout_ms = 5000\n+provider_connect_timeout_ms = 500\n"
        "diff --git a/services/payments/domain.py b/services/payments/domain.py\n+x = 1\n"
    )

    def release(self, service: str, version: str) -> BuiltRelease:
        return BuiltRelease(service, version, f"commit-{version}", Path("/nowhere"))

    def diff(self, service: str, version_from: str, version_to: str) -> str:
        return self.DIFF if service == "payments" else ""

    def notes(self, service: str, version: str) -> ReleaseNotes:
        moment = datetime(2026, 3, 1, tzinfo=UTC)
        return ReleaseNotes(service, version, "c0ffee", "subject", "", self.AUTHOR, "", moment)


class Hand:
    """A clock for the record that stands until a test moves it."""

    def __init__(self) -> None:
        self.now_ms = 0
        self.clock = Clock(
            wall=lambda: datetime(2026, 3, 1, 3, tzinfo=UTC) + timedelta(milliseconds=self.now_ms),
            monotonic_ms=lambda: self.now_ms,
        )

    def move(self, seconds: float) -> None:
        self.now_ms += round(seconds * 1000)


@pytest.fixture
def hand() -> Hand:
    return Hand()


def session_in(folder: Path, clock: Clock | None = None) -> Session:
    """A drill without a fault, and its record in `folder`. Whoever takes it closes the record."""
    topology = Catalog(REPO).topology()
    runtime: Any = FakeRuntime(
        {
            entry.name: BuiltRelease(entry.name, entry.version, "c0ffee", folder)
            for entry in topology
        }
    )
    nothing: Any = None
    calm: Any = CalmPrometheus()
    workspace: Any = FakeWorkspace()
    make_oracle: Callable[[Any], Any] = lambda access: nothing  # noqa: E731
    spec = DrillSpec(
        drill_id="d-test",
        run_dir=folder,
        seed=1,
        scenario=Catalog(REPO).scenario("healthy"),
        faults=(),
        topology=topology,
        agenda=load_agenda("solo"),
        pace=Pace(0, 0, 0),
        places=Places("", "", "", "", "", {}),
        operations_token="",
    )
    services = Services(
        record=Record(folder / "record.db", "d-test", clock=clock),
        runtime=runtime,
        workspace=workspace,
        prometheus=calm,
        recorder=nothing,
        make_oracle=make_oracle,
        third_parties=FakeThirdParties(),
        customers=FakeCustomers(),
        machine=FakeMachine(),
    )
    return Session(spec, services)


@pytest.fixture
def session(tmp_path: Path, hand: Hand) -> Iterator[Session]:
    """A drill without a fault; its time stands still until `hand` moves it."""
    made = session_in(tmp_path, hand.clock)
    yield made
    made.services.record.close()


@pytest.fixture
def trouble(session: Session) -> Session:
    """The same drill with something wrong in it, and its answer sealed."""
    catalog = Catalog(REPO)
    scenario, faults = catalog.scenario("bad-timeouts"), (catalog.fault("bad-timeouts"),)
    seal = sealed(scenario, session.spec.seed, faults)
    session.spec = replace(session.spec, scenario=scenario, faults=faults, seal=seal)
    session.note(AnswerSealed(seal.commitment))
    return session


def deployed(
    session: Session,
    kind: DeployKind,
    service: str,
    version_from: str,
    version_to: str,
    by: str = "a colleague",
) -> None:
    """A deploy that succeeded, in the record alone: nothing runs another version by it."""
    event = DeploySucceeded(
        f"dep-{service}", service, version_from, version_to, "c0ffee", kind, by, ""
    )
    session.note(event, actor=by)


def page_sent(session: Session) -> None:
    """Something fires, and somebody is paged."""
    session.note(AlertFired("f1", "PaymentsFailing", "critical", "66% of charges fail", "payments"))
    session.note(PageSent("p1", "PaymentsFailing", "critical", "66% of charges fail"))
