"""The console without a mouse: shortcuts, and everything that can be clicked in reach of Tab."""

from __future__ import annotations

from typing import Any

import pytest

from harness.record import events
from harness.tokens import Caller
from tests.browser.consoles import KEYS, Open, card, complaints, drill, open_console
from tests.browser.drill import ServedDrill
from tests.unit.drill.conftest import hand, session, trouble

__all__ = ["complaints", "drill", "hand", "open_console", "session", "trouble"]

pytestmark = [pytest.mark.live, pytest.mark.timeout(180)]

OUT_OF_REACH = """() => [...document.querySelectorAll("body *")].filter((one) => {
  const props = Object.keys(one).find((name) => name.startsWith("__reactProps$"));
  return props && one[props].onClick && one.tabIndex < 0 && !one.closest("[role=log]");
}).map((one) => one.outerHTML.slice(0, 100))"""
"""What hears clicks and cannot be come to by Tab. Log lines are gone through with the arrows."""


def settled(page: Any, url: str, view: str) -> None:
    page.goto(f"{url}/#/{view}")
    page.locator(f"main.view-{view}").wait_for()
    page.locator("main .loading").first.wait_for(state="detached")


def test_g_and_a_letter_lead_to_each_view(open_console: Open) -> None:
    page = open_console("timeline", caller=Caller.INSTRUCTOR)
    assert len(KEYS) == 17
    for view, key in KEYS.items():
        page.keyboard.press("g")
        page.keyboard.press(key)
        page.locator(f"main.view-{view}").wait_for()


def test_a_letter_without_g_leads_nowhere(open_console: Open) -> None:
    """Negative control."""
    page = open_console("timeline")
    page.keyboard.press(KEYS["logs"])
    page.keyboard.press("?")
    page.get_by_role("dialog", name="Keyboard shortcuts").wait_for()
    assert page.locator("main.view-timeline").count() == 1


def test_the_list_of_keys_opens_with_a_question_mark_and_closes_with_escape(
    open_console: Open,
) -> None:
    page = open_console()
    page.keyboard.press("?")
    shown = page.get_by_role("dialog", name="Keyboard shortcuts")
    shown.get_by_text("acknowledge all pages").wait_for()
    page.keyboard.press("Escape")
    shown.wait_for(state="detached")


@pytest.mark.parametrize("view", ["logs", "timeline"])
def test_a_slash_leads_to_the_search_of_the_view(open_console: Open, view: str) -> None:
    page = open_console(view)
    page.locator("[data-search]").wait_for()
    page.keyboard.press("/")
    page.keyboard.type("ah/g?")
    assert page.locator("[data-search]").input_value() == "ah/g?"


def test_a_new_hypothesis_comes_beside_those_that_were_saved_meanwhile(
    open_console: Open,
) -> None:
    page = open_console("diagnosis")
    beliefs = card(page, "Hypotheses")
    beliefs.get_by_label("Hypothesis h1", exact=True).fill("the provider is slow since noon")
    beliefs.get_by_role("button", name="Save revision").click()
    beliefs.get_by_text("by Ada").wait_for()
    page.keyboard.press("h")
    beliefs.get_by_label("Hypothesis h3", exact=True).wait_for()
    first = beliefs.get_by_label("Hypothesis h1", exact=True)
    assert first.input_value() == "the provider is slow since noon"
    assert beliefs.get_by_role("alert").count() == 0


def test_what_is_typed_into_a_text_is_no_shortcut(open_console: Open, drill: ServedDrill) -> None:
    page = open_console("timeline")
    page.get_by_label("Note", exact=True).fill("")
    page.keyboard.type("a? gh")
    assert page.get_by_label("Note", exact=True).input_value() == "a? gh"
    assert page.locator("main.view-timeline").count() == 1
    assert drill.session.story().of(events.PageAcknowledged) == ()


def test_log_lines_are_gone_through_with_the_arrows(open_console: Open) -> None:
    page = open_console("logs")
    page.locator(".v-line").first.click()
    page.get_by_label("Log line", exact=True).wait_for()
    page.get_by_label("Close").click()
    page.locator(".v-loglist").focus()
    page.keyboard.press("ArrowDown")
    page.get_by_label("Log line", exact=True).wait_for()


def test_the_first_tab_leads_past_the_menu(open_console: Open) -> None:
    page = open_console()
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to content")
    assert skip.evaluate("(one) => one === document.activeElement")
    assert skip.evaluate("(one) => getComputedStyle(one).outlineStyle") != "none"


def test_everything_that_can_be_clicked_can_be_come_to_by_tab(
    open_console: Open, drill: ServedDrill
) -> None:
    page = open_console(caller=Caller.INSTRUCTOR)
    for view in KEYS:
        settled(page, drill.url, view)
        assert page.evaluate(OUT_OF_REACH) == [], view


def test_a_button_out_of_reach_is_noticed(open_console: Open) -> None:
    """Negative control."""
    page = open_console()
    page.get_by_role("button", name="Acknowledge").first.evaluate("(one) => one.tabIndex = -1")
    assert len(page.evaluate(OUT_OF_REACH)) == 1
