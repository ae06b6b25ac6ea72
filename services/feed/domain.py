"""A feed, and how personal it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

ITEMS = 12
"""Products in a feed."""


class Mode(StrEnum):
    """Where the order of a feed comes from; all but `personalised` are degraded."""

    PERSONALISED = "personalised"
    CACHED = "cached"
    DEFAULT = "default"


@dataclass(frozen=True)
class Item:
    """A product as the feed shows it."""

    sku: str
    name: str
    category: str


@dataclass(frozen=True)
class Feed:
    """What a customer is shown."""

    mode: Mode
    items: tuple[Item, ...]


@dataclass(frozen=True)
class Flags:
    """The feature flags that the feed heeds."""

    ranking: bool = True
    """Off: no ranking by the model; the customer's last ranking, or the default order."""
    recommendations: bool = True
    """Off: the default order for everybody."""
    analytics: bool = True
    """Off: impressions are not stored."""


def arranged(skus: Sequence[str], items: Sequence[Item]) -> tuple[Item, ...]:
    """Those of `items` that `skus` names, in that order; what is not sold any more is left out."""
    by_sku: Mapping[str, Item] = {item.sku: item for item in items}
    return tuple(by_sku[sku] for sku in skus if sku in by_sku)
