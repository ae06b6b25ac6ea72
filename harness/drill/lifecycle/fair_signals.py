"""Whether the shop has the processor to itself: else its signals show what no release did.

The machine is watched from before the stack comes up until the drill's end. What others take is in
the record, from when to when; a drill that it happened to is marked, and so is its score.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Iterator

from harness.drill.session import Progress, Session
from harness.errors import DrillError, StackFailed
from harness.model import MachineLoad
from harness.record.events import MachineBusy, MachineFree
from harness.waiting import WaitedTooLong, wait_until

LOOK_EVERY_S = 1.0
WINDOW_S = 5.0
"""What is judged is the mean of so many seconds: a compiler's start is no load."""
WAITING_SHARE_MIN = 0.25
"""Two loops on two cores make it about 0.5, since the kernel lets whoever wakes up go first. A shop
alone makes it 0.1 to 0.35: by itself it tells nothing."""
TAKEN_SHARE_MIN = 0.35
"""Of all cores, taken by others or by the hypervisor. A browser with the console takes less."""
LATENESS_SHARE_MIN = 0.1
"""Of a look's interval, that it comes late by: it stands in where the kernel counts no waiting."""
CALM_S = 5.0
"""So long nothing must be the matter before the machine counts as free again."""
FREE_WITHIN_S = 60.0
"""So long a drill waits for a busy machine before it begins on it, and is marked."""


def why_busy(load: MachineLoad, lateness_share: float = 0.0) -> str:
    """Why signals are not fair under such a load, in words; empty where they are.

    Both must be: work that waits for a core, and others who have taken one. A fault that exhausts
    the processor makes the shop wait for itself, which is what the drill is about.
    """
    stolen_cores = load.stolen_share * load.cores
    taken = load.others_cores + stolen_cores
    if load.waiting_share is None:
        is_waiting = lateness_share >= LATENESS_SHARE_MIN
    else:
        is_waiting = load.waiting_share >= WAITING_SHARE_MIN
    if not is_waiting or taken < TAKEN_SHARE_MIN * load.cores:
        return ""
    takers = [f"{one.program} {one.cores:.1f}" for one in load.takers]
    takers += [f"the hypervisor {stolen_cores:.1f}"] if stolen_cores >= 0.1 else []
    who = f" ({', '.join(takers)})" if takers else ""
    return f"others take {taken:.1f} of {load.cores} cores{who}{_waits(load.waiting_share)}"


def _waits(share: float | None) -> str:
    return "" if share is None else f"; work waits {share:.0%} of the time"


class FairSignals:
    """Watches the machine, and records when it gets busy and when it is free again."""

    def __init__(self, session: Session, progress: Progress) -> None:
        self._session, self._progress = session, progress
        self._busy_at_s: float | None = None
        self._last_busy_at_s = 0.0
        self._looked_at_s: float | None = None

    async def watch_forever(self) -> None:
        """A look that fails is a gap, and nothing else."""
        while True:
            with contextlib.suppress(DrillError, OSError):
                await self.look()
            await asyncio.sleep(LOOK_EVERY_S)

    async def look(self) -> None:
        """Look once, and record what has changed."""
        load = await asyncio.to_thread(self._session.services.machine.look)
        now_s = time.monotonic()
        late_share = self._lateness_share(now_s)
        if load is None:
            return
        if why := why_busy(load, late_share):
            self._last_busy_at_s = now_s
            self._session.run.machine_busy = why
            if self._busy_at_s is None:
                self._busy_at_s = now_s - WINDOW_S
                self._session.note(MachineBusy(why))
                self._progress(f"the machine is busy: {why}")
        elif self._busy_at_s is not None and now_s - self._last_busy_at_s >= CALM_S:
            busy_ms = round((self._last_busy_at_s - self._busy_at_s) * 1000)
            self._busy_at_s, self._session.run.machine_busy = None, ""
            self._session.note(MachineFree(busy_ms))
            self._progress(f"the machine is free again, after {busy_ms / 1000:.0f} s")

    def _lateness_share(self, now_s: float) -> float:
        before, self._looked_at_s = self._looked_at_s, now_s
        return 0.0 if before is None else max(now_s - before - LOOK_EVERY_S, 0.0) / LOOK_EVERY_S


@contextlib.contextmanager
def blaming_no_shop_alone(session: Session) -> Iterator[None]:
    """What fails inside while others have the machine says so."""
    try:
        yield
    except StackFailed as error:
        if not (busy := session.run.machine_busy):
            raise
        what = f"{error.message}; the machine is busy: {busy}"
        raise StackFailed(what, "end what else runs, then start another drill") from error


async def wait_until_free(session: Session, progress: Progress) -> bool:
    """Give a busy machine the time to become free; after that the drill begins on it as it is.

    Whether it is free.
    """
    if not session.run.machine_busy:
        return True
    progress(f"waiting up to {FREE_WITHIN_S:g} s for the machine to be free: end what else runs")

    async def is_free() -> bool:
        return not session.run.machine_busy

    try:
        await wait_until(
            is_free,
            timeout_s=FREE_WITHIN_S,
            what="a free machine",
            interval_s=LOOK_EVERY_S,
        )
    except WaitedTooLong:
        progress("beginning on a busy machine; the drill is marked")
        return False
    return True
