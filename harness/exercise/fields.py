"""Checks of single fields that people fill in. All raise UsageError that says what is expected.

Free text is trimmed; what must be said may not be blank.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable

from harness.errors import UnknownName, UsageError

TEXT_MAX = 10_000
"""Characters of one free text."""
ITEMS_MAX = 50
NAME_MAX = 64


def text(name: str, value: str, *, required: bool = True, length_max: int = TEXT_MAX) -> str:
    """One free text, trimmed."""
    value = value.strip()
    if required and not value:
        raise UsageError(f"'{name}' is missing", f"say in a sentence what {name} is")
    if len(value) > length_max:
        raise UsageError(f"'{name}' has {len(value)} characters, {length_max} are the most")
    return value


def texts(name: str, values: Iterable[str], *, required: bool = True) -> tuple[str, ...]:
    """Several free texts; blank ones are left out."""
    kept = tuple(text(name, value) for value in values if value.strip())
    if required and not kept:
        raise UsageError(f"'{name}' is empty", f"give at least one item of {name}")
    if len(kept) > ITEMS_MAX:
        raise UsageError(f"'{name}' has {len(kept)} items, {ITEMS_MAX} are the most")
    return kept


def percent(name: str, value: int | None) -> int:
    """A percentage; None is a missing one."""
    if value is None:
        raise UsageError(
            f"'{name}' is missing", "how sure are you? give a whole number from 0 to 100"
        )
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= 100:
        raise UsageError(f"'{name}' is a whole number from 0 to 100, not {value}")
    return value


def one_of(kind: str, value: str, known: Collection[str]) -> str:
    """A name out of a fixed set."""
    if value not in known:
        raise UnknownName(kind, value, known)
    return value


def number(name: str, value: float, *, at_most: float, or_zero: bool = False) -> float:
    """A finite number above 0, or 0 where that means something."""
    if not math.isfinite(value) or not 0 <= value <= at_most or (value == 0 and not or_zero):
        least = "of at least 0" if or_zero else "above 0"
        raise UsageError(f"'{name}' is a number {least}, at most {at_most:g}, not {value}")
    return float(value)
