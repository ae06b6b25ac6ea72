"""A dashboard as we think of it: rows of panels, each with queries, a unit and a description."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Unit(StrEnum):
    """Grafana's names of units."""

    REQUESTS_PER_S = "reqps"
    PER_S = "ops"
    SECONDS = "s"
    RATIO = "percentunit"
    """0 to 1, shown in percent."""
    CURRENCY = "currencyEUR"
    COUNT = "short"
    BYTES = "bytes"
    """Shown in powers of 1,024."""
    BURN = "suffix:x"
    """A multiple of the rate at which the error budget lasts exactly its period."""
    MOMENT_MS = "dateTimeAsIso"
    NONE = "none"


class Colour(StrEnum):
    """Grafana's names of colours, by what they say."""

    GOOD = "green"
    WARN = "orange"
    BAD = "red"
    PLAIN = "blue"
    REFUSED = "purple"
    BAD_TOO = "dark-red"
    BAD_AS_WELL = "light-red"


@dataclass(frozen=True)
class Thresholds:
    """From each value on, its colour; `base` below the first."""

    base: Colour
    steps: tuple[tuple[float, Colour], ...]

    @classmethod
    def bad_above(cls, bad: float, warn: float | None = None) -> Thresholds:
        """Green, then amber from `warn`, then red from `bad`."""
        steps = ((warn, Colour.WARN),) if warn is not None else ()
        return cls(Colour.GOOD, (*steps, (bad, Colour.BAD)))

    @classmethod
    def bad_beyond(cls, bad: float) -> Thresholds:
        """Green close to zero, red from `bad` on to either side."""
        return cls(Colour.BAD, ((-bad, Colour.GOOD), (bad, Colour.BAD)))

    @classmethod
    def bad_below(cls, good: float, warn: float) -> Thresholds:
        """Red, then amber from `warn`, then green from `good`."""
        return cls(Colour.BAD, ((warn, Colour.WARN), (good, Colour.GOOD)))


@dataclass(frozen=True)
class Target:
    """One query of a panel."""

    expr: str
    legend: str = ""
    """Grafana's template over labels: `{{service}}`."""
    exemplars: bool = False
    """Show exemplars, each a link to its trace; only for raw histogram buckets."""
    empty_while: str = ""
    """Under which ordinary circumstances there is no series; empty: there always is one."""


@dataclass(frozen=True)
class Panel:
    """What all panels have. Sizes are in cells of the grid, 24 to a row."""

    title: str
    description: str
    targets: tuple[Target, ...]
    unit: Unit
    width: int = 8
    height: int = 8
    thresholds: Thresholds | None = None
    decimals: int | None = None
    value_names: Mapping[int, tuple[str, Colour]] = field(default_factory=dict)
    """Words and colours for values that are states."""


@dataclass(frozen=True)
class TimeSeries(Panel):
    """Lines over time; thresholds are dashed lines."""

    stacked: bool = False
    stepped: bool = False
    """Straight from value to value, for states and counts that jump."""
    at_most: float | None = None
    """Top of the axis, where the unit has a natural one."""
    from_zero: bool = True
    colours: Mapping[str, Colour] = field(default_factory=dict)
    """Fixed colours of series, by a regular expression over their names."""
    opens_service: bool = False
    """A click on a series opens the dashboard of its label `service`."""


@dataclass(frozen=True)
class Stat(Panel):
    """One large figure for each series; thresholds colour it."""

    width: int = 4
    height: int = 4
    shows_name: bool = False
    """The series' legend instead of its value."""


@dataclass(frozen=True)
class Column:
    """One column of a table: a label, or the value of a target as `Value #A`."""

    source: str
    title: str
    unit: Unit = Unit.NONE
    thresholds: Thresholds | None = None
    opens_service: bool = False


@dataclass(frozen=True)
class Table(Panel):
    """The present values of its targets, joined where their labels agree."""

    width: int = 24
    columns: tuple[Column, ...] = ()


@dataclass(frozen=True)
class Row:
    """Panels under one heading, laid out from left to right."""

    title: str
    panels: tuple[Panel, ...]


@dataclass(frozen=True)
class Variable:
    """A choice at the top of a dashboard, filled from the values of a label."""

    name: str
    label: str
    query: str
    default: str


@dataclass(frozen=True)
class Annotation:
    """Marks on every panel. The query's values are the moments, in ms since the epoch."""

    name: str
    expr: str
    title: str
    text: str
    tags: tuple[str, ...]
    colour: Colour
    empty_while: str


@dataclass(frozen=True)
class Dashboard:
    """One page; `uid` is its address: `/d/<uid>`."""

    uid: str
    title: str
    description: str
    rows: tuple[Row, ...]
    annotations: tuple[Annotation, ...]
    variables: tuple[Variable, ...] = ()
