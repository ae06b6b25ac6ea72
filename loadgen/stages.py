"""Load profiles: how many of which journey arrive, stage by stage."""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from loadgen.errors import BadLoad, refuse_unknown

HIGHEST_RATE_PER_S = 1000.0
HIGHEST_MULTIPLIER = 100.0


@dataclass(frozen=True)
class Stage:
    """`multiplier` times the profile's rates; None seconds: for as long as the load runs."""

    multiplier: float
    duration_s: float | None


@dataclass(frozen=True)
class Baskets:
    """What customers put into their baskets."""

    lines: tuple[int, ...] = (1, 1, 2, 2, 3, 4)
    """Of how many products, each as likely."""
    products: tuple[str, ...] = ()
    """SKUs that everybody chooses from; empty: from all that the shop sells."""


@dataclass(frozen=True)
class Profile:
    """Arrivals a second by journey at SCALE=1, and the stages they go through."""

    rates_per_s: Mapping[str, float]
    stages: tuple[Stage, ...]
    baskets: Baskets = Baskets()

    def rates_at(self, elapsed_s: float) -> Mapping[str, float]:
        """Arrivals a second by journey at SCALE=1, `elapsed_s` after the profile came in."""
        multiplier = self.multiplier_at(elapsed_s)
        return {name: rate * multiplier for name, rate in self.rates_per_s.items()}

    def multiplier_at(self, elapsed_s: float) -> float:
        """The multiplier in force; after the last stage, that stage's goes on."""
        for stage in self.stages:
            if stage.duration_s is None or elapsed_s < stage.duration_s:
                return stage.multiplier
            elapsed_s -= stage.duration_s
        return self.stages[-1].multiplier

    @property
    def highest_rate_per_s(self) -> float:
        """All journeys together, in the busiest stage, at SCALE=1."""
        return sum(self.rates_per_s.values()) * max(stage.multiplier for stage in self.stages)


def read_profile(path: Path, journeys: Collection[str]) -> Profile:
    """Read `path`; raises BadLoad saying what is wrong, with the nearest key to an unknown one."""
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        known = ", ".join(sorted(other.stem for other in path.parent.glob("*.toml")))
        raise BadLoad(f"there is no load profile {path}; known: {known}") from None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as exc:
        raise BadLoad(f"{path}: {exc}") from exc
    refuse_unknown(str(path), document, ("rates_per_s", "stage", "baskets"))
    rates = document.get("rates_per_s")
    stages = document.get("stage")
    if not isinstance(rates, dict) or not rates:
        raise BadLoad(f"{path}: [rates_per_s] is missing")
    if not isinstance(stages, list) or not stages:
        raise BadLoad(f"{path}: at least one [[stage]] is needed")
    refuse_unknown(f"{path}: [rates_per_s]", rates, journeys)
    return Profile(
        {
            name: _number(f"{path}: rates_per_s.{name}", rate, HIGHEST_RATE_PER_S)
            for name, rate in rates.items()
        },
        tuple(_stage(f"{path}: stage {n}", stage) for n, stage in enumerate(stages, start=1)),
        _baskets(f"{path}: [baskets]", document.get("baskets", {})),
    )


def _baskets(where: str, given: Any) -> Baskets:
    if not isinstance(given, dict):
        raise BadLoad(f"{where}: a table is expected")
    refuse_unknown(where, given, ("lines", "products"))
    lines = given.get("lines", list(Baskets.lines))
    products = given.get("products", [])
    if not lines or not isinstance(lines, list) or not all(type(n) is int and n > 0 for n in lines):
        raise BadLoad(f"{where}: lines: whole numbers above 0 are expected")
    if not isinstance(products, list) or not all(isinstance(sku, str) for sku in products):
        raise BadLoad(f"{where}: products: a list of SKUs is expected")
    if products and len(products) < max(lines):
        raise BadLoad(f"{where}: {max(lines)} lines of {len(products)} products")
    return Baskets(tuple(lines), tuple(products))


def _stage(where: str, given: Any) -> Stage:
    if not isinstance(given, dict):
        raise BadLoad(f"{where}: a table is expected")
    refuse_unknown(where, given, ("duration_s", "multiplier"))
    duration = given.get("duration_s")
    return Stage(
        _number(f"{where}: multiplier", given.get("multiplier"), HIGHEST_MULTIPLIER),
        None if duration is None else _number(f"{where}: duration_s", duration, 86_400),
    )


def _number(where: str, value: Any, highest: float) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise BadLoad(f"{where}: a number is expected")
    if not 0 < value <= highest:
        raise BadLoad(f"{where}: {value} is not above 0 and at most {highest:g}")
    return float(value)
