"""Which rows of the matrix first, where there is not time for all: what has changed since it held.

`held.json` beside a matrix remembers of each scenario the commit at which it last held, and how
long it took. A row that failed, or held on changes that nobody had committed, holds nowhere.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from harness.catalog.reader import Catalog
from harness.errors import UsageError

UNITS_S = {"": 1.0, "s": 1.0, "m": 60.0, "h": 3600.0}
BUDGET_S_MIN = 60.0
"""No row is through in less."""
TOOK_S = 90.0
"""What a row takes that has never been run here, by guess."""
EVERYONES = ("services/", "harness/", "loadgen/", "compose/prometheus/", "requirements.lock")
"""What every scenario depends on."""


@dataclass(frozen=True)
class Held:
    """When a row last held, and how long it took; `commit` None: it does not hold."""

    commit: str | None
    took_s: float


@dataclass(frozen=True)
class Scheduled:
    """A scenario in its place in the queue."""

    scenario: str
    rank: int
    why: str
    took_s: float = TOOK_S


def budget_s(text: str) -> float:
    """`15m`, `900s`, `900` or `1h` in seconds. Raises UsageError."""
    match = re.fullmatch(r"(\d+(?:\.\d+)?)([smh]?)", text.strip())
    seconds = float(match[1]) * UNITS_S[match[2]] if match else 0.0
    if seconds < BUDGET_S_MIN:
        raise UsageError(
            f"'{text}' is not a time limit", f"give {BUDGET_S_MIN:g} s or more, such as 15m"
        )
    return seconds


def read_held(path: Path) -> dict[str, Held]:
    """What is remembered; nothing where there is no file, or none that can be read."""
    try:
        return {
            name: Held(**one) for name, one in json.loads(path.read_text(encoding="utf-8")).items()
        }
    except (OSError, ValueError, TypeError, AttributeError):
        return {}


def write_held(path: Path, held: Mapping[str, Held]) -> None:
    path.write_text(
        json.dumps({name: asdict(one) for name, one in held.items()}, indent=2), encoding="utf-8"
    )


def shuffled(names: Iterable[str], commit: str | None) -> list[str]:
    """The names in an order drawn by the commit: where nothing is remembered from run to run, as in
    a fresh checkout, what one commit's run has no time for comes first at another's."""
    order = list(names)
    random.Random(commit or "").shuffle(order)  # noqa: S311  no secret
    return order


def in_order(
    catalog: Catalog,
    names: Iterable[str],
    held: Mapping[str, Held],
    changed_since: Callable[[str], frozenset[str] | None],
) -> list[Scheduled]:
    """The scenarios, most pressing first: not known to hold, changed themselves, something changed
    that all depend on, unchanged. Among equals the quick ones first, so that more are run; then as
    `names` has them."""
    scheduled = [_scheduled(catalog, name, held.get(name), changed_since) for name in names]
    return sorted(scheduled, key=lambda one: (one.rank, one.took_s))


def _scheduled(
    catalog: Catalog,
    name: str,
    held: Held | None,
    changed_since: Callable[[str], frozenset[str] | None],
) -> Scheduled:
    if held is None:
        return Scheduled(name, 0, "never run here")
    changed = None if held.commit is None else changed_since(held.commit)
    if held.commit is None or changed is None:
        return Scheduled(name, 0, "not known to hold at any commit", held.took_s)
    since = f"since it held at {held.commit[:9]}"
    for rank, prefixes in enumerate((_own(catalog, name), EVERYONES), 1):
        touched = sorted(path for path in changed if path.startswith(prefixes))
        if touched:
            more = f" and {len(touched) - 1} more" if len(touched) > 1 else ""
            return Scheduled(name, rank, f"{touched[0]}{more} changed {since}", held.took_s)
    return Scheduled(name, 3, f"nothing that it depends on has changed {since}", held.took_s)


def _own(catalog: Catalog, name: str) -> tuple[str, ...]:
    """What belongs to this scenario more than to others."""
    scenario = catalog.scenario(name)
    return (
        f"faults/scenarios/{name}.toml",
        *(f"faults/decoys/{decoy}/" for decoy in scenario.decoys),
        *(f"faults/{fault}/" for fault in scenario.faults),
        *(f"services/{catalog.fault(fault).service}/" for fault in scenario.faults),
    )
