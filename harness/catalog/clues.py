"""What the `find` of an evidence says, read from its text.

| kind | `find` |
| --- | --- |
| metric | a PromQL expression that gives at least one value above 0 |
| log | `service: regular expression`, in a recent line |
| trace | `path a > b > c > a`: a trace whose calls pass these services in order; or
          `repeat 50 regex`: a span with at least 50 children whose operation matches |
| commit | a regular expression that an added line of the release's diff matches |
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from harness.catalog.files import nearest

TRACE_SHAPES = ("path", "repeat")

_NO_METRICS = (
    re.compile(r'"(?:[^"\\]|\\.)*"|\'(?:[^\'\\]|\\.)*\'|`[^`]*`'),  # strings
    re.compile(r"\{[^}]*\}|\[[^\]]*\]"),  # matchers, ranges
    re.compile(r"\b(?:by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)"),
    re.compile(r"\b(?:and|or|unless|bool|offset|[Ii]nf|[Nn]a[Nn])\b"),
)
_METRIC = re.compile(r"(?<![\w:.])[a-zA-Z_:][\w:]*(?!\s*[\w:(])")
_SERIES = re.compile(r"_(?:total|bucket|sum|count)$")


@dataclass(frozen=True)
class LogClue:
    """A line of `service` whose event matches."""

    service: str
    pattern: re.Pattern[str]


@dataclass(frozen=True)
class PathClue:
    """A chain of calls that passes `services` in this order."""

    services: tuple[str, ...]


@dataclass(frozen=True)
class RepeatClue:
    """A span with at least `count` children whose operation matches."""

    count: int
    pattern: re.Pattern[str]


def unknown_metric(expression: str, known: Iterable[str]) -> str | None:
    """The first metric of a PromQL expression that is none of `known`, or None.

    A counter or histogram is known by its name with and without what its series are called by.
    """
    for part in _NO_METRICS:
        expression = part.sub(" ", expression)
    bases = {_SERIES.sub("", name) for name in known}
    used: list[str] = _METRIC.findall(expression)
    return next((one for one in used if _SERIES.sub("", one) not in bases), None)


def log_clue(find: str) -> LogClue:
    """Raises ValueError, which says what is wrong."""
    service, colon, pattern = find.partition(":")
    if not colon or not pattern.strip():
        raise ValueError("a log is found by 'service: regular expression'")
    return LogClue(service.strip(), expression(pattern.strip()))


def trace_clue(find: str) -> PathClue | RepeatClue:
    """Raises ValueError, which says what is wrong."""
    shape, _, rest = find.partition(" ")
    if shape not in TRACE_SHAPES:
        raise ValueError(f"there is no shape of trace '{shape}'{nearest(shape, TRACE_SHAPES)}")
    if shape == "path":
        return PathClue(tuple(name.strip() for name in rest.split(">")))
    count, _, pattern = rest.partition(" ")
    if not count.isdecimal() or int(count) == 0 or not pattern:
        raise ValueError("a repeated call is found by 'repeat <times> <regular expression>'")
    return RepeatClue(int(count), expression(pattern))


def expression(pattern: str) -> re.Pattern[str]:
    """The regular expression. Raises ValueError where it is none."""
    try:
        return re.compile(pattern)
    except re.error as error:
        raise ValueError(f"'{pattern}' is no regular expression: {error}") from error


def matches_added_line(pattern: re.Pattern[str], diff: Iterable[str]) -> bool:
    """Whether a line that a diff adds matches."""
    return any(line.startswith("+") and pattern.search(line) for line in diff)
