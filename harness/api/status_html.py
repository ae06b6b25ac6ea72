"""The status page as HTML: plain, without scripts, everything that people wrote as text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

REFRESH_S = 15
WORDS = {
    "operational": "Operational",
    "degraded_performance": "Degraded performance",
    "partial_outage": "Partial outage",
    "major_outage": "Major outage",
    "under_maintenance": "Under maintenance",
}

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="refresh" content="{refresh_s}">
<title>{name} status</title>
<link rel="stylesheet" href="/static/status.css">
</head>
<body>
<h1>{name} status</h1>
<p class="overall {indicator}">{description}</p>
<table>
<caption hidden>Components</caption>
{components}
</table>
<h2>Incidents</h2>
{incidents}
</body>
</html>
"""


def render(summary: Mapping[str, Any], incidents: Sequence[Mapping[str, Any]]) -> str:
    """The page for what `/api/v2/summary.json` and `incidents.json` say."""
    return _PAGE.format(
        refresh_s=REFRESH_S,
        name=escape(summary["page"]["name"]),
        indicator=escape(summary["status"]["indicator"]),
        description=escape(summary["status"]["description"]),
        components="\n".join(_component(one) for one in summary["components"]),
        incidents="\n".join(_incident(one) for one in incidents) or "<p>None today.</p>",
    )


def _component(one: Mapping[str, Any]) -> str:
    what = f"{one['name']}: {one['description']}" if one["description"] else one["name"]
    return f"<tr><th scope=row>{escape(what)}</th><td>{escape(WORDS[one['status']])}</td></tr>"


def _incident(one: Mapping[str, Any]) -> str:
    updates = "\n".join(
        f"<p><strong>{escape(update['status'].capitalize())}</strong> "
        f"{_time(update['created_at'])}\n{escape(update['body'])}</p>"
        for update in one["incident_updates"]
    )
    return f"<h3>{escape(one['name'])}</h3>\n{updates}"


def _time(iso: str) -> str:
    """To the minute, as customers read it."""
    return f'<time datetime="{escape(iso)}">{escape(iso[:16].replace("T", " "))} UTC</time>'
