"""What changed in the shop: releases, flags, and what its surroundings did."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from harness.record.events.event import Description, Event, Tone

DeployKind = Literal["release", "rollback", "restart", "hotfix"]
GuardVerdict = Literal["passed", "objected", "unknown"]
"""Nothing to object; an objection; it could not be told."""


@dataclass(frozen=True)
class DrillTriggered(Event, type="drill.triggered", audience="instructor"):
    service: str
    version_to: str

    def describe(self) -> Description:
        return Description(
            "release planned",
            f"{self.service} {self.version_to}, which begins the incident",
            tone="quiet",
        )


@dataclass(frozen=True)
class ReleasePlanned(Event, type="release.planned", audience="instructor"):
    """A colleague's release that sets nothing off by itself is about to go out.

    The one that does has `drill.triggered` in its place: participants see the numbers of the events
    that they may see, and a gap before one release alone would mark it. What happens without a
    release is noted in time with `unseen.nothing`.
    """

    service: str
    version_to: str

    def describe(self) -> Description:
        return Description("release planned", f"{self.service} {self.version_to}", tone="quiet")


@dataclass(frozen=True)
class NothingUnseen(Event, type="unseen.nothing", audience="instructor"):
    """Takes the place, beat by beat, of an event that participants may not see: they see the
    numbers of the others, and a gap that comes with every beat tells them nothing."""


@dataclass(frozen=True)
class LedgerCorrected(Event, type="ledger.corrected"):
    """Somebody had billing correct its ledger, by its own API; as far as its log tells."""

    orders: int
    amount: str
    """The sum of all corrections, in the shop's currency."""

    def describe(self) -> Description:
        orders = f"{self.orders} order{'' if self.orders == 1 else 's'}"
        return Description("correction", f"billing's ledger, {orders}: {self.amount} in all")


@dataclass(frozen=True)
class DependencyActed(Event, type="dependency.acted", audience="instructor"):
    """Something outside the shop's code did what it does now and then: a database failed over, a
    third party was slow for a while."""

    what: str

    def describe(self) -> Description:
        return Description("disturbance", self.what, tone="quiet")


@dataclass(frozen=True)
class DeployEvent(Event):
    """What the three events of a deploy have in common."""

    deploy_id: str
    service: str
    version_from: str
    version_to: str
    commit: str
    kind: DeployKind
    by: str
    summary: str
    error: str = ""


@dataclass(frozen=True)
class DeployStarted(DeployEvent, type="deploy.started"):
    def describe(self) -> Description:
        versions = "" if self.kind == "restart" else f" {self.version_from} → {self.version_to}"
        return Description(self.kind, f"{self.service}{versions}: {self.summary}", by=self.by)


@dataclass(frozen=True)
class DeploySucceeded(DeployEvent, type="deploy.succeeded"):
    def describe(self) -> Description:
        return Description("deployed", f"{self.service} {self.version_to} serves")


@dataclass(frozen=True)
class DeployFailed(DeployEvent, type="deploy.failed"):
    """The old version still serves; `error` says why."""

    def describe(self) -> Description:
        return Description(
            "deploy failed", f"{self.service} {self.version_to}: {self.error}", tone="bad"
        )


@dataclass(frozen=True)
class FlagSwitched(Event, type="flag.switched"):
    """Somebody switched a feature flag of a service."""

    service: str
    name: str
    enabled: bool
    by: str

    @property
    def kind(self) -> Literal["flag"]:
        """What sort of act it is, beside those of deploys."""
        return "flag"

    def describe(self) -> Description:
        return Description(
            "flag", f"{self.name} of {self.service} {'on' if self.enabled else 'off'}", by=self.by
        )


@dataclass(frozen=True)
class GuardChecked(Event, type="guard.checked"):
    """One check of one release. It warns: the release goes on."""

    check: str
    item_id: str
    """The action item that it is bound to, of the drill `from_drill`."""
    from_drill: str
    service: str
    version: str
    verdict: GuardVerdict
    why: str

    def describe(self) -> Description:
        what = f"{self.check}, {self.service} {self.version}: {self.verdict}, {self.why}"
        tone: Tone = "warn" if self.verdict == "objected" else "quiet"
        return Description("guardrail", what, tone=tone)
