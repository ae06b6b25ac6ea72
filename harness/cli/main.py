"""`drill`: everything that a participant or an instructor can do, at the terminal.

Exit codes: 0 ok, 1 not achieved, 2 usage, 3 something is missing on this machine.
"""

from __future__ import annotations

import sys

import typer

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

app = typer.Typer(
    name="drill",
    help="3AM: incident drills on a real shop.  Start one with: drill run deadlock",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

for title, module in (
    ("Run a drill", host),
    ("Run a drill", matrix),
    ("Run a drill", par),
    ("Look", links),
    ("Look", look),
    ("Look", query),
    ("Act", act),
    ("Together", team),
    ("Think", think),
    ("Tell", updates),
    ("Afterwards", learn),
    ("Afterwards", afterwards),
    ("This machine", machine),
):
    for command in module.COMMANDS:
        app.command(rich_help_panel=title)(command)

app.add_typer(think.hypotheses, name="hypotheses", rich_help_panel="Think")
app.add_typer(ai.app, name="ai", rich_help_panel="Think")
app.add_typer(instruct.app, name="instruct", rich_help_panel="Instructor")


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
