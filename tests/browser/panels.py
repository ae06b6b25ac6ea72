"""What is drawn in the panels of a dashboard on the screen, told by the pixels."""

from __future__ import annotations

from typing import Any

from grafana.source.catalogue import DASHBOARDS
from harness.waiting import WaitedTooLong, wait_until_sync

ANSWERED_WITHIN_S = 3.0
DRAWN_WITHIN_S = 0.7
"""A chart is drawn a moment after its data came."""
ANSWERED = """(panel) => panel.querySelector("[title^='Attach']:not([disabled])") !== null"""
"""There is something to attach: every query of the panel has its answer, if an empty one."""
SERVICES = ("payments", "a")
"""Each panel of the dashboard of one service has data for one of them at least."""

FIRST = {board.title: board.rows[0].panels[0].title for board in DASHBOARDS}
"""Each dashboard's first panel."""

DRAWN = r"""(panel) => {
  const figure = panel.querySelector(".v-figure");
  if (figure) return !/^[✓▲✕]?\u2013?$/.test(figure.textContent.trim());
  const canvas = panel.querySelector(".v-chart canvas");
  if (!canvas) return panel.querySelector("tbody td") !== null;
  // Marks of deploys and pages have inks like those of series: a figure has to be there, too.
  const figures = [...panel.querySelectorAll(".v-legend-value")];
  if (figures.every((one) => one.textContent.trim() === "\u2013")) return false;
  const markers = [...panel.querySelectorAll(".v-legend i")];
  const inks = markers.map((one) => getComputedStyle(one).backgroundColor.match(/[0-9]+/g));
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  let found = 0;
  for (let at = 0; at < data.length; at += 4) {
    const isNear = (value, index) => Math.abs(data[at + index] - value) < 40;
    if (data[at + 3] > 128 && inks.some((ink) => ink?.slice(0, 3).every(isNear))) found += 1;
  }
  return found > 20;
}"""
"""A figure, rows, or a line in the ink of its legend: whether the panel shows any."""


def dashboards(page: Any) -> list[str]:
    """The names of all dashboards; `page` is at their view."""
    tabs = page.get_by_role("navigation", name="Dashboards").get_by_role("link")
    tabs.first.wait_for()
    names: list[str] = tabs.all_inner_texts()
    return names


def empty_of(page: Any, dashboard: str) -> set[str]:
    """The panels of a dashboard in which nothing is drawn, whichever service is chosen."""
    show(page, dashboard)
    service = page.locator(".v-field select")
    if not service.count():
        return empty_panels(page)
    found = []
    for name in SERVICES:
        service.select_option(name)
        begin_anew(page, dashboard)
        found.append(empty_panels(page))
    return set.intersection(*found)


def show(page: Any, dashboard: str) -> None:
    """Go to a dashboard by its tab."""
    tabs = page.get_by_role("navigation", name="Dashboards")
    tabs.get_by_role("link", name=dashboard, exact=True).click()
    begin_anew(page, dashboard)


def begin_anew(page: Any, dashboard: str) -> None:
    """Forget what other dashboards and services were answered, which is shown until then."""
    page.reload()
    first = page.locator(".v-panel h3").first
    first.filter(has_text=FIRST[dashboard]).wait_for()


def empty_panels(page: Any) -> set[str]:
    """The panels on the screen in which nothing is drawn, each scrolled to first."""
    return {panel.locator("h3").inner_text() for panel in panels(page) if not is_drawn(panel)}


def panels(page: Any) -> list[Any]:
    """All panels of the dashboard on the screen."""
    found: list[Any] = page.locator(".v-panel").all()
    return found


def is_drawn(panel: Any) -> bool:
    """Whether the panel shows something, a moment after it came into sight and was answered."""
    panel.scroll_into_view_if_needed()
    return comes_true(panel, ANSWERED, ANSWERED_WITHIN_S) and comes_true(
        panel, DRAWN, DRAWN_WITHIN_S
    )


def comes_true(panel: Any, script: str, timeout_s: float) -> bool:
    """Whether a script about the panel says true in time."""
    try:
        return wait_until_sync(
            lambda: panel.evaluate(script), timeout_s=timeout_s, what="the panel", interval_s=0.05
        )
    except WaitedTooLong:
        return False
