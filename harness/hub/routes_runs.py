"""Drills as the hub knows them: started, listed, stopped, resumed, and who is what in one."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Depends, Request
from starlette.concurrency import run_in_threadpool

from harness.api.access import Access, router_for
from harness.api.answers import instructor_answers, trend_answers
from harness.api.answers.shapes import answers
from harness.catalog.reader import Catalog
from harness.drill.queries.scenario_picker import pickable_scenarios
from harness.hub import hub_answers
from harness.hub.hub_gate import Presence, Standing
from harness.hub.routes_people import DONE, By, InAccounts
from harness.hub.run_registry import Order, RunRegistry
from harness.hub.tables import HubRole

person = router_for(Access(Standing.PERSON), prefix="/v1")
instructor = router_for(Access(Standing.INSTRUCTOR), prefix="/v1")
present = router_for(
    Access(Standing.INSTRUCTOR, Standing.PARTICIPANT, Standing.OBSERVER), prefix="/v1"
)

ROUTERS = (person, instructor, present)


def current_runs(request: Request) -> RunRegistry:
    """The drills of this hub."""
    runs: RunRegistry = request.app.state.runs
    return runs


InRuns = Annotated[RunRegistry, Depends(current_runs)]


@person.get("/scenarios", responses=answers(instructor_answers.Pickable))
async def scenarios(request: Request) -> Any:
    """What can be started, and what the matrix found of it on this machine."""
    catalog: Catalog = request.app.state.catalog
    return await run_in_threadpool(pickable_scenarios, catalog)


@instructor.get("/teams/{team_id}/catalogue", responses=answers(hub_answers.Catalogue))
async def catalogue(team_id: str, request: Request, runs: InRuns) -> Any:
    """What can be started, and what this team has had of it."""
    known: Catalog = request.app.state.catalog
    found = await run_in_threadpool(pickable_scenarios, known)
    return {**found, "had": await run_in_threadpool(runs.had_by, team_id)}


@present.get("/teams/{team_id}/trend", responses=answers(trend_answers.Trend))
async def team_trend(team_id: str, runs: InRuns, by: By) -> Any:
    """How the team does from drill to drill."""
    return await run_in_threadpool(runs.trend_for, by, team_id)


@person.get("/runs", responses=answers(list[hub_answers.RunAnswer]))
async def list_runs(runs: InRuns, by: By) -> Any:
    """The drills in which one has a role, newest first."""
    return await run_in_threadpool(runs.seen_by, by)


@instructor.post("/teams/{team_id}/runs", responses=answers(hub_answers.RunAnswer))
async def start(team_id: str, body: hub_answers.Starting, runs: InRuns, by: By) -> Any:
    order = Order(body.scenario, body.agenda, body.seed, body.speed)
    run_id = await run_in_threadpool(runs.start, by, team_id, order)
    return await _one(runs, by, run_id)


@present.get("/runs/{run_id}", responses=answers(hub_answers.RunAnswer))
async def show(run_id: str, runs: InRuns, by: By) -> Any:
    return await _one(runs, by, run_id)


@instructor.post("/runs/{run_id}/stop", responses=answers(hub_answers.RunAnswer))
async def stop(run_id: str, runs: InRuns, by: By) -> Any:
    await run_in_threadpool(runs.stop, by, run_id)
    return await _one(runs, by, run_id)


@instructor.post("/runs/{run_id}/resume", responses=answers(hub_answers.RunAnswer))
async def resume(run_id: str, runs: InRuns, by: By) -> Any:
    """Go on with a drill whose process died."""
    await run_in_threadpool(runs.resume, run_id)
    return await _one(runs, by, run_id)


@instructor.post("/runs/{run_id}/seats", responses=answers(hub_answers.Done))
async def seat(
    run_id: str, body: hub_answers.Seating, request: Request, accounts: InAccounts
) -> Any:
    """Give somebody another role in this drill than in the team; their streams begin anew."""
    person_id = await run_in_threadpool(accounts.seat, run_id, body.person, HubRole(body.role))
    presence: Presence = request.app.state.presence
    presence.end(person_id)
    return DONE


async def _one(runs: RunRegistry, by: By, run_id: str) -> hub_answers.RunAnswer:
    (found,) = await run_in_threadpool(runs.seen_by, by, run_id)
    return found
