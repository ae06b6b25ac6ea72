"""W3C trace context and a request id for every request."""

from __future__ import annotations

import random
from dataclasses import dataclass

REMARK_SHARE = 0.05
"""Of requests by clients that write something of their own where an id belongs."""
REMARK_ID_DIGITS = 8


@dataclass(frozen=True)
class TraceIds:
    """Ids of one request, in hexadecimal digits, none of them all zeros."""

    trace_id: str
    """32 digits."""
    span_id: str
    """16 digits."""
    request_id: str
    """32 digits; of some clients a remark and a few digits."""
    sampled: bool

    def headers(self) -> dict[str, str]:
        flags = "01" if self.sampled else "00"
        return {
            "traceparent": f"00-{self.trace_id}-{self.span_id}-{flags}",
            "X-Request-ID": self.request_id,
        }


class TraceIdSource:
    """Random ids that repeat neither within a load nor between loads, whatever their seeds."""

    def __init__(self, sampled_share: float, remark: str = "") -> None:
        self._sampled_share, self._remark = sampled_share, remark
        self._rng = random.Random()  # noqa: S311 - seeded by the system; unique, not secret

    def next(self) -> TraceIds:
        return TraceIds(
            trace_id=self._hexadecimal(32),
            span_id=self._hexadecimal(16),
            request_id=self._request_id(),
            sampled=self._rng.random() < self._sampled_share,
        )

    def _request_id(self) -> str:
        if self._remark and self._rng.random() < REMARK_SHARE:
            return f"{self._remark} {self._hexadecimal(REMARK_ID_DIGITS)}"
        return self._hexadecimal(32)

    def _hexadecimal(self, digits: int) -> str:
        return f"{self._rng.randrange(1, 16**digits):0{digits}x}"
