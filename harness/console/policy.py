"""The one table of who may use which route. A route that is not here is nobody's."""

from __future__ import annotations

from harness.console.auth import Policy
from harness.tokens import Caller

BOTH = frozenset({Caller.INSTRUCTOR, Caller.PARTICIPANT})
INSTRUCTOR = frozenset({Caller.INSTRUCTOR})
TELEMETRY = frozenset({Caller.TELEMETRY})

POLICY = Policy(
    {
        ("GET", "/v1/status"): BOTH,
        ("GET", "/v1/pages"): BOTH,
        ("POST", "/v1/pages/ack"): BOTH,
        ("GET", "/v1/events"): BOTH,
        ("GET", "/v1/logs"): BOTH,
        ("GET", "/v1/traces"): BOTH,
        ("GET", "/v1/traces/{trace_id}"): BOTH,
        ("GET", "/v1/metrics"): BOTH,
        ("POST", "/v1/sql"): BOTH,
        ("GET", "/v1/deploys"): BOTH,
        ("GET", "/v1/diff"): BOTH,
        ("POST", "/v1/deploys"): BOTH,
        ("POST", "/v1/rollbacks"): BOTH,
        ("POST", "/v1/restarts"): BOTH,
        ("POST", "/v1/notes"): BOTH,
        ("POST", "/v1/diagnoses"): BOTH,
        ("POST", "/v1/verifications"): BOTH,
        ("POST", "/v1/finish"): BOTH,
        ("POST", "/v1/halt"): BOTH,
        ("GET", "/v1/answer"): INSTRUCTOR,
        ("POST", "/api/v2/alerts"): TELEMETRY,
        ("POST", "/webhook/alertmanager"): TELEMETRY,
    }
)
