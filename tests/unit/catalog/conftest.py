from __future__ import annotations

from pathlib import Path

import pytest

TOPOLOGY = """\
[[service]]
name = "payments"
port = 8002
version = "2.4.1"
database = "payments"
calls = []
summary = "Charges orders"

[[service]]
name = "users"
port = 8004
version = "3.1.0"
calls = ["payments"]
"""

FAULT = """\
# For the catalog's own tests.
title = "Charges fail while the provider is busy"
service = "payments"
mechanism = "timeout-misconfigured"
locus = "services/payments/timeouts.toml"
hints = [
    "what changed?",
    "compare the versions", "read the timeouts",
]
action_items = ["review timeouts", "measure them", "alert on them", "test with a slow provider"]

[release]
version_from = "2.4.1"
version_to = "2.4.2"
summary = "minor: updated timeout configs"
author_name = "Dana Kim"
author_email = "dana.kim@northgoods.example"

[[detect]]
alert = "PaymentsFailing"
within_s = 10

[[detect]]
alert = "HighErrorRate"
within_s = 20.5

[[evidence]]
kind = "commit"
find = 'connect_timeout_ms = 500$'
shows = "a smaller timeout"

[[evidence]]
kind = "metric"
find = "rate(outbound_requests_total[15s]) > 0"
shows = "calls end in timeouts"

[[evidence]]
kind = "log"
find = "payments: connection timeout"
shows = "what was waited for"

[[evidence]]
kind = "trace"
find = "path users > payments"
shows = "who waits"

[[verify]]
measure = "checkout_p95_ms"
at_most = 2000

[accepts]
services = ["payments"]
mechanisms = ["timeout-misconfigured", "bad-configuration"]
"""

DECOY = """\
service = "users"
version_from = "3.1.0"
version_to = "3.1.1"
summary = "users: rebuild, no code change"
author_name = "Farah Nasser"
author_email = "farah.nasser@northgoods.example"
body = "Base image only."
"""

SCENARIO = """\
title = "Slow boat"
faults = ["slow-boat"]
decoys = ["rebuild"]
load_profile = "steady"
third_party_profile = "busy"
agenda = "solo"
"""

FAMILY = """\
title = "Something with boats"
one_of = ["slow-boat", "fast-boat"]
agenda = "outage-3am"
"""


RELEASE_PATCH = """\
--- a/services/payments/timeouts.toml
+++ b/services/payments/timeouts.toml
@@ -1 +1 @@
-connect_timeout_ms = 5000
+connect_timeout_ms = 500
"""

METRICS = """\
from prometheus_client import Counter

CALLS = Counter(
    "outbound_requests_total", "Calls to others.", ["outcome"]
)
"""

RULES = """\
groups:
  - name: edge
    rules:
      - alert: PaymentsFailing
        expr: vector(1)
      - alert: HighErrorRate
        expr: vector(1)
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    files = {
        "services/topology.toml": TOPOLOGY,
        "faults/slow-boat/fault.toml": FAULT,
        "services/payments/timeouts.toml": "connect_timeout_ms = 5000\n",
        "services/payments/metrics.py": METRICS,
        "compose/prometheus/rules/edge.yml": RULES,
        "docs/runbooks/PaymentsFailing.md": "",
        "docs/runbooks/HighErrorRate.md": "",
        "loadgen/profiles/steady.toml": "",
        "loadgen/profiles/news.toml": "",
        "harness/agendas/solo.toml": "",
        "harness/agendas/outage-3am.toml": "",
        "faults/slow-boat/release.patch": RELEASE_PATCH,
        "faults/slow-boat/fix.patch": "",
        "faults/slow-boat/notes.md": "",
        "faults/slow-boat/cheats/one.patch": "",
        "faults/slow-boat/cheats/two.patch": "",
        "faults/decoys/rebuild/release.toml": DECOY,
        "faults/scenarios/slow-boat.toml": SCENARIO,
        "faults/scenarios/fast-boat.toml": SCENARIO,
        "faults/families/boats.toml": FAMILY,
    }
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path
