"""What the load knows: who is shopping just now, and which orders were placed."""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Callable, Mapping
from typing import Any

from loadgen.catalogue import Catalogue
from loadgen.stages import Baskets
from loadgen.visit import Visit

REQUESTS_PER_VISIT = 20
"""How many things one customer does before another takes the place, on average."""
REMEMBERED_ORDERS = 1000
REMEMBERED_CHECKOUTS = 20
"""The newest, of which one may be sent again: of the last few seconds, in an ordinary evening."""
FIRST_ESTIMATE = 60.0
"""Value of a basket, in currency units, before the shop has priced one."""
WEIGHT_OF_NEWEST = 0.05


class World:
    """Changes as answers come in; every choice is drawn from `rng`."""

    def __init__(
        self,
        catalogue: Catalogue,
        rng: random.Random,
        visitors: int,
        baskets: Callable[[], Baskets] = Baskets,
    ) -> None:
        """`baskets` tells what is bought just now."""
        self.catalogue = catalogue
        self._baskets = baskets
        self.rng = rng
        self.basket_value = FIRST_ESTIMATE
        """Moving average of the totals that the shop answered, in currency units."""
        self._visitors = [self._newcomer() for _ in range(visitors)]
        self._orders: deque[str] = deque(maxlen=REMEMBERED_ORDERS)
        self._keyed: deque[tuple[Visit, int]] = deque(maxlen=REMEMBERED_CHECKOUTS)

    def visitor(self) -> int:
        """A customer who is shopping just now.

        Few at a time, so that one customer does several things in a row and can lose patience.
        """
        place = self.rng.randrange(len(self._visitors))
        user_id = self._visitors[place]
        if self.rng.random() < 1 / REQUESTS_PER_VISIT:
            self._visitors[place] = self._newcomer()
        return user_id

    def customers(self, count: int) -> list[int]:
        """Different customers, `count` or all there are."""
        user_ids = self.catalogue.user_ids
        return self.rng.sample(user_ids, min(count, len(user_ids)))

    def products(self) -> list[str]:
        """The different SKUs of a basket, in the order in which they were put into it."""
        wanted = self._baskets()
        skus = wanted.products or self.catalogue.skus
        return self.rng.sample(skus, min(self.rng.choice(wanted.lines), len(skus)))

    def order_placed(self, order_id: str) -> None:
        self._orders.append(order_id)

    def answered(self, visit: Visit, answer: Mapping[str, Any]) -> None:
        """What carried a key may be sent again; what was sent again is known already."""
        order_id = answer.get("order_id")
        if visit.headers and visit.about is None and isinstance(order_id, int):
            self._keyed.append((visit, order_id))

    def to_repeat(self) -> tuple[Visit, int] | None:
        """A checkout that was answered just now, with its order; None where none was."""
        return self.rng.choice(self._keyed) if self._keyed else None

    def order_to_track(self) -> str:
        """Mostly one that was placed just now, else one of the past."""
        if self._orders and self.rng.random() < 0.7:
            return self.rng.choice(self._orders)
        return self.rng.choice(self.catalogue.order_ids)

    def basket_priced(self, total: float) -> None:
        """Learn from a total in currency units."""
        self.basket_value += WEIGHT_OF_NEWEST * (total - self.basket_value)

    def _newcomer(self) -> int:
        return self.rng.choice(self.catalogue.user_ids)
