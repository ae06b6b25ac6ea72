"""What an instructor does to an exercise, checked: clock, injects, hints, judgements."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from harness.errors import UnknownName, UsageError
from harness.exercise.agenda import Agenda
from harness.exercise.clock import Reading, read
from harness.exercise.fields import number, one_of, text
from harness.exercise.views import delivered, role_holders
from harness.record import events
from harness.record.events import DiagnosisDeclared
from harness.record.story import Story
from harness.record.team_clock import EXTRA_MAX_S, SPEED_MAX

HINT_COST_POINTS = 5
OWN = "own-"
"""Ids of messages that no agenda has begin so."""
SENDER = "Instructor"


def clock_started(agenda: Agenda, story: Story, speed: float) -> events.ClockStarted:
    """The start of the clock, once; `speed` is SPEED of the command line."""
    if story.clock.started_ms is not None:
        raise UsageError("the clock has started already")
    return events.ClockStarted(
        agenda.id,
        number("speed", speed, at_most=SPEED_MAX),
        trigger_phase=next((one.id for one in agenda.phases if one.triggers), ""),
        cause_target_ms=agenda.cause_target_ms,
    )


def clock_paused(story: Story, *, by: str, reason: str = "") -> events.ClockPaused:
    """A pause of a clock that runs."""
    if story.clock.started_ms is None or story.clock.is_paused:
        raise UsageError("the clock does not run", "`resume` goes on")
    return events.ClockPaused(by, text("reason", reason, required=False))


def clock_resumed(story: Story, *, by: str) -> events.ClockResumed:
    """The end of a pause."""
    if not story.clock.is_paused:
        raise UsageError("the clock is not paused")
    return events.ClockResumed(by)


def clock_extended(
    agenda: Agenda, story: Story, drill_ms: int, *, extra_s: float, by: str
) -> events.ClockExtended:
    """More time for the phase that runs."""
    reading = _running(agenda, story, drill_ms)
    if reading.remaining_ms is None:
        raise UsageError(f"the phase '{reading.phase.id}' has no end to move")
    extra_s = number("extra_s", extra_s, at_most=EXTRA_MAX_S)
    return events.ClockExtended(reading.phase.id, extra_s, by)


def clock_skipped(
    agenda: Agenda, story: Story, drill_ms: int, *, by: str, meant: str = ""
) -> events.ClockSkipped:
    """The end of the phase that runs, now; where one is `meant`, of that one alone.

    Who presses twice, or a moment after somebody else, would end the next phase, too.
    """
    running = _running(agenda, story, drill_ms).phase
    if meant not in ("", running.id):
        raise UsageError(
            f"the phase '{meant}' is over: now it is '{running.title}'",
            "end that one if it is meant",
        )
    return events.ClockSkipped(running.id, by)


def _running(agenda: Agenda, story: Story, drill_ms: int) -> Reading:
    reading = read(agenda, story.clock, drill_ms)
    if not reading.is_running:
        raise UsageError("the clock has not started")
    if reading.is_over:
        raise UsageError("the agenda is over")
    return reading


def inject_thrown(
    agenda: Agenda, story: Story, inject_id: str, *, by: str
) -> events.InjectDelivered:
    """One of the agenda's injects, delivered now; each once."""
    known = {one.id: one for one in agenda.injects}
    inject = known[one_of("inject", inject_id, known)]
    if inject_id in delivered(story):
        raise UsageError(f"the team has had '{inject_id}' already")
    return events.InjectDelivered(inject.id, inject.kind, inject.sender, inject.text, by)


def own_message(words: str, *, number: int, by: str) -> events.InjectDelivered:
    """The instructor's own words, to everybody."""
    return events.InjectDelivered(f"{OWN}{number}", "message", SENDER, text("text", words), by)


def message_to_one(story: Story, words: str, *, to: str, by: str) -> events.PersonMessaged:
    """The instructor's own words, to one who holds a role."""
    one_of("person", to, {name for held in role_holders(story).values() for name in held})
    return events.PersonMessaged(to, SENDER, text("text", words), by)


def hint_taken(
    story: Story, hints: Sequence[str], *, by: str, cost_points: int = HINT_COST_POINTS
) -> events.HintTaken:
    """The next hint; it costs points."""
    had = len(story.of(events.HintTaken))
    if had >= len(hints):
        raise UsageError("there is no further hint", f"{had} have been given")
    return events.HintTaken(had + 1, hints[had], cost_points, by)


def cause_confirmed(
    story: Story, *, right: bool, by: str, note: str = "", diagnosis_seq: int | None = None
) -> events.CauseConfirmed:
    """The instructor's word on a declared diagnosis: the newest one unless another is named."""
    declared = [one.seq for one in story.of(DiagnosisDeclared)]
    if not declared:
        raise UsageError("no cause has been declared", "`drill diagnose` declares one")
    seq = declared[-1] if diagnosis_seq is None else diagnosis_seq
    if seq not in declared:
        raise UnknownName("diagnosis", str(seq), [str(one) for one in declared])
    return events.CauseConfirmed(seq, right, text("note", note, required=False), by)


def line_judged(
    *, line: str, points: int, by: str, points_of: Mapping[str, int], note: str = ""
) -> events.LineJudged:
    """Points for a line of the rubric; `points_of` is line → points that it can give."""
    most = points_of[one_of("line of the rubric", line, points_of)]
    if not 0 <= points <= most:
        raise UsageError(f"'{line}' gives 0 to {most} points, not {points}")
    return events.LineJudged(line, points, text("note", note, required=False), by)
