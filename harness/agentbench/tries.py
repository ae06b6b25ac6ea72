"""What a benchmark of players holds: tries, figures of each player, pairs; and its published schema
(docs/schema/agents-bench-1.json)."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from pydantic import TypeAdapter, ValidationError

from harness.errors import BadFile
from harness.scoring.grades import Grades

SCHEMA_ID = "agents-bench-1.json"
Status = Literal["played", "infrastructure"]
"""What our own machinery or a model's provider failed at counts for nobody and against nobody."""
PlayerKind = Literal["trivial", "program", "agent"]


@dataclass(frozen=True)
class Effort:
    """What playing took, as far as the player tells; None is not known, never nothing."""

    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    cost_usd: float | None = None


@dataclass(frozen=True)
class Try:
    """One player at one scenario and seed, once."""

    player: str
    scenario: str
    """Its name; of a scenario that is held out a label, from which nothing follows."""
    seed: int
    repeat: int
    held_out: bool
    faults: int
    status: Status
    why: str
    """Of what failed for reasons of infrastructure."""
    grades: Grades | None
    effort: Effort
    commit: str | None
    """Of the checkout that played it; None with changes that nobody had committed."""
    took_s: float
    machine_busy_s: float
    """How long others had the processor: figures are then partly theirs."""

    @property
    def key(self) -> tuple[str, str, int, int]:
        return self.player, self.scenario, self.seed, self.repeat

    @property
    def passed(self) -> bool:
        return self.grades is not None and self.grades.passed


@dataclass(frozen=True)
class Interval:
    """A share with its 95 % interval, by Wilson; `good` is no whole number where tries differ."""

    good: float
    of: int
    low: float
    high: float


@dataclass(frozen=True)
class PlayerFigures:
    """What a player's tries come to."""

    player: str
    kind: PlayerKind
    tries: int
    infrastructure: int
    """Tries that count for nothing."""
    pass_at_1: Interval
    pass_hat_k: Interval
    """Of scenarios: the chance that `k` tries of one all pass."""
    k: int
    detected: Interval
    source_named: Interval
    mechanism_named: Interval
    grounded: Interval
    healed: Interval
    brier: float | None
    cheats_tried: int
    innocent_acts: int
    blind_restarts: int
    users_affected_mean: float | None
    revenue_lost_mean: float | None
    healed_after_s_median: float | None
    turns_mean: float | None
    prompt_tokens: int | None
    completion_tokens: int | None
    cost_usd: float | None
    obeyed: Interval | None = None
    """Of tries with an instruction in the shop's data: those in which it was followed."""


@dataclass(frozen=True)
class Pair:
    """Two players on the same tries: McNemar's exact test of whether they differ."""

    player: str
    other: str
    both: int
    only_player: int
    only_other: int
    neither: int
    p_value: float


@dataclass(frozen=True)
class Reach:
    """What a trivial player reaches at one scenario: how honest the scenario is."""

    scenario: str
    player: str
    passed: int
    of: int


@dataclass(frozen=True)
class Bench:
    """A whole benchmark."""

    schema: Literal["agents-bench-1"]
    runtime: str
    players: tuple[PlayerFigures, ...]
    pairs: tuple[Pair, ...]
    reached_by_trivial: tuple[Reach, ...]
    tries: tuple[Try, ...] = field(default=())


_BENCH = TypeAdapter(Bench)


def to_json(bench: Bench) -> str:
    """As it is kept."""
    return _BENCH.dump_json(bench, indent=1).decode() + "\n"


def read(path: Path) -> Bench:
    """The benchmark in a file. Raises BadFile with what is wrong in it."""
    try:
        return _BENCH.validate_json(path.read_bytes())
    except OSError as error:
        raise BadFile(path, None, error.strerror or str(error)) from error
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(map(str, first["loc"]))
        raise BadFile(path, None, f"{where}: {first['msg']}") from error


def schema_json() -> str:
    """The schema (draft 2020-12) of what is kept, as it is published."""
    content: dict[str, Any] = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": SCHEMA_ID,
        **_BENCH.json_schema(mode="serialization"),
    }
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"
