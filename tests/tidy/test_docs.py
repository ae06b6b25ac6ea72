"""What the documents promise exists: make targets, commands, files, metrics."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from harness.causes import Mechanism
from harness.cli.api_client import PERSON_VARIABLE
from harness.cli.main import app
from tests.tidy.pages import missing_paths

ROOT = Path(__file__).resolve().parents[2]
INDEX = ROOT / "docs" / "README.md"
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
DECISIONS = sorted((ROOT / "docs" / "adr").glob("*.md"))


def names_of(part: typer.Typer) -> list[str]:
    """What is typed for each command of an app or a group."""
    return [
        command.name or (command.callback.__name__ if command.callback else "").replace("_", "-")
        for command in part.registered_commands
    ]


GROUPS = {group.name: group.typer_instance for group in app.registered_groups}
COMMANDS = sorted(
    [*names_of(app), *(f"{name} {one}" for name, part in GROUPS.items() for one in names_of(part))]
)


def code_lines(text: str) -> list[str]:
    """Each line of the fenced blocks of a page, and each code span outside of them."""
    blocks = re.findall(r"^```\w*\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    prose = re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)
    lines = [line for block in blocks for line in block.splitlines()]
    return [line.strip() for line in lines + re.findall(r"`([^`]+)`", prose)]


def promised_commands(text: str) -> set[str]:
    """The words after `drill` in the code of a page."""
    found = (re.match(r"(?:\S+/)?drill ([a-z]+(?:-[a-z]+)*)\b", line) for line in code_lines(text))
    return {match[1] for match in found if match}


def promised_targets(text: str) -> set[str]:
    """The words after `make` in the code of a page."""
    found = (re.match(r"make ([a-z-]+)\b", line) for line in code_lines(text))
    return {match[1] for match in found if match}


def missing_files(page: Path) -> list[str]:
    """Relative links and code spans of a page that name files which do not exist."""
    return [name for name in links(page) if not (page.parent / name).exists()]


def links(page: Path) -> set[str]:
    """The relative links of a page, as they are written."""
    return set(re.findall(r"\]\(([^)#:]+)\)", page.read_text()))


def not_linked(index: Path, pages: list[Path]) -> list[str]:
    """Those of `pages` to which `index` has no link."""
    linked = {(index.parent / name).resolve() for name in links(index)}
    return [page.name for page in pages if page.resolve() not in linked]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_command_that_a_page_names_exists(page: Path) -> None:
    assert promised_commands(page.read_text()) <= {*COMMANDS, *GROUPS}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_make_target_that_a_page_names_exists(page: Path) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert promised_targets(page.read_text()) <= targets


@pytest.mark.parametrize("page", [*PAGES, *DECISIONS], ids=lambda page: page.name)
def test_every_link_of_a_page_leads_somewhere(page: Path) -> None:
    assert missing_files(page) == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_file_that_a_page_names_exists(page: Path) -> None:
    assert missing_paths(page.read_text()) == []


def test_a_file_that_does_not_exist_is_noticed() -> None:
    page = "```\nmake up\n```\nSee `harness/nowhere.py`, `harness/model.py`, `faults/<name>/`."
    assert missing_paths(page) == ["harness/nowhere.py"]


def misshapen(page: Path) -> list[str]:
    """What a decision lacks: its number as in the file's name, or one of its sections."""
    text = page.read_text()
    wanted = [f"# {int(page.name[:4])}. ", "## Context\n", "## Decision\n", "## Consequences\n"]
    return [line.strip() for line in wanted if not re.search(f"^{line}", text, re.MULTILINE)]


@pytest.mark.parametrize("page", DECISIONS, ids=lambda page: page.name)
def test_a_decision_says_why_what_and_what_follows(page: Path) -> None:
    assert misshapen(page) == []


def test_a_decision_under_a_wrong_number_without_consequences_is_noticed(tmp_path: Path) -> None:
    page = tmp_path / "0017-because.md"
    page.write_text("# 16. Because\n\n## Context\n\nSo.\n\n## Decision\n\nYes.\n")
    assert misshapen(page) == ["# 17.", "## Consequences"]


def test_the_index_lists_every_page_and_every_decision() -> None:
    assert not_linked(INDEX, [page for page in [*PAGES, *DECISIONS] if page != INDEX]) == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_page_leads_to_the_index(page: Path) -> None:
    assert page == INDEX or not_linked(page, [INDEX]) == []


def test_whoever_plays_in_a_team_reads_how_to_write_under_a_name() -> None:
    assert f"export {PERSON_VARIABLE}=" in (ROOT / "docs" / "participant.md").read_text()


def mechanisms_of(page: str) -> dict[str, str]:
    """What each mechanism means, by the table of a page for participants."""
    table = page.partition("| mechanism | means |")[2].partition("\n\n")[0]
    return dict(re.findall(r"^\| `([a-z-]+)` \| (.+) \|$", table, re.MULTILINE))


def test_participants_read_of_every_mechanism_what_it_means() -> None:
    page = (ROOT / "docs" / "participant.md").read_text()
    assert mechanisms_of(page) == {one.value: one.meaning for one in Mechanism}
    assert "overload" not in mechanisms_of(page.replace("| `overload` |", "| overload |"))


def test_a_promise_that_is_not_kept_is_noticed(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(
        "Type `drill conjure` or `make magic`, and see [here](nowhere.md).\n"
        "drill is a word of prose here.\n```\n.venv/bin/drill vanish --now\n```\n"
    )
    assert promised_commands(page.read_text()) - set(COMMANDS) == {"conjure", "vanish"}
    assert promised_targets(page.read_text()) == {"magic"}
    assert missing_files(page) == ["nowhere.md"]
    assert not_linked(page, [tmp_path / "nowhere.md", tmp_path / "alone.md"]) == ["alone.md"]


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself_with_an_example(command: str) -> None:
    shown = CliRunner().invoke(app, [*command.split(), "--help"])
    assert shown.exit_code == 0
    assert f"Example: drill {command}" in shown.output


def test_every_alert_has_a_runbook() -> None:
    rules = "\n".join(p.read_text() for p in (ROOT / "compose/prometheus/rules").glob("*.yml"))
    alerts = set(re.findall(r"- alert: (\w+)", rules))
    assert alerts == {page.stem for page in (ROOT / "docs" / "runbooks").glob("*.md")}
