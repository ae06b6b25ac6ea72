"""What may come without end: the first of each kind in the record one by one, all others counted.

Whoever can reach a port may ask as often as they like; the record must not grow with it.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

SINGLE_MAX = 20
"""Of one kind that are written down one by one, where nothing else is said."""
COUNTED_EVERY_S = 60.0
"""How often the others become one event a kind, with their number."""

E = TypeVar("E")


class CountedEvents(Generic[E]):
    """Writes down what comes; `append` gets an event and how many requests it stands for.

    To be used in an event loop, and closed. There must be few kinds.
    """

    def __init__(self, append: Callable[[E, int], None], *, single_max: int | None = None) -> None:
        self._append, self._single_max = append, single_max
        self._seen: Counter[Hashable] = Counter()
        self._counted: dict[Hashable, tuple[E, int]] = {}
        """Of each kind: the newest event and how many came, not written down yet."""
        self._timer: asyncio.TimerHandle | None = None

    def add(self, kind: Hashable, event: E) -> None:
        """One more of a kind."""
        self._seen[kind] += 1
        if self._seen[kind] <= (self._single_max or SINGLE_MAX):
            self._append(event, 1)
            return
        self._counted[kind] = (event, self._counted.get(kind, (event, 0))[1] + 1)
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(COUNTED_EVERY_S, self.flush)

    def flush(self) -> None:
        """Write down what was only counted so far."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        counted, self._counted = self._counted, {}
        for event, count in counted.values():
            self._append(event, count)
