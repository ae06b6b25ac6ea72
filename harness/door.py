"""Who is connected to a server of ours, and who has to go when too many are.

A connection is a stranger until it has shown that it belongs here. Where there are too many
strangers the oldest is let go: of the address that has most of them, so that whoever sends a
request at once always comes in (ADR 18).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable

STRANGERS_MAX = 200
"""Connections that have shown nothing yet."""
KNOWN_MAX = 1000
"""Connections of a group that has no bound of its own."""


class Door:
    """Strangers in the order in which they came, and the others by their group."""

    def __init__(
        self,
        strangers_max: Callable[[], int] = lambda: STRANGERS_MAX,
        known_max: Callable[[Hashable], int] = lambda _: KNOWN_MAX,
    ) -> None:
        self._strangers_max, self._known_max = strangers_max, known_max
        self._strangers: dict[Hashable, tuple[str, Callable[[], object]]] = {}
        self._known: dict[Hashable, Hashable] = {}

    def enter(self, connection: Hashable, address: str, hang_up: Callable[[], object]) -> None:
        """A stranger comes; another may have to go."""
        self._strangers[connection] = address, hang_up
        if len(self._strangers) > self._strangers_max():
            addresses = Counter(at for at, _ in self._strangers.values())
            ((most, _),) = addresses.most_common(1)
            oldest = next(one for one, (at, _) in self._strangers.items() if at == most)
            _, end = self._strangers[oldest]
            self.leave(oldest)
            end()

    def admit(self, connection: Hashable, group: Hashable) -> bool:
        """A connection has shown that it is one of `group`; False where that has too many."""
        if self._known.get(connection) == group:
            return True
        if Counter(self._known.values())[group] >= self._known_max(group):
            return False
        self._strangers.pop(connection, None)
        self._known[connection] = group
        return True

    def leave(self, connection: Hashable) -> None:
        """A connection is gone."""
        self._strangers.pop(connection, None)
        self._known.pop(connection, None)
