"""What the drills of a team came to, read from their records: figures beside figures."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from statistics import mean
from typing import Any

from harness.drill.lifecycle.seal import opened_answer, opened_key
from harness.errors import DrillError
from harness.exercise.guards import Recurrence, recurrence
from harness.record.envelope import Envelope
from harness.record.events import (
    Audience,
    DrillAborted,
    DrillCreated,
    DrillFinished,
    DrillTriggered,
    FiguresExcluded,
    VerifyFinished,
)
from harness.record.store import Record
from harness.record.story import Story, fold
from harness.scoring.calibration import ReliabilityBin
from harness.scoring.case import AnswerKey
from harness.scoring.kpi import Kpis, kpis_of
from harness.scoring.score import score
from harness.scoring.scorecard import SEALED, outcome_of
from harness.scoring.times import TIMES, Duration, Word


@dataclass(frozen=True)
class PastDrill:
    """One drill; None for what is not known."""

    drill_id: str
    began_at: datetime
    scenario: str
    agenda: str
    outcome: str
    causes: tuple[str, ...]
    """Mechanisms of the answer, where it was revealed."""
    kpis: Kpis
    first_update: Duration | None
    """From the page."""
    updates_in_time: bool | None
    points: int
    points_max: int
    """Of the lines of the rubric that apply to this drill."""
    bonus: int
    brier: float | None
    measures: dict[str, dict[str, float | None]]
    """Of the last verification: measure → healthy, at the page, in the end."""
    excluded_because: str | None
    reliability: tuple[ReliabilityBin, ...] = ()
    """How its stated probabilities compare with what came."""
    is_recurrence: bool | None = None
    """Whether an earlier drill that counts had a cause of the same kind."""
    guardrails: Recurrence | None = None
    """Whether checks of earlier drills caught this one's cause."""
    is_running: bool = False
    """No end is in its record: it runs, or its host died and nobody has looked since."""

    @property
    def counts(self) -> bool:
        """Whether it enters the team's figures."""
        return not self.is_running and self.excluded_because is None and self.outcome != "aborted"

    @property
    def cause(self) -> str | None:
        """All causes in a word each."""
        return ", ".join(self.causes) or None

    def to_json(self) -> dict[str, Any]:
        """Plain JSON data."""
        data = asdict(self)
        del data["causes"]
        derived = {
            "began_at": self.began_at.isoformat(),
            "cause": self.cause,
            "counts": self.counts,
        }
        return data | derived


def past_drills(
    runs: Path, unreadable: Callable[[str], None], *, viewer: Audience = "all"
) -> list[PastDrill]:
    """Every drill with a record under `runs`, oldest first; of one whose answer was never opened,
    only instructors are told what is wrong in it: it runs, or may be resumed or started again.

    A record that cannot be read is told to `unreadable` and left out.
    """
    found: list[PastDrill] = []
    for path in runs.glob("*/record.db"):
        try:
            events = read_events(path)
        except DrillError as error:
            unreadable(error.message)
            continue
        if (drill := past_drill(events)) is not None:
            story = fold(events)
            answer_is_open = viewer == "instructor" or opened_answer(story) is not None
            found.append(drill if answer_is_open else _without_answer(drill, story))
    return _with_recurrence(sorted(found, key=lambda one: one.began_at))


def read_events(path: Path) -> list[Envelope]:
    """All events of the record at `path`. Raises RecordFailed."""
    with Record(path) as record:
        return record.events()


def past_drill(events: Sequence[Envelope]) -> PastDrill | None:
    """One drill by its events; None for a record that was never begun."""
    story = fold(events)
    created = story.first(DrillCreated)
    if created is None:
        return None
    key, answer = opened_key(story), opened_answer(story)
    kpis = judged_kpis(story, key)
    judged = score(story, key)
    excluded = story.last(FiguresExcluded)
    return PastDrill(
        drill_id=story.drill_id,
        began_at=created.wall_time,
        scenario=created.event.scenario,
        agenda=created.event.agenda,
        outcome=outcome_of(
            kpis,
            triggered=story.first(DrillTriggered) is not None,
            aborted=story.first(DrillAborted) is not None,
        ),
        causes=tuple(mechanism for _, mechanism in _culprits(answer)),
        kpis=kpis,
        first_update=judged.cadence.first,
        updates_in_time=_both(judged.cadence.first_in_time, judged.cadence.gaps_in_time),
        points=judged.total,
        points_max=judged.total_max,
        bonus=judged.bonus,
        brier=judged.brier,
        measures=_measures(story),
        excluded_because=excluded.event.reason if excluded else None,
        reliability=judged.reliability,
        guardrails=recurrence(story, _culprits(answer)),
        is_running=story.first(DrillFinished) is None and story.first(DrillAborted) is None,
    )


def _without_answer(drill: PastDrill, story: Story) -> PastDrill:
    """The scenario's name tells what is wrong; so does the time from its beginning to the page."""
    kpis = judged_kpis(story, None).sealed()
    outcome = "running" if drill.is_running else drill.outcome
    return replace(drill, scenario=SEALED, outcome=outcome, kpis=kpis)


def _culprits(answer: dict[str, Any] | None) -> list[tuple[str, str]]:
    """(service, mechanism) of each root cause, as far as the answer was revealed."""
    faults = answer["faults"] if answer else []
    return [(one["service"], one["mechanism"]) for one in faults]


def judged_kpis(story: Story, key: AnswerKey | None) -> Kpis:
    """The figures of a drill; what depends on the answer is None without it."""
    return kpis_of(
        story,
        causes=key.causes if key else None,
        guilty=key.services if key else None,
    )


def averages(drills: Iterable[PastDrill]) -> dict[str, float | None]:
    """Over the drills that count; None where nothing is known. Times are the wall's: `mttd_ms` is
    the mean of TTD."""
    counted = [one for one in drills if one.counts]

    def over(get: Callable[[PastDrill], float | None]) -> float | None:
        known = [value for one in counted if (value := get(one)) is not None]
        return mean(known) if known else None

    return {
        "drills": float(len(counted)),
        **{f"m{word}_ms": over(partial(_time_ms, word)) for word in TIMES},
        "mean_users_affected": over(lambda one: _since_the_fault(one, one.kpis.users_affected)),
        "mean_revenue_lost": over(lambda one: _since_the_fault(one, one.kpis.revenue_lost)),
        "mean_first_update_ms": over(lambda one: _wall_ms(one.first_update)),
        "recurrence_rate": over(lambda one: one.is_recurrence),
        "recurrences_caught_rate": over(_is_caught),
        "updates_in_time_rate": over(lambda one: one.updates_in_time),
        "mean_brier": over(lambda one: one.brier),
    }


def _since_the_fault(one: PastDrill, harm: float | None) -> float | None:
    """Of drills that are still sealed, it counts from another moment: no mean is made of both."""
    return harm if one.kpis.harm_since == "the fault" else None


def _time_ms(word: Word, one: PastDrill) -> int | None:
    return _wall_ms(one.kpis.times.of(word))


def _wall_ms(duration: Duration | None) -> int | None:
    return None if duration is None else duration.wall_ms


def scenarios_had(runs: Path) -> frozenset[str]:
    """The scenarios of all drills under `runs` that can be read."""
    had = set()
    for path in runs.glob("*/record.db"):
        try:
            with Record(path) as record:
                first = record.events(limit=1)
        except DrillError:
            continue
        had |= {one.event.scenario for one in first if isinstance(one.event, DrillCreated)}
    return frozenset(had)


def _with_recurrence(drills: list[PastDrill]) -> list[PastDrill]:
    seen: set[str] = set()
    marked = []
    for one in drills:
        again = not seen.isdisjoint(one.causes) if one.causes else None
        guarded = one.guardrails or ("unguarded" if again else None)
        marked.append(replace(one, is_recurrence=again, guardrails=guarded))
        if one.counts:
            seen.update(one.causes)
    return marked


def _is_caught(one: PastDrill) -> bool | None:
    return None if one.guardrails is None else one.guardrails == "caught"


def _measures(story: Story) -> dict[str, dict[str, float | None]]:
    last = story.last(VerifyFinished)
    return {
        row.measure: {"healthy": row.healthy, "at_page": row.at_page, "now": row.value}
        for row in (last.event.results if last else ())
    }


def _both(first: bool | None, second: bool | None) -> bool | None:
    if first is False or second is False:
        return False
    return None if first is None or second is None else True
