"""What an instructor does to a running exercise. Each act is checked, recorded, and takes effect
at once; each raises UsageError that says why it cannot be done now."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from harness.drill.lifecycle.exercise_clock import deliver, reading, tick
from harness.drill.session import Session
from harness.errors import UsageError
from harness.exercise import instructor_checks as checks
from harness.exercise.agenda import AtTime, ByHand, InPhase, NoUpdate, When, WhileAlert
from harness.exercise.injects import due_in_ms
from harness.exercise.views import delivered
from harness.record import events
from harness.scoring.rubric import points_of_lines

E = TypeVar("E", bound=events.Event)


def start(session: Session, *, by: str) -> events.ClockStarted:
    """Start a clock that waits for the page."""
    event = checks.clock_started(session.spec.agenda, session.story(), session.spec.speed)
    return _noted(session, event, by)


def pause(session: Session, *, by: str, reason: str = "") -> events.ClockPaused:
    """Stop the clock; the shop goes on."""
    return _noted(session, checks.clock_paused(session.story(), by=by, reason=reason), by)


def resume(session: Session, *, by: str) -> events.ClockResumed:
    """End a pause."""
    return _noted(session, checks.clock_resumed(session.story(), by=by), by)


def extend(session: Session, *, extra_s: float, by: str) -> events.ClockExtended:
    """More time for the phase that runs, in seconds of the agenda."""
    story = session.story()
    event = checks.clock_extended(
        session.spec.agenda, story, session.drill_ms(), extra_s=extra_s, by=by
    )
    return _noted(session, event, by)


def skip(session: Session, *, by: str, meant: str = "") -> events.ClockSkipped:
    """End the phase that runs; raises UsageError where another one is `meant`."""
    story = session.story()
    event = checks.clock_skipped(session.spec.agenda, story, session.drill_ms(), by=by, meant=meant)
    return _noted(session, event, by)


def advance(session: Session, *, by: str) -> events.ClockSkipped:
    """End a phase that has no end of its own: the one thing about the clock that a team decides."""
    shown = reading(session)
    if shown.is_running and not shown.is_over and shown.remaining_ms is not None:
        raise UsageError(
            f"the phase '{shown.phase.title}' ends on its own", "the instructor can skip it"
        )
    if shown.phase is session.spec.agenda.phases[-1]:
        raise UsageError(
            f"'{shown.phase.title}' is the last phase", "`drill finish` ends the drill"
        )
    return skip(session, by=by)


def throw(session: Session, inject_id: str, *, by: str) -> events.InjectDelivered:
    """Deliver one of the agenda's messages now, whenever it would be due."""
    checks.inject_thrown(session.spec.agenda, session.story(), inject_id, by=by)
    inject = next(one for one in session.spec.agenda.injects if one.id == inject_id)
    return deliver(session, inject, by=by)


def hint(session: Session, *, by: str) -> events.HintTaken:
    """Give the next hint; it costs the team points."""
    hints = [text for fault in session.spec.faults for text in fault.hints]
    return _noted(session, checks.hint_taken(session.story(), hints, by=by), by)


def confirm(
    session: Session, *, right: bool, by: str, note: str = "", diagnosis_seq: int | None = None
) -> events.CauseConfirmed:
    """Say whether a declared cause is right: the newest one, unless another is named."""
    event = checks.cause_confirmed(
        session.story(), right=right, by=by, note=note, diagnosis_seq=diagnosis_seq
    )
    return _noted(session, event, by)


def judge(
    session: Session, *, line: str, points: int, by: str, note: str = ""
) -> events.LineJudged:
    """Give points for a line of the rubric."""
    event = checks.line_judged(
        line=line, points=points, by=by, points_of=points_of_lines(), note=note
    )
    return _noted(session, event, by)


def reveal(session: Session, *, by: str) -> tuple[events.AnswerRevealed, ...]:
    """Tell the answer, and open the seal that proves it to be the one of the start; once."""
    story = session.story()
    if story.of(events.SealOpened):
        return tuple(one.event for one in story.of(events.AnswerRevealed))
    found = tuple(
        events.AnswerRevealed(fault.title, fault.service, fault.mechanism.value, fault.locus)
        for fault in session.spec.faults
    )
    for event in found:
        session.note(event, actor=by)
    if session.spec.seal is not None:
        opened = events.SealOpened(session.spec.seal.salt, session.spec.seal.answer)
        session.note(opened, actor=by)
    return found


def waiting_by_hand(session: Session) -> list[str]:
    """The messages that come only when somebody throws them, and have not come yet."""
    had = delivered(session.story())
    return [
        one.id
        for one in session.spec.agenda.injects
        if isinstance(one.when, ByHand) and one.id not in had
    ]


def planned(session: Session) -> list[dict[str, Any]]:
    """Every message of the agenda with what brings it and in how many seconds, the next one first;
    what the team has had comes last."""
    story, agenda = session.story(), session.spec.agenda
    had, now_ms = delivered(story), session.drill_ms()
    titles = {phase.id: phase.title for phase in agenda.phases}
    found = [
        {
            "id": one.id,
            "kind": one.kind,
            "sender": one.sender,
            "text": one.text,
            "when": when_in_words(one.when, titles),
            "due_s": None if due_ms is None or one.id in had else due_ms / 1000,
            "delivered": one.id in had,
        }
        for one in agenda.injects
        for due_ms in [due_in_ms(agenda, one, story, now_ms)]
    ]
    return sorted(found, key=_order)


def _order(one: dict[str, Any]) -> tuple[bool, bool, float]:
    return one["delivered"], one["due_s"] is None, one["due_s"] or 0.0


def say(
    session: Session, text: str, *, to: str, by: str
) -> events.InjectDelivered | events.PersonMessaged:
    """Tell the team something in the instructor's own words; or the one person named in `to`, and
    then nobody else can read it."""
    story = session.story()
    if to:
        return _noted(session, checks.message_to_one(story, text, to=to, by=by), by)
    own = sum(one.startswith(checks.OWN) for one in delivered(story))
    return _noted(session, checks.own_message(text, number=own + 1, by=by), by)


def when_in_words(when: When, titles: Mapping[str, str]) -> str:
    """What brings a message; `titles` are those of phases by their ids."""
    if isinstance(when, AtTime):
        return f"at {_minutes(when.at_ms)} of the agenda"
    if isinstance(when, InPhase):
        return f"{_minutes(when.after_ms)} into “{titles[when.phase]}”"
    if isinstance(when, WhileAlert):
        return f"once {when.alert} has fired for {_minutes(when.for_ms)}"
    if isinstance(when, NoUpdate):
        return f"after {_minutes(when.for_ms)} without an update"
    return "by hand"


def _minutes(milliseconds: int) -> str:
    return f"{milliseconds / 60_000:g} min"


def _noted(session: Session, event: E, by: str) -> E:
    session.note(event, actor=by)
    tick(session)
    return event
