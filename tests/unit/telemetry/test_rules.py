"""The alert rules, by promtool: they fire on the symptom and are silent otherwise."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

REPO = Path(__file__).resolve().parents[3]
PROMETHEUS = REPO / "compose" / "prometheus"
RUNBOOKS = REPO / "docs" / "runbooks"
RULES = sorted((PROMETHEUS / "rules").glob("*.yml"))
TESTS = sorted((PROMETHEUS / "tests").glob("*.yml"))


def test_rules(promtool: Path, tests: list[Path]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [promtool, "test", "rules", *tests], capture_output=True, text=True, check=False
    )


test_rules.__test__ = False  # type: ignore[attr-defined]


def alert_names() -> list[str]:
    text = "\n".join(path.read_text() for path in RULES)
    return re.findall(r"- alert: (\w+)", text)


def alert_blocks() -> dict[str, str]:
    blocks = {}
    for path in RULES:
        for block in path.read_text().split("- alert: ")[1:]:
            blocks[block.split("\n", 1)[0]] = block
    return blocks


def test_the_rules_are_well_formed(promtool: Path) -> None:
    done = subprocess.run(
        [promtool, "check", "rules", "--lint-fatal", *RULES],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_alert_fires_on_its_symptom_and_is_silent_otherwise(promtool: Path) -> None:
    done = test_rules(promtool, TESTS)
    assert done.returncode == 0, done.stdout + done.stderr


GUARDS = [
    ("edge.yml", "and changes(service:http_requests_failed:total[8s]) >= 3", ""),
    ("edge.yml", "and increase(service:http_requests_failed:total[5s]) >= 5", ""),
    ("edge.yml", '{service="gateway"} > 0.05', '{service="gateway"} > 0.5'),
    ("edge.yml", "and changes(route:http_requests_slow:total[8s]) >= 3", ""),
    ("edge.yml", 'route="/api/checkout"} > 2.5', 'route="/api/checkout"} > 25'),
    ("edge.yml", 'route!="/api/checkout"} > 2.5', 'route!="/api/checkout"} > 1'),
    ("edge.yml", 'route!="/api/checkout"} > 2.5', 'route!="/api/checkout"} > 25'),
    ("edge.yml", "for: 2s", "for: 0s"),
    ("edge.yml", 'and on (service) http_requests_in_flight{service="gateway"} >= 5', ""),
    ("edge.yml", "checkout:success_ratio:rate5s < 0.1", "checkout:success_ratio:rate5s < 0"),
    ("saturation.yml", "and increase(service:db_pool_long_waits:total[5s]) >= 3", ""),
    ("saturation.yml", "max_over_time(service:db_pool:utilisation[5s]) >= 0.95",
     "max_over_time(service:db_pool:utilisation[5s]) >= 0.5"),
    ("saturation.yml", "for: 3s", "for: 0s"),
    ("saturation.yml", "and on (service) max_over_time(up{job=\"shop\"}[30m]) > 0", ""),
    ("saturation.yml", "(worker_slots_waiting) >= 2 * max by (service) (worker_slots)",
     "(worker_slots_waiting) >= max by (service) (worker_slots)"),
    ("money.yml", "and changes(service:charges_failed:total[8s]) >= 2", ""),
    ("money.yml", "min_over_time(ledger_mismatched_orders[4s])", "ledger_mismatched_orders"),
    ("money.yml", "min_over_time(abs(ledger_difference)[4s:1s])", "abs(ledger_difference)"),
    ("money.yml", "and ledger_last_run_timestamp_seconds > 0", ""),
    ("money.yml", "[20s])) >= 19", "[20s])) >= 1"),
    ("money.yml", "count_over_time(ledger_last_run_timestamp_seconds[20s])",
     "ledger_last_run_timestamp_seconds"),
    ("customers.yml", "and user:error_ratio:rate2m > 14.4 * 0.005", ""),
    ("customers.yml", "and user:error_ratio:rate5s > 14.4 * 0.005", ""),
    ("customers.yml", "keep_firing_for: 5s", ""),
    ("customers.yml", "increase(support_tickets_total[30s]) >= 5", "support_tickets_total > 0"),
    ("ai.yml", "and changes(service:assistant_tasks_failed:total[10s]) >= 3", ""),
    ("ai.yml", "failure_ratio:rate10s > 0.3", "failure_ratio:rate10s > 0"),
    ("ai.yml", "and on (service) assistant_queue_depth >= 5", ""),
    ("ai.yml", "for: 3s", "for: 0s"),
    ("ai.yml", "and changes(service:feed_requests_missed:total[10s]) >= 3", ""),
    ("ai.yml", 'outcome=~"retried|dead"', 'outcome="retried"'),
    ("ai.yml", "http_requests_good_total", "http_requests_total"),
]  # fmt: skip


@pytest.mark.parametrize(("file", "guard", "without"), GUARDS)
def test_without_its_guard_a_rule_fails_its_tests(
    promtool: Path, tmp_path: Path, file: str, guard: str, without: str
) -> None:
    shutil.copytree(PROMETHEUS / "rules", tmp_path / "rules")
    shutil.copytree(PROMETHEUS / "tests", tmp_path / "tests")
    rules = tmp_path / "rules" / file
    text = rules.read_text()
    assert guard in text
    rules.write_text(text.replace(guard, without))
    done = test_rules(promtool, [tmp_path / "tests" / file])
    assert "FAILED" in done.stdout + done.stderr
    assert "got:" in done.stdout + done.stderr, "the rule does not parse any more"


def test_every_alert_is_expected_to_fire_and_to_be_silent_in_some_test() -> None:
    text = "\n".join(path.read_text() for path in TESTS)
    for name in alert_names():
        assert re.search(rf"alertname: {name}\n\s+eval_time: \w+\n\s+exp_alerts:\n", text), name
        assert re.search(rf"alertname: {name}\n\s+eval_time: \w+\n\s+exp_alerts: \[\]", text), name


@pytest.mark.parametrize("name", alert_names())
def test_every_alert_says_how_bad_it_is_whose_it_is_and_what_to_do(name: str) -> None:
    block = alert_blocks()[name]
    assert re.search(r"severity: (critical|warning)\n", block)
    assert re.search(r"team: \w+\n", block)
    for annotation in ("summary", "description", f"runbook_url: /runbooks/{name}", "dashboard_url"):
        assert annotation in block
    runbook = (RUNBOOKS / f"{name}.md").read_text()
    for section in ("## What it means", "## Where to look", "## Safe first actions"):
        assert section in runbook


def test_there_is_no_runbook_without_an_alert() -> None:
    pages = {path.stem for path in RUNBOOKS.glob("*.md")} - {"README"}
    assert pages == set(alert_names())


def test_rules_use_no_metric_that_nobody_exports() -> None:
    documented = (REPO / "docs" / "architecture.md").read_text()
    text = "\n".join(path.read_text() for path in RULES)
    metric = r"\b(?:http|worker|db|outbound|charges|ledger|user|support|assistant|feed)_[a-z_]+\b"
    used = {name for name in re.findall(metric, text) if not name.endswith(("_ratio",))}
    missing = {
        name
        for name in used
        if re.sub(r"_(bucket|count|sum)$", "", name) not in documented
        and name not in json.dumps(re.findall(r"record: (\S+)", text))
    }
    assert not missing


def test_the_latency_bounds_are_buckets_that_the_shop_exports() -> None:
    exported = (REPO / "services" / "chassis" / "metrics.py").read_text()
    buckets = re.search(r"LATENCY_BUCKETS_S = \(([^)]*)\)", exported)
    assert buckets
    assert {"1.0", "2.5"} <= {text.strip() for text in buckets[1].split(",")}


def test_what_people_on_call_read_names_no_cause_and_no_exercise() -> None:
    flags = re.IGNORECASE
    telling = re.compile(
        r"\b(faults?|chaos|inject\w*|drills?|simulat\w*|harness|scenario)\b", flags
    )
    for path in (*RULES, *RUNBOOKS.glob("*.md")):
        assert not telling.search(path.read_text()), path.name
