"""Everything that people do with the shop."""

from __future__ import annotations

from loadgen.journeys.account import Account
from loadgen.journeys.base import Journey, Visit
from loadgen.journeys.checkout import Basket, Checkout, Track
from loadgen.journeys.history import History, SupportDesk

JOURNEYS: tuple[Journey, ...] = (
    Checkout(),
    Basket(),
    Track(),
    History(),
    SupportDesk(),
    Account(),
)

__all__ = ["JOURNEYS", "Journey", "Visit"]
