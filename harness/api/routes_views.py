"""What the pages of the console draw: dashboards, ranges, lists of traces, papers, the trend."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import Query
from pydantic import Field

from harness.api.access import TEAM, router_for
from harness.api.dependencies import Body, By, InSession, Viewer
from harness.drill.outputs import postmortem_editor
from harness.drill.queries import dashboards as boards
from harness.drill.queries import metric_ranges, trace_search, trend
from harness.scoring.engagement import fold_engagement

router = router_for(TEAM, prefix="/v1")

ShortText = Annotated[str | None, Query(max_length=200)]
Expr = Annotated[str, Query(min_length=1, max_length=5000)]
Moment = Annotated[float, Query(ge=0, le=1e11, description="Seconds since 1970.")]
Points = Annotated[int, Query(ge=2, le=metric_ranges.POINTS_MAX)]


class Paper(Body):
    text: Annotated[str, Field(min_length=1, max_length=postmortem_editor.TEXT_MAX)]
    base_version: Annotated[str, Field(max_length=64)]


@router.get("/dashboards")
async def dashboards() -> Any:
    return boards.dashboards()


@router.get("/dashboards/{uid}")
async def dashboard(uid: str) -> Any:
    return boards.dashboard(uid)


@router.get("/engagement")
async def engagement(session: InSession) -> Any:
    return [asdict(one) for one in fold_engagement(session.services.record.events())]


@router.get("/metrics/range")
async def metrics_range(
    session: InSession,
    query: Expr,
    begin: Moment,
    end: Moment,
    points: Points = 240,
) -> Any:
    return await metric_ranges.metrics_range(session, query, begin, end, points)


@router.get("/metrics/exemplars")
async def exemplars(session: InSession, query: Expr, begin: Moment, end: Moment) -> Any:
    return await metric_ranges.exemplars(session, query, begin, end)


@router.get("/trace-search")
async def traces(
    session: InSession,
    service: ShortText = None,
    operation: ShortText = None,
    min_duration_ms: Annotated[float | None, Query(ge=0, le=1e7)] = None,
    errors: bool = False,
    begin: Moment | None = None,
    end: Moment | None = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> Any:
    return await trace_search.search_traces(
        session,
        service=service,
        operation=operation,
        min_duration_ms=min_duration_ms,
        errors=errors,
        begin_s=begin,
        end_s=end,
        limit=limit,
    )


@router.get("/operations")
async def operations(
    session: InSession, service: Annotated[str, Query(min_length=1, max_length=64)]
) -> Any:
    return await trace_search.operations(session, service)


@router.get("/postmortem")
async def postmortem(session: InSession) -> Any:
    return postmortem_editor.read_paper(session)


@router.post("/postmortem/text")
async def save_postmortem(body: Paper, session: InSession, by: By) -> Any:
    return postmortem_editor.save_paper(session, body.text, body.base_version, by)


@router.get("/history")
async def history(session: InSession, viewer: Viewer) -> Any:
    return await trend.trend(session, viewer)
