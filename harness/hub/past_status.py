"""The shop's status page of a drill that is over: for everybody, as long as the hub runs.

It is made of the record alone, so that people without a token start nothing on this machine.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from fastapi.routing import APIRoute
from starlette.concurrency import run_in_threadpool
from starlette.responses import HTMLResponse, JSONResponse, Response

from harness.api.routes_public import READABLE_ANYWHERE, api_router, router
from harness.drill.queries.past_drills import read_events
from harness.drill.spec import KEPT_DIR
from harness.errors import EnvironmentMissing
from harness.hub.run_registry import RECORD
from harness.model import ServiceEntry
from harness.record.story import Story, fold
from harness.review.opening import described

KEPT_MAX = 16
"""Drills whose pages are kept in memory: nothing changes them any more."""

Answer = Callable[[Any, str], Awaitable[Any]]


@dataclass(frozen=True)
class _Past:
    """What the page's routes ask a session for."""

    spec: SimpleNamespace
    told: Story

    def story(self) -> Story:
        return self.told


class PastStatus:
    """The status pages of the drills of a hub that are over."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, _Past] = OrderedDict()
        self._routes: dict[str, Answer] = {
            route.path: route.endpoint
            for route in (*router.routes, *api_router.routes)
            if isinstance(route, APIRoute)
        }

    async def answer(self, run: str, run_dir: Path, path: str, public_url: str) -> Response:
        """What the drill answered there at its end; `public_url` is what people call it. Raises
        EnvironmentMissing for another path, and what reading the record raises."""
        if (route := self._routes.get(path)) is None:
            raise EnvironmentMissing("the drill is over", "see the list of runs")
        past = self._kept.get(run)
        if past is None:
            past = self._kept[run] = await run_in_threadpool(_read, run_dir)
        self._kept.move_to_end(run)
        while len(self._kept) > KEPT_MAX:
            self._kept.popitem(last=False)
        found = await route(past, f"{public_url}/status")
        if isinstance(found, str):
            return HTMLResponse(found)
        return JSONResponse(found, headers=READABLE_ANYWHERE)


def _read(run_dir: Path) -> _Past:
    story = fold(read_events(run_dir / RECORD))
    topology: tuple[ServiceEntry, ...] = described(run_dir / KEPT_DIR, story).topology
    return _Past(SimpleNamespace(topology=topology), story)
