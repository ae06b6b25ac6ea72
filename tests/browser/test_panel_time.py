"""Dashboards by the keyboard: one panel alone, the time shown, and what an empty box says."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.browser.axe import violations
from tests.browser.consoles import Open, complaints, drill, open_console
from tests.browser.drill import ServedDrill
from tests.unit.drill.conftest import hand, session, trouble

__all__ = ["complaints", "drill", "hand", "open_console", "session", "trouble"]

pytestmark = [pytest.mark.live, pytest.mark.timeout(180)]

PHONE = {"width": 390, "height": 844}


def chart(page: Any) -> Any:
    """The first chart, with figures."""
    found = page.locator(".v-panel .v-chart").first
    found.wait_for()
    return found


def test_a_panel_fills_the_screen_by_a_key_and_goes_back_by_escape(open_console: Open) -> None:
    page = open_console("dashboards")
    chart(page).focus()
    page.keyboard.press("f")
    full = page.get_by_role("dialog")
    full.locator(".v-chart").wait_for()
    assert "panel=" in page.url
    box = page.locator(".v-full").bounding_box()
    assert box is not None
    assert (box["width"], box["height"]) == (1440, 900)
    page.keyboard.press("Escape")
    full.wait_for(state="hidden")
    assert "panel=" not in page.url


def test_after_a_g_the_same_key_leads_to_a_view_as_ever(open_console: Open) -> None:
    page = open_console("dashboards")
    chart(page).focus()
    page.keyboard.press("g")
    page.keyboard.press("f")
    page.locator("main.view-before-after").wait_for()


def test_a_panel_of_the_address_is_there_after_a_reload_at_every_width(open_console: Open) -> None:
    page = open_console("dashboards")
    panel = page.locator(".v-panel", has=page.locator(".v-chart")).first
    panel.hover()
    panel.get_by_role("button", name="Full screen").click()
    page.set_viewport_size(PHONE)
    page.reload()
    page.get_by_role("dialog").locator(".v-chart").wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]


def test_a_range_from_here_to_there_is_typed_and_stands_in_the_address(open_console: Open) -> None:
    page = open_console("dashboards")
    chart(page)
    page.get_by_role("button", name="From and to").focus()
    page.keyboard.press("Enter")
    page.get_by_label("from", exact=True).fill("2026-11-01T10:00:00")
    page.get_by_label("to", exact=True).fill("2026-11-01T09:00:00")
    page.get_by_text("The range ends before it begins.").wait_for()
    assert page.get_by_role("button", name="Show", exact=True).is_disabled()
    page.get_by_label("to", exact=True).fill("2026-11-01T10:20:00")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Go live").wait_for()
    found = re.search(r"begin=(\d+)&end=(\d+)", page.url)
    assert found is not None
    assert int(found[2]) - int(found[1]) == 20 * 60
    page.get_by_role("button", name="Go live").click()
    page.get_by_role("button", name="Pause").wait_for()
    assert "begin=" not in page.url


def test_pause_keeps_the_range_and_going_live_has_the_length_of_before(open_console: Open) -> None:
    page = open_console("dashboards")
    page.get_by_label("Last", exact=True).select_option("900")
    page.get_by_label("Refresh every").select_option("30")
    page.reload()
    chart(page)
    assert page.get_by_label("Refresh every").input_value() == "30"
    page.get_by_role("button", name="Pause").click()
    page.get_by_role("button", name="Go live").wait_for()
    found = re.search(r"begin=(\d+)&end=(\d+)", page.url)
    assert found is not None
    assert int(found[2]) - int(found[1]) == 900
    assert page.get_by_label("Refresh every").is_disabled()
    page.get_by_role("button", name="Go live").click()
    page.get_by_role("button", name="Pause").wait_for()
    assert page.get_by_label("Last", exact=True).input_value() == "900"


def test_a_panel_says_whether_it_waits_has_no_series_or_no_values(
    open_console: Open, drill: ServedDrill
) -> None:
    fake: Any = drill.session.services.prometheus
    fake.is_silent = True
    page = open_console("dashboards")
    page.get_by_text("No data:").first.wait_for()
    page.unroute_all()
    page.route("**/v1/metrics?*", lambda route: route.fulfill(json=NOTHING))
    page.reload()
    page.get_by_text("Nothing measured: no series in this time range").first.wait_for()
    page.route("**/v1/metrics?*", lambda route: None)
    page.reload()
    page.locator(".v-panel[aria-busy=true]").get_by_text("Loading").first.wait_for()


NOTHING = {"times": [], "series": [], "cut": 0}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_panel_alone_and_the_choice_of_time_are_accessible(
    open_console: Open, scheme: str
) -> None:
    page = open_console("dashboards", bypass_csp=True, color_scheme=scheme)
    chart(page)
    page.get_by_role("button", name="From and to").click()
    page.get_by_label("from", exact=True).wait_for()
    assert violations(page) == []
    page.keyboard.press("Escape")
    chart(page).focus()
    page.keyboard.press("f")
    page.get_by_role("dialog").locator(".v-chart").wait_for()
    assert violations(page) == []
