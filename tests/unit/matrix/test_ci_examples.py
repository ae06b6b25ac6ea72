"""The examples for CI systems run commands that there are, and every part of the matrix once."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from harness.paths import REPO

CI = REPO / "docs" / "ci"


def github(path: Path) -> tuple[list[str], list[str], list[str]]:
    jobs: Any = yaml.safe_load(path.read_text())["jobs"]
    numbers = [str(one) for one in jobs["part"]["strategy"]["matrix"]["part"]]
    return numbers, _runs(jobs["part"]), _runs(jobs["whole"])


def _runs(job: Any) -> list[str]:
    return [step["run"] for step in job["steps"] if "run" in step]


def gitlab(path: Path) -> tuple[list[str], list[str], list[str]]:
    jobs: Any = yaml.safe_load(path.read_text())
    numbers = [str(one + 1) for one in range(jobs["part"]["parallel"])]
    return numbers, jobs["part"]["script"], jobs["whole"]["script"]


@pytest.mark.parametrize(("name", "read"), [("github.yml", github), ("gitlab.yml", gitlab)])
def test_as_many_parts_are_run_as_are_put_together(name: str, read: Any) -> None:
    numbers, part, whole = read(CI / name)
    (run,) = [one for one in part if "--shard" in one]
    (merge,) = [one for one in whole if "smoke merge" in one]
    assert re.findall(r"part-(\d+)", merge) == numbers
    assert re.search(r"/5|/\$CI_NODE_TOTAL", run)
    assert len(numbers) == 5
    assert part[0] == whole[0] == "make setup"
