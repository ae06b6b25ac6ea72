"""The only place that runs git.

Git runs with a git directory of ours, never in the participants' repository, and with an
environment in which nobody's configuration, hooks, filters, prompts or locale have a say.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
import threading
from collections.abc import Mapping
from pathlib import Path

from harness.child_env import program_env
from harness.errors import DrillError, EnvironmentMissing

PROGRAM_SETTING = "DRILL_GIT"
"""Names another git than that on PATH."""
TIMEOUT_S = 20.0
OUTPUT_BYTES_MAX = 128_000_000
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
        with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as complaints:
            given.write(stdin)
            given.seek(0)
            try:
                process = subprocess.Popen(
                    [os.environ.get(PROGRAM_SETTING) or "git", *settings, *arguments],
                    stdin=given,
                    stdout=subprocess.PIPE,
                    stderr=complaints,
                    env=self._environment(extra),
                    cwd="/",
                )
            except FileNotFoundError as error:
                raise EnvironmentMissing(
                    "git was not found", "install git 2.35 or newer"
                ) from error
            out = _bounded_output(process, arguments[0], timeout_s)
            if process.returncode != 0:
                complaints.seek(0)
                lines = complaints.read(10_000).decode(errors="replace").strip().splitlines()
                reason = lines[0] if lines else f"exit {process.returncode}"
                raise GitFailed(arguments[0], reason)
        return out

    def text(self, *arguments: str, stdin: bytes = b"", index: Path | None = None) -> str:
        """As `run`, decoded and stripped."""
        return self.run(*arguments, stdin=stdin, index=index).decode(errors="replace").strip()

    def _environment(self, extra: Mapping[str, str]) -> dict[str, str]:
        return {
            **program_env(),
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


def _bounded_output(process: subprocess.Popen[bytes], command: str, timeout_s: float) -> bytes:
    """All output of `process`, which is ended in any case.

    Bounded in time and size: a repository can be made that takes or says endlessly much.
    """
    assert process.stdout is not None  # noqa: S101
    timer = threading.Timer(timeout_s, process.kill)
    timer.start()
    try:
        with process.stdout as stdout:
            out = stdout.read(OUTPUT_BYTES_MAX + 1)
        if len(out) > OUTPUT_BYTES_MAX:
            raise GitFailed(command, f"it says more than {OUTPUT_BYTES_MAX // 1_000_000} MB")
        process.wait()
        if not timer.is_alive():
            raise GitFailed(command, f"no answer within {timeout_s:g} s")
    finally:
        timer.cancel()
        process.kill()
        process.wait()
    return out
