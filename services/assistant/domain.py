"""AI tasks: what they ask for and what became of them."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class State(StrEnum):
    """Where a task stands; all but `queued` are final."""

    QUEUED = "queued"
    DONE = "done"
    DEAD = "dead"


class Source(StrEnum):
    """Who wrote an answer."""

    MODEL = "model"
    FALLBACK = "fallback"


@dataclass(frozen=True)
class Line:
    """One line of an order, as far as a summary is concerned with it."""

    name: str
    quantity: int


@dataclass(frozen=True)
class Task:
    """The summary of one order."""

    id: int
    order_id: int
    lines: tuple[Line, ...]
    state: State
    attempts: int
    created_at: datetime
    summary: str | None
    """What the model wrote; None unless `state` is `done`."""
    last_error: str | None


def prompt_for(lines: Sequence[Line]) -> str:
    """What the model is asked about an order."""
    return "\n".join(f"- {line.quantity} x {line.name}" for line in lines)


def simple_summary(lines: Sequence[Line]) -> str:
    """A summary that needs no model."""
    pieces = sum(line.quantity for line in lines)
    more = f" and {len(lines) - 1} more" if len(lines) > 1 else ""
    return f"{pieces} {'item' if pieces == 1 else 'items'}: {lines[0].name}{more}."


def backoff_ms(attempt: int, first_wait_ms: int) -> float:
    """The wait after attempt number `attempt` (from 1): doubled each time, half of it random.

    Without the random half, tasks that failed together would come back together.
    """
    whole: float = first_wait_ms * 2 ** (attempt - 1)
    return whole / 2 + random.uniform(0, whole / 2)  # noqa: S311  # a wait, not a secret
