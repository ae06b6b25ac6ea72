"""Deploys are marked by a version that gave way to another one, and by nothing else."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

from grafana.source.queries import DEPLOYS

OLD = 'build_info{service="users",version="3.1.0",commit="a1",instance="i"}'
NEW = 'build_info{service="users",version="3.1.1",commit="b2",instance="i"}'
OTHER = 'build_info{service="orders",version="5.2.3",commit="c3",instance="o"}'
STEADY = {OTHER: "1x600"}

OLD_MARK = '{service="users", version="3.1.0", commit="a1"}'
NEW_MARK = '{service="users", version="3.1.1", commit="b2"}'


def judged(
    promtool: Path, folder: Path, series: dict[str, str], expected: dict[int, dict[str, int]]
) -> str:
    """What promtool says where the marks at some seconds are not the expected moments (in s)."""
    tests: list[dict[str, Any]] = [
        {
            "expr": DEPLOYS.expr,
            "eval_time": f"{at_s}s",
            "exp_samples": [
                {"labels": labels, "value": moment_s * 1000} for labels, moment_s in marks.items()
            ],
        }
        for at_s, marks in expected.items()
    ]
    inputs = [{"series": name, "values": values} for name, values in (STEADY | series).items()]
    group = {"interval": "1s", "input_series": inputs, "promql_expr_test": tests}
    (folder / "rules.yml").write_text('{"groups": []}')
    path = folder / "test.yml"
    path.write_text(
        json.dumps({"rule_files": ["rules.yml"], "evaluation_interval": "1s", "tests": [group]})
    )
    done = subprocess.run(
        [promtool, "test", "rules", path], capture_output=True, text=True, check=False
    )
    return "" if done.returncode == 0 else done.stdout + done.stderr


DEPLOYED = {OLD: "1x59 stale", NEW: "_x60 1x500"}


def test_a_deploy_is_marked_at_its_moment_with_the_version_that_came(
    promtool: Path, tmp_path: Path
) -> None:
    expected: dict[int, dict[str, int]] = {
        59: {},
        60: {NEW_MARK: 59},
        61: {NEW_MARK: 59},
        350: {NEW_MARK: 59},
        361: {},
    }
    assert judged(promtool, tmp_path, DEPLOYED, expected) == ""


def test_a_mark_at_the_wrong_moment_is_noticed(promtool: Path, tmp_path: Path) -> None:
    assert "FAILED" in judged(promtool, tmp_path, DEPLOYED, {61: {NEW_MARK: 58}})
    assert "FAILED" in judged(promtool, tmp_path, DEPLOYED, {61: {}})


def test_a_rollback_is_a_mark_of_its_own(promtool: Path, tmp_path: Path) -> None:
    series = {OLD: "1x59 stale _x59 1x300", NEW: "_x60 1x59 stale"}
    expected = {100: {NEW_MARK: 59}, 121: {OLD_MARK: 119}, 300: {OLD_MARK: 119}}
    assert judged(promtool, tmp_path, series, expected) == ""


def test_a_service_that_only_missed_scrapes_or_was_restarted_is_not_marked(
    promtool: Path, tmp_path: Path
) -> None:
    series = {OLD: "1x59 stale _x10 1x300"}
    expected: dict[int, dict[str, int]] = {60: {}, 65: {}, 75: {}, 200: {}}
    assert judged(promtool, tmp_path, series, expected) == ""


def test_a_deploy_with_a_gap_between_the_versions_is_marked_at_its_begin(
    promtool: Path, tmp_path: Path
) -> None:
    series = {OLD: "1x59 stale", NEW: "_x70 1x300"}
    expected: dict[int, dict[str, int]] = {65: {}, 70: {NEW_MARK: 59}, 90: {NEW_MARK: 59}}
    assert judged(promtool, tmp_path, series, expected) == ""
