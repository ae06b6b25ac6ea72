"""The events of a hub: several teams with one drill, prepared, begun together, led and ended.

Everything here blocks. Which drill a team of an event has is written down in the transaction that
writes down the drill itself, so that a hub that was killed at any moment knows both or neither.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session as Transaction

from harness.catalog.reader import Catalog
from harness.drill.lifecycle.draw import SEED_BITS, choose
from harness.drill_client import DrillClient
from harness.errors import DrillError, UnknownName, UsageError
from harness.events.event_file import COUNTS, RANDOM, RUNNERS, EventPlan
from harness.hub.accounts import Accounts, Known, NewInvite, new_id, now_ms
from harness.hub.capacity import CORES_PER_DRILL, MIB_PER_DRILL
from harness.hub.hub_database import HubDatabase
from harness.hub.process_runner import Phase
from harness.hub.run_registry import Order, RunRegistry
from harness.hub.tables import Event, EventTeam, HubRole, Person, Team
from harness.model import Role

GOES_ON = (Phase.STARTING, Phase.RUNNING)


@dataclass(frozen=True)
class Part:
    """A team's part in an event."""

    team_id: str
    team: str
    run_id: str | None
    """Its drill, once that was started."""


@dataclass(frozen=True)
class KnownEvent:
    """An event with the parts of its teams, in the order of its file."""

    event: Event
    parts: tuple[Part, ...]


@dataclass(frozen=True)
class Done:
    """What became of an act for one team; `problem` is empty where it was done."""

    team: str
    problem: str = ""


@dataclass(frozen=True)
class TeamInvite:
    """The way into a team of an event, told this once."""

    team: str
    invite: NewInvite


class EventRegistry:
    """All events of a hub."""

    def __init__(
        self,
        database: HubDatabase,
        accounts: Accounts,
        runs: RunRegistry,
        catalog: Catalog,
        clock: Callable[[], int] = now_ms,
    ) -> None:
        self._database, self._accounts, self._runs = database, accounts, runs
        self._catalog, self._clock = catalog, clock

    def check(self, plan: EventPlan) -> dict[str, Any]:
        """See that an event can be held here; what it takes and what there is.

        Raises UnknownName and UsageError for what makes no sense, and EnvironmentMissing, with the
        figures, for more teams than this machine holds.
        """
        self._check_names(plan)
        machine, running = self._runs.room()
        machine.require_room(0, starting=0, wanted=len(plan.teams))
        return {
            "teams": len(plan.teams),
            "cores_needed": round(len(plan.teams) * CORES_PER_DRILL, 2),
            "mib_needed": len(plan.teams) * MIB_PER_DRILL,
            "cores": machine.cores,
            "free_mib": machine.free_mib,
            "running": running,
            "room": machine.room(running),
        }

    def _check_names(self, plan: EventPlan) -> None:
        if len(set(plan.teams)) < len(plan.teams):
            raise UsageError("two teams have the same name", "name each once")
        if not plan.teams or not plan.scenarios:
            raise UsageError("an event has at least one team and one scenario")
        for scenario in plan.scenarios:
            self._runs.check(Order(scenario, plan.agenda, plan.seed, plan.speed))
        for one in plan.counts:
            if one not in COUNTS:
                raise UnknownName("ranking", one, COUNTS)
        if plan.runner not in RUNNERS:
            raise UnknownName("runner", plan.runner, RUNNERS)
        for name in plan.instructors:
            self._accounts.person_named(name)
        if plan.starts_ms is not None and plan.starts_ms <= self._clock():
            raise UsageError("the time at which it is to start is over", "give a later one")

    def up(self, by: Known, plan: EventPlan) -> tuple[str, list[TeamInvite]]:
        """Prepare an event: its teams, its drill drawn, an invite for each team's people; its id
        and the invites. Nothing is made where `check` objects."""
        self.check(plan)
        seed = secrets.randbelow(2**SEED_BITS) if plan.seed is None else plan.seed
        scenario = self._drawn(plan.scenarios, seed)
        leaders = [self._accounts.person_named(name).id for name in plan.instructors]
        known = {team.name: team.id for team, _ in self._accounts.teams_of(by)}
        teams = [known.get(name) or self._accounts.make_team(name).id for name in plan.teams]
        event = Event(
            id=new_id("e"),
            title=plan.title,
            asked=",".join(plan.scenarios),
            scenario=scenario,
            agenda=plan.agenda,
            seed=seed,
            speed=plan.speed,
            runner=plan.runner,
            counts=",".join(plan.counts),
            starts_ms=plan.starts_ms,
            created_by=by.id,
            created_ms=self._clock(),
        )
        with self._database.transaction() as db:
            db.add(event)
            db.flush()
            db.add_all(
                EventTeam(event_id=event.id, team_id=team_id, place=place)
                for place, team_id in enumerate(teams)
            )
        for team_id in teams:
            for person_id in leaders:
                self._accounts.enrol(team_id, person_id, HubRole.INSTRUCTOR)
        return event.id, self._invited(by, event.id, teams, plan)

    def _drawn(self, names: tuple[str, ...], seed: int) -> str:
        """One scenario for all teams: each by itself would avoid what it has had."""
        name = names[seed % len(names)]
        return choose(self._catalog, name, seed).id if name == RANDOM else name

    def _invited(
        self, by: Known, event_id: str, teams: list[str], plan: EventPlan
    ) -> list[TeamInvite]:
        made = []
        for name, team_id in zip(plan.teams, teams, strict=True):
            invite = self._accounts.invite(by, team_id, HubRole.PARTICIPANT, uses=plan.people)
            with self._database.transaction() as db:
                db.get_one(EventTeam, (event_id, team_id)).invite_id = invite.id
            made.append(TeamInvite(name, invite))
        return made

    def start(self, by: Known, event_id: str) -> list[Done]:
        """Begin all teams' drills together, or none.

        Raises UsageError where it has begun, AlreadyRunning where a team has another drill, and
        EnvironmentMissing where the machine does not hold them all.
        """
        found = self.known(event_id)
        if found.event.started_ms is not None or found.event.ended_ms is not None:
            raise UsageError("this event has begun already", "see `drill event status`")
        teams = [part.team_id for part in found.parts]
        self._runs.require_idle(teams)
        event, at = found.event, self._clock()

        def note(db: Transaction, runs: Any) -> None:
            begun = db.get_one(Event, event_id)
            begun.started_ms, begun.problem = at, None
            for team_id, run_id in runs.items():
                db.get_one(EventTeam, (event_id, team_id)).run_id = run_id

        started = self._runs.start_together(by, teams, _order(event), note)
        return [
            Done(part.team, str(started[part.team_id].error or "").partition("\n")[0])
            for part in found.parts
        ]

    def start_due(self) -> None:
        """Start the events whose time has come; why one could not be is kept, and told once."""
        with self._database.transaction() as db:
            due = db.execute(
                select(Event.id, Person)
                .join(Person, Person.id == Event.created_by)
                .where(Event.started_ms.is_(None), Event.ended_ms.is_(None))
                .where(Event.starts_ms <= self._clock(), Event.problem.is_(None))
            ).all()
        for event_id, maker in due:
            try:
                self.start(Known(maker.id, maker.name, maker.is_manager, None), event_id)
            except DrillError as error:
                with self._database.transaction() as db:
                    db.get_one(Event, event_id).problem = error.message

    def message(self, by: Known, event_id: str, text: str, team: str = "") -> list[Done]:
        """Tell every team something, or one of them. Raises UnknownName."""
        return self._each(by, event_id, "/v1/instructor/say", {"text": text, "to": ""}, team)

    def reveal(self, by: Known, event_id: str) -> list[Done]:
        """Tell every team the answer."""
        return self._each(by, event_id, "/v1/instructor/reveal", {})

    def _each(
        self, by: Known, event_id: str, path: str, body: dict[str, Any], team: str = ""
    ) -> list[Done]:
        def ask(run_id: str) -> None:
            target = self._runs.target(run_id)
            with DrillClient(target.api_url, target.token(Role.INSTRUCTOR), person=by.name) as api:
                api.post(path, body)

        parts = self.known(event_id).parts
        return _for_each([self._part(parts, team)] if team else parts, ask)

    def down(self, by: Known, event_id: str) -> list[Done]:
        """End all drills of an event, and its invites. It is over once none is left that could not
        be ended; ask again until then."""
        found = self.known(event_id)
        for invite_id in self._invites(event_id):
            self._accounts.revoke_invite(invite_id)
        going_on = [part for part in found.parts if part.run_id and self._goes_on(part.run_id)]
        done = _for_each(going_on, lambda run_id: self._stop(by, run_id))
        if not any(one.problem for one in done):
            with self._database.transaction() as db:
                event = db.get_one(Event, event_id)
                event.ended_ms = event.ended_ms or self._clock()
        return done

    def _stop(self, by: Known, run_id: str) -> None:
        try:
            self._runs.stop(by, run_id)
        except DrillError:
            if self._goes_on(run_id):
                raise  # one that ended by itself meanwhile is as good

    def restart(self, by: Known, event_id: str, team: str) -> str:
        """Begin again with the drill of a team whose process died, where it stood; the run's id.

        One that died before there was anything to go on with is started anew. Raises UsageError
        where it did not die.
        """
        found = self.known(event_id)
        part = self._part(found.parts, team)
        if part.run_id is None or found.event.ended_ms is not None:
            raise UsageError("this event does not run", "`drill event start` begins it")
        seen, run = self._runs.look(part.run_id)
        if seen.phase in GOES_ON or not run.has_failed:
            raise UsageError(f"the drill of {part.team} did not die", "see `drill event status`")
        if run.drill_id is not None:
            self._runs.resume(part.run_id)
            return part.run_id

        def note(db: Transaction, runs: Any) -> None:
            db.get_one(EventTeam, (event_id, part.team_id)).run_id = runs[part.team_id]

        started = self._runs.start_together(by, [part.team_id], _order(found.event), note)
        if (error := started[part.team_id].error) is not None:
            raise error
        return started[part.team_id].run_id

    def known(self, event_id: str) -> KnownEvent:
        """An event by its id. Raises UnknownName."""
        with self._database.transaction() as db:
            found = db.get(Event, event_id)
            if found is None:
                raise UnknownName("event", event_id, db.scalars(select(Event.id)))
            return KnownEvent(found, self._parts(db, event_id))

    def all_known(self) -> list[KnownEvent]:
        """Every event, newest first."""
        with self._database.transaction() as db:
            newest = select(Event).order_by(Event.created_ms.desc(), Event.id)
            return [KnownEvent(one, self._parts(db, one.id)) for one in db.scalars(newest)]

    def _parts(self, db: Transaction, event_id: str) -> tuple[Part, ...]:
        rows = db.execute(
            select(EventTeam, Team.name)
            .join(Team, Team.id == EventTeam.team_id)
            .where(EventTeam.event_id == event_id)
            .order_by(EventTeam.place)
        )
        return tuple(Part(one.team_id, name, one.run_id) for one, name in rows)

    def _part(self, parts: Iterable[Part], team: str) -> Part:
        among = tuple(parts)
        for part in among:
            if team in (part.team, part.team_id):
                return part
        raise UnknownName("team of this event", team, [part.team for part in among])

    def _invites(self, event_id: str) -> list[str]:
        with self._database.transaction() as db:
            ids = select(EventTeam.invite_id).where(
                EventTeam.event_id == event_id, EventTeam.invite_id.is_not(None)
            )
            return [one for one in db.scalars(ids) if one]

    def _goes_on(self, run_id: str) -> bool:
        return self._runs.look(run_id)[0].phase in GOES_ON


def _order(event: Event) -> Order:
    return Order(event.scenario, event.agenda, event.seed, event.speed)


def _for_each(parts: Iterable[Part], work: Callable[[str], object]) -> list[Done]:
    """Do something to each team's drill; one that cannot be told keeps nobody else from it."""
    done = []
    for part in parts:
        if part.run_id is None:
            done.append(Done(part.team, "its drill was not started yet"))
            continue
        try:
            work(part.run_id)
        except DrillError as error:
            done.append(Done(part.team, error.message))
        else:
            done.append(Done(part.team))
    return done
