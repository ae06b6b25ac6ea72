"""A report of an event as files: a page that needs nothing else, two tables, and the data."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any

TEAM_COLUMNS = (
    *("rank", "team", "outcome", "verified", "points", "points_max", "bonus", "blots", "brier"),
    *("updates", "users_affected", "revenue_lost"),
)
WORDS = ("ttd", "tta", "tti", "ttm", "ttr")
TIMELINE_COLUMNS = ("team", "since_page_s", "at", "kind", "who", "what")
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What makes a spreadsheet calculate a text that somebody wrote."""
SHOWN = {
    "page": "#b3261e",
    "acknowledgement": "#8a5300",
    "belief": "#8a62bd",
    "act": "#2456b8",
    "verification": "#19703f",
    "update": "#1f8a85",
}
"""What stands on the common axis, and in which colour; each has its place in the lane, too."""
AXIS_PX, LANE_PX, NAME_PX, MARK_PX = 900, 84, 120, 5
NOTHING = "-"
STYLE = """
:root { color-scheme: light; font: 15px/1.45 system-ui, sans-serif; }
body { max-width: 1080px; margin: 2rem auto; padding: 0 1rem; color: #1a2230; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { text-align: left; padding: 4px 10px 4px 0; border-bottom: 1px solid #dbe0e6;
  vertical-align: top; overflow-wrap: anywhere; }
.scroll { overflow-x: auto; }
svg text { font: 12px system-ui, sans-serif; fill: #1a2230; }
"""


def write_report(report: Mapping[str, Any], folder: Path) -> list[Path]:
    """Write `report.html`, `teams.csv`, `timeline.csv` and `report.json`. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    texts = {
        "report.html": page_of(report),
        "teams.csv": _csv([*TEAM_COLUMNS, *(f"{one}_s" for one in WORDS)], _team_rows(report)),
        "timeline.csv": _csv(TIMELINE_COLUMNS, _timeline_rows(report)),
        "report.json": json.dumps(report, ensure_ascii=False, indent=1) + "\n",
    }
    written = []
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
        written.append(folder / name)
    return written


def _team_rows(report: Mapping[str, Any]) -> Iterable[list[Any]]:
    for team in report["teams"]:
        times = team.get("times_s", {})
        yield [*(team.get(name) for name in TEAM_COLUMNS), *(times.get(one) for one in WORDS)]


def _timeline_rows(report: Mapping[str, Any]) -> Iterable[list[Any]]:
    for team in report["teams"]:
        for entry in team.get("timeline", ()):
            yield [team["team"], *(entry[name] for name in TIMELINE_COLUMNS[1:])]


def _csv(columns: Sequence[str], rows: Iterable[list[Any]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(columns)
    writer.writerows([_cell(value) for value in row] for row in rows)
    return text.getvalue()


def _cell(value: Any) -> Any:
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value


def page_of(report: Mapping[str, Any]) -> str:
    """The report as one HTML page, without a script."""
    event = report["event"]
    about = (
        f"{len(report['teams'])} teams, {event['scenario']}, seed {event['seed']};"
        f" ranked by {', then '.join(event['counts'])}."
    )
    parts = (
        f"<h1>{escape(event['title'])}</h1><p>{escape(about)}</p>",
        "<h2>Teams</h2>",
        _table(
            ("rank", "team", "outcome", "points", "conduct", "users affected", "TTA", "TTI", "TTR"),
            [_team_cells(team) for team in report["teams"]],
        ),
        "<h2>Timelines</h2><p>Minutes from each team's own page.</p>",
        _lanes(report["teams"]),
        "<h2>What they believed</h2>",
        _table(("team", "from the page", "most probable cause", "%"), _belief_cells(report)),
        "<h2>Times</h2>",
        _table(("time", "teams", "least", "median", "most"), _spread_cells(report["times"])),
    )
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(event['title'])}</title><style>{STYLE}</style></head>"
        f"<body><main>{''.join(parts)}</main></body></html>\n"
    )


def _team_cells(team: Mapping[str, Any]) -> list[str]:
    times = team.get("times_s", {})
    points = f"{team['points']} of {team['points_max']}" if "points" in team else NOTHING
    blots = team["blots"]
    return [
        str(team["rank"]),
        team["team"],
        team.get("outcome", "no drill"),
        points,
        NOTHING if blots is None else _conduct(blots),
        _figure(team.get("users_affected")),
        *(_minutes(times.get(word)) for word in ("tta", "tti", "ttr")),
    ]


def _conduct(blots: int) -> str:
    if not blots:
        return "clean"
    return "1 mistake" if blots == 1 else f"{blots} mistakes"


def _belief_cells(report: Mapping[str, Any]) -> list[list[str]]:
    return [
        [team["team"], _minutes(one["since_page_s"]), one["text"], str(one["percent"])]
        for team in report["teams"]
        for one in team.get("beliefs", ())
    ]


def _spread_cells(times: Mapping[str, Any]) -> list[list[str]]:
    return [
        [word.upper(), str(one["teams"]), *(_minutes(one[f"{key}_s"]) for key in KEYS)]
        for word, one in times.items()
    ]


KEYS = ("min", "median", "max")


def _lanes(teams: Sequence[Mapping[str, Any]]) -> str:
    """A lane for each team on one axis, a line in it for each kind of mark."""
    marks = [
        (index, one["since_page_s"] / 60, one["kind"], f"{team['team']}: {one['what']}")
        for index, team in enumerate(teams)
        for one in team.get("timeline", ())
        if one["kind"] in SHOWN and one["since_page_s"] is not None
    ]
    if not marks:
        return "<p>Nobody was paged.</p>"
    begin: float = min(0.0, min(at for _, at, _, _ in marks))
    width: float = max(1.0, max(at for _, at, _, _ in marks)) - begin
    height = LANE_PX * len(teams) + 40

    def x(at: float) -> float:
        return float(NAME_PX + (at - begin) / width * AXIS_PX)

    drawn = [
        f'<text x="0" y="{LANE_PX * index + LANE_PX / 2:g}">{escape(team["team"])}</text>'
        f'<line x1="{NAME_PX}" x2="{NAME_PX + AXIS_PX}" y1="{LANE_PX * (index + 1)}"'
        f' y2="{LANE_PX * (index + 1)}" stroke="#dbe0e6"/>'
        for index, team in enumerate(teams)
    ]
    kinds = list(SHOWN)
    for index, at, kind, said in marks:
        y = LANE_PX * index + 12 + 12 * kinds.index(kind)
        drawn.append(
            f'<circle cx="{x(at):.1f}" cy="{y}" r="{MARK_PX}" fill="{SHOWN[kind]}">'
            f"<title>{escape(f'{at:.1f} min, {said}')}</title></circle>"
        )
    drawn += [
        f'<text x="{x(at):.1f}" y="{height - 22}">{at:.0f}</text>' for at in _ticks(begin, width)
    ]
    legend = "; ".join(
        f'<span style="color:{color}">●</span> {kind}' for kind, color in SHOWN.items()
    )
    return (
        f'<p>{legend}</p><div class="scroll" tabindex="0">'
        f'<svg role="img" aria-label="Timelines of all teams"'
        f' width="{NAME_PX + AXIS_PX + 20}" height="{height}">{"".join(drawn)}</svg></div>'
    )


def _ticks(begin: float, width: float) -> list[float]:
    """At most ten whole minutes, evenly."""
    step = max(1, -(-int(width) // 10))
    first = -(-int(begin) // step) * step
    return [float(at) for at in range(first, int(begin + width) + 1, step)]


def _table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    head = "".join(f'<th scope="col">{escape(one)}</th>' for one in columns)
    body = "".join(
        "<tr>" + "".join(f"<td>{escape(one)}</td>" for one in row) + "</tr>" for row in rows
    )
    return f'<div class="scroll" tabindex="0"><table><tr>{head}</tr>{body}</table></div>'


def _figure(value: float | None) -> str:
    return NOTHING if value is None else f"{value:,.0f}"


def _minutes(seconds: float | None) -> str:
    if seconds is None:
        return NOTHING
    sign, whole = ("-" if seconds < 0 else ""), abs(round(seconds))
    return f"{sign}{whole // 60}:{whole % 60:02d}"
