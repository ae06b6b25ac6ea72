"""The shop's status page, in the form of Statuspage's API v2; and what the pager answers."""

from __future__ import annotations

from typing import Literal

from harness.api.answers.shapes import Answer
from harness.record.events import ComponentStatus

Impact = Literal["none", "minor", "major", "critical"]
IncidentStatus = Literal["investigating", "identified", "monitoring", "resolved"]


class StatusPage(Answer):
    """Whose page it is."""

    id: str
    name: str
    url: str
    time_zone: str
    updated_at: str | None


class Indicator(Answer):
    """How it goes in all."""

    indicator: Impact
    description: str


class Component(Answer):
    """How a service does, as customers are told."""

    id: str
    name: str
    status: ComponentStatus
    created_at: str | None
    updated_at: str | None
    position: int
    description: str | None
    showcase: bool
    start_date: None
    group_id: None
    page_id: str
    group: bool
    only_show_if_degraded: bool


class IncidentUpdate(Answer):
    """What customers were told at one time."""

    id: str
    status: IncidentStatus
    body: str
    incident_id: str
    created_at: str
    updated_at: str
    display_at: str


class PublicIncident(Answer):
    """The incident, its newest update first."""

    id: str
    name: str
    status: IncidentStatus
    created_at: str
    updated_at: str
    monitoring_at: str | None
    resolved_at: str | None
    impact: Impact
    shortlink: None
    started_at: str
    page_id: str
    incident_updates: list[IncidentUpdate]


class ScheduledMaintenance(Answer):
    """Nobody can schedule one here: the lists of them are empty."""


class PageStatus(Answer):
    """`status.json`"""

    page: StatusPage
    status: Indicator


class PageSummary(PageStatus):
    """`summary.json`"""

    components: list[Component]
    incidents: list[PublicIncident]
    scheduled_maintenances: list[ScheduledMaintenance]


class PageComponents(Answer):
    """`components.json`"""

    page: StatusPage
    components: list[Component]


class PageIncidents(Answer):
    """`incidents.json` and `incidents/unresolved.json`"""

    page: StatusPage
    incidents: list[PublicIncident]


class PageMaintenances(Answer):
    """`scheduled-maintenances.json` and those like it."""

    page: StatusPage
    scheduled_maintenances: list[ScheduledMaintenance]


class Delivered(Answer):
    """Whether alerts were taken: a drill that is over takes none."""

    status: Literal["success", "over"]
