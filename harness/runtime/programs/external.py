"""The programs that are not Python: where they are found, and how they are had.

In this order: an explicit setting, PATH and the system's directories, a wheel, Debian's packages
unpacked into the cache.
"""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from harness.child_env import program_env
from harness.errors import EnvironmentMissing, UnknownName
from harness.runtime.base import Progress
from harness.runtime.programs import fetch
from harness.runtime.programs.cache import reachable, unprivileged_user

VERSION_S = 10
SYSTEM_POSTGRES = Path("/usr/lib/postgresql")


@dataclass(frozen=True)
class Piece:
    """One external program, as far as it was found."""

    name: str
    path: Path | None
    """The program; for Postgres the directory of its programs."""
    source: str
    """How it was found: `setting DRILL_PROMETHEUS`, `PATH`, `wheel`, `cache`, …"""
    version: str
    how_to_get: str
    """What will be done, or what to do, where it is missing."""
    optional: bool = False


@dataclass(frozen=True)
class Requirement:
    """How one program is looked for and fetched."""

    setting: str
    program: str
    """The file that must be there; also the name on PATH."""
    package: str | None
    how_to_get: str
    optional: bool = False
    oldest: tuple[int, ...] = ()
    """The first version that has what we use; one that tells none is not taken either."""


FETCHED = "fetched on first use, from this machine's package sources; or install {} yourself"
REQUIREMENTS = {
    "postgres": Requirement(
        "DRILL_PG_BINDIR",
        "postgres",
        None,
        "fetched on first use, as a wheel; or install postgresql, or set DRILL_PG_BINDIR",
        oldest=(14,),
    ),
    "prometheus": Requirement(
        "DRILL_PROMETHEUS",
        "prometheus",
        "prometheus",
        FETCHED.format("prometheus"),
        oldest=(2, 50),
    ),
    "promtool": Requirement(
        "DRILL_PROMTOOL", "promtool", "promtool", FETCHED.format("prometheus"), oldest=(2, 50)
    ),
    "alertmanager": Requirement(
        "DRILL_ALERTMANAGER",
        "prometheus-alertmanager",
        "prometheus-alertmanager",
        "not needed, the host stands in for it: drill doctor --fetch gets it",
        optional=True,
        oldest=(0, 28),  # bounds silences
    ),
    "amtool": Requirement(
        "DRILL_AMTOOL",
        "amtool",
        "prometheus-alertmanager",
        "only for those who like it: drill doctor --fetch gets it",
        optional=True,
        oldest=(0, 25),
    ),
    "git": Requirement("DRILL_GIT", "git", None, "install git 2.35 or newer", oldest=(2, 35)),
    "chromium": Requirement(
        "DRILL_CHROMIUM",
        "chromium",
        None,
        "only for tests in a browser: apt-get install chromium",
        optional=True,
    ),
}


def find_all() -> list[Piece]:
    """Every external program, found or not; fetches nothing."""
    return [_find(name, requirement) for name, requirement in REQUIREMENTS.items()]


def find(name: str) -> Piece:
    """The program of that name, found or not; fetches nothing."""
    return _find(name, REQUIREMENTS[name])


def is_fetched(name: str) -> bool:
    """Whether `ensure` can get it where it is missing."""
    return name == "postgres" or REQUIREMENTS[name].package is not None


def located(name: str) -> Path | None:
    """Where the program of that name is, new enough, or None; fetches nothing."""
    return _find(name, REQUIREMENTS[name]).path


def ensure(name: str, progress: Progress = lambda _line: None) -> Path:
    """The program of that name, fetched if need be.

    Blocking. Raises EnvironmentMissing, which says how to get it, and UnknownName.
    """
    requirement = REQUIREMENTS.get(name)
    if requirement is None:
        raise UnknownName("external program", name, REQUIREMENTS)
    piece = _find(name, requirement)
    if piece.path is not None:
        return piece.path
    if requirement.setting in os.environ:
        raise EnvironmentMissing(f"{name} was not found: {piece.how_to_get}")
    if name == "postgres":
        return fetch.fetch_postgres(progress)
    if requirement.package is not None:
        fetched = fetch.fetch_package(requirement.package, progress)
        program = fetched / "usr/bin" / requirement.program
        if why := _unfit(requirement, program):
            raise EnvironmentMissing(
                f"this machine's package sources have no fit {name}: {why}",
                f"install one, and set {requirement.setting} to it",
            )
        return program
    raise EnvironmentMissing(f"{name} was not found", piece.how_to_get)


def _find(name: str, requirement: Requirement) -> Piece:
    how_to_get = requirement.how_to_get
    if setting := os.environ.get(requirement.setting):
        path = Path(setting)
        program = path / requirement.program if name == "postgres" else path
        if not _executable(program):
            how_to_get = (
                f"{requirement.setting} names {setting}, where there is no {requirement.program}"
            )
            return Piece(name, None, "", "", how_to_get, requirement.optional)
        if why := _unfit(requirement, program):
            how_to_get = f"{requirement.setting} names one that cannot be used: {why}"
            return Piece(name, None, "", "", how_to_get, requirement.optional)
        return _found(name, requirement, path, f"setting {requirement.setting}")
    unfit = []
    for source, place in _places(name, requirement):
        if place is not None:
            program = place / requirement.program if name == "postgres" else place
            if why := _unfit(requirement, program):
                unfit.append(why)
                continue
            return _found(name, requirement, place, source)
    how_to_get = "; ".join([*unfit, how_to_get])
    return Piece(name, None, "", "", how_to_get, requirement.optional)


def _unfit(requirement: Requirement, program: Path) -> str:
    """Why a program that is there cannot be used; empty where it can."""
    if not requirement.oldest:
        return ""
    version = version_of(program)
    if not version:
        return f"{program} does not tell its version"
    if tuple(map(int, version.split("."))) < requirement.oldest:
        return f"{program} is {version}, older than {'.'.join(map(str, requirement.oldest))}"
    return ""


def _places(name: str, requirement: Requirement) -> Iterator[tuple[str, Path | None]]:
    """Where to look beyond the setting, best first."""
    on_path = shutil.which(requirement.program)
    if name != "postgres":
        yield "PATH", Path(on_path) if on_path else None
        if requirement.package is not None:
            cached = fetch.package_folder() / requirement.package / "usr/bin" / requirement.program
            yield "cache", cached if _executable(cached) else None
        return
    yield "PATH", _usable(Path(on_path).resolve().parent) if on_path else None
    by_version = sorted(SYSTEM_POSTGRES.glob("*/bin"), key=_number, reverse=True)
    for bindir in by_version:
        yield "system directory", _usable(bindir)
    spec = importlib.util.find_spec(fetch.WHEEL_MODULE)
    if spec and spec.origin:
        yield "wheel", _usable(fetch.wheel_bindir(Path(spec.origin).parents[1]))
    yield "cache", _usable(fetch.wheel_bindir(fetch.wheel_folder()))


def _usable(bindir: Path | None) -> Path | None:
    """A directory of Postgres programs that the user who will run them can reach."""
    if bindir is None or not all(_executable(bindir / it) for it in ("postgres", "initdb")):
        return None
    return bindir if reachable(bindir, unprivileged_user()) else None


def _executable(path: Path) -> bool:
    return path.is_file() and os.access(path, os.X_OK)


def _number(bindir: Path) -> float:
    try:
        return float(bindir.parent.name)
    except ValueError:
        return 0.0


def _found(name: str, requirement: Requirement, path: Path, source: str) -> Piece:
    program = path / requirement.program if name == "postgres" else path
    return Piece(
        name, path, source, version_of(program), requirement.how_to_get, requirement.optional
    )


def version_of(program: Path) -> str:
    """What `--version` says, reduced to the number; empty where it says none."""
    try:
        done = subprocess.run(
            [str(program), "--version"],
            env=program_env(),
            capture_output=True,
            check=False,
            timeout=VERSION_S,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    if done.returncode != 0:
        return ""
    line = next(iter((done.stdout + done.stderr).splitlines()), b"")
    match = re.search(rb"(?:^|[ v])(\d+(?:\.\d+)*)", line)
    return match.group(1).decode() if match else ""
