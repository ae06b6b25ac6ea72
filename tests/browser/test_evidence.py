"""Evidence on its way from the basket to a diagnosis: nothing of it is lost."""

from __future__ import annotations

from typing import Any

import pytest

from harness.record import events
from harness.waiting import wait_until_sync
from tests.browser.consoles import Open, card, complaints, drill, open_console
from tests.browser.drill import ServedDrill
from tests.unit.drill.conftest import hand, session, trouble

__all__ = ["complaints", "drill", "hand", "open_console", "session", "trouble"]

pytestmark = [pytest.mark.live, pytest.mark.timeout(120)]

LINK = "alert:PaymentsFailing"


def collect(page: Any, link: str = LINK) -> None:
    basket = card(page, "Collected evidence")
    basket.get_by_label("Evidence link").fill(link)
    basket.get_by_role("button", name="Collect").click()
    basket.get_by_role("link", name=link).wait_for()


def newest(drill: ServedDrill) -> events.HypothesesRevised:
    found = drill.session.story().last(events.HypothesesRevised)
    assert found is not None
    return found.event


def test_what_is_laid_for_a_hypothesis_is_saved_with_that_click(
    open_console: Open, drill: ServedDrill
) -> None:
    page = open_console("diagnosis")
    collect(page)
    assert newest(drill).hypotheses[0].evidence_for == (), "negative control"
    card(page, "Collected evidence").get_by_role("button", name="For", exact=True).click()
    wait_until_sync(
        lambda: newest(drill).hypotheses[0].evidence_for == (LINK,),
        timeout_s=10,
        what="the revision with the evidence",
    )
    assert newest(drill).reason == f"evidence for h1: {LINK}"
    card(page, "Hypotheses").get_by_text("not saved yet").wait_for(state="detached")


def test_a_hypothesis_without_words_waits_and_so_does_its_evidence(
    open_console: Open, drill: ServedDrill
) -> None:
    page = open_console("diagnosis")
    before = newest(drill)
    card(page, "Hypotheses").get_by_role("button", name="Add").click()
    collect(page)
    card(page, "Collected evidence").get_by_role("button", name="For", exact=True).click()
    card(page, "Hypotheses").get_by_text("not saved yet").wait_for()
    page.reload()
    chips = card(page, "Hypotheses").get_by_label("Evidence for", exact=True)
    chips.first.get_by_text(LINK).wait_for()
    assert newest(drill) == before


def test_a_declaration_takes_what_lies_in_the_basket(
    open_console: Open, drill: ServedDrill
) -> None:
    page = open_console("diagnosis")
    collect(page)
    form = card(page, "Diagnosis")
    form.get_by_label("Evidence of the cause").get_by_text(LINK).wait_for()
    form.get_by_role("checkbox").check()
    form.get_by_role("button", name="Submit diagnosis").click()
    card(page, "Collected evidence").get_by_text("Nothing collected yet").wait_for()
    declared = drill.session.story().last(events.DiagnosisDeclared)
    assert declared is not None
    assert declared.event.evidence == (LINK,)
