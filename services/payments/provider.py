"""The payment provider."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import stamina
import structlog

from services.chassis.breaker import CircuitBreaker
from services.chassis.http import PeerClient, PeerError, PeerFailure, PeerTimeout, PeerUnreachable
from services.chassis.metrics import OUTBOUND_RETRIES
from services.payments.domain import Charge
from services.payments.timeouts import Timeouts

log = structlog.stdlib.get_logger(__name__)

PEER = "payment-provider"
RETRIES = 3
FIRST_WAIT_S = 0.1
"""Doubled before each further retry: 0.1, 0.2, 0.4."""


@dataclass(frozen=True)
class ProviderAnswer:
    """What the provider made of a charge."""

    captured: bool
    reference: str | None
    """The provider's id of the charge; None where the card was declined."""


class Provider:
    """Charges cards, with retries, behind a circuit breaker."""

    def __init__(self, client: PeerClient, breaker: CircuitBreaker, timeouts: Timeouts) -> None:
        self._client, self._breaker, self._timeouts = client, breaker, timeouts
        OUTBOUND_RETRIES.labels(PEER)

    async def charge(self, charge: Charge) -> ProviderAnswer:
        """Charge the customer; raises PeerFailure once all attempts have failed.

        Repeating is safe: the provider charges once for a key.
        """
        async with self._breaker.guard():
            async for attempt in stamina.retry_context(
                on=_worth_repeating,
                attempts=1 + RETRIES,
                timeout=None,
                wait_initial=FIRST_WAIT_S,
                wait_max=FIRST_WAIT_S * 2 ** (RETRIES - 1),
                wait_jitter=0,
            ):
                with attempt:
                    if attempt.num > 1:
                        OUTBOUND_RETRIES.labels(PEER).inc()
                    answer = await self._attempt(charge, attempt.num)
            return answer

    async def _attempt(self, charge: Charge, number: int) -> ProviderAnswer:
        body = {
            "amount": f"{charge.amount:.2f}",
            "currency": charge.currency,
            "reference": f"order-{charge.order_id}",
        }
        headers = {"Idempotency-Key": charge.provider_key}
        try:
            answer = await self._client.post("/v1/charges", json=body, headers=headers)
        except PeerError as error:
            if error.status == 402:
                return ProviderAnswer(captured=False, reference=None)
            self._log_failure(charge, number, error)
            raise
        except PeerFailure as failure:
            self._log_failure(charge, number, failure)
            raise
        return ProviderAnswer(captured=True, reference=_reference(answer))

    def _log_failure(self, charge: Charge, number: int, failure: PeerFailure) -> None:
        about: dict[str, Any] = {"order_id": charge.order_id, "attempt": number}
        if not isinstance(failure, PeerTimeout):
            log.error("payment provider failed", reason=str(failure), **about)
        elif failure.phase == "connect":
            timeout_ms = self._timeouts.provider_connect_timeout_ms
            log.error("connection timeout to payment provider", timeout_ms=timeout_ms, **about)
        else:
            timeout_ms = self._timeouts.provider_read_timeout_ms
            log.error("no answer from payment provider", timeout_ms=timeout_ms, **about)


def _worth_repeating(error: Exception) -> bool:
    if isinstance(error, PeerError):
        return error.status >= 500
    return isinstance(error, (PeerTimeout, PeerUnreachable))


def _reference(answer: Any) -> str:
    if not isinstance(answer, dict) or not isinstance(answer.get("id"), str):
        raise PeerError(PEER, 502, {"title": "the answer holds no charge id"})
    return str(answer["id"])
