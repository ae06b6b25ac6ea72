"""What the hub's API takes and answers about events."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from harness.api.answers.shapes import Answer, OpenAnswer
from harness.events.event_file import (
    COUNTS,
    PEOPLE_DEFAULT,
    PEOPLE_MAX,
    RUNNERS,
    SEED_MAX,
    TEAMS_MAX,
    EventPlan,
)
from harness.exercise.entries import Entry, Name, Text
from harness.hub.hub_answers import NewInviteAnswer
from harness.hub.process_runner import Phase
from harness.hub.tables import HubRole


class EventOrder(Entry):
    """An event as `event.toml` has it: `scenarios` are those of which one is drawn."""

    title: Name
    teams: Annotated[list[Name], Field(min_length=1, max_length=TEAMS_MAX)]
    scenarios: Annotated[list[Name], Field(min_length=1, max_length=100)]
    people: Annotated[int, Field(ge=1, le=PEOPLE_MAX)] = PEOPLE_DEFAULT
    instructors: Annotated[list[Name], Field(max_length=100)] = Field(default_factory=list)
    seed: Annotated[int, Field(ge=0, le=SEED_MAX)] | None = None
    agenda: Name | None = None
    speed: float = 1.0
    starts_ms: Annotated[int, Field(ge=0, le=SEED_MAX)] | None = None
    runner: Name = RUNNERS[0]
    counts: Annotated[list[Name], Field(min_length=1, max_length=len(COUNTS))] = Field(
        default_factory=lambda: list(COUNTS)
    )

    def plan(self) -> EventPlan:
        """The same, as the hub has it."""
        return EventPlan(
            title=self.title.strip(),
            teams=tuple(one.strip() for one in self.teams),
            scenarios=tuple(self.scenarios),
            people=self.people,
            instructors=tuple(self.instructors),
            seed=self.seed,
            agenda=self.agenda,
            speed=self.speed,
            starts_ms=self.starts_ms,
            runner=self.runner,
            counts=tuple(self.counts),
        )


class EventMessage(Entry):
    """To every team, or to one by its name."""

    text: Annotated[Text, Field(min_length=1)]
    team: Annotated[str, Field(max_length=64)] = ""


class Restarting(Entry):
    team: Name


class EventState(StrEnum):
    """How far an event is."""

    READY = "ready"
    RUNNING = "running"
    OVER = "over"


class EventFigures(Answer):
    """What an event takes, and what this machine has. `room` is how many drills more it holds."""

    teams: int
    cores_needed: float
    mib_needed: int
    cores: int
    free_mib: int
    running: int
    room: int


class EventTeamAnswer(Answer):
    """A team's drill as everybody in the event may see it; `phase` is null before the start."""

    team: str
    team_id: str
    run_id: str | None
    phase: Phase | None


class EventAnswer(Answer):
    """`scenario` and `seed` are the instructors' alone, and null for everybody else."""

    id: str
    title: str
    state: EventState
    role: HubRole
    teams: list[EventTeamAnswer]
    scenario: str | None
    agenda: str | None
    seed: int | None
    speed: float
    runner: str
    counts: list[str]
    starts_ms: int | None
    created_ms: int
    started_ms: int | None
    ended_ms: int | None
    problem: str | None


class TeamInviteAnswer(NewInviteAnswer):
    """The invite of one team, told this once."""


class EventUp(Answer):
    event: EventAnswer
    invites: list[TeamInviteAnswer]


class DoneForTeam(Answer):
    """`problem` is empty where it was done."""

    team: str
    problem: str


class DoneForTeams(Answer):
    event: EventAnswer
    teams: list[DoneForTeam]


class BeliefAnswer(Answer):
    """The most probable cause, as a team sees it."""

    text: str
    percent: int
    at_ms: int


class TeamNowAnswer(Answer):
    """Where a team stands by its drill's record; see `TeamNow`."""

    phase: str
    pages: int
    paged_ms: int | None
    acknowledged_ms: int | None
    belief: BeliefAnswer | None
    last_act: str
    acted_ms: int | None
    users_affected: int | None
    revenue_lost: float | None
    verified: bool | None
    updated_ms: int | None
    silence_s: float | None


class BoardRow(Answer):
    """A team; `drill` is null before the start, `now` before its drill has written anything."""

    team: str
    run_id: str | None
    drill: Phase | None
    outcome: str | None
    now: TeamNowAnswer | None
    problem: str


class Board(Answer):
    """All teams of an event, and the hub's own time, in milliseconds since 1970."""

    event: EventAnswer
    at_ms: int
    teams: list[BoardRow]


class StandingAnswer(Answer):
    """A team's place; equals share one. All but rank and team is null before its drill began."""

    rank: int
    team: str
    phase: str | None
    verified: bool | None
    points: int | None
    points_max: int | None
    blots: int | None
    recovery_s: float | None


class Standings(Answer):
    """Who is ahead, by what `counts`, in that order; nothing in it is secret."""

    title: str
    state: EventState
    counts: list[str]
    teams: list[StandingAnswer]


class EventReport(OpenAnswer):
    """What came of an event, in the form that `format` names; see docs/events.md."""

    format: str
