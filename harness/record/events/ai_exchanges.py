"""The events of the AI gate: who asked a model for what, and what came of it.

`exchange_id` ties the two together. Counts and times that nobody stated are None, never zero.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from harness.record.events.event import Description, Event

AttemptOutcome = Literal["refused", "forwarded"]
ExchangeOutcome = Literal["completed", "failed", "cut", "left"]
"""Answered to the end; failed at the provider; cut because the gate closed; given up by the
caller."""


@dataclass(frozen=True)
class AiAttempted(Event, type="ai.attempted"):
    """Written before the first byte goes to a provider, or where none does."""

    exchange_id: str
    outcome: AttemptOutcome
    vendor: str
    """`openai` or `anthropic`; empty where the request did not tell."""
    method: str
    path: str
    by: str
    """`participant`, `instructor`, or `unknown` without a token that is known."""
    reason: str
    """Why it was refused, or why the gate was open."""
    status: int | None = None
    """What a refused request was answered with."""
    model: str = ""
    prompt: str = ""
    """The newest thing that was asked, shortened; of forwarded requests only."""
    prompt_chars: int = 0
    """The length of that before it was shortened."""
    with_brief: bool = False
    count: int = 1
    """How many requests like it this stands for: of those that are refused, only the first ones are
    written down singly."""

    def describe(self) -> Description:
        why = f": {self.reason}" if self.reason else ""
        more = f" ({self.count} like it)" if self.count > 1 else ""
        what = f"{self.outcome} {self.method} {self.path}{why}{more}"
        return Description("AI call", what, tone="quiet", by=self.by)


@dataclass(frozen=True)
class AiFinished(Event, type="ai.finished"):
    """What came of a forwarded request."""

    exchange_id: str
    outcome: ExchangeOutcome
    status: int | None
    """The provider's answer; None where there was none."""
    model: str
    """The model that the answer names."""
    input_tokens: int | None
    output_tokens: int | None
    first_byte_ms: int | None
    """From the first byte to the provider until the first of its answer's body."""
    latency_ms: int
    """Until the exchange was over."""
    reason: str = ""

    def describe(self) -> Description:
        model = f" ({self.model})" if self.model else ""
        why = f": {self.reason}" if self.reason else ""
        return Description("AI call", f"{self.outcome}{model}{why}", tone="quiet")
