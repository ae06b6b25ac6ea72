"""Two lanes for tests that start a whole shop: how they keep out of each other's way.

Each worker of a parallel run is a lane. Two stacks fit beside each other on two cores, but not two
starts or two stress runs: for these they take turns, as the stacks of a matrix do.
"""

from __future__ import annotations

import os

from xdist.scheduler import LoadFileScheduling

from harness.paths import REPO

LANE = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
APART = 250
"""Offsets are multiples of 500, and no two ports of a stack differ by this and such a multiple."""
ENGINE = "the engine"
ON_THE_ENGINE = ("tests/containers/", "tests/contract/test_compose.py")
COMPOSE = "[compose"
"""How the name of a test ends that is played on compose, too."""


def in_lane(port_offset: int) -> int:
    """The offset that this lane has where the first one has `port_offset`."""
    return port_offset + LANE % 2 * APART


def turns() -> dict[str, str]:
    """What tells a host to take turns; nothing where no lane is beside this one."""
    if "PYTEST_XDIST_WORKER" not in os.environ:
        return {}
    file = REPO / "var" / "tests.turns"
    file.parent.mkdir(exist_ok=True)
    file.touch()
    return {"DRILL_TURNS": str(file)}


class Lanes(LoadFileScheduling):
    """File by file, as xdist does it; only that what uses the engine, of which there is one, makes
    one long file."""

    def _split_scope(self, nodeid: str) -> str:
        file: str = super()._split_scope(nodeid)
        return ENGINE if file.startswith(ON_THE_ENGINE) or COMPOSE in nodeid else file
