"""The instructor's word on a declared cause: what helps to say it, and how it is taken back."""

from __future__ import annotations

from typing import Any

import pytest

from harness.record import events
from harness.record import exercise_events as x
from harness.tokens import Caller
from tests.browser.consoles import Open, card, complaints, drill, open_console
from tests.browser.drill import ServedDrill
from tests.unit.drill.conftest import hand, session, trouble

__all__ = ["complaints", "drill", "hand", "open_console", "session", "trouble"]

pytestmark = [pytest.mark.live, pytest.mark.timeout(180)]


def declared(page: Any, cause: str) -> Any:
    return card(page, "Declared causes").get_by_role("listitem").filter(has_text=cause)


def test_an_accepted_answer_is_told_to_be_one_as_soon_as_it_is_declared(
    open_console: Open, drill: ServedDrill
) -> None:
    page = open_console("instructor", caller=Caller.INSTRUCTOR)
    declared(page, "slow-dependency").get_by_text("differs from the answer").wait_for()
    links = ("alert:PaymentsFailing",)
    said = events.DiagnosisDeclared("payments", "bad-configuration", 70, links, "", "Ada")
    drill.session.note(said, actor="Ada")
    mine = declared(page, "bad-configuration")
    mine.get_by_text("this is the answer, or one of the answers").wait_for()
    mine.get_by_text("1 of 2 items of evidence that are needed").wait_for()


def test_a_word_can_be_taken_back_and_the_last_one_counts(
    open_console: Open, drill: ServedDrill
) -> None:
    page = open_console("instructor", caller=Caller.INSTRUCTOR)
    team = open_console("diagnosis")
    mine = declared(page, "slow-dependency")
    mine.get_by_role("button", name="Confirm").click()
    mine.locator(".badge", has_text="confirmed").wait_for()
    assert mine.get_by_role("button", name="Confirm").is_disabled()
    card(team, "Declare the cause").get_by_text("confirmed").wait_for()
    mine.get_by_role("button", name="Not the cause").click()
    mine.locator(".badge", has_text="not the cause").wait_for()
    card(team, "Declare the cause").get_by_text("not the cause").wait_for()
    words = [one.event.right for one in drill.session.story().of(x.CauseConfirmed)]
    assert words == [True, False]
