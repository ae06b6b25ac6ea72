"""Every tool with arguments that it takes."""

from __future__ import annotations

from typing import Any

from tests.browser.drill import TRACE_ID
from tests.unit.api.whole_workshop import HYPOTHESES, UPDATE

FILE = "services/payments/timeouts.toml"
STEPS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("page", {}),
    ("ack", {}),
    ("status", {}),
    ("logs", {"service": "payments", "limit": 5}),
    ("traces", {"errors": True}),
    ("traces", {"trace_id": TRACE_ID}),
    ("metrics", {"query": "up", "minutes": 5}),
    ("sql", {"database": "payments", "statement": "select 1"}),
    ("deploys", {}),
    ("diff", {"service": "payments", "version_from": "2.4.1", "version_to": "2.4.2"}),
    ("read_file", {"path": FILE}),
    ("write_file", {"path": FILE, "text": "connect_ms = 5000\n"}),
    ("deploy", {"service": "payments", "message": "payments: restore it", "no_plan": True}),
    ("rollback", {"service": "payments", "to": "2.4.0", "no_plan": True}),
    ("restart", {"service": "orders"}),
    ("flag", {}),
    ("flag", {"name": "ranking", "enabled": False, "no_plan": True}),
    ("hypotheses", {"hypotheses": HYPOTHESES, "reason": "first look"}),
    ("hypotheses", {}),
    ("update", UPDATE),
    ("diagnose", {"service": "payments", "mechanism": "timeouts", "confidence": 80}),
    ("verify", {}),
)
