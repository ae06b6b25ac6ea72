"""`drill`: everything that a participant or an instructor can do, at the terminal.

Exit codes: 0 ok, 1 not achieved, 2 usage, 3 something is missing on this machine.
"""

from __future__ import annotations

import os
import sys
import tempfile
import traceback
from contextlib import suppress
from pathlib import Path

import typer

from harness.cli import (
    act,
    afterwards,
    agents_bench,
    ai,
    author,
    clone,
    demo,
    forward,
    host,
    hub_events,
    hub_people,
    hub_runs,
    instruct,
    learn,
    links,
    login,
    look,
    machine,
    matrix,
    mcp_stdio,
    par,
    profile,
    query,
    review,
    serve,
    team,
    think,
    updates,
)
from harness.cli.paging import options
from harness.cli.panels import with_commands
from harness.errors import DrillError, EnvironmentMissing, refused_by_machine
from harness.paths import home_dir
from harness.terminal import say, take_any_text

TRACEBACK = "traceback.txt"

MODULES = (
    host,
    demo,
    links,
    login,
    serve,
    hub_people,
    hub_runs,
    hub_events,
    look,
    query,
    forward,
    profile,
    think,
    act,
    clone,
    mcp_stdio,
    updates,
    ai,
    team,
    afterwards,
    learn,
    instruct,
    machine,
    matrix,
    par,
    agents_bench,
    review,
    author,
)
"""In the order in which their commands are listed."""

app = typer.Typer(
    name="drill",
    no_args_is_help=True,
    callback=options,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
)

with_commands(app, (module.COMMANDS for module in MODULES))


def main() -> None:
    """Entry point: errors of ours, what the machine refuses, and our own mistakes become two lines
    and an exit code, never a traceback at a terminal: that may name the answer."""
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
    except ModuleNotFoundError as error:
        sys.exit(_told(_client_alone(error) or _mistake(error)))
    except Exception as error:  # noqa: BLE001  whatever it is, it is told in two lines
        sys.exit(_told(refused_by_machine(error) or _mistake(error)))


def _client_alone(error: ModuleNotFoundError) -> DrillError | None:
    """What lacks here, where this is an install without what hosts drills; None for a mistake."""
    name = (error.name or "").partition(".")[0]
    if name in ("", "harness", "services", "loadgen"):
        return None
    return EnvironmentMissing(
        f"this command runs drills, and what that takes is not installed ({name})",
        "on the machine that runs them: make setup in a checkout, or pip install '.[host]'",
    )


def _mistake(error: Exception) -> DrillError:
    """A mistake of ours, its traceback kept in the home, or where that cannot be, elsewhere."""
    text = "".join(traceback.format_exception(error))
    name = f"internal error ({type(error).__name__})"
    for folder in (home_dir, lambda: Path(tempfile.mkdtemp(prefix="drill-"))):
        with suppress(OSError, RuntimeError):
            path = folder() / TRACEBACK
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch(mode=0o600)
            path.write_text(text, encoding="utf-8", errors="backslashreplace")
            return DrillError(name, f"its traceback is in {path}; please report it")
    return DrillError(name)


def _told(error: DrillError) -> int:
    """Say what happened; the exit code. What standard output did not take is dropped."""
    say(f"drill: {error}")
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return error.exit_code
