"""The only place that runs git.

Git runs with a git directory of ours, never in the participants' repository, and with an
environment in which nobody's configuration, hooks, filters, prompts or locale have a say.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

from harness.errors import DrillError, EnvironmentMissing

TIMEOUT_S = 20.0
_SETTINGS = (
    "core.hooksPath=/dev/null",
    "core.fsmonitor=false",
    "core.attributesFile=/dev/null",
    "core.excludesFile=/dev/null",
    "core.logAllRefUpdates=false",
    "core.autocrlf=false",
    "gc.auto=0",
    "maintenance.auto=false",
    "protocol.allow=never",
    "protocol.file.allow=always",
    "advice.detachedHead=false",
)


class GitFailed(DrillError):
    """Git said no; `reason` is its first line of complaint."""

    def __init__(self, command: str, reason: str) -> None:
        super().__init__(f"git {command} failed: {reason}")
        self.reason = reason


class Git:
    """Runs git with `git_dir`, which is ours."""

    def __init__(self, git_dir: Path) -> None:
        self.git_dir = git_dir

    def run(
        self,
        *arguments: str,
        stdin: bytes = b"",
        index: Path | None = None,
        objects: Path | None = None,
        timeout_s: float = TIMEOUT_S,
    ) -> bytes:
        """The standard output of `git <arguments>`.

        `index` is used in place of the repository's own; `objects` is a directory of foreign
        objects to read from as well. Raises GitFailed, and EnvironmentMissing without git.
        """
        settings = [part for setting in _SETTINGS for part in ("-c", setting)]
        extra: dict[str, str] = {}
        if index is not None:
            extra["GIT_INDEX_FILE"] = str(index)
        if objects is not None:
            extra["GIT_ALTERNATE_OBJECT_DIRECTORIES"] = _quoted(str(objects))
        try:
            done = subprocess.run(
                ["git", *settings, *arguments],
                input=stdin,
                capture_output=True,
                env=self._environment(extra),
                cwd="/",
                timeout=timeout_s,
                check=False,
            )
        except FileNotFoundError as error:
            raise EnvironmentMissing("git was not found", "install git 2.35 or later") from error
        except subprocess.TimeoutExpired as error:
            raise GitFailed(arguments[0], f"no answer within {timeout_s:g} s") from error
        if done.returncode != 0:
            complaint = done.stderr.decode(errors="replace").strip().splitlines()
            raise GitFailed(arguments[0], complaint[0] if complaint else f"exit {done.returncode}")
        return done.stdout

    def text(self, *arguments: str, stdin: bytes = b"", index: Path | None = None) -> str:
        """As `run`, decoded and stripped."""
        return self.run(*arguments, stdin=stdin, index=index).decode(errors="replace").strip()

    def _environment(self, extra: Mapping[str, str]) -> dict[str, str]:
        return {
            "PATH": os.environ.get("PATH", os.defpath),
            "HOME": "/nonexistent",
            "LC_ALL": "C",
            "TZ": "UTC",
            "GIT_DIR": str(self.git_dir),
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_CONFIG_GLOBAL": "/dev/null",
            "GIT_ATTR_NOSYSTEM": "1",
            "GIT_NO_REPLACE_OBJECTS": "1",
            "GIT_TERMINAL_PROMPT": "0",
            "GIT_OPTIONAL_LOCKS": "0",
            **extra,
        }


def _quoted(path: str) -> str:
    """A path for a colon-separated list, C-quoted as git reads it."""
    return '"' + path.replace("\\", "\\\\").replace('"', '\\"') + '"'
