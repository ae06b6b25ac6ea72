"""Asking a real Alertmanager what participants have silenced, and what it holds back."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import httpx

from harness.errors import StackFailed
from harness.model import Alert
from harness.plain_http import LocalClient
from harness.telemetry.alerts import MalformedAlerts, parse_alerts
from harness.telemetry.silences import Matcher, Silence

SUPPRESSED = {"active": "false", "unprocessed": "false"}


class AlertmanagerClient(LocalClient):
    """Queries against one Alertmanager. Close it, or use it as an async context manager."""

    async def silences(self) -> list[Silence]:
        """All that it knows, those that are over among them, oldest first. Raises StackFailed."""
        try:
            answer = await self._http.get("/api/v2/silences")
            answer.raise_for_status()
            found = [_silence(one) for one in answer.json()]
        except (httpx.HTTPError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise StackFailed(f"Alertmanager does not tell its silences: {error!r}") from error
        return sorted(found, key=lambda one: one.updated_at)

    async def held_back(self) -> list[Alert]:
        """What fires and calls nobody, silenced or inhibited. Raises StackFailed."""
        try:
            answer = await self._http.get("/api/v2/alerts", params=SUPPRESSED)
            answer.raise_for_status()
            found = parse_alerts(answer.content, datetime.now(UTC))
        except (httpx.HTTPError, MalformedAlerts) as error:
            raise StackFailed(f"Alertmanager does not tell its alerts: {error!r}") from error
        # When it will have ended is Prometheus's to tell, as of what Alertmanager delivers.
        return [replace(one, ends_at=None) for one in found if not one.resolved]


def _silence(one: dict[str, Any]) -> Silence:
    """Nothing of it is doubted but its form: Alertmanager has taken it."""
    matchers = [
        Matcher(
            str(it["name"]), str(it["value"]), bool(it["isRegex"]), bool(it.get("isEqual", True))
        )
        for it in one["matchers"]
    ]
    return Silence(
        str(one["id"]),
        tuple(matchers),
        _moment(one["startsAt"]),
        _moment(one["endsAt"]),
        _moment(one["updatedAt"]),
        str(one.get("createdBy", "")),
        str(one.get("comment", "")),
    )


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)
