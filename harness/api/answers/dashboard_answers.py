"""Dashboards in Grafana's form: of its many fields those that the console draws."""

from __future__ import annotations

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


class FieldDefaults(OpenAnswer):
    """How the values of a panel are shown."""

    unit: str
    decimals: int = 0
    min: float = 0
    max: float = 0
    custom: dict[str, Any] = Field(default={})
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


class Transformation(Answer):
    """What is done to a table before it is shown."""

    id: str
    options: dict[str, Any]


class DrawnPanel(OpenAnswer):
    """A panel that draws what its queries find."""

    id: int
    type: Literal["timeseries", "stat", "table"]
    title: str
    description: str
    gridPos: GridPosition  # noqa: N815
    targets: list[Target]
    fieldConfig: FieldConfig  # noqa: N815
    options: dict[str, Any]
    transformations: list[Transformation]


class Dashboard(OpenAnswer):
    """A dashboard, panel by panel."""

    uid: str
    title: str
    description: str
    panels: list[RowPanel | DrawnPanel]
