"""Who can be benchmarked, by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol

from harness.drill.session import Session
from harness.errors import UnknownName
from harness.players.responder_player import Unattended
from harness.players.trivial_players import POLICIES, Trivial

Say = Callable[[str], None]
MODEL = "model:"
"""Before the name of a model that plays, as its provider calls it."""
PROVIDERS = ("OPENAI_*", "ANTHROPIC_*")
"""Settings by which a model is reached; of the tries, only those that it plays have them."""


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
"""Those that need nothing."""


def require_entrant(name: str) -> None:
    """Raises UnknownName where there is no such player."""
    if name not in ENTRANTS and (not name.startswith(MODEL) or name == MODEL):
        raise UnknownName("player", name, [*ENTRANTS, f"{MODEL}NAME"])


def entrant(name: str, say: Say, price: str | None = None) -> Entrant:
    """The player of that name; `price` is a model's, `3,15` dollars for a million tokens read and
    written. Raises UnknownName, and EnvironmentMissing where no model can be reached."""
    require_entrant(name)
    if name in ENTRANTS:
        return ENTRANTS[name](say)
    # What asks a model takes a while to import, which the others need not pay.
    from harness.agents.budgets import Budget, Price
    from harness.agents.model_endpoint import endpoint
    from harness.players.agent_play import ModelPlay

    asked = endpoint(name.removeprefix(MODEL), None, is_streamed=True)
    return ModelPlay(asked, Budget(), Price.read(price) if price else None, say)


def settings_of(name: str) -> tuple[str, ...]:
    """What the process of a player is told of this one's environment."""
    return PROVIDERS if name.startswith(MODEL) else ()
