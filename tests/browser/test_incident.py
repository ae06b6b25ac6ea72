"""One incident on the first page: its alerts, who took them, who leads, what was said last."""

from __future__ import annotations

from typing import Any

import pytest

from harness.record import events
from tests.browser.axe import violations
from tests.browser.consoles import Open, complaints, drill, open_console
from tests.browser.drill import ServedDrill
from tests.unit.drill.conftest import hand, session, trouble

__all__ = ["complaints", "drill", "hand", "open_console", "session", "trouble"]

pytestmark = [pytest.mark.live, pytest.mark.timeout(180)]

SLOW = ("f2", "HighLatency", "warning", "checkout takes 2 s", "orders")


def incident(page: Any) -> Any:
    return page.get_by_role("region").filter(has=page.locator("#incident-now"))


def alerts(page: Any) -> list[str]:
    found = incident(page).get_by_role("list", name="Alerts, newest first")
    found.locator("li strong").first.wait_for()
    names: list[str] = found.locator("li strong").all_inner_texts()
    return names


def page_of(drill: ServedDrill, number: int) -> None:
    """Another page of the same alert, or the first of it."""
    drill.session.note(events.AlertFired(*SLOW))
    drill.session.note(events.PageSent(f"p{number}", *SLOW[1:4]))


def test_alerts_are_grouped_the_newest_first_with_age_service_and_runbook(
    open_console: Open, drill: ServedDrill
) -> None:
    page_of(drill, 2)
    page_of(drill, 3)
    page = open_console()
    incident(page).get_by_role("heading", name="Incident, not declared yet").wait_for()
    assert alerts(page) == ["HighLatency", "PaymentsFailing"]
    slow = incident(page).get_by_role("listitem").filter(has_text="HighLatency")
    slow.get_by_text("on orders").wait_for()
    slow.get_by_text("ago, 2 times").wait_for()
    slow.get_by_text("Runbook", exact=False).first.click()
    slow.get_by_role("heading", name="Where to look").wait_for()


def test_one_button_takes_all_and_each_has_its_own(open_console: Open, drill: ServedDrill) -> None:
    page_of(drill, 2)
    page = open_console()
    slow = incident(page).get_by_role("listitem").filter(has_text="HighLatency")
    slow.get_by_role("button", name="Acknowledge").click()
    slow.get_by_text("acknowledged by Ada").wait_for()
    taken = drill.session.story().of(events.PageAcknowledged)
    assert [one.event.page_id for one in taken] == ["p2"]
    page_of(drill, 3)
    incident(page).get_by_role("button", name="Acknowledge all").click()
    incident(page).get_by_role("button", name="Acknowledge").first.wait_for(state="detached")
    taken = drill.session.story().of(events.PageAcknowledged)
    assert {one.event.page_id for one in taken} == {"p1", "p2", "p3"}


def test_what_is_taken_and_silent_folds(open_console: Open, drill: ServedDrill) -> None:
    page_of(drill, 2)
    drill.session.note(events.PageAcknowledged("p2", "Bo"))
    drill.session.note(events.AlertResolved(*SLOW))
    page = open_console()
    assert alerts(page) == ["PaymentsFailing"]
    folded = incident(page).get_by_text("HighLatency").first
    assert not folded.is_visible()
    incident(page).get_by_text("1 resolved").click()
    folded.wait_for()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_severity_lead_services_and_the_last_update_stand_beside(
    open_console: Open, drill: ServedDrill, scheme: str
) -> None:
    drill.session.note(
        events.IncidentDeclared("sev1", "Payments fail", ("payments",), 9, "payers", (), "Ada")
    )
    for width in (390, 1440):
        page = open_console(
            viewport={"width": width, "height": 844}, color_scheme=scheme, bypass_csp=True
        )
        incident(page).get_by_role("heading", name="SEV-1: Payments fail").wait_for()
        beside = incident(page).locator("dl")
        assert beside.locator("dd").nth(1).inner_text() == "Bo"
        assert beside.locator("dd").nth(2).inner_text() == "payments"
        beside.get_by_text("investigating").wait_for()
        beside.get_by_text("Two of three payments fail.").wait_for()
        assert violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") == width
