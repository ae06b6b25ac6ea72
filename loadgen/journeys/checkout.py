"""Buying: price a basket, place an order, see where it stands and what it was."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from loadgen.journeys.base import customer
from loadgen.visit import Visit
from loadgen.world import World

QUANTITIES = (1, 1, 1, 2, 3)
SENT_AGAIN = 0.03
"""Share of checkouts that repeat one which was answered: a tap too many, an app that lost its
connection. They carry its key, and cost nothing more."""


class Checkout:
    """Place an order. A new `Idempotency-Key` each, which makes a resend safe: three in a hundred
    are sent again, and are to be answered with the first order."""

    name = "checkout"
    reads_answers = True

    def visit(self, world: World) -> Visit:
        if world.rng.random() < SENT_AGAIN and (placed := world.to_repeat()):
            visit, order_id = placed
            return replace(visit, about=order_id, at_stake=0.0)
        user_id = world.visitor()
        key = str(UUID(int=world.rng.getrandbits(128), version=4))
        return Visit(
            who=customer(user_id),
            method="POST",
            path="/api/checkout",
            body=_basket(world, user_id),
            headers={"Idempotency-Key": key},
            at_stake=world.basket_value,
        )

    def names(self, answer: Mapping[str, Any]) -> object:
        return answer["order_id"]

    def learn(self, answer: Mapping[str, Any], world: World) -> None:
        if (order_id := answer.get("order_id")) is not None:
            world.order_placed(str(order_id))
        _learn_total(answer, world)


class Basket:
    """Ask what a basket costs; nothing is stored."""

    name = "basket"
    reads_answers = True

    def visit(self, world: World) -> Visit:
        user_id = world.visitor()
        return Visit(customer(user_id), "POST", "/api/basket", _basket(world, user_id))

    def names(self, answer: Mapping[str, Any]) -> object:
        """A price names nobody."""

    def learn(self, answer: Mapping[str, Any], world: World) -> None:
        _learn_total(answer, world)


class Track:
    """Follow an order, mostly one that this load has placed."""

    name = "track"
    reads_answers = False

    def visit(self, world: World) -> Visit:
        order_id = world.order_to_track()
        path = f"/api/track/{order_id}"
        return Visit(customer(world.visitor()), "GET", path, about=order_id)

    def names(self, answer: Mapping[str, Any]) -> object:
        return answer["order_id"]

    def learn(self, answer: Mapping[str, Any], world: World) -> None:
        """Nothing to learn."""


class Summary:
    """Read an order's summary, mostly of one that this load has placed."""

    name = "summary"
    reads_answers = False

    def visit(self, world: World) -> Visit:
        order_id = world.order_to_track()
        path = f"/api/summary/{order_id}"
        return Visit(customer(world.visitor()), "GET", path, about=order_id)

    def names(self, answer: Mapping[str, Any]) -> object:
        return answer["order_id"]

    def learn(self, answer: Mapping[str, Any], world: World) -> None:
        """Nothing to learn."""


def _basket(world: World, user_id: int) -> Mapping[str, Any]:
    lines = [{"sku": sku, "quantity": world.rng.choice(QUANTITIES)} for sku in world.products()]
    return {"user_id": user_id, "lines": lines}


def _learn_total(answer: Mapping[str, Any], world: World) -> None:
    with contextlib.suppress(KeyError, TypeError, ValueError):  # an answer without a price
        world.basket_priced(float(answer["total"]))
