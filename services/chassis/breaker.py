"""A circuit breaker around calls to one peer."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import structlog
from purgatory import AsyncCircuitBreakerFactory
from purgatory.domain.model import CLOSED, HALF_OPENED, OPENED, Context, OpenedState

from services.chassis.metrics import BREAKER_STATE, OUTBOUND_REQUESTS
from services.chassis.peers import PeerError, PeerFailure, PeerRejected, prepare_metrics

log = structlog.stdlib.get_logger(__name__)

_STATES = {CLOSED: 0, HALF_OPENED: 1, OPENED: 2}


class CircuitBreaker:
    """Stops calling a peer after `failures` failures in a row, for `reset_ms`.

    After that time calls go through again: the first success closes it, a failure opens it anew.
    An answer that the peer refuses the request (4xx) is no failure of the peer.
    """

    def __init__(self, peer: str, *, failures: int, reset_ms: int) -> None:
        self.peer = peer
        self._failures, self._reset_ms = failures, reset_ms
        self._factory = AsyncCircuitBreakerFactory(
            default_threshold=failures,
            default_ttl=reset_ms / 1000,
            exclude=[(BaseException, lambda error: not _is_failure(error))],
        )
        self._shown = CLOSED
        BREAKER_STATE.labels(peer).set(_STATES[CLOSED])
        prepare_metrics(peer)

    @asynccontextmanager
    async def guard(self) -> AsyncIterator[None]:
        """Count what becomes of the block; raises PeerRejected without running it while open."""
        breaker = await self._factory.get_breaker(self.peer)
        try:
            async with breaker:
                self._show(breaker.context)
                yield
        except OpenedState as opened:
            opened.__traceback__ = None  # one object for all: it would grow by each raise
            OUTBOUND_REQUESTS.labels(self.peer, PeerRejected.outcome).inc()
            message = f"{self.peer}: not called, its circuit breaker is open"
            raise PeerRejected(self.peer, message, self._reset_ms / 1000) from None
        finally:
            self._show(breaker.context)

    def _show(self, context: Context) -> None:
        """Export the state, and log it where it changed."""
        state = context.state
        if state == self._shown:
            return
        before, self._shown = self._shown, state
        BREAKER_STATE.labels(self.peer).set(_STATES[state])
        if state == OPENED and before == CLOSED:
            log.error(f"circuit breaker open after {self._failures} failures", peer=self.peer)
        elif state == OPENED:
            log.error("circuit breaker open again", peer=self.peer)
        else:
            log.warning(f"circuit breaker {state}", peer=self.peer)


def _is_failure(error: BaseException) -> bool:
    if isinstance(error, PeerError):
        return error.status >= 500
    return isinstance(error, PeerFailure)
