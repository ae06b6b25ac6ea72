"""The shop's history over git's own HTTP protocol, by `git http-backend` with settings of ours.

It serves our bare repository, never the participants': what they have in theirs decides nothing.
What is pushed is held apart until it is whole, checked object by object, and found to be plain
files in branches (`push_check`); only then does a branch move.
"""

from __future__ import annotations

import asyncio
import os
import shlex
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO

from harness.child_env import program_env
from harness.errors import DrillError, EnvironmentMissing
from harness.workspace import push_check
from harness.workspace.git import PROGRAM_SETTING

PUSH_BYTES_MAX = 20_000_000
"""Of a request's body; the shop's whole history is half a megabyte."""
TIMEOUT_S = 60.0
HEAD_BYTES_MAX = 16_384
PIECE_BYTES = 65_536
HOOK = "pre-receive"
REPOSITORY = "shop.git"

SETTINGS = {
    "http.receivepack": "true",
    "http.uploadpack": "true",
    "http.getanyfile": "false",
    "transfer.fsckObjects": "true",
    "transfer.unpackLimit": "1",
    "receive.maxInputSize": str(PUSH_BYTES_MAX),
    "receive.denyNonFastForwards": "true",
    "receive.denyDeletes": "true",
    "receive.autogc": "false",
    "receive.certNonceSeed": "",
    "core.bigFileThreshold": "1m",
    "core.attributesFile": "/dev/null",
    "core.fsmonitor": "false",
    "core.logAllRefUpdates": "false",
    "gc.auto": "0",
    "maintenance.auto": "false",
    "pack.threads": "1",
    "safe.directory": "*",
}
VISIBLE = ("refs", "!refs/heads", "!refs/tags")
"""What is hidden: all that is no branch and no version."""


@dataclass(frozen=True)
class GitRequest:
    """One request of a git client. `path` is what follows the repository's name."""

    method: str
    path: str
    query: str
    content_type: str
    content_encoding: str
    person: str
    body: IO[bytes]
    body_bytes: int


@dataclass(frozen=True)
class GitAnswer:
    """What git says to it. Close it, whatever was read of it."""

    status: int
    headers: dict[str, str]
    process: asyncio.subprocess.Process
    deadline: float

    async def pieces(self) -> AsyncIterator[bytes]:
        """The body. Raises TimeoutError where it takes too long."""
        assert self.process.stdout is not None  # noqa: S101
        async with asyncio.timeout_at(self.deadline):
            while piece := await self.process.stdout.read(PIECE_BYTES):
                yield piece

    async def close(self) -> None:
        """End git and all that it started."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        await self.process.wait()


def install_hooks(folder: Path) -> Path:
    """The folder with our hook, for `answer`; made anew, since the program may have moved."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    command = shlex.join([sys.executable, "-I", push_check.__file__])
    path = folder / HOOK
    path.write_text(f"#!/bin/sh\nexec {command}\n", encoding="utf-8")
    path.chmod(0o700)
    return folder


async def answer(git_dir: Path, hooks: Path, request: GitRequest) -> GitAnswer:
    """Git's answer. Raises EnvironmentMissing where there is no repository or no git, and
    DrillError where git says nothing that is one."""
    if not (git_dir / "HEAD").is_file():
        raise EnvironmentMissing("the drill has no history yet", "try again in a few seconds")
    try:
        process = await asyncio.create_subprocess_exec(
            os.environ.get(PROGRAM_SETTING) or "git",
            "http-backend",
            stdin=request.body,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            cwd="/",
            env=_environment(git_dir, hooks, request),
            start_new_session=True,
        )
    except FileNotFoundError as error:
        raise EnvironmentMissing("git was not found", "install git 2.35 or newer") from error
    deadline = asyncio.get_running_loop().time() + TIMEOUT_S
    begun = GitAnswer(0, {}, process, deadline)
    try:
        assert process.stdout is not None  # noqa: S101
        async with asyncio.timeout_at(deadline):
            status, headers = await _head(process.stdout)
    except BaseException:
        await begun.close()
        raise
    return replace(begun, status=status, headers=headers)


async def _head(out: asyncio.StreamReader) -> tuple[int, dict[str, str]]:
    status, headers, read = 200, {}, 0
    while line := (await out.readline()).decode("latin-1").strip():
        read += len(line)
        if read > HEAD_BYTES_MAX:
            break
        name, _, value = line.partition(":")
        if name.lower() == "status":
            status = int(value.split()[0])
        else:
            headers[name.lower()] = value.strip()
    if "content-type" not in headers and status == 200:
        raise DrillError("git did not answer", "try again; is the repository whole?")
    return status, headers


def _environment(git_dir: Path, hooks: Path, request: GitRequest) -> dict[str, str]:
    settings = [*SETTINGS.items(), ("core.hooksPath", str(hooks))]
    settings += [("transfer.hideRefs", name) for name in VISIBLE]
    numbered = {
        f"GIT_CONFIG_{kind}_{at}": text
        for at, setting in enumerate(settings)
        for kind, text in zip(("KEY", "VALUE"), setting, strict=True)
    }
    return {
        **program_env(),
        "HOME": "/nonexistent",
        "LC_ALL": "C",
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": "/dev/null",
        "GIT_ATTR_NOSYSTEM": "1",
        "GIT_NO_REPLACE_OBJECTS": "1",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_CONFIG_COUNT": str(len(settings)),
        **numbered,
        "GIT_PROJECT_ROOT": str(git_dir.parent),
        "GIT_HTTP_EXPORT_ALL": "1",
        "GIT_HTTP_MAX_REQUEST_BUFFER": str(PUSH_BYTES_MAX),
        # Its newer protocol would hand out whatever is named, in a branch or not.
        "GIT_PROTOCOL": "version=0",
        "REQUEST_METHOD": request.method,
        "PATH_INFO": f"/{git_dir.name}{request.path}",
        "QUERY_STRING": request.query,
        "CONTENT_TYPE": request.content_type,
        "CONTENT_LENGTH": str(request.body_bytes),
        "HTTP_CONTENT_ENCODING": request.content_encoding,
        "REMOTE_USER": request.person.encode("ascii", "replace").decode().replace("\n", " "),
        "GIT_COMMITTER_NAME": "on call",
        "GIT_COMMITTER_EMAIL": "on-call@northgoods.example",
    }
