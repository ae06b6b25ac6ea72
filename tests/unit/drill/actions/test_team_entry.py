"""What people write is checked, recorded under their name, and seen by those it is meant for."""

from __future__ import annotations

from typing import Any

import pytest

from harness.drill.actions import team_entry
from harness.drill.lifecycle.exercise_clock import tick
from harness.drill.queries import exercise_view, team_entries
from harness.drill.session import Session
from harness.errors import UnknownName, UsageError
from harness.exercise.entries import ActionItem, Hypotheses, Mark, Reflection, Update
from harness.record.events import DrillFinished, ImpactSampled
from tests.unit.drill.conftest import Hand, page_sent

UPDATE: dict[str, Any] = {
    "status": "identified",
    "what_happened": "A release cut the timeouts.",
    "what_we_did": "Rolling it back.",
    "current_state": "Payments fail.",
    "confidence": 85,
    "unknowns": ["why"],
    "next_steps": ["watch"],
    "readers": "all",
    "eta_minutes": 10.0,
    "eta_latest_minutes": None,
    "components": {"payments": "major_outage"},
}


def hypotheses(*shares: tuple[str, int], mechanism: str = "") -> Hypotheses:
    """Hypotheses about payments by id and percentage."""
    listed = [
        {"id": id_, "text": id_, "probability": percent, "service": "payments"}
        for id_, percent in shares
    ]
    return Hypotheses.model_validate(
        {"hypotheses": [{**one, "mechanism": mechanism} for one in listed]}
    )


def test_the_only_person_is_who_writes(session: Session) -> None:
    assert team_entry.speaker(session, "") == team_entry.ANONYMOUS
    team_entry.join(session, "Ada", "on-call")
    team_entry.join(session, "Ada", "bridge")
    assert team_entry.speaker(session, "") == "Ada"
    team_entry.join(session, "Bo", "backend")
    assert team_entry.speaker(session, "") == team_entry.ANONYMOUS
    assert team_entry.speaker(session, "Bo") == "Bo"


def test_an_agent_that_comes_changes_nobodys_name(session: Session) -> None:
    team_entry.join(session, "robin", "on-call", is_agent=True)
    assert team_entry.speaker(session, "") == team_entry.ANONYMOUS
    team_entry.join(session, "Ada", "on-call")
    assert team_entry.speaker(session, "") == "Ada"
    assert team_entry.speaker(session, "robin") == "robin"


def test_a_name_that_nobody_has_joined_under_is_refused(session: Session) -> None:
    with pytest.raises(UnknownName, match="drill join"):
        team_entry.speaker(session, "Mallory")
    team_entry.join(session, "Ada", "on-call")
    with pytest.raises(UnknownName, match="did you mean Ada"):
        team_entry.speaker(session, "Adaa")


def test_whoever_loses_the_only_role_is_told_how_to_write_on(session: Session) -> None:
    team_entry.join(session, "Zoë Ünal", "on-call")
    team_entry.join(session, "Bo", "backend")
    team_entry.leave(session, "Zoë Ünal", "on-call")
    with pytest.raises(UnknownName, match="drill join 'Zoë Ünal' --role"):
        team_entry.speaker(session, "Zoë Ünal")
    team_entry.join(session, "Zoë Ünal", "bridge")
    assert team_entry.speaker(session, "Zoë Ünal") == "Zoë Ünal"


def test_each_role_comes_with_its_checklist_and_its_people(session: Session) -> None:
    team_entry.join(session, "Ada", "bridge")
    lists = {one["id"]: one for one in exercise_view.checklists(session.story())}
    assert set(lists) == {"on-call", "backend", "frontend", "bridge", "documentation"}
    assert lists["bridge"]["people"] == ["Ada"]
    assert all(one["checklist"] and one["responsibilities"] for one in lists.values())


async def test_a_mechanism_is_understood_by_its_usual_names(session: Session) -> None:
    written, _ = await team_entry.revise_hypotheses(
        session,
        hypotheses(("h1", 100), mechanism="timeouts"),
        by="Ada",
    )
    assert written.hypotheses[0].mechanism == "timeout-misconfigured"


async def test_probabilities_that_do_not_sum_are_refused_and_nothing_is_recorded(
    session: Session,
) -> None:
    with pytest.raises(UsageError, match="sum to 90"):
        await team_entry.revise_hypotheses(session, hypotheses(("h1", 90)), by="Ada")
    assert session.services.record.last_seq() == 0


async def test_every_revision_is_kept_with_its_time(session: Session, hand: Hand) -> None:
    for percent in (70, 95):
        hand.move(60)
        both = hypotheses(("h1", percent), ("h2", 100 - percent))
        await team_entry.revise_hypotheses(session, both, by="Ada")
    kept = team_entries.revisions(session.story())
    assert [one["hypotheses"][0]["probability_percent"] for one in kept] == [70, 95]
    assert kept[0]["at"] < kept[1]["at"]


def test_only_an_alert_that_fired_can_be_marked(session: Session) -> None:
    with pytest.raises(UnknownName, match="none has fired"):
        team_entry.mark(session, Mark(alert="PaymentsFailing", mark="source"), by="Ada")
    page_sent(session)
    with pytest.raises(UnknownName, match="did you mean PaymentsFailing"):
        team_entry.mark(session, Mark(alert="PaymentFailing", mark="source"), by="Ada")
    team_entry.mark(session, Mark(alert="PaymentsFailing", mark="source"), by="Ada")


def test_an_update_is_rendered_for_each_kind_of_reader(session: Session) -> None:
    posted = team_entry.post_update(session, Update(**UPDATE), by="Ada")
    rendered = team_entries.rendered(session.story(), posted)
    assert set(rendered) == {"internal", "executive", "external"}
    assert "85%" in rendered["internal"]
    assert "85%" not in rendered["external"]
    assert [one["text"] for one in team_entries.updates(session.story(), "external")] == [
        rendered["external"]
    ]


def test_executives_read_the_damage_as_it_was_when_they_were_told(session: Session) -> None:
    def said() -> list[str]:
        return [one["text"] for one in team_entries.updates(session.story(), "executive")]

    session.note(ImpactSampled(7, 120.5, 0.9))
    posted = team_entry.post_update(session, Update(**UPDATE), by="Ada")
    first = team_entries.rendered(session.story(), posted)["executive"]
    assert "7 users affected, € 120.50 revenue lost" in first
    session.note(ImpactSampled(1_060, 99_491.0, 0.4))
    assert said() == [first]
    team_entry.post_update(session, Update(**{**UPDATE, "status": "resolved"}), by="Ada")
    assert "1,060 users affected, € 99,491.00 revenue lost" in said()[1]


def test_an_update_for_one_kind_of_reader_reaches_no_other(session: Session) -> None:
    posted = team_entry.post_update(session, Update(**{**UPDATE, "readers": "executive"}), by="Ada")
    assert set(team_entries.rendered(session.story(), posted)) == {"executive"}
    assert team_entries.updates(session.story(), "external") == []


def test_an_update_without_confidence_is_refused(session: Session) -> None:
    with pytest.raises(UsageError, match="'confidence' is missing"):
        team_entry.post_update(session, Update(**{**UPDATE, "confidence": None}), by="Ada")


def test_an_answer_goes_with_one_of_the_agendas_questions(session: Session) -> None:
    question = session.spec.agenda.phases[1].questions[0]
    answer = Reflection(kind="answer", text="the pool", question=question)
    team_entry.reflect(session, answer, by="Ada")
    with pytest.raises(UnknownName):
        team_entry.reflect(session, answer.model_copy(update={"question": "Why?"}), by="Ada")


def test_an_action_item_without_an_owner_is_refused(session: Session) -> None:
    with pytest.raises(UsageError, match="owner"):
        team_entry.add_action_item(session, ActionItem(text="load test", owner=""), by="Ada")
    owned = ActionItem(text="load test", owner="Bo")
    assert team_entry.add_action_item(session, owned, by="Ada").item_id == "ai-1"


def test_the_next_word_is_due_after_five_minutes_then_after_twenty(
    session: Session, hand: Hand
) -> None:
    def due_s() -> float | None:
        due: float | None = exercise_view.exercise(session)["update_due_s"]
        return due

    assert due_s() is None
    page_sent(session)
    assert due_s() == 300
    hand.move(310)
    assert due_s() == -10
    team_entry.post_update(session, Update(**UPDATE), by="Ada")
    assert due_s() == 1200
    team_entry.post_update(session, Update(**{**UPDATE, "status": "resolved"}), by="Ada")
    assert due_s() is None


def test_no_word_is_due_once_the_drill_is_over(session: Session) -> None:
    page_sent(session)
    assert exercise_view.exercise(session)["update_due_s"] is not None
    session.note(DrillFinished("finished by Ada"))
    assert exercise_view.exercise(session)["update_due_s"] is None


def test_the_exercise_as_its_people_see_it_tells_no_answer(trouble: Session) -> None:
    trouble.run.is_scheduled = True
    tick(trouble)
    shown = exercise_view.exercise(trouble)
    assert shown["clock"]["phase"] == "respond"
    assert shown["clock"]["remaining_s"] is None
    assert trouble.spec.seal is not None
    assert shown["sealed"] == trouble.spec.seal.commitment
    assert "timeout" not in str(shown)
