"""Two lanes for tests that start a whole shop: how they keep out of each other's way.

Each worker of a parallel run is a lane. Two stacks fit beside each other on two cores, but not two
starts or two stress runs: for these they take turns, as the stacks of a matrix do.
"""

from __future__ import annotations

import os

from harness.paths import REPO

LANE = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
APART = 250
"""Offsets are multiples of 500, and no two ports of a stack differ by this and such a multiple."""


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
