"""Paging and colour, as git does it: at a terminal alone, and as the reader asks."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from harness.child_env import PLACES, program_env

LINES = 120
SCRIPT = f"""
import typer
from harness.cli.paging import options, paged
from harness.errors import DrillError
from harness.terminal import line, say

app = typer.Typer(callback=options)

@app.command()
@paged
def lines(fail: bool = False) -> None:
    if fail:
        raise DrillError("it broke")
    for number in range({LINES}):
        line(f"line {{number}}", "bad")
    say("read to the end")

@app.command()
def other() -> None:
    line("not paged")

app()
"""
RED = "\x1b[31mline 0\x1b[m"
PLAIN_PAGER = "sed 's/^/paged: /'"


def at_a_terminal(*words: str, typed: str = "", **env: str) -> tuple[int, list[str]]:
    """The exit code, and the lines shown, of the script in a terminal of 80 columns, 24 lines."""
    return run_in_terminal((sys.executable, "-c", SCRIPT, *words), typed, **env)


def run_in_terminal(argv: Sequence[str], typed: str = "", **env: str) -> tuple[int, list[str]]:
    given = {"TERM": "xterm", "COLUMNS": "80", "LINES": "24", **env}
    pid, screen = pty.fork()
    if pid == 0:
        os.execve(argv[0], list(argv), program_env(PLACES, **given))  # noqa: S606
    shown = b""
    if typed:
        # The pager has answered when it shows a screenful.
        while shown.count(b"\n") < 20:
            shown += os.read(screen, 65536)
        os.write(screen, typed.encode())
    while True:
        try:
            part = os.read(screen, 65536)
        except OSError:  # the other end is closed
            break
        if not part:
            break
        shown += part
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    os.close(screen)
    return code, shown.decode().replace("\r", "").splitlines()


def test_at_a_terminal_the_answer_goes_through_the_readers_pager_with_its_talk() -> None:
    code, shown = at_a_terminal("lines", PAGER=PLAIN_PAGER)
    assert code == 0
    assert shown[:1] == [f"paged: {RED}"]
    assert shown[-1] == "paged: read to the end"
    assert len(shown) == LINES + 1


@pytest.mark.parametrize(
    ("words", "env"),
    [
        (("--no-pager", "lines"), {"PAGER": PLAIN_PAGER}),
        (("lines",), {"PAGER": ""}),
        (("lines",), {"PAGER": "cat"}),
        (("lines",), {"PAGER": "no-such-pager --at-all"}),
        (("other",), {"PAGER": PLAIN_PAGER}),
    ],
)
def test_nothing_is_paged_that_was_not_to_be(words: tuple[str, ...], env: dict[str, str]) -> None:
    code, shown = at_a_terminal(*words, **env)
    assert code == 0
    assert not [text for text in shown if text.startswith("paged: ")]
    assert shown[0] in (RED, "not paged")


def test_the_default_pager_shows_a_screenful_and_is_left_with_q() -> None:
    code, shown = at_a_terminal("lines", typed="q")
    assert code == 0
    text = "\n".join(shown)
    assert "line 20" in text
    assert f"line {LINES - 1}" not in text
    assert "Traceback" not in text


def test_a_pager_that_is_quit_early_is_no_error_and_nothing_follows_it() -> None:
    assert at_a_terminal("lines", PAGER="head -n 1") == (0, [RED])


def test_an_error_is_told_at_the_terminal_and_keeps_its_exit_code() -> None:
    code, shown = at_a_terminal("lines", "--fail", PAGER=PLAIN_PAGER)
    assert code != 0
    assert any("it broke" in text for text in shown)
    assert not any(text.startswith("paged: ") for text in shown)


@pytest.mark.parametrize(
    ("words", "env", "is_colored"),
    [
        ((), {}, True),
        ((), {"NO_COLOR": "1"}, False),
        ((), {"NO_COLOR": ""}, True),
        ((), {"TERM": "dumb"}, False),
        (("--color", "never"), {}, False),
        (("--color", "always"), {"NO_COLOR": "1"}, True),
    ],
)
def test_colour_is_as_the_reader_asks(
    words: tuple[str, ...], env: dict[str, str], is_colored: bool
) -> None:
    _, shown = at_a_terminal(*words, "lines", PAGER="cat", **env)
    assert shown[0] == (RED if is_colored else "line 0")


@pytest.mark.parametrize(("words", "first"), [((), "line 0"), (("--color", "always"), RED)])
def test_a_pipe_gets_neither_pager_nor_colour_but_on_demand(
    words: tuple[str, ...], first: str, tmp_path: Path
) -> None:
    mark = tmp_path / "paged"
    done = subprocess.run(
        (sys.executable, "-c", SCRIPT, *words, "lines"),
        env=program_env(PLACES, PAGER=f"touch {mark}; cat"),
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.splitlines()[0] == first
    assert not mark.exists()
