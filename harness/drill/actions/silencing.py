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
from harness.telemetry.silences import MalformedSilence, Silence, parse_matcher, parse_silence

SILENCES_MAX = 200
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
    if replaced is not None:
        expire(session, replaced if isinstance(replaced, str) else "")
    elif len(known) >= SILENCES_MAX:
        raise MalformedSilence(f"there are {SILENCES_MAX} silences already")
    by = wanted.created_by or NOBODY
    session.note(
        SilenceSet(
            wanted.id,
            tuple(str(one) for one in wanted.matchers),
            wanted.starts_at.isoformat(),
            wanted.ends_at.isoformat(),
            by,
            wanted.comment,
        ),
        actor=by,
    )
    return wanted


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
        matchers = tuple(str(one) for one in found.matchers)
        session.note(SilenceEnded(found.id, matchers, now.isoformat()), actor="pager")


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
