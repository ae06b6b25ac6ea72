"""What the machine refuses is told in two lines at most, with exit code 3, by the real program."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from harness.cli import main

DRILL = [sys.executable, "-c", "from harness.cli.main import main; main()"]
ROOT = Path(__file__).resolve().parents[3]
WHOLE_TIME_S = 120


def drill(*arguments: str, stdout: int = subprocess.PIPE, **env: str) -> tuple[int, str, str]:
    """Exit code, output, complaints."""
    done = subprocess.run(
        [*DRILL, *arguments],
        cwd=ROOT,
        env={**os.environ, **env},
        stdout=stdout,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        check=False,
        timeout=WHOLE_TIME_S,
    )
    return done.returncode, done.stdout or "", done.stderr


@pytest.mark.parametrize(
    ("command", "place", "reason"),
    [
        (("run", "deadlock"), "/etc/passwd", "Not a directory"),
        (("run", "deadlock"), "/dev/null/home", "Not a directory"),
        (("demo", "deadlock"), "/proc/home", "No such file or directory"),
        (("up",), f"/tmp/{'x' * 300}", "File name too long"),
    ],
)
def test_a_home_that_cannot_be_is_told_in_a_line(
    command: tuple[str, ...], place: str, reason: str
) -> None:
    code, output, complaints = drill(*command, DRILL_HOME=place)
    assert (code, output) == (3, "")
    assert complaints.splitlines() == [
        f"drill: drills cannot be kept in {place}: {reason}",
        "  hint: set DRILL_HOME to a directory that you can write to",
    ]


@pytest.mark.parametrize("command", ["status", "history", "down", "logs"])
def test_commands_that_only_look_do_not_fall_over_such_a_home_either(command: str) -> None:
    for place in ("/etc/passwd", f"/tmp/{'x' * 300}"):
        _, _, complaints = drill(command, DRILL_HOME=place)
        assert "Traceback" not in complaints
        assert len(complaints.splitlines()) <= 2


@pytest.mark.parametrize("command", [("scenarios",), ("scenarios", "--json"), ("run", "--help")])
def test_output_that_has_no_room_is_told_in_a_line(command: tuple[str, ...]) -> None:
    with Path("/dev/full").open("w") as full:
        code, _, complaints = drill(*command, stdout=full.fileno())
    assert code == 3
    assert "No space left on device" in complaints.splitlines()[0]
    assert len(complaints.splitlines()) <= 2


def test_a_reader_that_goes_away_is_no_failure() -> None:
    reader, writer = os.pipe()
    os.close(reader)
    code, _, complaints = drill("scenarios", "--json", stdout=writer)
    os.close(writer)
    assert (code, complaints) in [(0, ""), (1, "")]


@pytest.mark.parametrize("encoding", ["ascii", "iso8859-1"])
def test_a_terminal_that_is_not_utf8_shows_escapes(encoding: str) -> None:
    code, output, complaints = drill("run", "--help", PYTHONIOENCODING=encoding, COLUMNS="80")
    assert (code, complaints) == (0, "")
    assert "Resume" in output


@pytest.mark.parametrize("locale", ["C", "POSIX", "en_US.ISO-8859-1", "nonsense"])
def test_no_locale_stops_a_command(locale: str) -> None:
    code, output, hints = drill("scenarios", PYTHONCOERCECLOCALE="0", LC_ALL=locale)
    assert code == 0
    assert all(line.startswith("a learning path: ") for line in hints.splitlines())
    assert "deadlock" in output


@pytest.mark.parametrize("home", ["home", "/dev/null/home"])
def test_a_mistake_of_ours_keeps_its_traceback_off_the_terminal(
    home: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def mistaken() -> None:
        raise KeyError("float-drift")

    monkeypatch.setenv("DRILL_HOME", str(tmp_path / home))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(main, "app", mistaken)
    monkeypatch.setattr(main.os, "dup2", lambda *_: None)
    with pytest.raises(SystemExit) as ended:
        main.main()
    assert ended.value.code == 1
    told, hint = capsys.readouterr().err.splitlines()
    assert told == "drill: internal error (KeyError)"
    kept = Path(
        hint.removeprefix("  hint: its traceback is in ").removesuffix("; please report it")
    )
    assert kept.is_relative_to(tmp_path)
    assert "KeyError: 'float-drift'" in kept.read_text()
    assert kept.stat().st_mode & 0o077 == 0
