"""What people were told: everybody, or one of them alone, which nobody else may read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from harness.drill.session import Session
from harness.record.envelope import Envelope
from harness.record.events import Audience, InjectDelivered, PersonMessaged
from harness.record.story import Noted


@dataclass(frozen=True)
class Reader:
    """Who reads: as part of an audience, and as the person they are, where that is known."""

    audience: Audience
    person: str = ""


def own_messages(
    session: Session, reader: Reader, after: int, end: int | None = None
) -> list[Noted[PersonMessaged]]:
    """What `reader` alone was told, among the events after `after` up to `end`. None for an
    instructor, to whom the record itself shows them."""
    if reader.audience == "instructor" or not reader.person:
        return []
    return [
        one
        for one in session.story().of(PersonMessaged)
        if after < one.seq and (end is None or one.seq <= end)
        if one.event.to == reader.person
    ]


def own_envelopes(
    session: Session, reader: Reader, after: int, end: int | None = None
) -> list[Envelope]:
    """The same as they stand in the record."""
    record = session.services.record
    return [
        envelope
        for one in own_messages(session, reader, after, end)
        for envelope in record.events(one.seq - 1, limit=1)
    ]


def events_for(session: Session, reader: Reader, after: int, limit: int) -> list[Envelope]:
    """The events after `after` that `reader` may see, in order, at most `limit`."""
    shared = session.services.record.events(after, audience=reader.audience, limit=limit)
    # Behind the last of a full answer there may be more of everybody's: that comes first.
    end = shared[-1].seq if len(shared) == limit else None
    own = own_envelopes(session, reader, after, end)
    return sorted([*shared, *own], key=lambda one: one.seq)[:limit]


def messages_for(session: Session, reader: Reader) -> list[dict[str, Any]]:
    """What everybody was told, and what `reader` may read besides, in order; `to` is empty or the
    one person it was said to."""
    story = session.story()
    if reader.audience == "instructor":
        alone = list(story.of(PersonMessaged))
    else:
        alone = own_messages(session, reader, 0)
    found = [
        {"seq": one.seq, "to": "", "sender": one.event.sender, "text": one.event.text}
        for one in story.of(InjectDelivered)
    ] + [
        {"seq": one.seq, "to": one.event.to, "sender": one.event.sender, "text": one.event.text}
        for one in alone
    ]
    return sorted(found, key=lambda one: one["seq"])
