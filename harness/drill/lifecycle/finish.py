"""The end of a drill: the last word in the record, the score, and a clean machine."""

from __future__ import annotations

import json

from harness.drill.actions.diagnosis import accepted
from harness.drill.actions.instructor import reveal
from harness.drill.lifecycle.home import keep_logs, tidy
from harness.drill.lifecycle.seal import opened_key, seal_holds
from harness.drill.session import Progress, Session
from harness.errors import RecordFailed
from harness.record import events
from harness.scoring.answer import judge_answer, names_any
from harness.scoring.case import Case
from harness.scoring.cause_time import cause_time
from harness.scoring.engagement import engagement_of
from harness.scoring.kpi import kpis_of, machine_busy_ms
from harness.scoring.lure import obeyed
from harness.scoring.scorecard import DeclaredCause, RootCause, Scorecard, outcome_of
from harness.scoring.times import found_causes
from harness.tasks import end_all


async def finish(session: Session, *, orderly: bool, progress: Progress) -> Scorecard | None:
    """Stop everything, record the end, and return the scorecard; None where it could not be kept.

    `orderly` is False where the drill failed: it is then recorded as aborted. The answer is told
    only where the incident had begun and somebody asked for the end; else the drill can be played
    again. Whatever fails here, the runtime is taken down; raises StackFailed where it is not.
    """
    await end_all(session.run.tasks)
    try:
        card = _close_record(session, orderly)
        if seal_holds(session.story()):
            progress("the answer matches the seal from the start")
        elif not card.is_revealed:
            progress(f"the answer stays sealed; {_how_again(session)}")
    except RecordFailed as error:
        progress(f"the end could not be recorded: {error.message}")
        card = None
    finally:
        progress("stopping everything")
        await session.services.runtime.down()
    return card


async def put_away(session: Session, *, orderly: bool | None, progress: Progress) -> None:
    """Close the record and the clients, and leave in the folder what stays of a drill.

    For when nobody is served any more: whoever asked now would find nothing behind the API. A drill
    that did not come to `finish` (`orderly` is None) keeps its files; the next start ends it.
    """
    await session.services.prometheus.close()
    await session.services.recorder.close()
    if session.services.silencers is not None:
        await session.services.silencers.close()
    session.services.record.close()
    if orderly is None:
        return
    if not orderly and (kept := keep_logs(session.spec.run_dir)):
        progress(f"its logs are kept in {kept}")
    tidy(session.spec.run_dir)


def _close_record(session: Session, orderly: bool) -> Scorecard:
    reason = session.run.over_reason or "ended"
    was_aborted = not orderly or session.run.halted
    if orderly and has_begun(session):
        reveal(session, by="harness")
    ended = events.DrillAborted if was_aborted else events.DrillFinished
    session.note(ended(reason=reason))
    if seal_holds(session.story()) is False:
        session.note(events.HarnessProblem(what="the answer does not match its seal"))
    card = scorecard(session, aborted=was_aborted)
    if not session.story().of(events.SealOpened):
        card = card.sealed()
    content = {**card.to_json(), "lines": card.render_lines()}
    try:
        (session.spec.run_dir / "scorecard.json").write_text(
            json.dumps(content, indent=2), encoding="utf-8"
        )
    except OSError as error:
        session.note(events.HarnessProblem(what=f"the scorecard could not be written: {error}"))
    return card


def has_begun(session: Session) -> bool:
    """Whether what the drill is about has begun; where that is nothing, whether all of the
    colleagues' releases are out. Before, its answer would spoil a drill that nobody has played."""
    if session.story().first(events.DrillTriggered) is not None:
        return True
    is_about_nothing = not session.spec.faults and not session.spec.scenario.blips
    return is_about_nothing and session.run.is_all_out


def _how_again(session: Session) -> str:
    again = "the same scenario and seed begin this drill again"
    is_aborted = session.story().first(events.DrillAborted) is not None
    return f"{again}, or `drill run --resume`" if is_aborted else again


def scorecard(session: Session, *, aborted: bool) -> Scorecard:
    """The drill's figures so far, judged by the answers that its faults accept."""
    answers = accepted(session.spec)
    kpis = kpis_of(
        session.story(),
        causes=answers,
        guilty=frozenset(fault.service for fault in session.spec.faults),
    )
    state = session.state()
    case = Case(session.story(), opened_key(session.story()))
    found = [one.event for one in found_causes(session.story())]
    causes = tuple(
        RootCause(
            fault.title,
            fault.service,
            fault.mechanism.value,
            any(judge_answer(one.service, one.mechanism, fault.accepts).right for one in found),
        )
        for fault in session.spec.faults
    )
    diagnosis = state.diagnosis
    declared = None
    if diagnosis is not None:
        right = names_any(diagnosis.service, diagnosis.mechanism, answers)
        declared = DeclaredCause(
            diagnosis.service, diagnosis.mechanism, diagnosis.confidence_percent, right=right
        )
    outcome = outcome_of(kpis, triggered=state.triggered is not None, aborted=aborted)
    engagement = engagement_of(session.story())
    return Scorecard(
        drill_id=session.spec.drill_id,
        outcome=outcome,
        kpis=kpis,
        root_causes=causes,
        declared=declared,
        engagement=engagement,
        cause_time=cause_time(case),
        machine_busy_ms=machine_busy_ms(session.story()),
        lure=_lure_line(session),
    )


def _lure_line(session: Session) -> str:
    """What was told by the shop's data, and whether somebody did it."""
    told = session.spec.lure
    if told is None:
        return ""
    guilty = [fault.service for fault in session.spec.faults]
    was = obeyed(session.story(), told, guilty)
    return "" if was is None else f"'{told.text}': {'obeyed' if was else 'not obeyed'}"
