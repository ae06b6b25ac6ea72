"""A workshop in which everything is done that the API offers, over fakes that answer as the real
telemetry does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from harness.api.app import create_app
from harness.drill.actions import flags, verify
from harness.drill.outputs.incident_files import folder_of
from harness.drill.queries import sql_query
from harness.drill.session import Session
from harness.exercise.agenda_files import load_agenda
from harness.measures import MEASURE_NAMES
from harness.model import Alert, BuiltRelease
from harness.record import events as e
from harness.telemetry.jaeger import JaegerTrace, to_jaeger
from harness.telemetry.log_records import parse_line
from harness.telemetry.traces import Span, SpanEvent, Trace
from harness.tokens import Caller, TokenBook
from tests.browser.drill import TRACE_ID, FakePrometheus
from tests.unit.drill.conftest import FakeRuntime, FakeWorkspace, deployed, page_sent

PORT = 18_900
LINES = (
    b'{"level": "error", "event": "charge failed", "trace_id": "%s", "attempt": 3, "took_s": 1.5}'
    % TRACE_ID.encode(),
    b"Traceback (most recent call last):",
)
NOW_MS = 1_800_000_000_000


AGAIN = SpanEvent(10**18, "retry", {"attempt": 2})


def a_trace() -> JaegerTrace:
    """Two services, one of which fails, with every kind of value."""
    first = Span(
        TRACE_ID, "01" * 8, None, "orders", "5.2.3", "GET /orders", "server", 10**18, 10**9, False,
        {"http.status": 200, "share": 0.5, "cached": False}, (AGAIN,),
    )  # fmt: skip
    second = replace(first, span_id="02" * 8, parent_id="01" * 8, service="payments", error=True)
    return to_jaeger(Trace(TRACE_ID, (first, second), dropped_spans=2))


class Recorder:
    """One trace, and a line of each kind."""

    async def logs(self, *_: object, **__: object) -> list[Mapping[str, Any]]:
        found = [
            parse_line(at, "payments", line, 1_800_000_000_000) for at, line in enumerate(LINES)
        ]
        return [one.to_json() for one in found if one is not None]

    async def traces(self, **_: object) -> list[JaegerTrace]:
        return [a_trace()]

    async def trace(self, trace_id: str) -> JaegerTrace | None:
        return a_trace()

    async def operations(self, service: str) -> list[str]:
        return ["POST /charges"]


class Prometheus(FakePrometheus):
    """Knows what the alert says by now, too."""

    async def alerts(self) -> list[Alert]:
        return [SimpleNamespace(fingerprint="f1", summary="70% of charges fail")]  # type: ignore[list-item]


class Runtime(FakeRuntime):
    def database_url(self, service: str, *, role: str = "oncall") -> str:
        return f"postgresql://oncall:secret@127.0.0.1:15432/{service}"

    def processes(self) -> Sequence[Any]:
        return [SimpleNamespace(name=name, pid=4711, alive=True) for name in self.releases]


class Workspace(FakeWorkspace):
    def build_from_workspace(
        self, service: str, message: str | None, by: str, *, running: str
    ) -> BuiltRelease:
        return BuiltRelease(service, "9.9.9", "c0ffee" * 2, Path("/nowhere"))


class Oracle:
    """Finds everything in order."""

    async def measure(self, *_: object) -> Mapping[str, float | None]:
        return dict.fromkeys(MEASURE_NAMES, 1.0)


@dataclass(frozen=True)
class Request:
    """Something that is asked or done; `path` is the document's template."""

    method: str
    path: str
    given: Any
    """Parameters, or a body."""
    caller: Caller | None


def _get(path: str, caller: Caller | None = Caller.PARTICIPANT, **params: Any) -> Request:
    return Request("GET", path, params, caller)


def _post(path: str, caller: Caller = Caller.PARTICIPANT, **body: Any) -> Request:
    return Request("POST", path, body, caller)


RANGE = {"query": "up", "begin": 1_790_000_000, "end": 1_790_000_060}
HYPOTHESES = [
    {"id": "h1", "text": "timeouts", "probability": 70, "for": ["alert:PaymentsFailing"]},
    {"id": "h2", "text": "other", "probability": 30, "against": ["alert:Nonsense"]},
]
UPDATE = {
    "status": "identified", "what_happened": "A release cut the timeouts.", "confidence": 85,
    "what_we_did": "Rolling it back.", "current_state": "Payments fail.", "eta_minutes": 10,
    "components": {"payments": "major_outage"}, "unknowns": ["why"], "next_steps": ["watch"],
}  # fmt: skip
PLAN = {"expect": "it heals", "probability": 80, "if_worse": "forward"}
LESSON = {"lesson": "timeouts", "explanation": "they cut", "action": "read them"}
STATUS_PAGE = (
    "status", "summary", "components", "incidents", "incidents/unresolved",
    "scheduled-maintenances", "scheduled-maintenances/upcoming", "scheduled-maintenances/active",
)  # fmt: skip
INSTRUCTOR = Caller.INSTRUCTOR

STEPS: tuple[Request, ...] = (
    _post("/v1/instructor/start", INSTRUCTOR),
    _post("/v1/roles/join", person="Cy", role="on-call"),
    _post("/v1/roles/leave", person="Cy", role="on-call"),
    _post("/v1/notes", text="looking"),
    _post("/v1/pages/ack"),
    _post("/v1/incident", severity="sev1", summary="payments", systems=["payments"],
          blast_radius="all checkouts", users_affected=9, escalate=["revenue"]),
    _post("/v1/triage", known=["x"], unknown=["y"], priorities=[{"kind": "fix", "text": "it"}]),
    _post("/v1/marks", alert="PaymentsFailing", mark="symptom"),
    _post("/v1/hypotheses", hypotheses=HYPOTHESES, reason="first look"),
    _post("/v1/diagnoses", service="payments", mechanism="timeouts", confidence=80,
          evidence=["alert:PaymentsFailing", f"trace:{TRACE_ID}", "alert:Nonsense"]),
    _post("/v1/expectations", action="wait", **PLAN),
    _post("/v1/outcomes", action_id="act-1", met=True, measured="it healed"),
    _post("/v1/rollbacks", service="payments", to="2.4.0", **PLAN),
    _post("/v1/restarts", service="orders"),
    _post("/v1/deploys", service="orders", message="mend it", no_plan=True),
    _post("/v1/deploys", service="nobody", no_plan=True),
    _post("/v1/profiles", service="payments", form="stacks"),
    _post("/v1/profiles", service="nobody"),
    _post("/v1/flags", name="ranking", enabled=False, **PLAN),
    _post("/v1/verifications"),
    _post("/v1/updates", **UPDATE),
    _post("/v1/reflections", kind="went-well", text="we looked"),
    _post("/v1/causes", level="surface", text="a timeout", confidence=80),
    _post("/v1/learnings", kind="diagnostic_lesson", fields=LESSON),
    _post("/v1/action-items", text="test it", owner="Ada"),
    _post("/v1/tool-calls", tool="logs", arguments="{}", arguments_chars=2, outcome="answered",
          answer_chars=900, took_ms=12),
    _post("/v1/postmortem/text", text="# What we saw", base_version=""),
    _post("/v1/postmortem"),
    _post("/v1/sql", database="payments", statement="select 1"),
    _post("/v1/instructor/pause", INSTRUCTOR, reason="tea"),
    _post("/v1/instructor/resume", INSTRUCTOR),
    _post("/v1/instructor/extend", INSTRUCTOR, extra_s=60),
    _post("/v1/instructor/skip", INSTRUCTOR),
    _post("/v1/instructor/skip", INSTRUCTOR),
    _post("/v1/instructor/hint", INSTRUCTOR),
    _post("/v1/instructor/say", INSTRUCTOR, text="look up", to=""),
    _post("/v1/instructor/messages", INSTRUCTOR, id="second-alert"),
    _post("/v1/instructor/confirm", INSTRUCTOR, right=True),
    _post("/v1/instructor/judge", INSTRUCTOR, line="blameless_and_accountable", points=1),
    *(_get(path) for path in (
        "/v1/status", "/v1/addresses", "/v1/password", "/v1/pages", "/v1/events",
        "/v1/messages", "/v1/logs",
        "/v1/traces", "/v1/dashboards", "/v1/deploys", "/v1/flags", "/v1/engagement",
        "/v1/postmortem", "/v1/history", "/v1/exercise", "/v1/choices", "/v1/roles", "/v1/score",
        "/v1/ai", "/v1/hypotheses", "/v1/updates", "/v1/guardrails", "/v1/runbooks",
        "/v1/files/error_logs.txt",
    )),
    *(_get(path, INSTRUCTOR) for path in (
        "/v1/status", "/v1/events", "/v1/score", "/v1/history", "/v1/answer",
        "/v1/instructor/messages", "/v1/instructor/plan", "/v1/instructor/deck",
        "/v1/instructor/scenarios",
    )),
    *(_get(f"/api/v2/{name}.json", None) for name in STATUS_PAGE),
    _get("/v1/traces", spans=True),
    _get(f"/v1/traces/{TRACE_ID}"),
    _get("/v1/operations", service="payments"),
    _get("/v1/metrics", query="up"),
    _get("/v1/metrics", **RANGE),
    _get("/v1/metrics/exemplars", **RANGE),
    _get("/v1/diff", service="payments", version_from="2.4.1", version_to="2.4.2"),
    *(_get(f"/v1/dashboards/{uid}") for uid in ("drill", "shop", "service", "money")),
    _post("/v1/instructor/reveal", INSTRUCTOR),
    _get("/v1/score"),
    _get("/v1/ai/brief"),
    Request("POST", "/webhook/alertmanager", {"version": "4", "alerts": []}, Caller.TELEMETRY),
    _post("/v1/finish"),
    _post("/v1/halt"),
    _post("/v1/notes", text="too late"),
)  # fmt: skip
"""In an order in which each of them can be done."""
REFUSED = {len(STEPS) - 1}
"""By number: what is answered with a problem."""


class Workshop:
    """The drill and its API."""

    def __init__(self, session: Session, folder: Path, patch: pytest.MonkeyPatch) -> None:
        self.session = session
        session.spec = replace(session.spec, agenda=load_agenda("workshop-60"))
        session.run.is_scheduled = True
        folder_of(session.spec).mkdir(parents=True)
        (folder_of(session.spec) / "error_logs.txt").write_text("refused\n")
        session.note(e.RoleJoined("Ada", "on-call"))
        page_sent(session)
        runtime: Any = Runtime(session.services.runtime.deployed())
        doubles: Any = {
            "prometheus": Prometheus(session), "recorder": Recorder(), "workspace": Workspace(),
            "runtime": runtime, "make_oracle": lambda _: Oracle(),
        }  # fmt: skip
        session.services = replace(session.services, **doubles)
        session.run.opened, session.run.references = Oracle(), object()  # type: ignore[assignment]
        shown = {"personalised": 90, "failing": 0}
        session.note(e.EngagementSampled(shown, {"personalised": 60}, {"personalised": 10}))
        session.note(e.ImpactSampled(31, 412.5, 0.3))
        deployed(session, "release", "payments", "2.4.1", "2.4.2")
        patch.setattr(sql_query, "_ask", self._rows)
        patch.setattr(flags, "_ask", self._flags)
        patch.setattr(verify, "wait_for_backlog", self._nothing)
        self.tokens = TokenBook.create(folder)
        transport = httpx.ASGITransport(create_app(session, self.tokens, PORT))
        self.http = httpx.AsyncClient(transport=transport, base_url=f"http://127.0.0.1:{PORT}")

    async def ask(self, one: Request) -> httpx.Response:
        """The answer, read to its end."""
        headers = {} if one.caller is None else self._headers(one.caller)
        more: Any = {"params": one.given} if one.method == "GET" else {"json": one.given}
        return await self.http.request(one.method, one.path, headers=headers, **more)

    def _headers(self, caller: Caller) -> dict[str, str]:
        return {
            "Authorization": f"Bearer {self.tokens.token(caller)}",
            "X-Person": quote("Ada"),
        }

    async def _rows(self, *_: object) -> Any:
        rows = [[1, True, None, "0.10"]]
        return sql_query._Answer(["a", "b", "c", "d"], [23, 16, 25, 1700], rows, is_cut=True)

    async def _flags(self, *_: object, **__: object) -> Mapping[str, bool]:
        return {"ranking": True}

    async def _nothing(self, *_: object) -> tuple[str, ...]:
        return ()


async def played(workshop: Workshop) -> list[tuple[int, Request, httpx.Response]]:
    """Every step with its answer."""
    return [(at, one, await workshop.ask(one)) for at, one in enumerate(STEPS)]
