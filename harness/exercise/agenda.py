"""What an agenda is: phases in order, what each unlocks, and what is thrown at the team."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

AiPolicy = Literal["closed", "after-cause", "open"]
"""`closed`: people only. `after-cause`: once a declared cause is confirmed. `open`: no limit."""
Artefact = Literal[
    "error-logs", "deployments", "provider-status", "config-diff", "deployment-notes"
]
ClockStart = Literal["ready", "page"]
InjectKind = Literal[
    "executive-asks",
    "support-tickets",
    "status-page-question",
    "red-herring",
    "second-alert",
    "person-removed",
    "message",
]
PhaseKind = Literal["briefing", "alerting", "investigation", "fix", "break", "review", "respond"]


@dataclass(frozen=True)
class Phase:
    """One stretch of an agenda."""

    id: str
    title: str
    kind: PhaseKind
    duration_ms: int | None
    """Of agenda time; None for one that ends only when it is skipped."""
    ai: AiPolicy
    triggers: bool
    """Whether the incident begins with this phase."""
    objectives: tuple[str, ...]
    unlocks: tuple[Artefact, ...]
    questions: tuple[str, ...]
    """For reflection; answers are kept."""


@dataclass(frozen=True)
class AtTime:
    """Due at a moment of agenda time."""

    at_ms: int


@dataclass(frozen=True)
class InPhase:
    """Due so long after a phase has begun."""

    phase: str
    after_ms: int


@dataclass(frozen=True)
class WhileAlert:
    """Due once an alert has fired for so long without a break."""

    alert: str
    for_ms: int


@dataclass(frozen=True)
class NoUpdate:
    """Due once stakeholders have heard nothing for so long, counted from the first page."""

    for_ms: int


@dataclass(frozen=True)
class ByHand:
    """Due only when the instructor throws it."""


When = AtTime | InPhase | WhileAlert | NoUpdate | ByHand


@dataclass(frozen=True)
class Inject:
    """Something that the team is told; it may be true, useless or misleading."""

    id: str
    kind: InjectKind
    sender: str
    text: str
    when: When
    role: str = ""
    """The role that `person-removed` takes away."""


@dataclass(frozen=True)
class Agenda:
    """A whole agenda; harness/exercise/agenda_files.py says how its file looks."""

    id: str
    title: str
    clock_starts: ClockStart
    """With the healthy shop, or with the first page."""
    cause_target_ms: int | None
    """Of agenda time from the first page to the right cause."""
    objectives: tuple[str, ...]
    roles: tuple[str, ...]
    phases: tuple[Phase, ...]
    injects: tuple[Inject, ...]

    @property
    def artefacts(self) -> frozenset[Artefact]:
        """Everything that some phase unlocks."""
        return frozenset(what for phase in self.phases for what in phase.unlocks)
