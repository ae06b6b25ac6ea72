"""Views and actions by a few letters of their names, and what is said at the edge of the screen."""

from __future__ import annotations

import pytest

from harness.record import events
from harness.tokens import Caller
from tests.browser.axe import violations
from tests.browser.consoles import Open, complaints, drill, open_console
from tests.browser.drill import ServedDrill
from tests.unit.drill.conftest import hand, session, trouble

__all__ = ["complaints", "drill", "hand", "open_console", "session", "trouble"]

pytestmark = [pytest.mark.live, pytest.mark.timeout(180)]

PALETTE = "Search views and actions"


def test_a_view_is_found_by_a_few_letters(open_console: Open) -> None:
    page = open_console()
    page.keyboard.press("Control+k")
    found = page.get_by_role("dialog", name=PALETTE)
    found.get_by_role("option", name="Timeline").wait_for()
    page.keyboard.type("timel")
    page.keyboard.press("Enter")
    page.locator("main.view-timeline").wait_for()
    found.wait_for(state="detached")


def test_an_action_is_done_by_its_name(open_console: Open, drill: ServedDrill) -> None:
    page = open_console()
    page.get_by_role("button", name="Search").click()
    page.get_by_role("option", name="Acknowledge all pages").click()
    page.get_by_text("acknowledged by Ada").wait_for()
    assert len(drill.session.story().of(events.PageAcknowledged)) == 1


def test_a_participant_is_offered_no_view_of_the_instructors(open_console: Open) -> None:
    page = open_console()
    page.keyboard.press("Control+k")
    page.get_by_role("option", name="Timeline").wait_for()
    assert page.get_by_role("option", name="Instructor").count() == 0


def test_the_instructor_is(open_console: Open) -> None:
    """Negative control."""
    page = open_console(caller=Caller.INSTRUCTOR)
    page.keyboard.press("Control+k")
    page.get_by_role("option", name="Instructor").wait_for()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("key", ["Control+k", "?"])
def test_windows_over_the_page_are_accessible(open_console: Open, key: str, scheme: str) -> None:
    page = open_console(bypass_csp=True, color_scheme=scheme)
    page.keyboard.press(key)
    page.get_by_role("dialog").wait_for()
    assert violations(page) == []
    page.keyboard.press("Escape")
    page.get_by_role("dialog").wait_for(state="detached")


def test_what_is_said_at_the_edge_is_accessible_and_can_be_closed(open_console: Open) -> None:
    page = open_console(bypass_csp=True)
    page.keyboard.press("a")
    page.get_by_text("Acknowledged", exact=True).wait_for()
    assert violations(page) == []
    page.get_by_role("button", name="Close").click()
    page.get_by_text("Acknowledged", exact=True).wait_for(state="detached")
