"""Opening the shop: the home feed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from loadgen.journeys.base import customer
from loadgen.visit import Visit
from loadgen.world import World


class Feed:
    """Look at what the home page has picked."""

    name = "feed"
    reads_answers = True

    def visit(self, world: World) -> Visit:
        user_id = world.visitor()
        return Visit(customer(user_id), "GET", f"/api/feed?user_id={user_id}")

    def names(self, answer: Mapping[str, Any]) -> object:
        """A feed names nobody."""

    def learn(self, answer: Mapping[str, Any], world: World) -> None:
        """Nothing to learn."""
