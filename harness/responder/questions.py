"""What the responder asks Prometheus: the same of every shop, whatever its symptoms are."""

from __future__ import annotations

from collections.abc import Mapping

WINDOW_MINUTES = 5.0
"""Long enough to hold, after a first attempt that did not help, still what was before it all."""
POINTS = 300
"""One value a second, as often as the shop is scraped."""

ERRORS = "errors"
LATENCY = "latency"
REQUESTS = "requests"
CALLS = "calls"
TROUBLED_CALLS = "troubled_calls"
WORKERS = "workers"
POOL = "pool"
STATEMENTS = "statements"
MISMATCHES = "mismatches"
USERS = "users"
TASKS = "tasks"
MEMORY = "memory"
REFUSALS = "refusals"
WRONG = "wrong"

QUERIES: Mapping[str, str] = {
    ERRORS: (
        'sum by (service) (rate(http_requests_total{status=~"5.."}[5s]))'
        " / (sum by (service) (rate(http_requests_total[5s])) > 0)"
    ),
    LATENCY: (
        "sum by (service, route) (rate(http_request_duration_seconds_sum[5s]))"
        " / (sum by (service, route) (rate(http_request_duration_seconds_count[5s])) > 0)"
    ),
    REQUESTS: "sum by (service) (rate(http_requests_total[5s]))",
    CALLS: "sum by (service, peer) (rate(outbound_requests_total[5s]))",
    TROUBLED_CALLS: (
        'sum by (service, peer, outcome) (rate(outbound_requests_total{outcome!="ok"}[5s]))'
    ),
    WORKERS: ("max by (service) (worker_slots_in_use) / (max by (service) (worker_slots) > 0)"),
    POOL: "max by (service) (db_pool_in_use) / (max by (service) (db_pool_size) > 0)",
    STATEMENTS: (
        "sum by (service, route) (rate(db_statements_per_request_sum[5s]))"
        " / (sum by (service, route) (rate(db_statements_per_request_count[5s])) > 0)"
    ),
    MISMATCHES: "max by (service) (ledger_mismatched_orders)",
    USERS: (
        'sum(rate(user_requests_total{outcome!="ok"}[5s]))'
        " / (sum(rate(user_requests_total[5s])) > 0)"
    ),
    REFUSALS: (
        'sum by (service) (rate(http_requests_total{status=~"4..",status!="402"}[5s]))'
        " / (sum by (service) (rate(http_requests_total[5s])) > 0)"
    ),
    WRONG: 'sum(rate(user_requests_total{outcome="wrong"}[15s]))',
    TASKS: (
        'sum by (service) (rate(assistant_tasks_total{outcome=~"retried|dead"}[10s]))'
        " / (sum by (service) (rate(assistant_tasks_total[10s])) > 0)"
    ),
    MEMORY: "clamp_min(max by (service) (deriv(process_resident_memory_bytes[8s])) / 1e6, 0)",
}
"""Name → PromQL. Ratios from 0 to 1, durations in seconds, rates a second, MB a second, or plain
counts."""

COUNTED = frozenset({CALLS, TROUBLED_CALLS, MISMATCHES})
"""Where a series that is missing means none, not unknown."""

LOST_CONNECTION = (
    "connection was closed",
    "connection is closed",
    "terminating connection",
    "connection reset",
    "closed the connection",
    "can't reconnect",
)
"""What drivers and libraries say in a log when a connection has gone, or does not come back."""

OUT_OF_RANGE = ("out of range", "out of int32 range", "out of int16 range")
"""What databases and drivers say of a number that its column cannot hold."""

DEADLOCKED = ("deadlock detected", "deadlock found")
"""What databases say to one of two who wait for each other's locks."""
