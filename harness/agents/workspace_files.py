"""The files of the team's workspace, as an agent reads and writes them: none beside them."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from harness.child_env import NETWORK, PLACES, program_env
from harness.errors import (
    DrillError,
    EnvironmentMissing,
    MachineRefused,
    NotAllowed,
    UnknownName,
    UsageError,
)

GIT = ".git"
FILE_BYTES_MAX = 400_000
NAMES_MAX = 500
GIT_TIMEOUT_S = 60.0


@dataclass(frozen=True)
class WorkspaceFiles:
    """One clone of the shop. Where it is one of `drill git clone`, what is deployed from it has to
    be pushed first."""

    root: Path
    is_pushed: bool = False

    def read(self, path: str, first_line: int, lines: int) -> dict[str, object]:
        """Lines of a file, or the names in a folder. Raises NotAllowed, UnknownName, UsageError."""
        place = self._place(path)
        if place.is_dir():
            names = islice(sorted(self._names(place)), NAMES_MAX)
            return {"path": path, "names": list(names)}
        if not place.is_file():
            raise UnknownName("file", path, self._names(place.parent))
        try:
            with place.open("rb") as file:
                data = file.read(FILE_BYTES_MAX)
        except OSError as error:
            raise MachineRefused(error, path) from None
        whole = data.decode("utf-8", errors="replace").splitlines(keepends=True)
        shown = whole[first_line - 1 : first_line - 1 + lines]
        return {
            "path": path,
            "text": "".join(shown),
            "first_line": first_line,
            "lines": len(shown),
            "lines_of_file": len(whole),
        }

    def write(self, path: str, text: str) -> dict[str, object]:
        """Replace a file, or make it. Raises NotAllowed, UsageError."""
        place = self._place(path)
        if place.is_dir():
            raise UsageError(f"'{path}' is a folder", "name a file")
        data = text.encode()
        if len(data) > FILE_BYTES_MAX:
            raise UsageError(f"{len(data)} bytes are too many: {FILE_BYTES_MAX} are the most")
        is_new = not place.exists()
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(data)
        except (NotADirectoryError, FileExistsError):
            raise UsageError(f"'{path}' lies below a file", "name another place") from None
        except OSError as error:
            raise MachineRefused(error, path) from None
        return {"path": path, "bytes": len(data), "is_new": is_new}

    def pushed_commit(self, message: str | None) -> str | None:
        """What is to be deployed: in a clone of `drill git clone` everything is committed and
        pushed, and that commit named. None where the drill commits by itself. Raises DrillError."""
        if not self.is_pushed:
            return None
        if message and self._git("status", "--porcelain"):
            self._git("add", "--all")
            self._git("commit", "--quiet", "--message", message)
        self._git("push", "--quiet")
        return self._git("rev-parse", "HEAD")

    def _place(self, path: str) -> Path:
        """Where `path` lies, links followed. Raises NotAllowed beyond the workspace."""
        root = self.root.resolve()
        try:
            place = (root / path).resolve()
        except (OSError, ValueError, RuntimeError):
            raise UsageError("that is no path", "for example services/payments/app.py") from None
        inside = place == root or place.is_relative_to(root)
        if not inside or any(part.lower() == GIT for part in place.relative_to(root).parts):
            raise NotAllowed(
                f"'{path}' is not in the workspace", "paths are those in the workspace's folder"
            )
        return place

    def _names(self, folder: Path) -> list[str]:
        try:
            with os.scandir(folder) as found:
                return [
                    f"{one.name}/" if one.is_dir() else one.name for one in found if one.name != GIT
                ]
        except OSError:
            return []

    def _git(self, *arguments: str) -> str:
        """What this user's git says of the clone. Raises DrillError with its own words."""
        try:
            done = subprocess.run(
                ["git", "-C", str(self.root), *arguments],
                check=False,
                capture_output=True,
                stdin=subprocess.DEVNULL,
                encoding="utf-8",
                errors="replace",
                timeout=GIT_TIMEOUT_S,
                env=program_env(PLACES, NETWORK, ("GIT_*", "SSH_*", "DRILL_*")),
            )
        except FileNotFoundError:
            raise EnvironmentMissing("git was not found", "install git") from None
        except subprocess.TimeoutExpired:
            raise DrillError(f"git {arguments[0]} took more than {GIT_TIMEOUT_S:g} s") from None
        if done.returncode != 0:
            words = " ".join(done.stderr.split())[:500]
            raise DrillError(f"git {arguments[0]} failed: {words}", "see the clone's own state")
        return done.stdout.strip()
