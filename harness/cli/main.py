"""`drill`: everything that a participant or an instructor can do, at the terminal.

Exit codes: 0 ok, 1 not achieved, 2 usage, 3 something is missing on this machine.
"""

from __future__ import annotations

import os
import sys
from contextlib import suppress

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
from harness.cli.panels import with_commands
from harness.errors import DrillError, refused_by_machine
from harness.terminal import say, take_any_text

MODULES = (
    host,
    links,
    look,
    query,
    think,
    act,
    updates,
    ai,
    team,
    afterwards,
    learn,
    instruct,
    machine,
    matrix,
    par,
)
"""In the order in which their commands are listed."""

app = typer.Typer(
    name="drill",
    help="3AM: incident drills on a real shop. Start one with: drill run deadlock",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
)

with_commands(app, (module.COMMANDS for module in MODULES))


def main() -> None:
    """Entry point: errors of ours, and what the machine refuses, become two lines and an exit
    code, never a traceback."""
    take_any_text()
    try:
        app()
    except DrillError as error:
        sys.exit(_told(error))
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)
    except (OSError, MemoryError, RuntimeError) as error:
        if (refused := refused_by_machine(error)) is None:
            raise
        sys.exit(_told(refused))


def _told(error: DrillError) -> int:
    """Say what happened; the exit code. What standard output did not take is dropped."""
    say(f"drill: {error}")
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return error.exit_code
