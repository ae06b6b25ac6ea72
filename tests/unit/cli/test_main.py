"""`drill --help`: every command below a heading, each with one whole line."""

from __future__ import annotations

import pytest
import typer
from typer.main import get_command
from typer.testing import CliRunner

from harness.cli.main import app
from harness.cli.panels import PANELS

HEADINGS = ("Start", "Look", "Act", "Write", "Exercise", "Afterwards", "Instruct", "Machine")
IMPERATIVES = {
    *("Acknowledge", "Add", "Build", "Check", "Clone", "Declare", "Diagnose", "Draft", "End"),
    *("Finish", "Give", "List", "Mark", "Measure", "Post", "Print", "Query", "Record", "Restart"),
    *("Revoke", "Roll", "Run", "Search", "Serve", "Show", "Sign", "Start", "State", "Stop", "Take"),
    *("Verify", "Write"),
}


def help_lines(of: typer.Typer) -> dict[str, str]:
    """The first line of each command's help."""
    group = get_command(of)
    commands = group.commands  # type: ignore[attr-defined]
    return {name: one.help.split("\n\n")[0] for name, one in commands.items()}


def shown(of: typer.Typer, width: int, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The lines of `--help` in a terminal of `width` columns."""
    monkeypatch.setenv("COLUMNS", str(width))
    return CliRunner().invoke(of, ["--help"]).output.splitlines()


def cut(of: typer.Typer, lines: list[str]) -> set[str]:
    """The commands whose help does not stand whole in one line beside their name."""
    rows = {" ".join(one.strip("│ ").split()) for one in lines}
    return {name for name, text in help_lines(of).items() if f"{name} {text}" not in rows}


@pytest.mark.parametrize("width", [80, 120])
def test_each_command_has_one_whole_line(width: int, monkeypatch: pytest.MonkeyPatch) -> None:
    assert cut(app, shown(app, width, monkeypatch)) == set()


def test_commands_stand_below_the_headings_in_their_order(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = shown(app, 80, monkeypatch)
    headings = [one.strip("╭─╮ ") for one in lines if one.startswith("╭")]
    assert headings == ["Options", *HEADINGS]
    assert PANELS == HEADINGS


def test_each_line_begins_with_what_the_command_does() -> None:
    assert {text.split()[0] for text in help_lines(app).values()} <= IMPERATIVES
    assert all(text.endswith(".") for text in help_lines(app).values())


def test_a_line_that_is_too_long_and_a_command_without_heading_are_noticed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    careless = typer.Typer(rich_markup_mode="markdown")

    @careless.command()
    def long() -> None:
        """Show a line that takes far more room than a terminal of eighty columns has for it."""

    @careless.command(rich_help_panel="Look")
    def short() -> None:
        """Show it."""

    lines = shown(careless, 80, monkeypatch)
    assert cut(careless, lines) == {"long"}
    assert any("Commands" in one for one in lines if one.startswith("╭"))
