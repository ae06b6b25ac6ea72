"""The console while the shop starts: it says so, and asks nothing that nobody can answer."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from harness.drill.session import Session
from harness.errors import StackFailed
from harness.record import events
from harness.tokens import Caller
from tests.browser.consoles import KEYS, Open, complaints, open_console
from tests.browser.drill import FakePrometheus, ServedDrill, served
from tests.unit.drill.conftest import hand, session, trouble

__all__ = ["complaints", "hand", "open_console", "session", "trouble"]

pytestmark = [pytest.mark.live, pytest.mark.timeout(120)]

IS_ASKED_WITHIN_MS = 300
"""A view asks as soon as it is drawn."""


class NotUp:
    """A part of the stack that nobody has started."""

    def __getattr__(self, name: str) -> Any:
        async def refuse(*_: Any, **__: Any) -> Any:
            raise StackFailed("it does not answer", "is it up?")

        return refuse


@pytest.fixture
def drill(trouble: Session, tmp_path: Path) -> Iterator[ServedDrill]:
    with served(trouble, tmp_path / "secrets", recorder=NotUp()) as found:
        nobody: Any = NotUp()
        trouble.services.prometheus = nobody
        yield found


def test_nothing_is_asked_that_only_a_shop_answers(open_console: Open, drill: ServedDrill) -> None:
    page = open_console(caller=Caller.INSTRUCTOR)
    refused: list[str] = []
    page.on("response", lambda one: refused.append(one.url) if one.status >= 400 else None)
    page.reload()
    page.get_by_text("The shop is starting.").wait_for()
    for view in KEYS:
        page.goto(f"{drill.url}/#/{view}")
        page.locator(f"main.view-{view}").wait_for()
        page.wait_for_timeout(IS_ASKED_WITHIN_MS)
    assert refused == []
    there: Any = FakePrometheus(drill.session)
    drill.session.services.prometheus = there
    drill.session.note(events.BaselineConfirmed({}))
    page.goto(f"{drill.url}/#/dashboards")
    page.locator(".v-grid").wait_for()
    assert page.get_by_text("The shop is starting").count() == 0


def test_whoever_asks_then_is_refused(drill: ServedDrill) -> None:
    """Negative control: such a question has no answer."""
    key = {"Authorization": f"Bearer {drill.tokens.token(Caller.PARTICIPANT)}"}
    asked = {"query": "up"}
    assert httpx.get(f"{drill.url}/v1/metrics", params=asked, headers=key).status_code == 409
