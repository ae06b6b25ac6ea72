"""An event with its place in the record, and its form as JSON and as CloudEvents 1.0."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any

from pydantic import TypeAdapter, ValidationError
from pydantic_core import PydanticSerializationError, from_json

from harness.errors import UsageError
from harness.record.events import EVENT_TYPES, Audience, Event, UnknownEvent


@dataclass(frozen=True)
class Envelope:
    """One line of the record."""

    seq: int
    drill_id: str
    wall_time: datetime
    """UTC."""
    drill_time_ms: int
    """Monotonic, since the record was begun."""
    actor: str
    type: str
    audience: Audience
    event: Event
    payload: Mapping[str, Any]
    """The event as it was written, with keys that this version may not know."""

    def as_cloudevent(self) -> dict[str, Any]:
        """The envelope as a CloudEvents 1.0 object; extension names are lower-case by its rules."""
        return {
            "specversion": "1.0",
            "id": str(self.seq),
            "source": f"/drills/{self.drill_id}",
            "type": self.type,
            "time": to_iso(self.wall_time),
            "datacontenttype": "application/json",
            "sequence": f"{self.seq:010d}",
            "drilltimems": self.drill_time_ms,
            "actor": self.actor,
            "audience": self.audience,
            "data": dict(self.payload),
        }

    def in_words(self) -> dict[str, Any]:
        """The CloudEvents object with what to show of it: `label`, `text` and `tone`, which are
        empty for an event that is only a measurement."""
        described = self.event.describe()
        label, text, tone = (
            (described.label, described.sentence, described.tone) if described else ("", "", "")
        )
        return {**self.as_cloudevent(), "label": label, "text": text, "tone": tone}


def to_iso(moment: datetime) -> str:
    """UTC with milliseconds and a Z."""
    text = moment.astimezone(UTC).isoformat(timespec="milliseconds")
    return text.replace("+00:00", "Z")


def encode(event: Event) -> str:
    """The payload of `event` as JSON.

    Raises UsageError where the event holds what JSON cannot (half a character, a wrong type).
    """
    if isinstance(event, UnknownEvent):
        return json.dumps(dict(event.data))
    try:
        return _adapter(event.type).dump_json(event, warnings="error").decode()
    except (PydanticSerializationError, UnicodeEncodeError) as error:
        raise UsageError(
            f"a {event.type} event cannot be written: {error}", "use plain Unicode text"
        ) from error


def type_of(event: Event) -> str:
    """What the event is called in the record."""
    return event.unknown_type if isinstance(event, UnknownEvent) else event.type


def decode(type_name: str, payload: str) -> tuple[Event, Mapping[str, Any]]:
    """The event, and its payload as written.

    An unknown type, or a known one of another shape, becomes an UnknownEvent: nothing that
    was once recorded is lost. Raises ValueError where the payload is not a JSON object.
    """
    data = from_json(payload)
    if not isinstance(data, dict):
        raise ValueError(f"the payload of a {type_name} event is not a JSON object")  # noqa: TRY004
    if type_name not in EVENT_TYPES:
        return UnknownEvent(type_name, data), data
    try:
        return _adapter(type_name).validate_python(data), data
    except ValidationError:
        return UnknownEvent(type_name, data), data


@cache
def _adapter(type_name: str) -> TypeAdapter[Event]:
    return TypeAdapter(EVENT_TYPES[type_name])
