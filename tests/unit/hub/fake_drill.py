"""What a drill's process does to a team's folder, without a shop: it announces itself, and waits
until it is told to end. Run as `python -m tests.unit.hub.fake_drill RUN LOCK_FD`.
"""

from __future__ import annotations

import json
import os
import signal
import sys

from harness.errors import DrillError
from harness.hub import drill_process
from harness.paths import ACTIVE, home_dir
from harness.waiting import wait_until_sync

DRILL_ID = "d-0000abcd"
LONGEST_S = 100.0


class _Interrupted(Exception):
    pass


def _interrupt(*_: object) -> None:
    raise _Interrupted


def hosted() -> tuple[str, DrillError | None]:
    home = home_dir()
    if os.environ["DRILL_SCENARIO"] == "n-plus-one":
        raise DrillError("it could not begin", "this one never does")
    secrets = home / "runs" / DRILL_ID / "secrets"
    secrets.mkdir(parents=True, exist_ok=True)
    for role in ("instructor", "participant"):
        (secrets / f"{role}.token").write_text(f"token-of-{role}")
    url = f"http://127.0.0.1:{8900 + int(os.environ['DRILL_PORT_OFFSET'])}"
    content = {"drill_id": DRILL_ID, "api_url": url, "pid": os.getpid(), "run_dir": ""}
    signal.signal(signal.SIGTERM, _interrupt)
    draft = home / "active.new"
    draft.write_text(json.dumps(content))
    draft.replace(home / ACTIVE)
    try:
        wait_until_sync(
            lambda: (home / "end").exists(),
            timeout_s=LONGEST_S,
            what="the end",
            interval_s=0.02,
        )
    except _Interrupted:
        return "interrupted", None
    (home / "end").unlink()
    return "finished by ada", None


if __name__ == "__main__":
    drill_process._hosted = hosted
    sys.exit(drill_process.main(sys.argv[1], int(sys.argv[2])))
