"""What came of an event, as data: each team's figures, its timeline and what it believed when, all
counted from its own page; and how the teams' times are spread."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from statistics import median
from typing import Any

from harness.drill.lifecycle.seal import opened_answer, opened_key
from harness.drill.queries.past_drills import judged_kpis
from harness.events.board import beliefs_of, result_of, standings
from harness.events.followed_record import FollowedRecord
from harness.exercise.views import responses
from harness.record.events import (
    DiagnosisDeclared,
    DrillAborted,
    DrillTriggered,
    Event,
    HypothesesRevised,
    PageAcknowledged,
    PageSent,
    UpdatePosted,
    VerifyFinished,
)
from harness.record.story import Noted, Story
from harness.scoring.score import score
from harness.scoring.scorecard import outcome_of
from harness.scoring.timeline import timeline
from harness.scoring.times import TIMES

FORMAT = "event-report-1"
KINDS: tuple[tuple[str, type[Event] | tuple[type[Event], ...]], ...] = (
    ("page", PageSent),
    ("acknowledgement", PageAcknowledged),
    ("belief", (HypothesesRevised, DiagnosisDeclared)),
    ("verification", VerifyFinished),
    ("update", UpdatePosted),
)
"""What stands out on a timeline, beside what people did to the shop (`act`); whatever else
happened, as colleagues' releases, is `other`."""


def report_of(
    event: Mapping[str, Any], teams: Sequence[str], records: Mapping[str, FollowedRecord]
) -> dict[str, Any]:
    """The report of an event: `event` is what is told of it, `counts` in it what ranks its teams;
    a team without a record has no figures."""
    results = {team: result_of(records[team].shown) if team in records else None for team in teams}
    rows = [
        {
            "rank": one.rank,
            "team": one.team,
            "blots": one.result.blots if one.result else None,
            **(_figures(records[one.team].story) if one.team in records else {}),
        }
        for one in standings(results, event["counts"])
    ]
    return {"format": FORMAT, "event": dict(event), "teams": rows, "times": _spread(rows)}


def _figures(story: Story) -> dict[str, Any]:
    key = opened_key(story)
    kpis, judged = judged_kpis(story, key), score(story, key)
    if opened_answer(story) is None:
        kpis = kpis.sealed()  # the report may be shown to teams that were not told yet
    page = story.first(PageSent)
    took = {word: kpis.times.of(word) for word in TIMES}
    kinds = {one.seq: _kind(one) for one in story.entries}
    kinds |= {one.seq: "act" for one in responses(story)}
    return {
        "drill_id": story.drill_id,
        "outcome": outcome_of(
            kpis,
            triggered=story.first(DrillTriggered) is not None,
            aborted=story.first(DrillAborted) is not None,
        ),
        "verified": story.state.is_proven,
        "points": judged.total,
        "points_max": judged.total_max,
        "bonus": judged.bonus,
        "brier": judged.brier,
        "updates": kpis.updates,
        "users_affected": kpis.users_affected,
        "revenue_lost": kpis.revenue_lost,
        "times_s": {word: one and one.wall_ms / 1000 for word, one in took.items()},
        "beliefs": [
            {"since_page_s": _since(page, one.at_ms), "text": one.text, "percent": one.percent}
            for one in beliefs_of(story)
        ],
        "timeline": [{**asdict(one), "kind": kinds[one.seq]} for one in timeline(story)],
    }


def _kind(one: Noted[Event]) -> str:
    return next((name for name, types in KINDS if isinstance(one.event, types)), "other")


def _since(page: Noted[PageSent] | None, at_ms: int) -> float | None:
    return None if page is None else round(at_ms / 1000 - page.wall_time.timestamp(), 3)


def _spread(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Of each time: how many teams have one, the least, the median, the most."""
    found: dict[str, Any] = {}
    for word in TIMES:
        values = sorted(
            value for row in rows if (value := row.get("times_s", {}).get(word)) is not None
        )
        found[word] = {
            "teams": len(values),
            "min_s": values[0] if values else None,
            "median_s": median(values) if values else None,
            "max_s": values[-1] if values else None,
        }
    return found
