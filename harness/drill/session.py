"""What the use cases of one running drill share."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from harness.drill.lifecycle.resume import LeftOff
from harness.drill.lifecycle.seal import Seal
from harness.errors import StackFailed, UsageError
from harness.exercise.agenda import Agenda, Artefact
from harness.exercise.agenda_files import load_agenda
from harness.exercise.guards import BoundGuard
from harness.exercise.story import Story
from harness.exercise.story import fold as fold_story
from harness.measures import Measures
from harness.model import (
    BuiltRelease,
    Fault,
    Scenario,
    ServiceEntry,
)
from harness.record.events import Audience, DeploySucceeded, Event
from harness.record.fold import DrillState, fold
from harness.record.store import Record
from harness.runtime.base import Runtime
from harness.telemetry.alerts import AlertBook
from harness.telemetry.prometheus import PrometheusClient
from harness.telemetry.recorder_client import RecorderClient
from harness.verification.access import ShopAccess
from harness.verification.oracle import Oracle
from harness.verification.references import References
from harness.workspace.workspace import Workspace

Progress = Callable[[str], None]


@dataclass(frozen=True)
class DeployEntry:
    """One line of the deploy log, from before the drill or during it."""

    at: datetime
    deploy_id: str
    service: str
    version_from: str
    version_to: str
    commit: str
    kind: str
    by: str
    summary: str
    outcome: str
    error: str = ""


@dataclass(frozen=True)
class Pace:
    """How quickly things happen; unattended runs set all of it to nearly nothing."""

    trigger_delay_s: float
    deploy_s: float
    decoy_gap_s: float


@dataclass(frozen=True)
class Places:
    """Where the parts of the drill answer. All on 127.0.0.1."""

    api_url: str
    gateway_url: str
    prometheus_url: str
    recorder_url: str
    provider_status_url: str
    services: Mapping[str, str]
    ai_gate_url: str = ""
    model_status_url: str = ""


class ThirdParties(Protocol):
    """What is outside the shop, by its private side."""

    async def set_profile(self, name: str) -> None:
        """Let them all behave by the profile called `name`. Raises UnknownName, StackFailed."""

    async def set_model_profile(self, name: str) -> None:
        """The same for the model provider, which has profiles of its own."""


class Customers(Protocol):
    """Those who use the shop: the load, by its private side."""

    def set_profile(self, name: str) -> None:
        """Let them come by the load profile called `name`. Raises UnknownName."""


@dataclass
class Session:
    """A drill that is being run by this process."""

    drill_id: str
    run_dir: Path
    seed: int
    capacity_units: int
    scenario: Scenario
    faults: tuple[Fault, ...]
    topology: tuple[ServiceEntry, ...]
    places: Places
    pace: Pace
    record: Record
    runtime: Runtime
    workspace: Workspace
    prometheus: PrometheusClient
    recorder: RecorderClient
    make_oracle: Callable[[ShopAccess], Oracle]
    third_parties: ThirdParties
    customers: Customers
    agenda: Agenda = field(default_factory=lambda: load_agenda("solo"))
    speed: float = 1.0
    """How many times faster than real time the agenda runs."""
    seal: Seal | None = None
    channel_url: str = field(default="", repr=False)
    """The webhook of the team's incident channel; empty where there is none."""
    operations_token: str = field(default="", repr=False)
    """What the shop's own operations are known by at the gateway."""
    left_off: LeftOff | None = None
    """The drill that this one goes on with."""
    guards: tuple[BoundGuard, ...] = ()
    """The checks that earlier drills' action items are bound to."""
    ai_vendors: frozenset[str] = frozenset()
    """The vendors for whose models the gate has a key; none: it stays closed."""
    alerts: AlertBook = field(default_factory=AlertBook)
    deploy_lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    verify_lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    over: asyncio.Event = field(default_factory=asyncio.Event)
    """Set once the drill is to end; the host then takes everything down."""
    over_reason: str = ""
    halted: bool = False
    failure: BaseException | None = None
    """What ended the drill, where that was not a person or the clock."""
    opened: Oracle | None = None
    healthy: Measures | None = None
    at_page: Measures | None = None
    references: References | None = None
    deploy_log: list[DeployEntry] = field(default_factory=list)
    tasks: set[asyncio.Task[None]] = field(default_factory=set)
    unmeasured: set[str] = field(default_factory=set)
    """Stated actions that the drill was to measure and could not: people tell their outcome."""
    states: dict[Audience, DrillState] = field(default_factory=dict)
    told: Story = field(default_factory=Story)
    laid_out: set[Artefact] = field(default_factory=set)
    """Files of the incident that the team has had."""
    is_scheduled: bool = False
    """Whether the colleagues' releases have begun."""
    is_all_out: bool = False
    """Whether all of them have gone out."""
    began: float = field(default_factory=time.monotonic)

    def open_shop(self, access: ShopAccess) -> None:
        """The shop is up: from now on it can be measured from outside."""
        self.opened = self.make_oracle(access)

    @property
    def oracle(self) -> Oracle:
        """Measures the shop from outside; UsageError before the shop is up."""
        if self.opened is None:
            raise UsageError("the shop is not up yet", "`drill status` tells when it is")
        return self.opened

    def note(self, event: Event, actor: str = "harness") -> None:
        """Append to the record; returns after the commit."""
        self.record.append(event, actor=actor)

    def state(self, audience: Audience = "instructor") -> DrillState:
        """What the drill has come to, as far as `audience` may know."""
        known = self.states.get(audience, DrillState())
        news = self.record.events(known.seq, audience=audience)
        self.states[audience] = fold(news, known)
        return self.states[audience]

    def story(self) -> Story:
        """The exercise so far, folded from the record."""
        if news := self.record.events(self.told.seq):
            self.told = fold_story(news, self.told)
        return self.told

    def drill_ms(self) -> int:
        """Drill time now, which is never before the newest event of the story."""
        return max(self.record.drill_time_ms(), self.told.clock.seen_ms)

    def end(self, reason: str) -> None:
        """Ask for the end of the drill; the first reason stands."""
        if not self.over.is_set():
            self.over_reason = reason
            self.over.set()

    def halt(self, reason: str) -> None:
        """Ask for the end at once: nothing more is waited for."""
        self.halted = True
        self.end(reason)

    def keep(self, task: asyncio.Task[None]) -> None:
        """Hold a background task until it is done; the drill's end cancels it.

        One that fails ends the drill, with its error as the reason: a drill that has lost a part
        of itself is worth nothing.
        """
        self.tasks.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self.tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            self.failure = self.failure or error
            self.end(f"a part of the drill failed: {error}")

    def log_automatic_rollback(self, service: str, version: str, back_to: str) -> None:
        """The runtime put the former version back, since the new one died after its deploy."""
        common = {
            "deploy_id": f"dep-{secrets.token_hex(3)}",
            "service": service,
            "version_from": version,
            "version_to": back_to,
            "commit": "",
            "by": "runtime",
            "summary": f"{version} died after its deploy",
        }
        self.note(DeploySucceeded(kind="rollback", **common), actor="runtime")
        self.deploy_log.append(
            DeployEntry(at=datetime.now(UTC), kind="rollback", outcome="succeeded", **common)
        )

    def running(self, service: str) -> BuiltRelease:
        """The release of `service` that serves now or, where it is down, served last.

        Raises StackFailed where none ever did.
        """
        built = self.runtime.running().get(service) or self.runtime.deployed().get(service)
        if built is None:
            raise StackFailed(f"{service} never served", "wait until the shop is up")
        return built

    def elapsed_s(self) -> float:
        """Seconds since this process began the drill."""
        return time.monotonic() - self.began
