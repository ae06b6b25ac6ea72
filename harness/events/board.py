"""How the teams of an event do: a row each for whoever leads it, and who is ahead for everybody.

Who is ahead is made of what everybody may see of a drill, so that nothing secret can be in it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import inf

from harness.drill.lifecycle.seal import opened_key
from harness.drill.queries.past_drills import judged_kpis
from harness.exercise.views import responses
from harness.record.events import (
    DiagnosisDeclared,
    Event,
    HypothesesRevised,
    PageAcknowledged,
    PageSent,
    UpdatePosted,
)
from harness.record.story import Noted, Story
from harness.scoring.case import Case
from harness.scoring.grades import conduct_of
from harness.scoring.score import score


@dataclass(frozen=True)
class Belief:
    """What a team holds to be the most probable cause."""

    text: str
    percent: int
    at_ms: int
    """Milliseconds since 1970 at which it was said."""


@dataclass(frozen=True)
class TeamNow:
    """Where a team stands. Moments are milliseconds since 1970, None where there is none yet."""

    phase: str
    pages: int
    paged_ms: int | None
    acknowledged_ms: int | None
    belief: Belief | None
    last_act: str
    acted_ms: int | None
    users_affected: int | None
    revenue_lost: float | None
    verified: bool | None
    """None: nobody has tried, or somebody was paged since."""
    updated_ms: int | None
    silence_s: float | None
    """Since the last update, before the first since the page; None before that, and in the end."""


@dataclass(frozen=True)
class Result:
    """What counts of a team's drill so far, as far as everybody may know."""

    phase: str
    verified: bool
    points: int
    points_max: int
    blots: int
    """What was done to the shop, or tried, that should not have been."""
    recovery_s: float | None
    """From the page until recovery was proven."""


@dataclass(frozen=True)
class Placing:
    """A team's place. Teams that are equal in all that counts share one."""

    rank: int
    team: str
    result: Result | None


def team_now(story: Story, now: datetime, *, goes_on: bool) -> TeamNow:
    """Where a team stands by its record."""
    page = story.first(PageSent)
    acknowledged, update = story.first(PageAcknowledged), story.last(UpdatePosted)
    act = next(iter(reversed(responses(story))), None)
    impact, proof = story.impact, story.state.verification
    return TeamNow(
        phase=story.state.phase.value,
        pages=len(story.state.pages),
        paged_ms=_at(page),
        acknowledged_ms=_at(acknowledged),
        belief=belief_of(story),
        last_act=_said(act),
        acted_ms=_at(act),
        users_affected=impact.users_affected if impact else None,
        revenue_lost=impact.revenue_lost if impact else None,
        verified=None if proof is None or story.state.is_reopened else proof.passed,
        updated_ms=_at(update),
        silence_s=_silence_s(update or page, now) if goes_on else None,
    )


def beliefs_of(story: Story) -> list[Belief]:
    """What the team held to be the most probable cause, each time that it said so."""
    found = [_belief(one, one.event) for one in story.entries]
    return [one for one in found if one is not None]


def belief_of(story: Story) -> Belief | None:
    """What it holds now."""
    return next(iter(reversed(beliefs_of(story))), None)


def _belief(one: Noted[Event], event: Event) -> Belief | None:
    if isinstance(event, DiagnosisDeclared):
        return Belief(f"{event.service}: {event.mechanism}", event.confidence_percent, _ms(one))
    if not isinstance(event, HypothesesRevised) or not event.hypotheses:
        return None
    leading = max(event.hypotheses, key=lambda other: other.probability_percent)
    return Belief(leading.text, leading.probability_percent, _ms(one))


def result_of(shown: Story) -> Result:
    """What counts of a drill, by the events that everybody may see."""
    key = opened_key(shown)
    judged, times = score(shown, key), judged_kpis(shown, key).times
    guilty = frozenset(key.services) if key else frozenset()
    conduct = conduct_of(Case(shown, key), guilty)
    # Who is innocent is known once the answer is told.
    innocent = conduct.innocent_acts if key else 0
    return Result(
        phase=shown.state.phase.value,
        verified=shown.state.is_proven,
        points=judged.total,
        points_max=judged.total_max,
        blots=conduct.cheats_tried + conduct.blind_restarts + innocent,
        recovery_s=None if times.ttr is None else times.ttr.wall_ms / 1000,
    )


def standings(results: Mapping[str, Result | None], counts: Sequence[str]) -> list[Placing]:
    """Who is ahead, by what `counts`, in that order; a team without a drill comes last."""
    keys = {team: _key(result, counts) for team, result in results.items()}
    ordered = sorted(results, key=lambda team: keys[team])  # equals stay in the event's order
    places = {key: place for place, key in reversed(list(enumerate(map(keys.get, ordered), 1)))}
    return [Placing(places[keys[team]], team, results[team]) for team in ordered]


def _key(result: Result | None, counts: Sequence[str]) -> tuple[float, ...]:
    if result is None:
        return (inf,) * len(counts)
    by = {
        "score": float(-result.points),
        "conduct": float(result.blots),
        "speed": inf if result.recovery_s is None else result.recovery_s,
    }
    return tuple(by[one] for one in counts)


def _said(act: Noted[Event] | None) -> str:
    described = act.event.describe() if act else None
    return described.sentence if described else ""


def _silence_s(since: Noted[UpdatePosted] | Noted[PageSent] | None, now: datetime) -> float | None:
    return None if since is None else max(0.0, (now - since.wall_time).total_seconds())


def _at(one: Noted[Event] | None) -> int | None:
    return None if one is None else _ms(one)


def _ms(one: Noted[Event]) -> int:
    return int(one.wall_time.timestamp() * 1000)
