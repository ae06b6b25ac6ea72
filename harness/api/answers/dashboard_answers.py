"""Dashboards in Grafana's form: of its many fields those that the console draws."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from pydantic import Field

from harness.api.answers.shapes import Answer, OpenAnswer


class DashboardListed(Answer):
    """A dashboard in the list."""

    uid: str
    title: str
    description: str


class GridPosition(Answer):
    """Where a panel is, and how wide (of 24) and high it is."""

    h: int
    w: int
    x: int
    y: int


class RowPanel(OpenAnswer):
    """A heading over the panels below it."""

    id: int
    type: Literal["row"]
    title: str
    gridPos: GridPosition  # noqa: N815  Grafana's name


class Target(OpenAnswer):
    """One query of a panel."""

    refId: str  # noqa: N815
    expr: str
    legendFormat: str  # noqa: N815
    instant: bool
    exemplar: bool


class ThresholdStep(Answer):
    """From this value on the colour is this; null begins."""

    color: str
    value: float | None


class Thresholds(OpenAnswer):
    """The colours of values."""

    steps: list[ThresholdStep]


class MappedText(OpenAnswer):
    """What is shown in the place of a value."""

    text: str
    color: str


class ValueMapping(OpenAnswer):
    """Value → what is shown for it."""

    type: Literal["value"]
    options: dict[str, MappedText]


class Stacking(OpenAnswer):
    """Whether series stand on each other."""

    mode: str


class ThresholdsStyle(OpenAnswer):
    """Whether thresholds are lines on a chart: `off` or `dashed`."""

    mode: str


class LineStyle(OpenAnswer):
    """How lines are drawn."""

    fillOpacity: float = 0  # noqa: N815
    stacking: Stacking = Stacking(mode="none")
    lineInterpolation: str = ""  # noqa: N815
    thresholdsStyle: ThresholdsStyle = ThresholdsStyle(mode="off")  # noqa: N815


class FieldDefaults(OpenAnswer):
    """How the values of a panel are shown."""

    unit: str
    decimals: int = 0
    min: float = 0
    max: float = 0
    custom: LineStyle = LineStyle()
    thresholds: Thresholds
    mappings: list[ValueMapping] = Field(default=[])


class Matcher(Answer):
    """Which fields an override is about."""

    id: str
    options: str


class OverrideProperty(Answer):
    """What an override says of one property."""

    id: str
    value: Any


class Override(Answer):
    """What is shown otherwise than by default."""

    matcher: Matcher
    properties: list[OverrideProperty]


class FieldConfig(Answer):
    """How a panel's fields are shown."""

    defaults: FieldDefaults
    overrides: list[Override]


class IncludedNames(OpenAnswer):
    """Columns by name."""

    names: list[str]


class TransformationOptions(OpenAnswer):
    """Which columns there are, in which place, and what they are called."""

    include: IncludedNames = IncludedNames(names=[])
    indexByName: dict[str, int] = Field(default={})  # noqa: N815
    renameByName: dict[str, str] = Field(default={})  # noqa: N815


class Transformation(Answer):
    """What is done to a table before it is shown."""

    id: str
    options: TransformationOptions


class PanelOptions(OpenAnswer):
    """What kinds of panel can be told besides."""

    textMode: str = ""  # noqa: N815
    graphMode: str = ""  # noqa: N815


class DrawnPanel(OpenAnswer):
    """A panel that draws what its queries find."""

    id: int
    type: Literal["timeseries", "stat", "table"]
    title: str
    description: str
    gridPos: GridPosition  # noqa: N815
    targets: list[Target]
    fieldConfig: FieldConfig  # noqa: N815
    options: PanelOptions
    transformations: list[Transformation]


class Variable(OpenAnswer):
    """Something that its reader chooses, such as a service."""

    name: str


class Templating(OpenAnswer):
    """What its reader chooses."""

    list: Sequence[Variable]


class Dashboard(OpenAnswer):
    """A dashboard, panel by panel."""

    uid: str
    title: str
    description: str
    templating: Templating
    panels: list[RowPanel | DrawnPanel]
