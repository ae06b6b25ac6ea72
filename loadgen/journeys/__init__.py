"""Everything that people do with the shop."""

from __future__ import annotations

from loadgen.journeys.account import Account
from loadgen.journeys.base import Journey, is_right
from loadgen.journeys.checkout import Basket, Checkout, Summary, Track
from loadgen.journeys.feed import Feed
from loadgen.journeys.history import History, SupportDesk

JOURNEYS: tuple[Journey, ...] = (
    Checkout(),
    Basket(),
    Track(),
    History(),
    SupportDesk(),
    Account(),
    Feed(),
    Summary(),
)

__all__ = ["JOURNEYS", "Journey", "is_right"]
