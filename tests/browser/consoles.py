"""Fixtures: a drill in which a little has happened, and browsers that look at it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from harness.drill.session import Session
from harness.paths import REPO
from harness.tokens import Caller
from tests.browser.drill import ServedDrill, play_a_little, served

MENU = REPO / "harness" / "console" / "web" / "src" / "app" / "views.ts"
KEYS = dict(re.findall(r'id: "([^"]+)",\s+title: "[^"]+",\s+key: "(.)"', MENU.read_text()))
"""View of the menu → the letter that leads there after a `g`."""
DESK = {"width": 1440, "height": 900}
Open = Callable[..., Any]


@pytest.fixture
def drill(trouble: Session, tmp_path: Path) -> Iterator[ServedDrill]:
    play_a_little(trouble)
    with served(trouble, tmp_path / "secrets") as found:
        yield found


@pytest.fixture
def complaints() -> list[str]:
    """What pages complained of, refused scripts included; but for answers that were refusals."""
    return []


@pytest.fixture
def open_console(browser: Any, drill: ServedDrill, complaints: list[str]) -> Iterator[Open]:
    """`open_console("comms", caller=…, person="Ada", …)` is a page of the console, live."""
    contexts: list[Any] = []

    def heard(message: Any) -> None:
        if message.type == "error" and "Failed to load resource" not in message.text:
            complaints.append(message.text)

    def opened(
        view: str = "now",
        *,
        caller: Caller = Caller.PARTICIPANT,
        person: str = "Ada",
        **options: Any,
    ) -> Any:
        context = browser.new_context(**{"viewport": DESK, **options})
        contexts.append(context)
        context.set_default_timeout(15_000)
        page = context.new_page()
        page.on("console", heard)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        name = person if caller == Caller.PARTICIPANT else ""
        page.add_init_script(f"localStorage.setItem('drill-person', '{name}')")
        page.goto(drill.link(caller))
        page.locator(".brand .badge.good").wait_for()
        page.goto(f"{drill.url}/#/{view}")
        page.locator(f"main.view-{view}").wait_for()
        return page

    yield opened
    for context in contexts:
        context.close()
    assert complaints == []


def card(page: Any, name: str) -> Any:
    return page.get_by_role("region", name=name, exact=True)
