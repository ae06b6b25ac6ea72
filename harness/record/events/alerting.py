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
class FalseAlarm(Event, type="alarm.false", audience="instructor"):
    """A critical alert before anything of the drill had happened: nobody was paged for it."""

    alert: str
    summary: str

    def describe(self) -> Description:
        return Description(
            "false alarm",
            f"{self.alert}: {self.summary}; before the fault, nobody is paged",
            tone="warn",
        )


@dataclass(frozen=True)
class PageAcknowledged(Event, type="page.acknowledged"):
    page_id: str
    by: str

    def describe(self) -> Description:
        return Description("acknowledged", self.page_id, by=self.by)


@dataclass(frozen=True)
class SilenceSet(Event, type="silence.set"):
    """Alerts that match all of `matchers` (`alertname="HighLatency"`) call nobody for a while.

    Times as ISO 8601. Of a silence that was changed, the newest of these counts.
    """

    silence_id: str
    matchers: tuple[str, ...]
    starts_at: str
    ends_at: str
    by: str
    comment: str

    def describe(self) -> Description:
        until = self.ends_at[11:16]
        why = f": {self.comment}" if self.comment else ""
        what = f"{', '.join(self.matchers)} until {until} UTC{why}"
        return Description("silence", what, tone="warn", by=self.by)


@dataclass(frozen=True)
class SilenceEnded(Event, type="silence.ended"):
    """A silence was ended before its time."""

    silence_id: str
    matchers: tuple[str, ...]
    at: str
    """ISO 8601."""

    def describe(self) -> Description:
        return Description("silence ended", ", ".join(self.matchers), tone="quiet")
