"""The one table of who may use which route. A route that is not here is nobody's."""

from __future__ import annotations

from harness.api.auth import Policy
from harness.api.static_files import PUBLIC_PAGES
from harness.tokens import Caller

BOTH = frozenset({Caller.INSTRUCTOR, Caller.PARTICIPANT})
INSTRUCTOR = frozenset({Caller.INSTRUCTOR})
TELEMETRY = frozenset({Caller.TELEMETRY})

PUBLIC = (
    ("GET", "/status"),
    ("GET", "/api/v2/status.json"),
    ("GET", "/api/v2/summary.json"),
    ("GET", "/api/v2/incidents.json"),
)
"""The shop's status page: open to everybody, by its nature. It shows only what the team said."""

POLICY = Policy(
    {
        ("GET", "/v1/status"): BOTH,
        ("GET", "/v1/pages"): BOTH,
        ("POST", "/v1/pages/ack"): BOTH,
        ("GET", "/v1/events"): BOTH,
        ("GET", "/v1/stream"): BOTH,
        ("GET", "/v1/logs"): BOTH,
        ("GET", "/v1/traces"): BOTH,
        ("GET", "/v1/traces/{trace_id}"): BOTH,
        ("GET", "/v1/metrics"): BOTH,
        ("GET", "/v1/metrics/range"): BOTH,
        ("GET", "/v1/metrics/exemplars"): BOTH,
        ("GET", "/v1/dashboards"): BOTH,
        ("GET", "/v1/dashboards/{uid}"): BOTH,
        ("GET", "/v1/trace-search"): BOTH,
        ("GET", "/v1/engagement"): BOTH,
        ("GET", "/v1/operations"): BOTH,
        ("POST", "/v1/sql"): BOTH,
        ("GET", "/v1/deploys"): BOTH,
        ("GET", "/v1/diff"): BOTH,
        ("POST", "/v1/deploys"): BOTH,
        ("POST", "/v1/rollbacks"): BOTH,
        ("POST", "/v1/restarts"): BOTH,
        ("GET", "/v1/flags"): BOTH,
        ("POST", "/v1/flags"): BOTH,
        ("POST", "/v1/notes"): BOTH,
        ("POST", "/v1/diagnoses"): BOTH,
        ("POST", "/v1/verifications"): BOTH,
        ("POST", "/v1/finish"): BOTH,
        ("POST", "/v1/halt"): BOTH,
        ("GET", "/v1/exercise"): BOTH,
        ("GET", "/v1/choices"): BOTH,
        ("GET", "/v1/roles"): BOTH,
        ("POST", "/v1/roles/join"): BOTH,
        ("POST", "/v1/roles/leave"): BOTH,
        ("POST", "/v1/clock/advance"): BOTH,
        ("GET", "/v1/score"): BOTH,
        ("GET", "/v1/postmortem"): BOTH,
        ("POST", "/v1/postmortem"): BOTH,
        ("POST", "/v1/postmortem/text"): BOTH,
        ("GET", "/v1/history"): BOTH,
        ("POST", "/v1/incident"): BOTH,
        ("POST", "/v1/triage"): BOTH,
        ("GET", "/v1/hypotheses"): BOTH,
        ("POST", "/v1/hypotheses"): BOTH,
        ("POST", "/v1/marks"): BOTH,
        ("POST", "/v1/expectations"): BOTH,
        ("POST", "/v1/outcomes"): BOTH,
        ("GET", "/v1/updates"): BOTH,
        ("POST", "/v1/updates"): BOTH,
        ("POST", "/v1/reflections"): BOTH,
        ("POST", "/v1/causes"): BOTH,
        ("POST", "/v1/learnings"): BOTH,
        ("GET", "/v1/guardrails"): BOTH,
        ("POST", "/v1/action-items"): BOTH,
        ("GET", "/v1/ai"): BOTH,
        ("GET", "/v1/ai/brief"): BOTH,
        ("GET", "/v1/answer"): INSTRUCTOR,
        ("POST", "/v1/instructor/start"): INSTRUCTOR,
        ("POST", "/v1/instructor/pause"): INSTRUCTOR,
        ("POST", "/v1/instructor/resume"): INSTRUCTOR,
        ("POST", "/v1/instructor/extend"): INSTRUCTOR,
        ("POST", "/v1/instructor/skip"): INSTRUCTOR,
        ("GET", "/v1/instructor/plan"): INSTRUCTOR,
        ("GET", "/v1/instructor/scenarios"): INSTRUCTOR,
        ("GET", "/v1/instructor/deck"): INSTRUCTOR,
        ("GET", "/v1/instructor/messages"): INSTRUCTOR,
        ("POST", "/v1/instructor/messages"): INSTRUCTOR,
        ("POST", "/v1/instructor/hint"): INSTRUCTOR,
        ("POST", "/v1/instructor/confirm"): INSTRUCTOR,
        ("POST", "/v1/instructor/judge"): INSTRUCTOR,
        ("POST", "/v1/instructor/reveal"): INSTRUCTOR,
        ("POST", "/api/v2/alerts"): TELEMETRY,
        ("POST", "/webhook/alertmanager"): TELEMETRY,
    },
    public=(*PUBLIC, *PUBLIC_PAGES),
)
