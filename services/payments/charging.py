"""Charging an order, once."""

from __future__ import annotations

import structlog

from services.chassis.db import Database
from services.chassis.errors import Problem
from services.chassis.peers import PeerFailure
from services.chassis.pool import NoConnection
from services.payments import store
from services.payments.domain import Charge, ChargeRequest, State
from services.payments.metrics import CHARGES
from services.payments.provider import Provider

log = structlog.stdlib.get_logger(__name__)


class Charging:
    """Charges orders at the provider and keeps what became of them."""

    def __init__(self, db: Database, provider: Provider) -> None:
        self._db, self._provider = db, provider

    async def charge(self, key: str, wanted: ChargeRequest) -> tuple[Charge, bool]:
        """The charge under the idempotency key `key`, and whether it is a replay.

        A settled charge is returned as it is; a failed one is tried again. Raises Problem (422:
        the key belongs to another request; 409: the order is charged under another key; 503: no
        database connection) and PeerFailure.
        """
        try:
            charge, failure = await self._claim_and_charge(key, wanted)
        except NoConnection:
            CHARGES.labels("failed").inc()
            raise
        if failure is not None:
            raise failure
        return charge

    async def _claim_and_charge(
        self, key: str, wanted: ChargeRequest
    ) -> tuple[tuple[Charge, bool], PeerFailure | None]:
        # The row stays locked until the provider has answered, so that two requests with one
        # key cannot both charge.
        async with self._db.session() as session:
            charge = await store.claim(session, key, wanted)
            if charge is None:
                raise Problem(409, "Already charged", f"order {wanted.order_id} has a charge")
            if charge.fingerprint != wanted.fingerprint():
                raise Problem(
                    422, "Idempotency-Key used twice", "this key belongs to another request"
                )
            if charge.is_final:
                return (charge, True), None
            state, reference, failure = await self._collect(charge)
            charge = await store.settle(session, charge, state, reference)
        CHARGES.labels(state.value).inc()
        return (charge, False), failure

    async def _collect(self, charge: Charge) -> tuple[State, str | None, PeerFailure | None]:
        try:
            answer = await self._provider.charge(charge)
        except PeerFailure as failure:
            log.error("charge failed", order_id=charge.order_id, reason=str(failure))  # noqa: TRY400
            return State.FAILED, None, failure
        if not answer.captured:
            log.info("charge declined", order_id=charge.order_id)
            return State.DECLINED, None, None
        return State.CAPTURED, answer.reference, None
