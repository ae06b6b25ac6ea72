"""The incident channel gets every update once, and never costs the drill anything."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import replace

import httpx
import pytest
from pydantic import ValidationError

from harness.drill.outputs import slack
from harness.drill.session import Session
from harness.record.events import HarnessProblem, NoteAdded
from harness.settings import HostSettings
from harness.waiting import wait_until
from tests.unit.drill.outputs.test_shop_banner import tell

URL = "https://hooks.example/services/secret"


async def posted(session: Session, answer: Callable[[], httpx.Response], count: int) -> list[str]:
    """What the channel was sent while two updates were told, once it was `count` messages."""
    sent: list[str] = []

    def handle(request: httpx.Request) -> httpx.Response:
        assert str(request.url) == URL
        sent.append(json.loads(request.content)["text"])
        return answer()

    session.spec = replace(session.spec, channel_url=URL)
    task = asyncio.create_task(slack.follow(session, httpx.MockTransport(handle)))

    async def arrived() -> bool:
        return len(sent) >= count

    tell(session, current_state="Payments fail & <b>wait</b>.")
    await wait_until(arrived, timeout_s=5, what="the first update")
    session.note(NoteAdded("not for the channel", "Ada"))
    tell(session, current_state="All is well.", status="resolved")
    count = 2
    await wait_until(arrived, timeout_s=5, what="the second update")
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    return sent


async def test_every_update_is_posted_once_in_slacks_own_markup(session: Session) -> None:
    first, second = await posted(session, lambda: httpx.Response(200), 1)
    assert "*Current state:* Payments fail &amp; &lt;b&gt;wait&lt;/b&gt;." in first
    assert "RESOLVED" in second
    assert not session.story().of(HarnessProblem)


async def test_a_channel_that_refuses_is_told_without_its_address(session: Session) -> None:
    def away() -> httpx.Response:
        raise httpx.ConnectError(f"cannot reach {URL}")

    assert len(await posted(session, away, 1)) == 2
    first = session.story().of(HarnessProblem)[0].event
    assert "ConnectError" in first.what
    assert "secret" not in first.what


def test_its_address_is_a_secret_and_never_goes_in_the_clear() -> None:
    settings = HostSettings(slack_webhook_url=URL)  # type: ignore[arg-type]
    assert URL not in repr(settings)
    with pytest.raises(ValidationError, match="expected https"):
        HostSettings(slack_webhook_url="http://hooks.example/x")  # type: ignore[arg-type]
