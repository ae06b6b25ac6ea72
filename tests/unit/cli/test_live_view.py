"""What a running drill says in its own terminal."""

from __future__ import annotations

import asyncio

import pytest

from harness.cli import live_view
from harness.drill.session import Session
from harness.record.events import (
    AccessRefused,
    ClockPaused,
    Event,
    HintTaken,
    InjectDelivered,
    PhaseChanged,
    RoleJoined,
)
from harness.waiting import wait_until


@pytest.mark.timeout(20)
async def test_what_only_the_instructor_sees_holds_nothing_up(
    session: Session, capsys: pytest.CaptureFixture[str]
) -> None:
    """A follower that waits for what it may not see would spin, and with it the whole host."""
    task = asyncio.create_task(live_view._lines(session))
    await asyncio.sleep(0)
    session.note(AccessRefused("GET /v1/answer"))
    async with asyncio.timeout(2):
        for _ in range(20):
            await asyncio.sleep(0)
    session.note(PhaseChanged("fix", "Fix"))
    said = ""

    async def heard() -> bool | None:
        nonlocal said
        said += capsys.readouterr().err
        return "phase: Fix" in said or None

    await wait_until(heard, timeout_s=2, what="the next event")
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert "answer" not in said


@pytest.mark.parametrize(
    ("event", "says"),
    [
        (
            InjectDelivered("i", "message", "Chief", "What\n now?", "agenda"),
            "message: Chief: What now?",
        ),
        (HintTaken(1, "look at the pool", 5, "instructor"), "hint: 1 (-5 points): look"),
        (RoleJoined("Ada", "bridge"), "joined: Ada takes the role bridge"),
        (ClockPaused("instructor"), ""),
    ],
)
def test_events_of_the_exercise_are_told_in_one_line(event: Event, says: str) -> None:
    line = live_view.line_of(event)
    assert line.startswith(says) if says else line == ""
    assert "\n" not in line
