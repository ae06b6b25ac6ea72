"""An event in a browser: its board for whoever leads it, the ranking for a wall."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest

from harness.events.report_files import write_report
from harness.hub.hub_settings import HubSettings
from harness.plain_http import TRUSTING_NOBODY, bearer
from harness.record import events
from harness.record.store import Record
from harness.waiting import wait_until_sync
from tests.browser.axe import violations
from tests.browser.hub import ServedHub, serving
from tests.browser.test_hub import THEMES, WIDTHS, entered
from tests.unit.hub.conftest import Drills, drills
from tests.unit.hub.fake_drill import DRILL_ID

__all__ = ["drills"]

pytestmark = [pytest.mark.live, pytest.mark.timeout(180)]

ORDER = {"title": "Game day", "teams": ["red", "blue", "green"], "scenarios": ["deadlock"]}
BOUND_S = 60.0


class GameDay:
    """An event of three teams, two of which have come to something."""

    def __init__(self, hub: ServedHub, drills: Drills) -> None:
        self.hub, self.drills = hub, drills
        self.http = httpx.Client(
            base_url=hub.url, headers=bearer(hub.token), verify=TRUSTING_NOBODY
        )
        self.event = self.http.post("/v1/events", json=ORDER).json()["event"]
        self.place = f"/v1/events/{self.event['id']}"

    def begin(self) -> None:
        """Start the drills, and let two teams work."""
        self.http.post(f"{self.place}/start")
        wait_until_sync(self._all_run, timeout_s=BOUND_S, what="all drills")
        red, blue, _ = self.http.get(self.place).json()["teams"]
        page = events.PageSent("p-1", "CheckoutErrors", "page", "checkout fails")
        taken = events.PageAcknowledged("p-1", "ada")
        guess = events.Hypothesis("h-1", "payments holds a lock across a call", 60)
        self.write(red, page, taken, events.HypothesesRevised((guess,), "logs", "ada"),
                   events.ImpactSampled(120, 5400.0, 0.7))  # fmt: skip
        self.write(blue, page, taken, events.VerifyFinished(True, ()))

    def _all_run(self) -> bool:
        teams = self.http.get(self.place).json()["teams"]
        return all(one["phase"] == "running" for one in teams)

    def write(self, team: dict[str, Any], *said: events.Event) -> None:
        path = self.drills.folder / team["team_id"] / "runs" / DRILL_ID / "record.db"
        with Record(path, DRILL_ID) as record:
            created = events.DrillCreated("deadlock", 7, "local", "honour", "solo", {})
            for event in (created, events.DrillTriggered("payments", "1.1.0"), *said):
                record.append(event, actor="ada")


@pytest.fixture
def day(tmp_path: Path, drills: Drills) -> Iterator[GameDay]:
    with serving(HubSettings(tmp_path / "hub"), drills.runner()) as served:
        made = GameDay(served, drills)
        with closing(made.http):
            yield made


def as_owner(browser: Any, day: GameDay, **given: Any) -> Any:
    """The owner's page, on the event."""
    page = browser.new_context(**given).new_page()
    page.goto(f"{day.hub.url}/#token={day.hub.token}")
    page.get_by_role("link", name="Events", exact=True).click()
    page.get_by_text("Game day").first.wait_for()
    return page


def test_whoever_leads_an_event_begins_it_and_sees_every_team(browser: Any, day: GameDay) -> None:
    page = as_owner(browser, day)
    page.get_by_role("button", name="Begin all drills").click()
    page.get_by_role("heading", name="Teams", exact=True).wait_for()
    assert page.get_by_role("button", name="Begin all drills").count() == 0
    wait_until_sync(day._all_run, timeout_s=BOUND_S, what="all drills")
    page.get_by_role("link", name="Open the drill of red").wait_for()
    page.get_by_label("To").select_option("blue")
    page.get_by_label("Text").fill("Ten minutes left")
    page.get_by_role("button", name="Send").click()
    page.get_by_text("blue: the drill does not answer").wait_for()  # these have no API


def test_a_participant_has_the_ranking_and_no_board(browser: Any, day: GameDay) -> None:
    day.begin()
    team = day.event["teams"][0]["team_id"]
    made = day.http.post(f"/v1/teams/{team}/invites", json={"role": "participant"}).json()
    page = entered(browser, made["link"], "ada")
    page.get_by_role("link", name="Events", exact=True).click()
    page.get_by_role("link", name="Show the ranking").click()
    page.get_by_role("region", name="Ranking").wait_for()
    told = page.locator("body").inner_text()
    assert [name for name in ("red", "blue", "green") if name in told] == ["red", "blue", "green"]
    assert "deadlock" not in told
    page.get_by_role("link", name="Back to the event").click()
    page.get_by_text("Game day").first.wait_for()
    assert page.get_by_role("heading", name="Teams", exact=True).count() == 0
    assert "deadlock" not in page.locator("body").inner_text()


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("theme", THEMES)
def test_board_and_ranking_are_whole_and_accessible(
    browser: Any, day: GameDay, width: int, theme: Any, shots: Path
) -> None:
    day.begin()
    size = {"width": width, "height": 900}
    page = as_owner(browser, day, viewport=size, color_scheme=theme)
    page.get_by_text("payments holds a lock").wait_for()
    page.screenshot(path=shots / f"event-board-{width}-{theme}.png", full_page=True)
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.get_by_role("link", name="Show the ranking").click()
    page.get_by_role("region", name="Ranking").get_by_text("blue").wait_for()
    page.screenshot(path=shots / f"event-ranking-{width}-{theme}.png", full_page=True)
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("width", WIDTHS)
def test_the_report_is_a_page_that_is_whole_and_accessible(
    browser: Any, day: GameDay, width: int, shots: Path, tmp_path: Path
) -> None:
    day.begin()
    report = day.http.get(f"{day.place}/report").json()
    path = write_report(report, tmp_path / "out")[0]
    page = browser.new_context(viewport={"width": width, "height": 900}).new_page()
    page.goto(path.as_uri())
    page.screenshot(path=shots / f"event-report-{width}.png", full_page=True)
    assert page.get_by_role("img", name="Timelines of all teams").is_visible()
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
