"""Silences: alerts that call nobody for a while, as the record has them."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from harness.drill.session import Session
from harness.errors import UnknownName
from harness.record.events import SilenceEnded, SilenceSet
from harness.record.story import Story
from harness.telemetry.silences import (
    SILENCES_EVER_MAX,
    SILENCES_MAX,
    MalformedSilence,
    Silence,
    parse_matcher,
    parse_silence,
)

NOBODY = "somebody"


def silences(story: Story) -> tuple[Silence, ...]:
    """Every silence so far, in the order in which they were first set."""
    found: dict[str, Silence] = {}
    for one in story.entries:
        event = one.event
        if isinstance(event, SilenceSet):
            found[event.silence_id] = _silence_of(event, one.wall_time)
        elif isinstance(event, SilenceEnded) and (known := found.get(event.silence_id)):
            ended_at = datetime.fromisoformat(event.at)
            found[known.id] = replace(known, ends_at=ended_at, updated_at=one.wall_time)
    return tuple(found.values())


def silence(session: Session, body: Any) -> Silence:
    """Set a silence, or replace one that is named by its id; it is in the record.

    Raises MalformedSilence, and UnknownName for an id that there is not.
    """
    now = datetime.now(UTC)
    known = {one.id: one for one in silences(session.story())}
    wanted = parse_silence(body, str(uuid.uuid4()), now)
    replaced = body.get("id") or None
    if len(known) >= SILENCES_EVER_MAX:
        raise MalformedSilence(f"there have been {SILENCES_EVER_MAX} silences already")
    if replaced is not None:
        expire(session, replaced if isinstance(replaced, str) else "")
    elif sum(one.state(now) != "expired" for one in known.values()) >= SILENCES_MAX:
        raise MalformedSilence(f"there are {SILENCES_MAX} silences already")
    _note(session, wanted)
    return wanted


async def follow(session: Session) -> None:
    """Record what was silenced, and what no longer is, at the stack's own Alertmanager.

    Nothing where it has none. Raises StackFailed where it does not answer.
    """
    if session.services.silencers is None or session.run.own_pager.is_set():
        return
    now = datetime.now(UTC)
    known = {one.id: one for one in silences(session.story())}
    for one in await session.services.silencers.silences():
        recorded = known.get(one.id)
        if recorded is None or (recorded.ends_at != one.ends_at and one.state(now) != "expired"):
            _note(session, one)
        elif one.state(now) == "expired" and recorded.state(now) != "expired":
            _note_end(session, one, one.ends_at)


def find(session: Session, silence_id: str) -> Silence:
    """One silence. Raises UnknownName."""
    known = {one.id: one for one in silences(session.story())}
    if silence_id not in known:
        raise UnknownName("silence", silence_id[:80], list(known) or ["none so far"])
    return known[silence_id]


def expire(session: Session, silence_id: str) -> None:
    """End a silence now; one that is over stays as it is. Raises UnknownName."""
    found, now = find(session, silence_id), datetime.now(UTC)
    if found.state(now) != "expired":
        _note_end(session, found, now)


def _note(session: Session, one: Silence) -> None:
    by = one.created_by or NOBODY
    times = one.starts_at.isoformat(), one.ends_at.isoformat()
    session.note(SilenceSet(one.id, _matchers(one), *times, by, one.comment), actor=by)


def _note_end(session: Session, one: Silence, at: datetime) -> None:
    session.note(SilenceEnded(one.id, _matchers(one), at.isoformat()), actor="pager")


def _matchers(one: Silence) -> tuple[str, ...]:
    return tuple(str(matcher) for matcher in one.matchers)


def _silence_of(event: SilenceSet, noted_at: datetime) -> Silence:
    return Silence(
        event.silence_id,
        tuple(parse_matcher(one) for one in event.matchers),
        datetime.fromisoformat(event.starts_at),
        datetime.fromisoformat(event.ends_at),
        noted_at,
        event.by,
        event.comment,
    )
