"""What is told of a machine: who waits, and who takes the processor."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import pytest

from harness.runtime.machine_load import Counters, MachineWatch, load_between, read_counters
from harness.runtime.procfs import process_times
from harness.waiting import wait_until_sync

BURNING = "import os\nwhile True: os.getpid()"
QUARTER_S = 0.25


def test_others_are_all_that_was_used_less_the_drills_own_part() -> None:
    before = Counters(at_s=10, waited_s=1, stolen_s=0, used_s=20, own_s=5)
    after = Counters(at_s=14, waited_s=3, stolen_s=0.8, used_s=26, own_s=7)
    load = load_between(before, after, cores=2)
    assert load.others_cores == pytest.approx(1.0)
    assert load.waiting_share == pytest.approx(0.5)
    assert load.stolen_share == pytest.approx(0.1)


def test_a_neighbour_that_ends_turns_nobody_into_a_stranger() -> None:
    """Its time is gone with it; what its processes used before the window was theirs."""
    before = Counters(at_s=10, used_s=50, own_s=5, by_neighbour={7: 20.0, 8: 10.0})
    after = Counters(at_s=15, used_s=56, own_s=7, by_neighbour={8: 13.0, 9: 1.0})
    assert load_between(before, after, cores=2).others_cores == pytest.approx(0.0)
    strangers = Counters(at_s=15, used_s=56, own_s=7)
    assert load_between(before, strangers, cores=2).others_cores == pytest.approx(0.8)


def test_what_comes_from_the_campaign_beside_the_drill_is_a_neighbour() -> None:
    with burning() as process:
        mine = read_counters({process.pid}, neighbour_root=os.getpid())
        assert process.pid not in mine.by_neighbour
        assert os.getpid() in mine.by_neighbour
        beside = read_counters(neighbour_root=os.getpid())
        assert process.pid in beside.by_neighbour
        assert process.pid not in beside.by_other


def test_the_greediest_are_named_first_and_small_ones_not_at_all() -> None:
    me, parent = os.getpid(), os.getppid()
    before = Counters(at_s=0, by_other={me: 1.0, parent: 1.0, 1: 1.0})
    after = Counters(at_s=10, by_other={me: 3.0, parent: 9.0, 1: 1.5})
    takers = load_between(before, after, cores=2).takers
    assert [round(one.cores, 2) for one in takers] == [0.8, 0.2]


def test_a_kernel_that_counts_no_waiting_is_not_taken_for_a_free_machine() -> None:
    load = load_between(Counters(at_s=0), Counters(at_s=5), cores=2)
    assert load.waiting_share is None


def test_nothing_is_told_before_the_window_is_full() -> None:
    readings = iter([Counters(at_s=0), Counters(at_s=3), Counters(at_s=6), Counters(at_s=8)])

    def read(_: Iterable[int]) -> Counters:
        return next(readings)

    watch = MachineWatch(lambda: (), window_s=5, read=read)
    assert [watch.look() is None for _ in range(4)] == [True, True, False, False]


@contextmanager
def burning(*prefix: str) -> Iterator[subprocess.Popen[bytes]]:
    """A child that takes what it gets of a core."""
    process = subprocess.Popen([*prefix, sys.executable, "-c", BURNING])
    try:
        yield process
    finally:
        process.kill()
        process.wait()


@pytest.mark.parametrize("is_own", [True, False])
def test_a_process_of_the_drill_is_no_other_and_any_other_is(is_own: bool) -> None:
    """The real kernel's figures; what is not counted as the drill's own counts as others'."""
    with burning() as process:
        roots = {os.getpid()} if is_own else set[int]()
        before = read_counters(roots)

        def burnt() -> bool:
            now = read_counters()
            return now.by_other[process.pid] - before.by_other.get(process.pid, 0) >= QUARTER_S

        wait_until_sync(burnt, timeout_s=60, what="a quarter of a second of processor time")
        after = read_counters(roots)
    assert (process.pid in after.by_other) is not is_own
    if is_own:
        assert after.own_s - before.own_s >= QUARTER_S
    else:
        assert after.own_s == before.own_s == 0


@pytest.mark.parametrize("prefix", [("nice", "-n", "5"), ()])
@pytest.mark.skipif(os.nice(0) > 14, reason="these tests run with so little priority themselves")
def test_a_process_that_gives_way_takes_nothing_from_the_drill(prefix: tuple[str, ...]) -> None:
    with burning(*prefix) as process:

        def counted_s() -> float:
            times = process_times()[process.pid]
            return times.own_s

        wait_until_sync(
            lambda: counted_s() >= QUARTER_S, timeout_s=60, what="a quarter of a second of work"
        )
        assert (process.pid in read_counters().by_other) is not bool(prefix)
