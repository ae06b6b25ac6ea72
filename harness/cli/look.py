"""`drill status, page, logs, trace, metrics, sql, deploys, diff …`: looking, changing nothing."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import typer

from harness.cli.client import DrillClient, active_drill
from harness.cli.out import AsJson, data, line, say, table
from harness.model import Role


def participant() -> DrillClient:
    """A client of the active drill in the participant's role."""
    return DrillClient(active_drill(), Role.PARTICIPANT)


def status(as_json: AsJson = False) -> None:
    """Phase, services, alerts, impact, and what to type next.

    Example: drill status
    """
    answer = participant().get("/v1/status")
    if as_json:
        data(answer)
        return
    for text in status_lines(answer):
        line(text)


def status_lines(answer: dict[str, Any]) -> list[str]:
    """The status as plain text."""
    impact = answer["impact"]
    minutes, seconds = divmod(int(answer["elapsed_s"]), 60)
    lines = [
        f"drill {answer['drill_id']}   phase {answer['phase']}   {minutes}:{seconds:02d} elapsed",
        "",
        *table(
            [
                {
                    "service": row["name"],
                    "version": row["version"],
                    "up": row["up"],
                    "req/s": row["requests_per_s"],
                    "errors": None if row["error_ratio"] is None else f"{row['error_ratio']:.1%}",
                    "p95 ms": row["p95_ms"],
                    "url": row["url"],
                }
                for row in answer["services"]
            ],
            ["service", "version", "up", "req/s", "errors", "p95 ms", "url"],
        ),
        "",
    ]
    lines += [f"ALERT {a['severity']:8} {a['name']}: {a['summary']}" for a in answer["alerts"]]
    if impact:
        lines.append(
            f"impact: {impact['success_ratio']:.1%} of requests succeed now, "
            f"{impact['users_affected']} users affected, {impact['revenue_lost']:.2f} revenue lost"
        )
    lines += [f"{name}: {place}" for name, place in answer["places"].items()]
    lines += [f"problem of the drill itself: {what}" for what in answer["problems"]]
    return [*lines, f"next: {answer['next']}"]


def page(as_json: AsJson = False) -> None:
    """The pages so far, newest last.

    Example: drill page
    """
    answer = participant().get("/v1/pages")
    if as_json:
        data(answer)
        return
    if not answer:
        say("no page so far")
    for one in answer:
        taken = one["acknowledged_by"]
        state = f"acknowledged by {taken}" if taken else "NOT ACKNOWLEDGED: drill ack"
        line(f"{one['page_id']}  {one['severity'].upper()}  {one['alert']}: {one['summary']}")
        line(f"    {state}   runbook: docs/runbooks/{one['alert']}.md")


def logs(
    service: Annotated[str | None, typer.Option("--service", "-s")] = None,
    level: Annotated[str | None, typer.Option(help="error, warning, info")] = None,
    trace_id: Annotated[str | None, typer.Option("--trace")] = None,
    contains: Annotated[str | None, typer.Option("--contains", "-c")] = None,
    since: Annotated[str | None, typer.Option(help="such as 30s, 5m")] = None,
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, max=2000)] = 50,
    as_json: AsJson = False,
) -> None:
    """The newest log lines that match.

    Example: drill logs -s payments --level error
    """
    answer = participant().get(
        "/v1/logs",
        service=service,
        level=level,
        trace_id=trace_id,
        contains=contains,
        since=since,
        limit=limit,
    )
    if as_json:
        data(answer)
        return
    if not answer["lines"]:
        say("no log line matches")
    for text in answer["lines"]:
        line(text)


def trace(
    trace_id: Annotated[str | None, typer.Argument(help="Show this trace.")] = None,
    service: Annotated[str | None, typer.Option("--service", "-s")] = None,
    operation: Annotated[str | None, typer.Option(help="such as 'POST /orders'")] = None,
    slower_than_ms: Annotated[float | None, typer.Option("--slower-than-ms")] = None,
    errors: Annotated[bool, typer.Option("--errors", help="Only failed ones.")] = False,
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, max=200)] = 20,
    as_json: AsJson = False,
) -> None:
    """Recent traces, or one as a waterfall.

    Example: drill trace --errors -s orders
    """
    client = participant()
    if trace_id is not None:
        answer = client.get(f"/v1/traces/{trace_id}")
    else:
        answer = client.get(
            "/v1/traces",
            service=service,
            operation=operation,
            min_duration_ms=slower_than_ms,
            errors=errors,
            limit=limit,
        )
    if as_json:
        data(answer)
        return
    for text in answer["lines"]:
        line(text)
    if trace_id is None:
        say("one of them: drill trace TRACE_ID" if answer["lines"] else "no trace matches")


def metrics(
    query: Annotated[str, typer.Argument(help="PromQL")],
    minutes: Annotated[float | None, typer.Option(help="A range that ends now.")] = None,
    as_json: AsJson = False,
) -> None:
    """Ask Prometheus.

    Example: drill metrics 'sum by (service) (db_pool_in_use)'
    """
    answer = participant().get("/v1/metrics", query=query, minutes=minutes)
    if as_json:
        data(answer)
        return
    if not answer["series"]:
        say("no data")
    for series in answer["series"]:
        labels = ", ".join(f"{k}={v}" for k, v in sorted(series["labels"].items()))
        values = "  ".join(f"{v:.4g}" for v in series["values"])
        line(f"{{{labels}}}  {values}")


def sql(
    database: Annotated[str, typer.Argument(help="A service's database, such as payments.")],
    statement: Annotated[str, typer.Argument()],
    as_json: AsJson = False,
) -> None:
    """Read a database.

    Example: drill sql payments 'select state, count(*) from charges group by 1'
    """
    answer = participant().post("/v1/sql", {"database": database, "statement": statement})
    if as_json:
        data(answer)
        return
    rows = [dict(zip(answer["columns"], row, strict=True)) for row in answer["rows"]]
    for text in table(rows, answer["columns"]):
        line(text)
    if answer["cut"]:
        say(f"only the first {len(rows)} rows are shown")


def deploys(as_json: AsJson = False) -> None:
    """What was deployed, when, by whom; newest last.

    Example: drill deploys
    """
    answer = participant().get("/v1/deploys")
    if as_json:
        data(answer)
        return
    rows = [
        {
            "time": datetime.fromisoformat(row["at"]).astimezone().strftime("%H:%M:%S"),
            "service": row["service"],
            "version": f"{row['version_from'] or '-'} -> {row['version_to']}",
            "kind": row["kind"],
            "by": row["by"],
            "outcome": row["outcome"],
            "summary": row["summary"],
        }
        for row in answer
    ]
    for text in table(rows, ["time", "service", "version", "kind", "by", "outcome", "summary"]):
        line(text)
    for row in answer:
        if row["error"]:
            line(f"\n{row['service']} {row['version_to']} failed:\n{row['error']}")


def diff(
    service: Annotated[str, typer.Argument()],
    version_from: Annotated[str | None, typer.Argument()] = None,
    version_to: Annotated[str | None, typer.Argument()] = None,
    as_json: AsJson = False,
) -> None:
    """What changed between two versions (default: the last two).

    Example: drill diff payments 2.4.0 2.4.1
    """
    answer = participant().get(
        "/v1/diff", service=service, version_from=version_from, version_to=version_to
    )
    if as_json:
        data(answer)
        return
    line(answer["notes"])
    line(answer["diff"] or "(no change in code)")


def events(
    after: Annotated[int, typer.Option(help="Only those after this number.")] = 0,
    as_json: AsJson = False,
) -> None:
    """The drill's timeline so far.

    Example: drill events
    """
    answer = participant().get("/v1/events", after=after)
    if as_json:
        data(answer)
        return
    for event in answer:
        detail = "  ".join(f"{k}={v}" for k, v in event["data"].items())
        line(f"{event['drilltimems'] / 1000:8.1f}s  {event['type']:20} {detail}"[:200])


COMMANDS = (status, page, logs, trace, metrics, sql, deploys, diff, events)
