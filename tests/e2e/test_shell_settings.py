"""A real start from a shell in which everything is set against it.

`tests/unit` has each setting by itself, with what it does where nothing keeps it away.
"""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from harness.paths import REPO
from harness.runtime.programs.cache import User, reachable
from harness.runtime.programs.external import located
from tests.e2e.live import DRILL, LiveDrill
from tests.lanes import in_lane
from tests.shell_settings import NETWORK, POSTGRES, PROGRAMS

pytestmark = [pytest.mark.live, pytest.mark.timeout(400)]
PORT_OFFSET = in_lane(16_000)
FIRST_START_S = 240
"""Databases are prepared first, on a machine that others may use."""
NOBODY = pwd.getpwnam("nobody")


@pytest.fixture
def folder() -> Iterator[Path]:
    """One that everybody may enter: the server's user as well."""
    with tempfile.TemporaryDirectory(prefix="threeam-test-") as name:
        Path(name).chmod(0o755)
        yield Path(name)


@dataclass(frozen=True)
class Starter:
    """Who starts a drill, and how."""

    user: int | None
    """None: whoever runs the tests."""
    program: tuple[str, ...]


def _starter(who: str, folder: Path) -> Starter:
    if who == "as we are":
        return Starter(None, (DRILL,))
    if os.geteuid() != 0:
        pytest.skip("only root can become another user; the other case is an ordinary user's")
    stranger = User(NOBODY.pw_uid, NOBODY.pw_gid)
    if not reachable(REPO / ".venv", stranger):
        pytest.skip(f"{REPO} is open to nobody else")
    os.chown(folder, stranger.uid, stranger.gid)
    if reachable(Path(sys.executable).resolve(), stranger):
        return Starter(stranger.uid, (DRILL,))
    return Starter(stranger.uid, _own_program(folder))


def _own_program(folder: Path) -> tuple[str, ...]:
    """`drill` by the system's Python and our libraries, where our own Python is root's."""
    minor = f"python{sys.version_info.major}.{sys.version_info.minor}"
    if (system := shutil.which(minor, path="/usr/local/bin:/usr/bin")) is None:
        pytest.skip(f"our Python is root's alone, and the system has no {minor}")
    venv = folder / "venv"
    subprocess.run([system, "-I", "-m", "venv", "--without-pip", str(venv)], check=True)
    libraries = sysconfig.get_path("purelib")
    own = venv / "lib" / minor / "site-packages" / "ours.pth"
    own.write_text(f"import site; site.addsitedir({libraries!r})\n{REPO}\n")
    return (str(venv / "bin" / "python"), "-c", "from harness.cli.main import main; main()")


@pytest.mark.parametrize("umask", [0o077])
@pytest.mark.parametrize("who", ["as we are", "an ordinary user"])
def test_a_drill_starts_works_and_ends_whatever_the_shell_has_set(
    who: str, umask: int, folder: Path
) -> None:
    starter = _starter(who, folder)
    prometheus = located("prometheus")
    assert prometheus is not None, "`drill doctor --fetch` gets it"
    env = {
        **POSTGRES,
        **PROGRAMS,
        **NETWORK,
        "PYTHONIOENCODING": "ascii",
        "TMPDIR": "/nonexistent",
        "DRILL_PROMETHEUS": str(prometheus),
        # Nothing in it yet: databases are prepared from the first file on.
        "THREEAM_CACHE": str(folder / "cache"),
    }
    drill = LiveDrill(
        folder / "home",
        "healthy",
        PORT_OFFSET,
        env=env,
        unset=["HOME"],
        umask=umask,
        user=starter.user,
        program=starter.program,
    )
    try:
        drill.wait_healthy(FIRST_START_S)
        assert drill.drill("status").returncode == 0
        rows = drill.drill("sql", "payments", "select count(*) from charges")
        assert rows.returncode == 0, rows.stderr
        assert b"\r" not in (drill.workspace / "services/payments/app.py").read_bytes()
    finally:
        code = drill.end()
    assert code == 0, "\n".join(drill.said)
    assert drill.ports_taken() == []
    assert drill.processes() == []
