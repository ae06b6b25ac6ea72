"""Below the header: where the exercise is, what is next for a role, and what there is to read."""

from __future__ import annotations

import re
from typing import Any

import pytest

from harness.drill.outputs.incident_files import folder_of
from harness.record import events
from harness.tokens import Caller
from tests.browser.axe import violations
from tests.browser.consoles import Open, card, complaints, drill, open_console
from tests.browser.drill import ServedDrill
from tests.unit.drill.conftest import hand, session, trouble

__all__ = ["complaints", "drill", "hand", "open_console", "session", "trouble"]

pytestmark = [pytest.mark.live, pytest.mark.timeout(180)]

PHONE = {"width": 390, "height": 844}
IS_FOCUSED = "(one) => one === document.activeElement"


def strip(page: Any) -> Any:
    return page.get_by_role("region", name="Where the exercise is")


def steps(page: Any) -> list[str]:
    found: list[str] = strip(page).get_by_role("listitem").all_inner_texts()
    return found


def test_the_phase_its_goal_and_its_time_are_there_on_every_view(open_console: Open) -> None:
    page = open_console("logs")
    strip(page).get_by_text("Alerting", exact=True).wait_for()
    strip(page).get_by_text("Take the page and 2 more").wait_for()
    strip(page).get_by_title("Time left in this phase").wait_for()


def test_each_role_is_told_its_own_three_next_things(
    open_console: Open, drill: ServedDrill
) -> None:
    drill.session.note(events.RoleJoined("Bo", "documentation"))
    on_call, scribe = open_console(), open_console(person="Bo")
    assert steps(on_call) == [
        "Acknowledge the page", "Declare the incident", "Contain it: roll back or restart",
    ]  # fmt: skip
    assert steps(scribe)[:2] == ["Acknowledge the page", "Note a decision with its reason"]


def test_what_is_done_makes_room_for_what_follows(open_console: Open, drill: ServedDrill) -> None:
    page = open_console()
    assert steps(page)[0] == "Acknowledge the page"
    drill.session.note(events.PageAcknowledged("p1", "Bo"), actor="Bo")
    strip(page).get_by_text("Acknowledge the page").wait_for(state="detached")
    assert steps(page)[0] == "Declare the incident"
    assert len(steps(page)) == 3


def test_nothing_is_left_and_nothing_due_once_the_drill_is_over(
    open_console: Open, drill: ServedDrill
) -> None:
    page = open_console()
    strip(page).get_by_text("update").first.wait_for()  # negative control: due while it runs
    drill.session.note(events.DrillFinished("finished by Ada"))
    drill.session.run.end("finished by Ada")
    strip(page).get_by_text("over", exact=True).wait_for()
    assert strip(page).get_by_text(re.compile("left|update (due )?in|overdue")).count() == 0


@pytest.mark.parametrize("size", [{"width": 1440, "height": 900}, PHONE], ids=["desk", "phone"])
def test_a_step_leads_to_where_it_is_done_on_any_screen(
    open_console: Open, size: dict[str, int]
) -> None:
    page = open_console("timeline", viewport=size, bypass_csp=True)
    strip(page).get_by_role("link", name="Declare the incident").click()
    place = card(page, "Incident")
    place.wait_for()
    page.wait_for_function("document.activeElement?.getAttribute('aria-labelledby') === 'incident'")
    top = place.evaluate("(one) => one.getBoundingClientRect().top")
    header = page.locator(".top").evaluate("(one) => one.getBoundingClientRect().bottom")
    assert header <= top < size["height"] / 2
    assert place.evaluate(IS_FOCUSED)


def test_the_runbook_of_what_fires_is_a_click_away_and_escape_closes_it(open_console: Open) -> None:
    page = open_console("traces", bypass_csp=True)
    page.get_by_role("button", name="Runbook: PaymentsFailing").click()
    guide = page.get_by_role("dialog", name="Guide")
    guide.get_by_role("heading", name="Where to look").wait_for()
    assert violations(page) == []
    page.keyboard.press("Escape")
    guide.wait_for(state="detached")


def test_the_guide_has_ones_own_duties_and_the_files_that_were_unlocked(
    open_console: Open, drill: ServedDrill
) -> None:
    folder = folder_of(drill.session.spec)
    folder.mkdir(parents=True)
    (folder / "error_logs.txt").write_text("payments: connection refused")
    page = open_console("now", color_scheme="dark", bypass_csp=True)
    page.get_by_role("button", name="Guide", exact=True).click()
    guide = page.get_by_role("dialog", name="Guide")
    guide.get_by_text("Decide what contains the damage").wait_for()
    assert not guide.get_by_text("Put the banner up").is_visible()
    guide.get_by_text("error_logs.txt").click()
    guide.get_by_text("payments: connection refused").wait_for()
    assert violations(page) == []


def test_whoever_is_new_is_told_what_this_is_and_nothing_is_covered(open_console: Open) -> None:
    page = open_console(person="")
    page.get_by_text("This is an incident drill").wait_for()
    page.get_by_role("button", name="Acknowledge").click()
    page.get_by_text("acknowledged by participant").wait_for()
    page.get_by_role("button", name="Later").click()
    page.get_by_text("This is an incident drill").wait_for(state="detached")


def test_the_form_that_one_asks_for_has_the_keyboard_and_gives_it_back(open_console: Open) -> None:
    page = open_console()
    button = page.get_by_role("button", name="Ada", exact=True)
    button.click()
    page.locator(".welcome input:focus").wait_for()
    page.keyboard.press("Escape")
    page.get_by_label("Your name").wait_for(state="detached")
    assert button.evaluate(IS_FOCUSED)


CUT = """[...document.querySelectorAll('.strip ol a')].filter((one) => {
  const [list, step] = [one.closest('ol'), one].map((it) => it.getBoundingClientRect());
  const isSeen = step.top < list.bottom - 2;
  return isSeen && (one.scrollWidth > one.clientWidth || step.right > list.right + 1);
}).length"""
"""Steps that are seen, and not whole."""


@pytest.mark.parametrize("width", [1000, 1280, 1440, 1920])
def test_a_step_is_there_whole_or_not_at_all(open_console: Open, width: int) -> None:
    page = open_console(viewport={"width": width, "height": 600}, bypass_csp=True)
    strip(page).get_by_text("Acknowledge the page").wait_for()
    assert page.evaluate(CUT) == 0
    page.add_style_tag(content=".strip ol li { max-width: 4em !important }")
    assert page.evaluate(CUT) > 0, "negative control"


@pytest.mark.parametrize("view", ["projector", "deck"])
def test_a_wall_leads_nowhere(open_console: Open, view: str) -> None:
    page = open_console(view, caller=Caller.INSTRUCTOR)
    assert strip(page).count() == 0


LONG = "document.querySelector('.goal').append(' so that nobody is left to guess'.repeat(20))"
HEIGHTS = """['.top', '.strip', '.calls-place'].map(
  (one) => document.querySelector(one).getBoundingClientRect().height)"""
ROW_MAX_PX = 64
TOP_MAX_PX = 200
"""Of a telephone's 844: what stands above the view, a call included."""


def test_a_long_goal_takes_one_row_at_a_desk(open_console: Open) -> None:
    page = open_console()
    strip(page).get_by_text("Take the page and 2 more").wait_for()
    page.evaluate(LONG)
    assert page.evaluate(HEIGHTS)[1] <= ROW_MAX_PX
    page.evaluate("document.querySelector('.goal').style.whiteSpace = 'normal'")
    assert page.evaluate(HEIGHTS)[1] > ROW_MAX_PX, "negative control"


def test_what_calls_and_what_leads_leave_a_telephone_its_view(open_console: Open) -> None:
    page = open_console(viewport=PHONE)
    page.locator(".calls").wait_for()
    assert sum(page.evaluate(HEIGHTS)) <= TOP_MAX_PX
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
