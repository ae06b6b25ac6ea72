"""Alertmanager's API v2 as its clients read it: alerts, groups, silences, status."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from harness.model import Alert
from harness.telemetry.alertmanager import GROUP_BY
from harness.telemetry.inhibition import inhibitors
from harness.telemetry.silences import Matcher, Silence, match_all

RECEIVER = "on-call"
VERSION = "0.28.1"
"""Whose answers these are like; clients look at it."""
STILL_FIRING = timedelta(minutes=1)


@dataclass(frozen=True)
class AlertFilter:
    """Which alerts are asked for."""

    matchers: tuple[Matcher, ...] = ()
    active: bool = True
    silenced: bool = True
    inhibited: bool = True


def alerts_json(
    alerts: Iterable[Alert], silences: Sequence[Silence], wanted: AlertFilter, now: datetime
) -> list[dict[str, Any]]:
    """`/api/v2/alerts`: those that are asked for, each with what silences it."""
    found, firing = [], tuple(alerts)
    for alert in firing:
        muted_by = [one.id for one in silences if one.mutes(alert.labels, now)]
        inhibited_by = [one.fingerprint for one in inhibitors(alert, firing)]
        is_wanted = (wanted.silenced or not muted_by) and (wanted.inhibited or not inhibited_by)
        if not (muted_by or inhibited_by):
            is_wanted = wanted.active
        if is_wanted and match_all(wanted.matchers, alert.labels):
            found.append(_alert(alert, muted_by, inhibited_by, now))
    return found


def groups_json(alerts: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """`/api/v2/alerts/groups`: the answer of `alerts_json`, grouped as the pager groups them."""
    groups: dict[tuple[str, ...], list[Mapping[str, Any]]] = {}
    for alert in alerts:
        key = tuple(alert["labels"].get(name, "") for name in GROUP_BY)
        groups.setdefault(key, []).append(alert)
    return [
        {
            "labels": {name: value for name, value in zip(GROUP_BY, key, strict=True) if value},
            "receiver": {"name": RECEIVER},
            "alerts": members,
        }
        for key, members in sorted(groups.items())
    ]


def silence_json(silence: Silence, now: datetime) -> dict[str, Any]:
    """One of `/api/v2/silences`."""
    return {
        "id": silence.id,
        "status": {"state": silence.state(now)},
        "updatedAt": _iso(silence.updated_at),
        "comment": silence.comment,
        "createdBy": silence.created_by,
        "startsAt": _iso(silence.starts_at),
        "endsAt": _iso(silence.ends_at),
        "matchers": [
            {
                "name": one.name,
                "value": one.value,
                "isRegex": one.is_regex,
                "isEqual": one.is_equal,
            }
            for one in silence.matchers
        ],
    }


def is_asked_for(silence: Silence, matchers: Iterable[Matcher]) -> bool:
    """Whether a filter means a silence: its matchers are compared like labels."""
    return match_all(matchers, {one.name: one.value for one in silence.matchers})


def receivers_json() -> list[dict[str, str]]:
    """`/api/v2/receivers`."""
    return [{"name": RECEIVER}]


def status_json(started_at: datetime) -> dict[str, Any]:
    """`/api/v2/status`."""
    config = {
        "route": {"receiver": RECEIVER, "group_by": list(GROUP_BY)},
        "receivers": receivers_json(),
    }
    return {
        "cluster": {"status": "disabled", "peers": []},
        "config": {"original": json.dumps(config)},
        "uptime": _iso(started_at),
        "versionInfo": {
            "version": VERSION,
            "revision": "",
            "branch": "",
            "buildUser": "",
            "buildDate": "",
            "goVersion": "",
        },
    }


def _alert(
    alert: Alert, muted_by: list[str], inhibited_by: list[str], now: datetime
) -> dict[str, Any]:
    return {
        "labels": dict(alert.labels),
        "annotations": dict(alert.annotations),
        "startsAt": _iso(alert.starts_at),
        "endsAt": _iso(alert.ends_at or now + STILL_FIRING),
        "updatedAt": _iso(now),
        "fingerprint": alert.fingerprint,
        "generatorURL": "",
        "receivers": receivers_json(),
        "status": {
            "state": "suppressed" if muted_by or inhibited_by else "active",
            "silencedBy": muted_by,
            "inhibitedBy": inhibited_by,
            "mutedBy": [],
        },
    }


def _iso(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
