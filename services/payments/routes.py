"""HTTP in and out of payments."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Header, Query, Response
from pydantic import AwareDatetime

from services.chassis.db import Database
from services.chassis.errors import Problem
from services.payments import store
from services.payments.charging import Charging
from services.payments.schemas import (
    ChargeIn,
    ChargeOut,
    ChargesOut,
    Id,
    SettlementOut,
    SettlementsOut,
)

KEY_LENGTH_MAX = 255


def build_router(db: Database, charging: Charging) -> APIRouter:
    """The routes of payments."""
    router = APIRouter()

    @router.post("/charges", status_code=201)
    async def create_charge(
        wanted: ChargeIn,
        response: Response,
        idempotency_key: Annotated[str | None, Header()] = None,
    ) -> ChargeOut:
        """Charge an order. The same key again is answered with the first result."""
        charge, is_replay = await charging.charge(_checked(idempotency_key), wanted.to_domain())
        if is_replay:
            response.headers["Idempotent-Replayed"] = "true"
        return ChargeOut.model_validate(charge)

    @router.get("/charges")
    async def list_charges(
        order_id: Annotated[list[Id], Query(min_length=1, max_length=200)],
    ) -> ChargesOut:
        """The charges of some orders."""
        async with db.reading() as session:
            charges = await store.of_orders(session, order_id)
        return ChargesOut(charges=[ChargeOut.model_validate(charge) for charge in charges])

    @router.get("/settlements")
    async def list_settlements(since: AwareDatetime) -> SettlementsOut:
        """What was captured from `since` (ISO 8601 with a zone) on."""
        async with db.reading() as session:
            charges = await store.captured_since(session, since)
        return SettlementsOut(
            settlements=[SettlementOut.model_validate(charge) for charge in charges]
        )

    return router


def _checked(key: str | None) -> str:
    if not key:
        raise Problem(400, "Idempotency-Key missing", "send one with every charge")
    if len(key) > KEY_LENGTH_MAX:
        raise Problem(400, "Idempotency-Key too long", f"at most {KEY_LENGTH_MAX} characters")
    return key
