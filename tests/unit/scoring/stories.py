"""Exercises told as events: the production incident handled well, and the same in panic."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from harness.causes import Answer
from harness.record import events as e
from harness.record.envelope import Envelope
from harness.record.story import Story, fold
from harness.scoring.case import AnswerKey, Case
from harness.scoring.times import Duration

BEGAN = datetime(2026, 3, 1, 3, 0, tzinfo=UTC)
KEY = AnswerKey(
    (Answer(("payments",), ("timeout-misconfigured", "bad-configuration")),),
    "Payment timeouts were cut to a tenth",
    "services/payments/timeouts.toml",
)
TRACE = "trace:" + "4bf92f3577b34da6a3ce929d0e0e4736"
ERRORS = "promql:sum(rate(charges_total[5s])) @2026-03-01T03:00:00Z..2026-03-01T03:03:00Z"
STATUS = "log:4711"
DIFF = "commit:9fceb02d0ae598e9"


def both(ms: int) -> Duration:
    """A duration on clocks that run alike."""
    return Duration(ms, ms)


Moment = tuple[float, e.Event]
"""Minutes from the page, and what happened."""


def envelopes(moments: Iterable[Moment]) -> list[Envelope]:
    """A record; the page of minute 0 comes a minute into the drill."""
    lines = []
    for seq, (minute, event) in enumerate(moments, 1):
        now_ms = round((minute + 1) * 60_000)
        wall = BEGAN + timedelta(milliseconds=now_ms)
        by = str(getattr(event, "by", "host"))
        lines.append(
            Envelope(seq, "d-7f3a", wall, now_ms, by, event.type, event.audience, event, {})
        )
    return lines


def story_of(moments: Iterable[Moment]) -> Story:
    return fold(envelopes(moments))


def case_of(moments: Iterable[Moment], key: AnswerKey | None = KEY) -> Case:
    return Case(story_of(moments), key)


def without(moments: Iterable[Moment], *kinds: type[e.Event]) -> list[Moment]:
    return [(minute, event) for minute, event in moments if not isinstance(event, kinds)]


def changed(
    moments: Iterable[Moment], kind: type[e.Event], change: Callable[[Any], dict[str, Any]]
) -> list[Moment]:
    """Every event of a kind with other fields."""
    return [
        (minute, replace(event, **change(event)) if isinstance(event, kind) else event)  # type: ignore[type-var]
        for minute, event in moments
    ]


def moved(moments: Iterable[Moment], kind: type[e.Event], minute: float) -> list[Moment]:
    """Every event of a kind at another minute."""
    there = [(minute if isinstance(event, kind) else at, event) for at, event in moments]
    return sorted(there, key=lambda one: one[0])


def deploy(kind: e.DeployKind, service: str, outcome: type[e.DeployEvent]) -> e.DeployEvent:
    return outcome(
        f"dep-{kind}-{service}", service, "2.4.2", "2.4.1", "c0ffee", kind, "dana", "back again"
    )


def alert(name: str, service: str, *, fired: bool = True) -> e.AlertEvent:
    kind = e.AlertFired if fired else e.AlertResolved
    return kind(f"{name}-{service}", name, "critical", f"{name} on {service}", service)


def hypotheses(deployment: int, provider: int, other: int, *evidence: str) -> e.HypothesesRevised:
    return e.HypothesesRevised(
        (
            e.Hypothesis(
                "h1", "Deployment is cause", deployment, "payments", "timeout-misconfigured",
                evidence, (),
            ),
            e.Hypothesis("h2", "Payment provider is down", provider, "", "slow-dependency"),
            e.Hypothesis("h3", "Something else", other),
        ),
        "what we know now", "alex",
    )  # fmt: skip


UPDATE = e.UpdatePosted(
    status="recovering",
    what_happened="A deployment changed the payment service's timeouts; they were too short.",
    what_we_did="Rolled back to the previous version.",
    current_state="Error rate down from 45% to 8%, still improving. About $2,500 lost.",
    confidence_percent=90,
    unknowns=("Why the timeout change was made", "Whether it masks another issue"),
    next_steps=("Monitor for full recovery (5 min)", "Post-incident review within 24 h"),
    eta_minutes=10,
    readers="executive",
    by="sam",
)

TRIAGE = e.TriageWritten(
    known=("Multiple systems show stress", "User impact is real and significant"),
    unknown=("Root cause", "Whether issues are related", "Which alert is the source"),
    priorities=(
        e.Priority("prevent-cascade", "Check if one failure is causing others"),
        e.Priority("diagnose", "Error logs, recent deployments, infrastructure metrics"),
        e.Priority("communicate", "CEO update at T+5"),
    ),
    not_doing_yet=("Restarting services randomly", "Rolling back without knowing"),
    by="alex",
)

ALERTS: list[tuple[str, str]] = [
    ("HighErrorRate", "gateway"),
    ("DatabasePoolExhausted", "payments"),
    ("PaymentsFailing", "payments"),
    ("SupportTicketsFlood", ""),
]

BEGINNING: list[Moment] = [
    (-1.0, e.DrillCreated("bad-timeouts", 7, "local", "honour", "incident-u3", {})),
    (-0.9, e.RoleJoined("alex", "on-call")),
    (-0.9, e.RoleJoined("dana", "backend")),
    (-0.9, e.RoleJoined("sam", "bridge")),
    (-0.5, e.ImpactSampled(0, 0.0, 0.999)),
    (-0.2, e.DrillTriggered("payments", "2.4.2")),
    *((0.0, alert(name, service)) for name, service in ALERTS),
    (0.0, e.PageSent("p1", "HighErrorRate", "critical", "45 % of requests fail")),
    (0.0, e.ClockStarted("incident-u3", 1.0)),
    (0.1, e.PageAcknowledged("p1", "alex")),
]  # fmt: skip

LEARNING: list[Moment] = [
    (minute, e.LearningStored(kind, fields, "kim"))  # type: ignore[arg-type]
    for minute, kind, fields in (
        (12.0, "incident_pattern", {
            "pattern": "aggressive_timeout_cascade",
            "symptoms": ("connection timeouts", "pool exhaustion", "cascade failure"),
            "root_cause": "timeout too short for external service variability",
            "detection": "check recent deployments, especially config changes",
            "resolution": "rollback or adjust timeout",
        }),
        (12.1, "diagnostic_lesson", {
            "lesson": "DB pool exhaustion is usually a SYMPTOM, not a cause",
            "explanation": "Something is holding connections - find what",
            "action": "trace what's waiting for DB before adding pool capacity",
        }),
        (12.2, "process_lesson", {
            "lesson": "Config changes are as risky as code changes",
            "explanation": "v2.4.2 was 'minor' but caused major outage",
            "action": "config changes need same review as code",
        }),
        (32.0, "process_improvement", {
            "area": "deployment",
            "current": "config changes can skip review",
            "proposed": "all deployments require review + staging",
            "confidence_this_prevents_repeat": "80%",
        }),
        (32.2, "cultural_insight", {
            "insight": "minor change mindset is dangerous",
            "evidence": "this 'minor' change caused major outage",
            "action": "no changes are minor in production",
        }),
    )
]  # fmt: skip

REFLECTION: list[Moment] = [
    *(
        (11.0, e.ReflectionWritten("went-well", text, "kim"))
        for text in (
            "Structured triage: didn't panic, followed the diagnostic process",
            "Hypothesis-driven: formed theories, gathered evidence",
            "Verified before acting: checked the provider's status, reviewed the diff",
            "Quick rollback: four minutes from alert to rollback",
            "Clear communication: the CEO update was honest about certainty",
        )
    ),
    *(
        (11.5, e.ReflectionWritten("could-improve", text, "kim"))
        for text in (
            "Deployment review: timeout changes should require review",
            "Alerting: could have caught this in staging",
            "Circuit breaker: it opened, but the damage was done",
        )
    ),
    *LEARNING[:3],
    (31.0, e.CauseAnalysed("surface", "Timeout values too aggressive", 99, "kim")),
    (31.1, e.CauseAnalysed("deeper", "Deployment without review or staging test", 95, "kim")),
    (31.2, e.CauseAnalysed("deepest", "No checklist for config changes", 90, "kim")),
    *LEARNING[3:],
    (33.0, e.ActionItemAdded("ai-1", "Staging on the deployment checklist", "sam", "", "kim")),
    (33.1, e.ActionItemAdded("ai-2", "Create timeout change guidelines", "dana", "", "kim")),
    (33.2, e.ActionItemAdded("ai-3", "Load test for config changes", "dana", "load-test", "kim")),
    (33.3, e.ActionItemAdded("ai-4", "Share learnings with team", "kim", "", "kim")),
]  # fmt: skip

STRUCTURED: list[Moment] = [
    *BEGINNING,
    (1.0, TRIAGE),
    (1.5, e.IncidentDeclared("sev1", "Checkout fails", ("payments", "gateway"), 50_000,
                             "all customers who pay", ("revenue",), "alex")),
    (1.8, e.AlertMarked("DatabasePoolExhausted", "symptom", "something holds connections", "alex")),
    (1.9, e.AlertMarked("PaymentsFailing", "source", "it began first", "alex")),
    (2.5, hypotheses(70, 25, 5, ERRORS)),
    (3.5, hypotheses(95, 5, 0, ERRORS, STATUS, DIFF)),
    (3.6, e.DiagnosisDeclared("payments", "timeout-misconfigured", 95, (DIFF, STATUS), "", "alex")),
    (3.9, e.ActionStated("act-1", "rollback", "payments", "Rollback will fix", 90, 120.0,
                         "Roll forward at once, re-assess the hypotheses", "dana")),
    (4.0, replace(UPDATE, status="identified", readers="internal", eta_minutes=5,
                  what_we_did="Rolling back payments to 2.4.1",
                  current_state="45% of requests fail")),
    (4.0, deploy("rollback", "payments", e.DeployStarted)),
    (4.1, deploy("rollback", "payments", e.DeploySucceeded)),
    (5.0, e.InjectDelivered("executive-asks", "executive-asks", "CEO", "What happens?", "agenda")),
    (5.2, UPDATE),
    (5.4, e.ImpactSampled(50_000, 2_500.0, 0.92)),
    *((6.0, alert(name, service, fired=False)) for name, service in ALERTS),
    (6.0, e.OutcomeMeasured("act-1", True, "payment errors 45% → 2% in two minutes", "dana")),
    (9.8, e.VerifyStarted("dana")),
    (10.0, e.VerifyFinished(True, ())),
    *REFLECTION,
]  # fmt: skip
"""The story of the production incident, as it should go."""

JUDGED: list[Moment] = [
    (40.0, e.LineJudged("reflection_was_thorough", 5, "thorough", "instructor")),
    (40.1, e.LineJudged("quality_held", 10, "as calm at T+5 as at T+30", "instructor")),
    (41.0, e.DrillFinished("asked")),
]

SERVICES = ("gateway", "orders", "payments", "billing", "users", "a", "b", "c")

PANIC: list[Moment] = [
    *BEGINNING,
    (0.3, e.NoteAdded("Everything is broken!", "alex")),
    *((1.0, deploy("restart", service, e.DeployStarted)) for service in SERVICES),
    *((1.2, deploy("restart", service, e.DeploySucceeded)) for service in SERVICES),
    (3.0, e.NoteAdded("That didn't work, try payments again", "alex")),
    (3.0, deploy("restart", "payments", e.DeployStarted)),
    (3.1, deploy("restart", "payments", e.DeploySucceeded)),
    (5.0, e.InjectDelivered("executive-asks", "executive-asks", "CEO", "What happens?", "agenda")),
    (5.1, e.NoteAdded("We're working on it", "alex")),
    (10.0, e.NoteAdded("Still no idea", "alex")),
    (30.0, deploy("rollback", "payments", e.DeployStarted)),
    (30.1, deploy("rollback", "payments", e.DeploySucceeded)),
    *((32.0, alert(name, service, fired=False)) for name, service in ALERTS),
    (33.0, e.VerifyFinished(True, ())),
    (34.0, e.DrillFinished("asked")),
]  # fmt: skip
"""The same incident, handled by flailing."""
