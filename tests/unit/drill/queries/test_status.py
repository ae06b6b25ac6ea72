"""What the incident costs just now, where a gap is no data and never zero; what to type next."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from harness.drill.actions import instructor
from harness.drill.lifecycle.exercise_clock import tick
from harness.drill.queries import status
from harness.drill.session import Session
from harness.errors import DrillError
from harness.exercise.agenda_files import load_agenda
from harness.model import Alert
from harness.record import events
from tests.unit.drill.conftest import page_sent


class Figures:
    def __init__(self, answers: dict[str, float | DrillError]) -> None:
        self.answers = answers

    async def value(self, expression: str) -> float:
        answer = self.answers[expression]
        if isinstance(answer, DrillError):
            raise answer
        return answer


async def test_the_impact_clock_tells_what_a_minute_costs_and_how_fast_the_budget_burns(
    session: Session,
) -> None:
    figures: Any = Figures({status.REVENUE_PER_MINUTE: 480.0, status.BUDGET_BURN: 90.0})
    session.services.prometheus = figures
    assert await status.impact_now(session) == {
        "revenue_lost_per_minute": 480.0,
        "budget_burn": 90.0,
    }


async def test_a_prometheus_that_is_away_is_no_data(session: Session) -> None:
    away = DrillError("Prometheus does not answer")
    figures: Any = Figures({status.REVENUE_PER_MINUTE: away, status.BUDGET_BURN: 1.0})
    session.services.prometheus = figures
    assert await status.impact_now(session) == {
        "revenue_lost_per_minute": None,
        "budget_burn": 1.0,
    }


class Alerting:
    """A Prometheus in which one alert fires, with the text of its last evaluation."""

    def __init__(self, summary: str | DrillError) -> None:
        self.summary = summary

    async def alerts(self) -> list[Alert]:
        if isinstance(self.summary, DrillError):
            raise self.summary
        return [Alert("f1", "PaymentsFailing", "critical", self.summary, datetime.now(UTC))]


@pytest.mark.parametrize(
    ("evaluated", "shown"),
    [
        ("4% of charges fail", "4% of charges fail"),
        (DrillError("Prometheus does not answer"), "66% of charges fail"),
        ("", "66% of charges fail"),
    ],
)
async def test_an_alert_reads_as_it_is_now_and_its_page_as_it_was_sent(
    session: Session, evaluated: str | DrillError, shown: str
) -> None:
    page_sent(session)
    prometheus: Any = Alerting(evaluated)
    session.services.prometheus = prometheus
    (alert,) = await status.firing_alerts(session, session.state("all"))
    assert (alert["name"], alert["summary"]) == ("PaymentsFailing", shown)
    (page,) = await status.pages(session, "all")
    assert (page["summary"], page["now"]) == ("66% of charges fail", shown)


async def test_the_page_of_an_alert_that_is_silent_says_so(session: Session) -> None:
    page_sent(session)
    session.note(events.AlertResolved("f1", "PaymentsFailing", "critical", "", "payments"))
    (page,) = await status.pages(session, "all")
    assert page["now"] is None


def _proven(session: Session, agenda: str) -> None:
    """The shop was mended and verified in the first phase of an agenda."""
    session.spec = replace(session.spec, agenda=load_agenda(agenda))
    session.run.is_scheduled = True
    page_sent(session)
    tick(session)
    session.note(events.VerifyFinished(True, ()))


def _next(session: Session) -> str:
    return status.next_step(session, session.state("all"))


@pytest.mark.parametrize("agenda", ["workshop-60", "workshop-180", "incident-u3", "outage-3am"])
def test_a_team_is_sent_to_the_end_only_in_the_last_phase(session: Session, agenda: str) -> None:
    _proven(session, agenda)
    *_, last = session.spec.agenda.phases
    for phase in session.spec.agenda.phases[1:]:
        assert "drill finish" not in _next(session)
        assert phase.title in _next(session)
        assert ("drill reflect" in _next(session)) == (phase.kind == "review")
        instructor.skip(session, by="instructor")
    assert last.title not in _next(session)
    assert "drill finish" in _next(session)
    assert "drill reflect" in _next(session)


def test_who_plays_alone_is_sent_to_the_end_once_it_is_proven(session: Session) -> None:
    """Negative control: there is a phase to come here, too, which nobody else waits for."""
    _proven(session, "solo")
    assert len(session.spec.agenda.phases) > 1
    assert _next(session) == "done: drill finish shows the scorecard"


def test_before_the_proof_the_agenda_changes_nothing(session: Session) -> None:
    session.spec = replace(session.spec, agenda=load_agenda("workshop-60"))
    session.run.is_scheduled = True
    page_sent(session)
    tick(session)
    assert _next(session) == "a page is waiting: drill page, then drill ack"
