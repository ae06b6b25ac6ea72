"""A customer looks at the own account."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from loadgen.journeys.base import customer
from loadgen.visit import Visit
from loadgen.world import World


class Account:
    """Read the own profile."""

    name = "account"
    reads_answers = False

    def visit(self, world: World) -> Visit:
        user_id = world.visitor()
        return Visit(customer(user_id), "GET", f"/api/account/{user_id}", about=user_id)

    def names(self, answer: Mapping[str, Any]) -> object:
        return answer["id"]

    def learn(self, answer: Mapping[str, Any], world: World) -> None:
        """Nothing to learn."""
