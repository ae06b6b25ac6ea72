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
id = "slow-boat"
title = "Charges fail while the provider is busy"
service = "payments"
mechanism = "timeout-misconfigured"
locus = "services/payments/timeouts.toml"
hints = [
    "what changed?",
    "compare the versions",
]
action_items = ["review timeouts against the provider's latency"]

[release]
version_from = "2.4.1"
version_to = "2.4.2"
summary = "minor: updated timeout configs"
author_name = "Dana Kim"
author_email = "dana@shop.example"

[[detect]]
alert = "PaymentsFailing"
within_s = 10

[[detect]]
alert = "HighErrorRate"
within_s = 20.5

[[evidence]]
kind = "commit"
find = "git show"
shows = "a smaller timeout"

[[verify]]
measure = "checkout_error_ratio"
at_most = 0.02

[accepts]
services = ["payments"]
mechanisms = ["timeout-misconfigured", "bad-configuration"]
"""

DECOY = """\
service = "users"
version_from = "3.1.0"
version_to = "3.1.1"
summary = "users: rebuild, no code change"
author_name = "Ada"
author_email = "ada@shop.example"
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


@pytest.fixture
def root(tmp_path: Path) -> Path:
    files = {
        "services/topology.toml": TOPOLOGY,
        "faults/slow-boat/fault.toml": FAULT,
        "faults/slow-boat/release.patch": "",
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
