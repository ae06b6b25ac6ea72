"""How well those may do who hardly look: who does better shows that a benchmark measures little.

Of tries in which something is wrong. Who blames nobody, or says that nothing is wrong, can pass
none; a guess at one of ten services is right now and then. Only what is sure counts: a share whose
whole interval is above its ceiling.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from harness.agentbench.tries import Try
from harness.matrix.intervals import wilson

CEILINGS: Mapping[str, float] = {
    "latest-deploy": 1 / 3,
    "first-alert": 1 / 3,
    "nothing": 0.0,
    "restart-all": 0.0,
    "rollback-all": 0.0,
}
GROUNDED = 0
"""Nobody who looks at nothing has evidence."""


def too_good(tries: Iterable[Try]) -> list[str]:
    """A sentence for each trivial player that does better than it should."""
    played = [one for one in tries if one.status == "played" and one.faults]
    found = []
    for player, ceiling in CEILINGS.items():
        own = [one for one in played if one.player == player]
        passed = sum(one.passed for one in own)
        low, _ = wilson(passed, len(own))
        if own and low > ceiling:
            found.append(
                f"{player} passes {passed} of {len(own)} tries in which something is wrong; "
                f"at most {ceiling:.0%} may be"
            )
        grounded = sum(one.grades is not None and bool(one.grades.grounded) for one in own)
        if grounded > GROUNDED:
            found.append(f"{player} is grounded in {grounded} tries, and looks at nothing")
    return found
