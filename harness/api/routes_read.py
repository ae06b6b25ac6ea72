"""What people look at in a drill: status, pages, logs, traces, metrics, data, changes."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Query
from pydantic import BaseModel, Field

from harness.api.access import TEAM, router_for
from harness.api.answers import (
    exercise_answers,
    record_answers,
    shop_answers,
    status_answers,
    telemetry_answers,
)
from harness.api.answers.shapes import answers
from harness.api.dependencies import AsReader, InSession, PublicUrl, Viewer
from harness.drill.queries import (
    addresses,
    metric_queries,
    release_diff,
    sql_query,
    telemetry_queries,
    told_messages,
    trace_search,
)
from harness.drill.queries.status import as_called
from harness.drill.queries.status import pages as drill_pages
from harness.drill.queries.status import status as drill_status

router = router_for(TEAM, prefix="/v1")

ShortText = Annotated[str | None, Query(max_length=200)]
Limit = Annotated[int, Query(ge=1, le=2000)]
Number = Annotated[int, Query(ge=0, le=10**15, description="Number of an event.")]
Expr = Annotated[str, Query(min_length=1, max_length=5000)]
Moment = Annotated[float, Query(ge=0, le=1e11, description="Seconds since 1970.")]
Points = Annotated[int, Query(ge=2, le=metric_queries.POINTS_MAX)]
SeriesLimit = Annotated[int, Query(ge=1, le=metric_queries.SERIES_MAX)]
Seq = Annotated[int | None, Query(ge=0, le=10**14, description="Number of a log line.")]


class Sql(BaseModel):
    database: Annotated[str, Field(min_length=1, max_length=64)]
    statement: Annotated[str, Field(min_length=1, max_length=20_000)]


@router.get("/status", responses=answers(status_answers.Status))
async def status(session: InSession, viewer: Viewer, url: PublicUrl) -> Any:
    return as_called(await drill_status(session, viewer), url)


@router.get("/addresses", responses=answers(shop_answers.Addresses))
async def where_all_answers(session: InSession, url: PublicUrl) -> Any:
    return addresses.addresses(session, url)


@router.get("/password", responses=answers(shop_answers.Password))
async def database_password(session: InSession) -> Any:
    return addresses.password(session)


@router.get("/pages", responses=answers(list[status_answers.PageNow]))
async def pages(session: InSession) -> Any:
    return await drill_pages(session, "all")


@router.get("/events", responses=answers(list[record_answers.RecordedEvent]))
async def recorded(
    session: InSession, reader: AsReader, after: Number = 0, limit: Limit = 1000
) -> Any:
    found = told_messages.events_for(session, reader, after, limit)
    return [envelope.in_words() for envelope in found]


@router.get("/messages", responses=answers(list[exercise_answers.MessageTo]))
async def told(session: InSession, reader: AsReader) -> Any:
    """What everybody was told, and what was said to whoever asks alone."""
    return told_messages.messages_for(session, reader)


@router.get("/logs", responses=answers(telemetry_answers.Logs))
async def logs(
    session: InSession,
    service: ShortText = None,
    level: ShortText = None,
    trace_id: ShortText = None,
    contains: ShortText = None,
    since: ShortText = None,
    begin: Moment | None = None,
    end: Moment | None = None,
    after: Seq = None,
    before: Seq = None,
    limit: Limit = 100,
) -> Any:
    return await telemetry_queries.logs(
        session,
        service=service,
        level=level,
        trace_id=trace_id,
        contains=contains,
        since=since,
        begin_s=begin,
        end_s=end,
        after=after,
        before=before,
        limit=limit,
    )


@router.get("/traces", responses=answers(telemetry_answers.Traces))
async def traces(
    session: InSession,
    service: ShortText = None,
    operation: ShortText = None,
    min_duration_ms: Annotated[float | None, Query(ge=0, le=1e7)] = None,
    errors: bool = False,
    begin: Moment | None = None,
    end: Moment | None = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    spans: bool = False,
) -> Any:
    found = await trace_search.search_traces(
        session,
        service=service,
        operation=operation,
        min_duration_ms=min_duration_ms,
        errors=errors,
        begin_s=begin,
        end_s=end,
        limit=limit,
        with_spans=spans,
    )
    return {"traces": found}


@router.get("/operations", responses=answers(list[str]))
async def operations(
    session: InSession, service: Annotated[str, Query(min_length=1, max_length=64)]
) -> Any:
    return await trace_search.operations(session, service)


@router.get("/traces/{trace_id}", responses=answers(telemetry_answers.TraceWithLogs))
async def trace(trace_id: str, session: InSession) -> Any:
    return await trace_search.trace(session, trace_id)


@router.get("/metrics", responses=answers(telemetry_answers.Metrics))
async def metrics(
    session: InSession,
    query: Expr,
    minutes: Annotated[float | None, Query(gt=0, le=metric_queries.RANGE_MAX_S / 60)] = None,
    begin: Moment | None = None,
    end: Moment | None = None,
    points: Points = metric_queries.POINTS_DEFAULT,
    limit: SeriesLimit = metric_queries.SERIES_DEFAULT,
) -> Any:
    return await metric_queries.metrics(
        session, query, minutes=minutes, begin_s=begin, end_s=end, points=points, limit=limit
    )


@router.get("/metrics/exemplars", responses=answers(list[telemetry_answers.Exemplar]))
async def exemplars(session: InSession, query: Expr, begin: Moment, end: Moment) -> Any:
    return await metric_queries.exemplars(session, query, begin, end)


@router.post("/sql", responses=answers(shop_answers.SqlRows))
async def sql(body: Sql, session: InSession) -> Any:
    return await sql_query.sql(session, body.database, body.statement)


@router.get("/deploys", responses=answers(list[shop_answers.Deploy]))
async def deploys(session: InSession) -> Any:
    return session.deploys().entries


@router.get("/diff", responses=answers(shop_answers.Change))
async def diff(
    session: InSession,
    service: Annotated[str, Query(max_length=64)],
    version_from: Annotated[str | None, Query(max_length=64)] = None,
    version_to: Annotated[str | None, Query(max_length=64)] = None,
) -> Any:
    return await release_diff.diff(session, service, version_from, version_to)
