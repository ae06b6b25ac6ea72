"""The hub in a browser: in by an invite, a drill started, its console opened, and out again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from harness.hub.hub_settings import HubSettings
from harness.plain_http import TRUSTING_NOBODY, bearer
from tests.browser.axe import violations
from tests.browser.hub import ServedHub, serving
from tests.unit.hub.conftest import Drills, drills

__all__ = ["drills"]

pytestmark = [pytest.mark.live, pytest.mark.timeout(180)]

WIDTHS = (1440, 390)
THEMES = ("light", "dark")
SHOWS = {"Drills": "Open the console", "Catalogue": "deadlock", "Teams and trends": "Averages"}
"""What stands on a page once it has been answered."""


@pytest.fixture
def hub(tmp_path: Path, drills: Drills) -> Iterator[ServedHub]:
    with serving(HubSettings(tmp_path / "hub"), drills.runner()) as served:
        yield served


def invited(hub: ServedHub, role: str) -> str:
    """The link of an invite into the team red."""
    http = httpx.Client(base_url=hub.url, headers=bearer(hub.token), verify=TRUSTING_NOBODY)
    with http:
        teams = {one["name"]: one["id"] for one in http.get("/v1/teams").json()}
        team = teams.get("red") or http.post("/v1/teams", json={"name": "red"}).json()["id"]
        made = http.post(f"/v1/teams/{team}/invites", json={"role": role})
    return f"{hub.url}/#invite={made.json()['code']}"


def entered(browser: Any, link: str, name: str, **given: Any) -> Any:
    """A page of a browser of its own, after joining."""
    page = browser.new_context(**given).new_page()
    page.goto(link)
    page.get_by_label("Your name").fill(name)
    page.get_by_role("button", name="Join").click()
    page.get_by_role("heading", name="Drills", exact=True, level=2).wait_for()
    return page


def is_one_row(page: Any) -> bool:
    """Whether the header has who one is beside whose page it is."""
    brand, me = (page.locator(f".top .{one}").bounding_box() for one in ("brand", "me"))
    return abs(brand["y"] + brand["height"] / 2 - me["y"] - me["height"] / 2) < me["height"] / 2


def start(page: Any, scenario: str) -> None:
    """Start a drill from the catalogue."""
    page.get_by_role("link", name="Catalogue").click()
    page.get_by_role("radio", name=scenario, exact=True).check()
    page.get_by_role("button", name="Start the drill").click()


def test_an_instructor_comes_in_starts_a_drill_and_opens_its_console(
    browser: Any, hub: ServedHub, drills: Drills
) -> None:
    page = entered(browser, invited(hub, "instructor"), "lea")
    assert "invite" not in page.url
    start(page, "deadlock")
    page.get_by_role("link", name="Open the console").wait_for()
    row = page.locator("tbody tr").first
    assert "deadlock" in row.inner_text()
    start(page, "random")
    page.get_by_text("not over yet").wait_for()
    page.get_by_role("link", name="Drills", exact=True).click()
    page.reload()
    page.get_by_role("link", name="Open the console").wait_for()


def test_a_participant_sees_no_scenario_and_nothing_to_start(browser: Any, hub: ServedHub) -> None:
    lead = entered(browser, invited(hub, "instructor"), "lea")
    start(lead, "deadlock")
    lead.get_by_role("link", name="Open the console").wait_for()
    page = entered(browser, invited(hub, "participant"), "ada")
    page.get_by_role("link", name="Open the console").wait_for()
    assert "deadlock" not in page.locator("body").inner_text()
    assert page.get_by_role("link", name="Catalogue").count() == 0
    page.goto(f"{hub.url}/#/catalogue")
    page.get_by_role("link", name="Open the console").wait_for()
    assert page.get_by_role("button", name="Start the drill").count() == 0
    page.get_by_role("button", name="Sign out").click()
    page.get_by_label("Invite").wait_for()


def test_an_invite_that_opens_nothing_says_so_and_lets_nobody_in(
    browser: Any, hub: ServedHub
) -> None:
    page = browser.new_context().new_page()
    page.goto(f"{hub.url}/#invite={'A' * 43}")
    page.get_by_label("Your name").fill("eva")
    page.get_by_role("button", name="Join").click()
    page.get_by_role("alert").wait_for()
    assert "does not open anything" in page.get_by_role("alert").inner_text()
    assert page.get_by_role("heading", name="Drills", exact=True).count() == 0


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("theme", THEMES)
def test_both_pages_are_whole_and_accessible(
    browser: Any, hub: ServedHub, width: int, theme: Any, shots: Path
) -> None:
    size = {"width": width, "height": 900}
    page = browser.new_context(viewport=size, color_scheme=theme).new_page()
    page.goto(hub.url)
    page.get_by_label("Invite").wait_for()
    page.screenshot(path=shots / f"hub-lobby-{width}-{theme}.png")
    assert violations(page) == []
    inside = entered(browser, invited(hub, "instructor"), "lea", viewport=size, color_scheme=theme)
    start(inside, "random")
    inside.get_by_role("link", name="Open the console").wait_for()
    for name in ("Drills", "Catalogue", "Teams and trends"):
        inside.get_by_role("link", name=name, exact=True).click()
        inside.get_by_role("heading", name=name, exact=True, level=1).wait_for()
        inside.get_by_text(SHOWS[name]).first.wait_for()
        path = shots / f"hub-{name.split()[0].lower()}-{width}-{theme}.png"
        inside.screenshot(path=path, full_page=True)
        assert violations(inside) == []
        assert inside.evaluate("document.documentElement.scrollWidth") <= width
    assert is_one_row(inside)
    inside.evaluate("document.querySelector('.top .me').before(document.createElement('div'))")
    assert not is_one_row(inside)  # negative control
    for one in (page, inside):
        assert one.evaluate("document.documentElement.scrollWidth") <= width
