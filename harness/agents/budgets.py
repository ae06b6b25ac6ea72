"""What an agent may use up: turns, calls, tokens, money, time; and which of them it has."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field

from harness.errors import UsageError
from harness.record.events import AgentEnding

MILLION = 1_000_000


@dataclass(frozen=True)
class Price:
    """Dollars for a million tokens."""

    input_usd: float
    output_usd: float

    @classmethod
    def read(cls, text: str) -> Price:
        """From `3,15`: what is read, then what is written. Raises UsageError."""
        try:
            read, written = (float(part) for part in text.split(","))
        except ValueError:
            read = written = -1.0
        if not (0 <= read < MILLION and 0 <= written < MILLION):
            raise UsageError(
                f"'{text[:100]}' is no price", "dollars for a million tokens, such as 3,15"
            )
        return cls(read, written)

    def usd(self, input_tokens: int, output_tokens: int) -> float:
        """What so many tokens cost."""
        return (input_tokens * self.input_usd + output_tokens * self.output_usd) / MILLION


@dataclass(frozen=True)
class Budget:
    """The most that an agent gets for one drill."""

    turns: int = 100
    calls: int = 500
    tokens: int = 2 * MILLION
    time_s: float = 900.0
    usd: float | None = None
    """None: money is no bound."""

    def __post_init__(self) -> None:
        for name in ("turns", "calls", "tokens", "time_s"):
            if not 0 < getattr(self, name) < float("inf"):
                raise UsageError(f"a budget of {name.partition('_')[0]} is a number above 0")
        if self.usd is not None and not 0 < self.usd < float("inf"):
            raise UsageError("a budget of money is a number of dollars above 0")


@dataclass
class Spent:
    """What an agent has used up so far."""

    turns: int = 0
    calls: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    began: float = field(default_factory=time.monotonic)

    @property
    def took_s(self) -> float:
        """Seconds since it began."""
        return time.monotonic() - self.began

    def usd(self, price: Price | None) -> float | None:
        """What it cost; None without a price."""
        return None if price is None else price.usd(self.input_tokens, self.output_tokens)

    def used_up(self, budget: Budget, price: Price | None) -> tuple[AgentEnding, str] | None:
        """The budget that is used up, and how that is said; None while there is some of each."""
        return next(self._used_up(budget, price), None)

    def _used_up(self, budget: Budget, price: Price | None) -> Iterator[tuple[AgentEnding, str]]:
        usd = self.usd(price)
        if budget.usd is not None and usd is not None and usd >= budget.usd:
            yield "money", f"${usd:.2f} of ${budget.usd:.2f} are spent"
        tokens = self.input_tokens + self.output_tokens
        if tokens >= budget.tokens:
            yield "tokens", f"{tokens:,} of {budget.tokens:,} tokens are used up"
        if self.calls >= budget.calls:
            yield "calls", f"{self.calls:,} of {budget.calls:,} calls were asked for"
        if self.turns >= budget.turns:
            yield "turns", f"all {budget.turns:,} turns are used up"
        if self.took_s >= budget.time_s:
            yield "time", f"the {budget.time_s:g} s are over"
