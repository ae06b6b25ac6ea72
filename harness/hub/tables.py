"""What a hub keeps: people, their tokens, teams, invites, the runs of drills, and events.

Moments are milliseconds since 1970 in UTC, which every database compares alike. Of a token and of
an invite only the digest is kept.
"""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import BigInteger, ForeignKey, MetaData, String, Text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

NAMES_OF_CONSTRAINTS = {
    "pk": "pk_%(table_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
}


class HubRole(StrEnum):
    """What a person is in a team, and so in its drills."""

    INSTRUCTOR = "instructor"
    PARTICIPANT = "participant"
    OBSERVER = "observer"


class Base(DeclarativeBase):
    """The tables of a hub."""

    metadata = MetaData(naming_convention=NAMES_OF_CONSTRAINTS)
    type_annotation_map = {int: BigInteger, str: String(200)}  # noqa: RUF012  SQLAlchemy's own form


class Person(Base):
    """Somebody whom the hub knows by one name."""

    __tablename__ = "people"

    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    is_manager: Mapped[bool] = mapped_column(default=False)
    """Whether they look after the hub itself: people, teams and every drill."""
    created_ms: Mapped[int]
    revoked_ms: Mapped[int | None]


class Token(Base):
    """What a person shows with each request."""

    __tablename__ = "tokens"

    digest: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"), index=True)
    created_ms: Mapped[int]
    revoked_ms: Mapped[int | None]


class Team(Base):
    """People who have their drills together, and whose drills make one history."""

    __tablename__ = "teams"

    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    created_ms: Mapped[int]


class Member(Base):
    """A person's role in a team."""

    __tablename__ = "members"

    team_id: Mapped[str] = mapped_column(ForeignKey("teams.id"), primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"), primary_key=True)
    role: Mapped[HubRole] = mapped_column(String(20))


class Invite(Base):
    """A way into a team, for one person by name or for whoever has the code."""

    __tablename__ = "invites"

    id: Mapped[str] = mapped_column(primary_key=True)
    digest: Mapped[str] = mapped_column(unique=True)
    team_id: Mapped[str] = mapped_column(ForeignKey("teams.id"))
    role: Mapped[HubRole] = mapped_column(String(20))
    person_name: Mapped[str | None]
    uses_left: Mapped[int | None]
    """None: as often as wanted, until `expires_ms`."""
    expires_ms: Mapped[int | None]
    created_by: Mapped[str] = mapped_column(ForeignKey("people.id"))
    created_ms: Mapped[int]
    revoked_ms: Mapped[int | None]


class Run(Base):
    """One drill of a team that this hub started."""

    __tablename__ = "runs"

    id: Mapped[str] = mapped_column(primary_key=True)
    team_id: Mapped[str] = mapped_column(ForeignKey("teams.id"), index=True)
    scenario: Mapped[str]
    agenda: Mapped[str | None]
    seed: Mapped[int | None]
    speed: Mapped[float]
    port_offset: Mapped[int]
    started_by: Mapped[str] = mapped_column(ForeignKey("people.id"))
    created_ms: Mapped[int]
    drill_id: Mapped[str | None]
    ended_ms: Mapped[int | None]
    outcome: Mapped[str | None]
    """How it ended; None while it goes on."""
    has_failed: Mapped[bool] = mapped_column(default=False)


class Seat(Base):
    """A person's role in one drill, where it is another than in the team."""

    __tablename__ = "seats"

    run_id: Mapped[str] = mapped_column(ForeignKey("runs.id"), primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"), primary_key=True)
    role: Mapped[HubRole] = mapped_column(String(20))


class Event(Base):
    """Several teams with one drill, begun together."""

    __tablename__ = "events"

    id: Mapped[str] = mapped_column(primary_key=True)
    title: Mapped[str]
    asked: Mapped[str] = mapped_column(Text)
    """The scenarios of which one was drawn, with a comma between them."""
    scenario: Mapped[str]
    agenda: Mapped[str | None]
    seed: Mapped[int]
    speed: Mapped[float]
    runner: Mapped[str]
    counts: Mapped[str]
    """What teams are ranked by, in order, with a comma between them."""
    starts_ms: Mapped[int | None]
    """When the hub starts it by itself; None: when somebody says so."""
    created_by: Mapped[str] = mapped_column(ForeignKey("people.id"))
    created_ms: Mapped[int]
    started_ms: Mapped[int | None]
    ended_ms: Mapped[int | None]
    problem: Mapped[str | None] = mapped_column(Text)
    """Why it did not start at its time."""


class EventTeam(Base):
    """A team's part in an event: its drill, once that was started, and its people's invite."""

    __tablename__ = "event_teams"

    event_id: Mapped[str] = mapped_column(ForeignKey("events.id"), primary_key=True)
    team_id: Mapped[str] = mapped_column(ForeignKey("teams.id"), primary_key=True)
    place: Mapped[int]
    """In the order of the file."""
    run_id: Mapped[str | None] = mapped_column(ForeignKey("runs.id"))
    invite_id: Mapped[str | None] = mapped_column(ForeignKey("invites.id"))
