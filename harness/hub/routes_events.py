"""Events: several teams with one drill, prepared and ended by whoever looks after the hub, led by
the instructors of all of its teams."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection
from typing import Annotated, Any

from fastapi import Depends, Request
from starlette.concurrency import run_in_threadpool

from harness.api.access import Access, router_for
from harness.api.answers.shapes import answers
from harness.events.board import Placing, Result
from harness.events.report import report_of
from harness.hub import event_answers
from harness.hub.accounts import Accounts, Known, now_ms
from harness.hub.event_boards import EventBoards
from harness.hub.event_registry import Done, EventRegistry, KnownEvent
from harness.hub.hub_gate import Standing
from harness.hub.process_runner import Phase
from harness.hub.routes_people import By, InAccounts, Links
from harness.hub.run_registry import RunRegistry
from harness.hub.tables import HubRole

person = router_for(Access(Standing.PERSON), prefix="/v1")
manager = router_for(Access(Standing.MANAGER), prefix="/v1")
instructor = router_for(Access(Standing.INSTRUCTOR), prefix="/v1")
present = router_for(
    Access(Standing.INSTRUCTOR, Standing.PARTICIPANT, Standing.OBSERVER), prefix="/v1"
)

ROUTERS = (person, manager, instructor, present)


def current_events(request: Request) -> EventRegistry:
    """The events of this hub."""
    events: EventRegistry = request.app.state.events
    return events


InEvents = Annotated[EventRegistry, Depends(current_events)]


@person.get("/events", responses=answers(list[event_answers.EventAnswer]))
async def list_events(request: Request, events: InEvents, accounts: InAccounts, by: By) -> Any:
    """The events in which one has a role, newest first."""
    return await run_in_threadpool(_seen_by, request.app.state.runs, events, accounts, by)


@manager.post("/event-checks", responses=answers(event_answers.EventFigures))
async def check(body: event_answers.EventOrder, events: InEvents) -> Any:
    """Whether an event can be held here, with the figures; nothing is made."""
    return await run_in_threadpool(events.check, body.plan())


@manager.post("/events", responses=answers(event_answers.EventUp))
async def up(body: event_answers.EventOrder, request: Request, events: InEvents, by: By) -> Any:
    """Make teams and invites, and draw the drill; the invites are told this once."""
    event_id, invites = await run_in_threadpool(events.up, by, body.plan())
    links: Links = request.app.state.links
    return {
        "event": await _one(request, events, by, event_id),
        "invites": [
            {**dataclasses.asdict(one.invite), "link": links.of_invite(one.invite.code)}
            for one in invites
        ],
    }


@present.get("/events/{event_id}", responses=answers(event_answers.EventAnswer))
async def show(event_id: str, request: Request, events: InEvents, by: By) -> Any:
    return await _one(request, events, by, event_id)


@present.get("/events/{event_id}/standings", responses=answers(event_answers.Standings))
async def standings(event_id: str, request: Request, events: InEvents) -> Any:
    """Who is ahead, for everybody to see."""
    boards: EventBoards = request.app.state.boards
    found = await run_in_threadpool(events.known, event_id)
    ranked = await run_in_threadpool(boards.standings, found)
    phases = await run_in_threadpool(_phases, request.app.state.runs, found)
    return {
        "title": found.event.title,
        "state": state_of(found, phases.values()),
        "counts": found.event.counts.split(","),
        "teams": [_place(one) for one in ranked],
    }


@instructor.get("/events/{event_id}/board", responses=answers(event_answers.Board))
async def board(event_id: str, request: Request, events: InEvents, by: By) -> Any:
    """How every team does."""
    boards: EventBoards = request.app.state.boards
    found = await run_in_threadpool(events.known, event_id)
    return {
        "event": await _one(request, events, by, event_id),
        "at_ms": now_ms(),
        "teams": await run_in_threadpool(boards.board, found),
    }


@instructor.get("/events/{event_id}/report", responses=answers(event_answers.EventReport))
async def report(event_id: str, request: Request, events: InEvents, by: By) -> Any:
    """What came of it so far, whether it is over or not."""
    boards: EventBoards = request.app.state.boards
    found = await run_in_threadpool(events.known, event_id)
    told = (await _one(request, events, by, event_id)).model_dump(mode="json")
    del told["role"], told["problem"]
    teams = [part.team for part in found.parts]
    records = await run_in_threadpool(boards.records, found)
    return await run_in_threadpool(report_of, told, teams, records)


@instructor.post("/events/{event_id}/start", responses=answers(event_answers.DoneForTeams))
async def start(event_id: str, request: Request, events: InEvents, by: By) -> Any:
    """Begin all teams' drills together, or none."""
    done = await run_in_threadpool(events.start, by, event_id)
    return await _done(request, events, by, event_id, done)


@instructor.post("/events/{event_id}/messages", responses=answers(event_answers.DoneForTeams))
async def message(
    event_id: str, body: event_answers.EventMessage, request: Request, events: InEvents, by: By
) -> Any:
    """Tell every team something, or one of them."""
    done = await run_in_threadpool(events.message, by, event_id, body.text, body.team)
    return await _done(request, events, by, event_id, done)


@instructor.post("/events/{event_id}/reveal", responses=answers(event_answers.DoneForTeams))
async def reveal(event_id: str, request: Request, events: InEvents, by: By) -> Any:
    """Tell every team the answer."""
    done = await run_in_threadpool(events.reveal, by, event_id)
    return await _done(request, events, by, event_id, done)


@instructor.post("/events/{event_id}/down", responses=answers(event_answers.DoneForTeams))
async def down(event_id: str, request: Request, events: InEvents, by: By) -> Any:
    """End all drills and invites of an event."""
    done = await run_in_threadpool(events.down, by, event_id)
    return await _done(request, events, by, event_id, done)


@instructor.post("/events/{event_id}/restarts", responses=answers(event_answers.EventAnswer))
async def restart(
    event_id: str, body: event_answers.Restarting, request: Request, events: InEvents, by: By
) -> Any:
    """Begin again with the drill of a team whose process died, where it stood."""
    await run_in_threadpool(events.restart, by, event_id, body.team)
    return await _one(request, events, by, event_id)


async def _one(
    request: Request, events: EventRegistry, by: Known, event_id: str
) -> event_answers.EventAnswer:
    found = await run_in_threadpool(events.known, event_id)
    runs: RunRegistry = request.app.state.runs
    role = by.role or HubRole.INSTRUCTOR  # only who looks after the hub comes without one
    return await run_in_threadpool(_view, runs, found, role)


async def _done(
    request: Request, events: EventRegistry, by: Known, event_id: str, done: list[Done]
) -> Any:
    return {
        "event": await _one(request, events, by, event_id),
        "teams": [dataclasses.asdict(one) for one in done],
    }


def _place(one: Placing) -> dict[str, Any]:
    nothing = dict.fromkeys(field.name for field in dataclasses.fields(Result))
    result = nothing if one.result is None else dataclasses.asdict(one.result)
    return {"rank": one.rank, "team": one.team, **result}


def _seen_by(
    runs: RunRegistry, events: EventRegistry, accounts: Accounts, by: Known
) -> list[event_answers.EventAnswer]:
    roles = [(one, accounts.role_in_event(by, one.event.id)) for one in events.all_known()]
    return [_view(runs, one, role) for one, role in roles if role is not None]


def _phases(runs: RunRegistry, found: KnownEvent) -> dict[str, Phase | None]:
    """How each team's drill is doing, by the team's id; None before the start."""
    known = runs.phases([part.run_id for part in found.parts if part.run_id])
    return {part.team_id: known.get(part.run_id or "") for part in found.parts}


def _view(runs: RunRegistry, found: KnownEvent, role: HubRole) -> event_answers.EventAnswer:
    event, may_know = found.event, role is HubRole.INSTRUCTOR
    phases = _phases(runs, found)
    return event_answers.EventAnswer(
        id=event.id,
        title=event.title,
        state=state_of(found, phases.values()),
        role=role,
        teams=[
            event_answers.EventTeamAnswer(
                team=part.team,
                team_id=part.team_id,
                run_id=part.run_id,
                phase=phases[part.team_id],
            )
            for part in found.parts
        ],
        scenario=event.scenario if may_know else None,
        agenda=event.agenda,
        seed=event.seed if may_know else None,
        speed=event.speed,
        runner=event.runner,
        counts=event.counts.split(","),
        starts_ms=event.starts_ms,
        created_ms=event.created_ms,
        started_ms=event.started_ms,
        ended_ms=event.ended_ms,
        problem=event.problem if may_know else None,
    )


def state_of(found: KnownEvent, phases: Collection[Phase | None]) -> event_answers.EventState:
    """How far an event is: it is over when somebody said so, or when every drill has ended."""
    if found.event.ended_ms is not None or set(phases) == {Phase.OVER}:
        return event_answers.EventState.OVER
    begun = found.event.started_ms is not None
    return event_answers.EventState.RUNNING if begun else event_answers.EventState.READY
