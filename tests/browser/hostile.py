"""A drill in which everybody who can write anything has written markup."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from harness.drill.session import Session
from harness.record import events
from harness.workspace.shop import ReleaseNotes
from tests.browser.drill import SCRIPT, TRACE_ID, FakeRecorder
from tests.unit.drill.conftest import FakeWorkspace

DEPLOY_ID = "dep-1"
T0_US = 1_790_000_000_000_000
TEXTS: Mapping[str, tuple[str, ...]] = {
    "now": ("summary", "note"),
    "timeline": ("person", "note", "message", "expectation", "mark"),
    "diagnosis": ("hypothesis", "reason", "known", "blast"),
    "comms": ("happened", "unknown", "next"),
    "changes": ("commit", "author", "subject", "code"),
    f"traces?trace={TRACE_ID}": ("operation", "event"),
    "logs": ("event",),
    "score": ("expectation",),
    "postmortem": ("paper", "reflection", "cause", "item", "lesson"),
    "projector": ("summary",),
    "instructor": ("person",),
}
"""By view, the pieces that it has to show as they were written."""


def markup(name: str) -> str:
    """A script, and a name to know it by."""
    return f"{SCRIPT} {name}-text"


class HostileWorkspace(FakeWorkspace):
    """Commits by somebody who tries it everywhere."""

    DIFF = f"diff --git a/x.py b/x.py\n--- a/x.py\n+++ b/x.py\n@@ -1 +1 @@\n+{markup('code')}\n"

    def diff(self, service: str, version_from: str, version_to: str) -> str:
        return self.DIFF

    def notes(self, service: str, version: str) -> ReleaseNotes:
        told = super().notes(service, version)
        return replace(told, subject=markup("subject"), author_name=markup("author"))


class HostileRecorder(FakeRecorder):
    """Traces and lines of a shop whose users write into them."""

    TRACE: Mapping[str, Any] = {
        "traceID": TRACE_ID,
        "spans": [
            {
                "traceID": TRACE_ID,
                "spanID": "01" * 8,
                "processID": "p1",
                "operationName": markup("operation"),
                "startTime": T0_US,
                "duration": 2_500_000,
                "references": [],
                "tags": [{"key": "http.url", "type": "string", "value": markup("tag")}],
                "logs": [],
            }
        ],
        "processes": {"p1": {"serviceName": "orders", "tags": []}},
        "warnings": None,
    }

    async def logs(self, *given: Any, **asked: Any) -> list[Mapping[str, Any]]:
        whole = {"after": None, "before": None, "limit": 1} | asked
        found = await super().logs(*given, **whole)
        return [{**one, "event": markup("event"), "span_id": "01" * 8} for one in found]

    async def traces(self, **_: Any) -> list[Mapping[str, Any]]:
        return [self.TRACE]

    async def trace(self, trace_id: str) -> Mapping[str, Any]:
        return self.TRACE


def spread_markup(session: Session) -> None:
    """Leave a piece of it wherever people or the shop may write."""
    workspace: Any = HostileWorkspace()
    session.services.workspace = workspace
    who = markup("person")
    for event in (
        _deploy(),
        events.RoleJoined(who, "on-call"),
        events.InjectDelivered("i1", "message", markup("sender"), markup("message"), "agenda"),
        events.AlertFired("f2", "Hostile", "critical", markup("summary"), "payments"),
        events.PageSent("p2", "Hostile", "critical", markup("summary")),
        events.NoteAdded(markup("note"), who),
        events.IncidentDeclared(
            "sev2", markup("summary"), ("payments",), 7, markup("blast"), (), who
        ),
        events.TriageWritten((markup("known"),), (markup("unknown"),), (), (), who),
        events.AlertMarked("Hostile", "symptom", markup("mark"), who),
        events.HypothesesRevised(_hypotheses(), markup("reason"), who),
        events.ActionStated(
            "act-1", "wait", "", markup("expectation"), 70, 60, markup("worse"), who
        ),
        events.OutcomeMeasured("act-1", True, markup("measured"), who),
        _update(who),
        events.ReflectionWritten("went-well", markup("reflection"), who),
        events.CauseAnalysed("surface", markup("cause"), 80, who),
        events.LearningStored("process_lesson", {"lesson": markup("lesson")}, who),
        events.ActionItemAdded("item-1", markup("item"), who, "", who),
    ):
        session.note(event, actor=who)
    (session.spec.run_dir / "postmortem.md").write_text(markup("paper"))


def _hypotheses() -> tuple[events.Hypothesis, ...]:
    told = markup("hypothesis")
    return (events.Hypothesis("h1", told, 60, "payments"), events.Hypothesis("h2", told, 40))


def _update(who: str) -> events.UpdatePosted:
    return events.UpdatePosted(
        status="investigating",
        what_happened=markup("happened"),
        what_we_did=markup("did"),
        current_state=markup("state"),
        confidence_percent=40,
        unknowns=(markup("unknown"),),
        next_steps=(markup("next"),),
        eta_minutes=None,
        readers="all",
        by=who,
        components={"payments": "partial_outage"},
    )


def _deploy() -> events.DeploySucceeded:
    return events.DeploySucceeded(
        deploy_id=DEPLOY_ID,
        service="payments",
        version_from="2.4.1",
        version_to="2.4.2",
        commit="c0ffee",
        kind="release",
        by=markup("author"),
        summary=markup("commit"),
    )
