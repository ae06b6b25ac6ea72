"""A drill ends while its page is open: the page becomes the review, and nobody does a thing."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from harness.api.app import show_instead
from harness.api.console_server import serving
from harness.drill.session import Session
from harness.hub.accounts import Accounts
from harness.hub.hub_database import HubDatabase
from harness.hub.hub_settings import HubSettings
from harness.hub.run_registry import Ended, Target
from harness.hub.tables import HubRole, Run
from harness.record import events
from harness.review.opening import ReviewPorts, opened
from harness.review.processes import free_port, work_folder
from harness.terminal import link_of
from harness.tokens import Caller, TokenBook
from tests.browser.drill import FakePrometheus, served
from tests.browser.hub import served_app
from tests.browser.hub import serving as serving_hub
from tests.browser.test_hub import entered, invited, start
from tests.unit.drill.conftest import hand, session
from tests.unit.hub.conftest import Drills, drills
from tests.unit.hub.fake_drill import DRILL_ID
from tests.unit.review.kept import kept_drill

__all__ = ["drills", "hand", "session"]

pytestmark = [pytest.mark.live, pytest.mark.timeout(180)]

RUN = "r-00000001"
READY_S = 10.0
REVIEW = "This is its review"


def end(session: Session) -> None:
    session.note(events.DrillFinished("finished by Ada"))
    session.run.end("finished by Ada")


@dataclass
class OneRun:
    """A hub's registry with one run, which goes on until it is `ended`."""

    target: Target
    ended: Ended | None = None

    def whereabouts(self, run: str) -> Target | Ended:
        return self.ended or self.target


@contextmanager
def lingering(session: Session, run_dir: Path, home: Path) -> Iterator[str]:
    """A drill's host, whose review takes its place once it is over, as `drill run` has it; the
    participant's link."""
    fake: Any = FakePrometheus(session)
    session.services.prometheus = fake
    port, ready, done = free_port(), threading.Event(), asyncio.Event()
    tokens = TokenBook.create(home / "secrets")
    loops: list[asyncio.AbstractEventLoop] = []

    async def host() -> None:
        loops.append(asyncio.get_running_loop())
        async with serving(session, tokens, port) as app:
            ready.set()
            await session.run.over.wait()
            places = ReviewPorts(port, free_port(), free_port())
            with work_folder(home) as work:
                async with opened(run_dir, work, tokens, places) as review:
                    await show_instead(app, review)
                    await done.wait()

    thread = threading.Thread(target=asyncio.run, args=(host(),))
    thread.start()
    try:
        assert ready.wait(READY_S), "the drill's API did not come up"
        yield link_of(f"http://127.0.0.1:{port}", tokens.token(Caller.PARTICIPANT))
    finally:
        loops[0].call_soon_threadsafe(session.run.over.set)
        loops[0].call_soon_threadsafe(done.set)
        thread.join()


def test_the_page_of_a_drill_in_a_terminal_becomes_its_review(
    browser: Any, session: Session, tmp_path: Path
) -> None:
    run_dir = kept_drill(tmp_path / "home", is_kept=False)
    with lingering(session, run_dir, tmp_path) as link:
        page = browser.new_context().new_page()
        page.goto(link)
        page.locator(".top").get_by_text("live", exact=True).wait_for()
        assert page.get_by_role("button", name="Play").count() == 0
        end(session)
        page.get_by_text(REVIEW).wait_for()
        page.get_by_role("button", name="Play").wait_for()
        assert page.get_by_label("Your name").count() == 0, "nobody takes a role in it any more"
        page.get_by_role("link", name="Postmortem").first.click()
        page.get_by_role("heading", name="Postmortem", exact=True).first.wait_for()


def test_the_page_of_a_drill_at_a_hub_becomes_its_review(
    browser: Any, session: Session, tmp_path: Path
) -> None:
    home = tmp_path / "red"
    run_dir = kept_drill(home, is_kept=False)
    known = Session(replace(session.spec, people_known=True), session.services, session.run)
    database = HubDatabase.open(tmp_path)
    accounts = Accounts(database)
    owner = accounts.known_by_token(accounts.owner_token())
    assert owner is not None
    team = accounts.make_team("red").id
    with database.transaction() as db:
        db.add(
            Run(id=RUN, team_id=team, scenario="bad-timeouts", speed=1.0, port_offset=0,
                started_by=owner.id, created_ms=0)
        )  # fmt: skip
    token = accounts.join(accounts.invite(owner, team, HubRole.PARTICIPANT).code, "ada").token
    with served(known, tmp_path / "secrets") as drill:
        runs = OneRun(Target(drill.url, tmp_path / "secrets"))
        with served_app(accounts, runs, tmp_path) as url:
            page = browser.new_context().new_page()
            page.goto(link_of(f"{url}/drills/{RUN}", token))
            page.locator(".top").get_by_text("live", exact=True).wait_for()
            page.get_by_role("link", name="Comms").first.click()
            shown = page.get_by_role("link", name="Open the status page")
            assert page.evaluate("one => one.href", shown.element_handle()) == (
                f"{url}/drills/{RUN}/status"
            )
            runs.ended = Ended(home, run_dir, may_be_reviewed=True)
            end(known)
            page.get_by_text(REVIEW).wait_for(timeout=60_000)
            page.get_by_role("button", name="Play").wait_for()
            # Whoever has no token sees the status page, as before the end.
            page.goto(f"{url}/drills/{RUN}/status")
            page.get_by_role("heading", name="Northgoods").first.wait_for()
    database.close()


def test_a_run_that_ended_is_one_click_from_its_review(
    browser: Any, tmp_path: Path, drills: Drills
) -> None:
    with serving_hub(HubSettings(tmp_path / "hub"), drills.runner()) as hub:
        page = entered(browser, invited(hub, "instructor"), "lea")
        start(page, "deadlock")
        page.get_by_role("link", name="Open the console").wait_for()
        (home,) = (one.parent for one in drills.folder.glob("*/hub-run.json"))
        record = kept_drill(tmp_path / "kept", is_kept=False) / "record.db"
        (home / "runs" / DRILL_ID / "record.db").write_bytes(record.read_bytes())
        drills.end(home.name)
        page.get_by_role("link", name="Open the review").click()
        page.get_by_text(REVIEW).wait_for(timeout=60_000)
