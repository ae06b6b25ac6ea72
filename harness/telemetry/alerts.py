"""Alerts as they are delivered, and the book of those that fire.

Two senders are understood: Prometheus itself (`POST /api/v2/alerts`, an array) and Alertmanager's
webhook, version 4. `AlertBook` makes transitions out of what both send again and again.
"""

from __future__ import annotations

import json
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from harness.model import Alert

ALERTS_MAX = 1000
"""Most alerts that one delivery, or the book, may hold."""

MISSING_MAX = 3
"""So many looks in a row must miss an alert before it has ended: between two periods, or while
Prometheus is evaluating for the first time, one look may."""

FNV_OFFSET, FNV_PRIME = 0xCBF29CE484222325, 0x100000001B3


class MalformedAlerts(ValueError):
    """A delivery that is no list of alerts; nothing of it was taken."""


@dataclass(frozen=True)
class Transition:
    """An alert that began or ceased to fire."""

    alert: Alert
    resolved: bool


class AlertBook:
    """Which alerts fire. Pure: the time is always given.

    An alert that is sent again changes nothing. One that is no longer sent is resolved when its
    `ends_at` has passed or, without one, when those who look do not find it. A message about an
    earlier period of the same alert is ignored.
    """

    def __init__(self) -> None:
        self._firing: dict[str, Alert] = {}
        self._resolved: dict[str, datetime] = {}
        self._missing: dict[str, int] = {}
        """How many looks in a row have missed an alert."""

    def firing(self) -> tuple[Alert, ...]:
        """The alerts that fire, in the order in which they began to."""
        return tuple(self._firing.values())

    def feed(self, alerts: Iterable[Alert], now: datetime) -> list[Transition]:
        """Take a delivery; return what it changed, and what has timed out by `now`."""
        changes = [change for alert in alerts if (change := self._take(alert)) is not None]
        return changes + self.expire(now)

    def expire(self, now: datetime) -> list[Transition]:
        """Resolve the alerts whose `ends_at` is before `now`: nobody sends them any more."""
        ended = [
            alert
            for alert in self._firing.values()
            if alert.ends_at is not None and alert.ends_at < now
        ]
        for alert in ended:
            del self._firing[alert.fingerprint]
        return [Transition(replace(alert, resolved=True), resolved=True) for alert in ended]

    def endless(self) -> bool:
        """Whether an alert fires that has no `ends_at`."""
        return any(alert.ends_at is None for alert in self._firing.values())

    def look(self, listed: Container[str]) -> list[Transition]:
        """Resolve the alerts without `ends_at` that have been missing for MISSING_MAX looks.

        `listed` are the fingerprints of what fires by Prometheus's own account. Alertmanager says
        nothing of an alert that ends while it is silenced or inhibited.
        """
        self._missing = {
            alert.fingerprint: self._missing.get(alert.fingerprint, 0) + 1
            for alert in self._firing.values()
            if alert.ends_at is None and alert.fingerprint not in listed
        }
        ended = [one for one, looks in self._missing.items() if looks >= MISSING_MAX]
        return [
            Transition(replace(self._firing.pop(one), resolved=True), resolved=True)
            for one in ended
        ]

    def _take(self, alert: Alert) -> Transition | None:
        known = self._firing.get(alert.fingerprint)
        if known is not None and alert.starts_at < known.starts_at:
            return None
        if alert.resolved:
            return self._resolve(alert, known)
        resolved = self._resolved.get(alert.fingerprint)
        if resolved is not None and alert.starts_at <= resolved:
            return None  # a delayed copy of what has since been resolved
        if known is None and len(self._firing) >= ALERTS_MAX:
            return None
        self._firing[alert.fingerprint] = alert
        if known is not None:
            return None
        self._missing.pop(alert.fingerprint, None)
        return Transition(alert, resolved=False)

    def _resolve(self, alert: Alert, known: Alert | None) -> Transition | None:
        self._resolved.pop(alert.fingerprint, None)
        self._resolved[alert.fingerprint] = alert.starts_at
        if len(self._resolved) > ALERTS_MAX:
            del self._resolved[next(iter(self._resolved))]
        if known is None:
            return None
        del self._firing[alert.fingerprint]
        return Transition(alert, resolved=True)


def parse_alerts(body: bytes, now: datetime) -> list[Alert]:
    """What Prometheus posts to `/api/v2/alerts`, or Alertmanager's webhook to any path.

    Raises MalformedAlerts.
    """
    payload = _load(body)
    if isinstance(payload, dict):
        return _parse_webhook(payload)
    return _parse_array(payload, now)


def fingerprint(labels: Mapping[str, str]) -> str:
    """Alertmanager's own: FNV-1a over the sorted labels, so that both senders' alerts agree."""
    value = FNV_OFFSET
    for name in sorted(labels):
        for part in (name, labels[name]):
            for byte in (*part.encode(errors="replace"), 0xFF):
                value = ((value ^ byte) * FNV_PRIME) & 0xFFFFFFFFFFFFFFFF
    return f"{value:016x}"


def _load(body: bytes) -> object:
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as error:
        raise MalformedAlerts(f"not JSON: {error}") from error


def _parse_array(payload: object, now: datetime) -> list[Alert]:
    alerts = []
    for position, entry in enumerate(_entries(payload)):
        where = f"alert {position}"
        ends_at = _time(entry.get("endsAt"), f"{where}: endsAt")
        alerts.append(
            _alert(entry, where, ends_at, resolved=ends_at is not None and ends_at <= now)
        )
    return alerts


def _parse_webhook(payload: Mapping[str, object]) -> list[Alert]:
    if payload.get("version") != "4":
        raise MalformedAlerts("neither an array of alerts nor a webhook of version 4")
    alerts = []
    for position, entry in enumerate(_entries(payload.get("alerts"))):
        where = f"alert {position}"
        status = entry.get("status")
        if status not in ("firing", "resolved"):
            raise MalformedAlerts(f"{where}: status is neither firing nor resolved")
        resolved = status == "resolved"
        # Alertmanager says once that an alert has ended; a firing one has no end to wait for.
        ends_at = _time(entry.get("endsAt"), f"{where}: endsAt") if resolved else None
        alerts.append(_alert(entry, where, ends_at, resolved=resolved))
    return alerts


def _entries(payload: object) -> list[dict[str, object]]:
    if not isinstance(payload, list):
        raise MalformedAlerts("no array of alerts")
    if len(payload) > ALERTS_MAX:
        raise MalformedAlerts(f"more than {ALERTS_MAX} alerts in one delivery")
    for position, entry in enumerate(payload):
        if not isinstance(entry, dict):
            raise MalformedAlerts(f"alert {position}: not an object")
    return payload


def _alert(
    entry: Mapping[str, object], where: str, ends_at: datetime | None, *, resolved: bool
) -> Alert:
    labels = _strings(entry.get("labels"), f"{where}: labels")
    annotations = _strings(entry.get("annotations", {}), f"{where}: annotations")
    name = labels.get("alertname", "")
    if not name:
        raise MalformedAlerts(f"{where}: no label alertname")
    starts_at = _time(entry.get("startsAt"), f"{where}: startsAt")
    if starts_at is None:
        raise MalformedAlerts(f"{where}: no startsAt")
    return Alert(
        # A fingerprint that came along could differ from ours for the same labels: use ours.
        fingerprint=fingerprint(labels),
        name=name,
        severity=labels.get("severity", "none"),
        summary=annotations.get("summary", name),
        starts_at=starts_at,
        ends_at=ends_at,
        resolved=resolved,
        labels=labels,
        annotations=annotations,
    )


def _strings(value: object, where: str) -> dict[str, str]:
    if not isinstance(value, dict) or not all(isinstance(text, str) for text in value.values()):
        raise MalformedAlerts(f"{where}: not an object of strings")
    return value


def _time(value: object, where: str) -> datetime | None:
    """An RFC 3339 time; None where it is absent or the zero time of Go (year 1)."""
    if value is None or value == "":
        return None
    try:
        # fromisoformat takes any number of decimals from 3.11 on, and keeps microseconds.
        moment = datetime.fromisoformat(str(value))
        if moment.year == 1:
            return None
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError) as error:
        raise MalformedAlerts(f"{where}: not a time: {value!r:.60}") from error
