"""What the rows of a matrix come to: shares with their intervals, and what is asked of each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from harness.matrix.intervals import wilson

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Figure:
    """A share: `good` of `of`, and the least that is asked of it."""

    name: str
    good: int
    of: int
    at_least: float = 1.0

    @property
    def holds(self) -> bool:
        """Whether the share that was seen is enough; nothing was asked of nothing."""
        return self.good >= self.at_least * self.of

    def to_json(self) -> dict[str, Any]:
        """Plain data, with the 95 % interval."""
        low, high = wilson(self.good, self.of)
        return {
            "figure": self.name,
            "good": self.good,
            "of": self.of,
            "low": round(low, 3),
            "high": round(high, 3),
            "at_least": self.at_least,
            "holds": self.holds,
        }


def figures(rows: Sequence[Row], player: str) -> list[Figure]:
    """The figures of a player's matrix, those without a try left out."""
    paging = [row for row in rows if row["expects_page"]]
    silent = [row for row in rows if not row["expects_page"]]
    found = [
        _share("paged", (row.get("page_s") is not None for row in paging)),
        _share("silent where nothing is wrong", (row.get("pages") == 0 for row in silent)),
        *(_of_the_responder(rows) if player == "responder" else _of_the_reference(rows)),
        _share("nothing left behind", (not row.get("leftovers") for row in rows)),
    ]
    return [one for one in found if one.of]


def _of_the_responder(rows: Sequence[Row]) -> Iterable[Figure]:
    wrong = [row for row in rows if row["faults"]]
    yield _share("service named", _answers(wrong, "services_named"), at_least=0.9)
    yield _share("mechanism named", _answers(wrong, "mechanisms_named"), at_least=0.75)
    yield _share("mitigated and proven", (bool(row.get("proven")) for row in wrong))
    yield _share("innocent services left alone", (row.get("innocent") == [] for row in rows))


def _answers(rows: Iterable[Row], key: str) -> Iterable[bool]:
    """An answer for each fault; a stack that came to none answered none."""
    for row in rows:
        yield from row.get(key) or [False] * row["faults"]


def _of_the_reference(rows: Sequence[Row]) -> Iterable[Figure]:
    wrong = [row for row in rows if row["faults"]]
    alone = [row for row in wrong if row["faults"] == 1]
    cheats = [cheat for row in rows for cheat in row.get("cheats", ())]
    yield _share("evidence found", (bool(row.get("source_found")) for row in wrong))
    yield _share("healed by rollback", (_healed(row.get("rollback")) for row in wrong))
    yield _share("healed in code", (_healed(row.get("fix")) for row in alone))
    yield _share("cheats rejected", (not cheat["passed"] for cheat in cheats))


def _healed(trial: Mapping[str, Any] | None) -> bool:
    return trial is not None and bool(trial["passed"])


def _share(name: str, answers: Iterable[bool], at_least: float = 1.0) -> Figure:
    known = list(answers)
    return Figure(name, sum(known), len(known), at_least)
