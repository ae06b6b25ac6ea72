"""Ways of playing a drill badly: what nothing, a restart or the wrong rollback would have cost."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress

from harness.drill.actions import deploy, pager
from harness.drill.session import Progress, Session
from harness.errors import DeployFailed, DrillError
from harness.waiting import WaitedTooLong, wait_until

PAGE_TIMEOUT_S = 90.0
WATCHED_S = 60.0
"""How long each is watched from the page on."""
PIPELINE_TIMEOUT_S = 30.0
POLL_S = 0.5
ACTOR = "par"

Act = Callable[[Session, Progress], Awaitable[None]]


class NoPage(DrillError):
    """The drill never paged, so that there is nothing to compare."""


async def blind_restart(session: Session, say: Progress) -> None:
    """Restart every service, callers last, as if that had ever told anybody anything."""
    for entry in reversed(session.spec.topology):
        with suppress(DeployFailed):  # the next one may come up
            await deploy.restart(session, entry.name, by=ACTOR, progress=say)


async def wrong_rollback(session: Session, say: Progress) -> None:
    """Roll back an innocent service: the one that was released last, or any that can be."""
    guilty = {fault.service for fault in session.spec.faults}
    released = [one.service for one in reversed(session.deploys().entries) if one.kind == "release"]
    names = dict.fromkeys([*released, *(entry.name for entry in session.spec.topology)])
    for name in names:
        if name not in guilty and await rolled_back(session, name, say):
            return
    say("there is no unrelated release to roll back")


PLAYS: Mapping[str, Act | None] = {
    "do nothing": None,
    "blind restart": blind_restart,
    "wrong rollback": wrong_rollback,
}


async def play(
    session: Session, act: Act | None, say: Progress, watched_s: float = WATCHED_S
) -> None:
    """Wait for the page, acknowledge it, act if there is an act, and watch. Raises NoPage."""

    async def paged() -> bool | None:
        return bool(session.state().pages) or None

    try:
        await wait_until(paged, timeout_s=PAGE_TIMEOUT_S, what="a page")
    except WaitedTooLong:
        raise NoPage(
            f"no page within {PAGE_TIMEOUT_S:g} s", "par is for scenarios in which something breaks"
        ) from None
    pager.acknowledge(session, None, ACTOR)
    # However long the act takes, all are watched for equally long.
    watching = asyncio.ensure_future(asyncio.sleep(watched_s))
    try:
        if act is not None:
            await act(session, say)
        await watching
    finally:
        watching.cancel()


async def rolled_back(session: Session, service: str, say: Progress, by: str = ACTOR) -> bool:
    """Roll a service back once the pipeline is free; False where that is refused or fails."""

    async def free() -> bool | None:
        return not session.run.deploy_lock.locked() or None

    await wait_until(free, timeout_s=PIPELINE_TIMEOUT_S, what="the pipeline", interval_s=POLL_S)
    try:
        await deploy.rollback(session, service, to_version=None, by=by, progress=say)
    except DrillError as refused:
        say(f"{service}: {refused.message}")
        return False
    return True
