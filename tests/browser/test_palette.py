"""Views and actions by a few letters of their names, and what is said at the edge of the screen."""

from __future__ import annotations

from typing import Any

import pytest

from harness.record import events
from harness.tokens import Caller
from tests.browser.axe import violations
from tests.browser.consoles import Open, complaints, drill, open_console
from tests.browser.drill import ServedDrill
from tests.unit.drill.conftest import hand, session, trouble

__all__ = ["complaints", "drill", "hand", "open_console", "session", "trouble"]

pytestmark = [pytest.mark.live, pytest.mark.timeout(180)]

PALETTE = "Search"
TRACE = {
    "trace_id": "cd" * 16,
    "start_ms": 1000,
    "duration_ms": 20,
    "spans": 2,
    "service": "gateway",
    "operation": "POST /api/checkout",
    "services": ["gateway"],
    "failed": 1,
    "reason": "ReadTimeout: psp",
}


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


def found(page: Any, typed: str) -> Any:
    """What stands first for it."""
    page.keyboard.press("Control+k")
    page.get_by_role("dialog", name=PALETTE).get_by_role("combobox").fill(typed)
    return page.get_by_role("dialog", name=PALETTE).get_by_role("option").first


@pytest.mark.parametrize(
    ("typed", "title", "address"),
    [
        ("payments: m", "payments: metrics", "#/dashboards?uid=service&service=payments"),
        ("readtimeout", "gateway POST /api/checkout", f"#/traces?trace={'cd' * 16}&errors=1"),
        ("cdcdcd", "gateway POST /api/checkout", f"#/traces?trace={'cd' * 16}&errors=1"),
        ("ab" * 16, "Trace abababab…", f"#/traces?trace={'ab' * 16}"),
        ("ada", "Ada", "#/timeline?search=Ada"),
        ("declare root", "Declare the root cause", "#/diagnosis?at=declare"),
    ],
)
def test_what_the_drill_has_is_found_by_its_name(
    open_console: Open, typed: str, title: str, address: str
) -> None:
    page = open_console()
    page.route("**/v1/traces?*", lambda route: route.fulfill(json={"traces": [TRACE]}))
    page.route("**/v1/traces/*", lambda route: route.fulfill(status=404, json={}))
    option = found(page, typed)
    option.get_by_text(title, exact=True).wait_for()
    page.keyboard.press("Enter")
    page.wait_for_function("(end) => location.hash === end", arg=address)


def test_an_act_is_chosen_in_its_form_and_done_by_nobody_yet(
    open_console: Open, drill: ServedDrill
) -> None:
    page = open_console()
    found(page, "restart payments").get_by_text("Restart payments").wait_for()
    page.keyboard.press("Enter")
    form = page.get_by_role("form", name="Take action")
    form.get_by_role("button", name="Restart payments").wait_for()
    assert form.get_by_label("service").input_value() == "payments"
    assert drill.session.story().of(events.DeployStarted) == ()


def test_who_is_looked_for_is_found_in_the_timeline(open_console: Open) -> None:
    page = open_console("timeline")
    found(page, "ada").get_by_text("Ada", exact=True).wait_for()
    page.keyboard.press("Enter")
    page.wait_for_function("document.querySelector('[data-search]')?.value === 'Ada'")


def test_letters_that_come_before_the_list_do_nothing_to_the_page(
    open_console: Open, drill: ServedDrill
) -> None:
    page = open_console("timeline")
    page.evaluate(
        """["k", "a", "h"].forEach((key) => document.body.dispatchEvent(
          new KeyboardEvent("keydown", {key, ctrlKey: key === "k", bubbles: true})))"""
    )
    page.get_by_role("dialog", name=PALETTE).wait_for()
    assert "timeline" in page.url
    assert drill.session.story().of(events.PageAcknowledged) == ()


def test_a_slash_finds_everything_where_a_view_has_no_search(open_console: Open) -> None:
    page = open_console("now")
    page.keyboard.press("/")
    page.get_by_role("dialog", name=PALETTE).wait_for()


def test_nothing_is_found_by_what_nothing_has(open_console: Open) -> None:
    """Negative control."""
    page = open_console()
    page.keyboard.press("Control+k")
    page.get_by_role("dialog", name=PALETTE).get_by_role("combobox").fill("ada payments")
    page.get_by_text("Nothing is called that.").wait_for()


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
