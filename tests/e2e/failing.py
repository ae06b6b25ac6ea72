"""A shop that was healthy gets a release that fails."""

from __future__ import annotations

import time
from dataclasses import dataclass

from tests.e2e.live import LiveDrill


@dataclass(frozen=True)
class Deploy:
    """When a deploy was asked for, and when it was done, in seconds since the epoch."""

    begun_s: float
    done_s: float


def deploy_failing_users(drill: LiveDrill) -> Deploy:
    """A release of users that fails for half of them."""
    routes = drill.workspace / "services" / "users" / "routes.py"
    healthy = routes.read_text()
    anchor = '"""One profile; 404 where there is no such user."""'
    assert anchor in healthy
    # For half of the people, so that the rest of the shop still has something to do.
    closed = '\n        if user_id % 2:\n            raise RuntimeError("closed")'
    routes.write_text(healthy.replace(anchor, anchor + closed))
    begun_s = time.time()
    done = drill.drill("deploy", "users", "-m", "users: closed")
    assert done.returncode == 0, done.stderr
    return Deploy(begun_s, time.time())
