"""What changes while a drill runs, and is in no record: it ends with the process."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from dataclasses import dataclass, field

from harness.exercise.agenda import Artefact
from harness.measures import Measures
from harness.model import Pager
from harness.record.events import Audience, Event
from harness.record.story import Story
from harness.telemetry.alerts import AlertBook
from harness.verification.oracle import Oracle
from harness.verification.references import References

SQL_AT_ONCE_MAX = 4
"""Statements against the shop's databases at the same time."""


@dataclass
class RunState:
    """How far this process has come with the drill."""

    alerts: AlertBook = field(default_factory=AlertBook)
    deploy_lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    verify_lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    sql_gate: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(SQL_AT_ONCE_MAX))
    over: asyncio.Event = field(default_factory=asyncio.Event)
    """Set once the drill is to end; the host then takes everything down."""
    over_reason: str = ""
    halted: bool = False
    failure: BaseException | None = None
    """What ended the drill, where that was not a person or the clock."""
    opened: Oracle | None = None
    """Measures the shop from outside; None before the shop is up."""
    expected_per_s: float = 0.0
    """Requests that the load profile sends; a healthy shop takes most of them."""
    alarms: list[str] = field(default_factory=list)
    """Alerts that have fired since the baseline was taken, before anything happened."""
    has_begun: bool = False
    """Whether the shop was held healthy until something of the drill's own happened to it."""
    baseline_lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    healthy: Measures | None = None
    at_page: Measures | None = None
    references: References | None = None
    tasks: set[asyncio.Task[None]] = field(default_factory=set)
    unmeasured: set[str] = field(default_factory=set)
    """Stated actions that the drill was to measure and could not: people tell their outcome."""
    stories: dict[Audience, Story] = field(default_factory=dict)
    laid_out: set[Artefact] = field(default_factory=set)
    """Files of the incident that the team has had."""
    unseen: deque[tuple[Event, asyncio.Event]] = field(default_factory=deque)
    """What participants may not see and waits for the next beat, and what to set once it is noted:
    see harness/drill/lifecycle/unseen.py."""
    has_beat: bool = False
    is_scheduled: bool = False
    """Whether the colleagues' releases have begun."""
    is_all_out: bool = False
    """Whether all of them have gone out."""
    machine_busy: str = ""
    """Why the shop's signals are not fair just now; empty while they are."""
    pager: Pager = field(default_factory=lambda: Pager("no other was chosen"))
    """Who calls people; it changes once at most, where an Alertmanager dies."""
    own_pager: asyncio.Event = field(default_factory=asyncio.Event)
    """Set once the host has to answer at Alertmanager's port by itself."""
    began: float = field(default_factory=time.monotonic)

    def take_over_paging(self, why: str) -> None:
        """Let the host's own pager do what Alertmanager did."""
        self.pager = Pager(why)
        self.own_pager.set()

    def end(self, reason: str) -> None:
        """Ask for the end of the drill; the first reason stands."""
        if not self.over.is_set():
            self.over_reason = reason
            self.over.set()

    def halt(self, reason: str) -> None:
        """Ask for the end at once: nothing more is waited for."""
        self.halted = True
        self.end(reason)

    def fail(self, error: BaseException, reason: str) -> None:
        """Ask for the end because of `error`; the first one stands."""
        self.failure = self.failure or error
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
            self.fail(error, f"a part of the drill failed: {error}")

    def elapsed_s(self) -> float:
        """Seconds since this process began the drill."""
        return time.monotonic() - self.began
