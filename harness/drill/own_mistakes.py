"""Mistakes of ours: a line in the record, the traceback in a file, never at anybody's screen."""

from __future__ import annotations

import traceback
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from harness.drill.lifecycle.home import TRACEBACK
from harness.drill.session import Session
from harness.errors import DrillError, MachineRefused, OwnMistake, refused_by_machine
from harness.record.events import HarnessProblem

TRACEBACKS_MAX_BYTES = 1_000_000
"""The first ones tell most."""


def note_mistake(
    session: Session, error: BaseException, where: str = ""
) -> OwnMistake | MachineRefused:
    """Keep the traceback of `error`, note it in the record with what was being done, and say so:
    as what the machine refused, else as a mistake of ours, whose words are for its file alone.

    Where there is no room for either, the drill goes on without.
    """
    path = session.spec.run_dir / TRACEBACK
    with suppress(OSError):
        keep_traceback(path, error, where)
    doing = f" in {where}" if where else ""
    mistake: OwnMistake | MachineRefused
    if (refused := refused_by_machine(error)) is not None:
        mistake = refused
        what = f"the machine refused{doing}: {refused.reason}"
    else:
        mistake = OwnMistake(error, path)
        what = f"internal error ({type(error).__name__}){doing}"
    with suppress(DrillError):
        session.note(HarnessProblem(what=what))
    return mistake


def keep_traceback(path: Path, error: BaseException, where: str) -> None:
    """Append the traceback to `path`, as long as that is small."""
    if path.exists() and path.stat().st_size > TRACEBACKS_MAX_BYTES:
        return
    with path.open("a", encoding="utf-8", errors="backslashreplace") as file:
        file.write(f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC {where}\n")
        file.writelines(traceback.format_exception(error))
