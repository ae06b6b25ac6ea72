"""The rubric as data, and the rules that decide its lines."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated

from pydantic import Field

from harness.catalog.files import Source, StrictFile, Text
from harness.scoring import (
    rules_bonus,
    rules_confidence,
    rules_learning,
    rules_planning,
    rules_reflection,
)
from harness.scoring.case import Rule

RUBRIC = Path(__file__).with_name("rubric.toml")

_MODULES = (rules_planning, rules_reflection, rules_learning, rules_confidence, rules_bonus)
RULES: Mapping[str, Rule] = {
    name: rule
    for module in _MODULES
    for name, rule in vars(module).items()
    if callable(rule) and not name.startswith("_") and rule.__module__ == module.__name__
}
"""Name → rule: every public function of the modules of rules."""


@dataclass(frozen=True)
class Line:
    """One line; its rule's name is its id."""

    rule: str
    section: str
    text: str
    points: int


@dataclass(frozen=True)
class Section:
    """A group of lines; a bonus comes on top of the hundred."""

    id: str
    title: str
    is_bonus: bool
    lines: tuple[Line, ...]

    @property
    def points(self) -> int:
        """The most that it can give."""
        return sum(line.points for line in self.lines)


class _SectionTable(StrictFile):
    id: Text
    title: Text
    bonus: bool = False


class _LineTable(StrictFile):
    section: Text
    text: Text
    rule: Text
    points: Annotated[int, Field(gt=0, le=100)]


class _RubricFile(StrictFile):
    section: Annotated[list[_SectionTable], Field(min_length=1)]
    line: Annotated[list[_LineTable], Field(min_length=1)]


def read_rubric(path: Path) -> tuple[Section, ...]:
    """The sections in order. Raises BadFile for a section or rule that does not exist."""
    source = Source(path)
    read = source.parse(_RubricFile)
    known = [one.id for one in read.section]
    seen: set[str] = set()
    for index, line in enumerate(read.line):
        where = ("line", index)
        if line.section not in known:
            raise source.bad_name((*where, "section"), "section", line.section, known)
        if line.rule not in RULES:
            raise source.bad_name((*where, "rule"), "rule", line.rule, list(RULES))
        if line.rule in seen:
            raise source.bad((*where, "rule"), f"two lines have the rule '{line.rule}'")
        seen.add(line.rule)
    return tuple(
        Section(
            one.id,
            one.title,
            one.bonus,
            tuple(
                Line(line.rule, line.section, line.text, line.points)
                for line in read.line
                if line.section == one.id
            ),
        )
        for one in read.section
    )


@cache
def the_rubric() -> tuple[Section, ...]:
    """Our own rubric."""
    return read_rubric(RUBRIC)


def points_of_lines() -> Mapping[str, int]:
    """Line → the most that it gives, for judgements."""
    return {line.rule: line.points for section in the_rubric() for line in section.lines}
