"""The headings of `drill --help`, and how a module of commands says what stands below which."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import typer
from typer.core import TyperGroup

PANELS = ("Start", "Look", "Act", "Write", "Exercise", "Afterwards", "Instruct", "Machine")

Command = Callable[..., None] | tuple[str, typer.Typer]
"""One command; a pair is a group of commands under a name."""

Commands = Mapping[str, tuple[Command, ...]]
"""Heading → the commands below it."""


def with_commands(app: typer.Typer, modules: Iterable[Commands]) -> None:
    """Put the commands of all `modules` below their headings. Raises KeyError for a heading that
    there is not."""
    panels: dict[str, list[Command]] = {title: [] for title in PANELS}
    for commands in modules:
        for title, some in commands.items():
            panels[title].extend(some)
    for title, some_more in panels.items():
        for command in some_more:
            if isinstance(command, tuple):
                app.add_typer(command[1], name=command[0], rich_help_panel=title)
            else:
                app.command(rich_help_panel=title)(command)
    app.info.cls = _in_order([_name_of(one) for some in panels.values() for one in some])


def _in_order(names: list[str]) -> type[TyperGroup]:
    """Commands and groups of commands in the order of `names`; Typer's own has the groups last."""

    class InOrder(TyperGroup):
        def list_commands(self, ctx: Any) -> list[str]:
            return sorted(super().list_commands(ctx), key=names.index)

    return InOrder


def _name_of(command: Command) -> str:
    if isinstance(command, tuple):
        return command[0]
    return command.__name__.replace("_", "-")
