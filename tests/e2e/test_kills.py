"""Two hundred kills: nothing is left, and nothing that was acknowledged is lost.

Whoever of a drill is killed (its host, its guardian, both at once, a part of its stack), whenever:
each trial is a whole drill in a place of its own (`sandbox.py`), in
which a team writes without a pause. `make torture` does all; the ordinary test run does two.

`TORTURE_SEED` repeats the moments of a run, as far as the machine is as fast.
"""

from __future__ import annotations

import json
import os
import secrets
from typing import Any

import pytest

from tests.e2e import sandbox
from tests.e2e.kill_trial import PHASES

SEED = os.environ.get("TORTURE_SEED") or secrets.token_hex(4)
KILLS = {
    "host": (16, 8, 8, 8, 8, 12),
    "guardian": (10, 8, 8, 8, 8, 8),
    "both": (10, 8, 8, 8, 8, 8),
    "postgres": (0, 2, 3, 3, 2, 0),
    "prometheus": (0, 2, 3, 3, 2, 0),
    "zygote": (0, 2, 3, 3, 2, 0),
    "keeper": (0, 2, 3, 3, 2, 0),
}
"""How many of each phase."""
DRAWS = 3
"""Where a drill was over before its moment had come, it proves nothing, and another is drawn."""
TRIAL_S = 400.0

pytestmark = [
    pytest.mark.live,
    pytest.mark.timeout(DRAWS * TRIAL_S),
    pytest.mark.skipif(bool(sandbox.why_not()), reason=sandbox.why_not()),
]


def killed(victim: str, phase: str, seed: str) -> Any:
    """What came of a trial in which somebody was killed."""
    for draw in range(DRAWS):
        words = (victim, phase, f"{seed}-{draw}")
        done = sandbox.run_inside("tests.e2e.kill_trial", *words, timeout_s=TRIAL_S)
        assert done.returncode == 0, f"{words}\n{done.stderr}"
        found = json.loads(done.stdout.splitlines()[-1])
        print(json.dumps(found, indent=1))  # noqa: T201  with the seed, for who has to repeat it
        if found["was_killed"] or found["problems"]:
            return found
    raise AssertionError(f"{DRAWS} drills were over before the moment had come")


@pytest.mark.torture
@pytest.mark.parametrize(
    ("victim", "phase", "number"),
    [
        (victim, phase, number)
        for victim, counts in KILLS.items()
        for phase, count in zip(PHASES, counts, strict=True)
        for number in range(count)
    ],
)
def test_whoever_is_killed_whenever_nothing_is_left_or_lost(
    victim: str, phase: str, number: int
) -> None:
    assert killed(victim, phase, f"{SEED}-{number}")["problems"] == []


@pytest.mark.parametrize(("victim", "phase"), [("guardian", "page"), ("both", "rollback")])
def test_a_killed_guardian_leaves_nothing_and_its_drill_says_so(victim: str, phase: str) -> None:
    found = killed(victim, phase, SEED)
    assert found["problems"] == []
    assert found["acknowledged"] > 0, "somebody wrote to the drill"
