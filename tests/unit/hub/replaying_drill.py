"""A drill's process without a shop, but with a real record and the real API: it replays a recorded
workshop at a pace, as many events as it is told, over and over where that takes more.

Run as `python -m tests.unit.hub.replaying_drill RUN LOCK_FD`. `DRILL_SPEED` is the events a second,
`DRILL_SEED` their number.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

from harness.api.console_server import serving
from harness.api.event_feed import LAST
from harness.drill.session import Session
from harness.errors import DrillError
from harness.hub import drill_process
from harness.paths import ACTIVE, REPO, home_dir
from harness.record import events, jsonl
from harness.record.events import Event
from harness.tokens import TokenBook
from harness.waiting import wait_until
from tests.browser.drill import FakePrometheus, FakeRecorder
from tests.unit.drill.conftest import session_in

DRILL_ID = "d-0000abcd"
WORKSHOP = REPO / "tests" / "unit" / "scoring" / "golden" / "workshop-60.jsonl"
LONGEST_S = 1800.0
GO = "go"
"""In a team's folder: the drill may write."""
ENOUGH = "enough"
"""Beside it: the drill may write no more, and goes on answering."""
SENT = "sent.jsonl"
"""In a run's folder: the number of each event, and when it was about to be written."""
ALL_SENT = "all-sent"
"""Beside it once no more are written."""


def workshop() -> list[tuple[Event, str]]:
    """The events of a recorded workshop that everybody sees, up to its end, and who did each."""
    return [
        (line.event, line.actor)
        for line in jsonl.read(WORKSHOP)
        if line.audience == "all" and not isinstance(line.event, LAST)
    ]


def hosted() -> tuple[str, DrillError | None]:
    home = home_dir()
    run_dir = home / "runs" / DRILL_ID
    run_dir.mkdir(parents=True)
    asyncio.run(_served(home, run_dir))
    return "finished", None


async def _served(home: Path, run_dir: Path) -> None:
    session = session_in(run_dir)
    prometheus: Any = FakePrometheus(session)
    recorder: Any = FakeRecorder()
    session.services.prometheus, session.services.recorder = prometheus, recorder
    port = 8900 + int(os.environ["DRILL_PORT_OFFSET"])
    url = f"http://127.0.0.1:{port}"
    places = replace(session.spec.places, api_url=url)
    session.spec = replace(session.spec, places=places, people_known=True)
    async with serving(session, TokenBook.create(run_dir / "secrets"), port):
        content = {"drill_id": DRILL_ID, "api_url": url, "pid": os.getpid(), "run_dir": ""}
        draft = home / "active.new"
        draft.write_text(json.dumps(content))
        draft.replace(home / ACTIVE)
        await _replayed(session, home, run_dir)

        async def told_to_end() -> bool:
            return (home / "end").exists()

        await wait_until(told_to_end, timeout_s=LONGEST_S, what="the end")
    session.services.record.close()


async def _replayed(session: Session, home: Path, run_dir: Path) -> None:
    """Write one event, and once told the others, evenly, until the drill is to end."""
    every_s = 1 / float(os.environ["DRILL_SPEED"])
    recorded = workshop()
    session.note(events.NoteAdded("first", "Ada"), "Ada")

    async def told_to_go() -> bool:
        return (home / GO).exists()

    await wait_until(told_to_go, timeout_s=LONGEST_S, what="the word to go")
    begun_s = time.monotonic()
    with (run_dir / SENT).open("w") as sent:
        for number in range(int(os.environ["DRILL_SEED"])):
            if (home / ENOUGH).exists() or (home / "end").exists():
                break
            at_s = time.monotonic()
            await asyncio.to_thread(session.note, *recorded[number % len(recorded)])
            sent.write(json.dumps([session.services.record.last_seq(), at_s]) + "\n")
            sent.flush()
            # The pace of the writer, not a wait for anything.
            await asyncio.sleep(max(0.0, begun_s + (number + 1) * every_s - time.monotonic()))
    (run_dir / ALL_SENT).touch()


if __name__ == "__main__":
    drill_process._hosted = hosted
    sys.exit(drill_process.main(sys.argv[1], int(sys.argv[2])))
