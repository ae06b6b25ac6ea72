"""How busy this machine is, and with what: the kernel's figures, read twice and compared.

- waiting: the share of time in which something runnable had to wait for a core ("some" of
  `/proc/pressure/cpu`); None where the kernel does not count it
- stolen: the share that the hypervisor gave to other machines ("steal" of `/proc/stat`)
- others: cores used by what is not of the drill: all that are used, less its own processes' part,
  less that of processes which give way to it (a build under `nice`), and less that of neighbours:
  stacks of the same campaign, of which the campaign knows how many fit beside each other
"""

from __future__ import annotations

import os
import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from harness.model import MachineLoad, Taker
from harness.runtime.procfs import PROC, TICKS_PER_S, ProcessTimes, process_times

TAKERS_SHOWN = 3
TAKER_CORES_MIN = 0.1


@dataclass(frozen=True)
class Counters:
    """What the kernel has counted so far, in seconds."""

    at_s: float
    waited_s: float | None = None
    stolen_s: float = 0.0
    used_s: float = 0.0
    """By all processes together, on all cores."""
    own_s: float = 0.0
    gentle_s: float = 0.0
    """By others that give way to the drill: the kernel runs them when it has nothing to do."""
    by_neighbour: Mapping[int, float] = field(default_factory=dict)
    """Of each process of a neighbour, by its number: whole stacks end between two readings."""
    by_other: Mapping[int, float] = field(default_factory=dict)
    """Processor time of each process that competes with the drill, by its number."""


def read_counters(own_roots: Iterable[int] = (), neighbour_root: int | None = None) -> Counters:
    """The counters now; `own_roots` and their descendants are the drill's own processes, and what
    else comes from `neighbour_root` is its neighbours'.

    What a process of the drill has waited for counts as its own, too: short-lived children.
    """
    user, nice, system, _, _, irq, softirq, stolen = _cpu_ticks()[:8]
    times = process_times()
    own = _descendants(set(own_roots), times)
    neighbours = _descendants({neighbour_root}, times) - own if neighbour_root else set[int]()
    gentle = _gentler(times) - own - neighbours
    strangers = times.keys() - own - neighbours - gentle
    return Counters(
        at_s=time.monotonic(),
        waited_s=_waited_s(),
        stolen_s=stolen / TICKS_PER_S,
        used_s=(user + nice + system + irq + softirq) / TICKS_PER_S,
        own_s=sum(times[pid].own_s + times[pid].reaped_s for pid in own),
        gentle_s=sum(times[pid].own_s + times[pid].reaped_s for pid in gentle),
        by_neighbour={pid: times[pid].own_s for pid in neighbours},
        by_other={pid: times[pid].own_s for pid in strangers},
    )


def load_between(before: Counters, after: Counters, cores: int) -> MachineLoad:
    """What the machine did between two readings."""
    elapsed_s = max(after.at_s - before.at_s, 0.001)
    used, own = after.used_s - before.used_s, max(after.own_s - before.own_s, 0.0)
    gentle = max(after.gentle_s - before.gentle_s, 0.0)
    neighbours = sum(
        now_s - before.by_neighbour.get(pid, 0.0) for pid, now_s in after.by_neighbour.items()
    )
    waited = None
    if before.waited_s is not None and after.waited_s is not None:
        waited = (after.waited_s - before.waited_s) / elapsed_s
    return MachineLoad(
        cores=cores,
        waiting_share=waited,
        stolen_share=(after.stolen_s - before.stolen_s) / elapsed_s / cores,
        others_cores=max(used - own - gentle - neighbours, 0.0) / elapsed_s,
        takers=_takers(before.by_other, after.by_other, elapsed_s),
    )


class MachineWatch:
    """Looks at the machine now and again, and tells of the last seconds."""

    def __init__(
        self,
        own_roots: Callable[[], Iterable[int]],
        *,
        window_s: float,
        read: Callable[[Iterable[int]], Counters] = read_counters,
    ) -> None:
        self._own_roots, self._window_s, self._read = own_roots, window_s, read
        self._readings: deque[Counters] = deque()

    def look(self) -> MachineLoad | None:
        """The load of the last `window_s` seconds; None before there are as many."""
        now = self._read(self._own_roots())
        self._readings.append(now)
        while len(self._readings) > 1 and now.at_s - self._readings[1].at_s >= self._window_s:
            self._readings.popleft()
        first = self._readings[0]
        if now.at_s - first.at_s < self._window_s:
            return None
        return load_between(first, now, os.cpu_count() or 1)


def _cpu_ticks() -> list[int]:
    first = (PROC / "stat").read_text(encoding="utf-8").partition("\n")[0]
    return [int(field) for field in first.split()[1:]]


def _waited_s() -> float | None:
    try:
        some = (PROC / "pressure" / "cpu").read_text(encoding="utf-8").split()
    except OSError:
        return None
    return int(some[4].removeprefix("total=")) / 1e6


def _descendants(roots: set[int], times: Mapping[int, ProcessTimes]) -> set[int]:
    """The roots that live, and all that come from them."""
    children: dict[int, list[int]] = {}
    for pid, one in times.items():
        children.setdefault(one.parent, []).append(pid)
    found, waiting = set(), [pid for pid in roots if pid in times]
    while waiting:
        pid = waiting.pop()
        if pid not in found:
            found.add(pid)
            waiting += children.get(pid, [])
    return found


def _gentler(times: Mapping[int, ProcessTimes]) -> set[int]:
    """Processes with less priority than ours."""
    our_nice = os.nice(0)
    return {pid for pid, one in times.items() if one.nice > our_nice}


def _takers(
    before: Mapping[int, float], after: Mapping[int, float], elapsed_s: float
) -> tuple[Taker, ...]:
    """Who of the others took most, the greediest first."""
    took = {pid: (now - before.get(pid, now)) / elapsed_s for pid, now in after.items()}
    greedy = sorted(took, key=lambda pid: -took[pid])[:TAKERS_SHOWN]
    return tuple(Taker(_program(pid), took[pid]) for pid in greedy if took[pid] >= TAKER_CORES_MIN)


def _program(pid: int) -> str:
    """The program's name alone: what it was called with may be nobody's business."""
    try:
        return (PROC / str(pid) / "comm").read_text(errors="replace", encoding="utf-8").strip()
    except OSError:
        return "a process that is gone"
