"""What participants may not see is noted in time with a steady beat.

They see the numbers of the events that they may see. A gap at no release would tell them that
something else happened just then; so there is one at every beat, whether or not anything did.
"""

from __future__ import annotations

import asyncio

from harness.drill.session import Session
from harness.record.events import Event, NothingUnseen

BEAT_S = 2.0
ACTOR = "harness"


async def beat_forever(session: Session) -> None:
    """One unseen event a beat: what waits for it, or one that says nothing."""
    session.run.has_beat = True
    while True:
        await asyncio.sleep(BEAT_S)
        beat(session)


def beat(session: Session) -> None:
    """Note what has waited longest; at most one event, whatever happened."""
    waiting = session.run.unseen
    event, noted = waiting.popleft() if waiting else (NothingUnseen(), None)
    session.note(event, actor=ACTOR)
    if noted is not None:
        noted.set()


def note_later(session: Session, event: Event) -> asyncio.Event:
    """Note `event` with the next free beat; the answer is set once it is. Without a beat, at
    once."""
    noted = asyncio.Event()
    if session.run.has_beat:
        session.run.unseen.append((event, noted))
    else:
        session.note(event, actor=ACTOR)
        noted.set()
    return noted
