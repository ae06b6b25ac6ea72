"""What the `find` of an evidence says, read from its text.

| kind | `find` |
| --- | --- |
| metric | a PromQL expression that gives at least one value above 0 |
| log | `service: regular expression` in a recent line; ` where field=value` after it asks for one |
| trace | `path a > b > c > a`: a trace whose calls pass these services in order; its last span, as
          asked for after it, `failed` or took `over 1500 ms`; or `repeat 50 regex`: a span with at
          least 50 children whose operation matches |
| commit | a regular expression that an added line of the release's diff matches |
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from harness.catalog.files import nearest

TRACE_SHAPES = ("path", "repeat")

_LAST_SPAN = re.compile(
    r"(?P<service>\S*)(?P<failed> failed)?(?: over (?P<over_ms>\d+(?:\.\d+)?) ms)?"
)
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
    """A line of `service` whose event matches, with `fields` as they are."""

    service: str
    pattern: re.Pattern[str]
    fields: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class PathClue:
    """A chain of calls that passes `services` in this order; what is asked of its last span."""

    services: tuple[str, ...]
    has_failed: bool = False
    over_ms: float = 0.0


@dataclass(frozen=True)
class RepeatClue:
    """A span with at least `count` children whose operation matches."""

    count: int
    pattern: re.Pattern[str]


def unknown_metric(expression: str, known: Iterable[str]) -> str | None:
    """The first metric of a PromQL expression that is none of `known`, or None.

    A counter or histogram is known by its name with and without what its series are called by.
    """
    bases = {_SERIES.sub("", name) for name in known}
    return next((one for one in _used(expression) if _SERIES.sub("", one) not in bases), None)


def metrics_in(expression: str) -> frozenset[str]:
    """The metrics that a PromQL expression asks for, without what their series are called by."""
    return frozenset(_SERIES.sub("", one) for one in _used(expression))


def _used(expression: str) -> list[str]:
    for part in _NO_METRICS:
        expression = part.sub(" ", expression)
    return _METRIC.findall(expression)


def log_clue(find: str) -> LogClue:
    """Raises ValueError, which says what is wrong."""
    find, _, condition = find.partition(" where ")
    service, colon, pattern = find.partition(":")
    if not colon or not pattern.strip():
        raise ValueError("a log is found by 'service: regular expression'")
    name, equals, value = condition.partition("=")
    if condition and not (equals and name.isidentifier() and value):
        raise ValueError(f"'{condition}' is no 'field=value' of a line")
    fields = {name: value} if condition else {}
    return LogClue(service.strip(), expression(pattern.strip()), fields)


def trace_clue(find: str) -> PathClue | RepeatClue:
    """Raises ValueError, which says what is wrong."""
    shape, _, rest = find.partition(" ")
    if shape not in TRACE_SHAPES:
        raise ValueError(f"there is no shape of trace '{shape}'{nearest(shape, TRACE_SHAPES)}")
    if shape == "path":
        return _path_clue(rest)
    count, _, pattern = rest.partition(" ")
    if not count.isdecimal() or int(count) == 0 or not pattern:
        raise ValueError("a repeated call is found by 'repeat <times> <regular expression>'")
    return RepeatClue(int(count), expression(pattern))


def _path_clue(text: str) -> PathClue:
    *first, last = (part.strip() for part in text.split(">"))
    match = _LAST_SPAN.fullmatch(last)
    if match is None:
        raise ValueError(f"'{last}' is no service, nor one that 'failed' or took 'over 1500 ms'")
    return PathClue(
        services=(*first, match["service"]),
        has_failed=match["failed"] is not None,
        over_ms=float(match["over_ms"] or 0),
    )


def expression(pattern: str) -> re.Pattern[str]:
    """The regular expression. Raises ValueError where it is none."""
    try:
        return re.compile(pattern)
    except re.error as error:
        raise ValueError(f"'{pattern}' is no regular expression: {error}") from error


def matches_added_line(pattern: re.Pattern[str], diff: Iterable[str]) -> bool:
    """Whether a line that a diff adds matches."""
    return any(line.startswith("+") and pattern.search(line) for line in diff)
