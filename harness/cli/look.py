"""`drill status, page, logs, trace`: what goes on, and what was said about it."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from harness.cli.api_client import drill_client
from harness.cli.paging import paged
from harness.cli.panels import Commands
from harness.cli.telemetry_text import (
    FAILED,
    render_log,
    render_log_line,
    render_trace,
    trace_row,
)
from harness.currency import euros
from harness.drill_client import DrillClient
from harness.model import Role
from harness.terminal import AsJson, data, line, say, show_table, table, terminal_width

TONES = {"ALERT": "bad", "next: ": "strong", "drill problem: ": "warn", "the machine is": "warn"}
"""Of the lines of a status, by how they begin."""
LEVELS = {"ERROR": "bad", "CRITICAL": "bad", "WARNING": "warn", "DEBUG": "quiet"}


def participant() -> DrillClient:
    """A client of the drill that is meant, as a participant; at a hub, as who one is there."""
    return drill_client(Role.PARTICIPANT)


@paged
def status(
    addresses: Annotated[
        bool, typer.Option("--addresses", help="Show every address, and processes, instead.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Show phase, services, alerts, impact and the next step.

    Example: drill status --addresses
    """
    answer = participant().get("/v1/addresses" if addresses else "/v1/status")
    if as_json:
        data(answer)
        return
    for text in address_lines(answer) if addresses else status_lines(answer):
        line(text, next((tone for begin, tone in TONES.items() if text.startswith(begin)), ""))


def address_lines(answer: dict[str, Any]) -> list[str]:
    """Addresses, databases and processes as plain text."""
    lines = [*table(answer["addresses"], ["name", "url", "what"]), ""]
    pager = answer["pager"]
    lines += [pager["what"], f"amtool --http.config.file={pager['amtool_config']}", ""]
    if found := answer["databases"]:
        rows = [{"database": name, "url": url} for name, url in found["urls"].items()]
        lines += table(rows, ["database", "url"])
        lines += [f"read-only; the password: export PGPASSWORD=$({found['password_command']})", ""]
    return lines + table(answer["processes"], ["service", "version", "pid"])


def password() -> None:
    """Print the databases' read-only password, for psql.

    Example: drill password

    As in: PGPASSWORD=$(drill password) psql -h 127.0.0.1 -p 15432 -U oncall payments
    """
    line(participant().get("/v1/password")["password"])


def status_lines(answer: dict[str, Any]) -> list[str]:
    """The status as plain text."""
    impact = answer["impact"]
    elapsed, agenda = clock_text(answer["elapsed_s"]), agenda_lines(answer["exercise"])
    lines = [
        f"drill {answer['drill_id']}   phase {answer['phase']}   {elapsed} elapsed",
        *(["over: this is its review, at its last moment"] if answer.get("review") else agenda),
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
            f"impact: {impact['success_ratio']:.1%} of requests succeed now, since the baseline "
            f"{impact['users_affected']:,} users affected, "
            f"{euros(impact['revenue_lost'])} revenue lost"
        )
        lines.append(_now_line(answer["impact_now"]))
    lines += [f"{name}: {place}" for name, place in answer["places"].items()]
    if not answer.get("review"):
        lines.append("every address, with databases and processes: drill status --addresses")
    lines += [f"drill problem: {what}" for what in answer["problems"]]
    if answer["machine_busy"]:
        lines.append(f"the machine is busy, signals are not fair: {answer['machine_busy']}")
    return [*lines, f"next: {answer['next']}"]


def _now_line(now: dict[str, float | None]) -> str:
    revenue, burn = now["revenue_lost_per_minute"], now["budget_burn"]
    lost = "no data" if revenue is None else euros(revenue)
    budget = "no data" if burn is None else f"{burn:.1f}"
    return f"now: revenue lost per minute {lost}, error budget burn rate {budget}"


def agenda_lines(exercise: dict[str, Any]) -> list[str]:
    """Where the agenda stands; nothing where no clock runs."""
    clock = exercise["clock"]
    if not clock["is_running"]:
        return []
    left = clock["remaining_s"]
    end = "open end: drill advance" if left is None else f"{clock_text(left)} left"
    state = "over" if clock["is_over"] else "paused" if clock["is_paused"] else end
    speed = "" if exercise["speed"] == 1 else f"   (clock at {exercise['speed']:g}x speed)"
    lines = [f"{exercise['title']}: {clock['phase_title']}, {state}{speed}"]
    due = exercise["update_due_s"]
    if due is not None:
        late = f"is {clock_text(-due)} late" if due < 0 else f"is due in {clock_text(due)}"
        lines.append(f"next stakeholder update {late}: drill update")
    return lines


def clock_text(seconds: float) -> str:
    """`4:05`."""
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"


@paged
def page(as_json: AsJson = False) -> None:
    """List the pages so far, newest last.

    Example: drill page
    """
    answer = participant().get("/v1/pages")
    if as_json:
        data(answer)
        return
    if not answer:
        say("no pages yet")
    for one in answer:
        taken = one["acknowledged_by"]
        state = f"acknowledged by {taken}" if taken else "NOT ACKNOWLEDGED: drill ack"
        if one["now"] != one["summary"]:
            state += f"   now: {one['now'] or 'silent'}"
        tone = "" if taken else "bad"
        line(f"{one['page_id']}  {one['severity'].upper()}  {one['alert']}: {one['summary']}", tone)
        line(f"    {state}   runbook: docs/runbooks/{one['alert']}.md")


@paged
def logs(
    service: Annotated[
        str | None, typer.Option("--service", "-s", help="Only this service.")
    ] = None,
    level: Annotated[str | None, typer.Option(help="`error`, `warning` or `info`.")] = None,
    trace_id: Annotated[str | None, typer.Option("--trace", help="A trace id.")] = None,
    contains: Annotated[
        str | None, typer.Option("--contains", "-c", help="Text that the line contains.")
    ] = None,
    since: Annotated[str | None, typer.Option(help="Such as 30s or 5m.")] = None,
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, max=2000)] = 50,
    wide: Annotated[
        bool, typer.Option("--wide", "-w", help="Show each event whole, as a pipe gets it.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Search the newest log lines.

    A terminal gets a line an event, cut at its edge. With --wide, or into a pipe, each is whole,
    with its traceback, in which frames of libraries are folded; --json has all of them.

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
    if not answer["records"]:
        say("no log lines match")
    width, now = terminal_width(), datetime.now(UTC)
    for record in answer["records"]:
        number, tone = f"{record['seq']:>6} ", LEVELS.get(str(record.get("level")).upper(), "")
        if wide or math.isinf(width):
            line(number + render_log(record, now), tone)
        else:
            line(number + render_log_line(record, now, int(width) - len(number)), tone)


@paged
def trace(
    trace_id: Annotated[str | None, typer.Argument(help="The trace to show.")] = None,
    service: Annotated[
        str, typer.Option("--service", "-s", help="Only traces of this service.")
    ] = "gateway",
    operation: Annotated[str | None, typer.Option(help="Such as 'POST /orders'.")] = None,
    slower_than_ms: Annotated[
        float | None, typer.Option("--slower-than-ms", help="Minimum duration.")
    ] = None,
    errors: Annotated[bool, typer.Option("--errors", help="Only failed traces.")] = False,
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, max=200)] = 20,
    as_json: AsJson = False,
) -> None:
    """List recent traces, or show one as a waterfall.

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
    if trace_id is not None:
        _show_trace(answer)
        return
    rows = [trace_row(row, datetime.now(UTC)) for row in answer["traces"]]
    if rows:
        show_table(rows, ["time", "trace", "took", "asked", "failed", "spans"])
    say("show one: drill trace TRACE_ID" if answer["traces"] else "no traces match")


def _show_trace(answer: dict[str, Any]) -> None:
    """The waterfall of a trace, and its log lines beneath."""
    width, now = terminal_width(), datetime.now(UTC)
    for text in render_trace(answer["trace"], now, width):
        line(text, "bad" if FAILED in text else "")
    if answer["logs"]:
        line("\nlog lines:", "strong")
    for record in answer["logs"]:
        line(
            render_log(record, now)
            if math.isinf(width)
            else render_log_line(record, now, int(width))
        )


COMMANDS: Commands = {
    "Look": (
        status,
        password,
        page,
        logs,
        trace,
    )
}
