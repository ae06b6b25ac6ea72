"""Alerts, and the pages that are sent for them."""

from __future__ import annotations

from dataclasses import dataclass

from harness.record.events.event import Description, Event, Tone


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
    def describe(self) -> Description:
        tone: Tone = "bad" if self.severity == "critical" else "warn"
        return Description("alert", f"{self.name} ({self.severity}): {self.summary}", tone=tone)


@dataclass(frozen=True)
class AlertResolved(AlertEvent, type="alert.resolved"):
    def describe(self) -> Description:
        return Description("resolved", self.name, tone="good")


@dataclass(frozen=True)
class PageSent(Event, type="page.sent"):
    page_id: str
    alert: str
    severity: str
    summary: str

    def describe(self) -> Description:
        return Description(
            "page", f"{self.page_id}, {self.alert} ({self.severity}): {self.summary}", tone="bad"
        )


@dataclass(frozen=True)
class PageAcknowledged(Event, type="page.acknowledged"):
    page_id: str
    by: str

    def describe(self) -> Description:
        return Description("acknowledged", self.page_id, by=self.by)
