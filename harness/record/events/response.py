"""The events that a team writes: what it knows, believes, does, says, and learns.

Percentages are whole numbers from 0 to 100.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from harness.record.events.event import Event

ActionKind = Literal["rollback", "restart", "deploy", "flag", "wait", "other"]
AlertMark = Literal["source", "symptom", "unrelated"]
CauseLevel = Literal["surface", "deeper", "deepest"]
ComponentStatus = Literal[
    "operational", "degraded_performance", "partial_outage", "major_outage", "under_maintenance"
]
Escalation = Literal["data", "security", "revenue"]
LearningKind = Literal[
    "incident_pattern",
    "diagnostic_lesson",
    "process_lesson",
    "process_improvement",
    "cultural_insight",
]
PriorityKind = Literal["prevent-cascade", "diagnose", "communicate", "fix", "other"]
Readers = Literal["internal", "executive", "external", "all"]
ReflectionKind = Literal["went-well", "could-improve", "answer"]
Severity = Literal["sev1", "sev2", "sev3", "sev4"]
UpdateStatus = Literal["investigating", "identified", "recovering", "resolved"]


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
class IncidentDeclared(Event, type="incident.declared"):
    """What the team takes the incident to be; what was measured is elsewhere in the record."""

    severity: Severity
    summary: str
    systems: tuple[str, ...]
    users_affected: int | None
    blast_radius: str
    escalate: tuple[Escalation, ...]
    by: str


@dataclass(frozen=True)
class Priority:
    """One thing to do, in its place in the order."""

    kind: PriorityKind
    text: str


@dataclass(frozen=True)
class TriageWritten(Event, type="triage.written"):
    known: tuple[str, ...]
    unknown: tuple[str, ...]
    priorities: tuple[Priority, ...]
    not_doing_yet: tuple[str, ...]
    by: str


@dataclass(frozen=True)
class Hypothesis:
    """One explanation; `id` stays the same over the revisions. Evidence holds links."""

    id: str
    text: str
    probability_percent: int
    service: str = ""
    mechanism: str = ""
    evidence_for: tuple[str, ...] = ()
    evidence_against: tuple[str, ...] = ()


@dataclass(frozen=True)
class HypothesesRevised(Event, type="hypotheses.revised"):
    """All hypotheses as they stand now; their probabilities sum to 100."""

    hypotheses: tuple[Hypothesis, ...]
    reason: str
    by: str


@dataclass(frozen=True)
class AlertMarked(Event, type="alert.marked"):
    alert: str
    mark: AlertMark
    reason: str
    by: str


@dataclass(frozen=True)
class ActionStated(Event, type="action.stated"):
    """What somebody is about to do, what they expect of it, and what they do if it gets worse."""

    action_id: str
    action: ActionKind
    target: str
    expectation: str
    probability_percent: int
    within_s: float
    if_worse: str
    by: str


@dataclass(frozen=True)
class OutcomeMeasured(Event, type="action.measured"):
    action_id: str
    met: bool
    measured: str
    by: str


@dataclass(frozen=True)
class UpdatePosted(Event, type="update.posted"):
    """A word to stakeholders. `eta_latest_minutes` makes an interval of the estimate."""

    status: UpdateStatus
    what_happened: str
    what_we_did: str
    current_state: str
    confidence_percent: int
    unknowns: tuple[str, ...]
    next_steps: tuple[str, ...]
    eta_minutes: float | None
    readers: Readers
    by: str
    eta_latest_minutes: float | None = None
    components: dict[str, ComponentStatus] | None = None
    """For the status page: what the team says of each service it names."""


@dataclass(frozen=True)
class ReflectionWritten(Event, type="reflection.written"):
    """What went well, what could improve, or an answer to one of the agenda's questions."""

    kind: ReflectionKind
    text: str
    by: str
    question: str = ""


@dataclass(frozen=True)
class CauseAnalysed(Event, type="cause.analysed"):
    """One level of the analysis afterwards, from what broke to why it could."""

    level: CauseLevel
    text: str
    confidence_percent: int
    by: str


@dataclass(frozen=True)
class PostmortemSaved(Event, type="postmortem.saved"):
    """Somebody saved the team's postmortem; `version` is a digest of `text`."""

    version: str
    text: str
    by: str


@dataclass(frozen=True)
class LearningStored(Event, type="learning.stored"):
    kind: LearningKind
    fields: dict[str, str | tuple[str, ...]]
    by: str


@dataclass(frozen=True)
class ActionItemAdded(Event, type="action-item.added"):
    """`check` names the guardrail that later drills run; empty where none is bound."""

    item_id: str
    text: str
    owner: str
    check: str
    by: str
