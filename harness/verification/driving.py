"""Pressing the shop: requests set out on their own schedule, whatever became of earlier ones."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

import aiohttp

from harness.verification.api_calls import CLIENT_TIMEOUT_S, Call, Journey, Request, checkout, make

REPLAY_EVERY = 2
"""Every so many successful checkouts, one is sent again under its key."""


@dataclass(frozen=True)
class Departure:
    """A request and when it sets out, in seconds from the start."""

    at_s: float
    request: Request


@dataclass(frozen=True)
class Replay:
    """A checkout, and the same request sent again under the same idempotency key."""

    first: Call
    again: Call

    @property
    def buyer(self) -> int | None:
        """The customer."""
        basket = self.first.request.basket
        return basket.user_id if basket is not None else None


@dataclass(frozen=True)
class StressResult:
    """Everything that was asked and answered."""

    calls: tuple[Call, ...]
    """Without the replays, in order of departure."""
    replays: tuple[Replay, ...]

    def of(self, *journeys: Journey) -> list[Call]:
        """The calls of these journeys."""
        return [call for call in self.calls if call.request.journey in journeys]


async def run_stress(
    session: aiohttp.ClientSession, departures: Sequence[Departure], *, until: float
) -> StressResult:
    """Make every request at its time; all is over at `until` (loop time, seconds).

    Each waits up to the customers' patience; what is unanswered at `until` counts as timed out.
    Nothing outlives the call, also where it is cancelled.
    """
    loop = asyncio.get_running_loop()
    start = loop.time()
    replays: list[Replay] = []

    def patience_s() -> float:
        return min(CLIENT_TIMEOUT_S, until - loop.time())

    async def depart(index: int, departure: Departure) -> Call:
        await asyncio.sleep(start + departure.at_s - loop.time())
        call = await make(session, departure.request, timeout_s=patience_s())
        request = departure.request
        repeat = request.journey is Journey.CHECKOUT and index % REPLAY_EVERY == 0
        if repeat and call.outcome == "ok" and request.basket is not None:
            same = checkout(request.basket, request.idempotency_key)
            again = await make(session, same, timeout_s=patience_s())
            replays.append(Replay(call, again))
        return call

    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(depart(index, d)) for index, d in _numbered(departures)]
    return StressResult(tuple(task.result() for task in tasks), tuple(replays))


def _numbered(departures: Sequence[Departure]) -> list[tuple[int, Departure]]:
    """Departures in order of time, each with its number within its own journey."""
    seen: dict[Journey, int] = {}
    numbered = []
    for departure in sorted(departures, key=lambda one: one.at_s):
        journey = departure.request.journey
        numbered.append((seen.get(journey, 0), departure))
        seen[journey] = seen.get(journey, 0) + 1
    return numbered
