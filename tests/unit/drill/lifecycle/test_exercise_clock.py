"""The clock at work: it announces, delivers and begins the incident, each thing once."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from harness.drill.actions import instructor, team_entry
from harness.drill.lifecycle import exercise_clock
from harness.drill.lifecycle.exercise_clock import deliver, reading, tick
from harness.drill.session import Session
from harness.errors import UnknownName, UsageError
from harness.exercise.agenda import AtTime, ByHand, InPhase, NoUpdate, When, WhileAlert
from harness.exercise.agenda_files import load_agenda
from harness.exercise.views import role_holders
from harness.record.events import (
    ClockStarted,
    InjectDelivered,
    PersonMessaged,
    PhaseChanged,
    RoleJoined,
)
from tests.unit.drill.conftest import Hand, page_sent


@pytest.fixture(autouse=True)
def begun(monkeypatch: pytest.MonkeyPatch) -> list[Session]:
    """Instead of the colleagues' releases: who let them begin."""
    seen: list[Session] = []

    def begin(session: Session) -> None:
        if not session.run.is_scheduled:
            session.run.is_scheduled = True
            seen.append(session)

    monkeypatch.setattr(exercise_clock, "begin_schedule", begin)
    return seen


@pytest.fixture
def workshop(session: Session) -> Session:
    session.spec = replace(session.spec, agenda=load_agenda("workshop-60"), speed=10.0)
    return session


def phases(session: Session) -> list[str]:
    return [one.event.phase for one in session.story().of(PhaseChanged)]


def test_a_clock_that_starts_ready_announces_its_first_phase_and_the_incident(
    workshop: Session, begun: list[Session]
) -> None:
    for _ in range(3):
        tick(workshop)
    assert phases(workshop) == ["alerting"]
    assert len(workshop.story().of(ClockStarted)) == 1
    assert begun == [workshop]


def test_phases_change_as_the_agendas_time_passes(workshop: Session, hand: Hand) -> None:
    tick(workshop)
    for _ in range(4):
        hand.move(100)
        tick(workshop)
    assert phases(workshop) == ["alerting", "dark-room", "fix", "review"]
    hand.move(100)
    tick(workshop)
    assert reading(workshop).is_over


def test_the_speed_is_that_of_the_drill(workshop: Session, hand: Hand) -> None:
    tick(workshop)
    hand.move(3)
    assert reading(workshop).agenda_ms == 30_000


def test_what_is_due_is_delivered_once(workshop: Session, hand: Hand) -> None:
    tick(workshop)
    hand.move(30 + 30)
    for _ in range(3):
        tick(workshop)
    told = [one.event.inject_id for one in workshop.story().of(InjectDelivered)]
    assert told == ["executive-asks"]


def test_a_clock_that_waits_for_the_page_stands_until_it_comes(
    session: Session, hand: Hand, begun: list[Session]
) -> None:
    session.spec = replace(session.spec, agenda=load_agenda("incident-u3"))
    tick(session)
    hand.move(60)
    tick(session)
    assert not reading(session).is_running
    page_sent(session)
    tick(session)
    assert phases(session) == ["triage"]
    assert begun == []  # the incident came first


async def test_beginning_such_an_agenda_lets_the_incident_come(
    session: Session, begun: list[Session]
) -> None:
    session.spec = replace(session.spec, agenda=load_agenda("incident-u3"))
    exercise_clock.begin_exercise(session)
    assert begun == [session]
    for task in session.run.tasks:
        task.cancel()
    await asyncio.gather(*session.run.tasks, return_exceptions=True)


def test_a_person_who_is_taken_away_leaves_the_role_free(workshop: Session) -> None:
    team_entry.join(workshop, "Ada", "backend")
    team_entry.join(workshop, "Ada", "bridge")
    instructor.throw(workshop, "backend-unreachable", by="instructor")
    assert role_holders(workshop.story()) == {"bridge": ("Ada",)}


def test_other_messages_take_nobody_away(workshop: Session) -> None:
    team_entry.join(workshop, "Ada", "backend")
    second = next(one for one in workshop.spec.agenda.injects if one.id == "second-alert")
    deliver(workshop, second, by="instructor")
    assert role_holders(workshop.story()) == {"backend": ("Ada",)}


def test_a_pause_stops_the_clock_and_a_resumption_goes_on(workshop: Session, hand: Hand) -> None:
    tick(workshop)
    hand.move(10)
    instructor.pause(workshop, by="instructor", reason="fire alarm")
    hand.move(1000)
    tick(workshop)
    assert phases(workshop) == ["alerting"]
    instructor.resume(workshop, by="instructor")
    assert reading(workshop).agenda_ms == 100_000


def test_an_extension_moves_the_end_and_a_skip_brings_it(workshop: Session, hand: Hand) -> None:
    tick(workshop)
    instructor.extend(workshop, extra_s=60, by="instructor")
    assert reading(workshop).remaining_ms == 360_000
    instructor.skip(workshop, by="instructor")
    assert phases(workshop) == ["alerting", "dark-room"]


def test_who_presses_twice_ends_one_phase(workshop: Session) -> None:
    tick(workshop)
    instructor.skip(workshop, by="instructor", meant="alerting")
    with pytest.raises(UsageError, match="'alerting' is over"):
        instructor.skip(workshop, by="instructor", meant="alerting")
    assert phases(workshop) == ["alerting", "dark-room"]


def test_people_end_only_phases_that_have_no_end_of_their_own(session: Session) -> None:
    tick(session)
    instructor.advance(session, by="Ada")
    assert phases(session) == ["respond", "reflect"]
    with pytest.raises(UsageError, match="last phase"):
        instructor.advance(session, by="Ada")


def test_people_do_not_shorten_a_phase_with_an_end(workshop: Session) -> None:
    tick(workshop)
    with pytest.raises(UsageError, match="ends on its own"):
        instructor.advance(workshop, by="Ada")


@pytest.mark.parametrize(
    ("act", "says"),
    [
        (lambda s: instructor.pause(s, by="i"), "does not run"),
        (lambda s: instructor.resume(s, by="i"), "not paused"),
        (lambda s: instructor.extend(s, extra_s=60, by="i"), "not started"),
        (lambda s: instructor.skip(s, by="i"), "not started"),
        (lambda s: instructor.throw(s, "nothing", by="i"), "no inject 'nothing'"),
        (lambda s: instructor.hint(s, by="i"), "no further hint"),
        (lambda s: instructor.confirm(s, right=True, by="i"), "no cause has been declared"),
        (lambda s: instructor.judge(s, line="quality", points=1, by="i"), "line of the rubric"),
        (lambda s: instructor.judge(s, line="quality_held", points=11, by="i"), "0 to 10"),
    ],
)
def test_what_cannot_be_done_now_is_refused_and_not_recorded(
    session: Session, act: Any, says: str
) -> None:
    with pytest.raises(UsageError, match=says):
        act(session)
    assert session.services.record.last_seq() == 0


def test_hints_come_in_order_and_cost(trouble: Session) -> None:
    first = instructor.hint(trouble, by="instructor")
    second = instructor.hint(trouble, by="instructor")
    assert (first.number, second.number) == (1, 2)
    assert first.text == trouble.spec.faults[0].hints[0]
    assert first.cost_points > 0


def test_what_waits_for_a_hand_is_listed_until_it_is_thrown(workshop: Session) -> None:
    assert instructor.waiting_by_hand(workshop) == ["second-alert", "backend-unreachable"]
    instructor.throw(workshop, "second-alert", by="instructor")
    assert instructor.waiting_by_hand(workshop) == ["backend-unreachable"]


def test_the_plan_of_messages_tells_what_brings_each_and_which_have_come(
    workshop: Session,
) -> None:
    instructor.throw(workshop, "second-alert", by="instructor")
    plan = {one["id"]: one for one in instructor.planned(workshop)}
    assert set(plan) == {one.id for one in workshop.spec.agenda.injects}
    assert list(plan)[-1] == "second-alert", "what has come is last"
    dues = [one["due_s"] for one in plan.values() if one["due_s"] is not None]
    assert dues == sorted(dues)
    assert plan["second-alert"]["when"] == "by hand"
    assert [one for one in plan if plan[one]["delivered"]] == ["second-alert"]
    assert all(one["when"] and one["text"] for one in plan.values())


@pytest.mark.parametrize(
    ("when", "words"),
    [
        (AtTime(90_000), "at 1.5 min of the agenda"),
        (InPhase("fix", 60_000), "1 min into “The fix”"),
        (WhileAlert("PaymentsFailing", 120_000), "once PaymentsFailing has fired for 2 min"),
        (NoUpdate(300_000), "after 5 min without an update"),
        (ByHand(), "by hand"),
    ],
)
def test_what_brings_a_message_is_said_in_words(when: When, words: str) -> None:
    assert instructor.when_in_words(when, {"fix": "The fix"}) == words


def test_the_instructor_says_things_in_own_words_to_all_or_to_one(workshop: Session) -> None:
    workshop.note(RoleJoined("Ada", "on-call"))
    said = [instructor.say(workshop, "look up", to=to, by="instructor") for to in ("", "Ada", "")]
    assert said == [
        InjectDelivered("own-1", "message", "Instructor", "look up", "instructor"),
        PersonMessaged("Ada", "Instructor", "look up", "instructor"),
        InjectDelivered("own-2", "message", "Instructor", "look up", "instructor"),
    ]
    with pytest.raises(UnknownName):
        instructor.say(workshop, "look up", to="Nobody", by="instructor")
