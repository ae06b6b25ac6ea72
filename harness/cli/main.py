"""`drill`: everything that a participant or an instructor can do, at the terminal.

Exit codes: 0 ok, 1 not achieved, 2 usage, 3 something is missing on this machine.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import typer
from typer.core import TyperGroup

from harness.cli import (
    act,
    afterwards,
    ai,
    host,
    instruct,
    learn,
    links,
    look,
    machine,
    matrix,
    par,
    query,
    team,
    think,
    updates,
)
from harness.errors import DrillError

PANELS: dict[str, tuple[Callable[..., None] | tuple[str, typer.Typer], ...]] = {
    "Start": (host.scenarios, host.run, host.demo, host.up, links.open_, host.down),
    "Look": (
        look.status,
        look.page,
        look.logs,
        look.trace,
        query.metrics,
        query.sql,
        query.deploys,
        query.diff,
        query.events,
        query.engagement,
        updates.updates,
        ("ai", ai.app),
    ),
    "Act": (
        act.ack,
        act.deploy,
        act.rollback,
        act.restart,
        act.flag,
        act.verify,
        act.finish,
        act.halt,
    ),
    "Write": (
        think.declare,
        think.triage,
        ("hypotheses", think.hypotheses),
        think.mark,
        think.expect,
        think.outcome,
        act.diagnose,
        updates.update,
        act.note,
    ),
    "Exercise": (team.join, team.leave, team.roles, team.agenda, team.advance),
    "Afterwards": (
        afterwards.score,
        learn.reflect,
        learn.analyse,
        learn.learn,
        learn.action_item,
        learn.guardrails,
        afterwards.postmortem,
        afterwards.history,
    ),
    "Instruct": (("instruct", instruct.app),),
    "Machine": (machine.doctor, machine.bench, matrix.smoke, par.par),
}
"""The headings of `drill --help` and what stands below each; a pair is a group of commands."""


class _AsInPanels(TyperGroup):
    """Commands and groups of commands in the order of `PANELS`; Typer's own has the groups last."""

    def list_commands(self, ctx: Any) -> list[str]:
        order = [_name_of(one) for panel in PANELS.values() for one in panel]
        return sorted(super().list_commands(ctx), key=order.index)


def _name_of(command: Callable[..., None] | tuple[str, typer.Typer]) -> str:
    if isinstance(command, tuple):
        return command[0]
    return command.__name__.replace("_", "-")


app = typer.Typer(
    name="drill",
    cls=_AsInPanels,
    help="3AM: incident drills on a real shop. Start one with: drill run deadlock",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
)

for title, commands in PANELS.items():
    for command in commands:
        if isinstance(command, tuple):
            app.add_typer(command[1], name=command[0], rich_help_panel=title)
        else:
            app.command(rich_help_panel=title)(command)


def main() -> None:
    """Entry point: errors of ours become two lines and an exit code, never a traceback."""
    try:
        app()
    except DrillError as error:
        print(f"drill: {error}", file=sys.stderr)  # noqa: T201
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)
