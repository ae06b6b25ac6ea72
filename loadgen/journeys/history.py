"""Looking back: a customer at the own orders, the support desk at those of many."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from loadgen.journeys.base import customer
from loadgen.visit import Visit
from loadgen.world import World

CUSTOMERS_PER_BATCH = 100
AGENTS = 20


class History:
    """One customer's newest orders."""

    name = "history"
    reads_answers = False

    def visit(self, world: World) -> Visit:
        user_id = world.visitor()
        return Visit(customer(user_id), "GET", _path([user_id]), about=user_id)

    def names(self, answer: Mapping[str, Any]) -> object:
        """The one customer in it, by the history and by the profile; None where they are many."""
        users = answer["users"]
        ids = {user["user_id"] for user in users} | {user["profile"]["id"] for user in users}
        return ids.pop() if len(ids) == 1 else None

    def learn(self, answer: Mapping[str, Any], world: World) -> None:
        """Nothing to learn."""


class SupportDesk:
    """The newest orders of a hundred customers at once, for an agent of the support desk."""

    name = "support_desk"
    reads_answers = False

    def visit(self, world: World) -> Visit:
        agent = f"agent-{world.rng.randrange(AGENTS)}"
        return Visit(agent, "GET", _path(world.customers(CUSTOMERS_PER_BATCH)))

    def names(self, answer: Mapping[str, Any]) -> object:
        """A hundred of them are not compared."""

    def learn(self, answer: Mapping[str, Any], world: World) -> None:
        """Nothing to learn."""


def _path(user_ids: list[int]) -> str:
    return "/api/history?" + urlencode([("user_id", user_id) for user_id in user_ids])
