"""A host that was killed: the next drill goes on with the exercise where it stood."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from harness.drill.actions import instructor, team_entry
from harness.drill.lifecycle import exercise_clock
from harness.drill.lifecycle.exercise_clock import begin_exercise, reading, tick
from harness.drill.lifecycle.home import Home
from harness.drill.lifecycle.resume import left_off
from harness.drill.session import Session
from harness.errors import UsageError
from harness.exercise.agenda_files import load_agenda
from harness.exercise.views import delivered, role_holders
from harness.record import events
from harness.record.store import Record
from tests.unit.drill.conftest import Hand

CREATED = events.DrillCreated("deadlock", 7, "local", "honour", "workshop-60", {})


def reap_nothing(_: Path) -> list[str]:
    return []


@pytest.fixture
def died(session: Session, hand: Hand) -> Path:
    """A home whose drill was killed 20 minutes into a workshop at tenfold speed."""
    session.spec = replace(session.spec, agenda=load_agenda("workshop-60"), speed=10.0)
    session.run.is_scheduled = True
    session.note(CREATED)
    team_entry.join(session, person="Ada", role="on-call")
    tick(session)
    hand.move(12)  # two minutes of the agenda
    instructor.skip(session, by="lee")
    hand.move(60)
    tick(session)
    instructor.extend(session, extra_s=600, by="lee")
    hand.move(48)
    tick(session)
    home = session.spec.run_dir / "home"
    run_dir = home / "runs" / "d-test"
    (run_dir / "secrets").mkdir(parents=True)
    session.services.record.export_jsonl(run_dir / "all.jsonl")
    Record.import_jsonl(run_dir / "all.jsonl", run_dir / "record.db").close()
    return home


def closed(home: Path) -> Path:
    """The home as the next start finds it, and its runs."""
    with Home(home).owned(reap_nothing) as put_in_order:
        assert "drill run --resume" in put_in_order[0]
    return home / "runs"


def test_clock_roles_and_messages_go_on_where_they_stood(
    died: Path, session: Session, tmp_path: Path, hand: Hand, monkeypatch: pytest.MonkeyPatch
) -> None:
    stood, had = reading(session), delivered(session.story())
    assert (stood.phase.id, stood.agenda_ms) == ("dark-room", 20 * 60_000)
    assert had, "the agenda had told something by then"
    left = left_off(closed(died))
    assert (left.drill_id, left.scenario, left.seed) == ("d-test", "deadlock", 7)
    assert left.clock is not None
    assert (left.clock.cause_target_ms, left.clock.trigger_phase) == (20 * 60_000, "alerting")

    with Record(tmp_path / "again.db", "d-again", clock=hand.clock) as record:
        session.services.record, session.run.stories = record, {}
        session.spec = replace(session.spec, left_off=left)
        session.run.is_scheduled = False
        kept: list[Any] = []
        monkeypatch.setattr(session.run, "keep", lambda task: (kept.append(task), task.close()))
        monkeypatch.setattr(exercise_clock.asyncio, "create_task", lambda work: work)
        began: list[Session] = []
        monkeypatch.setattr(exercise_clock, "begin_schedule", began.append)
        hand.move(300)  # however long the shop takes to start: it is not the exercise's time
        begin_exercise(session)
        tick(session)
        now = reading(session)
        assert (now.phase, now.agenda_ms, now.remaining_ms) == (
            stood.phase, stood.agenda_ms, stood.remaining_ms,
        )  # fmt: skip
        assert began == [session], "its phase has begun, and with it the incident"
        assert role_holders(session.story()) == {"on-call": ("Ada",)}
        assert delivered(session.story()) == had
        hand.move(6)
        assert reading(session).agenda_ms == stood.agenda_ms + 60_000, "at the speed it had"


def test_a_clock_that_had_not_started_starts_as_ever(session: Session, tmp_path: Path) -> None:
    run_dir = tmp_path / "home" / "runs" / "d-1"
    (run_dir / "secrets").mkdir(parents=True)
    with Record(run_dir / "record.db", "d-1") as record:
        record.append(CREATED, actor="harness")
    assert left_off(closed(tmp_path / "home")).clock is None


@pytest.mark.parametrize(
    ("last", "why"),
    [
        (events.DrillFinished("asked"), "d-1, was not interrupted"),
        (events.DrillAborted("halted by lee"), "d-1, was not interrupted"),
    ],
)
def test_what_did_not_die_is_not_taken_up(tmp_path: Path, last: events.Event, why: str) -> None:
    (tmp_path / "d-1").mkdir()
    with Record(tmp_path / "d-1" / "record.db", "d-1") as record:
        record.append(CREATED, actor="harness")
        record.append(events.SealOpened("salt", "{}"), actor="harness")
        record.append(last, actor="harness")
    with pytest.raises(UsageError, match=why):
        left_off(tmp_path)


def test_where_there_was_no_drill_there_is_none_to_take_up(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no interrupted drill"):
        left_off(tmp_path)


def test_a_drill_that_died_before_it_began_is_not_taken_up(tmp_path: Path) -> None:
    run_dir = tmp_path / "runs" / "d-1"
    (run_dir / "secrets").mkdir(parents=True)
    with Record(run_dir / "record.db", "d-1") as record:
        record.append(events.DrillStarting(), actor="harness")
    with pytest.raises(UsageError, match="before it started"):
        left_off(closed(tmp_path))
