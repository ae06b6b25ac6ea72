"""Which images go, and what a container's memory is."""

from __future__ import annotations

from typing import Any

import pytest

from harness.runtime.compose.image_build import KEPT_OF_EACH, surplus
from harness.runtime.compose.measure import used_mib


def image(name: str, created: int) -> dict[str, Any]:
    return {"Id": name, "Created": created, "RepoTags": [name]}


def test_the_newest_images_of_each_service_stay() -> None:
    of_c = [image(f"threeam/c:{number}", number) for number in range(KEPT_OF_EACH + 2)]
    of_a = [image("threeam/a:1", 0)]
    untagged = [{"Id": "x", "Created": 0, "RepoTags": None}]
    found = surplus([*of_c, *of_a, *untagged], ["threeam/c", "threeam/a"])
    assert found == ["threeam/c:1", "threeam/c:0"]


def test_what_is_not_a_service_of_the_run_stays() -> None:
    tools = [image(f"threeam/tools:{number}", number) for number in range(20)]
    assert surplus(tools, ["threeam/c"]) == []


@pytest.mark.parametrize("name", ["total_inactive_file", "inactive_file"])
def test_memory_leaves_out_files_that_can_be_dropped(name: str) -> None:
    assert used_mib({"memory_stats": {"usage": 30 << 20, "stats": {name: 10 << 20}}}) == 20
