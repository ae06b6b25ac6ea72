"""Dashboards in the console: what is drawn, what is known to be empty, and the way to a trace."""

from __future__ import annotations

from typing import Any

import pytest

from tests.browser.consoles import Open, complaints, drill, open_console
from tests.browser.drill import TRACE_ID, ServedDrill
from tests.browser.panels import dashboards, empty_of, panels
from tests.unit.drill.conftest import hand, session, trouble

__all__ = ["complaints", "drill", "hand", "open_console", "session", "trouble"]

pytestmark = [pytest.mark.live, pytest.mark.timeout(180)]


def test_every_panel_of_every_dashboard_draws_what_it_is_answered(open_console: Open) -> None:
    page = open_console("dashboards")
    for name in dashboards(page):
        assert empty_of(page, name) == set(), name


def test_a_panel_whose_answers_hold_no_number_is_known_to_be_empty(
    open_console: Open, drill: ServedDrill
) -> None:
    """Negative control: a chart is there, with a legend, and no line in it."""
    fake: Any = drill.session.services.prometheus
    fake.is_silent = True
    page = open_console("dashboards")
    assert len(empty_of(page, "Money")) == len(panels(page))


def test_an_exemplar_on_a_chart_opens_its_trace(open_console: Open) -> None:
    page = open_console("dashboards")
    empty_of(page, "Shop overview")
    exemplar = page.get_by_role("link", name="open the trace").first
    exemplar.scroll_into_view_if_needed()
    exemplar.click()
    page.locator("main.view-traces").wait_for()
    assert f"trace={TRACE_ID}" in page.url


def test_an_exemplar_stays_one_however_often_the_chart_is_drawn(open_console: Open) -> None:
    page = open_console("dashboards")
    empty_of(page, "Shop overview")
    chart = page.locator(".v-panel", has=page.locator(".v-exemplar")).first
    chart.scroll_into_view_if_needed()
    for width in (1200, 1000, 1300):
        page.set_viewport_size({"width": width, "height": 900})
    assert chart.locator(".v-exemplar").count() == 1
