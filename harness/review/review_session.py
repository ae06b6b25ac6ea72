"""A drill that is over, as its console sees it: at its end, or at an earlier moment."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NoReturn

from harness.drill.run_state import RunState
from harness.drill.services import Services
from harness.drill.session import ReviewTimes, Session
from harness.drill.spec import DrillSpec
from harness.errors import UsageError
from harness.model import Pager
from harness.record import events
from harness.record.deploys import DeployLog
from harness.record.events import AccessRefused, Event, HarnessProblem
from harness.record.store import Record
from harness.record.story import Story, fold
from harness.review.past_services import (
    Nobody,
    NoCustomers,
    PastMetrics,
    PastRecord,
    PastRuntime,
    PastTelemetry,
)
from harness.runtime.base import Mode
from harness.telemetry.prometheus import PrometheusClient
from harness.telemetry.recorder_client import RecorderClient
from harness.verification.access import ShopAccess
from harness.verification.oracle import Oracle
from harness.workspace.workspace import Workspace

VIEWS_MAX = 40
"""Moments whose stories are kept: whoever moves the slider comes back to them."""
ENDS = (events.DrillFinished, events.DrillAborted)


@dataclass
class Kept:
    """What a review is made of, opened."""

    record: Record
    workspace: Workspace
    mode: Mode
    metrics: PrometheusClient | None
    telemetry: RecorderClient | None


class ReviewRun(RunState):
    """How far a review is: its drill is over from the beginning, and who ends it, closes it."""

    def __init__(self, reason: str, machine_busy: str) -> None:
        super().__init__(over_reason=reason, machine_busy=machine_busy)
        self.over.set()
        self.has_begun = self.is_scheduled = self.is_all_out = True
        self.pager = Pager("the drill is over")
        self.closing = asyncio.Event()
        """Set once somebody asks for the end of the review."""

    def end(self, reason: str) -> None:  # noqa: ARG002
        """Ask for the end of the review."""
        self.closing.set()

    def halt(self, reason: str) -> None:  # noqa: ARG002
        """The same."""
        self.closing.set()


class ReviewSession(Session):
    """A session of a drill that is over. `moment` None is its end, with all that was written since;
    what is added, is added there."""

    run: ReviewRun

    def __init__(
        self, spec: DrillSpec, kept: Kept, times: ReviewTimes, moment: datetime | None = None
    ) -> None:
        self._kept, self._times = kept, times if moment is None else replace(times, at=moment)
        record = PastRecord(kept.record, moment)
        story = fold(record.events())
        shop = kept.workspace.shop
        runtime = PastRuntime(
            kept.mode,
            shop.initial,
            kept.workspace.known(),
            DeployLog.of(story, shop.log),
        )
        services = Services(
            record=record,
            runtime=runtime,
            workspace=kept.workspace,
            prometheus=PastMetrics(kept.metrics, self._times.at),
            recorder=PastTelemetry(kept.telemetry, self._times.at),
            make_oracle=_no_oracle,
            third_parties=Nobody(),
            customers=NoCustomers(),
            machine=Nobody(),
        )
        run = ReviewRun(_end_reason(story), _machine_busy(story))
        run.stories["instructor"] = story
        super().__init__(spec, services, run)
        self._views: OrderedDict[int, ReviewSession] = OrderedDict()
        self._is_whole = moment is None

    @property
    def review(self) -> ReviewTimes | None:
        """See Session.review."""
        return self._times

    @property
    def has_metrics(self) -> bool:
        """Whether its metrics were kept."""
        return self._kept.metrics is not None

    def now(self) -> datetime:
        """The moment that is shown."""
        return self._times.at

    def drill_ms(self) -> int:
        """Drill time at that moment, whatever was written since."""
        return self.services.record.drill_time_ms()

    def seen_at(self, moment: datetime) -> Session:
        """See Session.seen_at. After the end nothing more was to be seen."""
        if moment >= self._times.end:
            return self
        key = int(max(moment, self._times.begin).timestamp() * 1000)
        view = self._views.pop(key, None)
        if view is None:
            view = ReviewSession(self.spec, self._kept, self._times, max(moment, self._times.begin))
        self._views[key] = view
        while len(self._views) > VIEWS_MAX:
            self._views.popitem(last=False)
        return view

    def note(self, event: Event, actor: str = "harness") -> None:
        """Add what people write who look back; what only concerns the review is no part of the
        drill."""
        if isinstance(event, AccessRefused | HarnessProblem):
            return
        if not self._is_whole:
            raise UsageError("nothing can be added to an earlier moment", "go to the drill's end")
        super().note(event, actor)


def times_of(story: Story) -> ReviewTimes:
    """From the first event to the end of the drill; the last event where it has none. Raises
    UsageError for a record in which nothing is."""
    if not story.entries:
        raise UsageError("nothing is in the record of this drill")
    ends = [one.wall_time for one in story.entries if isinstance(one.event, ENDS)]
    end = ends[0] if ends else story.entries[-1].wall_time
    return ReviewTimes(begin=story.entries[0].wall_time, end=end, at=end)


def _end_reason(story: Story) -> str:
    ends = [one.event.reason for one in story.entries if isinstance(one.event, ENDS)]
    return ends[-1] if ends else "its end is not in the record"


def _machine_busy(story: Story) -> str:
    last = story.last(events.MachineBusy)
    free = story.last(events.MachineFree)
    if last is None or (free is not None and free.seq > last.seq):
        return ""
    return last.event.why


def _no_oracle(_: ShopAccess) -> Oracle:
    _refuse()


def _refuse() -> NoReturn:
    raise UsageError("a drill that is over cannot be measured", "see its last verification")
