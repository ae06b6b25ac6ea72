"""Looking at the shop: everything that the reasoning needs, asked of the API in one go."""

from __future__ import annotations

import time
from collections.abc import Collection
from datetime import datetime
from typing import Any

from harness.responder.participant_client import Api
from harness.responder.questions import LOST_CONNECTION, POINTS, QUERIES, WINDOW_MINUTES

SERIES_MAX = 1000
TRACES_OF_EACH_KIND = 12
ENTRANCE = "gateway"
"""Where customers' requests come in."""
SLOW_MS = 400.0
LOG_LINES = 60
FOUND_LINES = 10
FOUND_SINCE = "30s"
"""What was said before that may be over."""
RECENT_S = 7 * 24 * 3600.0
"""A release's difference is read that is not older: something else may set it off days later."""
RELEASES = ("release", "hotfix")
STATUS_PAGE = " status"
PROVIDERS = ("payment provider", "model provider")
"""Third parties that have a status page, as the drill's list of places calls them."""

Raw = dict[str, Any]
"""Answers of the API as they came, by what they are about; `observations.read` understands them."""


def look(api: Api) -> Raw:
    """All answers at this moment. Raises what `Api` raises."""
    status = api.get("/v1/status")
    deploys = api.get("/v1/deploys")
    recent = [one for one in deploys if _is_recent(one)]
    changed = {one["service"] for one in recent}
    places = status["places"]
    return {
        "at": time.time(),
        "services": [row["name"] for row in status["services"]],
        "alerts": status["alerts"],
        "deploys": deploys,
        "series": {name: _over_time(api, query) for name, query in QUERIES.items()},
        "traces": _traces(api, changed),
        "logs": _logs(api),
        "diffs": {one["deploy_id"]: _diff(api, one) for one in recent},
        "providers": {
            name.replace(" ", "-"): api.elsewhere(places[name + STATUS_PAGE])
            for name in PROVIDERS
            if name + STATUS_PAGE in places
        },
    }


def _over_time(api: Api, query: str) -> Any:
    found = api.get(
        "/v1/metrics", query=query, minutes=WINDOW_MINUTES, points=POINTS, limit=SERIES_MAX
    )
    return [{**one, "times": found["times"]} for one in found["series"]]


def _traces(api: Api, changed: Collection[str]) -> list[Any]:
    """Failed, slow and ordinary requests as customers make them, and failed ones that passed
    a service which was released lately; each once."""
    asked: list[dict[str, Any]] = [{"errors": True}, {"min_duration_ms": SLOW_MS}, {}]
    asked = [{"service": ENTRANCE, **one} for one in asked]
    asked += [{"service": name, "errors": True} for name in sorted(changed)]
    by_id = {
        row["trace_id"]: row["trace"]
        for options in asked
        for row in api.get("/v1/traces", limit=TRACES_OF_EACH_KIND, spans=True, **options)["traces"]
    }
    return list(by_id.values())


def _logs(api: Api) -> list[Any]:
    """The newest lines, and those that a search finds, which others may have pushed out; each
    once."""
    asked: list[dict[str, Any]] = [{"limit": LOG_LINES}, {"limit": LOG_LINES, "level": "ERROR"}]
    asked += [
        {"limit": FOUND_LINES, "contains": phrase, "since": FOUND_SINCE}
        for phrase in LOST_CONNECTION
    ]
    by_seq = {
        record["seq"]: record
        for options in asked
        for record in api.get("/v1/logs", **{"level": "WARNING", **options})["records"]
    }
    return list(by_seq.values())


def _diff(api: Api, deploy: dict[str, Any]) -> str:
    given = {name: deploy[name] for name in ("service", "version_from", "version_to")}
    return str(api.get("/v1/diff", **given)["diff"])


def _is_recent(deploy: dict[str, Any]) -> bool:
    at = datetime.fromisoformat(deploy["at"]).timestamp()
    return deploy["kind"] in RELEASES and at > time.time() - RECENT_S
