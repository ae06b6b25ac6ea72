"""The public status page, in the form of Statuspage's API v2: a pure function of what was said.

It shows what the team has told customers, never what was measured: a page that nobody wrote stays
green, and that is for the team to notice.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from harness.exercise.update_texts import HEADLINES, render_update
from harness.model import ServiceEntry
from harness.record.envelope import to_iso
from harness.record.events import (
    ComponentStatus,
    IncidentDeclared,
    Severity,
    UpdatePosted,
    UpdateStatus,
)
from harness.record.story import Noted, Story

STATUS: Mapping[UpdateStatus, str] = {
    "investigating": "investigating",
    "identified": "identified",
    "recovering": "monitoring",
    "resolved": "resolved",
}
IMPACT: Mapping[Severity, str] = {
    "sev1": "critical",
    "sev2": "major",
    "sev3": "minor",
    "sev4": "none",
}
BY_SEVERITY: Mapping[Severity, ComponentStatus] = {
    "sev1": "major_outage",
    "sev2": "partial_outage",
    "sev3": "degraded_performance",
    "sev4": "operational",
}
INDICATOR: Mapping[ComponentStatus, tuple[int, str, str]] = {
    "operational": (0, "none", "All Systems Operational"),
    "under_maintenance": (1, "minor", "Service Under Maintenance"),
    "degraded_performance": (2, "minor", "Partially Degraded Service"),
    "partial_outage": (3, "major", "Partial System Outage"),
    "major_outage": (4, "critical", "Major Service Outage"),
}
"""Component status → rank, the page's indicator, and its description."""
WATCHED = ("minor", "Monitoring a Fix")
"""The page while the team calls every service operational and the incident is still open."""


def public_updates(story: Story) -> tuple[Noted[UpdatePosted], ...]:
    """The updates that customers may read, in order."""
    updates = story.of(UpdatePosted)
    return tuple(one for one in updates if one.event.readers in ("external", "all"))


def summary(
    story: Story, topology: Sequence[ServiceEntry], *, name: str, url: str
) -> dict[str, Any]:
    """`/api/v2/summary.json`: the page, its components, and the incident while it is open."""
    statuses = _component_statuses(story, topology)
    page = _page(story, name, url)
    incident = _incident(story, page["id"])
    ongoing = incident if incident is not None and incident["status"] != "resolved" else None
    indicator, description = _indicator(story, set(statuses.values()), ongoing)
    return {
        "page": page,
        "status": {"indicator": indicator, "description": description},
        "components": [
            _component(story, page["id"], entry, statuses[entry.name], position)
            for position, entry in enumerate(topology, 1)
        ],
        "incidents": [ongoing] if ongoing is not None else [],
        "scheduled_maintenances": [],
    }


def _indicator(
    story: Story, told: set[ComponentStatus], incident: Mapping[str, Any] | None
) -> tuple[str, str]:
    """Of the worst service; above an open incident the page is not green whatever was named."""
    if incident is not None and told <= {"operational"}:
        if incident["status"] == "monitoring" and _named(story):
            return WATCHED
        told = {BY_SEVERITY[_severity(story)]}
    _, indicator, description = max(
        (INDICATOR[one] for one in told), default=INDICATOR["operational"]
    )
    return indicator, description


def incidents(story: Story, *, name: str, url: str) -> dict[str, Any]:
    """`/api/v2/incidents.json`: as in the summary, and resolved ones too."""
    page = _page(story, name, url)
    incident = _incident(story, page["id"])
    return {"page": page, "incidents": [incident] if incident is not None else []}


def components(
    story: Story, topology: Sequence[ServiceEntry], *, name: str, url: str
) -> dict[str, Any]:
    """`/api/v2/components.json`: the page and its components."""
    whole = summary(story, topology, name=name, url=url)
    return {"page": whole["page"], "components": whole["components"]}


def unresolved(
    story: Story, topology: Sequence[ServiceEntry], *, name: str, url: str
) -> dict[str, Any]:
    """`/api/v2/incidents/unresolved.json`: the page, and the incident while it is open."""
    whole = summary(story, topology, name=name, url=url)
    return {"page": whole["page"], "incidents": whole["incidents"]}


def scheduled_maintenances(story: Story, *, name: str, url: str) -> dict[str, Any]:
    """`/api/v2/scheduled-maintenances*.json`: none, since nobody can schedule one here."""
    return {"page": _page(story, name, url), "scheduled_maintenances": []}


def status(
    story: Story, topology: Sequence[ServiceEntry], *, name: str, url: str
) -> dict[str, Any]:
    """`/api/v2/status.json`: the page and its indicator."""
    whole = summary(story, topology, name=name, url=url)
    return {"page": whole["page"], "status": whole["status"]}


def banner(story: Story) -> str | None:
    """What the shop shows its customers on every page; None where all is well."""
    updates = public_updates(story)
    if not updates or updates[-1].event.status == "resolved":
        return None
    newest = updates[-1].event
    return f"{HEADLINES[newest.status]} {newest.current_state}"


def _component_statuses(
    story: Story, topology: Sequence[ServiceEntry]
) -> dict[str, ComponentStatus]:
    """The newest public word on each service; the declared systems stand in where it names none."""
    statuses: dict[str, ComponentStatus] = {entry.name: "operational" for entry in topology}
    updates = public_updates(story)
    if not updates or updates[-1].event.status == "resolved":
        return statuses
    for components in _named(story):
        statuses.update({key: one for key, one in components.items() if key in statuses})
    return statuses


def _named(story: Story) -> list[Mapping[str, ComponentStatus]]:
    """What was told of services, in order; the declared systems where nothing was."""
    updates = public_updates(story)
    named: list[Mapping[str, ComponentStatus]] = [
        one.event.components for one in updates if one.event.components
    ]
    if not named and (declared := story.last(IncidentDeclared)):
        stood_in = BY_SEVERITY[declared.event.severity]
        named = [dict.fromkeys(declared.event.systems, stood_in)]
    return named


def _public_name(story: Story) -> str:
    """By the services that customers were told of. What the team writes for itself of an incident
    names causes, and is not for them."""
    named = _named(story)
    told = dict.fromkeys(
        name for one in named for name, state in one.items() if state != "operational"
    )
    return f"Problem with {', '.join(told) or 'the shop'}"


def _severity(story: Story) -> Severity:
    """As declared; of what was told before anybody declared it, the least that shows."""
    declared = story.last(IncidentDeclared)
    return declared.event.severity if declared else "sev3"


def _page(story: Story, name: str, url: str) -> dict[str, Any]:
    updates = public_updates(story)
    newest = updates[-1] if updates else (story.entries[0] if story.entries else None)
    return {
        "id": _id(story, "page"),
        "name": name,
        "url": url,
        "time_zone": "Etc/UTC",
        "updated_at": to_iso(newest.wall_time) if newest else None,
    }


def _component(
    story: Story, page_id: str, entry: ServiceEntry, state: ComponentStatus, position: int
) -> dict[str, Any]:
    touched = [one for one in public_updates(story) if entry.name in (one.event.components or {})]
    created = story.entries[0] if story.entries else None
    changed = touched[-1] if touched else created
    return {
        "id": _id(story, f"component-{entry.name}"),
        "name": entry.name,
        "status": state,
        "created_at": to_iso(created.wall_time) if created else None,
        "updated_at": to_iso(changed.wall_time) if changed else None,
        "position": position,
        "description": entry.summary or None,
        "showcase": False,
        "start_date": None,
        "group_id": None,
        "page_id": page_id,
        "group": False,
        "only_show_if_degraded": False,
    }


def _incident(story: Story, page_id: str) -> dict[str, Any] | None:
    """All public updates as one incident; None before the first."""
    updates = public_updates(story)
    if not updates:
        return None
    incident_id = _id(story, "incident")
    by_status = {STATUS[one.event.status]: to_iso(one.wall_time) for one in updates}
    state = STATUS[updates[-1].event.status]
    return {
        "id": incident_id,
        "name": _public_name(story),
        "status": state,
        "created_at": to_iso(updates[0].wall_time),
        "updated_at": to_iso(updates[-1].wall_time),
        "monitoring_at": by_status.get("monitoring"),
        "resolved_at": by_status.get("resolved") if state == "resolved" else None,
        "impact": IMPACT[_severity(story)],
        "shortlink": None,
        "started_at": to_iso(updates[0].wall_time),
        "page_id": page_id,
        "incident_updates": [_posted(story, incident_id, one) for one in reversed(updates)],
    }


def _posted(story: Story, incident_id: str, one: Noted[UpdatePosted]) -> dict[str, Any]:
    at = to_iso(one.wall_time)
    return {
        "id": _id(story, f"update-{one.seq}"),
        "status": STATUS[one.event.status],
        "body": render_update(one.event, "external").strip(),
        "incident_id": incident_id,
        "created_at": at,
        "updated_at": at,
        "display_at": at,
    }


def _id(story: Story, what: str) -> str:
    """An opaque id that stays the same for the same thing of the same drill."""
    return hashlib.sha256(f"{story.drill_id}/{what}".encode()).hexdigest()[:12]
