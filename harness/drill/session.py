"""A running drill: what it is, what it works with, and how far it has come."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from harness.drill.run_state import RunState
from harness.drill.services import Services
from harness.drill.spec import DrillSpec
from harness.errors import StackFailed, UsageError
from harness.model import BuiltRelease
from harness.record.deploys import DeployLog
from harness.record.events import Audience, DeploySucceeded, Event
from harness.record.state import DrillState
from harness.record.story import Story, fold
from harness.verification.access import ShopAccess
from harness.verification.oracle import Oracle

Progress = Callable[[str], None]


@dataclass(frozen=True)
class ReviewTimes:
    """When a drill that is over began and ended, and the moment of it that is shown."""

    begin: datetime
    end: datetime
    at: datetime


@dataclass
class Session:
    """A drill that is being run by this process.

    What needs no more than the spec takes the spec.
    """

    spec: DrillSpec
    services: Services
    run: RunState = field(default_factory=RunState)

    def open_shop(self, access: ShopAccess) -> None:
        """The shop is up: from now on it can be measured from outside."""
        self.run.opened = self.services.make_oracle(access)

    @property
    def oracle(self) -> Oracle:
        """Measures the shop from outside; UsageError before the shop is up."""
        if self.run.opened is None:
            raise UsageError("the shop is not up yet", "check it with `drill status`")
        return self.run.opened

    def note(self, event: Event, actor: str = "harness") -> None:
        """Append to the record; returns after the commit."""
        self.services.record.append(event, actor=actor)

    @property
    def has_begun(self) -> bool:
        """Whether anything that the drill is about has happened, or does so now. An alert before
        that is about the machine, or about what the team did."""
        return self.run.has_begun or self.state().triggered is not None

    def state(self, audience: Audience = "instructor") -> DrillState:
        """What the drill has come to, as far as `audience` may know."""
        return self.story(audience).state

    def story(self, audience: Audience = "instructor") -> Story:
        """The record so far, folded, as far as `audience` may know."""
        known = self.run.stories.get(audience, Story())
        if news := self.services.record.events(known.seq, audience=audience):
            known = fold(news, known)
        self.run.stories[audience] = known
        return known

    @property
    def review(self) -> ReviewTimes | None:
        """What a drill that is over was open for, and the moment that is shown; None while it
        runs."""
        return None

    def seen_at(self, moment: datetime) -> Session:  # noqa: ARG002
        """The drill as it could be seen at a moment. Raises UsageError while it runs."""
        raise UsageError(
            "the drill is running: earlier moments are shown once it is over",
            "look at a range of metrics, or at the timeline",
        )

    def now(self) -> datetime:
        """The moment that is shown: now, while the drill runs."""
        return datetime.now(UTC)

    def drill_ms(self) -> int:
        """Drill time now, which is never before the newest event of the story."""
        return max(self.services.record.drill_time_ms(), self.story().clock.seen_ms)

    def deploys(self) -> DeployLog:
        """Every deploy so far, those from before the drill first."""
        return DeployLog.of(self.story(), self.services.workspace.shop.log)

    def note_automatic_rollback(self, service: str, version: str, back_to: str) -> None:
        """The runtime put the former version back, since the new one died after its deploy."""
        event = DeploySucceeded(
            deploy_id=f"dep-{secrets.token_hex(3)}",
            service=service,
            version_from=version,
            version_to=back_to,
            commit="",
            kind="rollback",
            by="runtime",
            summary=f"{version} died after its deploy",
        )
        self.note(event, actor="runtime")

    def running(self, service: str) -> BuiltRelease:
        """The release of `service` that serves now or, where it is down, served last.

        Raises StackFailed where none ever did.
        """
        runtime = self.services.runtime
        built = runtime.running().get(service) or runtime.deployed().get(service)
        if built is None:
            raise StackFailed(f"{service} has not started yet", "wait until the shop is up")
        return built
