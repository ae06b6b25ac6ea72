"""What a running drill shows in its own terminal: a live view, or the same as lines."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from rich.console import Console, Group
from rich.live import Live
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from harness.cli.look import agenda_lines
from harness.currency import euros
from harness.drill.queries.exercise_view import exercise
from harness.drill.queries.status import next_step, services
from harness.drill.session import Session
from harness.record import events
from harness.record.state import DrillState
from harness.terminal import printable, say

REFRESH_S = 1.0


@asynccontextmanager
async def shown(session: Session) -> AsyncIterator[None]:
    """Show the drill until the block is left: live in a terminal, else line by line."""
    follow = _live if sys.stderr.isatty() else _lines
    task = asyncio.create_task(follow(session))
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def _lines(session: Session) -> None:
    """One line for each event that everybody may see."""
    seq = session.services.record.last_seq()
    while True:
        # What only the instructor sees is passed over, too: else it would be waited for at once.
        newest = await session.services.record.wait_beyond(seq)
        for envelope in session.services.record.events(seq, audience="all"):
            newest = max(newest, envelope.seq)
            text = line_of(envelope.event)
            if text:
                say(f"[{envelope.drill_time_ms / 1000:6.1f}s] {printable(text)}")
        seq = newest


def line_of(event: events.Event) -> str:
    """What an event says at the terminal; nothing for measurements and routine."""
    described = event.describe()
    if described is None or described.tone == "quiet":
        return ""
    label = described.label.upper() if described.tone == "bad" else described.label
    answer_with = "  ->  drill ack" if isinstance(event, events.PageSent) else ""
    return f"{label}: {' '.join(described.sentence.split())}{answer_with}"


async def _live(session: Session) -> None:
    console = Console(stderr=True)
    with Live(console=console, auto_refresh=False, transient=True) as live:
        while True:
            rows = await services(session)
            live.update(_panel(session, session.state("all"), rows), refresh=True)
            await asyncio.sleep(REFRESH_S)


def _panel(session: Session, state: DrillState, rows: list[dict[str, object]]) -> Panel:
    elapsed = session.drill_ms() // 1000
    parts: list[Table | Text] = [_page_text(state)]
    story = exercise(session)
    parts.extend(Text(printable(text), style="cyan") for text in agenda_lines(story))
    parts.extend(
        Text(f"{one['sender']}: {' '.join(printable(one['text']).split())}", style="magenta")
        for one in story["messages"][-2:]
    )
    parts.append(_service_table(rows))
    if state.impact:
        parts.append(
            Text(
                f"{state.impact.success_ratio:.1%} of requests succeed   since the baseline: "
                f"{state.impact.users_affected:,} users affected   "
                f"{euros(state.impact.revenue_lost)} revenue lost"
            )
        )
    parts.extend(
        Text(
            f"{deploy.at.astimezone():%H:%M:%S} {deploy.kind} {deploy.service} "
            f"{deploy.version_to} {deploy.outcome}: {printable(deploy.summary)[:70]}",
            style="dim",
        )
        for deploy in session.deploys().entries[-4:]
    )
    parts.append(Text(f"next: {next_step(session, state)}", style="bold"))
    clock = f"{elapsed // 60}:{elapsed % 60:02d}"
    return Panel(
        Group(*parts),
        title=f"3AM  drill {session.spec.drill_id}  {state.phase}  {clock}",
        subtitle="other terminals: .venv/bin/drill …     here: Ctrl-C ends it",
    )


def _page_text(state: DrillState) -> Text:
    waiting = [page for page in state.pages if page.acknowledged_by is None]
    if waiting:
        first = waiting[0]
        return Text(
            f"PAGE {first.page_id} {first.severity.upper()}: {first.summary}", style="bold red"
        )
    if state.alerts:
        taken = ", acknowledged" if state.pages else ""
        return Text(f"{len(state.alerts)} alerts fire{taken}", style="yellow")
    return Text("no alert fires", style="green")


def _service_table(rows: list[dict[str, object]]) -> Table:
    table = Table(box=None, pad_edge=False)
    for name in ("service", "version", "state", "req/s", "errors", "p95 ms"):
        table.add_column(name, justify="left" if name in ("service", "version") else "right")
    for row in rows:
        state = {True: "up", False: "DOWN", None: "-"}[row["up"]]  # type: ignore[index]
        table.add_row(
            str(row["name"]),
            str(row["version"] or "-"),
            state,
            _number(row["requests_per_s"], "{:.1f}"),
            _number(row["error_ratio"], "{:.1%}"),
            _number(row["p95_ms"], "{:.0f}"),
        )
    return table


def _number(value: object, form: str) -> str:
    return form.format(value) if isinstance(value, int | float) else "-"
