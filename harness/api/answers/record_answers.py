"""The record as it is read: each event with its place, its payload and its words; and the frames of
the live stream.

The payloads are the events themselves, so that a new event is in the document as soon as it is
written in its theme.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal, Union

from pydantic import Field, RootModel, create_model

from harness.api.answers.shapes import Answer
from harness.api.answers.status_answers import Status
from harness.record.events import EVENT_TYPES, Audience, Event, Tone


class Recorded(Answer):
    """An event as a CloudEvents 1.0 object, with what to show of it: `label`, `text` and `tone` are
    empty for one that is only a measurement."""

    specversion: Literal["1.0"]
    id: str
    source: str
    time: str
    datacontenttype: Literal["application/json"]
    sequence: str
    drilltimems: int
    actor: str
    audience: Audience
    label: str
    text: str
    tone: Tone | Literal[""]


def _recorded(event: type[Event]) -> type[Recorded]:
    """An envelope that holds this type of event."""
    literal: Any = Literal  # of a word that is known only at run time
    made: type[Recorded] = create_model(
        f"Recorded{event.__name__}",
        __base__=Recorded,
        __doc__=f"`{event.type}` in the record.",
        type=(literal[event.type], ...),
        data=(event, ...),
    )
    return made


if TYPE_CHECKING:
    AnyRecorded = Recorded
else:
    AnyRecorded = Annotated[
        Union[tuple(_recorded(one) for one in EVENT_TYPES.values())],  # noqa: UP007
        Field(discriminator="type"),
    ]


class RecordedEvent(RootModel[AnyRecorded]):
    """Any event. One of a type that this version does not know has the same envelope: whoever reads
    the record passes over types that they do not know."""


class Over(Answer):
    """Why there is nothing more to come."""

    reason: str


class RecordFrame(Answer):
    """A frame `record`, whose `id` is the event's number."""

    event: Literal["record"]
    data: RecordedEvent


class StatusFrame(Answer):
    """A frame `status`."""

    event: Literal["status"]
    data: Status


class OverFrame(Answer):
    """The last frame."""

    event: Literal["over"]
    data: Over


StreamFrame = RecordFrame | StatusFrame | OverFrame
"""What the live stream sends: the field `data` of a frame is this JSON."""
