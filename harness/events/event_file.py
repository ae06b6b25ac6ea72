"""Reading `event.toml`, strictly, with the line of what is wrong.

```toml
title = "Thursday's game day"
teams = ["red", "blue"]       # each by one name; a team that is new is made
scenario = "deadlock"         # or a list, of which one is drawn for all teams, or "random"
people = 5                    # optional: how many come in by each team's invite (8)
instructors = ["lea"]         # optional: people of the hub who lead every team of the event
seed = 7                      # optional: else one is drawn, the same for all teams
agenda = "workshop-60"        # optional: else the scenario's
speed = 1.0                   # optional: of the agenda's clock
starts_at = 2026-12-03T19:00:00+01:00   # optional: the hub starts it then by itself
runner = "process"            # optional: the drills are processes of the hub's machine
counts = ["score", "conduct", "speed"]  # optional: what the projector's board ranks by, in order
```
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field

from harness.catalog.files import Source, StrictFile, Text
from harness.record.team_clock import SPEED_MAX

RANDOM = "random"
"""Any scenario in which something is wrong."""
RUNNERS = ("process",)
COUNTS = ("score", "conduct", "speed")
"""What teams can be ranked by; in this order unless the event says otherwise."""
TEAMS_MAX = 100
PEOPLE_DEFAULT, PEOPLE_MAX = 8, 1000
SEED_MAX = 2**53 - 1

Word = Annotated[str, Field(min_length=1, max_length=64)]


class EventFile(StrictFile):
    """event.toml."""

    title: Word
    teams: Annotated[list[Word], Field(min_length=1, max_length=TEAMS_MAX)]
    scenario: Text | Annotated[list[Text], Field(min_length=1)]
    people: Annotated[int, Field(ge=1, le=PEOPLE_MAX)] = PEOPLE_DEFAULT
    instructors: list[Word] = Field(default_factory=list)
    seed: Annotated[int, Field(ge=0, le=SEED_MAX)] | None = None
    agenda: Text | None = None
    speed: Annotated[float, Field(gt=0, le=SPEED_MAX)] = 1.0
    starts_at: datetime | None = None
    runner: Text = RUNNERS[0]
    counts: Annotated[list[Text], Field(min_length=1)] = Field(default_factory=lambda: list(COUNTS))


@dataclass(frozen=True)
class EventPlan:
    """An event as it is ordered of a hub."""

    title: str
    teams: tuple[str, ...]
    scenarios: tuple[str, ...]
    """One of them is drawn for all teams."""
    people: int = PEOPLE_DEFAULT
    instructors: tuple[str, ...] = ()
    seed: int | None = None
    agenda: str | None = None
    speed: float = 1.0
    starts_ms: int | None = None
    runner: str = RUNNERS[0]
    counts: tuple[str, ...] = COUNTS

    def to_json(self) -> dict[str, Any]:
        """Plain JSON data."""
        return {
            name: list(value) if isinstance(value, tuple) else value
            for name, value in asdict(self).items()
        }


def read_event(
    path: Path,
    *,
    scenarios: Collection[str],
    agendas: Collection[str],
    now: datetime | None = None,
) -> EventPlan:
    """The event in a file, whose names are held against those that the hub has.

    Raises BadFile with the line.
    """
    source = Source(path)
    read = source.parse(EventFile)
    for index, team in enumerate(read.teams):
        _check_team(source, read.teams, index, team)
    asked = [read.scenario] if isinstance(read.scenario, str) else read.scenario
    for index, name in enumerate(asked):
        where = ("scenario",) if isinstance(read.scenario, str) else ("scenario", index)
        source.check_name(where, "scenario", name, [*scenarios, RANDOM])
    if RANDOM in asked and len(asked) > 1:
        raise source.bad(("scenario",), f"'{RANDOM}' is every scenario already: let it stand alone")
    if read.agenda is not None:
        source.check_name(("agenda",), "agenda", read.agenda, agendas)
    source.check_name(("runner",), "runner", read.runner, RUNNERS)
    source.check_names("counts", "ranking", read.counts, list(COUNTS))
    return EventPlan(
        title=read.title.strip(),
        teams=tuple(one.strip() for one in read.teams),
        scenarios=tuple(asked),
        people=read.people,
        instructors=tuple(read.instructors),
        seed=read.seed,
        agenda=read.agenda,
        speed=read.speed,
        starts_ms=_starts_ms(source, read.starts_at, now or datetime.now(UTC)),
        runner=read.runner,
        counts=tuple(read.counts),
    )


def _check_team(source: Source, teams: list[str], index: int, team: str) -> None:
    name = team.strip()
    if not name or not name.isprintable():
        raise source.bad(("teams", index), "a team's name is printable characters")
    if name in {one.strip() for one in teams[:index]}:
        raise source.bad(("teams", index), f"there are two teams '{name}'", "name each once")


def _starts_ms(source: Source, at: datetime | None, now: datetime) -> int | None:
    if at is None:
        return None
    example = "for example 2026-12-03T19:00:00+01:00"
    if at.tzinfo is None:
        raise source.bad(("starts_at",), "'starts_at' does not say which time zone", example)
    if at <= now:
        raise source.bad(("starts_at",), f"'starts_at' is over: {at.isoformat()}", example)
    return int(at.timestamp() * 1000)
