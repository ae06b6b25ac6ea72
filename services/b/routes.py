"""HTTP in and out."""

from __future__ import annotations

from decimal import Decimal

from fastapi import APIRouter

from services.b.domain import Line, UnknownProduct, Wanted
from services.b.pricing import Basket, Pricing
from services.b.schemas import BasketRequest, BasketView, DeliveryView, PricedLine
from services.chassis.errors import Problem


def build_router(pricing: Pricing, currency: str) -> APIRouter:
    """The bundles' endpoint; it blocks, on the bounded worker slots."""
    router = APIRouter()

    @router.post("/baskets")
    def price_basket(request: BasketRequest) -> BasketView:
        try:
            basket = pricing.price([Wanted(line.sku, line.quantity) for line in request.lines])
        except UnknownProduct as unknown:
            raise Problem(422, "Unknown product", str(unknown)) from unknown
        return _basket(basket, currency)

    return router


def _basket(basket: Basket, currency: str) -> BasketView:
    return BasketView(
        lines=[_line(line) for line in basket.lines],
        net=sum((line.net for line in basket.lines), Decimal(0)),
        discount=sum((line.discount for line in basket.lines), Decimal(0)),
        currency=currency,
        delivery=DeliveryView(carrier=basket.delivery.carrier, days=basket.delivery.days),
    )


def _line(line: Line) -> PricedLine:
    return PricedLine(
        sku=line.sku,
        name=line.name,
        quantity=line.quantity,
        net_unit_price=line.net_unit_price,
        discount=line.discount,
        net=line.net,
        bundle=line.bundle,
        campaign=line.campaign,
    )
