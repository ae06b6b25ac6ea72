"""Alerts, and the pages that are sent for them."""

from __future__ import annotations

from dataclasses import dataclass

from harness.record.events.event import Event


@dataclass(frozen=True)
class AlertEvent(Event):
    """What both events of an alert have in common."""

    fingerprint: str
    name: str
    severity: str
    summary: str
    service: str


@dataclass(frozen=True)
class AlertFired(AlertEvent, type="alert.fired"):
    pass


@dataclass(frozen=True)
class AlertResolved(AlertEvent, type="alert.resolved"):
    pass


@dataclass(frozen=True)
class PageSent(Event, type="page.sent"):
    page_id: str
    alert: str
    severity: str
    summary: str


@dataclass(frozen=True)
class PageAcknowledged(Event, type="page.acknowledged"):
    page_id: str
    by: str
