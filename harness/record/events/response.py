"""The events that a team writes: what it knows, believes, does, says, and learns.

Percentages are whole numbers from 0 to 100.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from harness.record.events.event import Description, Event, Tone

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

    def describe(self) -> Description:
        return Description("note", self.text, by=self.by)


@dataclass(frozen=True)
class DiagnosisDeclared(Event, type="diagnosis.declared"):
    """The declared cause. `evidence` is what was written; `links` are those in it that led
    somewhere when it was."""

    service: str
    mechanism: str
    confidence_percent: int
    evidence: tuple[str, ...]
    note: str
    by: str
    links: tuple[str, ...] = ()

    def describe(self) -> Description:
        return Description(
            "diagnosis",
            f"{self.service}, {self.mechanism} ({self.confidence_percent} % sure)",
            by=self.by,
        )


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

    def describe(self) -> Description:
        systems = f" ({', '.join(self.systems)})" if self.systems else ""
        return Description(
            "incident", f"{self.severity}{systems}: {self.summary}", tone="warn", by=self.by
        )


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

    def describe(self) -> Description:
        counts = f"{len(self.known)} known, {len(self.unknown)} unknown"
        first = f"; first: {self.priorities[0].text}" if self.priorities else ""
        return Description("triage", counts + first, by=self.by)


@dataclass(frozen=True)
class Hypothesis:
    """One explanation; `id` stays the same over the revisions. Evidence is text and links."""

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

    def describe(self) -> Description:
        shares = [f"{one.probability_percent} % {one.text}" for one in self.hypotheses]
        return Description("hypotheses", " · ".join(shares), by=self.by)


@dataclass(frozen=True)
class AlertMarked(Event, type="alert.marked"):
    alert: str
    mark: AlertMark
    reason: str
    by: str

    def describe(self) -> Description:
        reason = f": {self.reason}" if self.reason else ""
        return Description("marked", f"{self.alert} as {self.mark}{reason}", by=self.by)


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

    def describe(self) -> Description:
        act = f"{self.action} {self.target}".strip()
        what = f"{act}: {self.expectation} ({self.probability_percent} %)"
        return Description("expected", what, by=self.by)


@dataclass(frozen=True)
class OutcomeMeasured(Event, type="action.measured"):
    action_id: str
    met: bool
    measured: str
    by: str

    def describe(self) -> Description:
        came = "as expected" if self.met else "not as expected"
        tone: Tone = "good" if self.met else "warn"
        return Description("measured", f"{self.measured}: {came}", tone=tone, by=self.by)


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

    def describe(self) -> Description:
        what = (
            f"to {self.readers}, {self.status} ({self.confidence_percent} %): {self.current_state}"
        )
        return Description("update", what, by=self.by)


@dataclass(frozen=True)
class ReflectionWritten(Event, type="reflection.written"):
    """What went well, what could improve, or an answer to one of the agenda's questions."""

    kind: ReflectionKind
    text: str
    by: str
    question: str = ""

    def describe(self) -> Description:
        return Description("reflection", self.text, tone="quiet", by=self.by)


@dataclass(frozen=True)
class CauseAnalysed(Event, type="cause.analysed"):
    """One level of the analysis afterwards, from what broke to why it could."""

    level: CauseLevel
    text: str
    confidence_percent: int
    by: str

    def describe(self) -> Description:
        return Description("cause", f"{self.level}: {self.text}", tone="quiet", by=self.by)


@dataclass(frozen=True)
class PostmortemSaved(Event, type="postmortem.saved"):
    """Somebody saved the team's postmortem; `version` is a digest of `text`."""

    version: str
    text: str
    by: str

    def describe(self) -> Description:
        return Description("postmortem", f"version {self.version} saved", tone="quiet", by=self.by)


@dataclass(frozen=True)
class LearningStored(Event, type="learning.stored"):
    kind: LearningKind
    fields: dict[str, str | tuple[str, ...]]
    by: str

    def describe(self) -> Description:
        first = next(iter(self.fields.values()), "")
        text = first if isinstance(first, str) else "; ".join(first)
        kind = self.kind.replace("_", " ")
        return Description("lesson", f"{kind}: {text}", tone="quiet", by=self.by)


@dataclass(frozen=True)
class ActionItemAdded(Event, type="action-item.added"):
    """`check` names the guardrail that later drills run; empty where none is bound."""

    item_id: str
    text: str
    owner: str
    check: str
    by: str

    def describe(self) -> Description:
        what = f"{self.text}, {self.owner}" if self.owner else self.text
        return Description("action item", what, tone="quiet", by=self.by)
