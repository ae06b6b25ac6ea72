"""Every type of event that a drill's record can hold.

An event is a frozen dataclass. Its class says what it is called in the record and who may see
it: `all`, or only the `instructor` (what would give the answer away).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

from pydantic import ConfigDict

Audience = Literal["all", "instructor"]
DeployKind = Literal["release", "rollback", "restart", "hotfix"]

EVENT_TYPES: dict[str, type[Event]] = {}
"""Type in the record → class; filled as the classes below are defined."""


class Event:
    """Base of all events; `type` and `audience` are given as class keywords."""

    type: ClassVar[str] = ""
    audience: ClassVar[Audience] = "instructor"
    # A measure may be "not a number" (no data); plain JSON has no word for that.
    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(ser_json_inf_nan="strings")

    def __init_subclass__(cls, *, type: str = "", audience: Audience = "all") -> None:  # noqa: A002
        super().__init_subclass__()
        cls.type, cls.audience = type, audience
        if type:
            EVENT_TYPES[type] = cls


@dataclass(frozen=True)
class UnknownEvent(Event, audience="instructor"):
    """An event of a type that this version does not know, kept as it was read."""

    unknown_type: str
    data: Mapping[str, Any]


@dataclass(frozen=True)
class DrillCreated(Event, type="drill.created", audience="instructor"):
    """The intent, written before anything is started."""

    scenario: str
    seed: int
    runtime: str
    mode: str
    agenda: str
    versions: dict[str, str]
    """The version of each service that the drill begins with."""


@dataclass(frozen=True)
class DrillStarting(Event, type="drill.starting"):
    """The stack is coming up."""


@dataclass(frozen=True)
class StackReady(Event, type="stack.ready"):
    component: str
    took_ms: int


@dataclass(frozen=True)
class BaselineConfirmed(Event, type="baseline.confirmed"):
    """The healthy shop was measured and nothing paged."""

    measures: dict[str, float]


@dataclass(frozen=True)
class DrillTriggered(Event, type="drill.triggered", audience="instructor"):
    service: str
    version_to: str


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
    pass


@dataclass(frozen=True)
class DeploySucceeded(DeployEvent, type="deploy.succeeded"):
    pass


@dataclass(frozen=True)
class DeployFailed(DeployEvent, type="deploy.failed"):
    """The old version still serves; `error` says why."""


@dataclass(frozen=True)
class AlertEvent(Event):
    """What both events of an alert have in common."""

    fingerprint: str
    name: str
    severity: str
    summary: str
    service: str


@dataclass(frozen=True)
class AlertFired(AlertEvent, type="alert.fired"):
    pass


@dataclass(frozen=True)
class AlertResolved(AlertEvent, type="alert.resolved"):
    pass


@dataclass(frozen=True)
class PageSent(Event, type="page.sent"):
    page_id: str
    alert: str
    severity: str
    summary: str


@dataclass(frozen=True)
class PageAcknowledged(Event, type="page.acknowledged"):
    page_id: str
    by: str


@dataclass(frozen=True)
class NoteAdded(Event, type="note.added"):
    text: str
    by: str


@dataclass(frozen=True)
class DiagnosisDeclared(Event, type="diagnosis.declared"):
    service: str
    mechanism: str
    confidence_percent: int
    evidence: tuple[str, ...]
    note: str
    by: str


@dataclass(frozen=True)
class VerifyStarted(Event, type="verify.started"):
    by: str


@dataclass(frozen=True)
class VerifyResult:
    """One measure of a verification run, beside what it was; None where there was no data."""

    measure: str
    value: float | None
    at_page: float | None
    healthy: float | None
    bound: str
    """The objective in words, such as "at most 0.02"."""
    holds: bool


@dataclass(frozen=True)
class VerifyFinished(Event, type="verify.finished"):
    passed: bool
    results: tuple[VerifyResult, ...]
    settling: tuple[str, ...] = ()
    """What the shop was still busy with from before the last change when it was tested."""


@dataclass(frozen=True)
class ImpactSampled(Event, type="impact.sampled"):
    """Totals since the load began, and the share of successful journeys just now (0 to 1)."""

    users_affected: int
    revenue_lost: float
    success_ratio: float


@dataclass(frozen=True)
class ProcessExited(Event, type="process.exited"):
    name: str
    exit_code: int | None


@dataclass(frozen=True)
class HarnessProblem(Event, type="harness.problem"):
    """Our own machinery failed: never to be confused with the incident."""

    what: str


@dataclass(frozen=True)
class AccessRefused(Event, type="access.refused", audience="instructor"):
    """Somebody asked the drill's API for what their token does not permit."""

    what: str


@dataclass(frozen=True)
class DrillFinished(Event, type="drill.finished"):
    reason: str


@dataclass(frozen=True)
class DrillAborted(Event, type="drill.aborted"):
    reason: str
