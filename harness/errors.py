"""Every error that a user can meet, as one tree.

    DrillError                     exit_code 1   something asked for was not achieved
    ├── UsageError                 exit_code 2   the request itself is wrong
    │   ├── UnknownName                          no such scenario, service, version, …
    │   └── BadFile                              a file of ours or theirs is malformed (file, line)
    ├── EnvironmentMissing         exit_code 3   the machine lacks something, or holds it already
    │   ├── MachineRefused                       a disk, a folder, a limit: what the kernel said
    │   ├── PortTaken                            names the port and the process that holds it
    │   └── AlreadyRunning                       another drill owns this home
    ├── NotAllowed                 exit_code 1   the role may not do this
    ├── EditConflict               exit_code 1   somebody else saved the same text first
    ├── DeployFailed               exit_code 1   the new version never served; the old one does
    ├── StackFailed                exit_code 1   a part of the stack did not start or died
    ├── OwnMistake                 exit_code 1   a mistake of ours; its traceback is kept
    └── RecordFailed               exit_code 1   the record could not be written or read

Each carries a message (what happened, and where) and a hint (what to do next).
"""

from __future__ import annotations

import difflib
import errno
import os
from collections.abc import Iterable
from pathlib import Path
from typing import ClassVar


class DrillError(Exception):
    """Base of all errors that are shown to a user without a traceback."""

    exit_code = 1

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message}\n  hint: {self.hint}" if self.hint else self.message


class UsageError(DrillError):
    """The request itself is wrong; repeating it will not help."""

    exit_code = 2


class UnknownName(UsageError):
    """A name that nothing answers to, with the nearest ones that do."""

    def __init__(self, kind: str, name: str, known: Iterable[str]) -> None:
        names = sorted(known)
        near = difflib.get_close_matches(name, names, n=3, cutoff=0.4)
        hint = f"did you mean {' or '.join(near)}?" if near else f"known: {', '.join(names)}"
        super().__init__(f"there is no {kind} '{name}'", hint)
        self.kind, self.name, self.near = kind, name, tuple(near)


class BadFile(UsageError):
    """A malformed file: `path:line: what is wrong`."""

    def __init__(self, path: Path, line: int | None, message: str, hint: str = "") -> None:
        where = f"{path}:{line}" if line is not None else str(path)
        super().__init__(f"{where}: {message}", hint)
        self.path, self.line = path, line


class EnvironmentMissing(DrillError):
    """The machine lacks something that the command needs."""

    exit_code = 3


class MachineRefused(EnvironmentMissing):
    """The kernel refused something that we are normally given: room, access, a process."""

    HINTS: ClassVar[dict[int, str]] = {
        **dict.fromkeys((errno.ENOSPC, errno.EDQUOT), "make room on that disk, then start again"),
        **dict.fromkeys(
            (errno.EACCES, errno.EPERM, errno.EROFS),
            "let this user write there, or set DRILL_HOME or THREEAM_CACHE to another place",
        ),
        errno.EIO: "the device fails, or the terminal is gone",
        **dict.fromkeys((errno.EMFILE, errno.ENFILE), "allow more open files: ulimit -n 4096"),
        **dict.fromkeys(
            (errno.EAGAIN, errno.ENOMEM),
            "too many processes or too little memory: end something, or raise ulimit -u",
        ),
    }

    def __init__(self, error: OSError, what: str = "") -> None:
        self.reason = error.strerror or str(error) or type(error).__name__
        where = what or (str(error.filename) if error.filename else "the system refused")
        super().__init__(f"{where}: {self.reason}", self.HINTS.get(error.errno or 0, ""))


NO_THREAD = "can't start new thread"
"""How the interpreter words it where the kernel refuses one; it has no type of its own."""


def refused_by_machine(error: BaseException) -> MachineRefused | None:
    """What the kernel refused, where that is what `error` comes from; None for a mistake."""
    if isinstance(error, MemoryError):
        return MachineRefused(OSError(errno.ENOMEM, os.strerror(errno.ENOMEM)))
    if isinstance(error, RuntimeError) and NO_THREAD in str(error):
        return MachineRefused(OSError(errno.EAGAIN, NO_THREAD))
    # Without a number it is no answer of the kernel: a timeout of ours, for one. And where nothing
    # is named that was refused, only a lack of something can be told from a mistake.
    if isinstance(error, OSError) and (error.filename or error.errno in MachineRefused.HINTS):
        return MachineRefused(error)
    return None


class PortTaken(EnvironmentMissing):
    """A port that we need is held by somebody else, whom we leave alone."""

    def __init__(self, port: int, holder: str, hint: str = "") -> None:
        super().__init__(
            f"port {port} is taken by {holder}",
            hint or "stop that process, or choose another block of ports with --port-offset",
        )
        self.port, self.holder = port, holder


class AlreadyRunning(EnvironmentMissing):
    """Another drill owns this home directory."""


class NotAllowed(DrillError):
    """The caller's role does not permit this."""


class EditConflict(DrillError):
    """Somebody else saved the same text first; neither text is lost."""


class DeployFailed(DrillError):
    """A release that could not be imported or never became ready; the old one still serves."""


class StackFailed(DrillError):
    """A part of the stack did not start, or died."""


class OwnMistake(DrillError):
    """A mistake of ours, which nothing that a user did can explain."""

    def __init__(self, error: BaseException, traceback_path: Path) -> None:
        super().__init__(
            f"{type(error).__name__}: {error}",
            f"internal error; traceback in {traceback_path}",
        )
        self.traceback_path = traceback_path


class RecordFailed(DrillError):
    """The record could not be written or read; nothing was acknowledged."""
