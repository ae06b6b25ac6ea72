"""Declared causes: what each stands on, and the instructor's word on it."""

from __future__ import annotations

from typing import Any

import pytest

from harness.record.events import CauseConfirmed, DiagnosisDeclared, HypothesesRevised, Hypothesis
from harness.tokens import Caller
from tests.browser.consoles import Open, card, complaints, drill, open_console
from tests.browser.drill import ServedDrill
from tests.unit.drill.conftest import hand, session, trouble

__all__ = ["complaints", "drill", "hand", "open_console", "session", "trouble"]

pytestmark = [pytest.mark.live, pytest.mark.timeout(180)]


def declared(page: Any, cause: str) -> Any:
    return card(page, "Diagnoses").get_by_role("listitem").filter(has_text=cause)


def test_an_accepted_answer_is_told_to_be_one_as_soon_as_it_is_declared(
    open_console: Open, drill: ServedDrill
) -> None:
    page = open_console("instructor", caller=Caller.INSTRUCTOR)
    declared(page, "slow-dependency").get_by_text("does not match the answer").wait_for()
    links = ("alert:PaymentsFailing",)
    said = DiagnosisDeclared("payments", "bad-configuration", 70, links, "", "Ada", links)
    drill.session.note(said, actor="Ada")
    mine = declared(page, "bad-configuration")
    mine.get_by_text("matches the answer").wait_for()
    mine.get_by_text("1 of 2 required links to evidence").wait_for()


def test_a_word_can_be_taken_back_and_the_last_one_counts(
    open_console: Open, drill: ServedDrill
) -> None:
    page = open_console("instructor", caller=Caller.INSTRUCTOR)
    team = open_console("diagnosis")
    mine = declared(page, "slow-dependency")
    mine.get_by_role("button", name="Confirm").click()
    mine.locator(".badge", has_text="confirmed").wait_for()
    assert mine.get_by_role("button", name="Confirm").is_disabled()
    card(team, "Diagnosis").get_by_text("confirmed").wait_for()
    mine.get_by_role("button", name="Reject").click()
    mine.locator(".badge", has_text="rejected").wait_for()
    card(team, "Diagnosis").get_by_text("rejected").wait_for()
    words = [one.event.right for one in drill.session.story().of(CauseConfirmed)]
    assert words == [True, False]


def declare(page: Any, service: str, mechanism: str) -> Any:
    form = card(page, "Diagnosis")
    form.get_by_label("Service").select_option(service)
    form.get_by_label("Mechanism").select_option(mechanism)
    return form


def two_causes(drill: ServedDrill) -> None:
    hypotheses = (
        Hypothesis("h1", "timeouts", 60, "payments", "timeout-misconfigured", ("trace:aa",)),
        Hypothesis("h2", "queries", 40, "orders", "n-plus-one", ("trace:bb", "trace:cc")),
    )
    drill.session.note(HypothesesRevised(hypotheses, "two of them", "Bo"), actor="Bo")


def test_of_two_causes_each_is_declared_with_its_own_evidence(
    open_console: Open, drill: ServedDrill
) -> None:
    two_causes(drill)
    page = open_console("diagnosis")
    evidence = card(page, "Diagnosis").get_by_label("Evidence of the cause")
    evidence.get_by_text("trace:aa").wait_for()
    form = declare(page, "orders", "n-plus-one")
    evidence.get_by_text("trace:bb").wait_for()
    assert evidence.get_by_text("trace:aa").count() == 0
    evidence.get_by_label("Remove trace:cc").click()
    evidence.get_by_text("trace:cc").wait_for(state="detached")
    declare(page, "users", "overload")
    form.get_by_text("no hypothesis names this cause").wait_for()
    form.get_by_label("Use the evidence of").select_option("h2")
    evidence.get_by_text("trace:cc").wait_for()


def test_evidence_of_a_cause_that_nobody_supposed_is_chosen_or_stays_away(
    open_console: Open, drill: ServedDrill
) -> None:
    two_causes(drill)
    page = open_console("diagnosis")
    form = declare(page, "users", "overload")
    form.get_by_label("The team agrees").check()
    form.get_by_role("button", name="Submit diagnosis").click()
    form.get_by_text("users: overload").wait_for()
    last = drill.session.story().last(DiagnosisDeclared)
    assert last is not None
    assert (last.event.service, last.event.evidence) == ("users", ())
