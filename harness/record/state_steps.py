"""What each event changes in the state of a drill."""

from __future__ import annotations

from dataclasses import replace
from functools import singledispatch

from harness.record import events
from harness.record.envelope import Envelope
from harness.record.events import FlagSwitched
from harness.record.state import DrillState, Page


def after(state: DrillState, envelope: Envelope) -> DrillState:
    """The state after one more event."""
    return replace(
        _apply(envelope.event, state, envelope.drill_time_ms),
        drill_id=envelope.drill_id,
        seq=envelope.seq,
    )


def _reach(state: DrillState, moment: str, now_ms: int) -> DrillState:
    """Note when `moment` was first reached."""
    return replace(state, times_ms={moment: now_ms, **state.times_ms})


@singledispatch
def _apply(_event: events.Event, state: DrillState, _now_ms: int) -> DrillState:
    return state


@_apply.register
def _(event: events.DrillCreated, state: DrillState, now_ms: int) -> DrillState:
    return replace(_reach(state, "starting", now_ms), created=event)


@_apply.register
def _(_event: events.DrillStarting, state: DrillState, now_ms: int) -> DrillState:
    return _reach(state, "starting", now_ms)


@_apply.register
def _(event: events.StackReady, state: DrillState, _now_ms: int) -> DrillState:
    return replace(
        state, components_ready={**state.components_ready, event.component: event.took_ms}
    )


@_apply.register
def _(event: events.BaselineConfirmed, state: DrillState, now_ms: int) -> DrillState:
    return replace(_reach(state, "healthy", now_ms), baseline=event.measures)


@_apply.register
def _(event: events.DrillTriggered, state: DrillState, now_ms: int) -> DrillState:
    return replace(_reach(state, "triggered", now_ms), triggered=event)


@_apply.register
def _(event: events.DeployStarted, state: DrillState, now_ms: int) -> DrillState:
    is_response = state.triggered is not None or bool(state.pages)
    if event.kind != "release" and is_response:
        state = _reach(state, "mitigating", now_ms)
    return state


@_apply.register
def _(event: events.DeploySucceeded, state: DrillState, now_ms: int) -> DrillState:
    return state if event.kind == "release" else _contained(state, now_ms)


@_apply.register
def _(event: FlagSwitched, state: DrillState, now_ms: int) -> DrillState:
    if state.triggered is not None or state.pages:
        state = _contained(_reach(state, "mitigating", now_ms), now_ms)
    return replace(state, flags={**state.flags, event.name: event.enabled})


def _contained(state: DrillState, now_ms: int) -> DrillState:
    """An act of the response is done; until the proof, the newest one is what helped."""
    if "mitigating" not in state.times_ms or "verified" in state.times_ms:
        return state
    return replace(state, times_ms={**state.times_ms, "mitigated": now_ms})


@_apply.register
def _(event: events.AlertFired, state: DrillState, _now_ms: int) -> DrillState:
    return replace(state, alerts={**state.alerts, event.fingerprint: event})


@_apply.register
def _(event: events.AlertResolved, state: DrillState, _now_ms: int) -> DrillState:
    return replace(
        state, alerts={key: one for key, one in state.alerts.items() if key != event.fingerprint}
    )


@_apply.register
def _(event: events.PageSent, state: DrillState, now_ms: int) -> DrillState:
    page = Page(event.page_id, event.alert, event.severity, event.summary, now_ms)
    state = replace(_reach(state, "paged", now_ms), pages=(*state.pages, page))
    return _reopened(state) if state.is_proven else state


def _reopened(state: DrillState) -> DrillState:
    """What was proven is not: the team is at work again, and what it does from now on may help."""
    times_ms = {moment: ms for moment, ms in state.times_ms.items() if moment != "verified"}
    return replace(state, is_reopened=True, times_ms=times_ms)


@_apply.register
def _(event: events.PageAcknowledged, state: DrillState, now_ms: int) -> DrillState:
    pages = tuple(
        replace(page, acknowledged_by=page.acknowledged_by or event.by)
        if page.page_id == event.page_id
        else page
        for page in state.pages
    )
    if pages == state.pages:
        return state
    return replace(_reach(state, "acknowledged", now_ms), pages=pages)


@_apply.register
def _(event: events.NoteAdded, state: DrillState, _now_ms: int) -> DrillState:
    return replace(state, notes=(*state.notes, event))


@_apply.register
def _(event: events.DiagnosisDeclared, state: DrillState, now_ms: int) -> DrillState:
    return replace(_reach(state, "diagnosed", now_ms), diagnoses=(*state.diagnoses, event))


@_apply.register
def _(_event: events.VerifyStarted, state: DrillState, _now_ms: int) -> DrillState:
    return replace(state, is_verifying=True)


@_apply.register
def _(event: events.VerifyFinished, state: DrillState, now_ms: int) -> DrillState:
    if event.passed:
        state = _reach(state, "verified", now_ms)
    return replace(state, is_verifying=False, verification=event, is_reopened=False)


@_apply.register
def _(event: events.ImpactSampled, state: DrillState, _now_ms: int) -> DrillState:
    return replace(state, impact=event)


@_apply.register
def _(event: events.HarnessProblem, state: DrillState, _now_ms: int) -> DrillState:
    return replace(state, problems=(*state.problems, event.what))


@_apply.register
def _(event: events.DrillFinished, state: DrillState, now_ms: int) -> DrillState:
    return replace(_reach(state, "ended", now_ms), end_reason=event.reason)


@_apply.register
def _(event: events.DrillAborted, state: DrillState, now_ms: int) -> DrillState:
    return replace(_reach(state, "ended", now_ms), end_reason=event.reason, was_aborted=True)
