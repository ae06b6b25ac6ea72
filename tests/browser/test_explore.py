"""Logs over time, traces in order, words for one person alone, drafts that outlive a tab."""

from __future__ import annotations

import re
from typing import Any

import pytest

from harness.drill.actions import instructor
from tests.browser.axe import violations
from tests.browser.consoles import Open, card, complaints, drill, open_console
from tests.browser.drill import ServedDrill
from tests.unit.drill.conftest import hand, session, trouble

__all__ = ["complaints", "drill", "hand", "open_console", "session", "trouble"]

pytestmark = [pytest.mark.live, pytest.mark.timeout(180)]

BASE = {"service": "orders", "version": "5.2.3", "trace_id": "", "span_id": ""}
LINES = [
    {
        **BASE,
        "seq": number,
        "timestamp": f"2026-11-01T10:00:{number:02}.000Z",
        "level": "ERROR" if number == 3 else "INFO",
        "event": f"line {number} " + "long " * 80,
    }
    for number in range(1, 9)
]
ROW = {"duration_ms": 20, "spans": 2, "service": "orders", "operation": "GET /", "services": []}
TRACES = [
    {**ROW, "trace_id": "a" * 32, "start_ms": 2000, "failed": 0, "reason": ""},
    {**ROW, "trace_id": "b" * 32, "start_ms": 1000, "failed": 1, "reason": "ReadTimeout: psp"},
]


@pytest.mark.parametrize("width", [1440, 390])
def test_log_lines_over_time_choose_their_time_wrap_and_turn_round(
    open_console: Open, width: int
) -> None:
    page = open_console(viewport={"width": width, "height": 844}, bypass_csp=True)
    page.route("**/v1/logs?*", lambda route: route.fulfill(json={"records": LINES}))
    page.evaluate("location.hash = '#/logs'")
    bars = page.get_by_role("slider", name="Lines over time")
    bars.wait_for()
    first = page.locator(".v-line").first
    assert "line 1 " in first.inner_text()
    page.get_by_label(re.compile("^order")).select_option("newest")
    page.locator(".v-line").first.get_by_text("line 8").wait_for()
    height = first.evaluate("(one) => one.offsetHeight")
    page.get_by_role("button", name="Wrap").click()
    page.locator(".v-wrapped").wait_for()
    assert first.evaluate("(one) => one.offsetHeight") > height
    assert page.evaluate("document.documentElement.scrollWidth") == width
    bars.locator("span").nth(2).click()
    page.get_by_role("button", name="All times").wait_for()
    found = re.search(r"begin=(\d+)&end=(\d+)", page.url)
    assert found is not None
    assert int(found[2]) - int(found[1]) == 1
    assert violations(page) == []


def test_failed_traces_come_first_with_their_reason(open_console: Open) -> None:
    page = open_console(bypass_csp=True)
    page.route("**/v1/traces?*", lambda route: route.fulfill(json={"traces": TRACES}))
    page.evaluate("location.hash = '#/traces'")
    rows = page.locator(".v-found a")
    rows.first.wait_for()
    assert "ReadTimeout" not in rows.first.inner_text()
    page.get_by_label(re.compile("^order")).select_option("failed")
    rows.first.get_by_text("ReadTimeout: psp").wait_for()
    assert violations(page) == []


def test_words_for_one_person_reach_that_person_alone(
    open_console: Open, drill: ServedDrill
) -> None:
    pages: dict[str, Any] = {name: open_console("comms", person=name) for name in ("Ada", "Bo")}
    instructor.say(drill.session, "between us", to="Ada", by="instructor")
    instructor.say(drill.session, "to everybody", to="", by="instructor")
    for page in pages.values():
        card(page, "Channel").get_by_text("to everybody").wait_for()
    card(pages["Ada"], "Channel").get_by_text("between us").wait_for()
    assert pages["Bo"].get_by_text("between us").count() == 0


def test_a_draft_outlives_its_tab_and_is_its_writers_alone(
    open_console: Open, drill: ServedDrill
) -> None:
    page = open_console("timeline")
    note = page.get_by_role("textbox").first
    note.fill("half a note")
    link, address = page.evaluate("sessionStorage.getItem('drill-token')"), drill.url
    context = page.context
    page.close()
    again = context.new_page()
    again.goto(f"{address}/#token={link}")
    again.locator(".brand .badge.good").wait_for()
    again.goto(f"{address}/#/timeline")
    again.locator("main.view-timeline").wait_for()
    assert again.get_by_role("textbox").first.input_value() == "half a note"
    other = open_console("timeline", person="Bo")
    assert other.get_by_role("textbox").first.input_value() == ""
