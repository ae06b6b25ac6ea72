"""The hub is killed by -9 at random moments while two drills run: they go on, the next hub knows
both, whoever listens hears every event once, and nothing is left behind.

The drills are processes as the hub starts them, with a real record and the real API; what they lack
is a shop. The moments are drawn from its start to well after it answers.
"""

from __future__ import annotations

import os
import random
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest

from harness.waiting import wait_until_sync
from tests.unit.hub.whole_hub import BOUND_S, WholeHub, whole_hub

pytestmark = pytest.mark.live

SEED = int(os.environ.get("TORTURE_SEED") or 7)
PACE = 20.0
"""Events a second of each drill."""
WITHOUT_END = 1_000_000
WITHIN_S = 1.5


@dataclass
class Listener:
    """Somebody at a console: comes back with the number of the last event that was heard."""

    numbers: list[int] = field(default_factory=list)
    remembers: bool = True
    comes_back: int = -1
    is_over: bool = False

    def listen(self, hub: WholeHub, run: str) -> None:
        url = f"{hub.url}/drills/{run}/v1/stream"
        while not self.is_over:
            self.comes_back += 1
            known = {"Last-Event-ID": str(self.numbers[-1])} if self._knows() else {}
            try:
                with httpx.stream("GET", url, headers=hub.owner | known, timeout=30) as answer:
                    if answer.status_code == 200:
                        self._hear(answer)
            except (httpx.HTTPError, OSError):
                pass
            time.sleep(0.05)  # as a browser does before it tries again

    def _knows(self) -> bool:
        return self.remembers and bool(self.numbers)

    def _hear(self, answer: httpx.Response) -> None:
        for line in answer.iter_lines():
            if line.startswith("id: "):
                self.numbers.append(int(line[4:]))
            if self.is_over:
                return


@contextmanager
def listening(hub: WholeHub, runs: list[str]) -> Iterator[list[Listener]]:
    """Somebody at each run's console while the block runs, and one more at the first run's, who
    forgets what was heard."""
    all_of_them = [*(Listener() for _ in runs), Listener(remembers=False)]
    threads = [
        threading.Thread(target=one.listen, args=(hub, run), daemon=True)
        for one, run in zip(all_of_them, [*runs, runs[0]], strict=True)
    ]
    for thread in threads:
        thread.start()
    try:
        yield all_of_them
    finally:
        for one in all_of_them:
            one.is_over = True
        for thread in threads:
            thread.join(BOUND_S)


def killed(hub: WholeHub, times: int) -> None:
    """Kill the hub so many times, each a random while after it was started; each next one has to
    know the two drills, and no process is there that it does not know."""
    drawn = random.Random(SEED)
    for _ in range(times):
        time.sleep(drawn.uniform(0, WITHIN_S))  # the moment itself
        hub.kill()
        assert hub.processes() == hub.noted()
        hub.start()
    hub.all_are("running")
    assert len(hub.processes()) == 2


def campaign(folder: Path, times: int) -> dict[str, int]:
    """What became of a campaign; all that is promised is asserted."""
    with whole_hub(folder / "hub") as hub:
        runs = [hub.begin(team, number=WITHOUT_END, pace=PACE) for team in ("red", "blue")]
        hub.all_are("running")
        with listening(hub, runs) as (*people, forgetful):
            everybody = [*people, forgetful]
            wait_until_sync(
                lambda: all(one.numbers for one in everybody), timeout_s=BOUND_S, what="a word"
            )
            hub.go()
            killed(hub, times)
            hub.enough()
            # These drills have no review where somebody who comes late would hear the last of it.
            lasts = [max(hub.sent(run)) for run in runs]
            for one, last in zip(people, lasts, strict=True):
                wait_until_sync(
                    lambda one=one, last=last: one.numbers[-1] >= last,
                    timeout_s=BOUND_S,
                    what="the last event at everybody",
                )
            hub.end_all()
            hub.all_are("over")
            written = [[one.seq for one in hub.written(run)] for run in runs]
        assert [one.numbers for one in people] == written
        # It is the number that keeps the others from hearing it all again.
        assert len(forgetful.numbers) > len(set(forgetful.numbers))
        for run, told in zip(runs, written, strict=True):
            assert told == list(range(1, len(told) + 1))
            assert set(hub.sent(run)) == set(told[1:])
        assert hub.processes() == set()
        assert all(one.comes_back >= 1 for one in people)
        return {
            "kills": times,
            "events": sum(map(len, written)),
            "reconnections": sum(one.comes_back for one in people),
        }


@pytest.mark.timeout(300)
def test_killed_three_times_it_loses_no_event_and_leaves_nothing(tmp_path: Path) -> None:
    campaign(tmp_path, 3)


@pytest.mark.torture
@pytest.mark.timeout(1800)
def test_killed_fifty_times_it_loses_no_event_and_leaves_nothing(tmp_path: Path) -> None:
    print(f"\n  {campaign(tmp_path, 50)}")  # noqa: T201
