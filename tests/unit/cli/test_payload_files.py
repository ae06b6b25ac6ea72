"""Flags, files and HTTP bodies have the same fields: those of the models of what teams write."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import harness.cli
from harness.exercise import entries

CLI = Path(harness.cli.__file__).parent
BY_HAND = {"Entry", "Learning", "Note", "Priority", "Hypothesis", "ToolCall", "Joining"}
"""The base; one whose fields depend on its kind; one text; parts of others; and what `drill mcp`
records of its calls and of itself."""


def models() -> dict[str, type[entries.Entry]]:
    """Every model of what teams write, by its name."""
    found = {name: one for name, one in vars(entries).items() if isinstance(one, type)}
    return {name: one for name, one in found.items() if issubclass(one, entries.Entry)}


def calls(source: str) -> Iterator[tuple[str, set[str]]]:
    """Model and flags of each call of `entry_of` in a module."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "entry_of":
            model = ast.unparse(node.args[0]).removeprefix("entries.")
            yield model, {keyword.arg or "" for keyword in node.keywords}


def differences(source: str) -> list[str]:
    """Where the flags of a command are not the fields of what it sends."""
    return [
        f"{model}: {sorted(flags ^ set(models()[model].field_names()))}"
        for model, flags in calls(source)
        if flags != set(models()[model].field_names())
    ]


@pytest.mark.parametrize("path", sorted(CLI.glob("*.py")), ids=lambda path: path.stem)
def test_the_flags_of_a_command_are_the_fields_of_what_it_sends(path: Path) -> None:
    assert differences(path.read_text()) == []


def test_a_flag_or_a_field_too_many_is_noticed() -> None:
    """Negative control."""
    few = "entry_of(entries.Membership, None, person=name)"
    other = "entry_of(entries.Membership, None, person=name, role=role, rank=1)"
    assert differences(few) == ["Membership: ['role']"]
    assert differences(other) == ["Membership: ['rank']"]


def test_every_model_has_a_command() -> None:
    sent = {model for path in CLI.glob("*.py") for model, _ in calls(path.read_text())}
    assert sent == set(models()) - BY_HAND
