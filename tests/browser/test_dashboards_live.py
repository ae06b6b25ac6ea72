"""Each panel of each dashboard, drawn by the console on a live shop: healthy, then failing."""

from __future__ import annotations

from typing import Any

import pytest

from grafana.source.catalogue import DASHBOARDS, may_be_empty
from harness.waiting import WaitedTooLong, wait_until_sync
from tests.browser.panels import dashboards, empty_of, panels, show
from tests.browser.table import Person, seated
from tests.e2e.failing import deploy_failing_users
from tests.e2e.live import live_drill
from tests.lanes import in_lane

pytestmark = [pytest.mark.shop, pytest.mark.timeout(600)]

PORT_OFFSET = in_lane(14_500)
DRAWN_WITHIN_S = 90.0
"""How long the panels may take once the shop is healthy, or fails; alerts wait, too."""
TITLES = {board.title: [p.title for row in board.rows for p in row.panels] for board in DASHBOARDS}
QUIET = {
    board.title: {one.panel for one in may_be_empty() if one.dashboard == board.uid}
    & set(TITLES[board.title])
    for board in DASHBOARDS
}
"""Panels that show alerts, by dashboard: there is none in a healthy shop."""


@pytest.fixture(scope="module")
def empty(browser: Any, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What was empty in which phase of one drill, by dashboard."""
    found: dict[str, Any] = {}
    with live_drill(tmp_path_factory.mktemp("home"), "healthy", PORT_OFFSET) as drill:
        link = drill.wait_said("console for the participant: ").split(": ", 1)[1]
        drill.wait_healthy()
        with seated(browser, link) as (ada,):
            ada.see("Dashboards")
            names = dashboards(ada.page)
            found["healthy"] = {name: settled(ada, name, QUIET[name]) for name in names}
            found["titles"] = {name: titles(ada, name) for name in names}
            deploy_failing_users(drill)
            found["failing"] = {name: settled(ada, name, set()) for name in names}
    return found


def settled(person: Person, dashboard: str, wanted: set[str]) -> set[str]:
    """The empty panels of a dashboard: those `wanted`, or what they were when time was up."""
    last: set[str] = set()

    def is_as_wanted() -> bool:
        nonlocal last
        last = empty_of(person.page, dashboard)
        return last == wanted

    try:
        wait_until_sync(is_as_wanted, timeout_s=DRAWN_WITHIN_S, what=f"{dashboard} as wanted")
    except WaitedTooLong:
        return last
    return last


def titles(person: Person, dashboard: str) -> list[str]:
    show(person.page, dashboard)
    return [panel.locator("h3").inner_text() for panel in panels(person.page)]


def test_the_console_shows_every_panel_that_grafana_shows(empty: dict[str, Any]) -> None:
    assert empty["titles"] == TITLES


def test_in_a_healthy_shop_each_panel_is_drawn_but_those_of_alerts(empty: dict[str, Any]) -> None:
    assert empty["healthy"] == QUIET
    assert QUIET["Drill"] == {"Time open", "Firing alerts", "Alerts over time"}


def test_while_a_release_fails_each_panel_is_drawn_those_of_alerts_too(
    empty: dict[str, Any],
) -> None:
    assert empty["failing"] == {name: set() for name in TITLES}
