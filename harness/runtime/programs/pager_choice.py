"""Which pager a drill on this machine has: a real Alertmanager where one can be had, else the host.

Debian's reads templates in /usr/share when it starts. Where its package is unpacked and not
installed, it sees them there by a namespace of its own, which some machines forbid.
"""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from harness.child_env import CLEAN_ENV
from harness.errors import EnvironmentMissing, UnknownName
from harness.model import Pager
from harness.runtime.base import Progress
from harness.runtime.programs.external import Piece, ensure, find
from harness.tokens import bcrypt

SETTING = "DRILL_PAGER"
AUTO, REAL, EMBEDDED = "auto", "alertmanager", "embedded"
SHARE = Path("/usr/share")
TEMPLATE = Path("prometheus/alertmanager/default.tmpl")
OVERLAY = (
    'mount -t overlay overlay -o lowerdir="$0":/usr/share /usr/share'
    f' && test -f "{SHARE / TEMPLATE}" && exec "$@"'
)
PROBE_S = 10


def choose_pager(progress: Progress = lambda _line: None) -> Pager:
    """The pager by this machine and `DRILL_PAGER`. Blocking.

    A real one is fetched only where it is asked for by name: a drill does without. Raises
    UnknownName for another setting, and EnvironmentMissing where a real one is asked for and cannot
    be had.
    """
    wanted = os.environ.get(SETTING) or AUTO
    if wanted not in (AUTO, REAL, EMBEDDED):
        raise UnknownName(SETTING, wanted, (AUTO, REAL, EMBEDDED))
    if wanted == EMBEDDED:
        return Pager(f"{SETTING} asks for it")
    if wanted == REAL:
        ensure("alertmanager", progress)
    pager = _found(find("alertmanager"))
    if wanted == REAL and not pager.command:
        raise EnvironmentMissing(
            f"Alertmanager cannot be run: {pager.why}",
            f"unset {SETTING}: the host stands in for it",
        )
    return pager


def _found(piece: Piece) -> Pager:
    if piece.path is None:
        return Pager(piece.how_to_get)
    command = command_of(piece.path)
    try:
        bcrypt("")
        done = subprocess.run(
            [*command, "--version"],
            env=CLEAN_ENV,
            capture_output=True,
            check=False,
            timeout=PROBE_S,
        )
    except EnvironmentMissing as error:
        return Pager(error.message)
    except (OSError, subprocess.TimeoutExpired) as error:
        return Pager(f"{piece.path} does not run: {error}")
    if done.returncode != 0:
        last = done.stderr.decode(errors="replace").strip().splitlines()[-1:]
        why = "no namespace may be made for it" if len(command) > 1 else "it does not run"
        return Pager(f"{piece.path}: {': '.join([why, *last])}")
    return Pager(f"{piece.version} ({piece.source})", command)


def command_of(program: Path) -> tuple[str, ...]:
    """How to start Alertmanager; in a namespace that shows it its files, where it needs one."""
    share = program.resolve().parents[1] / "share"
    if (SHARE / TEMPLATE).is_file() or not (share / TEMPLATE).is_file():
        return (str(program),)
    return ("unshare", "-Urm", "sh", "-c", OVERLAY, str(share), str(program))
