"""What every journey is: a name, a request to make, and what is learnt from the answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from loadgen.visit import Visit
from loadgen.world import World


class Journey(Protocol):
    """One thing that people do with the shop."""

    name: str
    reads_answers: bool
    """Whether anything is taken from its answers: a hundred customers' orders are slow to parse."""

    def visit(self, world: World) -> Visit:
        """The next request."""

    def names(self, answer: Mapping[str, Any]) -> object:
        """Whom or what an answer is about, to be held against `Visit.about`."""

    def learn(self, answer: Mapping[str, Any], world: World) -> None:
        """Take what later requests need from the JSON of a successful answer."""


def is_right(journey: Journey, visit: Visit, answer: Mapping[str, Any]) -> bool:
    """Whether an answer is about whom or what was asked, as far as that is known."""
    try:
        return visit.about is None or str(journey.names(answer)) == str(visit.about)
    except (KeyError, IndexError, TypeError):
        return False  # an answer of another shape


def customer(user_id: int) -> str:
    """The name under which a customer is counted."""
    return f"user-{user_id}"
