"""The Docker Compose program: where it is found, and running it for one project.

python -m harness.runtime.compose.command      # fetches it where it is missing
"""

from __future__ import annotations

import asyncio
import functools
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from harness.child_env import ENGINE, PLACES, program_env
from harness.errors import EnvironmentMissing, StackFailed
from harness.paths import REPO
from harness.runtime.base import Progress
from harness.runtime.compose.engine import Engine
from harness.runtime.compose.project import PROJECT_LABEL, SERVICE_LABEL
from harness.runtime.programs import fetch

BASE_FILE = REPO / "compose" / "compose.yaml"
OLDEST = (2, 20)
VERSION_S = 10
UP_S = 120.0
AT_ONCE = 2
"""Compose programs at a time: each keeps a core busy for a third of a second."""
PLUGIN = Path("usr/libexec/docker/cli-plugins/docker-compose")
PACKAGE = "docker-compose"


@functools.cache
def find_program() -> tuple[str, ...] | None:
    """`docker compose`, or a `docker-compose` of version 2; None where neither is. Blocking."""
    cached = fetch.package_folder() / PACKAGE / PLUGIN
    for argv in (("docker", "compose"), ("docker-compose",), (str(cached),)):
        if shutil.which(argv[0]) and _version(argv) >= OLDEST:
            return argv
    return None


def ensure_program(progress: Progress) -> tuple[str, ...]:
    """The program, fetched as Debian's package where it is missing or old. Blocking.

    Raises EnvironmentMissing.
    """
    found = find_program()
    why = ""
    if found is None:
        try:
            fetch.fetch_package(PACKAGE, progress)
        except EnvironmentMissing as error:
            why = f" ({error.message})"
        find_program.cache_clear()
        found = find_program()
    if found is None:
        raise EnvironmentMissing(
            f"Docker Compose is missing, or older than 2.20{why}",
            "install the docker-compose-plugin (or docker-compose-v2) package",
        )
    return found


def _version(argv: Sequence[str]) -> tuple[int, ...]:
    try:
        done = subprocess.run(
            [*argv, "version", "--short"],
            env=program_env(PLACES, ENGINE),
            capture_output=True,
            check=False,
            timeout=VERSION_S,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ()
    match = re.match(rb"v?(\d+)\.(\d+)", done.stdout.strip())
    return tuple(map(int, match.groups())) if match else ()


@dataclass(frozen=True)
class Compose:
    """Compose for one project: `base` as checked in, and what belongs to this run alone."""

    program: tuple[str, ...]
    project: str
    base: Path
    folder: Path
    """Private; holds this run's own files."""
    environment: Mapping[str, str]
    gate: asyncio.Semaphore

    def add(self, name: str, content: Mapping[str, object]) -> Path:
        """Write one more file for this project; JSON is YAML."""
        path = self.folder / f"{name}.json"
        path.write_text(json.dumps(content, indent=1), encoding="utf-8")
        return path

    async def up(
        self,
        *services: str,
        files: Sequence[Path] = (),
        values: Mapping[str, str] | None = None,
        beside: int = 0,
    ) -> None:
        """Start services without those that they depend on. Raises StackFailed.

        `beside`: how many containers of the (one) service run already and are to be left alone.
        """
        flags = ["--detach", "--no-deps", "--quiet-pull", "--no-build"]
        if beside:
            flags += ["--no-recreate", "--scale", f"{services[0]}={beside + 1}"]
        paths = (self.base, self.folder / "project.json", *files)
        argv = [*self.program, "--project-name", self.project, "--ansi=never"]
        argv += [part for path in paths for part in ("--file", str(path))]
        async with self.gate:
            process = await asyncio.create_subprocess_exec(
                *(*argv, "up", *flags, *services),
                env={**self.environment, **(values or {})},
                cwd=self.folder,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.DEVNULL,
                stderr=asyncio.subprocess.PIPE,
            )
            try:
                async with asyncio.timeout(UP_S):
                    _, output = await process.communicate()
            except BaseException as error:
                if process.returncode is None:
                    process.kill()
                    await process.wait()
                if isinstance(error, TimeoutError):
                    what = ", ".join(services)
                    raise StackFailed(f"Compose did not start {what} in {UP_S:g} s") from error
                raise
        if process.returncode != 0:
            raise StackFailed(f"Compose could not start {', '.join(services)}: {_last(output)}")

    async def container(self, engine: Engine, service: str) -> str:
        """The id of the one container of a service. Raises StackFailed."""
        labels = (f"{PROJECT_LABEL}={self.project}", f"{SERVICE_LABEL}={service}")
        found = await engine.labelled("containers", *labels)
        if len(found) != 1:
            raise StackFailed(f"{service} has {len(found)} containers, not one")
        container: str = found[0]["Id"]
        return container


def _last(output: bytes) -> str:
    lines = [line.strip() for line in output.decode(errors="replace").splitlines()]
    kept = [line for line in lines if line and "level=warning" not in line]
    return " / ".join(kept[-3:])


def main() -> int:
    """Say which program is used. Exit code: 0, or 3 where there is none to be had."""
    try:
        program = ensure_program(lambda text: print(f"… {text}", file=sys.stderr))  # noqa: T201
    except EnvironmentMissing as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code
    sys.stderr.write(f"Docker Compose {'.'.join(map(str, _version(program)))}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
