"""The drills of a hub: started, found again, stopped, resumed.

Everything here blocks. A run's row is written before its process is started, and what a process is
doing is read from its team's folder, so that a hub that was killed at any moment knows all of them
when it comes back.

One concept: a run's whole life under one lock; what starts, ends and lists runs looks at the same.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session as Transaction

from harness.catalog.reader import Catalog
from harness.drill.lifecycle.draw import RANDOM
from harness.drill.queries.past_drills import past_drills
from harness.drill.queries.trend import trend_of
from harness.drill_client import DrillClient
from harness.errors import AlreadyRunning, DrillError, EnvironmentMissing, UnknownName, UsageError
from harness.exercise.agenda_files import agenda_ids
from harness.hub.accounts import Known, new_id, now_ms
from harness.hub.capacity import Machine
from harness.hub.hub_answers import RunAnswer
from harness.hub.hub_database import HubDatabase
from harness.hub.process_runner import Phase, ProcessRunner, Sighting
from harness.hub.tables import HubRole, Member, Person, Run, Seat, Team
from harness.model import Role
from harness.ports import API
from harness.record.team_clock import SPEED_MAX
from harness.runtime.procfs import port_is_free
from harness.scoring.scorecard import SEALED

FIRST_OFFSET = 11_000
"""Above the ports of a drill that somebody may be running in a terminal beside."""
OFFSET_STEP = 1_000
LAST_OFFSET = 50_000
OUTCOME_MAX = 200
RECORD = "record.db"


@dataclass(frozen=True)
class Order:
    """What is asked for when a drill is started."""

    scenario: str
    agenda: str | None = None
    seed: int | None = None
    speed: float = 1.0


@dataclass(frozen=True)
class Started:
    """A run that was begun, and why its process could not be started, where that is so."""

    run_id: str
    error: DrillError | OSError | None = None


@dataclass(frozen=True)
class Recorded:
    """How a run is doing, and the file of its events."""

    phase: Phase
    outcome: str | None
    record: Path | None
    """None as long as there is none."""


@dataclass(frozen=True)
class Target:
    """Where a run's drill answers, and with which tokens."""

    api_url: str
    secrets: Path

    def token(self, role: Role) -> str:
        """The drill's own token of a role. Raises DrillError where the drill is ending."""
        try:
            return (self.secrets / f"{role}.token").read_text(encoding="utf-8").strip()
        except OSError:
            raise DrillError("the drill is over", "see the list of runs") from None


@dataclass(frozen=True)
class Ended:
    """Where what was kept of a drill that is over lies."""

    home: Path
    run_dir: Path
    may_be_reviewed: bool
    """Not so one that died: it may go on, and its answer is still sealed."""


class RunRegistry:
    """All runs of a hub; `machine` measures what there is room for."""

    def __init__(
        self,
        database: HubDatabase,
        runner: ProcessRunner,
        catalog: Catalog,
        machine: Callable[[], Machine] = Machine.measured,
        clock: Callable[[], int] = now_ms,
    ) -> None:
        self._database, self._runner, self._catalog = database, runner, catalog
        self._machine, self._clock = machine, clock
        self._lock = threading.Lock()
        self._seen: dict[str, Sighting] = {}

    def start(self, by: Known, team_id: str, order: Order) -> str:
        """Start a drill of a team; the run's id.

        Raises UsageError and UnknownName for an order that makes no sense, AlreadyRunning where the
        team's last drill is not over, and EnvironmentMissing where the machine holds no more.
        """
        started = self.start_together(by, [team_id], order)[team_id]
        if started.error is not None:
            raise started.error
        return started.run_id

    def start_together(
        self,
        by: Known,
        team_ids: Sequence[str],
        order: Order,
        note: Callable[[Transaction, Mapping[str, str]], None] | None = None,
    ) -> dict[str, Started]:
        """Start one drill for each of several teams at once, or none; each team's by its id. `note`
        is told the runs' ids, by team, in the transaction in which they are written down.

        Raises what `start` raises where all of them cannot be started; of one whose process could
        not be, the reason is in the answer, and the others go on.
        """
        self.check(order)
        with self._lock:
            self._database.stay_sole()  # of two hubs each would start this team's drill
            offsets = self._room(len(team_ids))
            runs: list[Run] = []
            with self._database.transaction() as db:
                for team_id, offset in zip(team_ids, offsets, strict=True):
                    if db.get(Team, team_id) is None:
                        raise UnknownName("team", team_id, db.scalars(select(Team.name)))
                    runs.append(self._row(by, team_id, order, offset))
                db.add_all(runs)
                db.flush()
                if note is not None:
                    note(db, {run.team_id: run.id for run in runs})
            return {run.team_id: self._launched(run) for run in runs}

    def require_idle(self, team_ids: Collection[str]) -> None:
        """Raises AlreadyRunning where one of these teams has a drill that is not over."""
        with self._lock:
            busy = {run.team_id for run in self._look_at_all()} & set(team_ids)
            with self._database.transaction() as db:
                names = sorted(db.scalars(select(Team.name).where(Team.id.in_(busy))))
        if names:
            raise AlreadyRunning(
                f"the last drill is not over yet of: {', '.join(names)}",
                "stop it first (`drill runs stop`), or wait for its end",
            )

    def room(self) -> tuple[Machine, int]:
        """The machine's own figures, and how many drills run on it."""
        with self._lock:
            return self._machine(), len(self._look_at_all())

    def _row(self, by: Known, team_id: str, order: Order, offset: int) -> Run:
        return Run(
            id=new_id("r"),
            team_id=team_id,
            scenario=order.scenario,
            agenda=order.agenda,
            seed=order.seed,
            speed=order.speed,
            port_offset=offset,
            started_by=by.id,
            created_ms=self._clock(),
        )

    def _launched(self, run: Run) -> Started:
        try:
            self._launch(run, {})
        except (DrillError, OSError) as error:
            return Started(run.id, error)
        return Started(run.id)

    def resume(self, run_id: str) -> None:
        """Go on with a drill whose process died. Raises UsageError where it did not."""
        with self._lock:
            self._database.stay_sole()
            self._look_at_all()
            with self._database.transaction() as db:
                run = self._run(run_id, db.get(Run, run_id))
                later = select(Run.id).where(
                    Run.team_id == run.team_id, Run.created_ms > run.created_ms
                )
                if run.ended_ms is None or not run.has_failed:
                    raise UsageError("this drill was not interrupted", "start another one")
                if db.scalar(later):
                    raise UsageError("this team has had a later drill", "start another one")
                (run.port_offset,) = self._room()
                run.ended_ms = run.outcome = None
                run.has_failed = False
            self._launch(run, {"DRILL_RESUME": "true"})

    def stop(self, by: Known, run_id: str) -> None:
        """Ask a drill to end, in the name of `by`. Raises DrillError where it is over."""
        seen, run = self.look(run_id)
        if seen.phase is Phase.RUNNING:
            target = self._target(run, seen)
            with DrillClient(target.api_url, target.token(Role.INSTRUCTOR), person=by.name) as api:
                api.post("/v1/finish")
        elif seen.phase is Phase.STARTING:
            self._runner.interrupt(run_id, run.team_id)
        else:
            raise UsageError("this drill is over already")

    def target(self, run_id: str) -> Target:
        """Where a running drill is asked. Raises EnvironmentMissing where it does not answer."""
        found = self.whereabouts(run_id)
        if isinstance(found, Ended):
            raise EnvironmentMissing("the drill is over", "see the list of runs")
        return found

    def whereabouts(self, run_id: str) -> Target | Ended:
        """Where a running drill is asked, or where one that is over lies. Raises
        EnvironmentMissing for one that only starts, and one of which nothing was kept."""
        seen, run = self.look(run_id)
        if seen.phase is Phase.RUNNING:
            return self._target(run, seen)
        if seen.phase is Phase.STARTING:
            raise EnvironmentMissing("the drill is still starting", "try again in a few seconds")
        home = self._runner.home(run.team_id)
        drill_id = seen.drill_id or run.drill_id
        if drill_id is None or not (home / "runs" / drill_id / RECORD).exists():
            raise EnvironmentMissing("the drill is over, and nothing was kept of it")
        return Ended(home, home / "runs" / drill_id, seen.phase is Phase.OVER)

    def look(self, run_id: str) -> tuple[Sighting, Run]:
        """A run, and how it is doing at this moment. Raises UnknownName."""
        with self._lock:
            with self._database.transaction() as db:
                run = self._run(run_id, db.get(Run, run_id))
            return self._look_at([run])[0], run

    def refresh(self) -> None:
        """Note what became of every run that was not over."""
        with self._lock:
            self._look_at_all()

    def phases(self, run_ids: Collection[str]) -> dict[str, Phase]:
        """How each of these runs is doing at this moment."""
        self.refresh()
        with self._database.transaction() as db:
            found = db.scalars(select(Run).where(Run.id.in_(run_ids)))
            return {run.id: self._phase(run) for run in found}

    def recorded(self, run_ids: Collection[str]) -> dict[str, Recorded]:
        """How each of these runs is doing, and where its record is, whatever became of it."""
        self.refresh()
        with self._database.transaction() as db:
            found = db.scalars(select(Run).where(Run.id.in_(run_ids))).all()
        return {run.id: self._recorded(run) for run in found}

    def _recorded(self, run: Run) -> Recorded:
        record = None
        if run.drill_id is not None:
            record = self._runs_of(run.team_id) / run.drill_id / RECORD
        has_one = record is not None and record.exists()
        return Recorded(self._phase(run), run.outcome, record if has_one else None)

    def seen_by(self, known: Known, run_id: str | None = None) -> list[RunAnswer]:
        """The runs in which somebody has a role, newest first; or the one of that id."""
        self.refresh()
        with self._database.transaction() as db:
            rows = db.execute(
                select(Run, Team.name, Person.name, Member.role, Seat.role)
                .join(Team, Team.id == Run.team_id)
                .join(Person, Person.id == Run.started_by)
                .outerjoin(Member, (Member.team_id == Run.team_id) & (Member.person_id == known.id))
                .outerjoin(Seat, (Seat.run_id == Run.id) & (Seat.person_id == known.id))
                .where(*([Run.id == run_id] if run_id else []))
                .order_by(Run.created_ms.desc(), Run.id)
            ).all()
        views = []
        for run, team, started_by, member, seat in rows:
            role = seat or member or (HubRole.INSTRUCTOR if known.is_manager else None)
            if role:
                views.append(self._view(run, team, started_by, HubRole(role)))
        return views

    def had_by(self, team_id: str) -> dict[str, int]:
        """How often a team has had each scenario whose answer was told."""
        drills = past_drills(self._runs_of(team_id), _left_out, viewer="all")
        return dict(Counter(one.scenario for one in drills if one.scenario != SEALED))

    def trend_for(self, known: Known, team_id: str) -> dict[str, Any]:
        """A team's drills as somebody in it may see them: what is still sealed is told to those
        alone who lead all of its drills."""
        with self._database.transaction() as db:
            lesser_seat = db.scalar(
                select(Seat.run_id)
                .join(Run, Run.id == Seat.run_id)
                .where(Run.team_id == team_id, Seat.person_id == known.id)
                .where(Seat.role != HubRole.INSTRUCTOR)
                .limit(1)
            )
        may_know = known.role is HubRole.INSTRUCTOR and lesser_seat is None
        return trend_of(self._runs_of(team_id), "instructor" if may_know else "all")

    def _runs_of(self, team_id: str) -> Path:
        return self._runner.home(team_id) / "runs"

    def _view(self, run: Run, team: str, started_by: str, role: HubRole) -> RunAnswer:
        may_know = role is HubRole.INSTRUCTOR
        return RunAnswer(
            id=run.id,
            team=team,
            team_id=run.team_id,
            phase=self._phase(run),
            role=role,
            started_by=started_by,
            created_ms=run.created_ms,
            ended_ms=run.ended_ms,
            drill_id=run.drill_id,
            # What went wrong may name what was drawn.
            outcome=run.outcome if may_know or not run.has_failed else "it failed",
            has_failed=run.has_failed,
            scenario=run.scenario if may_know else None,
            agenda=run.agenda,
            seed=run.seed if may_know else None,
            speed=run.speed,
        )

    def _phase(self, run: Run) -> Phase:
        if run.ended_ms is None:
            seen = self._seen.get(run.id)
            return seen.phase if seen else Phase.STARTING
        return Phase.DIED if run.has_failed else Phase.OVER

    def _launch(self, run: Run, more: dict[str, str]) -> None:
        given = {
            "DRILL_SCENARIO": run.scenario,
            "DRILL_SPEED": f"{run.speed:g}",
            "DRILL_PORT_OFFSET": str(run.port_offset),
            "DRILL_PEOPLE_KNOWN": "true",
            **({"DRILL_AGENDA": run.agenda} if run.agenda else {}),
            **({"DRILL_SEED": str(run.seed)} if run.seed is not None else {}),
            **more,
        }
        try:
            self._runner.launch(run.id, run.team_id, given)
        except (DrillError, OSError) as error:
            self._end(run.id, self._clock(), str(error), has_failed=True)
            raise

    def check(self, order: Order) -> None:
        """Raises UnknownName and UsageError for an order that makes no sense."""
        names = [*self._catalog.drill_names(), RANDOM]
        if order.scenario not in names:
            raise UnknownName("scenario", order.scenario, names)
        # By name alone: a path would be read on the hub's machine for whoever asks.
        if order.agenda is not None and order.agenda not in agenda_ids():
            raise UnknownName("agenda", order.agenda, agenda_ids())
        if not 0 < order.speed <= SPEED_MAX:
            raise UsageError(f"speed is a number above 0, at most {SPEED_MAX:g}")

    def _room(self, wanted: int = 1) -> list[int]:
        """The ports for so many drills more. Raises EnvironmentMissing where there is no room."""
        active = self._look_at_all()
        phases = [self._seen[run.id].phase for run in active]
        starting = phases.count(Phase.STARTING)
        self._machine().require_room(len(phases), starting=starting, wanted=wanted)
        taken = {run.port_offset for run in active}
        free = (
            offset
            for offset in range(FIRST_OFFSET, LAST_OFFSET, OFFSET_STEP)
            if offset not in taken and port_is_free(API + offset)
        )
        if len(found := list(islice(free, wanted))) < wanted:
            raise EnvironmentMissing("no block of ports is free", "stop a drill")
        return found

    def _look_at_all(self) -> list[Run]:
        """The runs that are not over, after a look at each."""
        with self._database.transaction() as db:
            open_runs = list(db.scalars(select(Run).where(Run.ended_ms.is_(None))))
        seen = self._look_at(open_runs)
        going_on = (Phase.STARTING, Phase.RUNNING)
        return [run for run, one in zip(open_runs, seen, strict=True) if one.phase in going_on]

    def _look_at(self, runs: Iterable[Run]) -> list[Sighting]:
        found = []
        for run in runs:
            if run.ended_ms is not None:
                phase = Phase.DIED if run.has_failed else Phase.OVER
                found.append(Sighting(phase, run.drill_id))
                continue
            seen = self._runner.look(run.id, run.team_id)
            if seen.phase in (Phase.OVER, Phase.DIED):
                ended_ms = seen.ended_ms or self._clock()
                self._end(run.id, ended_ms, seen.outcome, has_failed=seen.has_failed)
                self._seen.pop(run.id, None)
            else:
                self._seen[run.id] = seen
                if seen.drill_id and seen.drill_id != run.drill_id:
                    self._note_drill(run.id, seen.drill_id)
            found.append(seen)
        return found

    def _note_drill(self, run_id: str, drill_id: str) -> None:
        with self._database.transaction() as db:
            db.get_one(Run, run_id).drill_id = drill_id

    def _end(self, run_id: str, at_ms: int, outcome: str, *, has_failed: bool) -> None:
        with self._database.transaction() as db:
            run = db.get_one(Run, run_id)
            run.ended_ms, run.has_failed = at_ms, has_failed
            run.outcome = " ".join(outcome.split())[:OUTCOME_MAX]

    def _target(self, run: Run, seen: Sighting) -> Target:
        folder = self._runner.home(run.team_id) / "runs" / str(seen.drill_id) / "secrets"
        return Target(seen.api_url, folder)

    def _run(self, run_id: str, found: Run | None) -> Run:
        if found is None:
            raise UnknownName("run", run_id, ())
        return found


def _left_out(_: str) -> None:
    """A record that cannot be read says nothing of what a team has had; its trend names it."""
