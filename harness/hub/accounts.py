"""People, their tokens, teams and invites.

Everything here blocks on the database. Who may call what is decided before.
"""

from __future__ import annotations

import hashlib
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session as Transaction

from harness.errors import DrillError, NotAllowed, UnknownName, UsageError
from harness.exercise.fields import NAME_MAX, text
from harness.hub.hub_database import HubDatabase
from harness.hub.tables import EventTeam, HubRole, Invite, Member, Person, Run, Seat, Team, Token

SECRET_BYTES = 32
ID_BYTES = 4
USES_MAX = 1000
MINUTES_MAX = 60 * 24 * 365
OWNER = "owner"
"""What the person is called who started the hub."""


@dataclass(frozen=True)
class Known:
    """Who is asking, and what they are where they ask."""

    id: str
    name: str
    is_manager: bool
    role: HubRole | None
    """In the team, or the run, that the request is about."""


@dataclass(frozen=True)
class NewInvite:
    """An invite as its maker sees it, once; the hub keeps no code."""

    id: str
    code: str
    team: str
    role: HubRole
    person_name: str | None
    uses_left: int | None
    expires_ms: int | None


@dataclass(frozen=True)
class SignedIn:
    """A token as its person gets it, once."""

    person_id: str
    name: str
    token: str
    team: str
    role: HubRole


def now_ms() -> int:
    """The wall's clock."""
    return int(time.time() * 1000)


def new_id(kind: str) -> str:
    """An id that says nothing but what it is of."""
    return f"{kind}-{secrets.token_hex(ID_BYTES)}"


def digest_of(secret: str) -> str:
    """What is kept of a token or a code: with 256 random bits, nothing slower is needed."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def checked_name(kind: str, value: str) -> str:
    """A name as the hub keeps it. Raises UsageError."""
    if not value.isprintable():
        raise UsageError("a name is printable characters")
    return text(kind, value, length_max=NAME_MAX)


class Accounts:
    """What the hub knows of people. `clock` gives milliseconds since 1970."""

    def __init__(self, database: HubDatabase, clock: Callable[[], int] = now_ms) -> None:
        self._database, self._clock = database, clock

    def owner_token(self) -> str:
        """A new token of the person who started the hub; those before it are revoked."""
        with self._database.transaction() as db:
            owner = db.scalar(select(Person).where(Person.name == OWNER))
            if owner is None:
                owner = self._person(db, OWNER)
                owner.is_manager = True
            self._revoke_tokens(db, owner.id)
            return self._token(db, owner.id)

    def known_by_token(self, token: str, **where: str) -> Known | None:
        """Whose token this is, and what they are `where` they ask (`run`, `team` or `event`); None
        for one that is forged or revoked."""
        with self._database.transaction() as db:
            person = db.scalar(
                select(Person)
                .join(Token, Token.person_id == Person.id)
                .where(Token.digest == digest_of(token))
                .where(Token.revoked_ms.is_(None), Person.revoked_ms.is_(None))
            )
            return None if person is None else self._known(db, person, **where)

    def known_by_name(self, name: str, **where: str) -> Known | None:
        """Somebody whom a trusted proxy signed in; who is new is known from now on, with no role.

        None for who was revoked, and for what is no name.
        """
        try:
            name = checked_name("name", name)
        except UsageError:
            return None
        with self._database.transaction() as db:
            person = db.scalar(select(Person).where(Person.name == name)) or self._person(db, name)
            return None if person.revoked_ms else self._known(db, person, **where)

    def _known(
        self, db: Transaction, person: Person, *, run: str = "", team: str = "", event: str = ""
    ) -> Known:
        if event:
            role = self._role_in_event(db, person, event)
        else:
            role = self._role(db, person, run, team)
        return Known(person.id, person.name, person.is_manager, role)

    def role_in_event(self, known: Known, event: str) -> HubRole | None:
        """What somebody is in an event; None where they are nothing there."""
        with self._database.transaction() as db:
            return self._role_in_event(db, db.get_one(Person, known.id), event)

    def _role_in_event(self, db: Transaction, person: Person, event: str) -> HubRole | None:
        """What a person is in an event: who leads all of its teams leads it; who is in one of them
        is there. None also where there is no such event."""
        teams = db.scalars(select(EventTeam.team_id).where(EventTeam.event_id == event)).all()
        roles = [self._role(db, person, "", team) for team in teams]
        if roles and all(one is HubRole.INSTRUCTOR for one in roles):
            return HubRole.INSTRUCTOR
        if HubRole.INSTRUCTOR in roles or HubRole.PARTICIPANT in roles:
            return HubRole.PARTICIPANT
        return HubRole.OBSERVER if HubRole.OBSERVER in roles else None

    def _role(self, db: Transaction, person: Person, run: str, team: str) -> HubRole | None:
        """What a person is in a run or a team: by their seat there, else as a member, else as one
        who looks after the hub. None also where there is no such run or team."""
        if run:
            found = db.get(Run, run)
            if found is None:
                return None
            if seat := db.get(Seat, (run, person.id)):
                return HubRole(seat.role)
            team = found.team_id
        if not team or db.get(Team, team) is None:
            return None
        if member := db.get(Member, (team, person.id)):
            return HubRole(member.role)
        return HubRole.INSTRUCTOR if person.is_manager else None

    def make_team(self, name: str) -> Team:
        """A new team. Raises UsageError where the name is taken."""
        name = checked_name("team", name)
        with self._database.transaction() as db:
            if db.scalar(select(Team).where(Team.name == name)):
                raise UsageError(f"there is a team '{name}' already", "choose another name")
            team = Team(id=new_id("t"), name=name, created_ms=self._clock())
            db.add(team)
            return team

    def team_named(self, name: str) -> Team:
        """The team of that name or id. Raises UnknownName."""
        with self._database.transaction() as db:
            found = db.scalar(select(Team).where(or_(Team.name == name, Team.id == name)))
            if found is None:
                raise UnknownName("team", name, db.scalars(select(Team.name)))
            return found

    def person_named(self, name: str) -> Person:
        """The person of that name or id. Raises UnknownName."""
        with self._database.transaction() as db:
            return self._person_named(db, name)

    def enrol(self, team_id: str, person_id: str, role: HubRole) -> None:
        """Give somebody whom the hub knows a role in a team."""
        with self._database.transaction() as db:
            member = db.get(Member, (team_id, person_id))
            if member is None:
                db.add(Member(team_id=team_id, person_id=person_id, role=role))
            else:
                member.role = role

    def teams_of(self, known: Known) -> list[tuple[Team, HubRole | None]]:
        """The teams that somebody belongs to, with their role; all of them for a manager."""
        with self._database.transaction() as db:
            rows = db.execute(
                select(Team, Member.role)
                .outerjoin(Member, (Member.team_id == Team.id) & (Member.person_id == known.id))
                .order_by(Team.name)
            )
            return [
                (team, HubRole(role) if role else None)
                for team, role in rows
                if role or known.is_manager
            ]

    def people(self) -> list[tuple[Person, dict[str, HubRole]]]:
        """Everybody, with their role in each team by its name."""
        with self._database.transaction() as db:
            teams = {team.id: team.name for team in db.scalars(select(Team))}
            roles: dict[str, dict[str, HubRole]] = {}
            for member in db.scalars(select(Member)):
                held = roles.setdefault(member.person_id, {})
                held[teams[member.team_id]] = HubRole(member.role)
            everybody = db.scalars(select(Person).order_by(Person.name)).all()
            return [(one, roles.get(one.id, {})) for one in everybody]

    def invite(
        self,
        by: Known,
        team_id: str,
        role: HubRole,
        *,
        person_name: str | None = None,
        uses: int | None = 1,
        minutes: int | None = None,
    ) -> NewInvite:
        """An invite for one person by name, or for as many as `uses` says, or until `minutes` are
        over. Raises UsageError for one without any end."""
        if person_name is not None:
            person_name, uses = checked_name("name", person_name), 1
        if uses is None and minutes is None:
            raise UsageError("an invite ends after some uses or some time", "give one of them")
        if uses is not None and not 1 <= uses <= USES_MAX:
            raise UsageError(f"an invite has 1 to {USES_MAX} uses, not {uses}")
        if minutes is not None and not 1 <= minutes <= MINUTES_MAX:
            raise UsageError(f"an invite lasts 1 to {MINUTES_MAX} minutes, not {minutes}")
        code, at = secrets.token_urlsafe(SECRET_BYTES), self._clock()
        with self._database.transaction() as db:
            team = db.get(Team, team_id)
            if team is None:
                raise UnknownName("team", team_id, db.scalars(select(Team.name)))
            made = Invite(
                id=new_id("i"),
                digest=digest_of(code),
                team_id=team_id,
                role=role,
                person_name=person_name,
                uses_left=uses,
                expires_ms=None if minutes is None else at + minutes * 60_000,
                created_by=by.id,
                created_ms=at,
            )
            db.add(made)
            return NewInvite(
                made.id, code, team.name, role, person_name, made.uses_left, made.expires_ms
            )

    def invites(self) -> list[tuple[Invite, str]]:
        """Every invite with its team's name, newest last."""
        with self._database.transaction() as db:
            rows = db.execute(
                select(Invite, Team.name)
                .join(Team, Team.id == Invite.team_id)
                .order_by(Invite.created_ms, Invite.id)
            )
            return [(invite, name) for invite, name in rows]

    def revoke_invite(self, invite_id: str) -> None:
        """Let nobody else in by it. Raises UnknownName."""
        with self._database.transaction() as db:
            found = db.get(Invite, invite_id)
            if found is None:
                raise UnknownName("invite", invite_id, db.scalars(select(Invite.id)))
            found.revoked_ms = found.revoked_ms or self._clock()

    def join(self, code: str, name: str, *, already: Known | None = None) -> SignedIn:
        """Somebody uses an invite: a new person of that name, or `already` known in one more team.

        Raises NotAllowed where the code opens nothing (any more), and UsageError for a name that
        is taken; the invite is not used up by that.
        """
        with self._database.transaction() as db:
            invite = self._use(db, code)
            if already is not None:
                name = already.name
            name = checked_name("name", name or invite.person_name or "")
            if invite.person_name is not None and name != invite.person_name:
                raise NotAllowed(
                    "this invite is for somebody else", "ask for one under your own name"
                )
            person = db.get(Person, already.id) if already else None
            if person is None:
                if db.scalar(select(Person).where(Person.name == name)):
                    raise UsageError(f"somebody is called '{name}' already", "add a letter to it")
                person = self._person(db, name)
            member = db.get(Member, (invite.team_id, person.id))
            if member is None:
                db.add(Member(team_id=invite.team_id, person_id=person.id, role=invite.role))
            else:
                member.role = invite.role
            team = db.get_one(Team, invite.team_id)
            token = self._token(db, person.id)
            return SignedIn(person.id, person.name, token, team.name, HubRole(invite.role))

    def _use(self, db: Transaction, code: str) -> Invite:
        """One use of an invite, taken in one statement, so that the last is had once."""
        mine = Invite.digest == digest_of(code)
        taken = db.execute(
            update(Invite)
            .where(mine, Invite.revoked_ms.is_(None))
            .where(or_(Invite.expires_ms.is_(None), Invite.expires_ms > self._clock()))
            .where(or_(Invite.uses_left.is_(None), Invite.uses_left > 0))
            .values(uses_left=Invite.uses_left - 1)
            .execution_options(synchronize_session=False)
        )
        if taken.rowcount != 1:  # type: ignore[attr-defined]
            raise NotAllowed(
                "this invite does not open anything: it is used up, over, revoked or not one",
                "ask whoever sent it for another",
            )
        return db.scalars(select(Invite).where(mine)).one()

    def sign_out(self, token: str) -> None:
        """Revoke this one token."""
        with self._database.transaction() as db:
            found = db.get(Token, digest_of(token))
            if found is not None:
                found.revoked_ms = found.revoked_ms or self._clock()

    def revoke_person(self, person_id: str) -> Person:
        """Let somebody in no more, by whatever they hold. Raises UnknownName, and DrillError for
        the owner, without whom nobody could undo it."""
        with self._database.transaction() as db:
            person = self._person_named(db, person_id)
            if person.name == OWNER:
                raise DrillError("the hub's owner stays", "revoke somebody else")
            person.revoked_ms = person.revoked_ms or self._clock()
            self._revoke_tokens(db, person.id)
            return person

    def seat(self, run_id: str, person_id: str, role: HubRole) -> str:
        """Give somebody a role in one drill; their id. Raises UnknownName."""
        with self._database.transaction() as db:
            person = self._person_named(db, person_id)
            seat = db.get(Seat, (run_id, person.id))
            if seat is None:
                db.add(Seat(run_id=run_id, person_id=person.id, role=role))
            else:
                seat.role = role
            return person.id

    def _person_named(self, db: Transaction, name: str) -> Person:
        found = db.scalar(select(Person).where(or_(Person.id == name, Person.name == name)))
        if found is None:
            raise UnknownName("person", name, db.scalars(select(Person.name)))
        return found

    def _person(self, db: Transaction, name: str) -> Person:
        person = Person(id=new_id("p"), name=name, is_manager=False, created_ms=self._clock())
        db.add(person)
        db.flush()
        return person

    def _token(self, db: Transaction, person_id: str) -> str:
        token = secrets.token_urlsafe(SECRET_BYTES)
        db.add(Token(digest=digest_of(token), person_id=person_id, created_ms=self._clock()))
        return token

    def _revoke_tokens(self, db: Transaction, person_id: str) -> None:
        db.execute(
            update(Token)
            .where(Token.person_id == person_id, Token.revoked_ms.is_(None))
            .values(revoked_ms=self._clock())
        )
