"""The incident channel: every update is posted to a Slack webhook, where one is configured."""

from __future__ import annotations

import html

import httpx

from harness.drill.session import Session
from harness.exercise.update_texts import render_update
from harness.record.events import HarnessProblem, UpdatePosted

TIMEOUT_S = 10.0


async def follow(session: Session, transport: httpx.AsyncBaseTransport | None = None) -> None:
    """Post each update, as engineers get it, once. One that is not taken is told in the record and
    not sent again: a channel that shows an update late misleads more than one that has none."""
    async with httpx.AsyncClient(timeout=TIMEOUT_S, trust_env=False, transport=transport) as http:
        seq = 0
        while True:
            story = session.story()
            for one in story.of(UpdatePosted):
                if one.seq > seq:
                    await _post(session, http, one.event)
            seq = story.seq
            await session.services.record.wait_beyond(seq)


def slack_text(update: UpdatePosted) -> str:
    """The update in Slack's own markup."""
    return html.escape(render_update(update, "internal"), quote=False).replace("**", "*")


async def _post(session: Session, http: httpx.AsyncClient, update: UpdatePosted) -> None:
    try:
        answer = await http.post(session.spec.channel_url, json={"text": slack_text(update)})
        problem = "" if answer.is_success else f"it answered {answer.status_code}"
    except httpx.HTTPError as error:
        # Not its text: that may hold the address, which is a secret.
        problem = type(error).__name__
    if problem:
        session.note(HarnessProblem(what=f"an update did not reach the channel: {problem}"))
