"""When a team could first know: not before anything could be wrong, whatever it declared."""

from __future__ import annotations

from dataclasses import replace

import pytest

from harness.exercise.agenda_files import load_agenda
from harness.exercise.instructor_checks import clock_started
from harness.exercise.views import incident_start
from harness.record.events import (
    ClockStarted,
    DrillTriggered,
    Event,
    IncidentDeclared,
    PageSent,
    PhaseChanged,
)
from harness.record.story import Story
from tests.unit.exercise.tales import story_of

DECLARED = IncidentDeclared("sev2", "Checkout fails", ("orders",), None, "all", (), "alex")
PAGE = PageSent("p1", "HighErrorRate", "critical", "45 % of requests fail")
WORKSHOP = ClockStarted("workshop-180", 1.0, trigger_phase="dark-room")
BRIEFING = (0.0, WORKSHOP), (0.0, PhaseChanged("welcome", "Welcome"))
DARK_ROOM = (900.0, PhaseChanged("dark-room", "Dark room"))
"""It begins fifteen minutes into the workshop, and the trouble with it."""


def start_s(*moments: tuple[float, Event]) -> float | None:
    begin = incident_start(story_of(*moments))
    return None if begin is None else begin.drill_ms / 1000


def test_an_incident_declared_in_the_briefing_begins_nothing() -> None:
    early = (300.0, DECLARED)
    assert start_s(*BRIEFING, early) is None
    assert start_s(*BRIEFING, early, DARK_ROOM) is None
    assert start_s(*BRIEFING, early, DARK_ROOM, (960.0, PAGE)) == 960.0


def test_an_incident_declared_once_it_can_have_begun_counts_before_the_page() -> None:
    assert start_s(*BRIEFING, DARK_ROOM, (1000.0, DECLARED)) == 1000.0
    assert start_s(*BRIEFING, DARK_ROOM, (1000.0, DECLARED), (1300.0, PAGE)) == 1000.0
    early = (300.0, DECLARED)
    assert start_s(*BRIEFING, early, DARK_ROOM, (1000.0, DECLARED), (1300.0, PAGE)) == 1000.0


def test_when_the_trouble_was_triggered_does_not_show() -> None:
    triggered = (1100.0, DrillTriggered("orders", "5.2.1"))
    moments = (*BRIEFING, DARK_ROOM, (1000.0, DECLARED))
    assert start_s(*moments, triggered) == start_s(*moments) == 1000.0


@pytest.mark.parametrize(("declared_s", "counts"), [(100.0, False), (379.0, False), (380.0, True)])
def test_where_no_phase_tells_the_page_does(declared_s: float, counts: bool) -> None:
    declared = (declared_s, DECLARED)
    assert start_s(declared) == declared_s, "until there is a page, nobody can know"
    assert start_s(declared, (500.0, PAGE)) == (declared_s if counts else 500.0)


def test_a_clock_that_goes_on_from_a_drill_that_died_has_no_such_phase_ahead() -> None:
    goes_on = replace(WORKSHOP, from_drill="d-dead", at_ms=1_800_000)
    assert start_s((0.0, goes_on), (10.0, DECLARED), (60.0, PAGE)) == 10.0
    assert start_s((0.0, goes_on), (10.0, DECLARED), (600.0, PAGE)) == 600.0


@pytest.mark.parametrize(
    ("agenda", "phase"),
    [("workshop-180", "dark-room"), ("workshop-60", "alerting"), ("outage-3am", "")],
)
def test_the_start_of_the_clock_says_with_which_phase_trouble_begins(
    agenda: str, phase: str
) -> None:
    assert clock_started(load_agenda(agenda), Story(), 1.0).trigger_phase == phase
