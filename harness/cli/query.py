"""`drill metrics, sql, deploys, diff, events`: numbers, rows and history."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Annotated

import typer

from harness.cli.look import clock_text, participant
from harness.cli.paging import paged
from harness.cli.panels import Commands
from harness.terminal import (
    AsJson,
    data,
    line,
    moment,
    number,
    say,
    show_table,
    table,
    terminal_width,
)

POINTS = 20
"""As many values as stand beside each other in a terminal."""
SERIES_MAX = 1000
DIFF_TONES = {"+": "good", "-": "bad", "@": "hunk", "d": "strong"}
"""Of a line of a diff, by its first character; `diff --git` begins a file."""


@paged
def metrics(
    query: Annotated[str, typer.Argument(help="A PromQL query.")],
    minutes: Annotated[float | None, typer.Option(help="Query the last so many minutes.")] = None,
    as_json: AsJson = False,
) -> None:
    """Query Prometheus.

    Example: drill metrics 'sum by (service) (db_pool_in_use)'
    """
    answer = participant().get(
        "/v1/metrics", query=query, minutes=minutes, points=POINTS, limit=SERIES_MAX
    )
    if as_json:
        data(answer)
        return
    if not answer["series"]:
        say("no data")
    none = "NaN" if minutes is None else "-"
    for series in answer["series"]:
        labels = ", ".join(f"{k}={v}" for k, v in sorted(series["labels"].items()))
        values = "  ".join(none if v is None else number(v) for v in series["values"])
        line(f"{{{labels}}}  {values}")


@paged
def sql(
    database: Annotated[str, typer.Argument(help="A service's database, such as payments.")],
    statement: Annotated[
        str, typer.Argument(help=r"One SQL statement, or `\d`, `\dt`, `\di`, `\d TABLE`.")
    ],
    as_json: AsJson = False,
) -> None:
    """Query a service's database, read-only.

    Example: drill sql payments 'select state, count(*) from charges group by 1'
    """
    answer = participant().post("/v1/sql", {"database": database, "statement": statement})
    if as_json:
        data(answer)
        return
    # By place: two columns may have one name. And no figure of theirs is rounded.
    cells = [
        {str(at): value if value is None else _as_sql(value) for at, value in enumerate(row)}
        for row in answer["rows"]
    ]
    head = {str(at): name for at, name in enumerate(answer["columns"])}
    grid = table([head, *cells], list(head), math.inf)[1:]
    if cells and max(map(len, grid)) > terminal_width():
        _show_records(answer["columns"], cells)
    else:
        for row_number, text in enumerate(grid):
            line(text, "" if row_number else "strong", is_code=True)
    if answer["cut"]:
        say(f"only the first {len(cells)} rows are shown")


def _show_records(columns: Sequence[str], cells: Sequence[Mapping[str, str | None]]) -> None:
    """Rows that are wider than the terminal, a line a cell, as psql does with `\\x auto`."""
    room = max(map(len, columns))
    for at, row in enumerate(cells, 1):
        line(f"-[ record {at} ]-", "strong")
        for name, cell in zip(columns, row.values(), strict=True):
            line(f"{name:<{room}} | {'-' if cell is None else cell}")


def _as_sql(value: str | int | bool) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


@paged
def deploys(as_json: AsJson = False) -> None:
    """List the deploys, newest last.

    Example: drill deploys
    """
    answer = participant().get("/v1/deploys")
    if as_json:
        data(answer)
        return
    rows = [
        {
            "time": moment(datetime.fromisoformat(row["at"]).astimezone(UTC), datetime.now(UTC)),
            "service": row["service"],
            "version": f"{row['version_from'] or '-'} -> {row['version_to']}",
            "kind": row["kind"],
            "by": row["by"],
            "outcome": row["outcome"],
            "summary": row["summary"],
        }
        for row in answer
    ]
    show_table(rows, ["time", "service", "version", "kind", "by", "outcome", "summary"])
    for row in answer:
        if row["error"]:
            line(f"\n{row['service']} {row['version_to']} failed:\n{row['error']}")


@paged
def diff(
    service: Annotated[str, typer.Argument(help="Such as payments.")],
    version_from: Annotated[str | None, typer.Argument(help="The older version.")] = None,
    version_to: Annotated[str | None, typer.Argument(help="The newer version.")] = None,
    as_json: AsJson = False,
) -> None:
    """Show what changed between two versions (default: last two).

    Example: drill diff payments 2.4.0 2.4.1
    """
    answer = participant().get(
        "/v1/diff", service=service, version_from=version_from, version_to=version_to
    )
    if as_json:
        data(answer)
        return
    line(answer["notes"])
    for text in (answer["diff"] or "(no code changes)").splitlines():
        line(text, DIFF_TONES.get(text[:1], ""), is_code=True)


@paged
def events(
    after: Annotated[int, typer.Option(help="Only events after this number.")] = 0,
    as_json: AsJson = False,
) -> None:
    """Show the timeline so far.

    Example: drill events
    """
    answer = participant().get("/v1/events", after=after)
    if as_json:
        data(answer)
        return
    for event in answer:
        if event["label"]:
            text = " ".join(event["text"].split())
            at = clock_text(event["drilltimems"] / 1000)
            line(f"{at:>7}  {event['label']:16} {text}")


@paged
def engagement(as_json: AsJson = False) -> None:
    """Show what visitors did, by the home feed they saw.

    Example: drill engagement
    """
    answer = participant().get("/v1/engagement")
    if as_json:
        data(answer)
        return
    if not answer:
        say("no home feed has been shown yet")
        return
    rows = [
        {
            "home feed": one["content"],
            "shown": one["views"],
            "went on": _percent(one["continuing_share"]),
            "come back": _percent(one["returning_share"]),
        }
        for one in answer
    ]
    show_table(rows, ["home feed", "shown", "went on", "come back"])


def _percent(share: float | None) -> str:
    return "-" if share is None else f"{share:.0%}"


COMMANDS: Commands = {
    "Look": (
        metrics,
        sql,
        deploys,
        diff,
        events,
        engagement,
    )
}
