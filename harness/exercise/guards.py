"""Guardrails that bite: the checks that action items can be bound to, and what came of them."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from harness.catalog.files import LooseMechanism, Source, StrictFile, Text
from harness.record.events import GuardChecked
from harness.record.story import Story

GUARDS = Path(__file__).with_name("guards.toml")

Recurrence = Literal["caught", "missed", "unguarded"]
"""A check objected to the release at the root; the checks that guard against it did not; it came
again, and no check guarded against it."""


class Guard(StrictFile):
    """One check; guards.toml says what its fields mean."""

    id: Text
    kind: Literal["source", "deploy", "alert"]
    title: Text
    guards: Annotated[list[LooseMechanism], Field(min_length=1)]
    files: str = ""
    pattern: str = ""
    unless: str = ""
    query: str = ""
    above: float = 0.0

    @model_validator(mode="after")
    def _complete(self) -> Self:
        for expression in (self.files, self.pattern, self.unless):
            re.compile(expression)
        if self.kind == "alert":
            if not self.query or self.pattern:
                raise ValueError("an alert has a query and no pattern")
        elif not (self.pattern and self.files) or (self.kind == "deploy") != bool(self.unless):
            raise ValueError("a rule has files and a pattern; a deploy rule has unless, too")
        return self


class _GuardsFile(StrictFile):
    guard: Annotated[list[Guard], Field(min_length=1)]


@dataclass(frozen=True)
class BoundGuard:
    """A check that an action item of an earlier drill is bound to."""

    guard: Guard
    item_id: str
    owner: str
    drill_id: str


@cache
def known_guards() -> Mapping[str, Guard]:
    """Every check, by its id."""
    return {one.id: one for one in Source(GUARDS).parse(_GuardsFile).guard}


def objection(guard: Guard, difference: str, message: str) -> str:
    """What a source or deploy rule has against a release; empty where nothing.

    `difference` is a unified diff as git writes it, `message` the release's commit message.
    """
    if guard.unless and re.search(guard.unless, message, re.MULTILINE | re.IGNORECASE):
        return ""
    for path, added in _added(difference):
        if not re.search(guard.files, path):
            continue
        if found := re.search(guard.pattern, added, re.MULTILINE):
            return f"{path}: {found[0].strip().splitlines()[-1].strip()}"
    return ""


def recurrence(
    story: Story, culprits: Collection[tuple[str, str]]
) -> Literal["caught", "missed"] | None:
    """Whether checks of earlier drills caught what was wrong in this one; None where no check that
    ran guards against it. `culprits` are (service, mechanism) of the answer."""
    verdicts = [
        one.event.verdict
        for one in story.of(GuardChecked)
        for service, mechanism in culprits
        if one.event.service == service and _guards(one.event.check, mechanism)
    ]
    if "objected" in verdicts:
        return "caught"
    return "missed" if "passed" in verdicts else None


def _guards(check: str, mechanism: str) -> bool:
    guard = known_guards().get(check)
    return guard is not None and mechanism in guard.guards


def _added(difference: str) -> Iterator[tuple[str, str]]:
    """(path, added lines) of each hunk of a unified diff."""
    path, added = "", list[str]()
    for line in difference.splitlines():
        if line.startswith(("diff --git ", "@@ ", "+++ ")):
            if added:
                yield path, "\n".join(added) + "\n"
            added = []
            if line.startswith("+++ "):
                path = line.removeprefix("+++ ").removeprefix("b/")
        elif line.startswith("+"):
            added.append(line[1:])
    if added:
        yield path, "\n".join(added) + "\n"
