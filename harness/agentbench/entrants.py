"""Who can be benchmarked, by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol

from harness.drill.session import Session
from harness.errors import UnknownName
from harness.players.responder_player import Unattended
from harness.players.trivial_players import POLICIES, Trivial

Say = Callable[[str], None]


class Entrant(Protocol):
    """Plays one whole drill, and never learns the answer."""

    shortfalls: list[str]
    complete: bool

    async def play(self, session: Session) -> None: ...


def _trivial(policy: str) -> Callable[[Say], Entrant]:
    return lambda say: Trivial(policy, say)


ENTRANTS: Mapping[str, Callable[[Say], Entrant]] = {
    "responder": Unattended,
    **{policy: _trivial(policy) for policy in POLICIES},
}


def entrant(name: str, say: Say) -> Entrant:
    """The player of that name. Raises UnknownName."""
    if name not in ENTRANTS:
        raise UnknownName("player", name, ENTRANTS)
    return ENTRANTS[name](say)
