"""Paging, as git does it: at a terminal, what is more than a screenful goes through a pager."""

from __future__ import annotations

import functools
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from typing import Annotated, ParamSpec

import typer

from harness.child_env import PLACES, program_env
from harness.terminal import screen

Given = ParamSpec("Given")

DEFAULT = "less"
SETTINGS = {"LESS": "FRX", "LV": "-c"}
"""For a pager that has none of its own: leave at once what fits, keep colours, clear nothing."""
PAGERS = ("TERM", "COLUMNS", "LINES", "LESS*", "LV", "MORE", "MOST_*", "BAT_*")
"""What the usual pagers are told by the shell."""
NONE = ("", "cat")


class When(StrEnum):
    """When lines have colour."""

    AUTO = "auto"
    ALWAYS = "always"
    NEVER = "never"


_paging = {"is_wanted": True}


def options(
    no_pager: Annotated[
        bool, typer.Option("--no-pager", help="Page nothing; PAGER names the pager.")
    ] = False,
    color: Annotated[
        When, typer.Option(help="Colour: `auto` is at a terminal, without NO_COLOR.")
    ] = When.AUTO,
) -> None:
    """3AM: incident drills on a real shop. Start one with: drill run deadlock"""
    _paging["is_wanted"] = not no_pager
    screen.color = color.value


def paged(command: Callable[Given, None]) -> Callable[Given, None]:
    """A command that answers and is done: at a terminal its output goes through the pager."""

    @functools.wraps(command)
    def through_pager(*args: Given.args, **kwargs: Given.kwargs) -> None:
        chosen = os.environ.get("PAGER", DEFAULT)
        if _paging["is_wanted"] and sys.stdout.isatty() and _is_there(chosen):
            with _pager(chosen):
                command(*args, **kwargs)
        else:
            command(*args, **kwargs)

    return through_pager


def _is_there(chosen: str) -> bool:
    """Whether the command line pages and its program, which settings may precede, is here."""
    program = next((word for word in chosen.split() if "=" not in word), "")
    return program not in NONE and shutil.which(program) is not None


@contextmanager
def _pager(chosen: str) -> Iterator[None]:
    """Inside, stdout is a pipe into the pager, and stderr with it where that is a terminal, too.

    Who quits it early has read enough: that is no error.
    """
    columns = os.get_terminal_size(sys.stdout.fileno()).columns
    columns = int(os.environ.get("COLUMNS") or 0) or columns or 80
    missing = {name: value for name, value in SETTINGS.items() if name not in os.environ}
    program = subprocess.Popen(  # noqa: S602  PAGER is a command line of the user's own
        chosen, shell=True, stdin=subprocess.PIPE, env=program_env(PLACES, PAGERS, **missing)
    )
    assert program.stdin is not None  # noqa: S101  asked for as a pipe
    streams = [one for one in (sys.stdout, sys.stderr) if one.isatty()]
    kept = [(one, os.dup(one.fileno())) for one in streams]
    for stream in streams:
        stream.flush()
        os.dup2(program.stdin.fileno(), stream.fileno())
    program.stdin.close()
    screen.paged_columns = columns
    try:
        yield
    except BrokenPipeError:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)
    finally:
        screen.paged_columns = None
        for stream, terminal in kept:
            _drain(stream.flush)
            os.dup2(terminal, stream.fileno())
            os.close(terminal)
        _wait(program)


def _drain(flush: Callable[[], None]) -> None:
    try:
        flush()
    except BrokenPipeError:
        return


def _wait(program: subprocess.Popen[bytes]) -> None:
    """Until the reader is done: Ctrl-C meanwhile is for the pager."""
    while True:
        try:
            program.wait()
        except KeyboardInterrupt:
            continue
        return
