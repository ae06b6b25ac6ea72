"""The clock at work: phases announced, injects delivered, the incident begun, files unlocked."""

from __future__ import annotations

import asyncio
import contextlib

from harness.drill.lifecycle.resume import LeftOff
from harness.drill.lifecycle.start import begin_schedule
from harness.drill.outputs import incident_files, shop_banner, slack
from harness.drill.session import Session
from harness.errors import DrillError
from harness.exercise.agenda import Inject
from harness.exercise.clock import Reading, read
from harness.exercise.injects import due_injects
from harness.exercise.instructor_checks import clock_started
from harness.exercise.moments import phases_to_announce, trigger_is_due
from harness.exercise.views import role_holders
from harness.record.events import InjectDelivered, PageSent, RoleLeft

TICK_S = 0.25
AGENDA = "agenda"
"""Who delivers what comes by itself."""


def begin_exercise(session: Session) -> None:
    """Start the agenda on a healthy shop: from now on its clock decides what happens when."""
    if session.spec.agenda.clock_starts == "page":
        begin_schedule(session)
    if session.spec.left_off is not None:
        _take_up(session, session.spec.left_off)
    session.run.keep(asyncio.create_task(_keep_time(session)))
    session.run.keep(asyncio.create_task(shop_banner.follow(session)))
    if session.spec.channel_url:
        session.run.keep(asyncio.create_task(slack.follow(session)))


async def _keep_time(session: Session) -> None:
    while True:
        with contextlib.suppress(DrillError, OSError):  # tried again at the next tick
            tick(session)
            await incident_files.write_unlocked(session, reading(session).unlocked)
        await asyncio.sleep(TICK_S)


def tick(session: Session) -> None:
    """Do whatever is due now; nothing twice."""
    _start(session)
    agenda, story = session.spec.agenda, session.story()
    now_ms = session.drill_ms()
    for change in phases_to_announce(agenda, story, now_ms):
        session.note(change, actor=AGENDA)
    for inject in due_injects(agenda, story, now_ms):
        deliver(session, inject, by=AGENDA)
    if trigger_is_due(agenda, story, now_ms):
        begin_schedule(session)


def reading(session: Session) -> Reading:
    """What the clock shows now."""
    story = session.story()
    return read(session.spec.agenda, story.clock, session.drill_ms())


def deliver(session: Session, inject: Inject, *, by: str) -> InjectDelivered:
    """Tell the team; where a person is taken away, that person's role is free from now on."""
    event = InjectDelivered(inject.id, inject.kind, inject.sender, inject.text, by)
    session.note(event, actor=by)
    for person in role_holders(session.story()).get(inject.role, ()):
        session.note(RoleLeft(person, inject.role), actor=by)
    return event


def _take_up(session: Session, left: LeftOff) -> None:
    """Go on where a drill that died stood; the clock last, lest what was told be told again."""
    for event in left.carried_events:
        session.note(event, actor=AGENDA)
    if left.clock is not None:
        session.note(left.clock, actor=AGENDA)


def _start(session: Session) -> None:
    story = session.story()
    if story.clock.started_ms is not None:
        return
    if session.spec.agenda.clock_starts == "ready" or story.first(PageSent) is not None:
        session.note(clock_started(session.spec.agenda, story, session.spec.speed), actor=AGENDA)
