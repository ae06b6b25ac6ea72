"""Looking stock up, and holding it for orders."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from services.a import store
from services.a.domain import OrderChanged, Stock, Wanted, check_available
from services.a.warehouse import Shelf, Warehouse
from services.chassis.blocking_db import BlockingDatabase


@dataclass(frozen=True, slots=True)
class StockedProduct:
    """A product with its place in the warehouse."""

    stock: Stock
    shelf: Shelf


class Reservations:
    """Our stock and the warehouse's, seen together."""

    def __init__(self, database: BlockingDatabase, warehouse: Warehouse) -> None:
        self._database = database
        self._warehouse = warehouse

    def look_up(self, skus: Sequence[str]) -> list[StockedProduct]:
        """Those of `skus` that we stock and the warehouse knows, in their order.

        Raises PeerFailure where the warehouse does not answer.
        """
        shelves = self._warehouse.shelves(skus)
        with self._database.reading() as session:
            stock = store.stock(session, skus)
        return [
            StockedProduct(stock[sku], shelves[sku])
            for sku in skus
            if sku in stock and sku in shelves
        ]

    def check(self, wanted: Sequence[Wanted]) -> None:
        """Raises Unavailable where the warehouse cannot pick the order, PeerFailure where it
        does not answer.
        """
        shelves = self._warehouse.shelves([line.sku for line in wanted])
        check_available(wanted, {sku: shelf.on_hand for sku, shelf in shelves.items()})

    def hold(self, order_id: int, wanted: Sequence[Wanted]) -> int:
        """Hold stock for an order in one transaction; the id of its reservation.

        A second call for the same order and lines returns the first one's reservation. Raises
        Unavailable, and OrderChanged where the order holds other lines already.
        """
        skus = [line.sku for line in wanted]
        with self._database.session() as session:
            store.lock_stock(session, skus)
            existing = store.reservation_of(session, order_id)
            if existing is not None:
                reservation_id, held = existing
                if held != frozenset(wanted):
                    raise OrderChanged(order_id)
                return reservation_id
            stock = store.stock(session, skus)
            check_available(wanted, {sku: found.available for sku, found in stock.items()})
            return store.reserve(session, order_id, wanted)
