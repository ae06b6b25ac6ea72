"""HTTP in and out."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from services.a.bundles import Bundles
from services.a.domain import OrderChanged, Unavailable, UnknownProduct, Wanted
from services.a.reservations import Reservations, StockedProduct
from services.a.schemas import ReservationRequest, ReservationView, Sku, StockListView, StockView
from services.chassis.errors import Problem


def build_router(reservations: Reservations, bundles: Bundles) -> APIRouter:
    """The availability endpoints; all of them block, on the bounded worker slots."""
    router = APIRouter()

    @router.post("/reservations")
    def reserve(request: ReservationRequest) -> ReservationView:
        wanted = [Wanted(line.sku, line.quantity) for line in request.lines]
        reservation_id = None
        try:
            reservations.check(wanted)
            if request.order_id is not None and not request.dry_run:
                reservation_id = reservations.hold(request.order_id, wanted)
            basket = bundles.price(wanted)
        except UnknownProduct as unknown:
            raise Problem(422, "Unknown product", str(unknown)) from unknown
        except Unavailable as unavailable:
            raise Problem(409, "Not available", str(unavailable)) from unavailable
        except OrderChanged as changed:
            raise Problem(409, "Order has other lines", str(changed)) from changed
        return ReservationView(reservation_id=reservation_id, **basket)

    @router.get("/stock/{sku}")
    def get_stock(sku: str) -> StockView:
        found = reservations.look_up([sku])
        if not found:
            raise Problem(404, "Unknown product", f"there is no product '{sku}'")
        return _stock(found[0])

    @router.get("/stock")
    def list_stock(sku: Annotated[list[Sku], Query(min_length=1, max_length=100)]) -> StockListView:
        return StockListView(items=[_stock(found) for found in reservations.look_up(sku)])

    return router


def _stock(product: StockedProduct) -> StockView:
    stock, shelf = product.stock, product.shelf
    return StockView(
        sku=stock.sku,
        on_hand=stock.on_hand,
        available=min(stock.available, shelf.on_hand),
        warehouse=shelf.warehouse,
    )
