"""The shop's own banner follows what the team has told its customers."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx

from harness.drill.session import Session
from harness.exercise.status_page import banner, public_updates
from harness.plain_http import local_client
from harness.record.events import DeploySucceeded, UpdateStatus
from harness.record.story import Story

MESSAGE_MAX = 280
"""Characters that the gateway takes."""
RETRY_S = 2.0
ANSWER_BYTES_MAX = 64 * 1024
TIMEOUT_S = 5.0
LEVELS: dict[UpdateStatus, str] = {
    "investigating": "warning",
    "identified": "warning",
    "recovering": "info",
    "resolved": "info",
}


def banner_body(story: Story) -> dict[str, str]:
    """The body that sets the banner; an empty message takes it down."""
    message = banner(story)
    if message is None:
        return {"level": "info", "message": ""}
    if len(message) > MESSAGE_MAX:
        message = f"{message[: MESSAGE_MAX - 1]}…"
    return {"level": LEVELS[public_updates(story)[-1].event.status], "message": message}


async def follow(session: Session, transport: httpx.AsyncBaseTransport | None = None) -> None:
    """Set the banner whenever it has to change, and again after each deploy of the gateway, which
    forgets it. A gateway that does not answer is asked again."""
    async with local_client(
        session.spec.places.gateway_url,
        token=session.spec.operations_token,
        timeout_s=TIMEOUT_S,
        transport=transport,
        answer_bytes_max=ANSWER_BYTES_MAX,
    ) as http:
        shown: Any = (banner_body(Story()), 0)
        while True:
            story = session.story()
            now = (banner_body(story), _deploys(story))
            if now != shown and await _set_banner(http, now[0]):
                shown = now
            try:
                async with asyncio.timeout(RETRY_S if now != shown else None):
                    await session.services.record.wait_beyond(story.seq)
            except TimeoutError:
                continue


def _deploys(story: Story) -> int:
    """How often the gateway was replaced."""
    return sum(one.event.service == "gateway" for one in story.of(DeploySucceeded))


async def _set_banner(http: httpx.AsyncClient, body: dict[str, str]) -> bool:
    try:
        answer = await http.put("/internal/banner", json=body)
    except httpx.HTTPError:
        return False
    return answer.is_success
