"""HTTP in and out."""

from __future__ import annotations

from fastapi import APIRouter

from services.c.domain import Campaign, Line, Promotion
from services.c.promotions import Promotions
from services.c.schemas import (
    OffersRequest,
    OffersView,
    OfferView,
    PricedLine,
    PromotionsRequest,
    PromotionsView,
    PromotionView,
)


def build_router(promotions: Promotions) -> APIRouter:
    """The campaigns' endpoints; all of them block, on the bounded worker slots."""
    router = APIRouter()

    @router.post("/promotions")
    def apply_promotions(request: PromotionsRequest) -> PromotionsView:
        applied = promotions.apply([_line(line) for line in request.lines])
        return PromotionsView(lines=[_promotion(promotion) for promotion in applied])

    @router.post("/offers")
    def list_offers(request: OffersRequest) -> OffersView:
        running = promotions.offers(request.skus)
        return OffersView(
            offers={sku: [_offer(c) for c in campaigns] for sku, campaigns in running.items()}
        )

    return router


def _line(line: PricedLine) -> Line:
    return Line(line.sku, line.quantity, line.net_unit_price, line.discount)


def _promotion(promotion: Promotion) -> PromotionView:
    campaign = promotion.campaign
    return PromotionView(
        sku=promotion.sku,
        discount=promotion.discount,
        campaign=campaign.code if campaign else None,
    )


def _offer(campaign: Campaign) -> OfferView:
    return OfferView(
        campaign=campaign.code, name=campaign.name, kind=campaign.kind, value=campaign.value
    )
