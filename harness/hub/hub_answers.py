"""What the hub's own API takes and answers."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from harness.api.answers import instructor_answers
from harness.api.answers.shapes import Answer
from harness.exercise.entries import Entry, Name
from harness.hub.process_runner import Phase
from harness.hub.tables import HubRole

SEED_MAX = 2**53 - 1
"""Every reader of JSON has it exactly."""
Code = Annotated[str, Field(min_length=1, max_length=200)]


class Joining(Entry):
    """An invite is used; its own name is taken where none is given."""

    code: Code
    name: Annotated[str, Field(max_length=64)] = ""


class NewTeam(Entry):
    name: Name


class Inviting(Entry):
    """For one person by name, or for as many as `uses` says, or until `minutes` are over."""

    role: HubRole = HubRole.PARTICIPANT
    person: Name | None = None
    uses: int | None = 1
    minutes: int | None = None


class Starting(Entry):
    scenario: Name
    agenda: Name | None = None
    seed: Annotated[int, Field(ge=0, le=SEED_MAX)] | None = None
    speed: float = 1.0


class Seating(Entry):
    person: Name
    role: HubRole


class SignedInAnswer(Answer):
    person_id: str
    name: str
    token: str
    team: str
    role: HubRole


class TeamAnswer(Answer):
    id: str
    name: str
    role: HubRole | None


class Me(Answer):
    id: str
    name: str
    is_manager: bool
    teams: list[TeamAnswer]


class PersonAnswer(Answer):
    id: str
    name: str
    is_manager: bool
    is_revoked: bool
    teams: dict[str, HubRole]


class InviteAnswer(Answer):
    id: str
    team: str
    role: HubRole
    person_name: str | None
    uses_left: int | None
    expires_ms: int | None
    is_revoked: bool


class NewInviteAnswer(Answer):
    id: str
    code: str
    link: str
    team: str
    role: HubRole
    person_name: str | None
    uses_left: int | None
    expires_ms: int | None


class RunAnswer(Answer):
    """A run as one person may see it: `scenario` and `seed`, which say what was drawn, are the
    instructors' alone, and null for everybody else."""

    id: str
    team: str
    team_id: str
    phase: Phase
    role: HubRole
    started_by: str
    created_ms: int
    ended_ms: int | None
    drill_id: str | None
    outcome: str | None
    has_failed: bool
    scenario: str | None
    agenda: str | None
    seed: int | None
    speed: float


class Catalogue(instructor_answers.Pickable):
    """What a team can have next. `had` is how often it has had a scenario, as far as the answer was
    told: nothing of what is drawn, or is still sealed."""

    had: dict[str, int]


class Done(Answer):
    status: str
