"""The AI gate: whether it is open, and what passed it."""

from __future__ import annotations

from harness.aigate.vendors import Vendor
from harness.api.answers.shapes import Answer
from harness.record.events import AttemptOutcome


class AiAttempt(Answer):
    """Something that was asked of a model."""

    by: str
    outcome: AttemptOutcome
    vendor: str
    model: str
    reason: str


class AiStatus(Answer):
    """Whether AI may be used now and why; tokens are null where no provider stated any."""

    open: bool
    reason: str
    vendors: list[str]
    base_urls: dict[Vendor, str]
    refused: int
    forwarded: int
    cut: int
    input_tokens: int | None
    output_tokens: int | None
    newest: list[AiAttempt]


class AiBrief(Answer):
    """What a model is told of the confirmed cause."""

    text: str
